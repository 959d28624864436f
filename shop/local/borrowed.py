"""Servers for one command: started for it, stopped after it. Tests and checks run on these."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from shop.local import addresses, ground, processes
from shop.local.lock import Lock, Taken
from shop.local.postgres import Postgres
from shop.local.server import Server
from shop.local.valkey import Valkey

SPLIT = {"CATALOG_DATABASE_URL": "shop_catalog", "INVENTORY_DATABASE_URL": "shop_inventory"}


def execute(command: list[str], *, data: Path, durable: bool = False, split: bool = False) -> int:
    """Run a command with DATABASE_URL and REDIS_URL of servers below `data`; returns its exit code.

    `split` gives catalogue and inventory databases of their own. Where the surroundings name both servers already,
    those are used and nothing is started.
    """
    env = dict(os.environ) | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start hundreds of processes: each would compile the shop anew
    if env.get("DATABASE_URL") and env.get("REDIS_URL"):
        return _run(command, env)
    _take_turns(data)
    servers: list[Server] = []
    signal.signal(signal.SIGTERM, _terminate)
    try:
        urls = _start(servers, data, durable=durable, split=split)
        return _run(command, urls | {key: value for key, value in env.items() if value})
    except ground.NoGround as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the servers are stopped to the end
        for server in reversed(servers):
            server.stop()


def _take_turns(data: Path) -> None:
    """One command at a time has the servers of a data folder; the lock ends with this process."""
    addresses.set_up(data)
    lock = Lock(data / "run.lock")
    try:
        lock.take()
    except Taken:
        print("Another command is using the test servers; waiting for it to end …", flush=True)
        lock.wait()


def _start(servers: list[Server], data: Path, *, durable: bool, split: bool) -> dict[str, str]:
    """Start both servers, noting each in `servers` to be stopped; returns their URLs."""
    here = ground.find(data)
    postgres, valkey = Postgres(here, durable=durable), Valkey(here, durable=durable)
    for server in (postgres, valkey):
        servers.append(server)
        server.start()
    urls = {"DATABASE_URL": addresses.database_url(data), "REDIS_URL": addresses.redis_url(data)}
    if split:
        postgres.make_databases(*SPLIT.values())
        urls |= {name: addresses.database_url(data, database=database) for name, database in SPLIT.items()}
    return urls


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which unlike Ctrl-C in a terminal reached only us and not the command."""


def _terminate(number: int, frame: object) -> None:
    raise _Terminated


def _run(command: list[str], env: dict[str, str]) -> int:
    """The command in the foreground, in our own process group: Ctrl-C in the terminal reaches it by itself."""
    try:
        process = subprocess.Popen(command, env=env, preexec_fn=lambda: processes.die_with_parent(signal.SIGTERM))
    except FileNotFoundError:
        print(f"There is no program {command[0]}: run `make install`.", file=sys.stderr)
        return 127
    interrupted = False
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as interrupt:  # the command may tidy up; its end is awaited
            if (interrupted or isinstance(interrupt, _Terminated)) and process.poll() is None:
                processes.send(process.pid, signal.SIGTERM)
            interrupted = True
