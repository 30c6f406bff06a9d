"""The C++ library as its users get it: installed, found by CMake, linked, run on real nodes."""
import os
import subprocess

from kit import ClusterTest, READY_SECONDS, cleanEnvironment, main, options


def shell(*words):
    done = subprocess.run(words, capture_output=True, env=cleanEnvironment(),
                          timeout=10 * READY_SECONDS)
    text = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{text[-3000:]}"


def textOf(*path):
    with open(os.path.join(options.source, *path)) as file:
        return file.read()


class Installed(ClusterTest):
    def setUp(self):
        super().setUp()
        prefix, built = (os.path.join(self.directory, name) for name in ("prefix", "example"))
        shell("cmake", "--install", os.path.dirname(options.bin), "--component", "client",
              "--prefix", prefix)
        shell("cmake", "-S", os.path.join(options.source, "examples", "cpp"), "-B", built,
              f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
        shell("cmake", "--build", built)
        self.program = os.path.join(built, "example")

    def example(self, *addresses):
        return subprocess.run([self.program, *addresses], capture_output=True,
                              timeout=READY_SECONDS, env=cleanEnvironment())

    def test_the_example_runs_against_one_seed_and_without_a_node(self):
        cluster = self.startCluster(nodes=4)
        done = self.example(cluster.nodes[3].address)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, b"Ada\n1000 stored\n", b""))
        with cluster.nodes[0].connect() as connection:
            self.assertEqual(connection.value(b"item:999"), b"x")
        cluster.nodes[1].kill()
        done = self.example(*(node.address for node in cluster.nodes))
        self.assertEqual((done.returncode, done.stdout), (0, b"Ada\n1000 stored\n"), done.stderr)

    def test_nobody_there(self):
        done = self.example("127.0.0.1:1")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr,
                         b"no node could be reached: 127.0.0.1:1: connection refused\n")


class Documented(ClusterTest):
    def test_the_page_shows_the_example_as_it_is_and_it_is_short(self):
        program = textOf("examples", "cpp", "main.cc")
        self.assertIn(program, textOf("docs", "clients.md"))
        self.assertIn(textOf("examples", "cpp", "CMakeLists.txt"), textOf("docs", "clients.md"))
        self.assertLessEqual(program.count("\n"), 30)


if __name__ == "__main__":
    main()
