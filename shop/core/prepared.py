"""Queries of the pages that are asked for most: Django writes their SQL once, and only the values change after that.

Writing the SQL of a query takes Django longer than sending it and reading its rows (docs/adr/0040-prepared.md).
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet

P = ParamSpec("P")
Row = TypeVar("Row")


class _Text(str):
    """Stands for a text that is not known yet."""

    __slots__ = ()


class _Key(UUID):
    """Stands for a key."""


_STANDS: dict[type, Callable[[int], Any]] = {
    str: lambda place: _Text(f"\N{WHITE SQUARE}{place}"),
    UUID: lambda place: _Key(int=place),
}


class _Written:
    """A query as it is sent: its SQL, and for each value that goes with it which argument that is, or what it is."""

    def __init__(self, queryset: QuerySet[Any], stands: dict[int, int]) -> None:
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, values = self.compiler.as_sql()
        self.values = [(stands.get(id(value)), value) for value in values]
        if missing := {*stands.values()} - {place for place, _value in self.values}:
            raise TypeError(f"the query does not use its arguments {sorted(missing)}")

    def rows(self, given: tuple[Any, ...]) -> list[Any]:
        queryset = self.queryset.all()
        again = copy.copy(self.compiler)
        again.using, again.connection = queryset.db, connections[queryset.db]
        sent = self.sql, tuple(value if place is None else given[place] for place, value in self.values)
        again.as_sql = lambda *_asked: sent
        queryset.query.get_compiler = lambda *_asked, **_more: again  # type: ignore[method-assign]
        return list(queryset)


def query(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """Decorator of a function that makes a query set of its arguments: it returns the rows instead.

    Arguments that are texts and keys become values of the query, each of which it has to use as it is: the function is
    asked once, with something that stands for them. True, False and None are facts on which the query
    itself depends. What it takes from elsewhere, settings above all, is fixed from then on. Raises `TypeError` for
    arguments of other kinds, and those that are not used.
    """
    return cast(Callable[P, list[Row]], functools.wraps(build)(_Prepared(build)))


class _Prepared:
    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.build = build
        self.written: dict[tuple[Any, ...], _Written] = {}

    def __call__(self, *given: Any) -> list[Any]:
        shape = tuple(map(_kind, given))
        written = self.written.get(shape)
        if written is None:
            asked = [_STANDS[one](place) if one in _STANDS else one for place, one in enumerate(shape)]
            stands = {id(asked[place]): place for place, one in enumerate(shape) if one in _STANDS}
            written = self.written[shape] = _Written(self.build(*asked), stands)
        return written.rows(given)


def _kind(value: Any) -> Any:
    """What stands for it, or the value itself where the query depends on it."""
    if value is None or isinstance(value, bool):
        return value
    for kind in _STANDS:
        if isinstance(value, kind):
            return kind
    raise TypeError(f"no value of a query that is written once: {value!r}")
