"""henge bench against real nodes: what it finds, how it ends, what it prints into a pipe."""
import json
import os
import signal
import subprocess

from kit import ClusterTest, READY_SECONDS, cleanEnvironment, main, options, run, slowness, waitFor

DEADLINE = ["--deadline_ms", str(min(4000 * slowness, 60000))]


class Bench(ClusterTest):
    def begin(self, cluster, *flags):
        """Starts it; returns the process and what its progress is written to."""
        self.progress = os.path.join(self.directory, "progress")
        with open(self.progress, "wb") as progress:
            return subprocess.Popen(
                [os.path.join(options.bin, "henge"), "bench", *cluster.addresses(), *DEADLINE,
                 *flags], stdout=subprocess.PIPE, stderr=progress, env=cleanEnvironment())

    def awaitSeconds(self, count):
        def passed():
            with open(self.progress) as progress:
                return progress.read().count(" op/s ") >= count
        waitFor(f"{count} seconds of load", passed, READY_SECONDS * 4)

    def end(self, process):
        out, _ = process.communicate(timeout=READY_SECONDS * 4)
        return process.returncode, out.decode()

    def test_a_killed_node_fails_no_request_and_every_read_is_right(self):
        cluster = self.startCluster(nodes=4)
        report = os.path.join(self.directory, "bench.json")
        bench = self.begin(cluster, "--verify", "--keys", "2000", "--in_flight", "32", "--time",
                           "6s", "--workload", "ycsb-a", "--json", report)
        self.awaitSeconds(2)
        cluster.nodes[1].kill()
        code, out = self.end(bench)
        self.assertIn("verified: every value read was the one written", out)
        with open(report) as file:
            found = json.load(file)
        self.assertEqual((code, found["errors"], found["mismatches"]), (0, {}, 0), out)
        self.assertGreater(found["ops"]["get"]["count"], 100)
        self.assertGreater(found["ops"]["put"]["count"], 100)
        self.assertGreaterEqual(len(found["seconds"]), 4)
        self.assertEqual(found["config"]["level"], "QUORUM")

    def test_an_interruption_ends_it_with_the_summary_so_far(self):
        cluster = self.startCluster(nodes=3)
        bench = self.begin(cluster, "--keys", "500", "--time", "1h", "--rate", "200")
        self.awaitSeconds(1)
        bench.send_signal(signal.SIGINT)
        code, out = self.end(bench)
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("interrupted: so far\n"), out)
        self.assertIn("from the intended start of each operation", out)

    def test_what_it_prints_into_a_pipe(self):
        cluster = self.startCluster(nodes=3)
        code, out, err = run("henge", "bench", *cluster.addresses(), *DEADLINE, "--keys", "300",
                             "--time", "1s", "--mix", "get=1,put=1,rmw=1", "--json", "-",
                             timeout=READY_SECONDS * 4)
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["type"], "bench")
        for character in ("\r", "\x1b"):
            self.assertNotIn(character, out + err)
        self.assertNotIn("Thrift", out + err)


    def test_lines_while_it_runs_by_the_nodes_named_alone(self):
        cluster = self.startCluster(nodes=3)
        first, second, other = cluster.nodes
        code, out, err = run("henge", "bench", "--node", first.address, "--node", second.address,
                             "--only_nodes", *DEADLINE, "--keys", "300", "--rate", "200", "--time",
                             "1s", "--report_every", "200ms", "--json", "-",
                             timeout=READY_SECONDS * 4)
        self.assertEqual(code, 0, err)
        *spans, whole = map(json.loads, out.splitlines())
        self.assertEqual({span["type"] for span in spans}, {"bench_span"})
        self.assertEqual(sum(span["done"] for span in spans),
                         sum(of["count"] for of in whole["ops"].values()))
        self.assertIn("from the intended start of each operation", err)
        served = []
        for node in cluster.nodes:
            with node.connect() as connection:
                counters = connection.status().counters
                served.append(counters["reads_answered"] > 0)
        self.assertEqual(served, [True, True, False], other.address)


class WithoutACluster(ClusterTest):
    def test_wrong_words(self):
        code, out, err = run("henge", "bench", "--workload", "ycsb-e")
        self.assertEqual((code, out), (64, ""))
        self.assertEqual(err, "henge bench: ycsb-e needs range scans, which are not there yet\n")
        code, out, _ = run("henge", "bench", "--help")
        self.assertEqual(code, 0)
        self.assertLessEqual(out.count("\n"), 40)

    def test_nobody_there(self):
        code, out, err = run("henge", "bench", "--node", "127.0.0.1:1", "--deadline_ms", "50",
                             "--time", "200ms", "--skip_load")
        self.assertEqual(code, 69, out + err)
        self.assertIn("no node could be reached: 127.0.0.1:1: connection refused", out)
        self.assertLess(out.count("\n"), 12, "errors are counted, not listed")


if __name__ == "__main__":
    main()
