"""Reads of orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from checkout.orders import rules, transitions
from checkout.orders import services as orders
from checkout.orders.models import RECIPIENT, SURNAME, Order, OrderChange, OrderLine, OrderStep
from shop.core import db
from shop.core.links import Link, ids

NAMES: Mapping[str, Any] = {"surname": SURNAME, "recipient": RECIPIENT}


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders of one page, newest first, lines prefetched, and how many there are in all."""

    orders: tuple[Order, ...]
    total: int


def order(number: str) -> Order | None:
    """The order with this number, None if there is none. Who may see it: `access`."""
    return Order.objects.filter(number=number).first()


def by_id(order_id: UUID) -> Order:
    """The order with its lines. Raises `Order.DoesNotExist`."""
    return Order.objects.prefetch_related("lines").get(pk=order_id)


def by_key(idempotency_key: str) -> Order | None:
    """The order that was placed with this idempotency key."""
    return Order.objects.filter(idempotency_key=idempotency_key).first()


def orders_of(*, customer_id: UUID, page: int = 1, size: int = 20) -> OrderPage:
    """A customer's orders, `page` from 1. Three queries."""
    rows = Order.objects.filter(customer_id=customer_id).order_by("-id")
    first = (page - 1) * size
    return OrderPage(tuple(rows.prefetch_related("lines")[first : first + size]), rows.count())


def latest_of(*, email: str) -> Order | None:
    """The latest order with this e-mail address."""
    return Order.objects.filter(email=email.strip().lower()).order_by("-id").first()


def named(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Those of `rows` (with number and e-mail) whose number, or else e-mail, begins with `term`."""
    text = term.strip().upper()
    if not text.isdigit() and not text.startswith("ORD-"):
        return rows.filter(email__startswith=text.lower())
    text = text.removeprefix("ORD-")
    found = rows.filter(number__startswith=f"ORD-{text}")
    if not re.fullmatch(r"20\d\d\d*", text, re.ASCII):
        return found
    # The number begins with the year, and the key with the time: only that year's rows need to be looked at.
    year, day = datetime(int(text[:4]), 1, 1, tzinfo=UTC), timedelta(days=1)
    after, before = year - day, year.replace(year=year.year + 1) + day
    return found.filter(pk__gte=db.uuid7_floor(after), pk__lt=db.uuid7_floor(before))


def searched(rows: QuerySet[Any], term: str, names: Mapping[str, Any] = NAMES) -> QuerySet[Any]:
    """Those of the orders `rows` that a search for `term` means: those that go to somebody of this surname or whole
    name ("Ada Lovelace", "Lovelace Ada"), if there are any, else as `named`. `names`: how these rows say who it is.

    One or the other: each comes in order from an index of its own, however many there are and however old.
    """
    if "@" in term or any(letter.isdigit() for letter in term) or term.strip().upper().startswith("ORD-"):
        return named(rows, term)
    words = term.lower().split()[:6]
    meant = [{"surname": " ".join(words)}]
    meant += [{"recipient": " ".join(words[at:] + words[:at])} for at in range(len(words))]
    everybody = rows.model._default_manager.alias(**names)
    for one in meant:
        if everybody.filter(**one).exists():
            return rows.alias(**names).filter(**one)
    return named(rows, term)


def ids_named(term: str, *, limit: int = 50) -> list[UUID]:
    """The newest live orders that a search for `term` means (`named`); none for an empty one."""
    if not term.strip():
        return []
    return list(named(Order.objects.all(), term).order_by("-id").values_list("pk", flat=True)[:limit])


def lines_of(order_id: UUID) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order_id).order_by("position"))


def steps_of(order_id: UUID) -> list[OrderStep]:
    """The history, oldest first."""
    return list(OrderStep.objects.filter(order_id=order_id).order_by("position"))


def changes_of(order_id: UUID) -> list[OrderChange]:
    """What was changed since it was placed, oldest first."""
    return list(OrderChange.objects.filter(order_id=order_id).order_by("revision"))


def readdressed(order: Order) -> OrderChange | None:
    """The change, up to the revision that `order` was read at, that last said where or how it goes; None if none did.

    One query, and none for an order that was never changed.
    """
    if not order.revision:
        return None
    changes = OrderChange.objects.filter(order_id=order.pk, revision__lte=order.revision)
    return changes.filter(before__has_any_keys=["shipping_address", "delivery_option"]).order_by("revision").last()


def cancellation_of(order_id: UUID) -> OrderStep | None:
    """The step by which the order was cancelled, None if it was not."""
    return OrderStep.objects.filter(order_id=order_id, to_status=Order.Status.CANCELLED).order_by("position").last()


def can_cancel(order: Order) -> bool:
    """Whether `cancel` would go through now."""
    return allows(order, "cancel")


def is_replacing(order: Order) -> bool:
    """Whether something is still here of an order that had left: only exchanges add units to one."""
    is_left = order.status in (Order.Status.SHIPPED, Order.Status.DELIVERED)
    return is_left and order.fulfilment_state == Order.FulfilmentState.PARTLY_SHIPPED


def allows(order: Order, trigger: str) -> bool:
    """Whether table and guard let the order take `trigger` now."""
    row = transitions.find(trigger, order.status)
    return row is not None and rules.GUARDS[row.guard](orders.facts(order)) is None


def links(order_ids: Iterable[str]) -> dict[str, Link]:
    """Numbers and admin pages of orders, by id (`shop.core.links`)."""
    rows = Order.objects.filter(pk__in=ids(order_ids)).values_list("pk", "number")
    return {str(key): Link(number, reverse("admin:checkout_order_change", args=[key])) for key, number in rows}
