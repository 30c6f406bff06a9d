"""A terminal in a test: a program on a pseudo-terminal, what it shows, and keys for it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from kit import cleanEnvironment, dieWithParent, options, patience

ROWS, COLUMNS = 50, 160
PROMPT = r"(n\d+ )?(ONE|QUORUM|ALL)( u8| hex)?> "
TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z@])|\x1b.|(.)", re.DOTALL)


class Paper:
    """A screen that never scrolls: what a terminal would show of `text`, and where it would write
    on. Knows the sequences that an xterm is sent by libedit."""

    def __init__(self, text):
        self.lines, self.row, self.column = [[]], 0, 0
        for token in TOKEN.finditer(text):
            if token[2]:
                self.obey(token[2], int(token[1]) if token[1].isdigit() else None)
            elif token[3]:
                self.put(token[3])

    def put(self, letter):
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self.row += 1
            self.lines += [[] for _ in range(self.row + 1 - len(self.lines))]
        elif letter == "\b":
            self.column = max(self.column - 1, 0)
        elif letter == "\t":
            self.column += 8 - self.column % 8
        elif letter >= " ":
            self.reach()
            self.lines[self.row][self.column:self.column + 1] = [letter]
            self.column += 1

    def reach(self):
        line = self.lines[self.row]
        line += [" "] * (self.column - len(line))

    def obey(self, letter, number):
        count = number or 1
        line = self.lines[self.row]
        if letter == "A":
            self.row = max(self.row - count, 0)
        elif letter == "C":
            self.column += count
        elif letter == "D":
            self.column = max(self.column - count, 0)
        elif letter == "G":
            self.column = count - 1
        elif letter == "P":
            del line[self.column:self.column + count]
        elif letter == "@":
            self.reach()
            line[self.column:self.column] = [" "] * count
        elif letter == "K":
            del line[self.column:]
        elif letter == "J":
            del line[self.column:]
            del self.lines[self.row + 1:]

    def shown(self, since=0):
        """The lines from `since` on; no blanks at ends of lines, but where the cursor stands."""
        texts = ["".join(line).rstrip() for line in self.lines[since:]]
        if self.row >= since:
            texts[self.row - since] = texts[self.row - since].ljust(self.column)
        return "\n".join(texts)


class Terminal:
    """`henge` on a terminal of its own. Every wait ends when what is awaited has been shown."""

    def __init__(self, *words, env=None):
        environment = cleanEnvironment({"TERM": "xterm", "LANG": "C.UTF-8", **(env or {})})
        for name in [name for name, value in environment.items() if value is None]:
            del environment[name]
        self.text, self.code = "", None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            dieWithParent()
            program = os.path.join(options.bin, "henge")
            os.execve(program, [program, *words], environment)
        self.resize(ROWS, COLUMNS)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Takes what has been written within `seconds`; False: the program has ended."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            more = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            return False
        self.text += more.decode(errors="replace")
        return bool(more)

    @property
    def row(self):
        """Where the cursor stands, for a later `since`."""
        return Paper(self.text).row

    def shown(self, since=0):
        return Paper(self.text).shown(since)

    def await_(self, pattern, since=0):
        """Until `pattern` is shown at or below row `since`; returns what is shown there."""
        until = time.monotonic() + patience
        while True:
            shown = self.shown(since)
            if re.search(pattern, shown, re.MULTILINE):
                return shown
            if not self.read(0.05) or time.monotonic() > until:
                raise AssertionError(f"waited in vain for {pattern!r}; shown:\n{shown}")

    def awaitPrompt(self, since=0):
        """Until a prompt with nothing behind it is the last line."""
        return self.await_(rf"^{PROMPT}\Z", since)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def line(self, text):
        """Types a line; what stands between it and the next prompt."""
        since = self.row
        self.type(text + "\r")
        shown = self.await_(rf"\n{PROMPT}\Z", since)
        return "\n".join(shown.split("\n")[1:-1])

    def control(self, letter):
        self.type(chr(ord(letter) & 0x1f))

    def end(self):
        """Ctrl-D; returns the exit code."""
        self.control("D")
        return self.awaitEnd()

    def awaitEnd(self):
        until = time.monotonic() + patience
        while self.code is None:
            self.read(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                raise AssertionError(f"it did not end; shown:\n{self.shown()}")
        while self.read(0):
            if not select.select([self.master], [], [], 0)[0]:
                break
        return self.code

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.code = -signal.SIGKILL
        os.close(self.master)
