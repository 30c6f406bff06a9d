"""A node is down while thousands of keys are written. It comes back, the sync point is waited for,
and it holds them all, though nobody has read anything."""
import json
import threading
import time

from kit import ClusterTest, main, patience, waitFor
from client import AGAIN

THREADS = 8


def linesOf(text, kind):
    return [line for line in map(json.loads, text.splitlines()) if line["type"] == kind]


class Hints(ClusterTest):
    def write(self, nodes, count):
        """Every key at QUORUM, by both nodes in turn; how long that took."""
        def guarded(number):
            try:
                with nodes[number % len(nodes)].connect() as connection:
                    for key in range(number, count, THREADS):
                        self.put(connection, b"key %06d" % key, b"value %d" % key)
            except Exception as error:  # noqa: BLE001  (raised below)
                errors.append(error)
        errors, began = [], time.monotonic()
        threads = [threading.Thread(target=guarded, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return time.monotonic() - began

    def put(self, connection, key, value):
        until = time.monotonic() + 6 * patience
        while True:
            try:
                return connection.put(key, value)
            except AGAIN:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def kept(self, cluster, node, target):
        _, out, _ = cluster.henge("hints", "--output", "json", node=node)
        return sum(line["hints"] for line in linesOf(out, "hint_target")
                   if line["target"] == target.number)

    def awaitDelivery(self, cluster, node):
        """The sync point, as often as it needs; how long that took."""
        began = time.monotonic()

        def delivered():
            code, out, err = cluster.henge("hints", "wait", "--output", "json",
                                           "--timeout_ms", "20000", node=node)
            synced = linesOf(out, "hint_sync")
            self.assertEqual([line["lost"] for line in synced], [0] * len(synced), out + err)
            return code == 0 and len(synced) == 3
        waitFor("everything hinted is delivered", delivered, seconds=30 * patience)
        return time.monotonic() - began

    def missesAndGetsThemAll(self, count):
        cluster = self.startCluster(nodes=3)
        first, second, away = cluster.nodes
        away.kill()
        for node in (first, second):
            cluster.awaitState(node, away.number, "down")
        wrote = self.write((first, second), count)
        kept = self.kept(cluster, first, away)
        self.assertGreaterEqual(kept, count)  # more: a put was sent again

        # What the keepers have promised survives their own end.
        first.kill()
        first.start()
        waitFor("the hints are there again", lambda: self.kept(cluster, first, away) == kept)
        away.start()
        took = self.awaitDelivery(cluster, first)
        self.assertEqual(self.kept(cluster, first, away), 0)
        with away.connect() as connection:
            held = {row.key: row.value for row in connection.rows()}
            counters = connection.status().counters
        self.assertEqual(counters["replica_fetches"], 0, "nobody has read anything there")
        self.assertEqual(held, {b"key %06d" % key: b"value %d" % key for key in range(count)})
        print(f"proof: {count} writes missed, {len(held)} held {took:.1f} s after its start, "
              f"without a read ({count / max(took, 0.001):.0f} a second); written in {wrote:.1f} s")


class Short(Hints):
    def test_a_node_down_for_2000_writes_holds_them_all_without_any_read(self):
        self.missesAndGetsThemAll(2000)

    def test_at_their_cap_hints_are_dropped_and_no_write_fails(self):
        cluster = self.makeCluster(nodes=3)
        cluster.start("--hint_bytes_max", "4KiB")
        first, _, away = cluster.nodes
        away.kill()
        cluster.awaitState(first, away.number, "down")
        with first.connect() as connection:
            for key in range(60):
                self.put(connection, b"key %d" % key, b"v")
            counters = connection.status().counters
        self.assertGreater(counters["hints_dropped"], 0)
        self.assertGreater(counters["ranges_to_repair"], 0)
        self.assertLessEqual(counters["hint_bytes"], 4096)
        code, out, err = cluster.henge("hints", node=first)
        self.assertEqual(code, 69, "a node does not tell")
        self.assertIn("NEEDS REPAIR", out + err)
        first.kill()
        first.start()
        with first.connect() as connection:
            self.assertEqual(connection.status().counters["ranges_to_repair"],
                             counters["ranges_to_repair"], "the marks are kept")


class Long(Hints):
    def test_a_node_down_for_100000_writes_holds_them_all_without_any_read(self):
        self.missesAndGetsThemAll(100_000)


if __name__ == "__main__":
    main()
