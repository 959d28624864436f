"""What a test has committed is deleted after it, in some milliseconds.

Django's way takes half a second: it truncates every table with all its partitions and indexes, and makes the
permissions anew. Here only what has ever been written to is emptied; content types and permissions, which are the
code's, stay.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}
LARGE = 1 << 20  # bytes: what is left of so many rows would slow down the tests that come after

# The models' tables and partitions that have pages: written rows leave some, even those that were rolled back.
_WRITTEN = """
    SELECT quote_ident(relname), pg_relation_size(oid) > %s OR reltuples > 0
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
      AND coalesce(pg_partition_root(oid), oid) = ANY(%s::regclass[])
"""
_of_django: Any = TransactionTestCase._fixture_teardown


def quickly(case: TransactionTestCase) -> None:
    """In place of `TransactionTestCase._fixture_teardown`."""
    aliases = case._databases_names(include_mirrors=False)
    if all(map(_may_pass_over_triggers, aliases)):
        for alias in aliases:
            wipe(alias)
    else:
        _of_django(case)


def wipe(alias: str) -> None:
    """Delete the rows of all models of a test's database; whoever still writes is waited for."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(_WRITTEN, [LARGE, _tables(alias)])
        written = cursor.fetchall()
        if not written:
            return
        cursor.execute(
            "; ".join([
                "SET LOCAL session_replication_role = replica",  # neither foreign keys nor rows that are never deleted
                f"LOCK TABLE {', '.join(name for name, _is_large in written)} IN SHARE ROW EXCLUSIVE MODE",
                *(f"TRUNCATE {name} CASCADE" if is_large else f"DELETE FROM {name}" for name, is_large in written),
            ])
        )  # fmt: skip


@cache
def _tables(alias: str) -> list[str]:
    names = connections[alias].introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - KEPT)


@cache
def _may_pass_over_triggers(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        return bool(cursor.fetchone()[0])
