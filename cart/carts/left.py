"""Carts that were left without an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from cart.carts.models import Cart, CartLine


@dataclass(frozen=True, slots=True)
class Left:
    """A cart, and its lines as (variant, units, price of one in minor units of the cart's currency)."""

    cart_id: UUID
    customer_id: UUID | None
    currency: str
    updated_at: datetime
    lines: tuple[tuple[UUID, int, int], ...]


def _left(since: datetime, until: datetime) -> QuerySet[Cart]:
    return Cart.objects.filter(
        status__in=[Cart.Status.OPEN, Cart.Status.EXPIRED], updated_at__gte=since, updated_at__lt=until
    )


def count(since: datetime, until: datetime) -> int:
    """How many carts were last changed between the two and not ordered, empty ones among them."""
    return _left(since, until).count()


def after(cart_id: UUID | None, *, since: datetime, until: datetime, limit: int) -> list[Left]:
    """The next carts behind this one, by key. Two queries."""
    rows = _left(since, until).filter(**({"pk__gt": cart_id} if cart_id else {})).order_by("pk")
    carts = list(rows.values_list("pk", "customer_id", "currency", "updated_at")[:limit])
    lines: dict[UUID, list[tuple[UUID, int, int]]] = {row[0]: [] for row in carts}
    found = CartLine.objects.filter(cart__in=list(lines)).order_by("pk")
    for owner, variant, quantity, price in found.values_list("cart_id", "variant_id", "quantity", "unit_price_minor"):
        lines[owner].append((variant, quantity, price))
    return [Left(key, who, currency, at, tuple(lines[key])) for key, who, currency, at in carts]
