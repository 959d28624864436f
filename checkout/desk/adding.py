"""Variants that staff put into an order or a draft: searched for by SKU or name, and how many units of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cart.carts import rules
from catalog.bundles import selectors as bundles
from catalog.products import selectors as products
from catalog.search import finding
from shop.core.money import Money


class BadCount(Exception):
    """Something that is no number of units was entered. `str()` is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant to take units of, with what there is of it. `price` None: not sold in this currency any more."""

    variant_id: UUID
    sku: str
    name: str
    options: str
    price: Money | None
    available: int
    quantity: int
    picture: Any


def counts(data: Mapping[str, Any], prefix: str) -> dict[UUID, int]:
    """The whole numbers entered in fields named `prefix` and an id; 0 for an empty one. Raises `BadCount`."""
    found: dict[UUID, int] = {}
    for name in data:
        key = _uuid(name[len(prefix) :]) if name.startswith(prefix) else None
        if key is not None:
            found[key] = _count(str(data[name]))
    return found


def blank(data: Mapping[str, Any], prefix: str) -> set[UUID]:
    """The ids of such fields that are empty."""
    keys = [_uuid(name[len(prefix) :]) for name in data if name.startswith(prefix) and not str(data[name]).strip()]
    return {key for key in keys if key is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _count(text: str) -> int:
    count = rules.quantity_of(text) if text.strip() else 0
    if count is None or count > rules.MAX_QUANTITY:
        raise BadCount(_("A number of units is a whole number from 0 to %(most)s.") % {"most": rules.MAX_QUANTITY})
    return count


def chosen(units: Mapping[UUID, int], *, currency: str) -> list[Choice]:
    """The variants with units, as they are sold now; unknown ids are left out. Three queries."""
    wanted = [one for one, count in units.items() if count]
    offers = products.offers(wanted, currency=currency)
    return _choices([offers[one] for one in wanted if one in offers], units)


def found(text: str, *, currency: str, without: Iterable[UUID] = ()) -> list[Choice]:
    """What can be added: variants whose SKU begins so, or of products that the search finds."""
    there = set(without)
    return _choices([one for one in finding.variants(text, currency=currency) if one.variant_id not in there], {})


def _choices(offers: Iterable[products.Offer], units: Mapping[UUID, int]) -> list[Choice]:
    rows = list(offers)
    available = bundles.available([one.variant_id for one in rows]) if rows else {}
    return [
        Choice(
            variant_id=one.variant_id,
            sku=one.sku,
            name=one.name,
            options=" · ".join(str(value) for value in one.options.values()),
            price=one.unit_price if one.is_sellable else None,
            available=available.get(one.variant_id, 0),
            quantity=units.get(one.variant_id, 0),
            picture=(one.picture or {}).get("src", ""),
        )
        for one in rows
    ]
