"""The commands of purchase orders. Each opens its own transaction; what has come is taken in by `receiving`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.db import connections, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from inventory.stock.models import Location
from inventory.suppliers import locking, rules, selectors
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Supplier
from shop.audit import services as audit
from shop.core import db


class PurchaseRefused(Exception):
    """This cannot be done with the purchase order (any more). `str()` is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line to be: `quantity` units (≥ 1) of a variant; `cost_minor` of one, in the supplier's currency."""

    variant_id: UUID
    sku: str
    quantity: int
    cost_minor: int = 0
    supplier_sku: str = ""


def draft(
    *,
    supplier_id: UUID,
    location_id: UUID,
    lines: Sequence[Wanted],
    expected_on: date | None = None,
    note: str = "",
    by: str,
) -> PurchaseOrder:
    """A new purchase order that nobody has seen yet. Raises `PurchaseRefused` for impossible lines."""
    with transaction.atomic(using=db.INVENTORY):
        supplier = Supplier.objects.using(db.INVENTORY).get(pk=supplier_id)
        order = PurchaseOrder.objects.using(db.INVENTORY).create(
            number=_next_number(),
            supplier=supplier,
            location=Location.objects.using(db.INVENTORY).get(pk=location_id),
            currency=supplier.currency,
            expected_on=expected_on,
            note=note,
            actor=by,
        )
        _write_lines(order, lines)
        _audit(order, "draft", by)
    return order


def revise(
    *,
    order_id: UUID,
    location_id: UUID,
    lines: Sequence[Wanted],
    expected_on: date | None = None,
    note: str = "",
    by: str,
) -> None:
    """Make a draft say something else. Raises `PurchaseRefused` once it is ordered, and for impossible lines."""
    with transaction.atomic(using=db.INVENTORY):
        order, _lines = locking.order_and_lines(order_id)
        if order.status != rules.DRAFT:
            raise PurchaseRefused(_("%(number)s was ordered meanwhile.") % {"number": order.number})
        order.location = Location.objects.using(db.INVENTORY).get(pk=location_id)
        order.expected_on, order.note, order.actor = expected_on, note, by
        order.save(using=db.INVENTORY, update_fields=["location", "expected_on", "note", "actor"])
        order.lines.using(db.INVENTORY).all().delete()
        _write_lines(order, lines)
        _audit(order, "revise", by)


def place(*, order_id: UUID, by: str) -> None:
    """Order a draft: from now on its units are incoming. Without a date they are expected after the lead time.

    Raises `PurchaseRefused` for an empty one, and for one that is no draft.
    """
    with transaction.atomic(using=db.INVENTORY):
        order, lines = locking.order_and_lines(order_id)
        if not lines:
            raise PurchaseRefused(_("There is nothing on this purchase order."))
        if order.expected_on is None:
            today = db.clock(db.INVENTORY).date()
            order.expected_on = today + timedelta(days=order.supplier.lead_time_days)
        apply(order, "place", by=by)


def cancel(*, order_id: UUID, by: str) -> None:
    """Forget a purchase order of which nothing has come. Raises `PurchaseRefused`."""
    _apply(order_id, "cancel", by)


def close_short(*, order_id: UUID, by: str) -> None:
    """What has not come will not come. Raises `PurchaseRefused` unless a part of it has."""
    _apply(order_id, "close_short", by)


def reorder(*, by: str) -> list[PurchaseOrder]:
    """Drafts of everything that `selectors.suggestions` proposes, one per supplier and location.

    May be repeated: what is on a draft counts as on its way, so it is not proposed again.
    """
    with transaction.atomic(using=db.INVENTORY):
        locking.reordering()
        orders = []
        groups = groupby(selectors.suggestions(), key=lambda one: (one.supplier, one.supplier_id, one.location_id))
        for (_name, supplier_id, location_id), group in groups:
            lines = [
                Wanted(
                    one.item.variant_id, one.item.sku, one.quantity, one.item.cost_minor, one.item.supplier_sku
                )
                for one in group
            ]  # fmt: skip
            orders.append(draft(supplier_id=supplier_id, location_id=location_id, lines=lines, by=by))
        return orders


def note_sent(*, order_id: UUID, before: int, by: str) -> None:
    """The mail to the supplier is queued; `before` is how often that had been done, so that it counts once."""
    with transaction.atomic(using=db.INVENTORY):
        order, _lines = locking.order_and_lines(order_id)
        if order.sent != before:
            return
        order.sent, order.sent_at = before + 1, db.clock(db.INVENTORY)
        order.save(using=db.INVENTORY, update_fields=["sent", "sent_at"])
        _audit(order, "send", by)


def apply(order: PurchaseOrder, trigger: str, *, by: str) -> None:
    """Move a locked purchase order by `rules.TRANSITIONS`; the only place that assigns its status. In a transaction.

    Raises `PurchaseRefused` when the table has no such move.
    """
    status = rules.after(order.status, trigger)
    if status is None:
        raise PurchaseRefused(
            _("%(number)s is “%(status)s”: that is not possible any more.")
            % {"number": order.number, "status": order.get_status_display()}
        )
    order.status, order.actor = status, by
    order.ordered_at = Now() if trigger == "place" else order.ordered_at
    order.ended_at = None if status in (rules.DRAFT, *rules.OPEN) else Now()
    order.save(using=db.INVENTORY, update_fields=["status", "actor", "expected_on", "ordered_at", "ended_at"])
    _audit(order, trigger, by)


def _apply(order_id: UUID, trigger: str, by: str) -> None:
    with transaction.atomic(using=db.INVENTORY):
        order, _lines = locking.order_and_lines(order_id)
        apply(order, trigger, by=by)


def _write_lines(order: PurchaseOrder, lines: Sequence[Wanted]) -> None:
    if len(lines) > rules.MAX_LINES:
        raise PurchaseRefused(_("At most %(most)d lines.") % {"most": rules.MAX_LINES})
    if len({line.variant_id for line in lines}) < len(lines):
        raise PurchaseRefused(_("The same item is on it twice."))
    if any(not 1 <= line.quantity <= rules.MAX_UNITS or line.cost_minor < 0 for line in lines):
        raise PurchaseRefused(_("A number of units or a price is out of range."))
    PurchaseOrderLine.objects.using(db.INVENTORY).bulk_create(
        PurchaseOrderLine(
            order=order,
            variant_id=line.variant_id,
            sku=line.sku,
            supplier_sku=line.supplier_sku,
            ordered=line.quantity,
            cost_minor=line.cost_minor,
        )
        for line in lines
    )


def _next_number() -> str:
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int, nextval('inventory_purchase_number')")
        return rules.number(*cursor.fetchone())


def _audit(order: PurchaseOrder, what: str, by: str) -> None:
    audit.record(
        action=f"purchase_order.{what}",
        by=by,
        object_type="purchase_order",
        object_id=order.pk,
        changes={"number": order.number, "status": order.status},
        using=db.INVENTORY,
    )
