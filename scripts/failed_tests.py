#!/usr/bin/env python3
"""What failed, by ctest's JUnit reports, and the end of what it printed.

    failed_tests.py [--names] REPORT.xml …

--names prints the names alone, a line each. A report that is missing or cut off says nothing."""
import sys
import xml.etree.ElementTree as ElementTree

LINES = 40  # of each test; the whole is in the report


def failed(report):
    """(name, output) of each test that did not pass and was not skipped."""
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
        return
    for case in cases:
        if case.get("status") == "fail":
            yield case.get("name"), case.findtext("system-out", "")


def main(arguments):
    namesOnly = arguments[:1] == ["--names"]
    for report in arguments[namesOnly:]:
        for name, output in failed(report):
            if namesOnly:
                print(name)
                continue
            print(f"=== {name} failed; the end of what it printed:")
            print(*output.rstrip().splitlines()[-LINES:], sep="\n", end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
