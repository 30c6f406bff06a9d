"""Nodes that come back with less than they acknowledged; members that do not belong together."""
import os
import shutil

from kit import ClusterTest, QUORUM, main, types, waitFor


class Amnesia(ClusterTest):
    """A wiped or old directory is in no quorum until an operator accepts it."""

    def filled(self):
        cluster = self.startCluster(nodes=3)
        with cluster.nodes[1].connect() as connection:
            for number in range(50):
                connection.put(b"before %d" % number, b"x")
        return cluster

    def countsForNothing(self, cluster, node):
        """`node` is rebuilding: with one other node gone, nothing has a quorum."""
        asked, gone = [other for other in cluster.nodes if other is not node]
        state, reason = cluster.awaitState(asked, node.number, "rebuilding")
        self.assertTrue(reason)
        code, out, _ = cluster.henge("status", node=asked)
        self.assertIn("rebuilding", out.lower())
        with asked.connect() as connection:
            self.assertEqual(connection.value(b"before 7"), b"x")  # two of three
            gone.kill()
            refused = self.awaitRefusal(connection)
            self.assertEqual((refused.needed, refused.alive), (2, 1))
        gone.start()
        cluster.awaitLinks([asked, gone])
        return asked

    def awaitRefusal(self, connection):
        def refused():
            try:
                connection.get(b"before 7", QUORUM, deadlineMs=300)
            except types.Unavailable as error:
                return error
            except types.Timeout:
                pass
            return None
        return waitFor("a quorum read to be refused", refused)

    def acceptedItVotesAgain(self, cluster, node, asked):
        code, out, err = cluster.henge("accept", str(node.number), node=asked)
        self.assertNotEqual(code, 0, "accept without --yes must not act")
        self.assertEqual(cluster.states(asked)[node.number][0], "rebuilding")
        code, out, err = cluster.henge("accept", str(node.number), "--yes")
        self.assertEqual(code, 0, out + err)
        cluster.awaitLinks()
        for member in cluster.nodes:
            with member.connect() as connection:
                self.assertEqual(connection.value(b"before 7", QUORUM), b"x")
        node.kill()
        node.start()
        cluster.awaitLinks()  # and is remembered over a restart

    def test_wiped_directory(self):
        cluster = self.filled()
        node = cluster.nodes[2]
        node.kill()
        shutil.rmtree(node.directory)
        node.start()
        asked = self.countsForNothing(cluster, node)
        self.acceptedItVotesAgain(cluster, node, asked)

    def test_yesterdays_copy(self):
        cluster = self.filled()
        node = cluster.nodes[2]
        self.assertEqual(node.stop(), 0)
        yesterday = os.path.join(self.directory, "yesterday")
        shutil.copytree(node.directory, yesterday)
        node.start()
        cluster.awaitLinks()
        with cluster.nodes[1].connect() as connection:
            connection.put(b"today", b"y", types.Consistency.ALL)
        node.kill()
        shutil.rmtree(node.directory)
        shutil.copytree(yesterday, node.directory)
        node.start()
        asked = self.countsForNothing(cluster, node)
        self.acceptedItVotesAgain(cluster, node, asked)

    def test_damage_in_the_middle_of_the_log(self):
        """A bit flips in what was synced: named by file and offset, kept aside, and no vote."""
        cluster = self.filled()
        node = cluster.nodes[2]
        node.kill()
        segment = self.segmentWith(node, b"before 7")
        with open(segment, "r+b") as file:
            content = file.read()
            place = content.index(b"before 7")
            file.seek(place)
            file.write(bytes([content[place] ^ 1]))
        node.start()
        self.assertIn("damage", node.log())
        self.assertIn(os.path.basename(segment), node.log())
        asked = self.countsForNothing(cluster, node)
        kept = [name for _, _, names in os.walk(os.path.join(node.directory, "log"))
                for name in names if "quarantine" in name or os.path.basename(segment) in name]
        self.assertTrue(kept, "the damaged segment must be kept aside")
        node.kill()
        node.start()  # the damage is not found again, the mark stays
        cluster.awaitState(asked, node.number, "rebuilding")
        self.acceptedItVotesAgain(cluster, node, asked)

    def segmentWith(self, node, key):
        for folder, _, names in os.walk(os.path.join(node.directory, "log")):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    if key in file.read():
                        return path
        self.fail("no segment holds %r" % key)

    def test_two_processes_on_copies_of_one_directory(self):
        cluster = self.filled()
        node = cluster.nodes[2]
        self.assertEqual(node.stop(), 0)
        copy = os.path.join(self.directory, "copy")
        shutil.copytree(node.directory, copy)
        node.start()
        cluster.awaitLinks()
        node.kill()
        # The copy has been started as often as the original, but is not it.
        node.start(directory=copy)
        state, reason = cluster.awaitState(cluster.nodes[0], 2, "rebuilding")
        self.assertTrue(reason)


class Strangers(ClusterTest):
    """Cluster files that differ: the links are refused by name on both sides."""

    def differing(self, change, word):
        cluster = self.makeCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        other = cluster.writeFile(os.path.join(self.directory, "other.json"), change)
        n0.start()
        n1.start()
        n2.start(clusterFile=other)
        cluster.awaitLinks([n0, n1])
        reason = waitFor("n0 to say why n2 is not up", lambda: self.namedIn(cluster, n0, 2, word))
        self.assertIn(word, reason)
        waitFor("n2 to say why n0 is not up", lambda: self.namedIn(cluster, n2, 0, word))
        with n0.connect() as connection:
            answer = connection.put(b"k", b"v")  # two of three go on
            self.assertEqual(set(answer.acknowledgedBy), {0, 1})
        self.assertIsNone(cluster.holders(b"k").get(2))

    def namedIn(self, cluster, asked, number, word):
        state, reason = cluster.states(asked)[number]
        self.assertNotEqual(state, "up")
        return reason if word in reason else None

    def test_another_cluster_id(self):
        self.differing(lambda shape: shape.update(cluster_id="00000000000000aa"), "cluster")

    def test_another_token(self):
        self.differing(lambda shape: shape["members"][1].update(tokens=["77"]), "ring")

    def test_another_replication(self):
        self.differing(lambda shape: shape.update(replication=2), "replication")

    def test_another_partitioner(self):
        self.differing(lambda shape: shape.update(partitioner="hash"), "ring")


if __name__ == "__main__":
    main()
