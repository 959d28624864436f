"""A database of its own for a measurement, beside the one of the other benchmarks."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


def own(name: str, *, anew: bool = True) -> None:
    """The database `name` for all that this process does from now on; empty if `anew`, else made if it is not there."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        if anew:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = parts._replace(path=f"/{name}").geturl()
    for other in ("CATALOG_DATABASE_URL", "INVENTORY_DATABASE_URL"):
        os.environ.pop(other, None)
