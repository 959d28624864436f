"""Reads of returns: what may come back of an order, and what has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from cart.pricing import rules as pricing
from catalog.products import selectors as products
from catalog.products.rules import GIFT_CARD
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.giftcards import bought
from checkout.orders import lines as order_lines
from checkout.orders import revising
from checkout.orders.models import Order, OrderLine
from checkout.returns import policies, rules, wording
from checkout.returns.models import (
    Reimbursement,
    Return,
    ReturnLine,
    ReturnPhoto,
    ReturnStep,
    ReturnUnit,
)
from inventory.stock import selectors as stock
from shop.accounts import selectors as accounts
from shop.core import db
from shop.core.links import Link, ids
from shop.core.money import Money

GONE = (Shipment.Status.SHIPPED, Shipment.Status.DELIVERED)
OVER = frozenset({Order.Status.CANCELLED, Order.Status.REFUNDED, Order.Status.RETURNED})


@dataclass(frozen=True, slots=True)
class Returnable:
    """An order line as a return sees it: how many of its units may come back now, and why not more.

    `units` is 0 where `objection` says why; `promise` tells until when. `numbers` are the units already in a return.
    """

    line: OrderLine
    shipped: int
    numbers: frozenset[int]
    ruling: rules.Ruling
    units: int
    objection: str = ""
    promise: str = ""
    exchanges: Mapping[UUID, str] = field(default_factory=dict)  # variants in stock, by their options

    @property
    def is_automatic(self) -> bool:
        return self.ruling.policy is not None and self.ruling.policy.is_automatic


def returnable(order: Order) -> list[Returnable]:
    """Every line of the order with what may come back of it now. The same queries for one line and for many."""
    lines = list(OrderLine.objects.filter(order_id=order.pk).order_by("position"))
    sent, taken = _sent(order.pk), _taken(order.pk)
    known, found = policies.policies(), policies.items(line.product_id for line in lines)
    swaps = exchanges(lines)
    unused = bought.unused(order.pk) if any(line.tax_class == GIFT_CARD for line in lines) else {}
    now = db.clock()
    rows = []
    for line in lines:
        units, since = sent.get(line.pk, (0, None))
        shipped = min(units, line.quantity)
        ruling = rules.rule(found[line.product_id], known, since=since, now=now, is_final=order_lines.is_final(line))
        used = taken.get(line.pk, frozenset())
        row = _row(order, line, shipped, used, ruling, swaps.get(line.pk, {}))
        rows.append(_without_used_cards(row, unused[line.pk]) if line.pk in unused else row)
    return rows


def _row(
    order: Order, line: OrderLine, shipped: int, used: frozenset[int], ruling: rules.Ruling, swaps: Mapping[UUID, str]
) -> Returnable:
    free = len(rules.free_numbers(shipped=shipped, taken=used, wanted=shipped))
    why = wording.objection(ruling.objection, ruling.until)
    if order.status in OVER:
        free = 0
    if not free and (shipped == 0 or not why):
        why = wording.none_left(shipped=shipped)
    automatic = ruling.policy is not None and ruling.policy.is_automatic
    units = 0 if why else free
    promise = wording.promise(ruling.until, is_automatic=automatic) if units else ""
    return Returnable(line, shipped, used, ruling, units, why, promise, swaps if units else {})


def _without_used_cards(row: Returnable, unused: int) -> Returnable:
    """A gift card that was used is spent, not returned; its line bought so many `unused` ones."""
    if row.units and not unused:
        return replace(row, units=0, objection=_("It is a gift card that was used."), promise="", exchanges={})
    return replace(row, units=min(row.units, unused))


def of_email(rows: QuerySet[Return], text: str) -> QuerySet[Return]:
    """Those of `rows` whose order's e-mail address begins with `text`: by the index that the list of orders uses."""
    return rows.filter(order__in=Order.objects.filter(email__startswith=text.strip().lower()))


def can_return(order: Order) -> bool:
    """Whether the order has anything that may come back now."""
    return order.status not in OVER and any(row.units for row in returnable(order))


def _sent(order_id: UUID) -> dict[UUID, tuple[int, datetime]]:
    """Units of each line that have left, and when the last of them arrived (or left, where that is all we know)."""
    rows = (
        ShipmentLine.objects.filter(order_id=order_id, shipment__status__in=GONE)
        .values_list("order_line_id")
        .annotate(units=Sum("quantity"), at=Max(Coalesce(F("shipment__delivered_at"), F("shipment__shipped_at"))))
    )
    return {line: (units, at) for line, units, at in rows}


def _taken(order_id: UUID) -> dict[UUID, frozenset[int]]:
    """Numbers of each line's units that are in a return."""
    found: dict[UUID, set[int]] = {}
    rows = ReturnUnit.objects.filter(order_id=order_id).exclude(reception__in=rules.GONE)
    for line, number in rows.values_list("order_line_id", "number"):
        found.setdefault(line, set()).add(number)
    return {line: frozenset(numbers) for line, numbers in found.items()}


def exchanges(lines: Iterable[OrderLine]) -> dict[UUID, dict[UUID, str]]:
    """By line: the variants of its product that are in stock, with their options in words; its own is the last one, for
    what was faulty or wrong (`rules.AGAIN`)."""
    wanted = [line for line in lines if not line.customizations]  # what was made for one person is not swapped
    variants = products.siblings({line.product_id for line in wanted})
    units = stock.available([key for found in variants.values() for key in found])
    found = {}
    for line in wanted:
        there = {
            key: " · ".join(str(value) for value in options.values())
            for key, options in variants.get(line.product_id, {}).items()
            if units.get(key, 0) > 0
        }
        own = there.pop(line.variant_id, None)
        found[line.pk] = there if own is None else there | {line.variant_id: wording.again(own)}
    return found


def exchange_differences(order: Order, rows: Iterable[Returnable]) -> dict[UUID, dict[UUID, Money]]:
    """By line and variant that may be had instead: how much more (below zero: less) a unit of it costs, before tax, as
    exchanges are priced (`cart.pricing`). Three queries, none where there are none."""
    swappable = [row for row in rows if row.exchanges]
    wanted = [key for row in swappable for key in (row.line.variant_id, *row.exchanges)]
    offers = products.offers(wanted, currency=order.currency, price_list=price_list(order)) if wanted else {}
    prices = {key: offer.unit_price for key, offer in offers.items() if offer.unit_price is not None}
    found = {}
    for row in swappable:
        line, left = row.line, revising.rest(row.line)
        paid = order.money((left.total - left.discount) // max(1, line.quantity - line.returned))
        was = prices.get(line.variant_id, order.money(line.unit_price_minor))
        found[line.pk] = {
            key: pricing.swapped(paid, was=was, now=prices[key]) - paid for key in row.exchanges if key in prices
        }
    return found


def price_list(order: Order) -> str:
    """Whose prices the order's customer pays. One query, none for guests."""
    return accounts.standing(order.customer_id).price_list


def by_number(number: str) -> Return | None:
    """The return with this number and its order, None if there is none. Who may see it: `orders.access`."""
    return Return.objects.select_related("order").filter(number=number[:20].upper()).first()


def by_id(text: str) -> Return | None:
    """The return with this id and its order, None if there is none or it is no id."""
    return Return.objects.select_related("order").filter(pk__in=ids([text])).first()


def by_key(key: str) -> Return | None:
    """The return that was asked for by the form with this key."""
    return Return.objects.filter(key=key[:80]).first()


def one(return_id: UUID) -> Return:
    """A return with its order. Raises `Return.DoesNotExist`."""
    return Return.objects.select_related("order").get(pk=return_id)


def returns_of(order_id: UUID) -> list[Return]:
    """Oldest first, with lines, their order lines and units. Three queries."""
    rows = Return.objects.filter(order_id=order_id).order_by("id")
    return list(rows.prefetch_related("lines__order_line", "lines__units"))


def swaps_of(order_id: UUID) -> dict[UUID, int]:
    """What came back counted for exchanges, in minor units, by the change of the order that each made: what it was
    worth, without what was given back of it before."""
    rows = Reimbursement.objects.filter(order_id=order_id, change_id__isnull=False)
    return {row.change_id: row.amount_minor - (row.goodwill_minor or 0) for row in rows if row.change_id}


def settled_of(order_id: UUID) -> dict[UUID, str]:
    """The number of the return of each reimbursement of an order, by its id. One query."""
    return dict(Reimbursement.objects.filter(parent__order_id=order_id).values_list("pk", "parent__number"))


def history_of(order_id: UUID) -> list[ReturnStep]:
    """What happened to an order's returns, oldest first, each step with its return. One query."""
    return list(ReturnStep.objects.filter(order_id=order_id).select_related("parent").order_by("id"))


def whole(return_id: UUID) -> Return:
    """A return with its order, lines, their order lines and photos. Raises `Return.DoesNotExist`."""
    return Return.objects.select_related("order").prefetch_related("lines__order_line", "photos").get(pk=return_id)


def whole_of(order_id: UUID) -> list[Return]:
    """An order's returns, oldest first, with lines, their order lines and photos. Four queries."""
    rows = Return.objects.filter(order_id=order_id).order_by("id")
    return list(rows.prefetch_related("lines__order_line", "photos"))


def lines_of(return_id: UUID) -> list[ReturnLine]:
    """With their order lines and units. Two queries."""
    rows = ReturnLine.objects.filter(parent_id=return_id).select_related("order_line").order_by("position")
    return list(rows.prefetch_related("units"))


def units_of(return_id: UUID) -> list[ReturnUnit]:
    return list(ReturnUnit.objects.filter(parent_id=return_id).select_related("line").order_by("position"))


def steps_of(return_id: UUID) -> list[ReturnStep]:
    """The history, oldest first."""
    return list(ReturnStep.objects.filter(parent_id=return_id).order_by("position"))


def photos_of(return_id: UUID) -> list[ReturnPhoto]:
    return list(ReturnPhoto.objects.filter(parent_id=return_id).order_by("id"))


def photo(*, return_id: UUID, photo_id: UUID) -> ReturnPhoto | None:
    """A photo of that return and of no other."""
    return ReturnPhoto.objects.filter(parent_id=return_id, pk=photo_id).first()


def reimbursements_of(return_id: UUID) -> list[Reimbursement]:
    """Oldest first, with their lines and the order lines."""
    rows = Reimbursement.objects.filter(parent_id=return_id).order_by("position")
    return list(rows.prefetch_related("lines__order_line"))


def open_count() -> int:
    """Returns that wait for somebody of the staff: to be approved, inspected or settled."""
    return Return.objects.filter(status__in=["requested", "partly_received", "received"]).count()


def waiting_for_shelf(return_id: UUID) -> list[ReturnUnit]:
    """Units that were found good and are not in stock yet."""
    rows = ReturnUnit.objects.filter(parent_id=return_id, fate=ReturnUnit.Fate.RESTOCK, restocked_at=None)
    return list(rows.select_related("order_line").order_by("position"))


def settleable(return_id: UUID) -> list[ReturnUnit]:
    """Units whose worth may be given back now: accepted, and back or known to be lost, and not settled."""
    done = Q(reception=ReturnUnit.Reception.RECEIVED) & ~Q(fate="") | Q(
        reception__in=[ReturnUnit.Reception.LOST, ReturnUnit.Reception.WRONG_ITEM]
    )
    rows = ReturnUnit.objects.filter(done, parent_id=return_id, acceptance="accepted", reimbursement=None)
    return list(rows.select_related("line").order_by("position"))


def links(keys: Iterable[str]) -> dict[str, Link]:
    """Numbers and admin pages of returns, by what a stock movement names: "<return>:<position>"."""
    wanted = {key: key.partition(":")[0] for key in keys}
    rows = dict(Return.objects.filter(pk__in=ids(set(wanted.values()))).values_list("pk", "number"))
    names = {str(pk): number for pk, number in rows.items()}
    return {
        key: Link(names[pk], reverse("admin:checkout_return_change", args=[pk]))
        for key, pk in wanted.items()
        if pk in names
    }


def reimbursement(reimbursement_id: UUID) -> Reimbursement:
    """With its return, lines and order lines. Raises `Reimbursement.DoesNotExist`."""
    rows = Reimbursement.objects.select_related("parent").prefetch_related("lines__order_line")
    return rows.get(pk=reimbursement_id)


def open_badge(_request: object) -> str:
    """How many returns wait for the staff, beside their page's name; empty for none."""
    return str(open_count() or "")
