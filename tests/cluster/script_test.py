"""scripts/server.sh: safe to run again, and it never touches a process that it did not start."""
import os
import re
import shutil
import socket
import subprocess

from kit import READY_SECONDS, ClusterTest, cleanEnvironment, main, options, waitFor


def runs(pid):
    """Whether the process is there and no zombie that its parent has yet to bury."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Script(ClusterTest):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.directory, "local")
        self.addCleanup(self.server, "stop")

    def server(self, *words, code=0):
        done = subprocess.run(
            [os.path.join(options.source, "scripts/server.sh"), "--dir", self.data, "--bin",
             options.bin, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env=cleanEnvironment(), timeout=4 * READY_SECONDS)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def start(self, *words):
        return self.server("start", "--base-port", str(options.port), "--nodes", "3", *words)

    def pids(self):
        return dict(re.findall(r"(?m)^server (\d) +up +pid = (\d+)", self.server("status")))

    def put(self, key, value):
        done = subprocess.run([os.path.join(options.bin, "henge"), "--node",
                               f"127.0.0.1:{options.port}", "put", key, value],
                              capture_output=True, env=cleanEnvironment(), timeout=READY_SECONDS)
        return done.returncode == 0

    def test_start_twice_kill_start_restart_pause_stop(self):
        out = self.start()
        self.assertEqual(len(re.findall(r"Starting server \d\.\.\. pid = \d+, port = \d+ .*ready",
                                        out)), 3, out)
        self.assertIn("3 of 3 ready", out)
        first = self.pids()
        self.assertEqual(set(first), {"0", "1", "2"})
        self.assertIn("already running", self.start())
        self.assertEqual(self.pids(), first)
        waitFor("a put", lambda: self.put("k", "v"))
        self.server("kill", "1")
        self.assertIn("down", self.server("status", code=1))
        self.server("start", "1")
        self.server("restart", "2")
        after = self.pids()
        self.assertEqual(after["0"], first["0"])
        self.assertNotEqual((after["1"], after["2"]), (first["1"], first["2"]))
        self.server("pause", "0")
        self.assertIn("paused", self.server("status", code=1))
        self.server("resume", "0")
        self.assertEqual(self.pids(), after)
        self.assertIn("serving", self.server("logs", "1"))
        self.server("stop")
        self.server("status", code=1)
        for pid in after.values():
            self.assertFalse(runs(pid))

    def test_a_port_in_use_is_named_and_nothing_is_started(self):
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", options.port + 101))
            holder.listen()
            out = self.server("start", "--base-port", str(options.port), "--nodes", "3", code=73)
        self.assertIn(f"port {options.port + 101} is in use by pid {os.getpid()}", out)
        self.assertIn("Nothing was started", out)
        self.server("status", code=1)
        self.start()

    def test_a_foreign_process_with_the_same_pid_is_left_alone(self):
        self.start()
        self.server("stop")
        foreign = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(foreign.wait)
        self.addCleanup(foreign.kill)
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
        for identity in (f"{foreign.pid} 1 {boot}", f"{foreign.pid} 1 another-boot", "x", ""):
            with open(os.path.join(self.data, "n1.pid"), "w") as file:
                file.write(identity + "\n")
            self.server("status", code=1)
            self.server("kill", "1", code=69)
            self.server("stop")
            self.assertIsNone(foreign.poll())

    def test_data_is_kept_until_fresh(self):
        self.start()
        waitFor("a put", lambda: self.put("k", "v"))
        made = os.stat(os.path.join(self.data, "n0")).st_ino
        self.server("start", "--fresh", code=64)  # asks a person, or needs --yes
        self.server("stop")
        self.start()
        self.assertEqual(os.stat(os.path.join(self.data, "n0")).st_ino, made)
        self.server("start", "--nodes", "2", code=78)
        self.start("--fresh", "--yes", "--partitioner", "hash")
        with open(os.path.join(self.data, "cluster.json")) as file:
            self.assertIn('"partitioner":"hash"', file.read())

    def test_nobody_waits_for_a_node_that_rebuilds(self):
        self.start()
        waitFor("a put", lambda: self.put("k", "v"))
        self.server("stop", "2")
        shutil.rmtree(os.path.join(self.data, "n2"))
        self.assertIn("A node is rebuilding and counts for no level; see ",
                      self.server("start", "2"))

    def test_wrong_words(self):
        for words in (["begin"], ["--nodes", "0"], ["--nodes", "12"], ["--base-port", "80"],
                      ["--partitioner", "x"], ["--colour"], ["--dir"]):
            self.server(*words, code=64)
        self.server("kill", "1", code=69)


if __name__ == "__main__":
    main()
