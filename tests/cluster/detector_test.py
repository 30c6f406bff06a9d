"""Who is up: frozen, killed and returning nodes, as the others see them."""
import signal
import time

from kit import ClusterTest, QUORUM, READY_SECONDS, main, slowness, waitFor

# What a quiet machine needs; and how much longer a busy one may take.
FOUND_SECONDS = 2
PATIENCE_SECONDS = 8 * slowness


def member(asked, number):
    """What node `asked` says of a member."""
    with asked.connect() as connection:
        return next(one for one in connection.ring().members if one.node == number)


class Detector(ClusterTest):
    def downAfter(self, asked, number, began):
        """Seconds from `began` until `asked` took the member to be down, by its own clock."""
        def down():
            seen = member(asked, number)
            return seen.state == "down" and (time.monotonic() - seen.sinceMs / 1000, seen)
        at, seen = waitFor(f"n{asked.number} to find n{number}", down, READY_SECONDS)
        return at - began, seen

    def expectFound(self, what, asked, number, began):
        took, seen = self.downAfter(asked, number, began)
        print(f"{what}: down for n{asked.number} after {1000 * took:.0f} ms: {seen.reason}")
        self.assertLess(took, FOUND_SECONDS + PATIENCE_SECONDS)
        self.assertTrue(seen.reason)

    def awaitStanding(self, asked, number, standing):
        return waitFor(f"n{asked.number} to hear that n{number} is {standing}",
                       lambda: (seen := member(asked, number)).standing == standing and seen,
                       READY_SECONDS)

    def test_a_frozen_node_is_found_and_welcomed_back(self):
        cluster = self.startCluster(nodes=4)
        n0, n1, n2, n3 = cluster.nodes
        began = time.monotonic()
        n3.signal(signal.SIGSTOP)
        for asked in (n0, n1, n2):
            self.expectFound("frozen", asked, 3, began)
        for asked in (n0, n1, n2):
            seen = self.awaitStanding(asked, 3, "dead")
            self.assertIn("found dead by", seen.reason)
        with n0.connect() as connection:
            connection.put(b"\xc1", b"v", QUORUM)  # n3 owns it; nothing is sent to it
        n3.signal(signal.SIGCONT)
        cluster.awaitLinks()
        for asked in (n0, n1, n2):
            self.awaitStanding(asked, 3, "alive")

    def test_a_killed_node_is_down_at_once_and_dead_soon(self):
        cluster = self.startCluster(nodes=4)
        n0, n1, n2, n3 = cluster.nodes
        began = time.monotonic()
        n3.kill()
        for asked in (n0, n1, n2):
            self.expectFound("killed", asked, 3, began)
            self.awaitStanding(asked, 3, "dead")
        n3.start()
        cluster.awaitLinks()
        for asked in (n0, n1, n2):
            self.awaitStanding(asked, 3, "alive")
            counters = self.counters(asked)
            self.assertGreater(counters["detector_probes"], 0)
            self.assertGreater(counters["detector_suspicions"], 0)

    def test_a_ring_is_never_changed_by_it(self):
        cluster = self.startCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        with n0.connect() as connection:
            before = connection.ring().ringHash
        n2.kill()
        self.awaitStanding(n0, 2, "dead")
        with n0.connect() as connection:
            ring = connection.ring()
        self.assertEqual(ring.ringHash, before)
        self.assertEqual([one.node for one in ring.members], [0, 1, 2])
        code, out, err = cluster.henge("status", node=n0)
        self.assertIn("n2 is down", out, err)
        self.assertIn("found dead by n", out, err)

    def test_latencies_are_shown(self):
        cluster = self.startCluster(nodes=3)
        n0 = cluster.nodes[0]
        with n0.connect() as connection:
            for number in range(50):
                connection.put(b"k%d" % number, b"v", QUORUM)
                connection.value(b"k%d" % number)
        seen = waitFor("n0 to have measured n1",
                       lambda: (one := member(n0, 1)).latencyMicros and one)
        self.assertGreater(seen.latency95Micros, 0)
        self.assertEqual(seen.standing, "alive")

    def counters(self, node):
        with node.connect() as connection:
            return connection.status().counters


if __name__ == "__main__":
    main()
