"""A real TCP proxy before a server: it cuts connections, keeps silent, or changes what the server says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType


class Proxy:
    """Passes everything on until told otherwise.

    cut_replies    cut so many connections, each after ``after`` bytes of the server's words
    cut_requests   cut so many connections, each after ``after`` bytes of the client's words
    replace        (old, new) of the same length: exchanged in what the server says
    cuts           how many connections were cut
    """

    def __init__(self, endpoint: str) -> None:
        host, _, port = endpoint.rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.cut_replies = 0
        self.cut_requests = 0
        self.after = 0
        self.replace: tuple[bytes, bytes] | None = None
        self.cuts = 0
        self._open: set[socket.socket] = set()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for side in left:
            _break(side)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, request: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.replace and not request:
                    data = data.replace(*self.replace)
                with self._lock:
                    left = self.cut_requests if request else self.cut_replies
                    cut = left > 0 and passed + len(data) > self.after
                    if cut:
                        self.cuts += 1
                        if request:
                            self.cut_requests -= 1
                        else:
                            self.cut_replies -= 1
                if cut:
                    sink.sendall(data[: max(0, self.after - passed)])
                    break
                sink.sendall(data)
                passed += len(data)
        _break(source)
        _break(sink)


def _break(side: socket.socket) -> None:
    """Close at once, with a reset: what is on its way is lost."""
    with contextlib.suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RDWR)
    side.close()
