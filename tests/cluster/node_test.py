"""The stock Thrift client of Node.js, and the examples of docs/clients.md, as readers run them.

npm puts its packages below the build directory, once. Without its registry the test is skipped, by
name: exit code 77."""
import hashlib
import os
import re
import shutil
import subprocess
import sys

from kit import SKIPPED, ClusterTest, cleanEnvironment, main, options, patience

here = os.path.dirname(os.path.abspath(__file__))
installed = os.path.join(os.path.dirname(options.work), "node_packages")
generatedForNode = os.path.join(os.path.dirname(options.gen), "gen_node")


def installPackages():
    """Exactly what the lock file names, with the hashes it has; nothing of theirs is run."""
    with open(os.path.join(here, "node/package-lock.json"), "rb") as lock:
        wanted = hashlib.sha256(lock.read()).hexdigest()
    stamp = os.path.join(installed, "stamp")
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    shutil.rmtree(installed, ignore_errors=True)
    os.makedirs(installed)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(here, "node", name), installed)
    npm = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1",
         "--fetch-timeout=20000", "--cache", os.path.join(installed, "cache")],
        cwd=installed, env=cleanEnvironment({"npm_config_update_notifier": "false"}),
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if npm.returncode != 0:
        print(f"SKIPPED: npm's registry cannot be reached:\n{npm.stderr[-2000:]}")
        sys.exit(SKIPPED)
    shutil.rmtree(os.path.join(installed, "cache"), ignore_errors=True)
    with open(stamp, "w") as file:
        file.write(wanted)


def example(language):
    """The example for `language` in docs/clients.md."""
    with open(os.path.join(options.source, "docs/clients.md")) as page:
        section = page.read().partition("\n## Any Thrift client\n")[2]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


class Node(ClusterTest):
    def ran(self, *command, **environment):
        done = subprocess.run(command, env=cleanEnvironment(environment), capture_output=True,
                              text=True, timeout=6 * patience, cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def node(self, script, *words):
        return self.ran("node", script, *words,
                        NODE_PATH=os.path.join(installed, "node_modules"))

    def test_every_transport_and_protocol(self):
        node = self.startCluster(nodes=3).nodes[0]
        said = self.node(os.path.join(here, "node/stock.js"), generatedForNode, node.host,
                         str(node.port))
        self.assertEqual(said.count(": ok\n"), 4, said)

    def test_the_examples_of_the_documentation(self):
        port = str(self.startCluster(nodes=3).nodes[0].port)
        os.symlink(generatedForNode, os.path.join(self.directory, "gen-nodejs"))
        os.symlink(options.gen, os.path.join(self.directory, "gen-py"))
        for language, program in (("python", "/usr/bin/python3"), ("js", "node")):
            with self.subTest(language):
                text = example(language)
                self.assertIn("9000", text)
                script = os.path.join(self.directory, f"example.{language}")
                with open(script, "w") as file:
                    file.write(text.replace("9000", port))
                run = self.node if program == "node" else lambda name: self.ran(program, name)
                self.assertEqual(run(script), "Ada\nno such key\nInvalidRequest: key\n")


if __name__ == "__main__":
    installPackages()
    main()
