"""Pages that are the same for everybody, kept as they are sent: compressed, with their headers.

In this process's memory and in Redis. A page counts as current for `TRUSTED` seconds; then its versions are looked at
once more, all in one round trip. Without Redis nothing is kept.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import brotli
from django.core.cache import cache as store
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from shop.core import cache, codings

TRUSTED = 1.0  # second for which a page counts as current without a look
_MOST = 48 * 1024 * 1024  # bytes in memory
_LARGEST = 1024 * 1024  # of one page
_MOST_ASKED = 20_000  # addresses with a query that were asked for once
_WAIT = (0.02, 0.03, 0.05, 0.1, 0.2)  # seconds between looks whether another process has made the page
_QUALITY = 5  # of brotli: 11 takes forty times as long for a tenth less
_QUICK = 3  # of what is sent once: a third of the time, for a sixth more

Versions = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What is sent: `bodies` by content coding ("br", "gzip"). `until` is the Unix time from which it is not true any
    more; `told` the dotted path of a function, and its arguments, for whenever it is shown.
    """

    headers: tuple[tuple[str, str], ...]
    bodies: dict[str, bytes]
    etag: str
    versions: Versions
    until: float
    route: str
    url_name: str
    told: tuple[str, tuple[Any, ...]] | None = None
    modified: int = 0  # Unix time
    _sent: dict[str, ResponseHeaders] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))

    def sent(self, coding: str) -> ResponseHeaders:
        """The headers of this page in this coding."""
        if coding not in self._sent:
            own = {"ETag": f'W/"{self.etag}"', "Last-Modified": http_date(self.modified)}
            if coding:
                own["Content-Encoding"] = coding
            self._sent[coding] = ResponseHeaders(dict(self.headers) | own)
        return self._sent[coding]

    def body(self, coding: str) -> bytes:
        """By its coding, "" as it is. Hardly anybody takes another one than "br", so others are made when asked for."""
        if coding and coding not in self.bodies:
            self.bodies[coding] = gzip.compress(brotli.decompress(self.bodies["br"]), 6)
        return self.bodies[coding] if coding else brotli.decompress(self.bodies["br"])


class Memory:
    """Pages of this process, by key: those that were asked for last, up to so many bytes."""

    def __init__(self, most: int = _MOST) -> None:
        self._most, self._bytes = most, 0
        self._pages: OrderedDict[str, tuple[Page, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[Page, float] | None:
        """The page, and when it was looked at last (monotonic seconds)."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: str, page: Page) -> None:
        with self._lock:
            self._drop(key)
            self._pages[key] = page, time.monotonic()
            self._bytes += page.size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def drop(self, key: str) -> None:
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: str) -> None:
        found = self._pages.pop(key, None)
        if found is not None:
            self._bytes -= found[0].size


memory = Memory()


def find(key: str) -> Page | None:
    """The page, if there is one and it is current."""
    held = memory.get(key)
    if held is not None:
        page, looked = held
        if page.until <= time.time():
            held = None
        elif time.monotonic() - looked < TRUSTED:
            return page
    page = held[0] if held is not None else cache.PAGES.get(key)
    if page is not None and page.until > time.time() and _is_current(page.versions):
        memory.put(key, page)
        return page
    memory.drop(key)
    return None


def _is_current(versions: Versions) -> bool:
    now = store.get_many(list(versions))
    return cache.PAGES_VERSION.name in now and all(now.get(name) == version for name, version in versions.items())


def put(key: str, page: Page) -> None:
    """Keep it, unless it is too large or there is no Redis that would say when it has changed."""
    if page.size <= _LARGEST and page.versions.get(cache.PAGES_VERSION.name) is not None:
        memory.put(key, page)
        cache.PAGES.set(page, key)


_asked: OrderedDict[str, None] = OrderedDict()  # keys that were asked for once, the last ones


def asked_before(key: str) -> bool:
    """Whether this page was asked for once already. Of addresses with a query there are as many as anybody likes to
    make up: such a page is kept when it is asked for the second time.
    """
    with _turns_lock:
        if key in _asked:
            del _asked[key]
            return True
        _asked[key] = None
        if len(_asked) > _MOST_ASKED:
            _asked.popitem(last=False)
        return False


def compressed(body: bytes, *, is_kept: bool = True) -> dict[str, bytes]:
    """The bodies of a page."""
    return {"br": brotli.compress(body, quality=_QUALITY if is_kept else _QUICK)}


def answer(page: Page, request: HttpRequest) -> HttpResponseBase:
    """The page as this browser takes it: compressed, or "not modified" (304)."""
    coding = next(iter(codings.taken(request.META.get("HTTP_ACCEPT_ENCODING", ""))), "")
    response = HttpResponse(page.body(coding))
    response.headers = _Headers(page.sent(coding))
    if "HTTP_IF_NONE_MATCH" in request.META or "HTTP_IF_MODIFIED_SINCE" in request.META:
        return get_conditional_response(request, response["ETag"], page.modified, response) or response
    return response


class _Headers(ResponseHeaders):
    """Headers that were looked at once already: of a page that is kept they are the same each time."""

    def __init__(self, looked_at: ResponseHeaders) -> None:
        self._store = dict(looked_at._store)  # type: ignore[attr-defined]


# --- One at a time


_turns: dict[str, threading.Lock] = {}
_turns_lock = threading.Lock()


@contextmanager
def turn(key: str) -> Iterator[Page | None]:
    """Make the page while others wait: of this process's threads all, of other processes those that may. Yields the
    page if somebody else has made it meanwhile.
    """
    with _turns_lock:
        lock = _turns.setdefault(key, threading.Lock())
    try:
        with lock:
            held = memory.get(key)
            if held is not None and time.monotonic() - held[1] < TRUSTED:
                yield held[0]
                return
            is_mine = cache.PAGE_TURN.add(1, key)
            try:
                yield None if is_mine else _waited(key)
            finally:
                if is_mine:
                    cache.PAGE_TURN.delete(key)
    finally:
        with _turns_lock:
            _turns.pop(key, None)


def _waited(key: str) -> Page | None:
    for pause in _WAIT:
        time.sleep(pause)
        if (page := find(key)) is not None or not cache.PAGE_TURN.get(key):
            return page
    return None
