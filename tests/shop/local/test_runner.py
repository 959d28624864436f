"""`make run` for real, around a web application of five lines (conftest.py)."""

import json
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shop.local import processes
from tests.shop.local.conftest import Checkout

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc for what is left running")

LEND = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(600)"


def products(checkout: Checkout) -> int:
    """How many rows the demo left; asked of the running shop's database."""
    ports, secrets = (json.loads((checkout.data / f"{name}.json").read_text()) for name in ("ports", "secrets"))
    url = f"postgres://shop:{secrets['database_password']}@127.0.0.1:{ports['postgres']}/shop"
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM catalog_product").fetchone()
        assert row
        return int(row[0])


def alive(record: Path) -> int:
    """The process of a part's record; 0 while there is none."""
    try:
        return processes.remembered(record.parent, record.stem) or 0
    except FileNotFoundError:
        return 0


@pytest.fixture
def neighbour(free_port: int) -> Iterator[socket.socket]:
    """Another program on the port that the shop wants."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", free_port))
        listening.listen()
        yield listening


def test_killed_and_run_again_nothing_is_left_and_nothing_lost(checkout: Checkout) -> None:
    first = checkout.open()
    with urllib.request.urlopen(f"http://127.0.0.1:{checkout.port}/") as answer:
        assert answer.read() == b"open"
    secrets = json.loads((checkout.data / "secrets.json").read_text())
    assert f"merchant@example.com   {secrets['merchant_password']}" in checkout.log()
    assert checkout.log().count("did collectstatic") == 1
    first.kill()
    first.wait()

    second = checkout.open()  # at once: the first one's processes may still be on their way out
    assert products(checkout) == 1  # the demo was loaded once
    assert checkout.log().count("did collectstatic") == 1  # nor are static files collected again
    assert json.loads((checkout.data / "secrets.json").read_text()) == secrets
    commands = checkout.processes()
    for part, times in {"-m shop.local run": 1, "-A shop worker": 1, "-A shop beat": 1}.items():
        assert sum(part in command for command in commands) == times, commands
    assert sum("time.sleep(600)" in command for command in commands) == 1  # the sandbox's own child, of this run only

    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0
    assert checkout.processes() == []
    assert checkout.log().splitlines()[-1].endswith("Stopped. Nothing is left running.")


def test_a_second_run_of_the_same_checkout_is_refused_in_words(checkout: Checkout) -> None:
    first = checkout.open()
    second = checkout.run("run")
    assert second.wait(30) == 1
    said = f"running already, at http://127.0.0.1:{checkout.port}/ (process {first.pid})"
    assert said in checkout.log()
    assert first.poll() is None
    first.terminate()
    assert first.wait(30) == 0
    assert checkout.processes() == []


def test_a_taken_port_is_named_and_nothing_stays_running(checkout: Checkout, neighbour: socket.socket) -> None:
    process = checkout.run("run")
    assert process.wait(30) == 1
    assert f"Port {checkout.port} is in use by another program." in checkout.log()
    assert f"make run PORT={checkout.port + 1}" in checkout.log()
    assert checkout.processes() == []


def test_a_port_that_is_none_is_refused(checkout: Checkout) -> None:
    process = checkout.run("run", PORT="http")
    assert process.wait(30) == 1
    assert checkout.log() == "PORT must be a number between 1 and 65535, not 'http'.\n"


def test_a_part_that_dies_is_started_again_and_the_rest_goes_on(checkout: Checkout) -> None:
    process = checkout.open()
    for part in ("worker", "web", "sandbox", "valkey", "postgres"):
        record = checkout.data / "processes" / f"{part}.json"
        pid = json.loads(record.read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        checkout.wait(lambda record=record, pid=pid: alive(record) not in {0, pid})
        assert f"{part} ended by itself" in checkout.log()
    checkout.wait(lambda: "PostgreSQL is back." in checkout.log())
    assert products(checkout) == 1
    process.terminate()
    assert process.wait(30) == 0
    assert checkout.processes() == []


def test_a_part_that_dies_before_the_shop_is_open_stops_the_start(checkout: Checkout) -> None:
    (checkout.folder / "checkout/payments/sandbox/__main__.py").write_text("raise SystemExit(3)")
    process = checkout.run("run")
    assert process.wait(60) == 1
    assert "sandbox ended by itself (code 3); the rest is stopped." in checkout.log()
    assert checkout.processes() == []


def test_a_failed_migration_says_so_and_stops_everything(checkout: Checkout) -> None:
    (checkout.folder / "manage.py").write_text("import sys; sys.exit('no such column')")
    process = checkout.run("run")
    assert process.wait(30) == 1
    assert "no such column" in checkout.log()
    assert "`manage.py migrate --noinput --database default` failed (code 1)" in checkout.log()
    assert checkout.processes() == []


def test_servers_from_outside_are_used_and_left_running(checkout: Checkout) -> None:
    lender = checkout.run("exec", "--", sys.executable, "-c", LEND)
    checkout.wait(lambda: "REDIS_URL" in checkout.log())
    said = json.loads(checkout.log())
    outside = {name: said[name] for name in ("DATABASE_URL", "REDIS_URL")}

    shop = checkout.open(**outside)
    assert not (checkout.data / "servers").exists() or not any((checkout.data / "servers").iterdir())
    shop.terminate()
    assert shop.wait(30) == 0
    with psycopg.connect(outside["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM catalog_product").fetchone()
        assert row == (1,)
    lender.terminate()
    assert lender.wait(30) != 0
    assert checkout.processes() == []
