"""Writes documents into the index of the Elasticsearch engine, many at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from elasticsearch import ApiError

from catalog.search import documents
from catalog.search.documents import NEXT, Copy
from catalog.search.engine import EngineDown

BUSY = 429  # HTTP status: too much is being written, or memory is short
_PAUSES = (1, 2, 4, 8, 16)  # seconds until it is asked again


class IndexReplaced(EngineDown):
    """What was to be written meant an index that a rebuild has replaced meanwhile."""


def write(copies: Iterable[Copy], *suffixes: str, is_external: bool = True) -> None:
    """Write into the indexes with these suffixes what they do not have in that version or a later one.

    An index that is being built may be gone by now: it answers then. Raises `EngineDown` where anything else is not
    written. Without `is_external` the last one to write wins, whatever its version (for tests).
    """
    lines: list[str] = []
    for copy in copies:
        kind = "delete" if copy.source is None else "index"
        versioned = {"version": copy.version, "version_type": "external"} if is_external else {}
        for suffix in suffixes:
            lines.append(json.dumps({kind: {"_index": documents.alias(suffix), "_id": copy.key, **versioned}}))
            if copy.source is not None:
                lines.append(copy.source)
    if not lines:
        return
    with documents.asking():
        refused = _bulk(lines)
    _check(refused)


def _bulk(lines: list[str]) -> list[dict[str, Any]]:
    """The items that were refused; a server that has too much to do is asked again."""
    told = "errors,items.*.error,items.*.status,items.*._index"
    for pause in (*_PAUSES, None):
        try:
            answer = documents.client().bulk(operations=lines, require_alias=True, filter_path=told)  # type: ignore[arg-type]
        except ApiError as error:
            if error.status_code != BUSY or pause is None:
                raise
        else:
            refused: list[dict[str, Any]] = answer["items"] if answer["errors"] else []
            is_busy = any(told["status"] == BUSY for item in refused for told in item.values())
            if not is_busy or pause is None:
                return refused
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _check(items: Iterable[dict[str, Any]]) -> None:
    for item in items:
        for told in item.values():
            error = told.get("error")
            if (
                error
                and told["status"] != 409
                and not (told["status"] == 404 and told["_index"] == documents.alias(NEXT))
            ):
                is_replaced = told["status"] == 404 and error.get("index") not in {None, documents.alias()}
                kind = IndexReplaced if is_replaced else EngineDown
                raise kind(f"not written: {error.get('type')}: {error.get('reason')}")
