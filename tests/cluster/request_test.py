"""Requests at and beyond every limit, and what clients are told on bad days."""
import os
import signal
import subprocess
import threading
import time

from kit import (ClusterTest, ONE, QUORUM, cleanEnvironment, main, options, types, waitFor)

ALL = types.Consistency.ALL
KEY_MAX, VALUE_MAX = 64 * 1024, 8 * 1024 * 1024


class Limits(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster = self.startCluster(nodes=3)
        self.connection = self.cluster.nodes[0].connect()
        self.addCleanup(self.connection.close)

    def refused(self, what, *arguments, **named):
        with self.assertRaises(types.InvalidRequest) as raised:
            what(*arguments, **named)
        self.assertTrue(raised.exception.message)
        return raised.exception

    def test_keys(self):
        c = self.connection
        longest = b"k" * KEY_MAX
        c.put(longest, b"at the limit")
        self.assertEqual(c.value(longest), b"at the limit")
        for call in (lambda key: c.put(key, b"v"), c.get, c.remove):
            error = self.refused(call, longest + b"k")
            self.assertEqual(error.limit, KEY_MAX)
            self.assertIn(str(KEY_MAX + 1), error.message)
            self.refused(call, b"")
            self.refused(call, None)

    def test_values(self):
        c = self.connection
        largest = os.urandom(VALUE_MAX)
        c.put(b"large", largest)
        with self.cluster.nodes[1].connect() as other:
            self.assertEqual(other.value(b"large"), largest)
        error = self.refused(c.put, b"large", largest + b"x")
        self.assertEqual(error.limit, VALUE_MAX)
        self.assertEqual(c.value(b"large"), largest)
        self.refused(c.put, b"large", None)

    def test_every_byte_is_kept(self):
        c = self.connection
        every = bytes(range(256))
        for key in (b"\0", b"\xff", b"\0\xff\0", every, "grüße".encode(), b"\xff" * 300):
            c.put(key, key + b"\0")
            self.assertEqual(c.value(key), key + b"\0")

    def test_empty_is_not_absent(self):
        c = self.connection
        c.put(b"empty", b"")
        answer = c.get(b"empty")
        self.assertEqual((answer.found, answer.value), (True, b""))
        absent = c.get(b"absent")
        self.assertFalse(absent.found)
        self.assertIsNone(absent.version)
        c.remove(b"empty")
        removed = c.get(b"empty")
        self.assertEqual((removed.found, removed.removed), (False, True))
        self.assertGreater(removed.version.timestamp, answer.version.timestamp)

    def test_versions(self):
        c = self.connection
        now = time.time_ns() // 1000
        for timestamp in (-1, -2**63, now + 3600 * 10**6, 2**63 - 1):
            self.refused(c.put, b"k", b"v", version=types.Version(timestamp=timestamp, writer=7))
        self.assertFalse(c.get(b"k").found)
        c.put(b"k", b"v", version=types.Version(timestamp=now + 5 * 10**6, writer=7))
        # The coordinator's own stamps go on above what it has seen, once that is on its disk.
        answer = waitFor("a stamp above", lambda: self.putUnlessOverloaded(b"k", b"later"))
        self.assertGreater(answer.version.timestamp, now + 5 * 10**6)
        self.assertEqual(c.value(b"k"), b"later")

    def putUnlessOverloaded(self, key, value):
        try:
            return self.connection.put(key, value)
        except types.Overloaded as error:
            self.assertEqual(error.outcome, types.Outcome.SURELY_NOT_APPLIED)
            return None

    def test_an_older_version_is_superseded(self):
        c = self.connection
        now = time.time_ns() // 1000
        c.put(b"k", b"new", ALL, types.Version(timestamp=now, writer=7))
        answer = c.put(b"k", b"old", ALL, types.Version(timestamp=now - 1, writer=9))
        self.assertTrue(answer.superseded)
        self.assertEqual(c.value(b"k"), b"new")

    def test_levels_and_deadlines(self):
        c = self.connection
        for level in (0, 4, -1, 2**31 - 1):
            self.refused(c.put, b"k", b"v", level)
            self.refused(c.get, b"k", level)
        for deadline in (0, -5):
            with self.assertRaises((types.InvalidRequest, types.Timeout)):
                c.put(b"k", b"v", deadlineMs=deadline)
        self.assertEqual(c.put(b"k", b"v", deadlineMs=2**31).outcome, types.Outcome.APPLIED)


class EqualVersions(ClusterTest):
    def test_different_bytes_have_one_winner_everywhere(self):
        cluster = self.startCluster(nodes=3)
        versions = [types.Version(timestamp=time.time_ns() // 1000 + number, writer=7)
                    for number in range(200)]
        starts = threading.Barrier(3)

        def write(node):
            with node.connect() as connection:
                starts.wait()
                for number, version in enumerate(versions):
                    connection.put(b"key %d" % number, b"from %d" % node.number, ALL, version)
        threads = [threading.Thread(target=write, args=(node,)) for node in cluster.nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        held = []
        for node in cluster.nodes:
            with node.connect() as connection:
                held.append({row.key: (row.version, row.value) for row in connection.rows()})
        self.assertEqual(len(held[0]), len(versions))
        self.assertEqual({value for _, value in held[0].values()}, {b"from 2"})  # the larger bytes
        self.assertEqual(held[0], held[1])
        self.assertEqual(held[0], held[2])


class BadDays(ClusterTest):
    def test_all_nodes_down(self):
        cluster = self.makeCluster(nodes=3)
        for words in (["get", "k"], ["put", "k", "v"], ["status"]):
            code, out, err = cluster.henge(*words)
            self.assertEqual((code, out), (69, ""), err)
            for node in cluster.nodes:
                self.assertIn(node.address, err)
        code, out, err = cluster.inspect()
        self.assertEqual(code, 69, out + err)

    def test_silent_replicas_end_in_a_timeout_that_says_unknown(self):
        cluster = self.startCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        for node in (n1, n2):
            node.signal(signal.SIGSTOP)
        with n0.connect() as connection:
            with self.assertRaises(types.Timeout) as raised:
                connection.put(b"k", b"v", QUORUM, deadlineMs=300)
            error = raised.exception
            self.assertEqual((error.needed, error.acknowledged), (2, 1))
            self.assertEqual(error.outcome, types.Outcome.UNKNOWN)
            self.assertEqual(set(error.missing), {1, 2})
            for node in (n1, n2):
                node.signal(signal.SIGCONT)
            cluster.awaitLinks()
            # Sent again with its version it is the same write.
            again = connection.put(b"k", b"v", QUORUM, error.version)
            self.assertEqual(again.version, error.version)
            self.assertEqual(connection.value(b"k"), b"v")

    def test_connection_lost_in_mid_call(self):
        cluster = self.startCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        for node in (n1, n2):
            node.signal(signal.SIGSTOP)
        call = subprocess.Popen(
            [os.path.join(options.bin, "henge"), "--node", n0.address, "--timeout_ms", "30000",
             "put", "k", "v", "quorum"], env=cleanEnvironment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(call.stdout.close)
        self.addCleanup(call.stderr.close)
        with n0.connect() as other:
            waitFor("the write to reach n0's own replica", lambda: other.row(b"k"))
        n0.kill()
        self.assertEqual(call.wait(), 75)
        said = call.stdout.read() + call.stderr.read()
        self.assertIn("unknown", said.lower())
        for node in (n1, n2):
            node.signal(signal.SIGCONT)
        n0.start()
        cluster.awaitLinks()
        with n1.connect() as connection:
            first = connection.value(b"k", QUORUM)
            self.assertIn(first, (b"v", None))
            self.assertEqual(connection.value(b"k", QUORUM), first)

    def test_one_goes_to_another_replica_when_the_first_is_silent(self):
        cluster = self.startCluster(nodes=4)
        with cluster.nodes[1].connect() as connection:
            connection.put(b"\x89", b"v", ALL)
            cluster.nodes[2].kill()  # the owner; n1 holds no copy itself
            self.assertEqual(connection.value(b"\x89", ONE), b"v")

    def test_a_missed_replica_is_named_and_counted(self):
        cluster = self.startCluster(nodes=3)
        cluster.nodes[2].kill()
        with cluster.nodes[0].connect() as connection:
            def answered():
                try:
                    return connection.put(b"k", b"v", QUORUM)
                except types.Timeout:
                    return None
            answer = waitFor("n0 to notice", lambda: (got := answered()) and got.missed and got)
            self.assertEqual(answer.missed, [2])
            counters = connection.status().counters
        self.assertTrue(any("miss" in name and count > 0 for name, count in counters.items()),
                        counters)

    def test_the_console_asks_another_node(self):
        cluster = self.startCluster(nodes=3)
        cluster.nodes[0].kill()
        cluster.awaitState(cluster.nodes[1], 0, "down")
        code, out, err = cluster.henge("put", "k", "v")
        self.assertEqual(code, 0, out + err)
        code, out, err = cluster.henge("get", "k", "quorum")
        self.assertEqual((code, out.strip()), (0, "v"), err)
        code, out, err = cluster.henge("get", "nosuch")
        self.assertEqual((code, out), (1, ""), err)


if __name__ == "__main__":
    main()
