"""Runs the terminal blocks of one page against real nodes and compares what they print.

    run_page.py --source DIR --bin DIR --work DIR --port P PAGE [--rewrite]

The page gets a directory of its own that looks like the source tree: scripts/ (a copy whose first
port is P in the place of 9000), build/release/bin, docs/, examples/. Ports 9000 to 9009 and 9100 to
9109 of the page are P to P+9 and P+100 to P+109. --rewrite puts what was printed into the page,
where it differs: to be read as a diff.

Nodes have lives of their own: a third replica may take a write a moment after the page looks. So
what differs must differ twice.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import masks
import page as pages
import terminal

PATIENCE_SECONDS = 60
PORTS = 10


class Ports:
    """The page's ports and those of this run."""

    def __init__(self, first):
        self.first = first
        self.paged = re.compile(r"(?<![\d.])9([01])0(\d)(?!\d)")
        self.real = re.compile("|".join(str(first + offset + port) for offset in (0, 100)
                                        for port in range(PORTS)))

    def toReal(self, text):
        return self.paged.sub(
            lambda m: str(self.first + 100 * int(m.group(1)) + int(m.group(2))), text)

    def toPage(self, text):
        return self.real.sub(lambda m: str(9000 + int(m.group()) - self.first), text)


class Run:
    def __init__(self, options):
        self.options, self.ports = options, Ports(options.port)
        self.directory = os.path.join(options.work, "henge")
        self.failures = []
        self.rewritten = []  # (step, lines)

    def prepare(self):
        shutil.rmtree(self.options.work, ignore_errors=True)
        os.makedirs(os.path.join(self.directory, "scripts"))
        for path in glob.glob(os.path.join(self.options.source, "scripts", "*")):
            copy = os.path.join(self.directory, "scripts", os.path.basename(path))
            shutil.copy(path, copy)
            with open(path) as file:
                text = file.read()
            with open(copy, "w") as file:
                file.write(text.replace("9000", str(self.options.port)))
        os.makedirs(os.path.join(self.directory, "build", "release"))
        os.symlink(self.options.bin, os.path.join(self.directory, "build", "release", "bin"))
        for name in ("docs", "examples", "idl"):
            os.symlink(os.path.join(self.options.source, name), os.path.join(self.directory, name))

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HENGE_")}
        nodes = ",".join(f"127.0.0.1:{self.options.port + node}" for node in range(4))
        path = os.path.join(self.directory, "build/release/bin") + ":" + kept["PATH"]
        return {**kept, "HENGE_NODES": nodes, "PATH": path, "LC_ALL": "C.UTF-8"}

    def run(self, blocks):
        self.prepare()
        self.terminal = terminal.Terminal(self.directory, self.environment(), PATIENCE_SECONDS)
        try:
            for block in blocks:
                if not self.runBlock(block):
                    break
        finally:
            self.terminal.close()
            self.endNodes()
            self.unmount()

    def runBlock(self, block):
        """False: a step did not end as it should."""
        if block.unrun or not isGiven(block.needs):
            print(f"line {block.line}: not run: {block.unrun or 'needs ' + block.needs}")
            return True
        return all(self.runStep(step, block.hidden) for step in block.steps)

    def runStep(self, step, hidden):
        """False: it did not end as it should, so what follows would not mean anything."""
        inputs = [] if hidden else [pages.PROMPT.sub("", line) for line in step.expected
                                    if pages.PROMPT.match(line)]
        try:
            printed, code = self.terminal.run(
                self.ports.toReal(step.command), map(self.ports.toReal, inputs),
                lambda text: pages.PROMPT.match(masks.onTerminal(text + "|")[-1]))
        except terminal.Stuck as stuck:
            self.fail(step, f"did not end within {PATIENCE_SECONDS} s; it had printed:\n{stuck}")
            return False
        lines = masks.onTerminal(self.ports.toPage(printed).replace(self.directory, "~/henge"))
        if code != step.exitCode:
            self.fail(step, f"ended with {code}, not {step.exitCode}:\n" + "\n".join(lines))
            return False
        difference = "" if hidden else masks.difference(step.expected, lines)
        if difference:
            self.rewritten.append((step, lines))
            self.fail(step, difference)
        return True

    def fail(self, step, what):
        self.failures.append(f"line {step.line}: $ {step.command}\n{what}\n")

    def unmount(self):
        """Small file systems of drills that did not come to their end."""
        with open("/proc/mounts") as file:
            mounted = [line.split()[1] for line in file]
        for path in mounted:
            if path.startswith(self.directory + "/"):
                subprocess.run(["umount", "--lazy", path], check=True)

    def endNodes(self):
        """Whatever of this page still runs, by its own pid files."""
        for cluster in glob.glob(os.path.join(self.directory, "**", "cluster.json"),
                                 recursive=True):
            subprocess.run([os.path.join(self.directory, "scripts", "server.sh"), "stop", "--dir",
                            os.path.dirname(cluster)], check=True, stdout=subprocess.DEVNULL)

    def report(self):
        for failure in self.failures:
            print(f"{self.options.page}, {failure}")
        return 1 if self.failures else 0

    def rewrite(self, text):
        lines = text.split("\n")
        for step, printed in reversed(self.rewritten):
            begin = step.line + step.command.count("\n")
            lines[begin:step.end - 1] = printed
        return "\n".join(lines)


def isGiven(need):
    if need == "mount":
        return mayMount()
    return need != "faketime" or shutil.which("faketime") is not None


def mayMount():
    """Whether a file system may be mounted: not even root may everywhere."""
    with tempfile.TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "henge-test", place]
        if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
            return False
        subprocess.run(["umount", place], check=True)
        return True


def play(options, page):
    run = Run(options)
    run.failures += page.problems
    if not page.problems:
        run.run(page.blocks)
    return run


def main():
    parser = argparse.ArgumentParser()
    for name in ("--source", "--bin", "--work"):
        parser.add_argument(name, required=True, type=os.path.abspath)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rewrite", action="store_true")
    parser.add_argument("page", type=os.path.abspath)
    options = parser.parse_args()
    with open(options.page) as file:
        text = file.read()
    page = pages.parse(text)
    run = play(options, page)
    if run.failures and not page.problems and not options.rewrite:
        run.report()
        print("It differs; once more:")
        run = play(options, page)
    if options.rewrite and run.rewritten:
        with open(options.page, "w") as file:
            file.write(run.rewrite(text))
    code = run.report()
    steps = sum(len(block.steps) for block in page.blocks if not block.unrun)
    print(f"{os.path.basename(options.page)}: {steps} commands, {len(run.failures)} failures")
    return code


if __name__ == "__main__":
    sys.exit(main())
