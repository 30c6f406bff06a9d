"""Runs the proofs that CTest knows (tests named proof.*) one after the other and prints a table.

    table.py BUILD_DIRECTORY [--quick] [REGEX]

Of each its figure – the rest of the last line of its output that begins with "proof: ", or else its
last line – and its time. The short form of proof.NAME is proof.NAME.quick. The exit code is 1 if
one failed.
"""
import argparse
import json
import re
import subprocess
import sys
import time


def readArguments():
    parser = argparse.ArgumentParser(prog="x proofs", description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("regex", nargs="?", default="", help="only those whose name matches")
    parser.add_argument("--quick", action="store_true", help="the short form of each")
    return parser.parse_intermixed_args()


def ctest(build, *words):
    done = subprocess.run(["ctest", "--test-dir", build, *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def proofs(build, quick, regex):
    """The names, in CTest's order: of each proof the form that is asked for."""
    code, text = ctest(build, "-R", "^proof[.]", "--show-only=json-v1")
    if code != 0:
        sys.exit(f"x proofs: ctest cannot list the tests of {build}:\n{text}")
    # What is not JSON stands before it.
    listed = json.loads(text[text.index("{"):])["tests"]
    names = [test["name"] for test in listed]
    return [name for name in names
            if name.endswith(".quick") == quick and re.search(regex, name)]


def figureOf(output):
    said = re.findall(r"^\d+: (.*\S.*)$", output, re.MULTILINE)
    figures = [found.group(1) for line in said if (found := re.search(r"\bproof: (.*)$", line))]
    return figures[-1] if figures else said[-1] if said else "said nothing"


def prove(build, name):
    begun = time.monotonic()
    code, output = ctest(build, "-R", f"^{re.escape(name)}$", "-V", "--no-tests=error")
    good = code == 0
    seconds = time.monotonic() - begun
    if not good:
        print(output)
    print(f"{name}: {'ok' if good else 'FAILED'} in {seconds:.1f} s", flush=True)
    return name.removesuffix(".quick"), figureOf(output), seconds, good


def main():
    options = readArguments()
    names = proofs(options.build, options.quick, options.regex)
    if not names:
        sys.exit(f"x proofs: no proof matches \"{options.regex}\"")
    rows = [prove(options.build, name) for name in names]
    width = max(len(name) for name, *_ in rows)
    print()
    for name, figure, seconds, good in rows:
        print(f"{name:{width}}  {'ok' if good else 'FAILED':6}  {seconds:6.1f} s  {figure}")
    failed = sum(1 for *_, good in rows if not good)
    print(f"{len(rows) - failed} proofs hold, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
