"""A node whose disk fills up, on a small file system of its own, and gets its space back."""
import os
import subprocess
import time

from kit import READY_SECONDS, ClusterTest, main, types, waitFor

MiB = 1 << 20
RESUMED_SECONDS = 10  # the promise
FLAGS = ["--value_bytes_max", "128KiB", "--segment_bytes", "1MiB", "--log_bytes_max", "4MiB",
         "--memtable_bytes", "1MiB", "--cache_bytes", "1MiB", "--ballast_bytes", "8MiB",
         "--pending_bytes_max", "4MiB", "--segment_age", "1s"]


class OnASmallDisk(ClusterTest):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("only root may mount a file system")
        self.disk = os.path.join(self.directory, "disk")
        os.makedirs(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "henge-test", self.disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=True)
        self.node = self.makeCluster(nodes=1, replication=1).nodes[0]
        self.node.directory = os.path.join(self.disk, "n0")
        self.kept = {}

    def free(self):
        about = os.statvfs(self.disk)
        return about.f_bavail * about.f_frsize

    def fill(self, leave):
        """A file of somebody else's takes everything but `leave` bytes."""
        with open(os.path.join(self.disk, "somebody"), "ab") as file:
            while (rest := self.free() - leave) > 0:
                try:
                    file.write(b"x" * min(rest, MiB))
                    file.flush()
                except OSError:
                    return

    def giveBack(self):
        """Returns when."""
        os.remove(os.path.join(self.disk, "somebody"))
        return time.monotonic()

    def put(self, connection, number, seed=0):
        key, value = b"k%d" % number, os.urandom(16) * (2000 + seed)
        connection.put(key, value)
        self.kept[key] = value

    def refusal(self, connection, number=9999, seed=0):
        """The words with which a put is refused now; None: it was taken."""
        try:
            self.put(connection, number, seed)
        except types.Overloaded as refused:
            return refused.message
        return None

    def putPatiently(self, connection, number, seed=0):
        """A slow node's tables may wait for the store."""
        waitFor("a put to be taken", lambda: self.refusal(connection, number, seed) is None,
                READY_SECONDS)

    def assertAllKept(self, connection):
        for key, value in self.kept.items():
            self.assertEqual(connection.value(key), value, key)

    def awaitPuts(self, connection):
        waitFor("puts to be taken again", lambda: self.refusal(connection) is None,
                RESUMED_SECONDS)


class FullDisk(OnASmallDisk):
    def test_puts_are_refused_reads_go_on_and_puts_resume(self):
        self.node.start(*FLAGS)
        with self.node.connect() as connection:
            for number in range(150):
                self.putPatiently(connection, number)
            self.fill(leave=7 * MiB)
            words = waitFor("a put to be refused", lambda: self.refusal(connection), READY_SECONDS)
            self.assertIn("diskFull: ", words)
            self.assertIn("needed", words)
            self.assertAllKept(connection)
            connection.remove(b"k0")
            self.kept[b"k0"] = None
            self.assertIn("diskFull: ", connection.status().stateReason)
            self.assertEqual(connection.status().counters["disk_short"], 1)
            _, out, _ = self.node.cluster.henge("status")
            self.assertIn("n0 refuses puts: diskFull: ", out)
        self.node.kill()
        self.node.start(*FLAGS)
        with self.node.connect() as connection:
            self.assertAllKept(connection)
            self.assertIn("diskFull: ", waitFor("a put to be refused",
                                                lambda: self.refusal(connection), READY_SECONDS))
            self.giveBack()
            self.awaitPuts(connection)
            self.assertAllKept(connection)
        # Told once – or not at all, if there was room again before the disk was next asked.
        told = self.node.log().count(" no space ")
        self.assertLessEqual(told, 1, self.node.log())
        self.assertEqual(self.node.log().count("puts are taken again"), told, self.node.log())
        self.assertEqual(self.node.stop(), 0)

    def test_a_store_that_finds_no_space_is_opened_anew_in_the_process(self):
        self.node.start(*FLAGS)
        with self.node.connect() as connection:
            for number in range(60):
                self.putPatiently(connection, number)
            for turn in range(3):
                self.fill(leave=0)
                waitFor("the store to find no space",
                        lambda: self.refusal(connection) and
                        self.node.log().count("writes are refused") > turn, READY_SECONDS)
                self.assertAllKept(connection)
                self.giveBack()
                self.awaitPuts(connection)
                self.assertAllKept(connection)
                for number in range(turn * 10, turn * 10 + 30):
                    self.put(connection, number, seed=turn)
        self.assertEqual(self.node.log().count("the store holds everything again"), 3)
        self.node.kill()
        self.node.start(*FLAGS)
        with self.node.connect() as connection:
            self.assertAllKept(connection)
        self.assertEqual(self.node.stop(), 0)


class Cycles(OnASmallDisk):
    """Filled and freed, by turns until puts are refused and until nothing fits."""
    CYCLES = int(os.environ.get("HENGE_TEST_CYCLES", "30"))

    def test_many_cycles(self):
        self.node.start(*FLAGS)
        with self.node.connect() as connection:
            for turn in range(self.CYCLES):
                for number in range(20):
                    self.putPatiently(connection, turn % 7 * 20 + number, seed=turn)
                self.fill(leave=7 * MiB if turn % 2 else 0)
                waitFor("a put to be refused", lambda: self.refusal(connection), READY_SECONDS)
                self.assertAllKept(connection)
                self.giveBack()
                self.awaitPuts(connection)
            self.assertAllKept(connection)
        self.assertNotIn("damage", self.node.log())
        self.node.kill()
        self.node.start(*FLAGS)
        self.assertNotIn("damage", self.node.log())
        with self.node.connect() as connection:
            self.assertAllKept(connection)
        self.assertEqual(self.node.stop(), 0)


if __name__ == "__main__":
    main()
