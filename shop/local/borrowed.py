"""Servers for one command: started for it, stopped after it. Tests and checks run on these."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from shop.local import addresses, ground, processes
from shop.local.lock import Lock, Taken
from shop.local.postgres import Postgres
from shop.local.valkey import Valkey

SPLIT = {"CATALOG_DATABASE_URL": "shop_catalog", "INVENTORY_DATABASE_URL": "shop_inventory"}


def execute(command: list[str], *, data: Path, durable: bool = False, split: bool = False) -> int:
    """Run a command with DATABASE_URL and REDIS_URL of servers below `data`; returns its exit code.

    `split` gives catalogue and inventory databases of their own. Where the surroundings name both servers already,
    those are used and nothing is started.
    """
    env = dict(os.environ) | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    if env.get("DATABASE_URL") and env.get("REDIS_URL"):
        return _run(command, env)
    addresses.set_up(data)
    lock = Lock(data / "run.lock")
    try:
        lock.take()
    except Taken:
        print("Another command is using the test servers; waiting for it to end …", flush=True)
        lock.wait()
    servers: list[Postgres | Valkey] = []
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        here = ground.find(data)
        postgres, valkey = (Postgres(here, durable=durable), Valkey(here, durable=durable))
        for server in (postgres, valkey):
            servers.append(server)
            server.start()
        urls = {"DATABASE_URL": addresses.database_url(data), "REDIS_URL": addresses.redis_url(data)}
        if split:
            postgres.make_databases(*SPLIT.values())
            urls |= {name: addresses.database_url(data, database=database) for name, database in SPLIT.items()}
        return _run(command, urls | {key: value for key, value in env.items() if value})
    except ground.NoGround as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for server in reversed(servers):
            server.stop()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _run(command: list[str], env: dict[str, str]) -> int:
    """The command in the foreground, in our own process group: Ctrl-C in the terminal reaches it by itself."""
    try:
        process = subprocess.Popen(command, env=env, preexec_fn=lambda: processes.die_with_parent(signal.SIGTERM))
    except FileNotFoundError:
        print(f"There is no program {command[0]}: run `make install`.", file=sys.stderr)
        return 127
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it was told as well, or is told now; its end is awaited
            if process.poll() is None:
                processes.send(process.pid, signal.SIGTERM)
