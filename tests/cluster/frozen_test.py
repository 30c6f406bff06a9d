"""A replica stands still for a minute while clients of the other nodes go on at half of what the
cluster takes: what it costs them, second by second.

  ./x bench frozen     SIGSTOP for a minute, then SIGCONT
  ./x bench killed     kill -9, and its start a minute later

Each prints a table and a verdict on every bar, and ends with 1 if one is missed. Figures of one
machine: nothing of it runs with the tests but Short, which judges no time."""
import json
import os
import signal
import statistics
import subprocess
import threading
import time
import unittest

from kit import (ClusterTest, READY_SECONDS, cleanEnvironment, dieWithParent, main, options, run,
                 slowness, waitFor)

MIX = ("--mix", "get=1,put=1", "--level", "quorum")
KEYS = 1_000_000      # so many that the store's buffers and cache have their full size beforehand
PEAK_SECONDS = 20
HEALTHY_SECONDS = 40
FROZEN_SECONDS = 60
FOUND_SECONDS = 3     # from then on the node must not be felt
DEADLINE_MS = 2000    # of the clients, their default
MEMORY_MIB = 32
MIB = 1 << 20


def residentBytes(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpuSeconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(") ")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def busySeconds():
    """Of all cores, since the machine's start."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, interrupt, soft, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + interrupt + soft + steal) / os.sysconf("SC_CLK_TCK")


def putFirst(pid):
    """Before whatever else the machine does, where that is allowed; whether it was. Linux weighs
    sessions against each other (autogroup), and each node has its own."""
    return setNice(pid, -20)


def setNice(pid, nice):
    try:
        os.setpriority(os.PRIO_PROCESS, pid, nice)
        with open(f"/proc/{pid}/autogroup", "w") as group:
            group.write(str(nice))
        return True
    except OSError:
        return False


class OpenLoop:
    """henge bench at a rate, on some nodes alone; `spans` has a line of each second so far, with
    the bytes that those nodes' processes held at its end, and how many cores worked for them and
    the load meanwhile, and how many for everybody else on the machine."""

    def __init__(self, nodes, rate, *flags):
        self.nodes, self.spans = nodes, []
        self.process = subprocess.Popen(
            [os.path.join(options.bin, "henge"), "bench", *attachedTo(nodes), *MIX, "--rate",
             str(rate), "--in_flight", "8192", "--time", "1h", "--report_every", "1s", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=cleanEnvironment(),
            preexec_fn=dieWithParent)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        own, busy = self.cpu(), busySeconds()
        for line in self.process.stdout:
            span = json.loads(line)
            span["resident"] = [residentBytes(node.process.pid) for node in self.nodes]
            ownNow, busyNow = self.cpu(), busySeconds()
            used = sum(seconds - own.get(pid, 0) for pid, seconds in ownNow.items())
            span["cores"] = used / span["span_s"]
            span["foreign"] = max(0, busyNow - busy - used) / span["span_s"]
            own, busy = ownNow, busyNow
            self.spans.append(span)

    def cpu(self):
        """Seconds by process."""
        nodes = self.nodes[0].cluster.nodes
        return {process.pid: cpuSeconds(process.pid)
                for process in (self.process, *(node.process for node in nodes if node.isAlive()))}

    def await_(self, seconds):
        """The spans of so many seconds from now on."""
        begin = len(self.spans)
        waitFor(f"{seconds} seconds of load", lambda: len(self.spans) >= begin + seconds,
                seconds + READY_SECONDS)
        return self.spans[begin:begin + seconds]

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(READY_SECONDS)
        self.listener.join()
        self.process.stdout.close()


def attachedTo(nodes):
    return [*(word for node in nodes for word in ("--node", node.address)), "--only_nodes"]


def medianOf(spans, name):
    return statistics.median(span[name] or 0 for span in spans)


class Verdict:
    """Of the seconds of one run: bars, each with what was found, and whether it is kept."""

    def __init__(self, rate, healthy, frozen):
        first, later = frozen[:FOUND_SECONDS], frozen[FOUND_SECONDS:]
        before, after = medianOf(healthy, "p99_us"), medianOf(later, "p99_us")
        meant = rate * sum(span["span_s"] for span in later)
        share = sum(span["done"] for span in later) / meant
        slow = sum(span["over_1s"] for span in first) / max(1, sum(span["done"] for span in first))
        worst = max(span["max_us"] or 0 for span in frozen)
        errors = sum(span["errors"] for span in frozen)
        grown = max(max(span["resident"][node] for span in frozen) -
                    max(span["resident"][node] for span in healthy)
                    for node in range(len(frozen[0]["resident"])))
        self.bars = [
            (after <= 2 * before, f"p99 from second {FOUND_SECONDS} on: {after / 1000:.2f} ms, "
             f"healthy {before / 1000:.2f} ms ({after / before:.2f} times; at most 2)"),
            (share >= 0.99, f"rate from second {FOUND_SECONDS} on: {100 * share:.2f} % "
             f"of {rate} a second (at least 99 %)"),
            (slow <= 0.01, f"before that {100 * slow:.3f} % took longer than 1 s (at most 1 %)"),
            (errors == 0 and worst <= DEADLINE_MS * 1000, f"{errors} failed, the slowest took "
             f"{worst / 1000:.0f} ms (none, {DEADLINE_MS} ms)"),
            (grown <= MEMORY_MIB * MIB, f"memory of a server above its healthy most: "
             f"{grown / MIB:.1f} MiB (at most {MEMORY_MIB} MiB)")]

    def missed(self):
        return [found for kept, found in self.bars if not kept]


def rowOf(phase, second, span):
    times = [f"{span[name] / 1000:8.2f}" if span[name] is not None else "       -"
             for name in ("p50_us", "p99_us", "max_us")]
    resident = " ".join(f"{held / MIB:6.1f}" for held in span["resident"])
    return (f"{phase:8} {second:3} {span['done']:6} {span['errors']:6} {' '.join(times)} "
            f"{span['over_1s']:7} {span['behind']:6} {span['cores']:5.2f} {span['foreign']:7.2f} "
            f"{resident}")


HEAD = ("phase    sec   done errors   p50 ms   p99 ms   max ms over_1s behind cores foreign "
        "  MiB of each server")


class Frozen(ClusterTest):
    def begin(self):
        cluster = self.startCluster(nodes=3)
        self.others, self.harmed = cluster.nodes[:2], cluster.nodes[2]
        self.failed = 0  # requests; of a write that failed nobody may know who has it
        return cluster

    def bench(self, *flags):
        """A closed loop, to its end; operations a second."""
        code, out, err = run("henge", "bench", *attachedTo(self.others), *flags, "--json", "-",
                             timeout=20 * READY_SECONDS)
        self.assertEqual(code, 0, out + err)
        kinds = json.loads(out)["ops"].values()
        self.failed += sum(kind["errors"] for kind in kinds)
        return sum(kind["per_s"] for kind in kinds)

    def freeze(self):
        self.harmed.signal(signal.SIGSTOP)

    def thaw(self):
        self.harmed.signal(signal.SIGCONT)

    def kill(self):
        self.harmed.kill()

    def restart(self):
        self.harmed.start()

    def awaitWhole(self, cluster):
        """The ring is healthy, and everything that was hinted until now is delivered."""
        began = time.monotonic()
        cluster.awaitLinks()
        linked = time.monotonic() - began

        def delivered():
            code, out, _ = cluster.henge("hints", "wait", "--output", "json", "--timeout_ms",
                                         "20000", node=self.others[0])
            lost = [line["lost"] for line in map(json.loads, out.splitlines())
                    if line["type"] == "hint_sync"]
            self.assertEqual(lost, [0] * len(lost), out)
            return code == 0
        waitFor("everything hinted is delivered", delivered, 20 * READY_SECONDS)
        return linked, time.monotonic() - began

    def agree(self, cluster):
        """Every replica holds the same, unless writes were left unknown."""
        code, out, err = run("henge-inspect", *cluster.addresses(), "--only-disagree", "--limit",
                             "3", timeout=20 * READY_SECONDS)
        if self.failed == 0:
            self.assertEqual(code, 0, out + err)
        return f"{self.failed} requests failed; {out.strip().splitlines()[-1]}"

    def counters(self):
        return [self.countersOf(node) for node in self.others]

    def countersOf(self, node):
        with node.connect() as connection:
            return connection.status().counters

    def harm(self, cluster, rate, healthySeconds, frozenSeconds, how, undo, *flags):
        """(healthy spans, frozen spans, what is told of the time after)."""
        load = OpenLoop(self.others, rate, *flags)
        self.addCleanup(load.process.kill)
        waitFor("the first second", lambda: load.spans, 20 * READY_SECONDS)
        healthy = load.await_(healthySeconds)
        how()
        frozen = load.await_(frozenSeconds)
        kept = sum(counters["hints_kept"] for counters in self.counters())
        undo()
        began = len(load.spans)
        linked, whole = self.awaitWhole(cluster)
        after = load.spans[began:]
        load.end()
        self.failed += sum(span["errors"] for span in load.spans)
        self.awaitWhole(cluster)  # what came meanwhile
        print(HEAD)
        for phase, spans in (("healthy", healthy), ("harmed", frozen), ("after", after)):
            for second, span in enumerate(spans):
                print(rowOf(phase, second, span))
        dropped = sum(counters["hints_dropped"] + counters["hints_expired"]
                      for counters in self.counters())
        self.assertEqual(dropped, 0)
        print(f"{kept} hints kept, the ring healthy after {linked:.1f} s, all of them delivered "
              f"after {whole:.1f} s ({kept / max(whole, 0.001):.0f} a second)")
        print(self.agree(cluster))
        return healthy, frozen


class Short(Frozen):
    PATIENT = ("--keys", "500", "--deadline_ms", "60000")

    def test_a_frozen_node_fails_nothing_and_gets_what_it_missed(self):
        cluster = self.begin()
        _, frozen = self.harm(cluster, 300 // slowness, 2, 4, self.freeze, self.thaw, *self.PATIENT)
        self.assertEqual(sum(span["errors"] for span in frozen), 0)

    def test_a_killed_node_fails_nothing_and_gets_what_it_missed(self):
        cluster = self.begin()
        _, frozen = self.harm(cluster, 300 // slowness, 2, 4, self.kill, self.restart,
                              *self.PATIENT)
        self.assertEqual(sum(span["errors"] for span in frozen), 0)


class Judged(unittest.TestCase):
    """The judge itself."""

    @staticmethod
    def span(**changed):
        return {"done": 1000, "errors": 0, "p50_us": 500, "p99_us": 4000, "max_us": 9000,
                "over_1s": 0, "span_s": 1.0, "resident": [50 * MIB, 60 * MIB], **changed}

    def missed(self, frozen):
        return [word.split()[0] for word in Verdict(1000, [self.span()] * 5, frozen).missed()]

    def test_every_bar_can_be_missed(self):
        good, first = self.span, [self.span()] * FOUND_SECONDS
        self.assertEqual(self.missed(first + [good(p99_us=8000)] * 5), [])
        self.assertEqual(self.missed(first + [good(p99_us=8001)] * 5), ["p99"])
        self.assertEqual(self.missed(first + [good(p99_us=90000)] * 2 + [good()] * 3), [])
        self.assertEqual(self.missed([good(p99_us=90000)] * FOUND_SECONDS + [good()] * 5), [])
        self.assertEqual(self.missed(first + [good(done=980)] * 5), ["rate"])
        self.assertEqual(self.missed([good(over_1s=11)] * FOUND_SECONDS + [good()]), ["before"])
        self.assertEqual(self.missed(first + [good(), good(errors=1)]), ["1"])
        self.assertEqual(self.missed(first + [good(), good(max_us=2000001)]), ["0"])
        self.assertEqual(self.missed(first + [good(resident=[83 * MIB, 60 * MIB])]), ["memory"])


class Long(Frozen):
    def measure(self, how, undo):
        cluster = self.begin()
        self.addCleanup(setNice, os.getpid(), 0)  # its session is also that of whoever called it
        first = [putFirst(pid) for pid in (os.getpid(), *(n.process.pid for n in cluster.nodes))]
        print(f"load of the machine: {os.getloadavg()[0]:.2f}, cores: {os.cpu_count()}, "
              f"{'before' if all(first) else 'beside'} what else runs there")
        keys = ("--keys", str(KEYS))
        peak = self.bench(*MIX, *keys, "--time", f"{PEAK_SECONDS}s")
        rate = int(peak / 2)
        print(f"peak {peak:.0f} operations a second; from now on {rate}")
        healthy, frozen = self.harm(cluster, rate, HEALTHY_SECONDS, FROZEN_SECONDS, how, undo,
                                    *keys, "--skip_load", "--deadline_ms", str(DEADLINE_MS))
        verdict = Verdict(rate, healthy, frozen)
        for kept, found in verdict.bars:
            print(f"{'kept' if kept else 'MISSED'}: {found}")
        print(f"load of the machine: {os.getloadavg()[0]:.2f}")
        self.assertEqual(verdict.missed(), [])

    def test_frozen(self):
        self.measure(self.freeze, self.thaw)

    def restart(self):
        super().restart()
        putFirst(self.harmed.process.pid)

    def test_killed(self):
        self.measure(self.kill, self.restart)


if __name__ == "__main__":
    main()
