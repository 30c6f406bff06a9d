"""Stock Thrift clients over every transport and protocol they have: what they are told, and whether
each gets its own answer. The Thrift compiler wrote all of the client but the calls."""
import contextlib
import os
import select
import shutil
import signal
import time

from kit import ONE, QUORUM, ClusterTest, main, types, waitFor
from client import ALL, PROTOCOLS, store  # after kit, which makes it findable

MEBIBYTE = 1024 * 1024
VALUE_MAX = 8 * MEBIBYTE
WAYS = [(protocol, framed) for protocol in PROTOCOLS for framed in (True, False)]


def get(key, level=QUORUM, deadlineMs=None):
    return store.GetRequest(key=key, consistency=level, deadlineMs=deadlineMs)


class EveryWay(ClusterTest):
    """Framed and buffered, binary and compact, in Python and in C for Python."""

    @classmethod
    def nameOf(cls, way):
        return f"{way[0]}, {'framed' if way[1] else 'buffered'}"

    def inEveryWay(self, node):
        for way in WAYS:
            with self.subTest(self.nameOf(way)):
                with node.connect(protocol=way[0], framed=way[1]) as connection:
                    yield self.nameOf(way).encode(), connection

    def test_requests_and_values(self):
        cluster = self.startCluster(nodes=3)
        large = os.urandom(MEBIBYTE)
        for name, c in self.inEveryWay(cluster.nodes[0]):
            self.assertEqual(c.hello().node, 0)
            self.assertEqual(len(c.ring().members), 3)
            self.assertEqual(c.put(name, large).outcome, types.Outcome.APPLIED)
            self.assertEqual(c.value(name), large)
            c.put(name, b"")
            self.assertEqual(c.value(name), b"")
            for key in (b"\xff\xfe", b"\0", b"\x80\x01\0\1", bytes(range(256)), b"\xc3\x28" + name):
                c.put(key, key[::-1] + name)
                self.assertEqual(c.value(key), key[::-1] + name)
            absent = c.get(b"absent " + name)
            self.assertEqual((absent.found, absent.value, absent.version), (False, None, None))
            traced = c.store.get(store.GetRequest(key=name, trace=True))
            self.assertTrue(traced.trace.startswith("trace "), traced.trace)
            c.remove(name)
            self.assertEqual((c.get(name).found, c.get(name).removed), (False, True))
            self.assertIn(b"\xff\xfe", {row.key for row in c.rows()})

    def test_pipelined_with_a_slow_first(self):
        cluster = self.startCluster(nodes=3)
        keys = [b"key %d" % number for number in range(30)]
        for name, c in self.inEveryWay(cluster.nodes[0]):
            for key in keys:
                c.put(key, key + name, ALL)
            # Paused for longer than links bear, the others answer nothing: tried again then.
            waitFor("a first answer that was only slow",
                    lambda: self.answersInOrder(cluster, c, keys, name))

    def answersInOrder(self, cluster, c, keys, name):
        """At QUORUM the first get waits for another node; n0 alone can answer the rest, and has."""
        n0, *others = cluster.nodes
        for node in others:
            node.signal(signal.SIGSTOP)
        c.store.send_get(get(keys[0], QUORUM, 20_000))
        for key in keys[1:]:
            c.store.send_get(get(key, ONE))
        with n0.connect() as other:
            self.assertEqual(other.value(keys[-1], ONE), keys[-1] + name)
        nothingYet = select.select([c.socket.handle], [], [], 0)[0] == []
        for node in others:
            node.signal(signal.SIGCONT)
        try:
            first = c.store.recv_get().value
        except (types.Timeout, types.Unavailable):
            first = None
        for key in keys[1:]:
            self.assertEqual(c.store.recv_get().value, key + name)
        cluster.awaitLinks()
        if first is None:
            return False
        self.assertTrue(nothingYet, "the first was overtaken")
        self.assertEqual(first, keys[0] + name)
        return True


class Errors(ClusterTest):
    """Each typed exception that a node throws, from a node in that state. Rebuilding, NotYet,
    TooOld, StaleEpoch, SessionClosed and Suspect are declared; no node throws them yet."""

    def setUp(self):
        super().setUp()
        self.cluster = self.startCluster(nodes=3)

    def raised(self, expected, node, call):
        """The exception that `call` raises in every way, once each."""
        found = []
        for protocol, framed in WAYS:
            with node.connect(protocol=protocol, framed=framed) as connection:
                with self.assertRaises(expected) as raised:
                    call(connection)
                self.assertTrue(raised.exception.message)
                found.append(raised.exception)
                with contextlib.suppress(types.Unavailable, types.Timeout):
                    connection.get(b"the connection goes on", ONE)
        return found

    def test_invalid_request(self):
        node = self.cluster.nodes[0]
        for error in self.raised(types.InvalidRequest, node, lambda c: c.put(b"", b"v")):
            self.assertEqual((error.field, error.limit), ("key", 64 * 1024))
        for error in self.raised(types.InvalidRequest, node, lambda c: c.get(b"k", 9)):
            self.assertIn("consistency", error.field)

    def test_unavailable(self):
        n0, n1, n2 = self.cluster.nodes
        n1.kill()
        n2.kill()
        for number in (1, 2):
            self.cluster.awaitState(n0, number, "down")
        for call in (lambda c: c.put(b"k", b"v"), lambda c: c.get(b"k"), lambda c: c.remove(b"k")):
            for error in self.raised(types.Unavailable, n0, call):
                self.assertEqual((error.needed, error.alive, set(error.missing)), (2, 1, {1, 2}))

    def test_a_rebuilding_node_is_counted_as_missing(self):
        n0, n1, n2 = self.cluster.nodes
        with n0.connect() as connection:
            connection.put(b"k", b"v", ALL)
        n2.kill()
        shutil.rmtree(n2.directory)
        n2.start()
        self.cluster.awaitState(n0, 2, "rebuilding")
        for node in (n0, n2):
            with node.connect() as connection:
                waitFor("a quorum without n2", lambda: self.valueOrNone(connection) == b"v")
        for error in self.raised(types.Unavailable, n0, lambda c: c.get(b"k", ALL)):
            self.assertEqual((error.needed, error.alive, error.missing), (3, 2, [2]))

    def valueOrNone(self, connection):
        try:
            return connection.value(b"k")
        except (types.Unavailable, types.Timeout):
            return None

    def test_timeout(self):
        n0, *others = self.cluster.nodes
        for call, outcome in ((lambda c: c.put(b"k", b"v", deadlineMs=100), types.Outcome.UNKNOWN),
                              (lambda c: c.get(b"k", deadlineMs=100), None)):
            for protocol, framed in WAYS:
                with n0.connect(protocol=protocol, framed=framed) as connection:
                    for node in others:
                        node.signal(signal.SIGSTOP)
                    with self.assertRaises(types.Timeout) as raised:
                        call(connection)
                    for node in others:
                        node.signal(signal.SIGCONT)
                    error = raised.exception
                    self.assertEqual(error.needed, 2)
                    self.assertTrue(error.missing and {1, 2}.issuperset(error.missing))
                    self.assertEqual(error.outcome, outcome)
                self.cluster.awaitLinks()

    def test_overloaded(self):
        """More is asked for at once than may wait to be sent: 64 MiB."""
        node = self.cluster.nodes[0]
        value, asked = os.urandom(VALUE_MAX), 14
        with node.connect() as connection:
            connection.put(b"large", value, ALL)
        for protocol, framed in (("binary-accelerated", True), ("compact-accelerated", False)):
            with node.connect(protocol=protocol, framed=framed) as c:
                for _ in range(asked):
                    c.store.send_get(get(b"large", ONE))
                answers = [self.answerOrError(c) for _ in range(asked)]
                self.assertEqual(answers[0], value)
                errors = [error for error in answers if isinstance(error, types.Overloaded)]
                self.assertTrue(errors)
                self.assertGreater(errors[0].retryAfterMs, 0)
                self.assertEqual(answers.count(value), asked - len(errors))
                self.assertEqual(c.value(b"large", ONE), value)  # and goes on

    def answerOrError(self, connection):
        try:
            return connection.store.recv_get().value
        except types.Overloaded as error:
            return error


class Volume(ClusterTest):
    """One connection outlives whatever Thrift's own servers count: 2 GiB through a framed one and 2
    through a buffered one, or as many as HENGE_TEST_GIB says."""

    def test_one_connection(self):
        total = int(os.environ.get("HENGE_TEST_GIB", "2")) * 1024 * MEBIBYTE
        cluster = self.startCluster("--log_sync=periodic", nodes=1, replication=1)
        for framed in (True, False):
            moved, begun, number = 0, time.monotonic(), 0
            with cluster.nodes[0].connect(framed=framed) as connection:
                while moved < total:
                    number += 1
                    value = number.to_bytes(8, "big") * (MEBIBYTE // 2)
                    self.put(connection, value)
                    for _ in range(7):
                        self.assertEqual(connection.value(b"k", ONE), value)
                    moved += 8 * len(value)
            seconds = time.monotonic() - begun
            print(f"{moved / 2**30:.1f} GiB through one {'framed' if framed else 'buffered'} "
                  f"connection in {seconds:.1f} s", flush=True)

    def put(self, connection, value):
        def taken():
            try:
                return connection.put(b"k", value, ONE)
            except types.Overloaded:
                return None
        waitFor("a put to be taken", taken)


if __name__ == "__main__":
    main()
