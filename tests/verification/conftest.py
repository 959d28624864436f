"""stripe-mock: Stripe's own stateless server, which checks every request against Stripe's OpenAPI description.

Built by ``go install github.com/stripe/stripe-mock@latest``; found by STRIPE_MOCK, on PATH or in ~/go/bin.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def _binary() -> str | None:
    named = os.environ.get("STRIPE_MOCK")
    built = Path.home() / "go" / "bin" / "stripe-mock"
    return named or shutil.which("stripe-mock") or (str(built) if built.exists() else None)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    """The address of a running stripe-mock."""
    binary = _binary()
    if binary is None:
        pytest.skip("no stripe-mock: go install github.com/stripe/stripe-mock@latest, or name it in STRIPE_MOCK")
    port = _free_port()
    # it opens an HTTPS port as well, by default the same one in every worker
    command = [binary, "-http-addr", f"127.0.0.1:{port}", "-https-addr", f"127.0.0.1:{_free_port()}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, f"stripe-mock ended with {process.returncode}"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("stripe-mock does not answer")
