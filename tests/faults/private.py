"""A shop of a test's own, as `make run` starts it, whose processes may really be killed.

    with private_shop() as shop:                 # PostgreSQL (durable), Valkey, sandbox, web, worker, beat: seconds
        crowd = shop.crowd(50)                   # full carts
        shop.kill("postgres")                    # -9, all of it; the runner brings it back
        answers = shop.buy(crowd)                # orders over HTTP, each by a thread, tried until there is an answer
        shop.settle()                            # everything paid, the outbox empty
        assert shop.violations() == ""

Nothing of it is shared with the servers that the other tests run on.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from shop.local import addresses, demo, processes
from tests.faults.shoppers import Crowd
from tests.journeys.running import FOREIGN, NotRunning, end, eventually

CHECKOUT = Path(__file__).parents[2]
OWN = (*FOREIGN, "PYTEST_", "DATABASE_URL", "REDIS_URL", "CATALOG_DATABASE", "INVENTORY_DATABASE", "HOLDFAST_", "DEBUG")
Disk = Callable[[Path], AbstractContextManager[None]]
UNSETTLED = """
    SELECT (SELECT count(*) FROM shop_delivery WHERE status <> 'done')
         + (SELECT count(*) FROM checkout_queuedorder WHERE status IN ('waiting', 'working'))
         + (SELECT count(*) FROM checkout_order WHERE status IN ('pending', 'payment_pending'))
"""


@dataclass
class PrivateShop:
    """A running shop: where it is, and how to hurt it."""

    url: str
    data: Path
    env: dict[str, str]
    runner: subprocess.Popen[bytes]
    database: str = ""  # its address now; after a failover it is another one
    figures: list[str] = field(default_factory=list)

    # --- Killing
    def pid(self, part: str) -> int:
        """The process of web, worker, beat, sandbox, postgres or valkey."""
        return int(json.loads((self.data / "processes" / f"{part}.json").read_text())["pid"])

    def kill(self, part: str) -> float:
        """kill -9 of a part with all its processes; returns the moment (of `time.monotonic`)."""
        if part == "postgres":
            folder = (self.data / "servers").resolve() / "postgres"
            victims = processes.working_in(folder)
        else:
            victims = processes.session_of(self.pid(part))
        assert victims, f"{part} does not run"
        for pid in victims:
            processes.send(pid, signal.SIGKILL)
        return time.monotonic()

    @contextmanager
    def held_down(self, part: str) -> Iterator[None]:
        """The part is killed, and whatever the runner starts in its place as well, until the block ends."""
        is_over = threading.Event()

        def hold() -> None:
            while not is_over.wait(0.05):
                with suppress(OSError, ValueError):
                    processes.send(self.pid(part), signal.SIGKILL)

        self.kill(part)
        holder = threading.Thread(target=hold)
        holder.start()
        try:
            yield
        finally:
            is_over.set()
            holder.join()

    def is_back(self, part: str, killed: int) -> bool:
        """Whether the part runs again as another process than the one that was killed."""
        with suppress(FileNotFoundError, ValueError):
            pid = self.pid(part)
            return pid != killed and processes.started_at(pid) is not None
        return False

    # --- Looking
    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(statement, values).fetchall()

    def log(self) -> str:
        return (self.data.parent / "shop.log").read_text(errors="replace")

    def tail(self, lines: int = 60) -> str:
        return "\n".join([one for one in self.log().splitlines() if "[info" not in one][-lines:])

    def settle(self, *, seconds: float = 120) -> None:
        """Wait until everything that was begun is over: orders paid or ended, every delivery made."""
        left = eventually(lambda: self._left() == 0, seconds=seconds)
        assert left, f"{self._open_ends()}\n{self.tail()}"

    def _left(self) -> int:
        with suppress(psycopg.OperationalError):
            return int(self.rows(UNSETTLED)[0][0])
        return -1

    def missing(self, numbers: Iterable[str]) -> list[str]:
        """Those of the orders that are not there, or not paid."""
        paid = {row[0] for row in self.rows("SELECT number FROM checkout_order WHERE status = 'payment_confirmed'")}
        return sorted(set(numbers) - paid)

    def _open_ends(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT subscriber, status, attempts, due_at - now(), last_error FROM shop_delivery WHERE status <> 'done' "
            "UNION ALL SELECT number, status, 0, NULL, '' FROM checkout_order "
            "WHERE status IN ('pending', 'payment_pending')"
        )

    def violations(self) -> str:
        """What `verify_invariants` finds wrong in this shop; empty when all holds."""
        done = self.manage("verify_invariants", check=False)
        return "" if done.returncode == 0 else done.stdout + done.stderr

    # --- Doing
    def manage(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.python("manage.py", *command, check=check)

    def python(self, *command: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run Python in this shop's surroundings."""
        done = subprocess.run(
            [sys.executable, *command], cwd=CHECKOUT, env=self.env | env, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def crowd(self, shoppers: int, *, units: int | None = None) -> Crowd:
        """So many carts with one unit of the same thing, of which `units` (default: enough) are free."""
        count = shoppers + 50 if units is None else units  # never sold out: the next crowd wants some, too
        made = json.loads(self.python("bench/crowd.py", str(shoppers), str(count)).stdout.splitlines()[-1])
        return Crowd(self.url, made["tokens"], made["total"])


@contextmanager
def private_shop(disk: Disk = lambda folder: nullcontext(), **surroundings: str) -> Iterator[PrivateShop]:
    """Start a shop in a folder of its own; everything of it ends and is deleted afterwards.

    `surroundings` overrule its environment: with a DATABASE_URL it starts no PostgreSQL. `disk` may mount something
    on the folder of its servers.
    """
    folder = Path(tempfile.mkdtemp(prefix="holdfast-fault-"))
    folder.chmod(0o755)  # the servers' user must get through
    data = folder / "data"
    addresses.set_up(data)
    for name in ("postgres", "valkey", "sandbox"):
        addresses.keep_port(data, name, _port())  # while it is dead nobody else may want its port
    (data / "servers").mkdir(mode=0o711)
    try:
        with disk(data / "servers"):
            yield from _open(data, surroundings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open(data: Path, surroundings: dict[str, str]) -> Iterator[PrivateShop]:
    database = surroundings.get("DATABASE_URL", "")
    demo.mark(data, {"DATABASE_URL": database or addresses.database_url(data)})  # not to be loaded: a few goods will do
    env = _environment(data) | surroundings
    with open(data.parent / "shop.log", "wb") as log:
        runner = subprocess.Popen(
            [sys.executable, "-m", "shop.local", "run", "--with-parent"],
            cwd=CHECKOUT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    shop = PrivateShop(f"http://{addresses.HOST}:{env['PORT']}", data, env, runner)
    try:
        is_up = eventually(lambda: "The shop is open" in shop.log() or runner.poll() is not None, seconds=240)
        if not is_up or runner.poll() is not None:
            raise NotRunning(shop.tail())
        shop.env = addresses.environment(data) | env
        shop.database = database or addresses.database_url(data)
        shop.python("-m", "tests.faults.goods")
        yield shop
    finally:
        end(runner)


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    port = _port()
    return kept | {
        "HOLDFAST_DATA": str(data), "PORT": str(port), "DEBUG": "0", "LOG_FORMAT": "console", "RATE_LIMITS": "0",
        "MEDIA_ROOT": str(data / "media"), "DEMO_MERCHANT_PASSWORD": "merchant-of-the-faults",
    }  # fmt: skip


def _port() -> int:
    """A free one that neither other shops begin with nor the system gives to outgoing connections."""
    return next(port for port in iter(lambda: random.randrange(10_000, 24_000), None) if addresses.is_free(port))
