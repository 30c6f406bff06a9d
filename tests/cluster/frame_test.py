"""Bytes that are no requests, and every stock way to send one that is."""
import os
import struct

from kit import ClusterTest, main, rawSocket, waitFor

MEBIBYTE = 1024 * 1024
FRAME_MAX = 8 * MEBIBYTE + 64 * 1024 + 64 * 1024


def frame(body):
    return struct.pack(">I", len(body)) + body


def message(name, seqid=7, kind=1, body=b"\0"):
    """A strict binary call; `body` is its arguments' struct."""
    name = name.encode()
    return struct.pack(">II", 0x80010000 | kind, len(name)) + name + struct.pack(">i", seqid) + body


class Frames(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster = self.startCluster(nodes=3)
        self.node = self.cluster.nodes[0]

    def tearDown(self):
        # Whatever was sent: the node lives, serves, and has not reserved what was announced.
        with self.node.connect() as connection:
            connection.put(b"after", b"v")
            self.assertEqual(connection.value(b"after"), b"v")
        with open(f"/proc/{self.node.process.pid}/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        self.assertLess(peak, 1024 * 1024, "peak memory in KiB")
        super().tearDown()

    def closed(self, *parts):
        """Sends the parts; the node must close the connection. Returns what it said before."""
        with rawSocket(self.node) as raw:
            said = b""
            try:
                for part in parts:
                    raw.sendall(part)
                while chunk := raw.recv(65536):
                    said += chunk
            except (ConnectionResetError, BrokenPipeError):
                pass
            return said

    def answer(self, *parts, port=None):
        """Sends the parts; returns the body of the one framed answer."""
        with rawSocket(self.node, port) as raw:
            raw.sendall(b"".join(parts))
            length = struct.unpack(">I", self.exactly(raw, 4))[0]
            return self.exactly(raw, length)

    def exactly(self, raw, count):
        got = b""
        while len(got) < count:
            chunk = raw.recv(count - len(got))
            self.assertTrue(chunk, f"closed after {got!r}")
            got += chunk
        return got

    def test_length_0(self):
        self.closed(frame(b""), frame(message("get")))

    def test_length_limit_plus_1(self):
        self.closed(struct.pack(">I", FRAME_MAX + 1) + b"\x80\x01\0\1")

    def test_length_0x7fffffff(self):
        self.closed(b"\x7f\xff\xff\xff" + b"\x80\x01\0\1" + b"x" * 1000)

    def test_length_0xffffffff(self):
        self.closed(b"\xff\xff\xff\xff" + b"x" * 1000)

    def test_half_a_frame_then_close(self):
        whole = frame(message("get", body=b"\x0c\0\1\x0b\0\1\0\0\0\1k\0\0"))
        for length in (1, 3, 4, 5, len(whole) // 2, len(whole) - 1):
            with rawSocket(self.node) as raw:
                raw.sendall(whole[:length])

    def test_unknown_method(self):
        body = self.answer(frame(message("nosuch")))
        self.assertEqual(body[3], 3)  # an exception, as a framed answer to this very call
        self.assertIn(b"nosuch", body)
        self.assertEqual(body[4:8] + body[8:14], struct.pack(">I", 6) + b"nosuch")
        self.assertEqual(body[14:18], struct.pack(">i", 7))

    def test_wrong_types(self):
        # The request struct as a string, and a key as a number: unset for a Thrift reader.
        for body in (b"\x0b\0\1\0\0\0\1k\0", b"\x0c\0\1\x08\0\1\0\0\0\1\0\0"):
            answer = self.answer(frame(message("get", body=body)))
            self.assertIn(answer[3], (2, 3))
            self.assertRegex(answer, b"argument 1|key")

    def test_sizes_inside_of_a_frame_that_lie(self):
        for size in (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\1\0\0"):
            lying = message("get", body=b"\x0c\0\1\x0b\0\1" + size + b"k\0\0")
            with rawSocket(self.node) as raw:
                raw.sendall(frame(lying))
                raw.shutdown(1)
                while raw.recv(65536):
                    pass

    def test_containers_that_lie(self):
        # Field 12 of a get, features: 2^31-1 strings, structs, and lists.
        for kind in (b"\x0b", b"\x0c", b"\x0f"):
            lying = message("get", body=b"\x0c\0\1\x0f\0\x0c" + kind + b"\x7f\xff\xff\xff\0\0")
            with rawSocket(self.node) as raw:
                raw.sendall(frame(lying))
                raw.shutdown(1)
                while raw.recv(65536):
                    pass

    def test_nesting_that_never_ends(self):
        self.closed(frame(message("get", body=b"\x0c\0\1" * 100_000)))

    def test_noise(self):
        self.closed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.closed(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)))
        self.closed(b"\x80\x01\0\1" + b"\xff" * 1000)

    def test_the_peer_port_serves_no_clients(self):
        for name in ("get", "ping", "fetch"):  # no method of it, and two that come after hello
            body = b"\x0c\0\1\x0b\0\1\0\0\0\1k\0\0"
            answer = self.answer(frame(message(name, body=body)), port=self.node.peerPort)
            self.assertEqual(answer[3], 3, answer)  # an exception

    def test_many_requests_in_one_write_are_answered_in_order(self):
        with self.node.connect() as connection:
            connection.put(b"k", b"v")
        calls = [frame(message("get", seqid=number, body=b"\x0c\0\1\x0b\0\1\0\0\0\1k\0\0"))
                 for number in range(1, 101)]
        with rawSocket(self.node) as raw:
            raw.sendall(b"".join(calls))
            for number in range(1, 101):
                length = struct.unpack(">I", self.exactly(raw, 4))[0]
                body = self.exactly(raw, length)
                self.assertEqual(struct.unpack(">i", body[11:15])[0], number)

    def test_the_peer_port_takes_frames_only(self):
        with rawSocket(self.node, self.node.peerPort) as raw:
            raw.sendall(message("get"))
            self.assertEqual(raw.recv(1), b"")
        waitFor("a line about it", lambda: "framed transport is needed" in self.node.log())

    def test_non_strict_binary_is_refused_by_name(self):
        old = struct.pack(">I", 3) + b"get\x01" + struct.pack(">i", 7) + b"\0"
        for what, line in ((frame(old), ": non-strict binary protocol"),
                           (old, "as unframed non-strict binary protocol does")):
            # One such line a second: sent again until it is this one's turn.
            waitFor(line, lambda: self.closed(what) == b"" and line in self.node.log())

    def test_an_unframed_message_without_end(self):
        endless = message("get", body=b"\x0c\0\1" + b"\x03\0\x63\0" * (FRAME_MAX // 4 + 1))
        waitFor("a line about it",
                lambda: self.closed(endless) == b"" and
                "unframed, frameBytesMax" in self.node.log())

    def test_an_unframed_promise(self):
        self.closed(message("get", body=b"\x0c\0\1\x0b\0\1\x7f\xff\xff\xff"))
        self.closed(message("get", body=b"\x0c\0\1" * 100_000))

    def test_a_connection_outlives_100_mebibytes(self):
        value = b"x" * MEBIBYTE
        with self.node.connect() as connection:
            for number in range(120):
                connection.put(b"k%d" % (number % 5), value)
            self.assertEqual(connection.value(b"k4"), value)

    def test_a_closed_connection_is_given_back(self):
        def openFiles():
            return len(os.listdir(f"/proc/{self.node.process.pid}/fd"))
        before = openFiles()
        raws = [rawSocket(self.node) for _ in range(100)]
        for raw in raws:
            raw.sendall(b"\0\0")
            raw.close()
        waitFor("the descriptors to be given back", lambda: openFiles() <= before)


if __name__ == "__main__":
    main()
