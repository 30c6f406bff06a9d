"""Real processes for the tests in this folder: private clusters, a stock Thrift client, the tools.

Run by CTest as  python3 story_test.py --bin DIR --gen DIR --work DIR --port P [unittest arguments].
Every test has a port block (clients from P, peers from P+100) and a directory of its own. It waits
for what can be seen, never for time to pass.
"""
import argparse
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest


def readArguments():
    parser = argparse.ArgumentParser(add_help=False)
    for name in ("--bin", "--gen", "--work", "--source"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sanitized", action="store_true")
    return parser.parse_known_args()


options, unittestArguments = readArguments()
sys.path.insert(0, options.gen)

# How much slower a sanitized build may be; scales every patience below.
slowness = 10 if options.sanitized else 1
READY_SECONDS = 30 * slowness
patience = 20 * slowness

from client import Connection, ONE, QUORUM  # noqa: E402  (needs the generated code's path)
from henge.types import ttypes as types  # noqa: E402


def waitFor(what, condition, seconds=None):
    """Polls until condition() is true; fails with `what` after `seconds`. Returns its value."""
    until = time.monotonic() + (seconds if seconds is not None else patience)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain for: {what}")
        time.sleep(0.01)


def cleanEnvironment(extra=None):
    """Without HENGE_*: every such variable is a setting of the programs under test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HENGE_")}
    kept.update(extra or {})
    return kept


def dieWithParent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(program, *arguments, env=None, stdin=None, timeout=None):
    """Runs one of the programs to its end: (exit code, stdout, stderr), the texts as str."""
    done = subprocess.run([os.path.join(options.bin, program), *map(str, arguments)],
                          env=cleanEnvironment(env), input=stdin, capture_output=True,
                          timeout=timeout or READY_SECONDS)
    return done.returncode, *(text.decode(errors="replace") for text in (done.stdout, done.stderr))


class Node:
    """One henge-server process with its data directory and its log."""

    def __init__(self, cluster, number):
        self.cluster, self.number = cluster, number
        self.host, self.port = "127.0.0.1", cluster.port + number
        self.peerPort = self.port + 100
        self.directory = os.path.join(cluster.directory, f"n{number}")
        self.logPath = os.path.join(cluster.directory, f"n{number}.log")
        self.inside = []  # words before the command: where it runs
        self.process = None
        self.said = 0  # where this start's lines begin in the log

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def arguments(self, clusterFile=None, directory=None, number=None):
        return ["--cluster", clusterFile or self.cluster.file, "--node",
                str(self.number if number is None else number), "--data",
                directory or self.directory]

    def launch(self, *flags, env=None, **changes):
        assert not self.isAlive(), f"n{self.number} already runs"
        with open(self.logPath, "ab") as log:
            self.said = log.tell()
            self.process = subprocess.Popen(
                [*self.inside, os.path.join(options.bin, "henge-server"),
                 *self.arguments(**changes), *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=cleanEnvironment(env),
                preexec_fn=dieWithParent, start_new_session=True)

    def start(self, *flags, env=None, **changes):
        self.launch(*flags, env=env, **changes)
        self.awaitServing()

    def awaitServing(self):
        def served():
            if not self.isAlive():
                raise AssertionError(f"n{self.number} ended with {self.process.returncode}:\n"
                                     f"{self.log()[-2000:]}")
            return " serving " in self.log()
        waitFor(f"n{self.number} to serve", served, READY_SECONDS)

    def log(self):
        """What it said since its last start."""
        with open(self.logPath, "rb") as log:
            log.seek(self.said)
            return log.read().decode(errors="replace")

    def isAlive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        return self.process.wait(timeout=READY_SECONDS)

    def awaitExit(self):
        return self.process.wait(timeout=READY_SECONDS)

    def connect(self, **how):
        return Connection(self.host, self.port, timeoutSeconds=how.pop("timeoutSeconds", patience),
                          **how)


class Cluster:
    """A private cluster; its nodes are started and ended by the test."""

    def __init__(self, directory, port, nodes=4, replication=3, tokens=None, partitioner="bytes"):
        self.directory, self.port = directory, port
        os.makedirs(directory, exist_ok=True)
        self.file = os.path.join(directory, "cluster.json")
        self.nodes = [Node(self, number) for number in range(nodes)]
        self.tokens = tokens or [["%02x" % (256 * number // nodes)] for number in range(nodes)]
        self.id = os.urandom(8).hex()
        self.describe(replication, partitioner)

    def describe(self, replication=3, partitioner="bytes"):
        """Writes the cluster file, by where its nodes are to listen."""
        self.shape = {
            "name": "test", "cluster_id": self.id, "replication": replication,
            "partitioner": partitioner, "epoch": 1,
            "members": [{"node": node.number, "zone": "", "tokens": self.tokens[node.number],
                         "client": node.address, "peer": f"{node.host}:{node.peerPort}"}
                        for node in self.nodes]}
        self.writeFile(self.file)

    def writeFile(self, path, change=None):
        """Writes the cluster file, after `change(shape)` on a copy of it; returns its path."""
        shape = json.loads(json.dumps(self.shape))
        if change:
            change(shape)
        with open(path, "w") as file:
            json.dump(shape, file)
        return path

    def start(self, *flags, env=None):
        for node in self.nodes:
            node.launch(*flags, env=env)
        for node in self.nodes:
            node.awaitServing()
        self.awaitLinks()

    def alive(self):
        return [node for node in self.nodes if node.isAlive()]

    def states(self, asked):
        """How node `asked` sees the members: {number: (state, reason)}."""
        with asked.connect() as connection:
            ring = connection.ring()
        return {member.node: (member.state, member.reason or "") for member in ring.members}

    def awaitLinks(self, nodes=None):
        """Until every one of `nodes` (all that run) sees every other one up."""
        nodes = nodes or self.alive()
        numbers = {node.number for node in nodes}

        def linked():
            return all(self.states(node)[number][0] == "up" for node in nodes for number in numbers)
        waitFor("all nodes to see each other up", linked, READY_SECONDS)

    def awaitState(self, asked, number, state):
        return waitFor(f"n{asked.number} to see n{number} {state}",
                       lambda: (seen := self.states(asked)[number])[0] == state and seen,
                       READY_SECONDS)

    def addresses(self):
        return [word for node in self.nodes for word in ("--node", node.address)]

    def henge(self, *words, node=None, **how):
        """The console, asking `node` or all in turn."""
        where = ["--node", node.address] if node else self.addresses()
        patient = ["--timeout_ms", str(2000 * slowness)] if slowness > 1 else []
        return run("henge", *where, *patient, *words, **how)

    def inspect(self, *words):
        return run("henge-inspect", *self.addresses(), *words)

    def holders(self, key):
        """Which running nodes hold a row of `key`: {number: row}."""
        found = {}
        for node in self.alive():
            with node.connect() as connection:
                row = connection.row(key)
            if row is not None:
                found[node.number] = row
        return found

    def end(self):
        """Ends what still runs, in order; complains about exits that were not clean."""
        problems = []
        for node in self.alive():
            node.signal(signal.SIGTERM)
            node.signal(signal.SIGCONT)
        for node in self.nodes:
            if node.process is None:
                continue
            ended = node.process.returncode is not None
            try:
                code = node.process.wait(timeout=READY_SECONDS)
            except subprocess.TimeoutExpired:
                node.kill()
                problems.append(f"n{node.number} did not drain")
                continue
            if not ended and code != 0:
                problems.append(f"n{node.number} drained with exit {code}:\n{node.log()[-3000:]}")
        return problems + self.sanitizerReports()

    def sanitizerReports(self):
        found = []
        for node in self.nodes:
            if not os.path.exists(node.logPath):
                continue
            with open(node.logPath, "rb") as log:
                text = log.read().decode(errors="replace")
            for word in ("ERROR: AddressSanitizer", "WARNING: ThreadSanitizer", "runtime error:",
                         "ERROR: LeakSanitizer"):
                at = text.find(word)
                if at >= 0:
                    found.append(f"n{node.number}: {text[at:at + 3000]}")
        return found


class ClusterTest(unittest.TestCase):
    """Gives each test fresh directories, and ends every cluster it made."""

    def setUp(self):
        self.clusters = []
        self.directory = os.path.join(options.work, self.id().replace("__main__.", ""))
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)

    def makeCluster(self, name="cluster", portOffset=0, **shape):
        cluster = Cluster(os.path.join(self.directory, name), options.port + portOffset, **shape)
        self.clusters.append(cluster)
        return cluster

    def startCluster(self, *flags, **shape):
        cluster = self.makeCluster(**shape)
        cluster.start(*flags)
        return cluster

    def tearDown(self):
        problems = [problem for cluster in self.clusters for problem in cluster.end()]
        self.assertEqual(problems, [])

    def run(self, result=None):
        """What a test leaves behind is kept if it failed."""
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) == before:
            shutil.rmtree(self.directory, ignore_errors=True)


def rawSocket(node, port=None):
    return socket.create_connection((node.host, port or node.port), timeout=patience)


SKIPPED = 77  # what ctest and scripts/test.sh take for "not run"


def main():
    """Ends with 0 only if every test was run."""
    ran = unittest.main(argv=[sys.argv[0], *unittestArguments], verbosity=2, exit=False).result
    if not ran.wasSuccessful():
        sys.exit(1)
    for test, reason in ran.skipped:
        print(f"SKIPPED: {test.id()}: {reason}")
    sys.exit(SKIPPED if ran.skipped else 0)


__all__ = ["READY_SECONDS", "Cluster", "ClusterTest", "Connection", "Node", "ONE", "QUORUM",
           "SKIPPED", "cleanEnvironment", "main", "options", "patience", "rawSocket", "run",
           "slowness", "types", "waitFor"]
