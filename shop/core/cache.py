"""Every cache key and its lifetime, in one place. Nothing else in the project spells a cache key.

A lifetime is a safety net; what must be fresh is keyed by a version that changes with the data.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from django.core.cache import cache

P = ParamSpec("P")
T = TypeVar("T")

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Entry:
    """A family of cache keys: `name` (also the label in the metrics) and how long an answer lives, in seconds."""

    name: str
    seconds: int

    def key(self, *parts: object) -> str:
        return ":".join((self.name, *(str(part) for part in parts)))

    def get(self, *parts: object) -> Any:
        """The cached value or None (also when the cache is down)."""
        key, read = self.key(*parts), _read_at_once.get()
        return read[key] if key in read else cache.get(key)

    def set(self, value: Any, *parts: object) -> None:
        cache.set(self.key(*parts), value, self.seconds)

    def add(self, value: Any, *parts: object) -> bool:
        """Cache the value unless there is one; whether there was none (False also when the cache is down)."""
        return bool(cache.add(self.key(*parts), value, self.seconds))

    def delete(self, *parts: object) -> None:
        cache.delete(self.key(*parts))

    def delete_many(self, parts: Iterable[object]) -> None:
        """The same of many one-part keys, in one round trip."""
        cache.delete_many([self.key(part) for part in parts])

    def get_many(self, parts: Iterable[object]) -> dict[object, Any]:
        """Those of the one-part keys that are cached, in one round trip."""
        keys = {self.key(part): part for part in parts}
        return {keys[key]: value for key, value in cache.get_many(keys).items()}

    def set_many(self, values: Mapping[Any, Any]) -> None:
        cache.set_many({self.key(part): value for part, value in values.items()}, self.seconds)

    def get_or(self, make: Callable[[], T], *parts: object) -> T:
        """The cached value, or what `make()` returns, then cached. None is never cached."""
        value = self.get(*parts)
        if value is None:
            value = make()
            self.set(value, *parts)
        return value  # type: ignore[no-any-return]


_read_at_once: ContextVar[Mapping[str, Any]] = ContextVar("read_at_once", default=MappingProxyType({}))


@contextmanager
def known(values: Mapping[str, Any]) -> Iterator[None]:
    """Within, `get` and `get_or` have these, which were read from the cache by their keys just before. None: there was
    nothing."""
    token = _read_at_once.set({**_read_at_once.get(), **values})
    try:
        yield
    finally:
        _read_at_once.reset(token)


@contextmanager
def at_once(*entries: Entry) -> Iterator[None]:
    """Within, `get_or` of these entries (without parts) has what was cached when it began: one round trip for all."""
    token = _read_at_once.set(cache.get_many([one.name for one in entries]))
    try:
        yield
    finally:
        _read_at_once.reset(token)


def held(entry: Entry) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator: each process holds what the function returns, by its arguments, under the version that the cache has
    for `entry` (one without parts). Who changes what is read there says `entry.delete()` after the commit. Without a
    cache nothing is held.
    """

    def decorate(make: Callable[P, T]) -> Callable[P, T]:
        holding: tuple[str, dict[Any, T]] = ("", {})

        @functools.wraps(make)
        def given(*args: P.args, **named: P.kwargs) -> T:
            nonlocal holding
            version = entry.get_or(lambda: str(uuid4()))  # before anything is read: nothing is held that is too old
            current = holding
            if current[0] != version:
                holding = current = (version, {})
            key = (args, tuple(named.items()))
            if key not in current[1]:
                current[1][key] = make(*args, **named)
            return current[1][key]

        return given

    return decorate


CATEGORY_TREE = Entry("category-tree-version", 2 * HOUR)  # the version of the tree that each process holds
TERMS = Entry("terms", 2 * HOUR)  # the version of the word list that each process holds
AVAILABILITY = Entry("availabilities", 30)  # shown, never sold from
LISTINGS = Entry(
    "listings", 24 * HOUR
)  # a version that changes with the search index; part of the keys of FACETS and SEARCH
FACETS = Entry("facets", 2 * MINUTE)  # counts of a list, by its query
HOME = Entry("home", 5 * MINUTE)  # the home page's cards
SEARCH = Entry("search", 15 * MINUTE)  # pages of results, under the version of the index
SEARCH_CALL = Entry("search-call", 1)  # a worker was woken to tell Elasticsearch what changed
SEARCH_COPYING = Entry("search-copying", MINUTE)  # a worker is telling it
SUGGEST = Entry("suggest", 15 * MINUTE)  # suggestions by prefix
SHED = Entry("shed", 7 * 24 * HOUR)  # what pages do without, as an operator said
TRENDING = Entry("trending", 5 * MINUTE)  # the cards of what is bought most these days
PROMOTIONS = Entry("promotions", 15 * MINUTE)  # the version of the promotions that each process holds
PROMOTION_USES = Entry("promotion-uses", MINUTE)  # how often one was used, for the merchants' list
TAXES = Entry("taxes", 15 * MINUTE)  # the version of the tax settings that each process holds
TAX_ANSWERS = Entry("tax-answers", 15 * MINUTE)  # what a tax service said, by what it was asked
SHIPPING = Entry("shipping", 15 * MINUTE)  # the version of zones, points and holidays that each process holds
RETURN_RULES = Entry("return-rules", 15 * MINUTE)  # the version of the return rules that each process holds
LIVE_RATES = Entry("live-rates", HOUR)  # what a carrier asked for a parcel, by what it was asked
PRICE_RULES = Entry("price-rules", 15 * MINUTE)  # the version of the price rules that each process holds
CURRENCIES = Entry("currencies", 15 * MINUTE)  # the version of the currencies that each process holds
SEARCH_WORDS = Entry("search-words", 15 * MINUTE)  # synonyms and stop words
SEARCH_WEIGHTS = Entry("search-weights", 15 * MINUTE)  # how much each thing counts for the order of results
MERCHANT_FEED = Entry("merchant-feed", 7 * 24 * HOUR)  # a version that changes with what the product feed tells
SITEMAP = Entry("sitemap", HOUR)  # where its parts begin
SITEMAP_PART = Entry(
    "sitemap-part", 2 * HOUR
)  # when something in one changed; lives longer than its beginning is known
PAGES = Entry("pages", 10 * MINUTE)  # pages that are everybody's
PAGES_VERSION = Entry("pages-version", 24 * HOUR)  # of all of them
PAGES_OF = Entry("pages-of", HOUR)  # a version of the pages of one thing; lives longer than any of them
PAGE_TURN = Entry("page-turn", 5)  # a process is making the page
LINE_CALL = Entry("line-call", 1)  # a worker was woken for the checkout's waiting line
