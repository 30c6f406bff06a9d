"""kill -9 under load, most of them at the moment a segment of the log rolls or is fed."""
import os
import random
import time

from kit import READY_SECONDS, ClusterTest, main, slowness
from ledger import Ledger, NamesWatch

# Small segments, and young ones, so that rolls and feeds come many times a second.
FLAGS = ("--value_bytes_max=4KiB", "--segment_bytes=512KiB", "--log_bytes_max=4MiB",
         "--segment_age=150ms", "--memtable_bytes=1MiB")
CLOSE_MS = 5
KILLS_TIMES_MAX = 3


def closeOf(distances):
    return sum(distance is not None and distance <= CLOSE_MS for distance in distances)


class Kill(ClusterTest):
    def prove(self, kills, writes, closeLeast, seed=1):
        chance = random.Random(seed)
        cluster = self.startCluster(*FLAGS, nodes=3)
        ledger = Ledger(cluster)
        self.lookInTime()
        self.addCleanup(ledger.end)
        ledger.write()
        ledger.awaitWritten(100)
        distances = []
        while self.isTooLittle(distances, kills, closeLeast):
            node = cluster.nodes[len(distances) % 3]
            distances.append(self.killNearARoll(node, chance))
            ledger.awaitWritten(writes // kills // 4)
            node.start(*FLAGS)
            cluster.awaitLinks()
            ledger.awaitWritten(writes // kills // 2)
        ledger.awaitWritten(max(0, writes - ledger.written), 120)
        written = ledger.stop()
        found = ledger.check()
        close = closeOf(distances)
        print("milliseconds from a change of names in the log to the kill:",
              *("any" if distance is None else f"{distance:.1f}" for distance in distances))
        print(f"proof: {len(distances)} kills, {close} within {CLOSE_MS} ms of a roll or a feed, "
              f"{written} quorum writes of {found['keys']} keys, {found['lost']} acknowledged lost")
        self.assertEqual((found["lost"], found["strange"], found["unread"]), (0, 0, 0))
        self.assertGreaterEqual(written, writes)
        self.assertGreaterEqual(close, closeLeast)

    def isTooLittle(self, distances, kills, closeLeast):
        """On a busy machine this process may look late, so more kills are needed."""
        if len(distances) >= KILLS_TIMES_MAX * kills:
            return False
        return len(distances) < kills or closeOf(distances) < closeLeast

    def lookInTime(self):
        """Where that is allowed, this thread runs before all others once it may: it hardly ever
        does. The nodes are started by it and must not."""
        try:
            os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
        except PermissionError:
            print("without leave to run first; more kills will come late")

    def killNearARoll(self, node, chance):
        """Kills it, seven times of eight just after a change of names in its log. Returns the
        milliseconds that lie between the two at most; None: it was not waited for."""
        watch = NamesWatch(os.path.join(node.directory, "log", "0"))
        rolled = None
        if chance.randrange(8):
            rolled = self.awaitRoll(watch, chance)
        else:
            time.sleep(chance.uniform(0, 0.3))
        os.kill(node.process.pid, 9)
        killed = time.monotonic()
        watch.close()  # the kernel takes some 15 ms for that
        node.process.wait()
        return None if rolled is None else (killed - rolled) * 1e3

    def awaitRoll(self, watch, chance):
        """Until up to 2 ms after one; a later one if this process looked too late. Returns a time
        before it."""
        for _ in range(50):
            watch.forget()
            rolled = watch.awaitSegment(READY_SECONDS)
            time.sleep(chance.uniform(0, 0.002))
            if rolled and time.monotonic() - rolled < CLOSE_MS * 0.8e-3:
                break
        return rolled


class Short(Kill):
    def test_a_few_kills_lose_nothing(self):
        # A sanitized node is not done with a roll so soon.
        self.prove(kills=4, writes=2000, closeLeast=1 if slowness == 1 else 0)


class Long(Kill):
    def test_fifty_kills_lose_nothing(self):
        self.assertEqual(slowness, 1, "the figure is one of the release build")
        self.prove(kills=50, writes=200_000, closeLeast=20)


if __name__ == "__main__":
    main()
