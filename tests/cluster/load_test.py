"""Real lines in through four coordinators while every node is crashed in turn, and the same out."""
import hashlib
import multiprocessing
import os
import random
import threading
import time

from kit import ClusterTest, QUORUM, main, patience, types, waitFor
from client import AGAIN, Connection, LOST, isRefused  # after kit, which makes it findable
from real_input import realPairs

THREADS = 8  # connections a loader has; each has one call in flight
OVERSHOOT = 4 * THREADS  # calls that may have passed a gate at once


def digest(pairs):
    whole = hashlib.sha256()
    for key, value in sorted(pairs):
        whole.update(b"%d:%b%d:%b" % (len(key), key, len(value), value))
    return whole.hexdigest()


class Caller:
    """Calls one coordinator, and the next one while that does not answer."""

    def __init__(self, addresses, home):
        self.addresses, self.home = addresses, home
        self.connection = None
        self.again = 0  # calls that had to be sent again

    def call(self, what):
        until = time.monotonic() + 6 * patience
        turn = 0
        while True:
            try:
                if self.connection is None:
                    host, port = self.addresses[(self.home + turn) % len(self.addresses)]
                    self.connection = Connection(host, port, timeoutSeconds=patience)
                return what(self.connection)
            except AGAIN as error:
                self.again += 1
                if isinstance(error, LOST):
                    self.drop()
                    turn += 1
                if time.monotonic() > until:
                    raise
                if not isRefused(error) or turn % len(self.addresses) == 0:
                    time.sleep(random.uniform(0.005, 0.05))

    def drop(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def inThreads(work, items):
    """work(slice, number) on THREADS threads; the first error is raised here."""
    errors = []

    def guarded(number):
        try:
            work(items[number::THREADS], number)
        except Exception as error:  # noqa: BLE001  (handed to the caller)
            errors.append(error)
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class Pace:
    """How far the loaders have come, and how far they may go: so that crashes meet them at work."""

    def __init__(self):
        self.done, self.gate = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)

    def enter(self):
        while self.done.value >= self.gate.value:
            time.sleep(0.002)

    def leave(self):
        with self.done.get_lock():
            self.done.value += 1


def load(pairs, addresses, home, pace):
    writer = random.getrandbits(62)

    def work(mine, number):
        caller = Caller(addresses, home)
        for key, value in mine:
            pace.enter()
            version = types.Version(timestamp=time.time_ns() // 1000, writer=writer)
            caller.call(lambda connection: connection.put(key, value, QUORUM, version))
            pace.leave()
        caller.drop()
    inThreads(work, pairs)


def readBack(keys, addresses, home, results):
    found = []

    def work(mine, number):
        caller = Caller(addresses, home)
        for key in mine:
            value = caller.call(lambda connection: connection.value(key, QUORUM))
            found.append((key, value if value is not None else b"<absent>"))
        caller.drop()
    inThreads(work, keys)
    results.put(found)


class Loaders:
    """One process for each coordinator."""

    def __init__(self, target, shares):
        self.processes = [multiprocessing.Process(target=target, args=share, daemon=True)
                          for share in shares]
        for process in self.processes:
            process.start()

    def areDone(self):
        return all(process.exitcode is not None for process in self.processes)

    def join(self):
        for process in self.processes:
            process.join()
        return [process.exitcode for process in self.processes]


class RealInput(ClusterTest):
    def roundTrip(self, count):
        pairs = realPairs(count)
        cluster = self.startCluster()
        addresses = [(node.host, node.port) for node in cluster.nodes]
        pace = Pace()
        loaders = Loaders(load, [(pairs[home::4], addresses, home, pace) for home in range(4)])
        self.crashEachInTurn(cluster, loaders, pace, count // 12)
        pace.gate.value = count
        self.assertEqual(loaders.join(), [0, 0, 0, 0])
        self.assertEqual(pace.done.value, count)
        found = self.readFromOthers(pairs, addresses)
        self.assertEqual(len(found), count)
        self.assertEqual(digest(found), digest(pairs))

    def crashEachInTurn(self, cluster, loaders, pace, step):
        """Each node is killed with the load running, is down for a step of it at least, and comes
        back with the load running."""
        def loaded(mark):
            def check():
                if loaders.areDone():
                    raise AssertionError(f"the loaders ended at {pace.done.value}")
                return pace.done.value >= mark
            waitFor(f"{mark} pairs to be loaded", check, 60 * patience)
        for node in cluster.nodes:
            begin = pace.done.value
            pace.gate.value = begin + step
            loaded(begin + step // 2)
            node.kill()
            pace.gate.value = begin + 2 * step
            loaded(begin + step // 2 + step)
            pace.gate.value = begin + 3 * step - OVERSHOOT
            node.start()
            cluster.awaitLinks()

    def readFromOthers(self, pairs, addresses):
        results = multiprocessing.Queue()
        readers = Loaders(readBack, [([key for key, _ in pairs[home::4]], addresses, (home + 1) % 4,
                                      results) for home in range(4)])
        found = [pair for _ in range(4) for pair in results.get(timeout=60 * patience)]
        self.assertEqual(readers.join(), [0, 0, 0, 0])
        return found


class Short(RealInput):
    def test_2000_lines(self):
        self.roundTrip(2000)


class Long(RealInput):
    def test_100000_lines(self):
        self.roundTrip(int(os.environ.get("LINES_WANTED", "100000")))


if __name__ == "__main__":
    main()
