"""A real toxiproxy between the shop and what it talks to: replies are cut, late or reset on the wire.

    with toxiproxy.between(sandbox.url) as wire:
        settings.STRIPE_API_BASE = wire.url
        with wire.toxic("limit_data", bytes=0): ...     # what is asked arrives, and no byte of the reply does
        with wire.down(): ...                           # nobody listens any more

Built by `go install github.com/Shopify/toxiproxy/v2/cmd/server@latest` (which names it `server`; .ci/run renames it);
found by TOXIPROXY, on PATH or in ~/go/bin as `toxiproxy-server`. Without it these tests say so and are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest


@dataclass(frozen=True)
class Wire:
    """The near end's address of one proxied connection, and what can be done to it."""

    url: str
    control: str
    upstream: str

    def lay(self) -> None:
        """Make the proxy, without anything wrong with it."""
        _ask("POST", f"{self.control}/proxies", {
            "name": "wire", "listen": urlsplit(self.url).netloc, "upstream": self.upstream, "enabled": True,
        })  # fmt: skip

    @contextmanager
    def toxic(self, kind: str, *, stream: str = "downstream", **attributes: int) -> Iterator[None]:
        """A toxic of this kind ("latency", "limit_data", "reset_peer", "timeout") until the block ends."""
        _ask("POST", f"{self.control}/proxies/wire/toxics", {
            "name": "toxic", "type": kind, "stream": stream, "toxicity": 1.0, "attributes": attributes,
        })  # fmt: skip
        try:
            yield
        finally:
            _ask("DELETE", f"{self.control}/proxies/wire")  # with what is on its way: a toxic alone would let it out
            self.lay()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Connections are refused until the block ends."""
        _ask("POST", f"{self.control}/proxies/wire", {"enabled": False})
        try:
            yield
        finally:
            _ask("POST", f"{self.control}/proxies/wire", {"enabled": True})


@contextmanager
def between(upstream: str) -> Iterator[Wire]:
    """Run a toxiproxy before the server at address `upstream` until the block ends; skips the test without a binary."""
    binary = _binary()
    if binary is None:
        pytest.skip("toxiproxy-server is not installed")
    admin, near = _free_port(), _free_port()
    process = subprocess.Popen(
        [binary, "-host", "127.0.0.1", "-port", str(admin)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        control = f"http://127.0.0.1:{admin}"
        _wait(control)
        wire = Wire(f"http://127.0.0.1:{near}", control, urlsplit(upstream).netloc)
        wire.lay()
        yield wire
    finally:
        process.kill()
        process.wait(10)


def _binary() -> str | None:
    built = Path.home() / "go" / "bin" / "toxiproxy-server"
    return os.environ.get("TOXIPROXY") or shutil.which("toxiproxy-server") or (str(built) if built.exists() else None)


def _wait(control: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            _ask("GET", f"{control}/version")
            return
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "toxiproxy does not start"
            time.sleep(0.02)


def _ask(method: str, url: str, body: Any = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        answer.read()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
