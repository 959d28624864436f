"""Ask each dependency whether it is there, and how long it takes to say so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils.module_loading import import_string

from shop.core import db


@dataclass(frozen=True)
class Result:
    """One dependency: whether it answered, in how many milliseconds, and whether the shop needs it to sell."""

    name: str
    is_ok: bool
    milliseconds: float
    is_essential: bool


def dependencies() -> list[Result]:
    """Every database, the cache and the search server where there is one, each asked once."""
    results = [_ask(f"postgres:{alias}", partial(_query, alias), True) for alias in db.databases()]
    results.append(_ask("redis", _ping_cache, False))
    if settings.ELASTICSEARCH_URL:
        results.append(_ask("elasticsearch", _has_search_index, False))
    return results


def _ask(name: str, question: Callable[[], bool], is_essential: bool) -> Result:
    started = time.perf_counter()
    try:
        is_ok = question()
    except Exception:  # noqa: BLE001  (whatever it is, the dependency is not well)
        is_ok = False
    return Result(name, is_ok, round((time.perf_counter() - started) * 1000, 1), is_essential)


def _query(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _ping_cache() -> bool:
    cache.set("health", "ok", 5)
    return bool(cache.get("health") == "ok")


def _has_search_index() -> bool:
    return bool(import_string("catalog.search.documents.is_there")())  # its library is loaded only where it is of use
