"""The feed as a file: RSS 2.0 with Google's names, compressed, a batch at a time."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from xml.sax.saxutils import escape

from catalog.merchantfeed import rules
from catalog.merchantfeed.rules import Sold, Value

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
    "<title>{title}</title>\n<link>{link}</link>\n<description>{title}</description>\n"
)
_END = "</channel>\n</rss>\n"


@dataclass
class Written:
    """What came of it."""

    items: int = 0
    without_picture: int = 0
    valid_until: datetime | None = None
    digest: str = ""


def write(file: IO[bytes], batches: Iterable[list[Sold]], *, title: str, link: str) -> Written:
    """Write the feed of `batches` into `file`, compressed. The same goods give the same bytes."""
    written, digest = Written(), hashlib.sha256()
    with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0, compresslevel=5) as packed:
        for text in _texts(batches, written, title, link):
            data = text.encode()
            digest.update(data)
            packed.write(data)
    written.digest = digest.hexdigest()
    return written


def _texts(batches: Iterable[list[Sold]], written: Written, title: str, link: str) -> Iterator[str]:
    yield _HEAD.format(title=escape(title), link=escape(link))
    for batch in batches:
        yield "".join(_item(sold, written) for sold in batch)
    yield _END


def _item(sold: Sold, written: Written) -> str:
    changes = [at for at in (written.valid_until, sold.price.changes_at) if at]
    written.valid_until = min(changes, default=None)
    values = rules.item(sold)
    if not values:
        written.without_picture += 1
        return ""
    written.items += 1
    return "<item>\n" + "".join(f"<g:{name}>{_inner(value)}</g:{name}>\n" for name, value in values) + "</item>\n"


def _inner(value: Value) -> str:
    if isinstance(value, str):
        return escape(value)
    return "".join(f"<g:{name}>{escape(one)}</g:{name}>" for name, one in value.items())
