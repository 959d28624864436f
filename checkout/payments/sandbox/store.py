"""What the sandbox remembers, in an SQLite file of its own (or in memory)."""

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from checkout.payments.sandbox import wire

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, made_at REAL NOT NULL, due_at REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, status INTEGER, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (done, due_at);
"""
_ALPHABET = string.ascii_letters + string.digits

Object = dict[str, Any]


def new_id(prefix: str) -> str:
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(24))}"


def now() -> int:
    return int(time.time())


class Store:
    """Objects by id, answers by idempotency key, webhooks to deliver. One writer at a time."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a ``wire.ApiError`` that is ``kept`` commits what was done (a declined attempt)."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except wire.ApiError as error:
                self._db.execute("COMMIT" if error.kept else "ROLLBACK")
                raise
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def put(self, thing: Object) -> Object:
        """Add or replace an object by its id."""
        self.rows(
            "INSERT INTO objects (id, kind, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            thing["id"],
            thing["object"],
            json.dumps(thing),
        )
        return thing

    def find(self, kind: str, id: str) -> Object | None:
        found = self.rows("SELECT data FROM objects WHERE id = ? AND kind = ?", id, kind)
        return json.loads(found[0][0]) if found else None

    def any(self, id: str) -> Object | None:
        """An object of whatever kind."""
        found = self.rows("SELECT data FROM objects WHERE id = ?", id)
        return json.loads(found[0][0]) if found else None

    def load(self, kind: str, id: str, param: str = "id") -> Object:
        """The object, or the 404 that Stripe answers."""
        thing = self.find(kind, id)
        if thing is None:
            raise wire.no_such(kind, id, param)
        return thing

    def newest(self, kind: str, limit: int = 10, before: str = "") -> list[Object]:
        """Newest first; ``before``: an id to go on behind."""
        found = self.rows(
            "SELECT data FROM objects WHERE kind = ?1 AND (?2 = '' OR seq < (SELECT seq FROM objects WHERE id = ?2))"
            " ORDER BY seq DESC LIMIT ?3",
            kind,
            before,
            limit,
        )
        return [json.loads(data) for (data,) in found]

    def where(self, kind: str, field: str, value: str) -> list[Object]:
        """Oldest first, those whose top-level or dotted ``field`` is ``value``."""
        found = self.rows(
            "SELECT data FROM objects WHERE kind = ? AND json_extract(data, ?) = ? ORDER BY seq",
            kind,
            "$." + ".".join(f'"{part}"' for part in field.split(".")),
            value,
        )
        return [json.loads(data) for (data,) in found]

    def queue(self, event_id: str) -> None:
        """An event to be sent to the shop, as soon as the webhook thread gets to it."""
        moment = time.time()
        self.rows("INSERT INTO deliveries (event_id, made_at, due_at) VALUES (?, ?, ?)", event_id, moment, moment)

    def counts(self) -> dict[str, int]:
        return dict(self.rows("SELECT kind, count(*) FROM objects GROUP BY kind ORDER BY kind"))

    def clear(self) -> None:
        with self.transaction():
            self._db.execute("DELETE FROM objects")
            self._db.execute("DELETE FROM answers")
            self._db.execute("DELETE FROM deliveries")

    def close(self) -> None:
        with self._lock:
            self._db.close()
