"""What changes of an order after it was placed: its lines, its amounts, where it goes, and what of it need not be paid.

The only code that assigns amounts of a placed order. Everything here belongs to the caller's transaction, which holds
the order's lock (`locking.order`). Money and units follow: `checkout.changes` and `checkout.returns` see to both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Now

from checkout.orders import carrying, rules
from checkout.orders import lines as order_lines
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange, OrderLine
from checkout.orders.rules import Amounts
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

if TYPE_CHECKING:
    from cart.pricing.selectors import QuotedLine

Kind = OrderChange.Kind
live, whole, rest = order_lines.live, order_lines.whole, order_lines.rest
returned, kept = order_lines.returned, order_lines.kept


class NoSuchUnits(Exception):
    """More units are to go, or to come back, than the line has: `left` says how many it has."""

    def __init__(self, line: OrderLine, left: int) -> None:
        super().__init__(f"{left} left of {line.sku}")
        self.line, self.left = line, left


def worth(line: OrderLine, units: int) -> Amounts:
    """What `units` more of a line would give back, exactly: not what is kept of others. Raises `NoSuchUnits`."""
    left = line.quantity - line.returned
    if not 0 <= units <= left:
        raise NoSuchUnits(line, left)
    return rules.part(rest(line), units=units, of=left)


def revise(
    *,
    order: Order,
    kind: str,
    by: str,
    reason: str = "",
    removed: Mapping[UUID, int] | None = None,
    added: Sequence[QuotedLine] = (),
    expected: Mapping[UUID, date] | None = None,
    changed: Mapping[str, Any] | None = None,
    delivery_minor: int | None = None,
    change_id: UUID | None = None,
    cause: UUID | None = None,
) -> OrderChange:
    """Write one change of a locked order: units taken off its lines (by line id), lines added, fields `changed`.

    `changed` may hold "shipping_address", "billing_address", "delivery_option", "delivery_name", "delivery_on",
    "collection_place", "po_number", "gift_message", "tax_facts"; `delivery_minor` is what its delivery costs from now
    on. `cause`: the reimbursement that this is the exchange of. Publishes `OrderChanged`.
    Raises `NoSuchUnits`, and `ValueError` for no change at all.
    """
    removed, changed = dict(removed or {}), dict(changed or {})
    if not (removed or added or changed):
        raise ValueError("nothing changes")
    before, total = _told(order, changed), order.total_minor
    found = list(OrderLine.objects.filter(order_id=order.pk).order_by("position"))
    new = compose(
        order=order, lines=found, removed=removed, added=added, expected=expected, changed=changed,
        delivery_minor=delivery_minor,
    )  # fmt: skip
    OrderLine.objects.bulk_update(
        found,
        ["quantity", "removed", "total_minor", "discount_minor", "shipping_minor", "tax_minor", "included_tax_minor",
         "taxes"],
    )  # fmt: skip
    OrderLine.objects.bulk_create(new)
    order.revision += 1
    order.updated_at = Now()
    _save(order, changed)
    change = OrderChange.objects.create(
        id=change_id or db.uuid7(), order=order, revision=order.revision, kind=kind,
        removed={str(key): units for key, units in removed.items()},
        added={str(line.pk): line.quantity for line in new},
        before=before, after=_told(order, changed),
        difference_minor=order.total_minor - total, reason=reason[:200], actor=by, cause_id=cause,
    )  # fmt: skip
    audit.record(
        action=f"order.change.{kind}", by=by, object_type="order", object_id=order.pk,
        changes={"revision": change.revision, "difference_minor": change.difference_minor}, using=db.DEFAULT,
    )  # fmt: skip
    bus.publish(types.OrderChanged(order_id=order.pk, change_id=change.pk), using=db.DEFAULT)
    return change


def compose(
    *,
    order: Order,
    lines: Sequence[OrderLine],
    removed: Mapping[UUID, int],
    added: Sequence[QuotedLine],
    expected: Mapping[UUID, date] | None = None,
    changed: Mapping[str, Any],
    delivery_minor: int | None = None,
) -> list[OrderLine]:
    """Change an order and its `lines` in memory, as `revise` writes it; returns the new lines. Raises `NoSuchUnits`.

    What goes takes its share of the delivery away only if nothing comes in its place: what comes carries that share on.
    """
    how = carrying.how(order)
    freed = _remove(order, lines, removed)
    new = _added(order, lines, added, expected or {})
    carrying.carry(new, freed, order.currency, how)
    if delivery_minor is not None:
        carries = sum(line.shipping_minor for line in (*lines, *new))
        carrying.carry([*lines, *new], delivery_minor - carries, order.currency, how)
    _sum_up(order, [*lines, *new])
    for name, value in changed.items():
        setattr(order, name, value)
    return new


def take_back(
    *, order: Order, units: Mapping[UUID, int], by: str, amounts: Mapping[UUID, Amounts] | None = None
) -> dict[UUID, Amounts]:  # fmt: skip
    """Units (by line id) of a locked order came back and are to be settled: what each line's were worth.

    They stay in the order's total and need not be paid any more. `amounts`: what is given back for them, where that is
    not all of their worth: the delivery that is kept stays with the line (`lines.kept`). Raises `NoSuchUnits`.
    """
    found = list(OrderLine.objects.filter(order_id=order.pk, pk__in=units).order_by("position"))
    given: dict[UUID, Amounts] = {}
    for line in found:
        worth_all = worth(line, units[line.pk])
        given[line.pk] = amounts[line.pk] if amounts is not None else worth_all
        note_back(line, units[line.pk], given[line.pk], kept(line) + worth_all - given[line.pk])
    OrderLine.objects.bulk_update(
        found,
        ["returned", "returned_discount_minor", "returned_shipping_minor", "returned_tax_minor",
         "returned_included_tax_minor", "kept_shipping_minor", "kept_tax_minor", "kept_included_tax_minor"],
    )  # fmt: skip
    allow(order=order, minor=sum(one.value for one in given.values()), by=by)
    return given


def note_back(line: OrderLine, units: int, given: Amounts, keeps: Amounts) -> None:
    """`units` of a line came back for `given`; of all that did, `keeps` is kept."""
    _total, line.returned_discount_minor, line.returned_shipping_minor, *taxes = astuple(returned(line) + given)
    line.returned_tax_minor, line.returned_included_tax_minor = taxes
    line.kept_shipping_minor, line.kept_tax_minor, line.kept_included_tax_minor = astuple(keeps)[2:]
    line.returned += units


def allow(*, order: Order, minor: int, by: str) -> None:
    """`minor` more of a locked order's total need not be paid: a return or goodwill. Capped at the total."""
    order.allowed_minor = min(order.total_minor, order.allowed_minor + minor)
    _save(order, {})


def _remove(order: Order, found: Iterable[OrderLine], removed: Mapping[UUID, int]) -> int:
    """Take units off the lines; returns what these carried of the delivery, in minor units."""
    by_id = {line.pk: line for line in found}
    freed = 0
    for key, units in removed.items():
        line = by_id[key]
        gone = worth(line, units)
        freed += gone.shipping
        line.quantity -= units
        line.removed += units
        _assign(order, line, whole(line) - gone)
    return freed


def _assign(order: Order, line: OrderLine, amounts: Amounts) -> None:
    line.total_minor, line.discount_minor, line.shipping_minor = amounts.total, amounts.discount, amounts.shipping
    line.tax_minor, line.included_tax_minor = amounts.tax, amounts.included
    sums = {False: amounts.tax - amounts.included, True: amounts.included}
    line.taxes = scaled(line.taxes, sums, order.currency)


def scaled(taxes: Sequence[Mapping[str, Any]], sums: Mapping[bool, int], currency: str) -> list[dict[str, Any]]:
    """Tax lines brought to new sums, those on top of the price (False) and those within it (True) apart."""
    rows = [dict(tax) for tax in taxes]
    for is_included, minor in sums.items():
        mine = [row for row in rows if row["is_included"] is is_included]
        shares = Money(minor, currency).allocate([row["amount_minor"] for row in mine]) if mine else []
        for row, share in zip(mine, shares, strict=True):
            row["amount_minor"] = share.minor
    return rows


def _added(
    order: Order, found: Iterable[OrderLine], added: Sequence[QuotedLine], expected: Mapping[UUID, date]
) -> list[OrderLine]:
    first = max((line.position for line in found), default=0) + 1
    return [
        order_lines.line(order, position, quoted, expected.get(quoted.variant_id))
        for position, quoted in enumerate(added, start=first)
    ]


def _sum_up(order: Order, found: Sequence[OrderLine]) -> None:
    """The order's amounts are the sums of its lines'; so are its taxes by rate and, by their weight, its discounts."""
    sums = sum((whole(line) for line in found), Amounts())
    order.subtotal_minor, order.discount_minor, order.shipping_minor = sums.total, sums.discount, sums.shipping
    order.tax_minor, order.included_tax_minor, order.total_minor = sums.tax, sums.included, sums.value
    order.allowed_minor = min(order.allowed_minor, order.total_minor)
    order.tax_lines = _taxes(order, found)
    weights = [one["amount_minor"] for one in order.discount_lines]
    shares = Money(sums.discount, order.currency).allocate(weights) if weights else []
    for one, share in zip(order.discount_lines, shares, strict=True):
        one["amount_minor"] = share.minor


def _taxes(order: Order, found: Sequence[OrderLine]) -> list[dict[str, Any]]:
    if any(line.tax_minor and not line.taxes for line in found):  # placed before lines kept their taxes by rate
        known = {False: order.tax_minor - order.included_tax_minor, True: order.included_tax_minor}
        return scaled(order.tax_lines, known, order.currency)
    sums: dict[tuple[str, str, bool], int] = defaultdict(int)
    for line in found:
        for tax in line.taxes:
            sums[tax["name"], tax["rate"], tax["is_included"]] += tax["amount_minor"]
    return [
        {"name": name, "rate": rate, "amount_minor": minor, "is_included": is_included}
        for (name, rate, is_included), minor in sums.items()
        if minor
    ]


def _told(order: Order, changed: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"total_minor": order.total_minor}
    return told | {name: _plain(getattr(order, name)) for name in changed}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _save(order: Order, changed: Mapping[str, Any]) -> None:
    order.payment_state = orders.payment_state(order)
    order.save(
        update_fields=[
            "subtotal_minor", "discount_minor", "shipping_minor", "tax_minor", "included_tax_minor", "total_minor",
            "tax_lines", "discount_lines", "allowed_minor", "revision", "payment_state", "updated_at", *changed,
        ]
    )  # fmt: skip


def last_revision(order_id: UUID) -> int:
    """The number of an order's latest change, 0 for none."""
    return OrderChange.objects.filter(order_id=order_id).aggregate(last=Max("revision"))["last"] or 0
