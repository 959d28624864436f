"""The events of catalogue and stock: a part of `types`, through which they are named."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shop.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    aggregate = "product"
    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductsImported(Event):
    """A batch of an import is in: these products are new or changed."""

    aggregate = "import"
    job_id: UUID
    product_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class PriceChanged(Event):
    aggregate = "product"
    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class PricesChanged(Event):
    """Many products have another price: a sale or a promotion that lists show has started, changed or ended."""

    aggregate = "product"
    product_ids: list[UUID]

    def aggregate_id(self) -> str:
        return str(self.product_ids[0])


@dataclass(frozen=True, kw_only=True)
class PromotionChanged(Event):
    """A promotion that lists show, or did, has other terms, or is on or off."""

    aggregate = "promotion"
    promotion_id: UUID


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Event):
    """A category and its subtree have another place in the tree, or other words."""

    aggregate = "category"
    category_id: UUID


@dataclass(frozen=True, kw_only=True)
class BrandChanged(Event):
    aggregate = "brand"
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductTypeChanged(Event):
    """What lists can be filtered by has changed for products of this type."""

    aggregate = "product_type"
    product_type_id: UUID


@dataclass(frozen=True, kw_only=True)
class TermsChanged(Event):
    """Names or values that stand on many things are called otherwise in some language."""

    aggregate = "term"
    texts: list[str]

    def aggregate_id(self) -> str:
        return "terms"


@dataclass(frozen=True, kw_only=True)
class CurrencyChanged(Event):
    """Whether prices are converted to it has changed: with lists of what is sold in it."""

    aggregate = "currency"
    currency_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class StockChanged(Event):
    """Whether a variant can be bought, or how many of it, has changed."""

    aggregate = "variant"
    variant_id: UUID
    available: int


@dataclass(frozen=True, kw_only=True)
class StockLow(Event):
    aggregate = "variant"
    variant_id: UUID
    location_id: UUID
    available: int


@dataclass(frozen=True, kw_only=True)
class StockReserved(Event):
    aggregate = "order"
    reference: UUID
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class ReservationExpired(Event):
    aggregate = "order"
    reference: UUID


@dataclass(frozen=True, kw_only=True)
class UnitsReallotted(Event):
    """Sold units are at another location now, or were given up because they are not there; whoever plans with them has
    done so because it wants it, or hears of it here if it died before it could note that."""

    aggregate = "order"
    reference: UUID


@dataclass(frozen=True, kw_only=True)
class UnitsMissed(Event):
    """Sold units (by variant) were counted away with a document, and stay promised: whoever waits for them has noted so
    by now, or hears of it here if it died before it could."""

    aggregate = "order"
    reference: UUID
    location_id: UUID
    units: dict[str, int]
    document: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class WaitingJoined(Event):
    """Somebody waits for a variant that is sold out; who, only the catalogue knows."""

    aggregate = "waiting_entry"
    entry_id: UUID
    variant_id: UUID


@dataclass(frozen=True, kw_only=True)
class UnitHeld(Event):
    """Units are held for somebody who waited, until `expires_at`."""

    aggregate = "waiting_entry"
    entry_id: UUID
    variant_id: UUID
    expires_at: str
