"""A stock Thrift client: Debian's python3-thrift over code that the Thrift compiler wrote.

One Connection is one socket with one call in flight."""
import errno
import socket

from thrift.Thrift import TException
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.transport import TSocket, TTransport

from henge.admin import Admin
from henge.admin import ttypes as admin
from henge.store import Store
from henge.store import ttypes as store
from henge.types import ttypes as types

ONE, QUORUM, ALL = types.Consistency.ONE, types.Consistency.QUORUM, types.Consistency.ALL

PROTOCOLS = {
    "binary": TBinaryProtocol.TBinaryProtocolFactory(),
    "compact": TCompactProtocol.TCompactProtocolFactory(),
    "binary-accelerated": TBinaryProtocol.TBinaryProtocolAcceleratedFactory(),
    "compact-accelerated": TCompactProtocol.TCompactProtocolAcceleratedFactory(),
}

# What a client meets when its node dies or is not there.
LOST = (OSError, EOFError, socket.timeout, TTransport.TTransportException)
# A request that may be sent again: the same version makes it the same write.
AGAIN = (*LOST, types.Unavailable, types.Timeout, types.Overloaded, types.Rebuilding)


class Connection:
    def __init__(self, host, port, protocol="binary-accelerated", framed=True, timeoutSeconds=20):
        self.socket = TSocket.TSocket(host, port)
        self.socket.setTimeout(timeoutSeconds * 1000)
        wrap = TTransport.TFramedTransport if framed else TTransport.TBufferedTransport
        self.transport = wrap(self.socket)
        protocol = PROTOCOLS[protocol].getProtocol(self.transport)
        self.store, self.admin = Store.Client(protocol), Admin.Client(protocol)
        self.transport.open()

    def close(self):
        self.transport.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def put(self, key, value, level=QUORUM, version=None, deadlineMs=None):
        return self.store.put(store.PutRequest(key=key, value=value, consistency=level,
                                               version=version, deadlineMs=deadlineMs))

    def remove(self, key, level=QUORUM, version=None):
        return self.store.remove(store.RemoveRequest(key=key, consistency=level, version=version))

    def get(self, key, level=QUORUM, deadlineMs=None):
        """The whole answer."""
        return self.store.get(store.GetRequest(key=key, consistency=level, deadlineMs=deadlineMs))

    def value(self, key, level=QUORUM):
        """The value; None: there is none."""
        answer = self.get(key, level)
        return answer.value if answer.found else None

    def hello(self):
        return self.store.hello(store.HelloRequest(protocolMin=1, protocolMax=1, client="test"))

    def ring(self):
        return self.admin.ring(admin.RingRequest())

    def status(self):
        return self.admin.status(admin.StatusRequest())

    def accept(self, node, directory):
        return self.admin.accept(admin.AcceptRequest(node=node, directory=directory))

    def rows(self):
        """Every row this node holds itself, tombstones too."""
        after = None
        while True:
            page = self.admin.dump(admin.DumpRequest(afterPosition=after))
            yield from page.rows or []
            if not page.more:
                return
            after = page.resumeKey

    def row(self, key):
        return next((row for row in self.rows() if row.key == key), None)


def isRefused(error):
    """Whether connecting failed because nobody listens."""
    inner = getattr(error, "inner", error)
    return getattr(inner, "errno", None) == errno.ECONNREFUSED


__all__ = ["AGAIN", "ALL", "Connection", "LOST", "ONE", "PROTOCOLS", "QUORUM", "TException",
           "isRefused"]
