"""What differs from run to run, and nothing else: the same substitutions on both sides."""
import difflib
import re

ELLIPSIS = "…"
NUMBER = r"\d[\d ]*(?:\.\d+)?"

# (what it is, what is looked for, what stands for it)
MASKS = [
    ("a day and time", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?Z?", "<time>"),
    ("a time of the day", r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b", "<time>"),
    ("a writer, digest or directory", r"\b[0-9a-f]{16}\b", "<id>"),
    ("a number of JSON", r'"((?:newest_)?ts_us|read_at_us|log_bytes|keys)":\d+', r'"\1":<number>'),
    ("a version's time", r"\btime=\d{16}\b", "time=<time>"),
    ("a client's number", r"\bclient [0-9a-f]{1,16}\b", "client <id>"),
    ("a process", r"\bpid = \d+", "pid = <pid>"),
    ("a process", r"\b(pid|process) \d+", r"\1 <pid>"),
    ("a job of the shell", r"^\[1\] \d+$", "[1] <pid>"),
    ("a span", r"\b(?:\d+d )?(?:\d+h )?\d+m(?: \d+s)?(?= |$)", "<span>"),
    ("a span", r"[+-]?\b\d+(?:\.\d+)? (?:µs|us|ms|s)\b", "<span>"),
    ("a size", r"\b\d+(?:\.\d+)? [KMG]iB\b", "<size>"),
    ("bytes of a log, marks and hints among them", r"\b\d{3,4} B\b", "<size>"),
    ("bytes free or needed", r"\b\d{6,} (are free|needed)", r"<bytes> \1"),
    ("a part", r"\b\d+\.\d+ %", "<part>"),
    ("a bar", r"█+", "<bar>"),
    ("a batch's number, marks counted", r"^( *\d+:\d{3,}) +\d+  ", r"\1  <number>  "),
    ("a place in the log", r"(?<![.\w])\d+:\d{3,}\b", "<place>"),
    ("how many acknowledged in time", r"\backs [23] of 3 \(needed 2\)",
     "acks <2 or 3> of 3 (needed 2)"),
    ("syncs since a start", rf"Since the start: {NUMBER} syncs, {NUMBER} records each",
     "Since the start: <many> syncs"),
    # A row of henge bench: all but its errors.
    ("a load", rf"^(get|put|rmw|insert)(?:  +[\d.]+)+  +(\d+)$", r"\1 <load> errors \2"),
    ("a load", rf"^\d+ op/s in", "<rate> op/s in"),
    ("how far a load is", r"^\[[#-]{20}\]  .* errors (\d+)  p50 .*$", r"<progress> errors \1"),
    ("resends and hedges", r"; \d+ (?:resends|hedged reads)(?=;|$)", ""),
    ("who answered first", r"answered \(n\d(?: n\d)*\)", "answered (<who>)"),
    ("who objected first", r"\bsays n\d: its data directory", "says <who>: its data directory"),
    ("where a segment ends, marks among its batches",
     r"^( *\d+ +(?:clean|ended|torn|DAMAGED|in the store) +\d+) +\d+ +\d+  ", r"\1  <end>  "),
    ("bytes replayed", r"\b\d+ bytes of batches\b", "<bytes> bytes of batches"),
    ("memory to be flushed", r"store \d+ \+ tables \d+", "store <bytes> + tables <bytes>"),
    ("who else has noticed",
     r"; (?:for others: [^;]*|(?:suspected|found dead) by n\d(?:, n\d)*)", ""),
    ("how a connection ended",
     r"(<span>  )(?:connection refused|connection reset|closed by the other side)$",
     r"\1<gone>"),
    ("what was replayed", r"recovered \d+ records of \d+ segments", "recovered <records>"),
    ("a step of a trace", r"^ *\d+\.\d\d  (n\d  \S)", r"<ms>  \1"),
    ("who answered when", r"^<ms>  n\d  answers", "<ms>  <who>  answers"),
    ("spans of a trace", r"\b(network|queue|disk|there) \d+\.\d\d\b", r"\1 <ms>"),
    ("who acknowledged first", r"acknowledged by n\d(?: n\d)*", "acknowledged by <who>"),
    ("a version's writer", r"<time>/(?:[0-9a-f]+|<id>)", "<time>/<id>"),
    # A row of henge status behind its address: how long, how many keys, how much, the clock.
    ("a node's numbers", r"^(n\d  +\S.*  +127\.0\.0\.1:\d+)  +<span>  .*$", r"\1 <numbers>"),
]
# Lines that are there or not as things happen to go.
PASSING = re.compile(r"^(?:Hints: .* wait on.*: henge hints"
                     r"|Reads have repaired .* since the nodes started\."
                     r"|Warning: n\d is asked last by .*)$")
COMPILED = [(re.compile(pattern), stands) for _, pattern, stands in MASKS]
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


def onTerminal(text):
    """The lines a terminal would show: without escapes, what a carriage return overwrote gone."""
    lines = ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")
    shown = [line.rstrip("\r").rsplit("\r", 1)[-1].rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def masked(line):
    for pattern, stands in COMPILED:
        line = pattern.sub(stands, line)
    return re.sub(r" {2,}", "  ", line).strip()  # columns are as wide as what stands in them


def matches(expected, actual):
    """Whether the lines agree; a line `…` stands for any number of lines."""
    if not expected:
        return not actual
    if expected[0] == ELLIPSIS:
        return any(matches(expected[1:], actual[skip:]) for skip in range(len(actual) + 1))
    return bool(actual) and expected[0] == actual[0] and matches(expected[1:], actual[1:])


def difference(expected, actual):
    """Empty if they agree, else a diff for people: `-` as the page has it, `+` as it was."""
    expected, actual = ([masked(line) for line in lines if not PASSING.match(line)]
                        for lines in (expected, actual))
    if matches(expected, actual):
        return ""
    lines = difflib.unified_diff(expected, actual, "the page", "this run", lineterm="", n=2)
    return "\n".join(lines)
