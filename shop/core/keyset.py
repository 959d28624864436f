"""Pages of a long table by key: each starts where the last one ended, so that page 20,000 costs what page 1 costs,
nothing is counted, and rows that come meanwhile neither repeat others nor hide them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Model, QuerySet

NEXT, PREVIOUS, LAST = "after", "before", "last"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page is: at the beginning, `after` or `before` a key, or the last one."""

    kind: str = ""
    key: Any = None

    @classmethod
    def read(cls, text: str, model: type[Model]) -> Position:
        """Of an address: "after-<key>", "before-<key>", "last"; the first page for anything else."""
        kind, _dash, key = text.partition("-")
        if kind == LAST:
            return cls(LAST)
        if kind not in {NEXT, PREVIOUS}:
            return cls()
        try:
            return cls(kind, model._meta.pk.to_python(key))
        except (ValidationError, ValueError):
            return cls()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the list; `previous` and `next` are the addresses beside it, None where it ends."""

    rows: list[Any]
    previous: str | None
    next: str | None


def page(rows: QuerySet[Any], position: Position, *, size: int, is_ascending: bool = False) -> Page:
    """The rows at `position`, at most `size`, by primary key. One query."""
    is_backwards = position.kind in {PREVIOUS, LAST}
    is_upwards = is_ascending != is_backwards
    if position.key is not None:
        rows = rows.filter(pk__gt=position.key) if is_upwards else rows.filter(pk__lt=position.key)
    rows = rows.order_by("pk" if is_upwards else "-pk")
    # The keys first, by themselves: what is passed over is then read from an index that has the filters' columns.
    found = list(rows.filter(pk__in=rows.values("pk")[: size + 1]))
    has_more = len(found) > size
    found = found[:size]
    if is_backwards:
        found.reverse()
    is_from_key = position.key is not None
    has_previous, has_next = (has_more, is_from_key) if is_backwards else (is_from_key, has_more)
    return Page(
        found,
        f"{PREVIOUS}-{found[0].pk}" if found and has_previous else None,
        f"{NEXT}-{found[-1].pk}" if found and has_next else None,
    )


_ESTIMATE = """
SELECT COALESCE(SUM(GREATEST(reltuples, 0)), 0)::bigint FROM pg_class
WHERE relkind = 'r' AND (oid = %s::regclass OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass))
"""


_VALUES = """
WITH RECURSIVE found (value) AS (
    (SELECT {column} FROM {table} ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > found.value ORDER BY {column} LIMIT 1)
    FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


def values(model: type[Model], field: str, using: str) -> list[Any]:
    """What a field holds that is never null, each value once, in order; from an index that begins with the field.

    One look into the index for each value: DISTINCT would read every row.
    """
    name = connections[using].ops.quote_name
    columns = {one.name: str(one.column) for one in model._meta.concrete_fields}
    sql = _VALUES.format(column=name(columns[field]), table=name(model._meta.db_table))
    with connections[using].cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def about(model: type[Model], using: str) -> int | None:
    """About how many rows the table has, by the planner's statistics, to two digits; None when they are few."""
    table = f'"{model._meta.db_table}"'
    with connections[using].cursor() as cursor:
        cursor.execute(_ESTIMATE, [table, table])
        count = int(cursor.fetchone()[0])
    if count < 1000:
        return None
    unit = 10 ** (len(str(count)) - 2)
    return round(count / unit) * unit
