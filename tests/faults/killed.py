"""Processes of the shop that are killed with -9 at a named step.

    ended = killed.run("tests.faults.jobs.click", str(cart.pk), dies=("after", "cart.carts.services.close"))
    assert ended.was_killed, ended.said

The job runs in a process of its own, on this test's databases, and dies as by power failure: nothing is cleaned up,
its connections break off. The process is a fork of one that has imported everything (`nursery.py`), so that each takes
some hundredths of a second.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from shop.core import db

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("STRIPE_API_BASE", "PAYPAL_API_BASE", "EMAIL_BACKEND", "EMAIL_FILE_PATH", "PAYMENT_TIMEOUT_SECONDS")


@dataclass(frozen=True)
class Ended:
    """How a process ended and what it printed."""

    code: int
    said: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


def run(job: str, *args: str, dies: tuple[str, ...] = ()) -> Ended:
    """Do `job` (a function's dotted path) elsewhere; `dies`: when, where and perhaps once what has begun (`_arm`)."""
    name = f"killed {uuid.uuid4().hex}"
    wish = {"job": job, "args": args, "dies": dies, "name": name, "settings": _settings()}
    nursery = _nursery(json.dumps(environment(), sort_keys=True))
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.write(json.dumps(wish) + "\n")
    nursery.stdin.flush()
    answer = nursery.stdout.readline()
    assert answer, "the nursery has died"
    _wait_until_forgotten(name)
    return Ended(**json.loads(answer))


def url_of(alias: str) -> str:
    """The test database's address, for another process."""
    given = connections[alias].settings_dict
    who = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    return f"postgres://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def environment() -> dict[str, str]:
    """What another process needs to be of this test's shop. What it announces in memory dies with it."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "DATABASE_URL": url_of(db.DEFAULT),
        "CATALOG_DATABASE_URL": url_of(db.CATALOG) if db.CATALOG != db.DEFAULT else "",
        "INVENTORY_DATABASE_URL": url_of(db.INVENTORY) if db.INVENTORY != db.DEFAULT else "",
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_BROKER_URL": "memory://",
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "1",
        "CARRIER_FOLDER": str(settings.CARRIER_FOLDER),
    }


def _settings() -> dict[str, Any]:
    """Settings that tests change."""
    return {name: getattr(settings, name) for name in PASSED_ON}


@functools.cache
def _nursery(surroundings: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT, env=json.loads(surroundings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    @atexit.register
    def close() -> None:
        process.kill()
        process.communicate()

    return process


def _wait_until_forgotten(name: str, seconds: float = 10) -> None:
    """PostgreSQL notices that the other end is gone, and rolls back."""
    deadline = time.monotonic() + seconds
    for alias in db.databases():
        while True:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name])
                if not cursor.fetchone()[0]:
                    break
            assert time.monotonic() < deadline, "PostgreSQL keeps a dead process's connection"
            time.sleep(0.005)
