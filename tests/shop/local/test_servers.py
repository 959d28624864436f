"""PostgreSQL and Valkey for real: made, killed, adopted, stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from shop.local import addresses, ground, processes
from shop.local.postgres import Postgres
from shop.local.valkey import Valkey

# Starts a server of a data folder that will outlive it, as on systems that do not tell of a parent's death.
SURVIVE = """
import os, sys
from pathlib import Path
from shop.local import ground, processes
from shop.local.{module} import {kind}
processes._LIBC = None
{kind}(ground.find(Path(sys.argv[1]))).start()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("servers") / "data"
    # The servers' user must get through pytest's private folders; a sub-folder of the system's would be as good.
    addresses.set_up(made)
    return made


@pytest.fixture(scope="module")
def here(data: Path) -> Iterator[ground.Ground]:
    yield ground.find(data)
    ground.remove(data)


def survivor(data: Path, module: str, kind: str) -> int:
    """Start a server by a process that is then killed; returns the server's number."""
    code = SURVIVE.format(module=module, kind=kind)
    starter = subprocess.run([sys.executable, "-c", code, str(data)], cwd=addresses.CHECKOUT, check=False)
    assert starter.returncode == -signal.SIGKILL
    pid = processes.remembered(data / "processes", module)
    assert pid
    return pid


def rows(data: Path, statement: str) -> list[Any]:
    with psycopg.connect(addresses.database_url(data), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_postgres_outlives_its_starter_and_is_adopted_with_its_data(data: Path, here: ground.Ground) -> None:
    pid = survivor(data, "postgres", "Postgres")
    rows(data, "CREATE TABLE kept (what text)")
    rows(data, "INSERT INTO kept VALUES ('an order')")

    again = Postgres(here)
    assert again.start() == "adopted"
    assert again.pid == pid
    assert again.is_running()
    assert rows(data, "SELECT what FROM kept") == [("an order",)]
    again.stop()
    assert processes.started_at(pid) is None


def test_postgres_that_was_killed_starts_over_a_stale_lock_of_a_reused_number(data: Path, here: ground.Ground) -> None:
    server = Postgres(here)
    server.start()
    rows(data, "CREATE TABLE after_crash AS SELECT 1 AS one")
    processes.kill_session(server.pid)
    server.stop()
    lock = server.cluster / "postmaster.pid"
    _, *rest = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getppid()), *rest, ""]))

    assert server.start() == "started"
    assert rows(data, "SELECT one FROM after_crash") == [(1,)]
    server.stop()


def test_postgres_asks_for_the_password_and_listens_on_loopback_only(data: Path, here: ground.Ground) -> None:
    server = Postgres(here)
    server.start()
    try:
        port = addresses.port(data, "postgres")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgres://shop:wrong@127.0.0.1:{port}/shop")
        assert rows(data, "SHOW listen_addresses") == [("127.0.0.1",)]
        assert rows(data, "SHOW unix_socket_directories") == [("",)]
        assert rows(data, "SELECT lower('ÄÖÉ')") == [("äöé",)]
        for extension in ("pg_trgm", "unaccent", "btree_gin"):
            rows(data, f"CREATE EXTENSION {extension}")
    finally:
        server.stop()


def test_careless_data_of_a_crash_is_thrown_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("careless") / "data"
    addresses.set_up(data)
    server = Postgres(ground.find(data), durable=False)
    server.start()
    rows(data, "CREATE TABLE half_written (x int)")
    processes.kill_session(server.pid)
    server.stop()
    try:
        assert server.start() == "started"
        assert rows(data, "SELECT to_regclass('half_written')") == [(None,)]
        assert rows(data, "SHOW fsync") == [("off",)]
    finally:
        server.stop()
        ground.remove(data)


def test_valkey_outlives_its_starter_and_is_adopted_with_its_data(data: Path, here: ground.Ground) -> None:
    pid = survivor(data, "valkey", "Valkey")
    with redis.Redis.from_url(addresses.redis_url(data)) as client:
        client.set("kept", "a message")

    again = Valkey(here)
    assert again.start() == "adopted"
    assert again.pid == pid
    again.stop()
    assert processes.started_at(pid) is None
    assert again.start() == "started"
    with redis.Redis.from_url(addresses.redis_url(data)) as client:
        assert client.get("kept") == b"a message"
    again.stop()


def test_valkey_asks_for_the_password(data: Path, here: ground.Ground) -> None:
    server = Valkey(here)
    server.start()
    try:
        with (
            redis.Redis(port=addresses.port(data, "valkey")) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_as_root_the_servers_run_as_somebody_else(data: Path, here: ground.Ground) -> None:
    server = Valkey(here)
    server.start()
    try:
        assert Path(f"/proc/{server.pid}").stat().st_uid == here.account.user != 0
    finally:
        server.stop()


def test_a_port_that_is_snatched_at_the_last_moment_is_left_to_its_owner(
    data: Path, here: ground.Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program takes the port between our look and our start: the next port is tried."""
    claim = addresses.claim_port
    with socket.socket() as rival:

        def claim_and_lose(folder: Path, name: str) -> int:
            port = claim(folder, name)
            if rival.getsockname()[1] == 0:
                rival.bind((addresses.HOST, port))
                rival.listen()
            return port

        monkeypatch.setattr(addresses, "claim_port", claim_and_lose)
        server = Valkey(here)
        assert server.start() == "started"
        assert addresses.port(data, "valkey") != rival.getsockname()[1]
        server.stop()
