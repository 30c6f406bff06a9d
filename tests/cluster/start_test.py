"""Starts that must be refused, each with its own exit code and the thing that is wrong, by name."""
import os
import shutil
import socket

from kit import ClusterTest, main, run, waitFor

USAGE, CANNOT_CREATE, CONFIGURATION = 64, 73, 78


class CommandLine(ClusterTest):
    """No node gets as far as its directory."""

    def refused(self, code, *flags, env=None, says=()):
        got, out, err = run("henge-server", *flags, env=env)
        self.assertEqual(got, code, out + err)
        self.assertEqual(out, "")
        for word in says:
            self.assertIn(word, err)

    def valid(self):
        return self.makeCluster().nodes[0].arguments()

    def test_unknown_flag(self):
        self.refused(USAGE, *self.valid(), "--segment_byte=64MiB",
                     says=["--segment_byte", "did you mean", "--segment_bytes"])

    def test_wrong_unit(self):
        self.refused(USAGE, *self.valid(), "--segment_bytes=64MB",
                     says=["segment_bytes", "64MB", "MiB"])
        self.refused(USAGE, *self.valid(), "--segment_age=10", says=["segment_age", "10s"])

    def test_wrong_word(self):
        self.refused(USAGE, *self.valid(), "--log_sync=sometimes",
                     says=["sometimes", "always", "periodic", "off"])

    def test_missing_flags(self):
        self.refused(USAGE, says=["--cluster"])
        self.refused(USAGE, *self.valid()[:2], says=["--node"])
        self.refused(USAGE, *self.valid()[:4], says=["--data"])

    def test_unknown_environment(self):
        self.refused(CONFIGURATION, *self.valid(), env={"HENGE_LOG_SINC": "always"},
                     says=["HENGE_LOG_SINC", "did you mean", "log_sync"])

    def test_unknown_name_in_file(self):
        path = os.path.join(self.directory, "node.conf")
        with open(path, "w") as file:
            file.write("# a comment\n\nlog_sync = always\nlog_sinc_period = 1s\n")
        self.refused(CONFIGURATION, *self.valid(), "--config", path,
                     says=["node.conf line 4", "log_sinc_period", "did you mean"])

    def test_flags_win_over_environment_over_file(self):
        path = os.path.join(self.directory, "node.conf")
        with open(path, "w") as file:
            file.write("log_sync = off\nidle_timeout = 7s\nsegment_age = 3s\n")
        code, out, err = run("henge-server", *self.valid(), "--config", path, "--print_config",
                             "--log_sync=always", env={"HENGE_LOG_SYNC": "periodic",
                                                       "HENGE_IDLE_TIMEOUT": "8s"})
        self.assertEqual(code, 0, err)
        self.assertRegex(out, r"(?m)^log_sync +.*always")
        self.assertRegex(out, r"(?m)^idle_timeout +.*8s")
        self.assertRegex(out, r"(?m)^segment_age +.*3s")

    def test_help_fits_one_screen(self):
        code, out, err = run("henge-server", "--help")
        self.assertEqual((code, err), (0, ""))
        self.assertLessEqual(len(out.splitlines()), 40)
        self.assertIn("--cluster", out)

    def test_cluster_file_is_not_there_or_not_right(self):
        cluster = self.makeCluster()
        node = cluster.nodes[0]
        self.refused(CONFIGURATION, *node.arguments(clusterFile="nowhere.json"),
                     says=["nowhere.json"])
        for change, word in (
                (lambda shape: shape.pop("replication"), "replication"),
                (lambda shape: shape.update(replikation=3), "replikation"),
                (lambda shape: shape.update(partitioner="sorted"), "sorted"),
                (lambda shape: shape["members"][1].update(tokens=["00"]), "token"),
                (lambda shape: shape.update(replication=9), "replication")):
            path = cluster.writeFile(os.path.join(self.directory, "wrong.json"), change)
            self.refused(CONFIGURATION, *node.arguments(clusterFile=path),
                         says=["wrong.json", word])
        self.refused(CONFIGURATION, *node.arguments(number=7), says=["7"])

    def test_an_address_that_others_can_reach_must_be_meant(self):
        cluster = self.makeCluster()
        path = cluster.writeFile(
            os.path.join(self.directory, "open.json"),
            lambda shape: shape["members"][0].update(client=f"0.0.0.0:{cluster.port}"))
        self.refused(CONFIGURATION, *cluster.nodes[0].arguments(clusterFile=path),
                     says=["--listen_remote"])


class Directories(ClusterTest):
    def exits(self, node, code, says, **changes):
        node.launch(**changes)
        self.assertEqual(node.awaitExit(), code, node.log())
        for word in says:
            self.assertIn(word, node.log())
        self.assertNotIn(" serving ", node.log())

    def test_port_in_use(self):
        cluster = self.makeCluster(nodes=3)
        for kind in ("port", "peerPort"):
            node = cluster.nodes[0]
            with socket.socket() as holder:
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                holder.bind((node.host, getattr(node, kind)))
                holder.listen()
                self.exits(node, CANNOT_CREATE, [str(getattr(node, kind))])

    def test_second_process_on_a_directory(self):
        cluster = self.makeCluster(nodes=3)
        first, second = cluster.nodes[0], cluster.nodes[1]
        first.start()
        # The same node number and directory, by its own log: what it meets first is the lock.
        self.exits(second, CANNOT_CREATE, [first.directory], directory=first.directory, number=0)
        self.assertTrue(first.isAlive())

    def test_directory_of_another_node(self):
        cluster = self.makeCluster(nodes=3)
        cluster.nodes[0].start()
        self.assertEqual(cluster.nodes[0].stop(), 0)
        self.exits(cluster.nodes[1], CONFIGURATION, ["n0", "n1"],
                   directory=cluster.nodes[0].directory)

    def test_directory_of_another_cluster(self):
        ours = self.makeCluster("ours", nodes=3)
        ours.nodes[0].start()
        self.assertEqual(ours.nodes[0].stop(), 0)
        theirs = self.makeCluster("theirs", nodes=3)
        self.exits(theirs.nodes[0], CONFIGURATION,
                   [ours.shape["cluster_id"], theirs.shape["cluster_id"]],
                   directory=ours.nodes[0].directory)

    def test_another_token_for_a_known_identity(self):
        cluster = self.makeCluster(nodes=3)
        node = cluster.nodes[0]
        node.start()
        self.assertEqual(node.stop(), 0)
        moved = cluster.writeFile(os.path.join(self.directory, "moved.json"),
                                  lambda shape: shape["members"][0].update(tokens=["11"]))
        self.exits(node, CONFIGURATION, ["token"], clusterFile=moved)
        node.start()  # with its own it still starts

    def test_a_file_of_the_directory_is_damaged(self):
        cluster = self.makeCluster(nodes=3)
        node = cluster.nodes[0]
        node.start()
        self.assertEqual(node.stop(), 0)
        path = os.path.join(node.directory, "identity")
        with open(path, "r+b") as file:
            file.seek(20)
            byte = file.read(1)
            file.seek(20)
            file.write(bytes([byte[0] ^ 0xff]))
        self.exits(node, 65, ["identity"])

    def test_nothing_is_left_in_the_temporary_directory(self):
        cluster = self.makeCluster(nodes=3)
        temporary = os.path.join(self.directory, "temporary")
        os.makedirs(temporary)
        node = cluster.nodes[0]
        node.start(env={"TMPDIR": temporary, "TEMP": temporary, "TMP": temporary})
        self.assertEqual(node.stop(), 0)
        self.assertEqual(os.listdir(temporary), [])


class Stopping(ClusterTest):
    def test_a_second_signal_ends_it_at_once_and_it_recovers(self):
        cluster = self.startCluster(nodes=3)
        n0, n1, n2 = cluster.nodes
        with n0.connect() as connection:
            connection.put(b"kept", b"value")
        for node in (n1, n2):
            node.signal(19)  # SIGSTOP: requests at n0 now wait
        code, _, _ = cluster.henge("put", "waits", "x", "--timeout_ms", "200", node=n0)
        self.assertEqual(code, 75)
        n0.signal(15)
        waitFor("n0 to drain or end", lambda: " stopping " in n0.log() or not n0.isAlive())
        if n0.isAlive():
            n0.signal(15)
        n0.awaitExit()
        for node in (n1, n2):
            node.signal(18)  # SIGCONT
        n0.start()
        cluster.awaitLinks()
        with n0.connect() as connection:
            self.assertEqual(connection.value(b"kept"), b"value")

    def test_clients_are_answered_before_a_drained_node_ends(self):
        cluster = self.startCluster(nodes=3)
        node = cluster.nodes[0]
        with node.connect() as connection:
            for number in range(200):
                connection.put(b"k%d" % number, b"v%d" % number)
            self.assertEqual(node.stop(), 0)
        self.assertIn(" stopped ", node.log())
        shutil.copytree(node.directory, os.path.join(self.directory, "after"))
        node.start()
        cluster.awaitLinks()
        with node.connect() as connection:
            self.assertEqual([connection.value(b"k%d" % number) for number in range(200)],
                             [b"v%d" % number for number in range(200)])


if __name__ == "__main__":
    main()
