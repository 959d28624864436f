"""A shopper's question, parsed from GET parameters and checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import urlencode

from shop.core.money import BadAmount, Money

SORTS = ("relevance", "price", "-price", "rating", "newest")
PER_PAGE = 24
MAX_PAGE = 1000  # deeper than anyone looks; OFFSET would cost too much
MAX_TEXT = 200
MAX_VALUES = 20
MAX_ATTRIBUTES = 8
BANDS: tuple[tuple[str | None, str | None], ...] = (
    (None, "24.99"),
    ("25", "49.99"),
    ("50", "99.99"),
    ("100", "249.99"),
    ("250", None),
)
RATINGS = (4, 3, 2, 1)
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")


ASKED_IN = frozenset(
    {
        "q",
        "category",
        "brand",
        "price_min",
        "price_max",
        "rating",
        "in_stock",
        "attr.",
        "sort",
        "page",
        "exact",
        "personal",
    }
)  # the parameters that `parse` knows
_USUAL = {("sort", "relevance"), ("exact", "0"), ("personal", "1")}  # not said in addresses


@dataclass(frozen=True)
class Query:
    """What is asked. `category` is a URL path, prices are minor units of `currency` (both ends included)."""

    text: str = ""
    category: str = ""
    brands: tuple[str, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    rating: int | None = None
    in_stock: bool = False
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = "relevance"
    page: int = 1
    limit: int = PER_PAGE
    is_exact: bool = False  # as typed, whatever the spelling
    is_personal: bool = True  # in an order of the customer's own, if they agreed to that
    currency: str = field(default="USD", kw_only=True)
    price_list: str = field(default="default", kw_only=True)
    edges: tuple[int, ...] = field(default=(), kw_only=True)  # where prices are divided; none: as `BANDS` says

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit

    @property
    def bands(self) -> list[tuple[int | None, int | None]]:
        """The ends of the price bands in minor units, both included, in the order of `BANDS`."""
        if not self.edges:
            return [band(low, high, self.currency) for low, high in BANDS]
        return list(zip([None, *self.edges], [*(edge - 1 for edge in self.edges), None], strict=True))

    @property
    def has_filters(self) -> bool:
        return bool(
            self.brands
            or self.price_min is not None
            or self.price_max is not None
            or self.rating
            or self.in_stock
            or self.attributes
        )

    def parameters(self, *, with_page: bool = False) -> list[tuple[str, str]]:
        """The GET parameters that `parse` reads this from (without `category`, which may be in the path)."""
        found: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        found += [("brand", brand) for brand in self.brands]
        for name, minor in (("price_min", self.price_min), ("price_max", self.price_max)):
            if minor is not None:
                found.append((name, f"{Money(minor, self.currency).decimal.normalize():f}"))
        if self.rating:
            found.append(("rating", str(self.rating)))
        found += [("in_stock", "1")] if self.in_stock else []
        found += [(f"attr.{code}", value) for code, values in self.attributes for value in values]
        others = {"sort": self.sort, "exact": str(int(self.is_exact)), "personal": str(int(self.is_personal))}
        found += [pair for pair in others.items() if pair not in _USUAL]
        if with_page and self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def urlencoded(self, *extra: tuple[str, str]) -> str:
        pairs = [*extra, *self.parameters(with_page=True)]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without_filters(self) -> Query:
        return replace(
            self, brands=(), price_min=None, price_max=None, rating=None, in_stock=False, attributes=(), page=1
        )


def parse(
    params: Mapping[str, Sequence[str]], *, currency: str, limit: int = PER_PAGE, edges: tuple[int, ...] = ()
) -> tuple[Query, dict[str, str]]:
    """The query in GET parameters `{name: [values]}` and what was wrong, by name.

    What is wrong is left out of the query: a page can show the rest and say so, an API can refuse. Unknown names are
    ignored.
    """
    problems: dict[str, str] = {}
    query = Query(
        text=_text(params, "q", MAX_TEXT, problems),
        category=_text(params, "category", 500, problems).strip("/"),
        brands=_values(params, "brand", problems),
        price_min=_price(params, "price_min", currency, problems),
        price_max=_price(params, "price_max", currency, problems),
        rating=_whole(params, "rating", 1, 5, problems),
        in_stock=_flag(params, "in_stock", problems),
        attributes=_attributes(params, problems),
        sort=_sort(params, problems),
        page=_whole(params, "page", 1, MAX_PAGE, problems) or 1,
        limit=limit,
        is_exact=_flag(params, "exact", problems),
        is_personal=_one(params, "personal") == "" or _flag(params, "personal", problems),
        currency=currency,
        edges=edges,
    )
    if query.price_min is not None and query.price_max is not None and query.price_min > query.price_max:
        query = replace(query, price_min=query.price_max, price_max=query.price_min)
    return query, problems


def band(low: str | None, high: str | None, currency: str) -> tuple[int | None, int | None]:
    """A price band's ends in minor units of `currency`."""
    ends = [None if end is None else Money.rounded(Decimal(end), currency).minor for end in (low, high)]
    return ends[0], ends[1]


def _one(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or [""]
    return values[-1].strip()


def _text(params: Mapping[str, Sequence[str]], name: str, longest: int, problems: dict[str, str]) -> str:
    text = " ".join(_one(params, name).replace("\x00", " ").split())
    if len(text) > longest:
        problems[name] = f"at most {longest} characters"
    return text[:longest].strip()


def _values(params: Mapping[str, Sequence[str]], name: str, problems: dict[str, str]) -> tuple[str, ...]:
    given = dict.fromkeys(value.strip() for value in params.get(name, ()) if value.strip())
    values = [value for value in given if "\x00" not in value and len(value) <= 200]
    if len(values) != len(given) or len(values) > MAX_VALUES:
        problems[name] = f"at most {MAX_VALUES} values of at most 200 characters"
    return tuple(sorted(values[:MAX_VALUES]))


def _attributes(
    params: Mapping[str, Sequence[str]], problems: dict[str, str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for name in sorted(params):
        if not name.startswith("attr."):
            continue
        code = name.removeprefix("attr.")
        if not _CODE.fullmatch(code):
            problems[name[:80]] = "the name of a filter"
            continue
        if len(found) >= MAX_ATTRIBUTES:
            problems[name[:80]] = f"one of at most {MAX_ATTRIBUTES} filters"
            continue
        values = _values(params, name, problems)
        if values:
            found.append((code, values))
    return tuple(found)


def _price(params: Mapping[str, Sequence[str]], name: str, currency: str, problems: dict[str, str]) -> int | None:
    given = _one(params, name)
    if not given:
        return None
    try:
        amount = Money.rounded(given, currency).minor if len(given) <= 20 else -1
    except BadAmount:
        amount = -1
    if amount < 0:
        problems[name] = "an amount such as 24.99"
        return None
    return amount


def _whole(params: Mapping[str, Sequence[str]], name: str, low: int, high: int, problems: dict[str, str]) -> int | None:
    given = _one(params, name)
    if not given:
        return None
    if given.isascii() and given.isdigit() and low <= int(given[:9]) <= high and len(given) <= 9:
        return int(given)
    problems[name] = f"a whole number from {low} to {high}"
    return None


def _flag(params: Mapping[str, Sequence[str]], name: str, problems: dict[str, str]) -> bool:
    given = _one(params, name).lower()
    if given not in {"", "0", "1", "true", "false", "on"}:
        problems[name] = "1 or 0"
    return given in {"1", "true", "on"}


def _sort(params: Mapping[str, Sequence[str]], problems: dict[str, str]) -> str:
    given = _one(params, "sort") or "relevance"
    if given in SORTS:
        return given
    problems["sort"] = f"one of {', '.join(SORTS)}"
    return "relevance"
