"""The runner itself: a wrong word in a page fails with a diff, masks hide no more than they say,
and no block of any page goes unnoticed."""
import argparse
import glob
import os
import re
import subprocess
import sys
import textwrap
import unittest

import masks
import page as pages

parser = argparse.ArgumentParser(add_help=False)
for name in ("--source", "--bin", "--work"):
    parser.add_argument(name, required=True, type=os.path.abspath)
parser.add_argument("--port", type=int, required=True)
options, rest = parser.parse_known_args()


class Runner(unittest.TestCase):
    def play(self, text, *flags):
        """(exit code, what the runner printed) of a page with this text."""
        os.makedirs(options.work, exist_ok=True)
        self.path = os.path.join(options.work, self.id().rpartition(".")[2] + ".md")
        with open(self.path, "w") as file:
            file.write(textwrap.dedent(text))
        runner = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_page.py")
        done = subprocess.run(
            [sys.executable, runner, "--source", options.source, "--bin", options.bin, "--work",
             os.path.join(options.work, "run"), "--port", str(options.port), self.path, *flags],
            capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_a_wrong_word_fails_with_a_diff(self):
        good = """\
            # A page
            ```console
            $ scripts/server.sh --nodes 1 > said; head -n 1 said
            Cluster "local" · 1 nodes, N=1 · data in run/local (kept between runs)
            $ henge put user:7 Ada
            OK    acks 1 of 1 (needed 1)   ts 2026-11-28 03:15:42.976725Z n0   29.67 ms
            $ henge get nosuch 2>&1 | head -n 1
            henge: no value for "nosuch"
            ```
            """
        code, said = self.play(good)
        self.assertEqual(code, 0, said)
        code, said = self.play(good.replace("acks 1 of 1", "acks 1 of 2"))
        self.assertEqual(code, 1)
        self.assertIn("line 5: $ henge put user:7 Ada", said)
        self.assertIn("-OK  acks 1 of 2 (needed 1)  ts <time> n0  <span>", said)
        self.assertIn("+OK  acks 1 of 1 (needed 1)  ts <time> n0  <span>", said)
        self.assertIn("1 failures", said)

    def test_a_missing_and_a_superfluous_line_fail(self):
        self.assertEqual(self.play("```console\n$ echo a; echo b\na\n```\n")[0], 1)
        self.assertEqual(self.play("```console\n$ echo a\na\nb\n```\n")[0], 1)
        self.assertEqual(self.play("```console\n$ true\nanything\n```\n")[0], 1)
        self.assertEqual(self.play("```console\n$ seq 9\n1\n…\n9\n```\n")[0], 0)
        self.assertEqual(self.play("```console\n$ seq 9\n1\n…\n8\n```\n")[0], 1)

    def test_exit_codes_are_part_of_the_page(self):
        self.assertEqual(self.play("```console\n$ false\n```\n")[0], 1)
        self.assertEqual(self.play("```console\n$ false  # exit 1\n```\n")[0], 0)
        self.assertEqual(self.play("```console\n$ true  # exit 1\n```\n")[0], 1)

    def test_hidden_blocks_run_and_what_cannot_run_says_why(self):
        code, said = self.play("""\
            <!-- console
            $ word=hidden; echo noise
            -->
            ```console
            $ echo $word
            hidden
            ```
            ```console unrun="it would go wrong"
            $ false
            ```
            """)
        self.assertEqual(code, 0, said)
        self.assertIn("not run: it would go wrong", said)

    def test_a_program_is_typed_to_at_its_prompt(self):
        for library in ("sys", "readline"):  # the terminal shows what is typed, or the program
            self.typed(f"import {library}\\n"
                       "for line in iter(lambda: input('n0 QUORUM> '), 'exit'): print(line * 2)")

    def typed(self, script):
        page = f"""\
            ```console
            $ python3 -c "exec(\\"{script}\\")"
            n0 QUORUM> ab
            abab
            n0 QUORUM> exit
            ```
            """
        code, said = self.play(page)
        self.assertEqual(code, 0, said)
        code, said = self.play(page.replace("abab", "aba"))
        self.assertEqual(code, 1, said)

    def test_ports_of_a_page_are_those_of_the_run(self):
        code, said = self.play("""\
            ```console
            $ echo 127.0.0.1:9003 9105 19003 $HENGE_NODES
            127.0.0.1:9003 9105 19003 127.0.0.1:9000,127.0.0.1:9001,127.0.0.1:9002,127.0.0.1:9003
            ```
            """)
        self.assertEqual(code, 0, said)

    def test_rewrite_puts_in_what_was_printed(self):
        page = "```console\n$ echo a; echo b\n%s\n$ echo c\nc\n```\nend\n"
        code, said = self.play(page % "x", "--rewrite")
        self.assertEqual(code, 1)
        with open(self.path) as file:
            self.assertEqual(file.read(), page % "a\nb")


class Masks(unittest.TestCase):
    SAME = [
        ("ts 2026-11-28 03:15:42.976725Z n0   29.67 ms", "ts 2027-01-01 00:00:00Z n0  1 s"),
        ("server 1 (pid 12) killed", "server 1 (pid 4711) killed"),
        ("n1  DOWN 41 s  127.0.0.1:9001", "n1  DOWN 0 s  127.0.0.1:9001"),
        ("OK  acks 2 of 3 (needed 2)", "OK  acks 3 of 3 (needed 2)"),
        ("get  21284  10612  1.50  5.89  7.93   10.2  13.3       0", "get  2  1  1  1  1  1  1  0"),
        ("      1  clean    67108864      819        4        4        u8:0",
         "      1  clean    67108864      891        5        4        u8:0"),
        ("1:263    2  u8:137  value137", "1:299    3  u8:137  value137"),
    ]
    DIFFERENT = [
        ("      1  clean    67108864      819        4        4        u8:0",
         "      1  clean    67108864      819        4        5        u8:0"),
        ("1:263    2  u8:137  value137", "1:263    2  u8:137  value138"),
        ("ts 2026-11-28 03:15:42.976725Z n0", "ts 2026-11-28 03:15:42.976725Z n1"),
        ("OK  acks 2 of 3 (needed 2)", "OK  acks 1 of 3 (needed 2)"),
        ("OK  acks 3 of 3 (needed 3)", "OK  acks 2 of 3 (needed 3)"),
        ("get  21284  10612  1.50  5.89  7.93  10.2  13.3  0",
         "get  21284  10612  1.50  5.89  7.93  10.2  13.3  1"),
        ("QUORUM needs 2 of {n2 n3 n0}", "QUORUM needs 3 of {n2 n3 n0}"),
        ("127.0.0.1:9001", "127.0.0.1:9002"),
        ("u8:137", "u8:138"),
        ("DOWN 3 s", "UP 3 s"),
        ("4 keys: 2 in agreement, 2 not.", "4 keys: 3 in agreement, 1 not."),
        ("0 torn bytes cut", "1 torn bytes cut"),
        ("exit 69", "exit 75"),
    ]

    def test_they_hide_what_they_say(self):
        for one, other in self.SAME:
            self.assertEqual(masks.masked(one), masks.masked(other))

    def test_they_hide_nothing_else(self):
        for one, other in self.DIFFERENT:
            self.assertNotEqual(masks.masked(one), masks.masked(other))


class EveryPage(unittest.TestCase):
    """Each page has a test, each block a language, and what is not run is counted."""

    def setUp(self):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "limits.txt")) as file:
            words = [line.split() for line in file if line.strip() and line[0] != "#"]
        self.unrunMax = sum(int(value) for word, value in words if word == "unrun")
        self.later = {value for word, value in words if word == "later"}
        with open(os.path.join(here, "CMakeLists.txt")) as file:
            self.tested = set(re.findall(r"^henge_docs_test\(\w+ (\S+) \d+\)", file.read(), re.M))
        names = ["README.md", *glob.glob("docs/*.md", root_dir=options.source)]
        self.pages = {}
        for name in names:
            with open(os.path.join(options.source, name)) as file:
                self.pages[name] = pages.parse(file.read())

    def test_blocks_name_their_language(self):
        for name, page in self.pages.items():
            if name in self.later:
                self.assertTrue(page.problems, f"{name} can leave limits.txt")
            else:
                self.assertEqual(page.problems, [], name)

    def test_pages_with_terminal_blocks_are_run(self):
        shown = {name for name, page in self.pages.items()
                 if any(not block.unrun for block in page.blocks)}
        self.assertEqual(shown - self.tested - self.later, set())

    def test_what_is_not_run_is_counted(self):
        unrun = [f"{name} line {block.line}: {block.unrun}" for name, page in self.pages.items()
                 for block in page.blocks if block.unrun]
        self.assertEqual(len(unrun), self.unrunMax, "\n".join(unrun))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
