"""A network of its own for each test: every node in a namespace, the test in one more.

Needs root, iproute2 and nftables. What is cut is cut by the node's own packet filter, so a cut in
one direction is one, and streams that were up do not notice until they send."""
import ctypes
import os
import subprocess
import unittest

from ledger import LoadProgram

CLONE_NEWNET = 0x40000000
NET = "10.77.0."
TEST_HOST = 200


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Network:
    """Hosts 0 … n-1 and the test on one bridge, in namespaces that bear this process's number."""

    def __init__(self, hosts):
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root may make network namespaces")
        self.prefix = f"henge-{os.getpid()}-"
        self.made = []
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.build(hosts)
        except Exception:
            self.close()
            raise

    def build(self, hosts):
        hub = self.add("hub")
        command("ip", "-n", hub, "link", "add", "bridge", "type", "bridge")
        command("ip", "-n", hub, "link", "set", "bridge", "up")
        for name, host in [(f"n{number}", 10 + number) for number in range(hosts)] + [
                ("test", TEST_HOST)]:
            space = self.add(name)
            command("ip", "-n", hub, "link", "add", name, "type", "veth", "peer", "name", "eth0",
                    "netns", space)
            command("ip", "-n", hub, "link", "set", name, "master", "bridge", "up")
            command("ip", "-n", space, "address", "add", f"{NET}{host}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                command("ip", "-n", space, "link", "set", link, "up")
        self.enter("test")

    def add(self, name):
        command("ip", "netns", "add", self.prefix + name)
        self.made.append(self.prefix + name)
        return self.prefix + name

    @staticmethod
    def address(number):
        return f"{NET}{10 + number}"

    def enter(self, name):
        """This thread, and those it makes from now on."""
        with open(f"/run/netns/{self.prefix}{name}") as space:
            self.move(space.fileno())

    def move(self, descriptor):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def inside(self, number):
        """Words to put before a command, so that it runs on that host."""
        return ["ip", "netns", "exec", f"{self.prefix}n{number}"]

    # ---- cuts: what a host sends to another one is lost without a word

    def cutOneWay(self, sender, receiver):
        space = self.inside(sender)
        if "table inet cut" not in command(*space, "nft", "list", "tables"):
            command(*space, "nft", "add table inet cut; "
                    "add chain inet cut out { type filter hook output priority 0; }")
        command(*space, "nft", f"add rule inet cut out ip daddr {self.address(receiver)} drop")

    def cut(self, one, other):
        self.cutOneWay(one, other)
        self.cutOneWay(other, one)

    def isolate(self, number, hosts):
        """From all other hosts, not from the test."""
        for other in hosts:
            if other != number:
                self.cut(number, other)

    def heal(self, hosts):
        for number in hosts:
            command(*self.inside(number), "nft", "flush", "ruleset")

    def close(self):
        self.move(self.home)
        os.close(self.home)
        for name in reversed(self.made):
            command("ip", "netns", "delete", name)


class Register(LoadProgram):
    """The program register (tests/proofs/register) as a test drives it."""

    def __init__(self, cluster, timeoutMs):
        super().__init__(cluster, "register", "--timeout_ms", str(timeoutMs))
        self.violations = []

    def run(self):
        self.send("run")

    def stopAndCheck(self):
        """{"checked": …, "ok": …, …, "violations": …}: what tests/proofs/register says."""
        self.send("stop")
        self.send("check")
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "violation":
                self.violations.append(line.strip())
            if words[0] == "checked":
                return {name: int(number) for name, number in zip(words[::2], words[1::2])}
        raise AssertionError("register ended")
