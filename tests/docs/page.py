"""Pages of docs/ as what a reader would type: the fenced terminal blocks, in their order.

    ```console                      run: lines of `$ command`, what they print beneath
    ```console needs="mount"         run where that is given: mount, or faketime
    ```console unrun="reason"       not run; the reason is counted (limits.txt)
    <!-- console                    run, not shown to readers: only has to end well
    -->

A command goes on in lines of `> `. One that does not end with 0 says so: `henge get k  # exit 1`.
A line `…` stands for any number of lines. A line that begins with a prompt of the console
(`n0 QUORUM> `) is typed to the program that the command has started.
"""
import re
from dataclasses import dataclass, field

NEEDS = ("mount", "faketime")
FENCE = re.compile(r"^```(\S*)\s*(.*)$")
HIDDEN = re.compile(r"^<!-- (console)\s*(.*)$")
EXIT = re.compile(r"\s#.*\bexit (\d+)\s*$")
PROMPT = re.compile(r"^[\w.:-]+ (?:ONE|QUORUM|ALL)> ")
ATTRIBUTE = re.compile(r'(\w+)="([^"]+)"')


@dataclass
class Step:
    """One command, and the lines beneath it."""
    line: int  # of the page, from 1
    command: str
    expected: list = field(default_factory=list)
    end: int = 0  # the page's line behind its output, from 1

    @property
    def exitCode(self):
        found = EXIT.search(self.command)
        return int(found.group(1)) if found else 0


@dataclass
class Block:
    line: int
    steps: list = field(default_factory=list)
    hidden: bool = False
    unrun: str = ""
    needs: str = ""


@dataclass
class Page:
    blocks: list
    problems: list  # sentences, each with its line


def stepsOf(lines, first, problems):
    steps = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:], end=number + 1))
        elif not steps:
            problems.append(f"line {number}: a terminal block begins with `$ command`")
            return steps
        elif line.startswith("> ") and not steps[-1].expected:
            steps[-1].command += "\n" + line[2:]
            steps[-1].end = number + 1
        else:
            steps[-1].expected.append(line)
            steps[-1].end = number + 1
    return steps


def attributesOf(text, number, problems):
    attributes = dict(ATTRIBUTE.findall(text))
    rest = ATTRIBUTE.sub("", text).strip()
    known = set(attributes) <= {"needs", "unrun"} and attributes.get("needs", NEEDS[0]) in NEEDS
    if rest or not known:
        problems.append(f"line {number}: unknown words behind `console`: {text}")
    return attributes


def parse(text):
    lines = text.split("\n")
    page = Page([], [])
    at = 0
    while at < len(lines):
        if lines[at].startswith(" ") and lines[at].lstrip().startswith("```"):
            page.problems.append(f"line {at + 1}: a block begins at the line's begin")
        hidden = lines[at].startswith("<!-- console")
        fence = (HIDDEN if hidden else FENCE).match(lines[at])
        if not hidden and not fence:
            at += 1
            continue
        closing = "-->" if hidden else "```"
        end = next((i for i in range(at + 1, len(lines)) if lines[i] == closing), None)
        if end is None:
            page.problems.append(f"line {at + 1}: the block is not closed")
            break
        takeBlock(page, lines[at + 1:end], at + 1, hidden, fence)
        at = end + 1
    return page


# What is typed to a console, and replayed by tests/cluster/readme_test.py.
TYPED = "console-session"


def takeBlock(page, lines, number, hidden, fence):
    language = fence.group(1)
    if language == TYPED:
        return
    if language != "console":
        if not language:
            page.problems.append(f"line {number}: the block does not name its language")
        if any(line.startswith("$ ") for line in lines):
            page.problems.append(f"line {number}: a terminal block is named `console`")
        return
    attributes = attributesOf(fence.group(2), number, page.problems)
    page.blocks.append(Block(number, stepsOf(lines, number + 1, page.problems), hidden,
                             attributes.get("unrun", ""), attributes.get("needs", "")))
