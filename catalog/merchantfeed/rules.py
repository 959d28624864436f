"""An item of the feed, of what the catalogue knows of a variant. Pure.

Names, limits and formats are those of Google's product data specification
(https://support.google.com/merchants/answer/7052112): lengths in characters, money as "15.00 USD", weights as "1200 g",
moments as ISO 8601, and of two of them with "/" between.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from catalog.products.charging import Charge, Priced
from catalog.products.rules import MEANINGS
from shop.core.money import Money

MOST = {
    "id": 50, "title": 150, "description": 5000, "brand": 70, "mpn": 70, "color": 100, "size": 100, "material": 200,
    "pattern": 100, "product_type": 750,
}  # fmt: skip
MOST_PICTURES = 10  # beside the first
MOST_DETAILS = 20
CONDITIONS = ("new", "refurbished", "used")
GENDERS = ("male", "female", "unisex")
AGES = ("newborn", "infant", "toddler", "kids", "adult")
# What options and attributes mean, by their names in small letters.
KNOWN = MEANINGS | {"gender": "gender", "age group": "age_group", "age_group": "age_group"}
_ALLOWED = {"gender": GENDERS, "age_group": AGES}
_IN_HOUSE = ("2", "02", "04", "98", "99")  # numbers that shops give themselves, and those of coupons
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG, _BREAK = re.compile(r"<[a-zA-Z/!][^>]*>"), re.compile(r"</(?:p|li|h\d|tr|div)>|<br ?/?>", re.IGNORECASE)
_SPACES, _LINES = re.compile(r"[^\S\n]+"), re.compile(r"\s*\n\s*")

Value = str | Mapping[str, str]  # a text, or texts within


@dataclass(frozen=True, slots=True)
class Sold:
    """A variant that can be bought, as the catalogue has it. `state` as `inventory.stock.rules.Availability.state`;
    `group` is the same for all variants of a product that has several, else empty; pictures and link are whole
    addresses; `attributes` are those of the product by name."""

    key: str
    sku: str
    name: str
    link: str
    currency: str
    price: Price
    state: str
    pictures: Sequence[str]
    expected_on: date | None = None
    group: str = ""
    description: str = ""
    brand: str = ""
    gtin: str = ""
    categories: Sequence[str] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    grams: int | None = None
    is_bundle: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units: the price without a sale, what is paid instead while `span` lasts (without one: until somebody
    changes it), and when the feed says something else of it (None: never by itself)."""

    regular: int
    sale: int | None = None
    span: tuple[datetime, datetime] | None = None
    changes_at: datetime | None = None


def price(priced: Priced, moment: datetime) -> Price | None:
    """What a unit costs everybody at `moment`, or from a moment that is known already; None where it is not sold.

    A sale that has not begun is told with its dates, if its end is known: who reads the file less often than prices
    change shows it in time.
    """
    now = priced.at(moment)
    if now is None:
        return None
    edges = sorted({edge for edge in priced.edges() if edge > moment})
    changes_at = _next(priced, now, edges)
    if now.amount < now.regular:
        today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        began = max((edge for edge in priced.edges() if edge <= moment), default=today)
        return Price(now.regular, now.amount, (began, changes_at) if changes_at else None, changes_at)
    then = priced.at(changes_at) if changes_at else None
    if changes_at and then and then.amount < then.regular == now.regular:
        until = _next(priced, then, [edge for edge in edges if edge > changes_at])
        if until:
            return Price(now.regular, then.amount, (changes_at, until), changes_at)
    return Price(now.regular, changes_at=changes_at)


def _next(priced: Priced, now: Charge, edges: Iterable[datetime]) -> datetime | None:
    """The first of the moments at which something else is paid or struck out."""
    for edge in edges:
        then = priced.at(edge)
        if then is None or (then.amount, then.regular) != (now.amount, now.regular):
            return edge
    return None


def item(sold: Sold) -> list[tuple[str, Value]]:
    """The attributes of an item with their values, in order; none where it cannot be listed, having no picture."""
    if not sold.pictures:
        return []
    named = [text(value) for value in sold.options.values() if text(value)]
    title = f"{text(sold.name)} - {', '.join(named)}" if named else text(sold.name)
    first, *others = sold.pictures
    found: list[tuple[str, Value]] = [
        ("id", sold.sku if len(sold.sku) <= MOST["id"] else sold.key),
        ("title", title),
        ("description", plain(sold.description) or title),
        ("link", sold.link),
        ("image_link", first),
        *(("additional_image_link", other) for other in others[:MOST_PICTURES]),
        *_stock(sold),
        *_prices(sold),
        *_identity(sold),
        ("condition", _one_of(sold.attributes.get("condition", ""), CONDITIONS) or "new"),
        ("item_group_id", sold.group),
        ("google_product_category", text(sold.attributes.get("google_product_category", ""))),
        ("product_type", " > ".join(text(name) for name in sold.categories)),
        ("shipping_weight", f"{sold.grams} g" if sold.grams else ""),
        ("is_bundle", "yes" if sold.is_bundle else ""),
        *_properties(sold),
    ]
    return [(name, _cut(name, value)) for name, value in found if value]


def _cut(name: str, value: Value) -> Value:
    most = MOST.get(name)
    return value[:most].rstrip() if most and isinstance(value, str) else value


def _stock(sold: Sold) -> list[tuple[str, str]]:
    """What comes later is told with its day; where nobody knows that, it cannot be told so."""
    if sold.state in ("preorder", "backorder") and sold.expected_on:
        return [("availability", sold.state), ("availability_date", f"{sold.expected_on:%Y-%m-%d}T00:00+0000")]
    return [("availability", "in_stock" if sold.state == "in_stock" else "out_of_stock")]


def _prices(sold: Sold) -> list[tuple[str, str]]:
    asked = sold.price
    found = [("price", str(Money(asked.regular, sold.currency)))]
    if asked.sale is not None:
        found.append(("sale_price", str(Money(asked.sale, sold.currency))))
        if asked.span:
            found.append(("sale_price_effective_date", "/".join(_moment(one) for one in asked.span)))
    return found


def _moment(one: datetime) -> str:
    return f"{one.astimezone(UTC):%Y-%m-%dT%H:%M:%S+0000}"


def _identity(sold: Sold) -> list[tuple[str, str]]:
    """The brand with a number that is the same in all shops, or the word that there is none."""
    brand, mpn = text(sold.brand), text(sold.attributes.get("mpn", ""))
    gtin = "" if sold.gtin.zfill(14)[1:].startswith(_IN_HOUSE) else sold.gtin
    is_known = bool(gtin or (brand and mpn))
    return [("brand", brand), ("gtin", gtin), ("mpn", mpn), ("identifier_exists", "" if is_known else "no")]


def _properties(sold: Sold) -> list[tuple[str, Value]]:
    """Colour, size and the like, by whatever name; other options as details. Those of the variant go before those of
    the product."""
    found: dict[str, str] = {}
    details: list[tuple[str, Value]] = []
    for name, value in (*sold.options.items(), *sold.attributes.items()):
        known, said = KNOWN.get(name.strip().lower(), ""), text(value)
        if known in _ALLOWED:
            said = _one_of(said, _ALLOWED[known])
        if known and said:
            found.setdefault(known, said)
        elif said and not known and name in sold.options:
            details.append(("product_detail", {"attribute_name": text(name), "attribute_value": said}))
    return [*sorted(found.items()), *details[:MOST_DETAILS]]


def _one_of(value: str, allowed: Sequence[str]) -> str:
    said = value.strip().lower()
    return said if said in allowed else ""


def text(value: object) -> str:
    """In one line, of characters that XML has."""
    return " ".join(_NOT_XML.sub("", str(value)).split())


def plain(description: str) -> str:
    """A description without its HTML, in lines."""
    if _TAG.search(description):
        description = html.unescape(_TAG.sub("", _BREAK.sub("\n", description)))
    return _LINES.sub("\n", _SPACES.sub(" ", _NOT_XML.sub("", description))).strip()
