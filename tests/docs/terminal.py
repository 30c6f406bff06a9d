"""A shell on a pseudo-terminal, as a reader would have it in front of them."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

LINES, COLUMNS = 50, 200
MARK = "\x1e"  # around the exit code in the prompt; no program prints it
PROMPT = re.compile(MARK + r"(\d+)" + MARK)


class Stuck(Exception):
    """The command did not end in time; carries what it had printed."""


class Terminal:
    def __init__(self, directory, environment, patienceSeconds):
        self.patience = patienceSeconds
        environment = {**environment, "PS1": f"{MARK}$?{MARK}", "PS2": "", "TERM": "xterm",
                       "NO_COLOR": "1", "HISTFILE": "/dev/null"}
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe("bash", ["bash", "--noprofile", "--norc", "--noediting", "-i"], environment)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.read()
        self.run("set +m +H")

    def read(self, until=PROMPT.search):
        """Text up to and with the end that `until` finds, and what it found."""
        text, end = "", time.monotonic() + self.patience
        raw = b""
        while True:
            found = until(text)
            if found:
                return text, found
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.file], [], [], left)[0]:
                raise Stuck(text)
            raw += os.read(self.file, 65536)
            text = raw.decode(errors="replace")

    def run(self, command, inputs=(), prompt=None):
        """(text, exit code). `inputs` are typed one by one, each at `prompt`, and shown there as
        typed: by the terminal, or by the program if it edits lines."""
        os.write(self.file, command.encode() + b"\n")
        printed = ""
        for line in inputs:
            text, _ = self.read(lambda text: prompt(text) or PROMPT.search(text))
            printed += text
            if PROMPT.search(text):
                break  # the program ended before it was told to
            os.write(self.file, line.encode() + b"\n")
        else:
            text, _ = self.read()
            printed += text
        found = PROMPT.search(printed)
        shown = command.replace("\n", "\r\n") + "\r\n"  # the command itself, as it was typed
        assert printed.startswith(shown), f"{shown!r} is not where {printed!r} begins"
        return printed[len(shown):found.start()], int(found.group(1))

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.file)
