"""A client that costs next to nothing: it sends the bytes of a request over connections that stay open, and reads the
answer's length. What it measures is the server."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 4  # at once: enough to keep two workers busy
_END = b"\r\n\r\n"


@dataclass
class Answered:
    """What came back in `seconds` of wall time: answers by status, bytes of their bodies."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    size: int = 0

    @property
    def count(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.count / self.seconds if self.seconds else 0.0


def request(host: str, path: str, *, cookie: str = "") -> bytes:
    """A GET as a browser would send it."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Accept: text/html, */*;q=0.8", "Accept-Encoding: gzip, br"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _Line:
    """One connection: what it has sent is answered before it sends again. A server may close it between the two."""

    def __init__(self, address: tuple[str, int], waiting: selectors.BaseSelector) -> None:
        self.address, self.waiting, self.sent = address, waiting, b""
        self._open()

    def _open(self) -> None:
        self.socket, self.buffer = socket.create_connection(self.address, timeout=30), b""
        self.waiting.register(self.socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        self.waiting.unregister(self.socket)
        self.socket.close()

    def renew(self) -> None:
        self.close()
        self._open()

    def send(self, content: bytes) -> None:
        self.sent = content
        try:
            self.socket.sendall(content)
        except OSError:
            self.renew()
            self.socket.sendall(content)

    def _read(self) -> bytes:
        try:
            return self.socket.recv(262144)
        except ConnectionResetError:
            return b""

    def receive(self) -> tuple[int, int, bool] | None:
        """Status, length of the body, and whether the connection stays; None while there is more to come."""
        chunk = self._read()
        if not chunk:
            if self.buffer:
                raise ConnectionError("the server has closed the connection before its answer was whole")
            self.renew()  # closed before it had read the request: that is asked once more
            self.socket.sendall(self.sent)
            return None
        self.buffer += chunk
        end = self.buffer.find(_END)
        if end < 0:
            return None
        head = self.buffer[:end].lower()
        if b"transfer-encoding: chunked" in head:
            if not self.buffer.endswith(b"0" + _END):
                return None
            length = len(self.buffer) - end - 4
        else:
            mark = head.find(b"content-length:")
            length = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return None
        status = int(self.buffer[9:12])
        self.buffer = b""
        return status, length, b"connection: close" not in head


def ask(address: tuple[str, int], requests: Iterator[bytes], *, count: int = 0, seconds: float = 0) -> Answered:
    """Send `requests` until `count` of them are answered, or for so many `seconds`."""
    answered, started = Answered(), time.perf_counter()
    go_on = _until(answered, started, count, seconds)
    with selectors.DefaultSelector() as waiting:
        lines = [_Line(address, waiting) for _ in range(min(CONNECTIONS, count or CONNECTIONS))]
        for line in lines:
            line.send(next(requests))
        sent = len(lines)
        while answered.count < sent:
            for key, _events in waiting.select(timeout=60):
                line = key.data
                found = line.receive()
                if found is None:
                    continue
                status, length, stays = found
                answered.statuses[status] = answered.statuses.get(status, 0) + 1
                answered.size += length
                if go_on(sent):
                    if not stays:
                        line.renew()
                    line.send(next(requests))
                    sent += 1
        for line in lines:
            line.close()
    answered.seconds = time.perf_counter() - started
    return answered


def _until(answered: Answered, started: float, count: int, seconds: float) -> Callable[[int], bool]:
    if count:
        return lambda sent: sent < count
    return lambda _sent: time.perf_counter() - started < seconds
