"""The program ledger (tests/proofs/ledger) as a test drives it, and what the log's names tell."""
import ctypes
import os
import struct
import subprocess
import threading
import time

from kit import cleanEnvironment, dieWithParent, options, waitFor


class LoadProgram:
    """One of tests/proofs that puts a load on a cluster and is told what to do line by line."""

    def __init__(self, cluster, name, *words):
        self.process = subprocess.Popen(
            [os.path.join(options.bin, name), *words, *(node.address for node in cluster.nodes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env=cleanEnvironment(), preexec_fn=dieWithParent)

    def send(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Ledger(LoadProgram):
    """Writes at QUORUM on every node of a cluster and knows what must be there."""

    def __init__(self, cluster, connections=24):
        super().__init__(cluster, "ledger", "--connections", str(connections))
        self.written = 0     # acknowledged so far
        self.said = {}       # verb: the rest of its last line
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            verb, _, rest = line.strip().partition(" ")
            if verb in ("written", "stopped"):
                self.written = int(rest)
            self.said[verb] = rest

    def ask(self, command, answer, seconds):
        self.said.pop(answer, None)
        self.send(command)
        return waitFor(f"the ledger to have {answer}", lambda: self.said.get(answer), seconds)

    def write(self):
        self.send("write")

    def stop(self):
        return int(self.ask("stop", "stopped", 60))

    def check(self, seconds=240):
        """{"keys": …, "lost": …, "strange": …, "unread": …}"""
        words = ("keys " + self.ask("check", "checked", seconds)).split()
        return {name: int(number) for name, number in zip(words[::2], words[1::2])}

    def awaitWritten(self, more, seconds=60):
        mark = self.written + more
        waitFor(f"{more} more writes", lambda: self.written >= mark, seconds)

    def end(self):
        self.process.kill()
        self.listener.join()
        super().end()


class NamesWatch:
    """Tells when a name in a directory changes (inotify): a segment of the log was made, or went.

    It looks again and again, so as to know the time before which there was none: a process that
    sleeps on inotify may be woken late without knowing it, and the times of files lag by a tick."""

    LOOKS_EVERY = 0.0005

    def __init__(self, directory):
        IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE = 0x40, 0x80, 0x100, 0x200
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        mask = IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE
        if libc.inotify_add_watch(self.descriptor, directory.encode(), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch " + directory)

    def forget(self):
        """What has happened so far."""
        try:
            while os.read(self.descriptor, 65536):
                pass
        except BlockingIOError:
            pass

    def awaitSegment(self, seconds):
        """A time (monotonic) before which the first change of a segment's name did not happen,
        and after which it did; None: none came in time."""
        last = time.monotonic()
        until = last + seconds
        while (now := time.monotonic()) < until:
            if any(name.startswith("segment-") for name in self.names()):
                return last
            last = now
            time.sleep(self.LOOKS_EVERY)
        return None

    def names(self):
        try:
            events = os.read(self.descriptor, 65536)
        except BlockingIOError:
            return
        at = 0
        while at < len(events):
            length = struct.unpack_from("iIII", events, at)[3]
            yield events[at + 16:at + 16 + length].rstrip(b"\0").decode()
            at += 16 + length

    def close(self):
        os.close(self.descriptor)
