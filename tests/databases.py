"""The databases of parallel test workers: each is a copy of one that is migrated once.

To migrate takes many seconds, to copy less than one. The worker that needs a database first migrates; the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections

LOCK = 7_302_415  # PostgreSQL's advisory lock around making, copying and dropping


class Copies:
    """A database of this worker's own for each alias, under the name that Django has for it."""

    def __init__(self, run: str) -> None:
        """`run`: what this run of the tests, and no other, is called."""
        self.run = run
        self.names = {alias: connections[alias].creation._get_test_db_name() for alias in connections}
        self.models = {alias: f"test_{connections[alias].settings_dict['NAME']}_migrated" for alias in connections}
        self.migrated: set[str] = set()

    def make(self) -> None:
        for alias, model in self.models.items():
            with _alone(alias) as cursor:
                if _description(cursor, model) != self.run:
                    _migrate(alias, model)
                    cursor.execute(f"COMMENT ON DATABASE \"{model}\" IS '{self.run}'")
                    self.migrated.add(alias)
                name = self.names[alias]
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
                _use(alias, name)

    def drop(self) -> None:
        """Drop them, and what this worker has migrated: one that is later than that migrates for itself."""
        for alias, name in self.names.items():
            connections[alias].close()
            with _alone(alias) as cursor:
                for one in (name, self.models[alias]) if alias in self.migrated else (name,):
                    cursor.execute(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


@contextmanager
def _alone(alias: str) -> Iterator[Any]:
    """A cursor on the alias' server, beside its databases, while no other worker has one."""
    with connections[alias]._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # let go with the connection
        yield cursor


def _description(cursor: Any, database: str) -> str | None:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database])
    found = cursor.fetchone()
    return found[0] if found else None


def _migrate(alias: str, name: str) -> None:
    connections[alias].settings_dict["TEST"]["NAME"] = name
    connections[alias].creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connections[alias].close()  # what somebody is connected to cannot be copied


def _use(alias: str, name: str) -> None:
    connections[alias].settings_dict["TEST"]["NAME"] = name
    connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
