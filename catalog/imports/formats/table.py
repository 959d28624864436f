"""Which formats there are, and which one a file is in."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from catalog.imports.formats import jsonl, shopify
from catalog.imports.rows import ProductRow, RowError

Reader = Callable[..., Iterator[tuple[int, ProductRow | RowError]]]
FORMATS: dict[str, Reader] = {"jsonl": jsonl.read, "shopify": shopify.read}
MAX_UNPACKED = 8 * 1024**3


class UnreadableFile(ValueError):
    """The file cannot be read as a catalogue; the message says why."""


def open_text(path: Path) -> IO[str]:
    """The file as text lines (UTF-8, a byte order mark is fine), unpacked when it is gzip."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        stream: IO[bytes] = gzip.open(path) if packed else path.open("rb")  # type: ignore[assignment]  # noqa: SIM115  (the wrapper closes it)
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="" if _is_csv(path) else None)


def _is_csv(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".csv")


def detect(path: Path) -> str:
    """The format of the file, from its first line. Raises `UnreadableFile`."""
    with open_text(path) as lines:
        first = next((line for line in _safe(lines, path) if line.strip()), "")
    if first.lstrip().startswith("{"):
        return "jsonl"
    header = {name.strip() for name in next(csv.reader([first]), [])}
    if {"Handle", "Title"} <= header or {"URL handle", "Title"} <= header:
        return "shopify"
    raise UnreadableFile(f"{path.name} is neither JSON lines nor a Shopify product CSV")


def read(path: Path, format: str, *, currency: str) -> Iterator[tuple[int, ProductRow | RowError]]:
    """The rows of the file. Raises `UnreadableFile` when it breaks off or is no text."""
    csv.field_size_limit(1_000_000)
    with open_text(path) as lines:
        try:
            yield from FORMATS[format](_safe(lines, path), currency=currency)
        except csv.Error as error:
            raise UnreadableFile(f"{path.name}: {error}") from error


def _safe(lines: Iterable[str], path: Path) -> Iterator[str]:
    size = 0
    try:
        for line in lines:
            size += len(line)
            if size > MAX_UNPACKED:
                raise UnreadableFile(f"{path.name} unpacks to more than {MAX_UNPACKED // 1024**3} GiB")
            yield line
    except (EOFError, zlib.error, gzip.BadGzipFile, OSError) as error:
        raise UnreadableFile(f"{path.name} is damaged: {error}") from error
