"""The recovery log of real processes: seen while they run, verified when they have died, damaged,
and what was said compared with what a start then does."""
import hashlib
import json
import os

from kit import ClusterTest, main, run, waitFor

CLEAN, LOST, IN_USE, LOG_DAMAGED = 0, 1, 69, 81
SMALL = ("--value_bytes_max", "8KiB", "--segment_bytes", "256KiB", "--log_bytes_max", "16MiB")


def linesOf(text):
    return [json.loads(line) for line in text.splitlines()]


def ofType(lines, kind):
    return [line for line in lines if line["type"] == kind]


def treeOf(directory):
    """Every file's checksum."""
    tree = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                tree[os.path.relpath(path, directory)] = hashlib.sha256(file.read()).hexdigest()
    return tree


class LogTest(ClusterTest):
    def filled(self, records=200):
        cluster = self.makeCluster(nodes=3)
        cluster.start(*SMALL)
        with cluster.nodes[0].connect() as connection:
            for number in range(records):
                connection.put(b"key %03d" % number, b"v" * 4000)
        return cluster

    def verify(self, node, code):
        """What `verify` says, as JSON and as text; nothing in the directory may change."""
        before = treeOf(node.directory)
        got, text, err = run("henge-inspect", "verify", node.directory)
        self.assertEqual(got, code, text + err)
        got, out, err = run("henge-inspect", "verify", node.directory, "--json")
        self.assertEqual((got, err), (code, ""), out)
        self.assertEqual(treeOf(node.directory), before)
        return linesOf(out), text

    def flipIn(self, node, key):
        """A bit of `key` where the log holds it; returns the file, relative to the directory."""
        for folder, _, names in sorted(os.walk(os.path.join(node.directory, "log"))):
            for name in sorted(names):
                path = os.path.join(folder, name)
                with open(path, "r+b") as file:
                    place = file.read().find(key)
                    if place < 0:
                        continue
                    file.seek(place)
                    file.write(bytes([key[0] ^ 1]))
                    return os.path.relpath(path, node.directory)
        self.fail("no segment holds %r" % key)

    def damaged(self, cluster):
        """The last node, killed, with a bit flipped in a middle segment; which file."""
        node = cluster.nodes[2]
        waitFor("n2 to have it all", lambda: node.number in cluster.holders(b"key 199"))
        node.kill()
        return node, self.flipIn(node, b"key 070")


class Seeing(LogTest):
    def test_one_node_and_all(self):
        cluster = self.filled()
        code, out, err = cluster.henge("log", node=cluster.nodes[1])
        self.assertEqual((code, err), (0, ""))
        self.assertIn("n1 " + cluster.nodes[1].address, out)
        self.assertRegex(out, r"\d+  active  ")
        self.assertRegex(out, r"(?s)Since the start: \d+ syncs, .* the longest [\d.]+ ms")
        code, out, err = cluster.henge("--output", "json", "log", "all")
        self.assertEqual((code, err), (0, ""))
        logs = ofType(linesOf(out), "log")
        self.assertEqual([log["node"] for log in logs], [0, 1, 2])
        for log in logs:
            self.assertEqual(log["end"], log["synced"])
            self.assertGreater(log["records"], 100)
            self.assertGreaterEqual(log["sync_max_us"], log["sync_p99_us"])
            self.assertGreaterEqual(log["sync_p99_us"], log["sync_p50_us"])
            self.assertGreater(log["sync_p50_us"], 0)

    def test_a_running_nodes_directory_is_refused_by_its_process(self):
        cluster = self.filled(records=3)
        node = cluster.nodes[0]
        for task in ("log", "verify"):
            code, out, err = run("henge-inspect", task, node.directory)
            self.assertEqual((code, out), (IN_USE, ""))
            self.assertIn("process %d" % node.process.pid, err)


class Verifying(LogTest):
    def test_what_is_said_of_a_killed_node_happens(self):
        cluster = self.filled()
        node = cluster.nodes[2]
        waitFor("n2 to have it all", lambda: node.number in cluster.holders(b"key 199"))
        node.kill()
        lines, text = self.verify(node, CLEAN)
        said = ofType(lines, "verdict")[0]
        self.assertTrue(said["clean"])
        self.assertIn("CLEAN", text)
        node.start(*SMALL)
        self.assertIn("recovered %d records of %d segments" % (said["replayed_records"],
                                                               said["replayed_segments"]),
                      node.log())
        cluster.awaitLinks()
        self.assertEqual(node.stop(), 0)
        lines, _ = self.verify(node, CLEAN)
        said = ofType(lines, "verdict")[0]
        self.assertEqual((said["replayed_records"], said["rows"]), (0, 200))
        node.start(*SMALL)

    def test_records_are_read_page_by_page(self):
        cluster = self.filled(records=30)
        node = cluster.nodes[2]
        waitFor("n2 to have it all", lambda: node.number in cluster.holders(b"key 029"))
        node.kill()
        keys, place = [], []
        while True:
            code, out, err = run("henge-inspect", "log", node.directory, "--json", "--records",
                                 "--limit", "7", *place)
            self.assertEqual((code, err), (0, ""))
            lines = linesOf(out)
            keys += [line["key"] for line in ofType(lines, "record")]
            after = ofType(lines, "end")[0]["from"]
            if after is None:
                break
            place = ["--from", after]
        self.assertEqual(keys, ["key %03d" % number for number in range(30)])
        node.start(*SMALL)

    def test_damage_is_named_the_same_before_and_after_and_until_it_is_accepted(self):
        cluster = self.filled()
        node, file = self.damaged(cluster)
        lines, text = self.verify(node, LOST)
        damage = ofType(lines, "damage")
        self.assertEqual([place["file"] for place in damage], [file])
        verdict = ofType(lines, "verdict")[0]
        self.assertEqual(verdict["set_aside"], [file])
        self.assertLessEqual(damage[0]["least_hex"], b"key 070".hex())
        self.assertGreaterEqual(damage[0]["greatest_hex"], b"key 070".hex())
        sentence = next(line.strip() for line in text.splitlines() if " is damaged at " in line)

        node.start(*SMALL)
        self.assertIn("damage    " + sentence, node.log())
        self.assertIn("recovered %d records" % verdict["replayed_records"], node.log())
        aside = os.path.join(node.directory, "log/0/quarantine", os.path.basename(file))
        self.assertTrue(os.path.exists(aside))
        asked = cluster.nodes[0]
        cluster.awaitState(asked, node.number, "rebuilding")
        code, out, _ = cluster.henge("log", node=node)
        self.assertIn(sentence, out)

        node.kill()  # it is told again at each start, and by verify, until it is accepted
        lines, _ = self.verify(node, LOST)
        self.assertEqual([place["found_before"] for place in ofType(lines, "damage")], [True])
        node.start(*SMALL)
        cluster.awaitState(asked, node.number, "rebuilding")
        code, _, err = cluster.henge("accept", "2")
        self.assertEqual(code, 64)
        self.assertIn(sentence, err)
        code, out, err = cluster.henge("accept", "2", "--yes")
        self.assertEqual(code, 0, out + err)
        self.assertIn(sentence, out)
        cluster.awaitLinks()
        self.assertEqual(node.stop(), 0)
        self.verify(node, CLEAN)
        self.assertTrue(os.path.exists(aside), "kept for good")
        node.start(*SMALL)
        cluster.awaitLinks()

    def test_on_stop_it_does_not_start_and_nothing_is_changed(self):
        cluster = self.filled()
        node, file = self.damaged(cluster)
        log = {path: sum for path, sum in treeOf(node.directory).items() if path.startswith("log")}
        _, text = self.verify(node, LOST)
        sentence = next(line.strip() for line in text.splitlines() if " is damaged at " in line)
        node.launch(*SMALL, "--on_log_damage", "stop")
        self.assertEqual(node.awaitExit(), LOG_DAMAGED, node.log())
        self.assertIn(sentence, node.log())
        self.assertIn("--on_log_damage=quarantine", node.log())
        self.assertNotIn(" serving ", node.log())
        after = treeOf(node.directory)
        self.assertEqual({path: after.get(path) for path in log}, log)
        node.start(*SMALL)
        self.assertIn("damage    " + sentence, node.log())


if __name__ == "__main__":
    main()
