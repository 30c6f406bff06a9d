"""Five real nodes on a network that is cut, one way and in part, while they are frozen and killed;
what clients saw of each key must be one register."""
import os
import random
import signal
import time

from clock_test import fakeTime
from kit import ClusterTest, main, slowness, waitFor
from network import Network, Register

HOSTS = range(5)
BAD_SECONDS = 3     # what a fault lasts
CALM_SECONDS = 1.5  # and how long it is quiet afterwards
TIMEOUT_MS = 250    # of the clients' requests
FLICKERS = 6        # cuts a little longer than that, too short for a link to be given up
FLICKER_SECONDS = 0.35
APPLIED_LEAST = 1000  # in ten minutes: writes left unknown that a replica has applied
FEW_FAULTS = 3        # so much fewer may it be in a short run: which faults it met is chance


class Partitions(ClusterTest):
    def setUp(self):
        super().setUp()
        self.network = Network(len(HOSTS))
        self.addCleanup(self.network.close)  # once the nodes have ended
        self.cluster = self.makeCluster(nodes=len(HOSTS))
        for node in self.cluster.nodes:
            node.host, node.port, node.peerPort = self.network.address(node.number), 9000, 9100
            node.inside = self.network.inside(node.number)
        self.cluster.describe()
        self.cluster.start("--listen_remote", "--segment_age=1s")

    def tearDown(self):
        self.network.heal(HOSTS)
        super().tearDown()

    # ---- what happens to them; each is over when it returns

    def partialCut(self, chance):
        one, other = chance.sample(HOSTS, 2)
        self.network.cut(one, other)
        time.sleep(BAD_SECONDS)
        return f"n{one} and n{other} did not reach each other"

    def oneWayCut(self, chance):
        one, other = chance.sample(HOSTS, 2)
        self.network.cutOneWay(one, other)
        time.sleep(BAD_SECONDS)
        return f"n{one} did not reach n{other}"

    def isolated(self, chance):
        one = chance.choice(HOSTS)
        self.network.isolate(one, HOSTS)
        time.sleep(BAD_SECONDS)
        return f"n{one} reached no node"

    def flickering(self, chance):
        """What its clients wrote is in its log; the others hear of it late or never."""
        one = chance.choice(HOSTS)
        for _ in range(FLICKERS):
            self.network.isolate(one, HOSTS)
            time.sleep(FLICKER_SECONDS)
            self.network.heal(HOSTS)
            time.sleep(FLICKER_SECONDS)
        return f"n{one} reached no node, {FLICKERS} times for a moment"

    def halves(self, chance):
        few = chance.sample(HOSTS, 2)
        for one in few:
            for other in HOSTS:
                if other not in few:
                    self.network.cut(one, other)
        time.sleep(BAD_SECONDS)
        return f"n{few[0]} and n{few[1]} were alone"

    def frozen(self, chance):
        node = self.cluster.nodes[chance.choice(HOSTS)]
        node.signal(signal.SIGSTOP)
        time.sleep(BAD_SECONDS)
        node.signal(signal.SIGCONT)
        return f"n{node.number} stood still"

    def killed(self, chance):
        node = self.cluster.nodes[chance.choice(HOSTS)]
        node.kill()
        time.sleep(BAD_SECONDS / 2)
        node.start("--listen_remote", "--segment_age=1s")
        return f"n{node.number} was killed"

    def killedAndItsClockAhead(self, chance):
        node = self.cluster.nodes[chance.choice(HOSTS)]
        node.kill()
        node.start("--listen_remote", "--segment_age=1s", env=fakeTime("+20s"))
        time.sleep(BAD_SECONDS)
        node.kill()
        node.start("--listen_remote", "--segment_age=1s")
        return f"n{node.number} was killed, its clock 20 s ahead, then right again"

    FAULTS = (partialCut, oneWayCut, isolated, flickering, halves, frozen, killed,
              killedAndItsClockAhead)

    def endure(self, seconds, seed):
        chance = random.Random(seed)
        register = Register(self.cluster, TIMEOUT_MS * slowness)
        self.addCleanup(register.end)
        register.run()
        until = time.monotonic() + seconds
        faults, turn = 0, list(self.FAULTS)
        while time.monotonic() < until or faults < len(self.FAULTS):
            if faults % len(turn) == 0:
                chance.shuffle(turn)
            said = turn[faults % len(turn)](self, chance)
            self.network.heal(HOSTS)
            print(f"{time.strftime('%H:%M:%S')} {said}", flush=True)
            time.sleep(CALM_SECONDS)
            faults += 1
        self.cluster.awaitLinks()
        found = register.stopAndCheck()
        print(f"proof: {faults} faults (seed {seed}), {found['checked']} operations, "
              f"{found['ok']} answered; {found['unknown']} writes left unknown, {found['applied']} "
              f"of them applied by a replica, {found['read']} read later; "
              f"{found['violations']} keys that were no register")
        self.assertEqual(register.violations, [])
        self.assertGreater(found["ok"], 100 * faults // slowness)
        self.assertGreater(found["applied"], 0)  # else nothing was in the way
        return found


class Short(Partitions):
    def test_every_fault_once(self):
        self.endure(0, seed=1)


class Long(Partitions):
    """A minute; HENGE_TEST_SECONDS=600 is the figure for a release."""

    def test_for_long(self):
        seconds = int(os.environ.get("HENGE_TEST_SECONDS", "60"))
        found = self.endure(seconds, seed=random.randrange(1 << 32))
        if slowness == 1:
            least = APPLIED_LEAST * seconds // 600 // (1 if seconds >= 600 else FEW_FAULTS)
            self.assertGreaterEqual(found["applied"], least)


if __name__ == "__main__":
    main()
