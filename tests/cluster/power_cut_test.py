"""The power goes for a whole cluster at once: every node loses what it had not synced.

The servers run with a recorder of their system calls preloaded. At the cut all are killed, and of
each the directory is rebuilt as the disk would have it (tests/proofs/powercut/rebuild.cc)."""
import os
import shutil
import subprocess

from kit import ClusterTest, cleanEnvironment, main, options
from ledger import Ledger

FLAGS = ("--value_bytes_max=4KiB", "--segment_bytes=512KiB", "--log_bytes_max=4MiB",
         "--segment_age=300ms", "--memtable_bytes=1MiB")


class Recorded:
    """One node whose system calls are recorded, from start to start."""

    def __init__(self, node, flags):
        self.node, self.flags = node, flags
        os.makedirs(node.directory, mode=0o700, exist_ok=True)
        self.directory = os.path.realpath(node.directory)
        self.before, self.trace = self.directory + ".before", self.directory + ".trace"

    def launch(self):
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.directory, self.before)
        if os.path.exists(self.trace):
            os.remove(self.trace)
        self.node.launch(*self.flags, directory=self.directory, env={
            "LD_PRELOAD": os.path.join(options.bin, "libsyscall_recorder.so"),
            "RECORD_DIRECTORY": self.directory, "RECORD_TRACE": self.trace})

    def rebuild(self, seed=None):
        """The directory as the power cut leaves it; how many things were lost, kept or torn."""
        words = [] if seed is None else [str(seed)]
        said = self.run("cut", self.before, self.trace, self.directory, *words)
        return int(said.split(" things")[0].split()[-1])

    def compare(self):
        """Whether the trace explains every byte of the directory; how many files that are."""
        return int(self.run("compare", self.before, self.trace, self.directory).split()[1])

    def run(self, *words):
        done = subprocess.run([os.path.join(options.bin, "rebuild"), *words], text=True,
                              capture_output=True, env=cleanEnvironment())
        if done.returncode != 0:
            raise AssertionError(f"rebuild {words}: {done.stdout}{done.stderr}")
        return done.stdout


class PowerCut(ClusterTest):
    def prove(self, cuts, writesBetween, *flags, losesLeast=0):
        """Nothing is lost; or, where flags give that up, at least `losesLeast`."""
        cluster = self.makeCluster(nodes=3)
        nodes = [Recorded(node, FLAGS + flags) for node in cluster.nodes]
        self.startAll(cluster, nodes)
        ledger = Ledger(cluster)
        self.addCleanup(ledger.end)
        unsynced = lost = 0
        for number in range(cuts):
            ledger.write()
            ledger.awaitWritten(writesBetween)
            for node in cluster.nodes:
                node.process.kill()
            for node in cluster.nodes:
                node.process.wait()
            ledger.stop()
            # Every third time by lot: some of what was not synced is there, some torn.
            seed = number if number % 3 == 2 else None
            unsynced += sum(node.rebuild(seed) for node in nodes)
            self.startAll(cluster, nodes)
            found = ledger.check()
            lost += found["lost"]
            self.assertEqual((found["strange"], found["unread"]), (0, 0))
        written = ledger.written
        self.assertEqual([node.stop() for node in cluster.nodes], [0, 0, 0])
        files = sum(node.compare() for node in nodes)
        if losesLeast:
            self.assertGreaterEqual(lost, losesLeast)
            return
        print(f"proof: {cuts} power cuts of a whole cluster, {unsynced} unsynced things dropped or "
              f"drawn, {written} quorum writes of {found['keys']} keys, {lost} acknowledged lost; "
              f"the traces explain every byte of {files} files")
        self.assertEqual(lost, 0)
        self.assertGreater(unsynced, 0)

    def startAll(self, cluster, nodes):
        for node in nodes:
            node.launch()
        for node in cluster.nodes:
            node.awaitServing()
        cluster.awaitLinks()


class Short(PowerCut):
    def test_three_cuts_lose_nothing(self):
        self.prove(cuts=3, writesBetween=300)

    def test_a_loss_would_be_noticed(self):
        self.prove(1, 300, "--log_sync=off", losesLeast=1)


class Long(PowerCut):
    def test_twenty_cuts_lose_nothing(self):
        self.prove(cuts=20, writesBetween=2000)


if __name__ == "__main__":
    main()
