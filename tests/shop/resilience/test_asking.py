"""Answers over HTTP: whole and in time, or none."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from shop.resilience import asking

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n"
Way = Callable[[socket.socket, Event], None]


@contextmanager
def server(way: Way) -> Iterator[str]:
    """Answers one question in its own way, until the block ends."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(65536)
                way(connection, over)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


def said(content: bytes, *, length: int | None = None, head: bytes = b"") -> Way:
    def way(connection: socket.socket, _over: Event) -> None:
        connection.sendall(HEAD % (len(content) if length is None else length, head) + content)

    return way


def stalls(connection: socket.socket, over: Event) -> None:
    connection.sendall(HEAD % (8, b""))
    over.wait(3)


def drips(connection: socket.socket, over: Event) -> None:
    connection.sendall(HEAD % (1000, b""))
    while not over.wait(0.1):
        connection.sendall(b" ")


def drips_its_head(connection: socket.socket, over: Event) -> None:
    while not over.wait(0.1):
        connection.sendall(b"H")


ZIPPED = b"Content-Encoding: gzip\r\n"


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        (said(b"yes"), b"yes"), (said(b""), b""), (said(b"x" * 100_000), b"x" * 100_000),
        (said(gzip.compress(b"yes"), head=ZIPPED), b"yes"),
    ],
)  # fmt: skip
def test_a_whole_answer(way: Way, answer: bytes) -> None:
    with server(way) as url:
        assert asking.ask("POST", url, seconds=2, json={"question": 1}) == answer


@pytest.mark.parametrize(
    "way",
    [
        said(b"half", length=5000), said(b"nonsense", head=ZIPPED), said(b"x" * (asking.LARGEST + 1)),
        said(gzip.compress(b"x" * (asking.LARGEST + 1)), head=ZIPPED), lambda _connection, _over: None,
        stalls, drips, drips_its_head,
    ],
    ids=["cut", "bad gzip", "large", "bomb", "closed", "stalls", "drips", "drips its head"],
)  # fmt: skip
def test_anything_else_is_none_and_in_time(way: Way) -> None:
    with server(way) as url:
        began = time.monotonic()
        with pytest.raises(asking.NoAnswer):
            asking.ask("GET", url, seconds=0.5)
        assert time.monotonic() - began < 1


@pytest.mark.parametrize("status", [b"500 No", b"302 Found", b"204 Nothing"])
def test_another_status_is_none(status: bytes) -> None:
    def way(connection: socket.socket, _over: Event) -> None:
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nLocation: /\r\n\r\n" % status)

    with server(way) as url, pytest.raises(asking.NoAnswer, match=status[:3].decode()):
        asking.ask("GET", url, seconds=2)


def test_nobody_there() -> None:
    with pytest.raises(asking.NoAnswer, match="ConnectionError"):
        asking.ask("GET", "http://127.0.0.1:9/", seconds=2)
