"""A damaged store: found when it is opened, or when what is damaged is read."""
import glob
import os

from kit import ONE, READY_SECONDS, ClusterTest, main, waitFor

KEYS = 300
ENGINE_FAILED = 80


class StoreDamage(ClusterTest):
    def setUp(self):
        super().setUp()
        self.values = [os.urandom(400) for _ in range(KEYS)]
        self.cluster = self.startCluster(nodes=3)
        self.node = self.cluster.nodes[0]
        with self.cluster.nodes[1].connect() as connection:
            for number in range(KEYS):
                connection.put(b"k%d" % number, self.values[number])
        waitFor("n0 to have every key", lambda: self.held() == KEYS, READY_SECONDS)
        self.assertEqual(self.node.stop(), 0)  # all is in the store now, and nothing in the log

    def held(self):
        with self.node.connect() as connection:
            return sum(1 for _ in connection.rows())

    def spoil(self, pattern, first, last):
        """From `first` to `last` of the files, as parts of their sizes, every byte is wrong."""
        paths = glob.glob(os.path.join(self.node.directory, "store", pattern))
        self.assertTrue(paths)
        for path in paths:
            size = os.path.getsize(path)
            with open(path, "r+b") as file:
                file.seek(int(size * first))
                file.write(b"\x5a" * int(size * (last - first)))

    def assertServed(self):
        """By the others, at QUORUM: nothing is lost, nobody is told that something is absent."""
        for other in self.cluster.nodes[1:]:
            with other.connect() as connection:
                for number in range(KEYS):
                    self.assertEqual(connection.value(b"k%d" % number), self.values[number])

    def test_found_when_opened_it_is_set_aside_and_the_node_does_not_vote(self):
        self.spoil("MANIFEST-*", 0, 1)
        self.node.start()
        self.assertIn("store.damaged-1", self.node.log())
        state, reason = self.cluster.awaitState(self.node, 0, "rebuilding")
        self.assertIn("store.damaged-1", reason)
        self.cluster.awaitState(self.cluster.nodes[1], 0, "rebuilding")
        self.assertTrue(os.listdir(os.path.join(self.node.directory, "store.damaged-1")))
        self.assertServed()
        code, out, err = self.cluster.henge("accept", "0", "--yes")
        self.assertEqual(code, 0, out + err)
        self.cluster.awaitLinks()
        self.assertServed()
        with self.node.connect() as connection:
            for number in range(KEYS):
                self.assertEqual(connection.value(b"k%d" % number), self.values[number])

    def test_found_when_read_the_node_says_the_file_and_answers_rebuilding(self):
        self.spoil("*.sst", 0.4, 0.6)
        self.node.start()
        answers = set()
        with self.node.connect() as connection:
            for number in range(KEYS):
                try:
                    answers.add(connection.value(b"k%d" % number, ONE))
                except Exception as refused:  # any refusal, by whatever name
                    answers.add(type(refused).__name__)
        self.assertNotIn(None, answers, "absent would be a lie")
        state, reason = self.cluster.awaitState(self.node, 0, "rebuilding")
        self.assertIn(".sst", reason)
        self.assertTrue(self.node.isAlive())
        self.cluster.awaitState(self.cluster.nodes[1], 0, "rebuilding")
        self.assertServed()
        self.node.kill()
        self.node.start()
        self.cluster.awaitState(self.node, 0, "rebuilding")
        waitFor("the damage to be met again", lambda: "the store is damaged" in self.node.log(),
                READY_SECONDS)
        self.assertEqual(self.node.stop(), ENGINE_FAILED)
        self.spoil("*.sst", 0, 1)
        self.node.start()
        self.assertIn("set aside as store.damaged-1", self.node.log())
        self.cluster.awaitState(self.node, 0, "rebuilding")


if __name__ == "__main__":
    main()
