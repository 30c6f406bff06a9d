"""Requests that tell their way, on real processes: a stale replica, a dead node, a frozen one."""
import json
import os
import re
import signal

import kit
from kit import ClusterTest, slowness, types, waitFor
from client import ALL, ONE, QUORUM, store
from terminal import Terminal

KEY = b"a"  # 0x61: n1 n2 n3


class Trace(ClusterTest):
    def put(self, node, value, level=QUORUM, deadlineMs=None, traceId=None):
        with node.connect() as connection:
            return connection.store.put(store.PutRequest(
                key=KEY, value=value, consistency=level, deadlineMs=deadlineMs, trace=True,
                traceId=traceId))

    def get(self, node, level=QUORUM, deadlineMs=None):
        with node.connect() as connection:
            return connection.store.get(store.GetRequest(key=KEY, consistency=level, trace=True,
                                                         deadlineMs=deadlineMs))

    def steps(self, trace):
        """[(ms, node, text)], after a look at the head and the closing sentence."""
        head, *lines, closing = trace.splitlines()
        self.assertRegex(head, r"^trace [0-9a-f]{16}  (put|get) a  \w+  coordinator n\d  "
                               r"total \d+\.\d\d ms$")
        self.assertRegex(closing, r"^\S.*\.$")
        found = [re.fullmatch(r" +(\d+\.\d\d)  (n\d)  (\S.*)", line) for line in lines]
        self.assertTrue(all(found), trace)
        times = [float(step[1]) for step in found]
        self.assertEqual(times, sorted(times), trace)
        return [step.groups() for step in found]

    def ends(self, trace):
        """What came of the message to each replica: {"n1": "answers …"}; each had exactly one."""
        steps = self.steps(trace)
        sent = [text[3:text.index(":")] for _, _, text in steps if text.startswith("to ")]
        came = [(node, text) for _, node, text in steps
                if text.startswith(("answers ", "no answer"))]
        self.assertEqual(sorted(sent), sorted(node for node, _ in came), trace)
        return dict(came)

    def test_a_write_and_a_read(self):
        cluster = self.startCluster()
        n0, n1, _, _ = cluster.nodes
        trace = self.put(n0, b"Ada", ALL, traceId=0x7f).trace
        self.assertTrue(trace.startswith("trace 000000000000007f  put a  ALL  coordinator n0"))
        for text in self.ends(trace).values():  # all over the network, none its own
            self.assertRegex(text, r"^answers applied   network \d+\.\d\d  queue \d+\.\d\d  "
                                   r"disk \d+\.\d\d$")
        trace = self.get(n1, ALL).trace
        ends = self.ends(trace)
        self.assertRegex(ends["n1"], r", 3 bytes   queue \d+\.\d\d  disk \d+\.\d\d$")
        self.assertRegex(ends["n2"], r", 3 bytes   network \d+\.\d\d  queue ")
        self.assertIn("3 of 3 replicas answered", trace)
        with n0.connect() as connection:
            self.assertIsNone(connection.get(KEY).trace, "it was not asked for")

    def test_a_stale_replica_is_repaired(self):
        cluster = self.startCluster()
        _, n1, n2, n3 = cluster.nodes
        self.put(n1, b"old", ALL)
        n3.kill()
        cluster.awaitState(n1, 3, "down")
        trace = self.put(n1, b"new").trace
        self.assertIn("n3 is down: not asked", trace)
        self.assertIn("keeps a hint for n3", trace)
        n1.kill()  # and its hint with it: only the read can bring n3 what it missed
        n3.start()
        cluster.awaitLinks()
        cluster.awaitState(n3, 1, "down")
        answer = self.get(n3)
        self.assertEqual((answer.value, answer.repaired), (b"new", [3]))
        self.assertRegex(answer.trace, r"n3 had an older version \(.*\) and was repaired first\.\n")
        self.assertRegex(answer.trace, r"n3  answers applied   queue ")
        self.ends(answer.trace)
        n1.start()
        cluster.awaitLinks()

    def timeoutOf(self, cluster, frozen, call):
        """What `call` raises while those stand still. On a slow day they may be found down before
        it is sent: tried again then."""
        def tried():
            for node in frozen:
                node.signal(signal.SIGSTOP)
            try:
                call()
            except types.Timeout as late:
                return late
            except types.Unavailable:
                return None
            finally:
                for node in frozen:
                    node.signal(signal.SIGCONT)
                cluster.awaitLinks()
            raise AssertionError("it was answered")
        return waitFor("a timeout", tried)

    def test_a_timeout_bears_it(self):
        cluster = self.startCluster()
        _, n1, n2, n3 = cluster.nodes
        self.put(n1, b"v", ALL)
        late = self.timeoutOf(cluster, (n2, n3), lambda: self.get(n1, deadlineMs=400))
        ends = self.ends(late.trace)
        self.assertRegex(ends["n1"], "^answers ")
        self.assertRegex(ends["n2"], "^no answer")
        self.assertRegex(late.trace, r"\nNo value: too few replicas answered: 1 of the 2 needed")
        late = self.timeoutOf(cluster, (n2, n3), lambda: self.put(n1, b"w", ALL, deadlineMs=400))
        self.assertRegex(self.ends(late.trace)["n3"], "^no answer")
        self.assertRegex(late.trace, r"\nOutcome unknown: .*of the 3 needed")

    def test_too_few_are_up(self):
        cluster = self.startCluster()
        n1, n2, n3 = cluster.nodes[1:]
        for node in (n2, n3):
            node.kill()
            cluster.awaitState(n1, node.number, "down")
        with self.assertRaises(types.Unavailable) as refused:
            self.put(n1, b"v")
        self.assertEqual(self.ends(refused.exception.trace), {}, "nothing was sent")
        self.assertIn("n2 is down: not asked", refused.exception.trace)
        self.assertIn("Surely not applied: ", refused.exception.trace)
        trace = self.get(n1, ONE).trace
        self.assertEqual(list(self.ends(trace)), ["n1"])

    def test_the_console_alone_and_from_a_pipe(self):
        cluster = self.startCluster()
        code, out, err = cluster.henge("put", "a", "Ada", "--trace")
        self.assertEqual((code, out.count("\n")), (0, 1), "the answer alone on standard output")
        self.assertEqual(self.ends(err).keys(), {"n1", "n2", "n3"})
        code, out, err = cluster.henge("--trace", "get", "a")
        self.assertEqual((code, out), (0, "Ada\n"))
        self.ends(err)
        code, out, err = cluster.henge("--output", "json", "get", "a", "--trace")
        self.ends("\n".join(json.loads(out)["trace"]))
        self.assertEqual(err, "")
        code, out, err = cluster.henge(stdin=b"trace on\nget a\ntrace off\nget a\n")
        self.assertEqual((code, out), (0, "Requests tell their way.\nAda\n"
                                          "Requests do not tell their way.\nAda\n"))
        self.ends(err)

    def test_the_console_typed_at(self):
        cluster = self.startCluster()
        where = [word for node in cluster.nodes for word in ("--node", node.address)]
        patient = ["--timeout_ms", str(2000 * slowness)] if slowness > 1 else []
        console = Terminal(*where, *patient,
                           env={"XDG_STATE_HOME": os.path.join(self.directory, "state")})
        try:
            console.awaitPrompt()
            self.assertEqual(console.line("trace"), "Requests do not tell their way.")
            self.assertEqual(console.line("trace on"), "Requests tell their way.")
            shown = console.line("put a Ada all")
            self.assertRegex(shown, r"\A.*OK    acks 3 of 3")
            self.assertRegex(shown, r"\n  +\d+\.\d\d  n2  answers applied   network ")
            self.assertRegex(shown, r"\nApplied: acknowledged by n\d n\d n\d, ALL needs 3 of 3\.\Z")
            self.assertRegex(console.shown(), r"n0 QUORUM> \Z", "the prompt says nothing of it")
            console.line("trace off")
            self.assertNotIn("trace", console.line("get a"))
            self.assertEqual(console.end(), 0)
        finally:
            console.close()


if __name__ == "__main__":
    kit.main()
