"""CPU time of groups of processes, and the processes that a benchmark starts."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
import redis

from shop.local import addresses, processes, runner


class Meter:
    """CPU seconds of process trees by name. Children that have ended count: their parent has inherited their time."""

    def __init__(self) -> None:
        self.roots: dict[str, psutil.Process] = {}
        self.missing: list[str] = []

    def add(self, name: str, pid: int | None) -> None:
        """Count the tree under `pid`; None (a server on another machine) is told in the table."""
        if pid is None or not psutil.pid_exists(pid):
            self.missing.append(name)
        else:
            self.roots[name] = psutil.Process(pid)

    def read(self, *names: str) -> float:
        """CPU seconds, user and system, that these groups have used so far."""
        return sum(_tree(self.roots[name]) for name in names if name in self.roots)


def _tree(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def postgres_pid(url: str) -> int | None:
    """The server's main process, if it runs on this machine."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        try:
            return psutil.Process(row[0]).ppid() if row else None
        except psutil.NoSuchProcess:
            return None


def valkey_pid(url: str) -> int | None:
    pid = int(redis.Redis.from_url(url).info("server")["process_id"])
    return pid if psutil.pid_exists(pid) else None


class Children:
    """The benchmark's own processes; all of them end with it."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder, self.env = folder, dict(env)
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str, env: Mapping[str, str] | None = None) -> int:
        """Start `python <command>`; its output goes to a file. Returns its process id."""
        self.folder.mkdir(parents=True, exist_ok=True)
        output = (self.folder / f"{name}.log").open("wb")
        child = processes.spawn(
            [sys.executable, *command], folder=addresses.CHECKOUT, env=self.env | dict(env or {}), output=output
        )
        self.started[name] = child
        return child.pid

    def granian(self, name: str, application: str, port: int) -> int:
        """A web server of the same configuration as `make run`'s, ready to answer. Returns its process id."""
        pid = self.start(
            name, "-m", "granian", "--interface", "wsgi", "--host", addresses.HOST, "--port", str(port), "--no-ws",
            "--workers", str(runner.WEB_WORKERS), "--blocking-threads", str(runner.WEB_THREADS), application,
        )  # fmt: skip
        _wait_for(port, self.started[name], self.folder / f"{name}.log")
        return pid

    def stop(self, name: str) -> None:
        child = self.started.pop(name)
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                processes.kill_session(child.pid)
                child.wait()

    def stop_all(self) -> None:
        for name in list(self.started):
            self.stop(name)


def free_port(start: int) -> int:
    return next(port for port in range(start, start + 500) if addresses.is_free(port))


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        connection = http.client.HTTPConnection(addresses.HOST, port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    sys.exit(f"The web server does not answer; see {os.path.relpath(log)}.")
