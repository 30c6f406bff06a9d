"""henge-inspect on real nodes: pages, memory, the choice of keys and nodes, Ctrl-C."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from kit import READY_SECONDS, ClusterTest, cleanEnvironment, main, options, run, types, waitFor
from henge.admin import ttypes as admin

ROWS_MAX = 1000  # of one page, by the interface
PAGE_BYTES = 32 << 10  # of one page's records, but for the last one's
AGREE, DIFFER, WRONG, UNAVAILABLE, INTERRUPTED = 0, 1, 64, 69, 130


class Pages(ClusterTest):
    ROWS = 3000

    def filled(self, valueBytes):
        cluster = self.startCluster(nodes=3)
        code, out, err = run("henge", "bench", *cluster.addresses(), "--keys", self.ROWS, "--value",
                             valueBytes, "--mix", "get=100", "--time", "100ms", "--level", "all")
        self.assertEqual(code, 0, out + err)
        return cluster

    def pagesOf(self, node, **request):
        with node.connect() as connection:
            resume = None
            while True:
                page = connection.admin.dump(
                    admin.DumpRequest(afterPosition=resume, **request))
                yield page.rows
                if not page.more:
                    return
                resume = page.resumeKey

    def test_no_page_holds_more_than_its_limit(self):
        cluster = self.filled(valueBytes=64)
        node = cluster.nodes[0]
        with node.connect() as connection:
            for number in range(8):
                connection.put(b"large %d" % number, b"x" * 100_000, types.Consistency.ALL)
        for rowsMax in (None, 7, ROWS_MAX):
            rows = [page for page in self.pagesOf(node, rowsMax=rowsMax)]
            self.assertEqual(sum(map(len, rows)), self.ROWS + 8)
            for page in rows:
                self.assertLessEqual(len(page), rowsMax or ROWS_MAX)
                sizes = [len(row.key) + len(row.value or b"") for row in page]
                self.assertLessEqual(sum(sizes[:-1]), PAGE_BYTES)
        with node.connect() as connection, self.assertRaises(types.InvalidRequest):
            connection.admin.dump(admin.DumpRequest(rowsMax=ROWS_MAX + 1))

    def peakOf(self, *words):
        """Bytes of memory that henge-inspect took at most, and its last line."""
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen([os.path.join(options.bin, "henge-inspect"), *words],
                                       stdout=out, env=cleanEnvironment())
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, AGREE)
            out.seek(0)
            return used.ru_maxrss * 1024, json.loads(out.read().splitlines()[-1])

    def test_memory_does_not_grow_with_what_the_nodes_hold(self):
        """Three nodes with 12 MB each: what is held at once is a page of each."""
        cluster = self.filled(valueBytes=4000)
        least, _ = self.peakOf(*cluster.addresses(), "--json", "--limit", "1")
        peak, summary = self.peakOf(*cluster.addresses(), "--json")
        self.assertEqual((summary["keys"], summary["disagree"]), (self.ROWS, 0))
        if not options.sanitized:  # whose memory is not given back
            self.assertLess(peak - least, 4 << 20)


class Choice(ClusterTest):
    def inspected(self, *words, code=AGREE):
        got, out, err = self.cluster.inspect(*words)
        self.assertEqual(got, code, out + err)
        return out + err

    def test_keys_nodes_and_ranges(self):
        self.cluster = self.startCluster(nodes=4)
        with self.cluster.nodes[0].connect() as connection:
            for number in range(200):
                connection.put(bytes([number]), b"v", types.Consistency.ALL)
        out = self.inspected("--key", "u8:137")
        self.assertIn("replicas n2 n3 n0", out)
        self.assertIn("3 of 3 replicas read agree in version and digest", out)
        self.assertIn("Nothing is held", self.inspected("--key", "nosuch"))
        self.assertIn("10 keys: 10 in", self.inspected("--from", "u8:20", "--to", "u8:30"))
        self.assertIn("left out by --only: n0 n1 n3", self.inspected("--only", "n2"))
        self.assertIn("this cluster has n0 n1", self.inspected("--only", "n4", code=WRONG))
        self.cluster.nodes[2].kill()
        self.assertIn("n2 not read", self.inspected("--key", "u8:137"))
        self.inspected("--only", "n2", code=UNAVAILABLE)

    def test_only_what_differs_is_shown(self):
        """n2 is put back from a copy: behind in one key, and without another."""
        self.cluster = self.startCluster(nodes=4)
        n2 = self.cluster.nodes[2]
        with self.cluster.nodes[0].connect() as connection:
            for number in range(100, 140):
                connection.put(bytes([number]), b"v", types.Consistency.ALL)
            self.assertIn("40 keys: 40 in", self.inspected("--only-disagree"))
            self.assertEqual(n2.stop(), 0)
            copy = os.path.join(self.directory, "copy")
            shutil.copytree(n2.directory, copy)
            n2.start()
            self.cluster.awaitLinks()
            connection.put(bytes([130]), b"newer", types.Consistency.ALL)
            connection.put(bytes([140]), b"new", types.Consistency.ALL)
        n2.kill()
        shutil.rmtree(n2.directory)
        shutil.move(copy, n2.directory)
        n2.start()
        self.cluster.awaitState(self.cluster.nodes[0], 2, "rebuilding")
        out = self.inspected("--only-disagree", code=DIFFER)
        self.assertEqual(sum(line.startswith("u8:") for line in out.splitlines()), 2, out)
        self.assertIn("2/3 n2 behind", out)
        self.assertIn("2/3 n2 missing", out)
        self.assertIn("41 keys: 39 in agreement, 2 not", out)
        out = self.inspected("--only-disagree", "--limit", "1", code=DIFFER)
        self.assertIn("Stopped by --limit; next: --from u8:131", out)
        out = self.inspected("--key", "u8:130", code=DIFFER)
        self.assertIn("2 of 3 replicas read have the newest; n2 behind", out)

    def test_ctrl_c_ends_a_watch(self):
        self.cluster = self.startCluster(nodes=3)
        path = os.path.join(self.directory, "watched")
        with open(path, "wb") as out:
            process = subprocess.Popen(
                [os.path.join(options.bin, "henge-inspect"), *self.cluster.addresses(), "--watch",
                 "0.1"], stdout=out, env=cleanEnvironment())
        self.addCleanup(process.kill)

        def rounds():
            with open(path) as file:
                return file.read().count("\n----\n")
        waitFor("three readings", lambda: rounds() >= 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=READY_SECONDS), INTERRUPTED)


if __name__ == "__main__":
    main()
