"""What was bought, and what was left in carts, as promotions see it. Reads in batches, by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cart.carts import left
from cart.promotions import replays
from cart.promotions import rules as promotion_rules
from cart.promotions.rules import Basket, Line
from catalog.products import offering
from catalog.products import selectors as products
from catalog.products.rules import GIFT_CARD
from checkout.orders.models import Order, OrderLine
from checkout.simulation.rules import Past
from shop.accounts import selectors as accounts
from shop.core import db

BATCH = 2000
PLENTY = 10**6  # units of a gift: what is in stock now says nothing of then
_COLUMNS = (
    "pk", "currency", "channel", "email", "placed_at", "shipping_minor", "delivery_option",
    "shipping_address__country", "is_first", "customer_id",
)  # fmt: skip
NOBODY: frozenset[str] = frozenset()  # is in no group
_Bought = tuple[UUID, int, int]  # variant, units, price of one
_Part = tuple[_Bought, int, dict[str, Any]]  # units of a bundle, how many were taken off, and the bundle


class Shop:
    """What all baskets ask: what variants are, what gifts cost, which promotions there are by coupon. Asked once."""

    def __init__(self, gifts: Iterable[UUID]) -> None:
        self._gifts = list(gifts)
        self.by_coupon = replays.active_by_coupon()
        self._keys: dict[UUID, frozenset[str]] = {}
        self._prices: dict[str, Mapping[str, tuple[int, int]]] = {}

    def learn(self, variants: Iterable[UUID]) -> None:
        """One query for those that are not known yet, none without."""
        new = set(variants) - self._keys.keys()
        if new:
            found = offering.keys(new)
            self._keys |= {key: found.get(key, frozenset()) for key in new}

    def gifts(self, currency: str) -> Mapping[str, tuple[int, int]]:
        if currency not in self._prices:
            offers = products.offers(self._gifts, currency=currency) if self._gifts else {}
            self._prices[currency] = {
                str(key): (offer.unit_price.minor, PLENTY) for key, offer in offers.items() if offer.unit_price
            }
        return self._prices[currency]

    def lines(self, bought: Iterable[_Bought]) -> tuple[Line, ...]:
        """A line for each; two of the same variant are two, as they may have different prices."""
        found: dict[str, Line] = {}
        for variant, units, price in bought:
            key = str(variant)
            while key in found:
                key += "+"
            found[key] = Line(key, price, units, self._keys[variant])
        return tuple(found.values())


def count_orders(since: datetime, until: datetime) -> int:
    return _orders(since, until).count()


def orders(shop: Shop, since: datetime, until: datetime) -> Iterator[list[Past]]:
    """Orders placed between the two, but cancelled ones, in batches by time: with the units and prices that they have
    now, bundles as one, what was free left out, and their delivery as it was paid. Five queries a batch.
    """
    last: UUID | None = None
    earlier = Order.objects.filter(email=OuterRef("email"), pk__lt=OuterRef("pk")).exclude(
        status=Order.Status.CANCELLED
    )
    while True:
        rows = _orders(since, until).annotate(is_first=~Exists(earlier)).order_by("pk")
        batch = list(rows.filter(**({"pk__gt": last} if last else {})).values_list(*_COLUMNS)[:BATCH])
        if not batch:
            return
        last = batch[-1][0]
        bought = _bought([row[0] for row in batch])
        shop.learn({line[0] for lines in bought.values() for line in lines})
        coupons = replays.by_coupon([row[0] for row in batch])
        groups = accounts.groups_of({row[-1] for row in batch if row[-1]})
        yield [
            Past(
                key=f"order:{key}",
                basket=Basket(
                    currency=currency,
                    lines=shop.lines(bought.get(key, ())),
                    at=placed_at,
                    shipping=shipping,
                    delivery=delivery,
                    country=country or "",
                    channel=channel,
                    is_first_order=is_first,
                    groups=groups.get(customer_id, NOBODY),
                    gifts=shop.gifts(currency),
                ),
                customer=promotion_rules.customer_key(email),
                own=tuple(shop.by_coupon[one] for one in coupons.get(key, ()) if one in shop.by_coupon),
            )
            for key, currency, channel, email, placed_at, shipping, delivery, country, is_first, customer_id in batch
        ]


def _orders(since: datetime, until: datetime) -> QuerySet[Order]:
    within = Order.objects.filter(pk__gte=db.uuid7_floor(since), pk__lt=db.uuid7_floor(until))
    return within.exclude(status=Order.Status.CANCELLED)


def _bought(order_ids: Iterable[UUID]) -> dict[UUID, list[_Bought]]:
    rows = OrderLine.objects.filter(order__in=list(order_ids)).exclude(tax_class=GIFT_CARD)
    rows = rows.filter(Q(quantity__gt=0) | Q(bundle__isnull=False))
    rows = rows.exclude(total_minor__gt=0, discount_minor=F("total_minor"), bundle__isnull=True)
    found: dict[UUID, list[_Bought]] = {}
    parts: dict[tuple[UUID, str], list[_Part]] = {}
    columns = rows.order_by("order_id", "position").values_list(
        "order_id", "variant_id", "quantity", "unit_price_minor", "removed", "bundle"
    )
    for owner, variant, quantity, price, removed, bundle in columns:
        if bundle:
            parts.setdefault((owner, bundle["id"]), []).append(((variant, quantity, price), removed, bundle))
        else:
            found.setdefault(owner, []).append((variant, quantity, price))
    for (owner, _bundle), its in parts.items():
        found.setdefault(owner, []).extend(_together(its))
    return found


def _together(parts: Sequence[_Part]) -> list[_Bought]:
    """Bundles that are whole as what promotions see in a cart, one thing at its price. Where parts were taken off the
    order, the others of that bundle count by themselves."""
    bundle = parts[0][2]
    count = bundle["quantity"]
    whole = min(count * quantity // (quantity + removed) for (_variant, quantity, _price), removed, _bundle in parts)
    found = [(UUID(bundle["variant_id"]), whole, bundle["unit_price_minor"])]
    for (variant, quantity, price), removed, _bundle in parts:
        found.append((variant, quantity - whole * (quantity + removed) // count, price))
    return [one for one in found if one[1]]


def count_carts(since: datetime, until: datetime) -> int:
    return left.count(since, until)


def carts(shop: Shop, since: datetime, until: datetime) -> Iterator[list[Past]]:
    """Carts that were left, in batches: to the shop's own country, without delivery. Empty ones are left out.
    Five queries a batch, at most.
    """
    last: UUID | None = None
    while True:
        batch = left.after(last, since=since, until=until, limit=BATCH)
        if not batch:
            return
        last = batch[-1].cart_id
        shop.learn({line[0] for one in batch for line in one.lines})
        known = {one.customer_id for one in batch if one.customer_id}
        groups = accounts.groups_of(known) if known else {}
        buyers = set(Order.objects.filter(customer_id__in=known).values_list("customer_id", flat=True)) if known else ()
        yield [
            Past(
                key=f"cart:{one.cart_id}",
                basket=Basket(
                    currency=one.currency,
                    lines=shop.lines(one.lines),
                    at=one.updated_at,
                    country=settings.DEFAULT_COUNTRY,
                    is_first_order=one.customer_id not in buyers,
                    groups=groups.get(one.customer_id, NOBODY) if one.customer_id else NOBODY,
                    gifts=shop.gifts(one.currency),
                ),
                customer=str(one.customer_id or ""),
            )
            for one in batch
            if one.lines
        ]
