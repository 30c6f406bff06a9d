"""The story of the store, told by real processes: four nodes, N=3, tokens 00 40 80 c0."""
import json
import time

from kit import ClusterTest, ONE, QUORUM, main, slowness, types, waitFor

ZERO, KEY = bytes([0]), bytes([137])


class Story(ClusterTest):
    def test_from_the_first_put_to_two_crashes_and_back(self):
        cluster = self.startCluster()
        n0, n1, n2, n3 = cluster.nodes
        self.firstWrites(cluster)
        self.placesAreRight(cluster)
        self.oneCrash(cluster, n3)
        self.twoCrashes(cluster, n0)
        for node in (n0, n3):
            node.start()
        cluster.awaitLinks()
        self.allIsRead(cluster, restarted=(n0, n3), others=(n1, n2))

    def command(self, cluster, *words, node=None):
        code, out, err = cluster.henge(*words, node=node)
        self.assertEqual(code, 0, f"henge {words}: {out}{err}")
        return out

    def firstWrites(self, cluster):
        self.command(cluster, "put", "u8:0", "value0", "one")
        self.command(cluster, "put", "u8:137", "value137", "quorum")
        out = self.command(cluster, "get", "u8:137", "quorum")
        self.assertIn("value137", out)
        # On all three while all are up: read at ONE later, from the nodes that crash meanwhile.
        self.command(cluster, "put", "x'89aa'", "early", "all")

    def placesAreRight(self, cluster):
        for key, value, places in ((ZERO, b"value0", {0, 1, 2}), (KEY, b"value137", {2, 3, 0})):
            # ONE answers after the first replica; the others have it a moment later.
            held = waitFor(f"{key!r} on three nodes",
                           lambda: (found := cluster.holders(key)) and len(found) >= 3 and found)
            self.assertEqual(set(held), places)
            self.assertEqual({row.value for row in held.values()}, {value})
        code, out, err = cluster.inspect("--json")
        self.assertEqual(code, 0, out + err)
        keys = {line["key_hex"]: line for line in map(json.loads, out.splitlines())
                if line["type"] == "key"}
        for name, places in (("00", {0, 1, 2}), ("89", {2, 3, 0})):
            holding = {copy["node"] for copy in keys[name]["copies"] if not copy.get("absent")}
            self.assertEqual(holding, places, keys[name])

    def oneCrash(self, cluster, node):
        node.kill()
        asked = cluster.nodes[1]
        self.command(cluster, "put", "u8:137", "second", "quorum", node=asked)
        self.assertIn("second", self.command(cluster, "get", "u8:137", "quorum", node=asked))

    def twoCrashes(self, cluster, node):
        node.kill()
        asked = cluster.nodes[1]
        with asked.connect() as connection:
            until = time.monotonic() + 1 * slowness
            refused = None
            while refused is None and time.monotonic() < until:
                try:
                    connection.get(KEY, QUORUM, deadlineMs=500)
                except types.Unavailable as unavailable:
                    refused = unavailable
                except types.Timeout:
                    pass
            self.assertIsNotNone(refused, "a quorum read was not refused within a second")
            self.assertEqual((refused.needed, refused.alive), (2, 1))
            with self.assertRaises(types.Unavailable) as raised:
                connection.put(KEY, b"refused", QUORUM)
            error = raised.exception
            self.assertEqual((error.needed, error.alive), (2, 1))
            self.assertEqual(set(error.missing), {0, 3})
            self.assertEqual(error.outcome, types.Outcome.SURELY_NOT_APPLIED)
        code, out, err = cluster.henge("put", "u8:137", "refused", "quorum", node=asked)
        self.assertEqual(code, 69, out + err)
        self.assertRegex(out + err, "needs 2")
        self.assertIn("second", self.command(cluster, "get", "u8:137", "one", node=asked))
        self.command(cluster, "put", "x'89bb'", "alone", "one", node=asked)

    def allIsRead(self, cluster, restarted, others):
        wanted = {ZERO: b"value0", KEY: b"second", b"\x89\xaa": b"early", b"\x89\xbb": b"alone"}
        for node in cluster.nodes:
            with node.connect() as connection:
                for key, value in wanted.items():
                    self.assertEqual(connection.value(key, QUORUM), value, (node.number, key))
        for node in restarted:
            self.assertIn(" recovered ", node.log())
            with node.connect() as connection:
                self.assertEqual(connection.value(b"\x89\xaa", ONE), b"early")
        for node in (*restarted, *others):
            with node.connect() as connection:
                self.assertNotIn(b"refused", [row.value for row in connection.rows()])


if __name__ == "__main__":
    main()
