"""What carts and the checkout know of a variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.customizations.rules import Field
from shop.core.money import Money


@dataclass(frozen=True)
class Break:
    """From `quantity` units on, each costs `price`."""

    quantity: int
    price: Money


@dataclass(frozen=True)
class OfferedPart:
    """So many units of it are in one unit of a bundle."""

    offer: Offer
    quantity: int


@dataclass(frozen=True)
class Offer:
    """What carts and the checkout know of a variant. `unit_price` is that of a single unit, None where it is not sold
    in the currency asked for; `for_quantity` that of each of more.

    `is_sellable`: product and variant are active and there is a price. Stock is the inventory's affair.
    """

    product_id: UUID
    variant_id: UUID
    sku: str
    name: str
    options: Mapping[str, str]
    unit_price: Money | None
    regular_price: Money | None
    is_sellable: bool
    tax_class: str
    weight_grams: int | None
    picture: Mapping[str, Any] | None
    url: str
    product_slug: str
    moment: datetime  # for which the prices are, by the database's clock
    keys: frozenset[str] = frozenset()  # what it is, as promotions name it
    breaks: tuple[Break, ...] = ()  # the fewest units first
    reduced_by: str = ""  # the name of the promotion that makes a single unit so cheap
    asked: tuple[Field, ...] = ()  # of who buys it
    cubic_mm: int | None = None  # the room that a unit takes; None: its measures are not all known
    parts: tuple[OfferedPart, ...] = ()  # of a bundle
    is_made: bool = True  # neither it nor its product is switched off, whether it is sold by itself or not
    lang: str = ""  # the language of the name, where that is not the page's

    @property
    def needs_answers(self) -> bool:
        """Whether it cannot be bought without a word of who buys it."""
        return any(one.is_required for one in self.asked)

    def for_quantity(self, quantity: int) -> Money | None:
        """What each of so many units costs; None where it is not sold."""
        reached = [one.price for one in self.breaks if one.quantity <= quantity]
        return reached[-1] if reached else self.unit_price
