"""Parcels of a locked order: made, filled, emptied, moved on; and the order brought up to date with them.

Every function belongs to a transaction that holds the order's lock (`locking`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from checkout.fulfilment import locking, rules, voiding
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import rules as order_rules
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders import where
from checkout.orders.models import Order, OrderLine
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

Status = Shipment.Status
# Orders of which parcels are packed: after the last two only such as were added since, by an exchange.
GOING_ON = (
    Order.Status.PAYMENT_CONFIRMED,
    Order.Status.PROCESSING,
    Order.Status.READY_TO_SHIP,
    Order.Status.SHIPPED,
    Order.Status.DELIVERED,
)
_BY_ITSELF = ("items_picked", "package_dispatched", "delivery_confirmed")


class ShipmentRefused(Exception):
    """This parcel cannot do that now. `str()` is a sentence for people, `code` for programs.

    Codes: "no_such_shipment", "no_such_line", "bad_units", "not_open", "not_picked", "not_shipped", "already_shipped",
    "not_on_hand", "not_all_picked", "nothing_left", "nowhere_else", "changed_meanwhile", "label_outdated",
    "label_unconfirmed".
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def locked(shipment_id: UUID, *, seen: int | None = None) -> tuple[Order, Shipment]:
    """The order and the shipment, locked. `seen`: the version somebody saw. Raises `ShipmentRefused`."""
    try:
        order, shipment = locking.order_and_shipment(shipment_id)
    except Shipment.DoesNotExist:
        raise ShipmentRefused(_("There is no such parcel."), "no_such_shipment") from None
    if seen is not None and seen != shipment.version:
        text = _("Parcel %(number)s was changed meanwhile. Look at it again.")
        raise ShipmentRefused(text % {"number": shipment.number}, "changed_meanwhile")
    return order, shipment


def demand(order: Order, trigger: str) -> None:
    """Refuse to prepare or hand over anything of an order that is over or not paid for. Raises `TransitionRefused`."""
    if not is_ready(order):
        objection = order_rules.is_covered(orders.facts(order))
        why = (objection or "") if order.status in GOING_ON else ""
        raise orders.TransitionRefused(
            trigger=trigger, status=order.status, allowed=orders.possible(order), why=why
        )  # fmt: skip


def is_ready(order: Order) -> bool:
    """Whether units of an order may be prepared and handed over: it goes on, and what it comes to has come."""
    return order.status in GOING_ON and order_rules.is_covered(orders.facts(order)) is None


def lines_of(shipments: Iterable[Shipment]) -> list[ShipmentLine]:
    """What is in the shipments, with the order lines, in the order of these."""
    rows = ShipmentLine.objects.filter(shipment__in=list(shipments)).select_related("order_line", "shipment")
    return list(rows.order_by("shipment_id", "order_line__position"))


def held(order: Order) -> list[ShipmentLine]:
    """What is in all of an order's parcels, with the order lines."""
    return lines_of(Shipment.objects.filter(order_id=order.pk).exclude(status=Status.CANCELLED))


def make(
    order: Order, *, location_id: UUID | None, units: Mapping[UUID, int], by: str,
    picked: Mapping[UUID, int] | None = None, **details: Any,
) -> Shipment:  # fmt: skip
    """A new parcel with units by order line id; of them `picked` ones."""
    position = Shipment.objects.filter(order_id=order.pk).count() + 1
    shipment = Shipment.objects.create(
        order=order, number=f"{order.number}-{position}", location_id=location_id, **details
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            shipment=shipment, order_line_id=key, order_id=order.pk, quantity=number, picked=(picked or {}).get(key, 0)
        )
        for key, number in units.items()
    )
    shipment.refresh_from_db()
    note("open", shipment, by)
    return shipment


def lose(lines: Iterable[ShipmentLine], units: Mapping[UUID, int], *, by: str) -> None:
    """Take units (by shipment line id) out of parcels, those not picked first. `lines` are all of these parcels'.

    A parcel of which nothing is left is cancelled, and keeps what was to be in it on record.
    """
    of_parcel: dict[UUID, list[ShipmentLine]] = {}
    for line in lines:
        of_parcel.setdefault(line.shipment_id, []).append(line)
    for content in of_parcel.values():
        if not any(line.pk in units for line in content):
            continue
        shipment = content[0].shipment
        if all(line.quantity == units.get(line.pk, 0) for line in content):
            move([shipment], Status.CANCELLED, by)
            continue
        for line in content:
            _shrink(line, units.get(line.pk, 0))
        touch(shipment)
        note(
            "lose",
            shipment,
            by,
            units={str(line.order_line_id): units[line.pk] for line in content if line.pk in units},
        )


def _shrink(line: ShipmentLine, units: int) -> None:
    if units == line.quantity:
        line.delete()
    elif units:
        line.quantity -= units
        line.picked = min(line.picked, line.quantity)
        line.save(update_fields=["quantity", "picked"])


def touch(shipment: Shipment, **changes: Any) -> None:
    """Write columns of a locked shipment, and count that it changed."""
    shipment.version += 1
    for name, value in changes.items():
        setattr(shipment, name, value)
    Shipment.objects.filter(pk=shipment.pk).update(version=F("version") + 1, **changes)


def move(shipments: Iterable[Shipment], status: str, by: str, **changes: Any) -> None:
    """Bring locked shipments into a status. The labels of those that are cancelled are given up."""
    for shipment in shipments:
        if status == Status.CANCELLED:
            voiding.give_up_label(shipment, by=by)
        touch(shipment, status=status, **changes)
        note(status, shipment, by)


def picked(order: Order, shipments: Iterable[Shipment], by: str, **changes: Any) -> None:
    """Everything is in these locked parcels of `order`. Who collects it is told that it is ready."""
    found = list(shipments)
    move(found, Status.PICKED, by, picked_at=Now(), **changes)
    for shipment in found if where.is_collected(order) else ():
        bus.publish(types.ShipmentReady(order_id=order.pk, shipment_id=shipment.pk), using=db.DEFAULT)


def note(what: str, shipment: Shipment, by: str, **changes: Any) -> None:
    """Tell the audit."""
    audit.record(
        action=f"shipment.{what}", by=by, object_type="order", object_id=shipment.order_id,
        changes={"shipment": shipment.number, **changes}, using=db.DEFAULT,
    )  # fmt: skip


def note_state(*, order: Order, by: str) -> str:
    """Keep how far a locked order is by its parcels and by what came back of it; returns `Order.FulfilmentState`."""
    parcels, ordered, returned = _facts(order)
    state = rules.state(parcels, ordered=ordered, returned=returned)
    _keep(order, state, to_pick(order, parcels, ordered))
    return state


def to_pick(order: Order, parcels: Iterable[rules.Parcel], ordered: int) -> int:
    """Units of an order that somebody is to take from a shelf: none of one that is over, or sent by e-mail."""
    return 0 if order.is_over or where.is_by_email(order) else rules.to_pick(parcels, ordered=ordered)


def advance(order: Order, *, by: str, note: str = "") -> None:
    """Take a locked order as far as all its parcels are: what the table and its guards do not allow is left for later.

    `order` is brought up to date. A guard asks how far the parcels are; what came back of them is noted afterwards.
    """
    parcels, ordered, returned = _facts(order)
    _keep(order, rules.progress(parcels, ordered=ordered), to_pick(order, parcels, ordered))
    held_back = {"items_picked"} if any(parcel.status == Status.OPEN for parcel in parcels) else set()
    if 0 < ordered <= returned:
        held_back.add("delivery_confirmed")  # nobody is told that it arrived: its return is noted, from "shipped" on
    for trigger in _BY_ITSELF:
        if trigger not in held_back and order_selectors.allows(order, trigger):
            pull(order, trigger, by=by, note=note if trigger == "package_dispatched" else "")
    note_state(order=order, by=by)


def pull(order: Order, trigger: str, *, by: str, note: str = "") -> None:
    """Apply a trigger and bring `order` up to date. Raises `TransitionRefused`."""
    moved = orders.apply(order_id=order.pk, trigger=trigger, by=by, note=note)
    order.status, order.version, order.payment_state = moved.status, moved.version, moved.payment_state


def _facts(order: Order) -> tuple[list[rules.Parcel], int, int]:
    """The order's parcels, how many units it has, and how many of these came back."""
    rows = Shipment.objects.filter(order_id=order.pk).exclude(status=Status.CANCELLED).values_list("status").annotate(
        units=Coalesce(Sum("lines__quantity"), 0), picked=Coalesce(Sum("lines__picked"), 0)
    )  # fmt: skip
    sums = OrderLine.objects.filter(order_id=order.pk).aggregate(
        ordered=Coalesce(Sum("quantity"), 0), returned=Coalesce(Sum("returned"), 0)
    )
    return [rules.Parcel(*row) for row in rows.order_by("status")], sums["ordered"], sums["returned"]


def _keep(order: Order, state: str, to_pick: int) -> None:
    if (order.fulfilment_state, order.to_pick) != (state, to_pick):
        orders.note_fulfilment(order=order, state=state, to_pick=to_pick)
