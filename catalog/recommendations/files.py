"""Reads files of past orders and of carts to recommend for: one JSON object a line, packed with gzip or not."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

from django.utils import timezone

MAX_LINE = 1_000_000
MAX_SKUS = 10_000
_PAST = UUID("0f6c3f4e-7d0b-5b0a-9a51-6f1f0d6a2c11")  # the name space of orders that were made elsewhere


class UnreadableFile(ValueError):
    """The file cannot be read at all; the message says why."""


@dataclass(frozen=True)
class Problem:
    """A line that is not taken, and why."""

    reason: str


@dataclass(frozen=True)
class PastCart:
    """One order of the past. `id` is made of the file's, so that it is the same each time."""

    id: UUID
    at: datetime
    customer_id: UUID | None
    skus: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """A cart to recommend for."""

    id: Any
    skus: tuple[str, ...]


def orders(path: Path) -> Iterator[tuple[int, PastCart | Problem]]:
    """Each line's number with the order: `{"id", "at", "customer", "items": [sku…]}`. Raises `UnreadableFile`.

    `at` without a zone is in the shop's. A `customer` that is no id of this shop's is nobody that it knows.
    """
    for number, found in _objects(path):
        yield number, found if isinstance(found, Problem) else _order(found)


def contexts(path: Path) -> Iterator[tuple[int, Context | Problem]]:
    """Each line's number with the cart: `{"id", "context": [sku…]}`. Raises `UnreadableFile`."""
    for number, found in _objects(path):
        if isinstance(found, Problem):
            yield number, found
        elif not isinstance(found.get("id"), str | int):
            yield number, Problem("id is neither a text nor a number")
        else:
            skus = _skus(found, "context")
            yield number, skus if isinstance(skus, Problem) else Context(found["id"], skus)


def _order(data: Mapping[str, Any]) -> PastCart | Problem:
    key, at = data.get("id"), data.get("at")
    if not isinstance(key, str | int) or isinstance(key, bool) or not str(key).strip():
        return Problem("id is neither a text nor a number")
    try:
        moment = datetime.fromisoformat(at if isinstance(at, str) else "")
        aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        return Problem("at is no date and time as 2011-10-02T10:32:00")
    skus = _skus(data, "items")
    return skus if isinstance(skus, Problem) else PastCart(uuid5(_PAST, str(key)), aware, _id(data), skus)


def _id(data: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(data.get("customer")))
    except ValueError:
        return None


def _skus(data: Mapping[str, Any], name: str) -> tuple[str, ...] | Problem:
    given = data.get(name)
    if not isinstance(given, list) or len(given) > MAX_SKUS or not all(isinstance(one, str) for one in given):
        return Problem(f"{name} is no list of SKUs, of {MAX_SKUS:,} at most")
    return tuple(dict.fromkeys(one for one in given if "\x00" not in one))


def _objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | Problem]]:
    try:
        with _opened(path) as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE + 1), ""), start=1):
                if len(line) > MAX_LINE:
                    raise UnreadableFile(f"{path.name}: line {number} is longer than {MAX_LINE:,} characters")
                if line.strip():
                    yield number, _object(line)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadableFile(f"{path}: {reason}") from error


def _object(line: str) -> Mapping[str, Any] | Problem:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Problem("not JSON")
    return found if isinstance(found, Mapping) else Problem("not a JSON object")


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    stream: Any = gzip.open(path) if is_packed else path.open("rb")  # noqa: SIM115  (the wrapper closes it)
    return io.TextIOWrapper(stream, encoding="utf-8-sig")
