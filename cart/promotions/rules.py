"""What promotions are made of: baskets, scopes, conditions and the trace of what was decided. Pure.

Amounts are minor units of the basket's currency; an amount that a promotion names is a mapping from currency to minor
units, and a promotion without an amount in the basket's currency does not apply there.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cart.promotions.shelf import Shelf

Amounts = Mapping[str, int]  # minor units by currency

MAX_CODE = 40


class Lane(StrEnum):
    """When a promotion is looked at: each lane sees what the ones before it left. The catalogue's is worked out before
    there is a cart: it is in the prices that lists show.
    """

    CATALOGUE = "catalogue"
    LINE = "line"
    ORDER = "order"
    SHIPPING = "shipping"


CART_LANES = (Lane.LINE, Lane.ORDER, Lane.SHIPPING)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as promotions see it: `price` is that of a unit, `keys` what it is (`keys_of`)."""

    key: str  # names the line in the answer; of any two lines the smaller comes first where all else is equal
    price: int
    quantity: int
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought, by whom and where to. `shipping` is None while the delivery is not known, `delivery` the code of
    its way.
    """

    currency: str
    lines: tuple[Line, ...]
    at: datetime
    shipping: int | None = None
    delivery: str = ""
    country: str = ""
    channel: str = ""
    groups: frozenset[str] = frozenset()  # of customers
    is_first_order: bool = False
    gifts: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # by variant: price, and units that can be given


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines: those with any of `any_of` (all lines where it is empty) and none of `none_of`."""

    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    def has(self, keys: frozenset[str]) -> bool:
        return (not self.any_of or not self.any_of.isdisjoint(keys)) and self.none_of.isdisjoint(keys)


EVERYTHING = Scope()


class Why(StrEnum):
    """Why a promotion takes nothing off, or less than it could."""

    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    USED_UP = "used_up"
    CUSTOMER_LIMIT = "customer_limit"
    BUDGET = "budget"
    CURRENCY = "currency"
    NO_PRODUCT = "no_product"  # nothing that it is for
    QUANTITY = "quantity"  # too few units of what it is for; `missing` says how many
    MINIMUM = "minimum"  # goods worth too little; `missing` says how much
    GROUP = "group"
    COUNTRY = "country"
    CHANNEL = "channel"
    NOT_FIRST_ORDER = "not_first_order"
    NO_GIFT = "no_gift"  # what it gives cannot be had
    DELIVERY = "delivery"  # it is for other ways of delivery
    NO_DELIVERY = "no_delivery"  # the delivery is free already, or not known
    NOTHING_LEFT = "nothing_left"  # what it is for costs nothing any more, or less already
    TAKEN = "taken"  # a promotion that it does not go together with came first
    EXCLUDED = "excluded"  # one that goes with no other saves more
    UNKNOWN = "unknown"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a promotion does not apply. `missing` are minor units or units, `needed` the whole of it."""

    why: Why
    missing: int = 0
    needed: int = 0


class Kind(Protocol):
    """What a promotion gives. The dataclasses of `kinds/` are its parameters."""

    def take(self, shelf: Shelf, scope: Scope, /) -> Refusal | None:
        """Take it off the shelf, or say why not; all or nothing."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold in a basket. The minimum counts what is in the promotion's scope, as the lanes before left it."""

    minimum: Amounts = field(default_factory=dict)
    minimum_quantity: int = 0
    groups: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    is_first_order: bool = False
    needs: Scope | None = None  # something of it must be in the basket, whatever the promotion is for
    deliveries: frozenset[str] = frozenset()  # by code, in the delivery's lane only; empty: all of them


@dataclass(frozen=True, slots=True)
class Promotion:
    """The terms of one promotion. `limit` says that it may not be used any more, and by what; `code` which of its codes
    was given.
    """

    id: str
    name: str
    lane: Lane
    kind: Kind
    scope: Scope = EVERYTHING
    conditions: Conditions = field(default_factory=Conditions)
    priority: int = 100
    is_exclusive: bool = False
    is_combinable: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    code: str = ""
    limit: Why | None = None
    budget_left: int | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One promotion in the trace: what it took off, or why not."""

    promotion: Promotion
    refusal: Refusal | None = None
    by_line: Mapping[str, int] = field(default_factory=dict)
    shipping: int = 0
    gifts: tuple[tuple[str, int], ...] = ()  # variants that are given, and how many
    worth: int = 0  # what is off, and what the gifts would have cost

    @property
    def is_applied(self) -> bool:
        return self.refusal is None

    @property
    def amount(self) -> int:
        return sum(self.by_line.values()) + self.shipping


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is taken off: of each line by its key, of the delivery; and every promotion that was tried, in turn."""

    by_line: Mapping[str, int]
    shipping: int
    tried: tuple[Tried, ...]

    @property
    def applied(self) -> tuple[Tried, ...]:
        return tuple(one for one in self.tried if one.is_applied)

    @property
    def worth(self) -> int:
        return sum(one.worth for one in self.tried)

    def has_same_goods(self, other: Outcome) -> bool:
        """Whether the same is off each line, and the same is given, whatever is off the delivery."""
        if self is other:
            return True
        gifts = ([one.gifts for one in outcome.tried if one.gifts] for outcome in (self, other))
        return self.by_line == other.by_line and next(gifts) == next(gifts)


NOTHING = Outcome({}, 0, ())

# Letters of other scripts that look like Latin ones, after NFKC and upper case.
_ALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")


def canonical(code: str) -> str:
    """A code as it is compared: upper case, without white space and invisible characters, letters that only look Latin
    as Latin ones; at most 40 characters.
    """
    plain = unicodedata.normalize("NFKC", code).upper().translate(_ALIKE)
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) != "Cf")[:MAX_CODE]


LOOK_ALIKE, READ_AS = "OIL", "011"


def alike(code: str) -> str:
    """What codes have in common that are mistaken for each other when they are read: O and 0, I, L and 1. Of a code in
    its canonical form.
    """
    return code.translate(str.maketrans(LOOK_ALIKE, READ_AS))


def meant(code: str, known: Collection[str]) -> str | None:
    """Which of the `known` codes (all canonical) is meant by one that was entered: itself, else the only one that looks
    like it; None: none of them, or it might be several.
    """
    if code in known:
        return code
    found = {one for one in known if alike(one) == alike(code)}
    return found.pop() if len(found) == 1 else None


def customer_key(email: str) -> str:
    """By what a customer is known who may use a promotion only so often, with an account or without."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest() if email.strip() else ""
