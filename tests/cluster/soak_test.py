"""Three nodes under load for a minute while they are killed, stopped and paused in turn."""
import signal
import threading
import time

from kit import ClusterTest, QUORUM, main, patience, types, waitFor
from client import AGAIN, Connection  # after kit, which makes it findable

SECONDS = 60
WRITERS = 6  # each owns its keys, so what it may read is known exactly
KEYS = 20


class Writer(threading.Thread):
    """Writes rising numbers to its own keys and reads them back: a quorum read never goes back."""

    def __init__(self, number, cluster, until):
        super().__init__()
        self.number, self.cluster, self.until = number, cluster, until
        self.acknowledged = {}  # key -> number, surely held by a quorum
        self.highest = {}       # key -> the highest number that may be held
        self.seen = {}          # key -> the highest number ever read
        self.done = self.failed = 0
        self.problem = None

    def run(self):
        try:
            turn = self.number
            while time.monotonic() < self.until:
                node = self.cluster.nodes[turn % len(self.cluster.nodes)]
                turn += 1
                try:
                    with Connection(node.host, node.port, timeoutSeconds=patience) as connection:
                        self.useUntilItFails(connection)
                except AGAIN:
                    self.failed += 1
        except Exception as problem:  # noqa: BLE001  (told by the test)
            self.problem = problem

    def useUntilItFails(self, connection):
        while time.monotonic() < self.until:
            key = b"%d/%d" % (self.number, self.done % KEYS)
            number = self.highest.get(key, 0) + 1
            self.highest[key] = number
            connection.put(key, b"%d" % number, QUORUM)
            self.acknowledged[key] = number
            self.check(key, connection.value(key, QUORUM))
            self.done += 1

    def check(self, key, value):
        number = int(value) if value is not None else 0
        least = max(self.acknowledged.get(key, 0), self.seen.get(key, 0))
        if not least <= number <= self.highest.get(key, 0):
            raise AssertionError(f"{key}: read {number}, must be {least}…{self.highest.get(key)}")
        self.seen[key] = number


class Soak(ClusterTest):
    def test_a_minute_of_restarts_loses_nothing(self):
        cluster = self.startCluster("--segment_age=2s", nodes=3)
        until = time.monotonic() + SECONDS
        writers = [Writer(number, cluster, until) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        rounds = self.disturb(cluster, writers, until)
        for writer in writers:
            writer.join()
        self.assertEqual([writer.problem for writer in writers if writer.problem], [])
        self.assertGreater(rounds, 0)
        self.assertTrue(all(writer.done for writer in writers))
        for node in cluster.nodes:
            with node.connect() as connection:
                for writer in writers:
                    for key in writer.acknowledged:
                        writer.check(key, connection.value(key, QUORUM))

    def disturb(self, cluster, writers, until):
        rounds = 0
        while time.monotonic() < until:
            node = cluster.nodes[rounds % 3]
            self.oneRound(node, rounds % 4)
            cluster.awaitLinks()
            rounds += 1
            marks = [writer.done for writer in writers]
            waitFor("the load to go on", lambda: time.monotonic() > until or any(
                writer.done > mark + 20 for writer, mark in zip(writers, marks)))
        return rounds

    def oneRound(self, node, kind):
        if kind == 3:
            node.signal(signal.SIGSTOP)
            try:
                self.othersGoOn(node)
            finally:
                node.signal(signal.SIGCONT)
            return
        if kind == 1:
            self.assertEqual(node.stop(), 0, node.log()[-3000:])
        else:
            node.kill()
        self.othersGoOn(node)
        node.start("--segment_age=2s")

    def othersGoOn(self, node):
        """The two others serve a quorum while `node` is away."""
        other = node.cluster.nodes[(node.number + 1) % 3]

        def served():
            try:
                with other.connect() as connection:
                    return connection.put(b"probe", b"x", QUORUM).outcome == types.Outcome.APPLIED
            except AGAIN:
                return False
        waitFor("a quorum of the others", served)


if __name__ == "__main__":
    main()
