import os
import re
import signal
import socket
import subprocess
import sys

import pytest
import requests

from tests.fakes.sandbox import CARD, running_sandbox


def test_what_happened_survives_a_restart(tmp_path, request_for):
    with running_sandbox(data=str(tmp_path)) as sandbox:
        outcome = sandbox.provider().charge(request_for(CARD))
    with running_sandbox(data=str(tmp_path)) as sandbox:
        assert sandbox.provider().fetch(outcome.reference) == outcome
        assert sandbox.provider().charge(request_for(CARD)) == outcome
        assert len(sandbox.state()["charge"]) == 1


@pytest.fixture
def process(tmp_path):
    command = [sys.executable, "-m", "checkout.payments.sandbox", "--port", "0", "--data", str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "STRIPE_SECRET_KEY": "sk_mine"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as started:
        yield started
        started.kill()


def test_as_a_program_it_serves_and_ends_at_sigterm(process):
    assert process.stdout is not None
    url = re.fullmatch(r"payment sandbox on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
    assert url is not None
    headers = {"Authorization": "Bearer sk_mine"}
    assert requests.get(f"{url[1]}/_sandbox/state", headers=headers, timeout=5).json()["counts"] == {}
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_a_taken_port_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "checkout.payments.sandbox", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 1
    assert done.stderr == f"payment sandbox: cannot listen on 127.0.0.1:{port}: Address already in use\n"
