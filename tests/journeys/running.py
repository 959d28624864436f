"""The whole shop as `make run` starts it (web server, worker, beat, sandbox, demo data), on databases of its own.

The demo's pictures are one drawing under every name: that each is drawn well is tested beside the drawings.
"""

from __future__ import annotations

import email.policy
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from catalog.imports.demo import drawing, files, rows
from shop.local import addresses, processes

CHECKOUT = Path(__file__).parents[2]
DATABASES = ("DATABASE_URL", "CATALOG_DATABASE_URL", "INVENTORY_DATABASE_URL")
MERCHANT = ("merchant@example.com", "merchant-of-the-journeys")
# What the surroundings say of another shop is not for this one.
FOREIGN = ("STRIPE_", "CELERY_", "ELASTICSEARCH_", "DATABASE_REPLICA", "SITE_URL", "SECRET_KEY", "ALLOWED_HOSTS")
T = TypeVar("T")


class NotRunning(Exception):
    """The shop did not start; the text is the end of its log."""


def eventually(look: Callable[[], T], *, seconds: float = 15) -> T:
    """The first true answer of `look`, asked ten times a second; its last answer when the time is over."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Shop:
    """A running shop: its address, its files, and the ways to look behind the counter."""

    url: str
    folder: Path
    env: dict[str, str]

    @property
    def log(self) -> Path:
        return self.folder / "shop.log"

    @property
    def is_open(self) -> bool:
        return "The shop is open" in self.log.read_text(errors="replace")

    def tail(self, lines: int = 60) -> str:
        kept = [
            line
            for line in self.log.read_text(errors="replace").splitlines()
            if "[info" not in line and "Applying" not in line
        ]
        return "\n".join(kept[-lines:])

    def api(
        self, method: str, path: str, body: Any = None, token: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of a REST call."""
        more = {"Authorization": f"Bearer {token}"} if token else {}
        return _call(method, f"{self.url}/api/{path}", body, more | (headers or {}))

    def token(self, email: str, password: str) -> str:
        """What says over REST who calls."""
        status, answer = self.api("POST", "auth/token", {"email": email, "password": password})
        assert status == 200, answer
        return str(answer["accessToken"])

    @cached_property
    def staff_token(self) -> str:
        """What says over REST that a merchant calls."""
        return self.token(self.env["DEMO_MERCHANT_EMAIL"], self.env["DEMO_MERCHANT_PASSWORD"])

    def set_stock(self, product_id: str, quantity: int) -> None:
        status, answer = self.api("PUT", f"products/{product_id}/inventory", {"quantity": quantity}, self.staff_token)
        assert status == 200, answer

    def sandbox(self) -> dict[str, Any]:
        """Everything the payment provider knows, by kind of object."""
        headers = {"Authorization": f"Bearer {self.env['STRIPE_SECRET_KEY']}"}
        _status, answer = _call("GET", f"{self.env['STRIPE_API_BASE']}/_sandbox/state", None, headers)
        return dict(answer)

    def money_taken(self, number: str) -> list[dict[str, Any]]:
        """The paid charges of an order at the provider."""
        state = self.sandbox()
        mine = {one["id"] for one in state["payment_intent"] if one["metadata"].get("order_number") == number}
        return [one for one in state["charge"] if one["payment_intent"] in mine and one["paid"]]

    def let_payments_wait(self, count: int) -> None:
        """The provider keeps so many of the next payments in processing, as it does with a bank that takes its time."""
        headers = {"Authorization": f"Bearer {self.env['STRIPE_SECRET_KEY']}"}
        faults = {"processing": count}
        assert _call("POST", f"{self.env['STRIPE_API_BASE']}/_sandbox/faults", faults, headers)[0] == 200

    def refunds(self, number: str) -> list[dict[str, Any]]:
        charges = {one["id"] for one in self.money_taken(number)}
        return [one for one in self.sandbox()["refund"] if one["charge"] in charges]

    def orders_of(self, email: str) -> list[tuple[str, str]]:
        """Number and status of every order placed with this address."""
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            found = connection.execute("SELECT number, status FROM checkout_order WHERE email = %s", [email])
            return [(number, status) for number, status in found]

    @property
    def is_quiet(self) -> bool:
        """Whether the workers have done all that has happened."""
        for url in filter(None, map(self.env.get, DATABASES)):
            with psycopg.connect(url) as connection:
                if connection.execute("SELECT FROM shop_delivery WHERE status = 'pending'").fetchone() is not None:
                    return False
        return True

    def mail(self, to: str) -> list[tuple[str, str]]:
        """Subject and plain text of the mails that went to an address, oldest first."""
        read: list[tuple[str, str]] = []
        for path in sorted((self.folder / "mail").glob("*.log"), key=lambda one: one.stat().st_mtime_ns):
            for written in path.read_bytes().split(b"-" * 79):
                message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(written.lstrip())
                text = message.get_body(("plain",))
                if text is not None and to in str(message["To"]):
                    read.append((str(message["Subject"]), text.get_content()))
        return read

    def violations(self) -> str:
        """What `verify_invariants` finds wrong; empty when all holds."""
        done = subprocess.run(
            [sys.executable, "manage.py", "verify_invariants"],
            cwd=CHECKOUT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else done.stdout + done.stderr


@contextmanager
def running_shop(folder: Path, *, is_drawn: bool = False) -> Iterator[Shop]:
    """Start a shop that keeps its files in `folder`; everything of it is ended and dropped afterwards.

    `is_drawn`: every product gets the picture of its own, which takes most of a minute.
    """
    data = folder / "data"
    with _databases() as databases, _redis() as redis_url:
        port = free_port()
        addresses.set_up(data)
        addresses.keep_port(data, "sandbox", free_port())  # its usual one is what other shops of this machine ask for
        env = _surroundings() | databases | {
            "REDIS_URL": redis_url, "HOLDFAST_DATA": str(data), "PORT": str(port), "DEBUG": "0",
            "LOG_FORMAT": "console", "MEDIA_ROOT": str(folder / "media"),
            "EMAIL_URL": "filebased://", "EMAIL_FILE_PATH": str(folder / "mail"),
            "DEMO_MERCHANT_EMAIL": MERCHANT[0], "DEMO_MERCHANT_PASSWORD": MERCHANT[1],
            "LIVE_SECONDS": "2",  # nobody waits for open pages to ask
            "RATE_LIMITS": "0",  # all visitors come from one address
        }  # fmt: skip
        if not is_drawn:
            _hang_pictures(folder / "media")
        with open(folder / "shop.log", "wb") as log:
            runner = subprocess.Popen(
                [sys.executable, "-m", "shop.local", "run", "--with-parent"],
                cwd=CHECKOUT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            shop = Shop(f"http://{addresses.HOST}:{port}", folder, env)
            eventually(lambda: shop.is_open or runner.poll() is not None, seconds=240)
            if not shop.is_open:
                raise NotRunning(shop.tail())
            ready = Shop(shop.url, folder, addresses.environment(data) | env)
            if not eventually(lambda: ready.is_quiet, seconds=120):  # products are found once a worker has listed them
                raise NotRunning(shop.tail())
            yield ready
        finally:
            end(runner)


def end(runner: subprocess.Popen[bytes]) -> None:
    """Ctrl-C for the runner, which ends its children; by force when that takes too long."""
    runner.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        runner.wait(timeout=60)
    processes.kill_session(runner.pid)
    runner.wait()


def _call(method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def _surroundings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith((*FOREIGN, "PYTEST_"))}


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """An empty database for each one that the surroundings name, on the same server."""
    named = {name: urlsplit(os.environ[name]) for name in DATABASES if os.environ.get(name)}
    assert named, "DATABASE_URL is not set: `make test` brings servers"
    own = {name: parts._replace(path=f"{parts.path}_journeys_{os.getpid()}") for name, parts in named.items()}
    with psycopg.connect(urlunsplit(named["DATABASE_URL"]._replace(path="/postgres")), autocommit=True) as server:
        try:
            for parts in own.values():
                server.execute(f'CREATE DATABASE "{parts.path[1:]}"')
            yield {name: urlunsplit(parts) for name, parts in own.items()}
        finally:
            for parts in own.values():
                server.execute(f'DROP DATABASE IF EXISTS "{parts.path[1:]}" WITH (FORCE)')


@contextmanager
def _redis() -> Iterator[str]:
    """One of Redis' numbered databases that nobody uses."""
    parts = urlsplit(os.environ["REDIS_URL"])
    for number in range(15, 0, -1):
        url = urlunsplit(parts._replace(path=f"/{number}"))
        with redis.Redis.from_url(url) as connection:
            if connection.dbsize() == 0 and connection.set("journeys", os.getpid(), nx=True):
                try:
                    yield url
                finally:
                    connection.flushdb()
                return
    raise NotRunning("All of Redis' numbered databases are in use.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((addresses.HOST, 0))
        return int(probe.getsockname()[1])


def _hang_pictures(media: Path) -> None:
    """Every picture of the demo with all its sizes, drawn once, so that the shop finds them made."""
    made = list(rows.products())
    keys = {picture["key"] for row in made for picture in row["pictures"]}
    keys |= {one["picture"] for row in made for one in row.get("variants", []) if "picture" in one}
    first = min(keys)
    stem = files.name_of(first).removesuffix(".webp")
    for name, content in drawing.draw_all(first, files.sizes(first)).items():
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content)
    for key in keys - {first}:
        other = files.name_of(key).removesuffix(".webp")
        shutil.copytree(media / stem, media / other, copy_function=os.link)
        os.link(media / f"{stem}.webp", media / f"{other}.webp")
    for one in rows.departments():
        shutil.copyfile(media / f"{stem}.webp", media / files.name_of(f"group-{one['ground']}"))
