"""README.md's console session, typed at a real terminal: the screen must be what stands there."""
import os
import re

import kit
from kit import ClusterTest, options
from terminal import PROMPT, Terminal

# What differs from run to run, and what stands for it.
MASKS = ((r"henge \d+\.\d+\.\d+,", "henge VERSION,"),
         (r"ts \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+Z", "ts TIME"),
         (r"client [0-9a-f]{1,16}", "client WRITER"),
         (r"\d+\.\d\d ms", "SPAN"),
         (r"answered \(n\d( n\d)*\)", "answered (NODES)"),  # whose answers came first
         (r"acks \d of", "acks COUNT of"),                   # how many had come by then
         (r"127\.0\.0\.1:\d+", "ADDRESS"))


def masked(text):
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def sessionsOf(text):
    return re.findall(r"^```console-session\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class Readme(ClusterTest):
    def test_the_session_is_what_the_console_shows(self):
        with open(os.path.join(options.source, "README.md"), encoding="utf-8") as file:
            sessions = sessionsOf(file.read())
        self.assertEqual(len(sessions), 1)
        cluster = self.makeCluster()
        cluster.shape["name"] = "local"
        cluster.writeFile(cluster.file)
        cluster.start()
        command, expected = sessions[0].split("\n", 1)
        self.assertEqual(command, "$ henge")
        terminal = Terminal(env={"HENGE_NODES": ",".join(node.address for node in cluster.nodes),
                                 "NO_COLOR": "1",
                                 "XDG_STATE_HOME": os.path.join(self.directory, "state")})
        try:
            for line in expected.split("\n"):
                prompt = re.match(PROMPT, line)
                if prompt:
                    terminal.awaitPrompt()
                    terminal.type(line[prompt.end():] + "\r")
                    terminal.await_(re.escape(line) + "\n")
            self.assertEqual(terminal.awaitEnd(), 0)
            self.assertEqual(masked(terminal.shown()), masked(expected))
        finally:
            terminal.close()


if __name__ == "__main__":
    kit.main()
