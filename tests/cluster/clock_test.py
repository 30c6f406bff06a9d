"""The wall clock set back one hour while the cluster is down; the monotonic clock untouched."""
import glob
import os
import time

from kit import ClusterTest, main, types


def fakeTime(offset):
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise AssertionError("libfaketime is missing: scripts/install.sh installs it")
    # A sanitizer's runtime wants to be first among the preloaded; it does not mind this one.
    return {"LD_PRELOAD": libraries[0], "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


class SetBack(ClusterTest):
    def test_new_writes_still_win(self):
        cluster = self.startCluster(nodes=3)
        with cluster.nodes[0].connect() as connection:
            before = connection.put(b"k", b"old").version.timestamp
            removed = connection.remove(b"gone").version.timestamp
        for node in cluster.nodes:
            self.assertEqual(node.stop(), 0)
        cluster.start(env=fakeTime("-1h"))
        with cluster.nodes[1].connect() as connection:
            wall = connection.status().wallTime
            self.assertLess(wall, time.time_ns() // 1000 - 3000 * 10**6, "not set back")
            for number, node in enumerate(cluster.nodes):
                with node.connect() as other:
                    answer = other.put(b"k", b"new %d" % number)
                    self.assertGreater(answer.version.timestamp, before)
                    self.assertFalse(answer.superseded)
                    self.assertEqual(connection.value(b"k"), b"new %d" % number)
                    before = answer.version.timestamp
            answer = connection.put(b"gone", b"back")
            self.assertGreater(answer.version.timestamp, removed)
            self.assertEqual(connection.value(b"gone"), b"back")

    def test_a_crash_does_not_let_stamps_repeat(self):
        cluster = self.startCluster(nodes=3)
        node = cluster.nodes[0]
        with node.connect() as connection:
            stamps = [connection.put(b"k%d" % number, b"v").version.timestamp
                      for number in range(20)]
        node.kill()
        node.start(env=fakeTime("-1h"))
        cluster.awaitLinks()
        with node.connect() as connection:
            stamps += [connection.put(b"k%d" % number, b"w").version.timestamp
                       for number in range(20)]
        self.assertEqual(stamps, sorted(set(stamps)))

    def test_a_restart_makes_the_others_refuse_nothing(self):
        """A restarted node stamps above its reserve; its peers must not run out of theirs."""
        cluster = self.startCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        for turn in range(4):
            if turn % 2:
                self.assertEqual(n2.stop(), 0)
            else:
                n2.kill()
            n2.start()
            cluster.awaitLinks()
            with n1.connect() as connection:
                for number in range(5):
                    connection.put(b"k", b"%d" % number, types.Consistency.ALL)

    def test_a_clock_ahead_is_refused_where_it_enters(self):
        cluster = self.startCluster(nodes=3)
        with cluster.nodes[0].connect() as connection:
            stamp = types.Version(timestamp=time.time_ns() // 1000 + 3600 * 10**6, writer=7)
            with self.assertRaises(types.InvalidRequest):
                connection.put(b"k", b"v", version=stamp)
            self.assertFalse(connection.get(b"k").found)


if __name__ == "__main__":
    main()
