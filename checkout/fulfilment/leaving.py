"""Parcels on their way: handed to a carrier, arrived; what follows for the stock and the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.fulfilment import contents, labelling, packing, rules, selectors, voiding
from checkout.fulfilment.contents import ShipmentRefused
from checkout.fulfilment.models import Shipment, ShipmentLine, TrackingEvent
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from inventory.reservations import services as reservations
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from shop.core import db
from shop.events import bus, types

Status = Shipment.Status
Way = tuple[dict[str, str], list[Shipment]]  # what is told of the carrier (`tracking`), and the parcels it takes


class TrackingRefused(Exception):
    """The carrier or tracking data cannot be used. `str()` is a sentence for people."""


def dispatch_one(
    *, shipment_id: UUID, carrier: str, tracking_number: str, by: str, tracking_url: str = "", seen: int | None = None,
    versions: Mapping[UUID, int] | None = None, made_for: int | None = None,
) -> Shipment:  # fmt: skip
    """One picked parcel is handed to `carrier`; others of its order may follow. Stock, money and mail follow by event.

    The same carrier and number again changes nothing. `seen`: the address (`labelling.address`) on the page that asks,
    `versions`: of the parcels that it shows, by id. `made_for`: the order's revision that a label was made for which is
    not the parcel's own; to be said once it goes elsewhere. Raises `ShipmentRefused` ("label_outdated" for the label of
    another address than it goes to now, "label_unconfirmed" for one of which nobody says so, "changed_meanwhile"),
    `TrackingRefused`, `orders.TransitionRefused` (not all of what it costs is taken or held, or the order is over).
    """
    told = tracking(carrier, tracking_number, tracking_url)
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id)
        if shipment.status in rules.GONE and is_with(shipment, told):
            return shipment
        if shipment.status == Status.OPEN:
            text = _("Parcel %(number)s is not picked yet.")
            raise ShipmentRefused(text % {"number": shipment.number}, "not_picked")
        if shipment.status != Status.PICKED:
            raise packing.not_open(shipment)
        contents.demand(order, "package_dispatched")
        check_shown(order, [shipment], seen=seen, versions=versions)
        send(order, [(told, [shipment])], by, made_for=made_for)
        contents.advance(order, by=by, note=f"{told['carrier']} {told['tracking_number']}")
        return shipment


def check_shown(
    order: Order, ready: Sequence[Shipment], *, seen: int | None, versions: Mapping[UUID, int] | None
) -> None:
    """Refuse what a page asks for that shows another address, or other parcels, than are ready to leave: all of these
    at their versions, and no others. None: no page asks. Raises `ShipmentRefused`.
    """
    if seen is not None and seen != labelling.address(order):
        raise _outdated(ready[0])
    if versions is not None and versions != {one.pk: one.version for one in ready}:
        text = _("The parcels were changed meanwhile. Ready to leave now: %(parcels)s. Look at them again.")
        raise ShipmentRefused(text % {"parcels": _in_words(ready)}, "changed_meanwhile")


def _in_words(parcels: Sequence[Shipment]) -> str:
    held: dict[str, list[str]] = {one.number: [] for one in parcels}
    for line in contents.lines_of(parcels):
        held[line.shipment.number].append(f"{line.quantity} × {line.order_line.sku}")
    return ", ".join(f"{number} ({', '.join(units)})" for number, units in held.items())


def tracking(carrier: str, number: str, url: str) -> dict[str, str]:
    """What was told of a carrier, as columns of a shipment. Raises `TrackingRefused`."""
    carrier, number, url = carrier.strip(), number.strip(), url.strip()
    if not carrier or not number:
        raise TrackingRefused(_("Give the carrier and the tracking number."))
    if len(carrier) > 60 or len(number) > 80 or len(url) > 500:
        raise TrackingRefused(_("That is too long."))
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise TrackingRefused(_("The tracking link must be a web address."))
    return {"carrier": carrier, "tracking_number": number, "tracking_url": url}


def is_with(shipment: Shipment, told: dict[str, str]) -> bool:
    """Whether a parcel has this carrier and number already."""
    return (shipment.carrier, shipment.tracking_number) == (told["carrier"], told["tracking_number"])


def have_left(shipments: Sequence[Shipment], told: dict[str, str] | None) -> bool:
    """Whether an order's parcels, of which none is ready, have left as was told already (None: by their labels)."""
    if told is None:
        states = {one.status for one in shipments}
        return Status.OPEN not in states and not states.isdisjoint(rules.GONE)
    return any(is_with(one, told) for one in shipments if one.status != Status.OPEN)


def by_label(shipments: Sequence[Shipment], typed: dict[str, str] | None) -> list[Way]:
    """How parcels leave: each that has a label with that, the others as was typed. Raises `TrackingRefused`."""
    ways = [(_own(one), [one]) for one in shipments if one.tracking_number]
    bare = [one for one in shipments if not one.tracking_number]
    if bare and typed is None:
        text = _("Parcel %(number)s has no label: give the carrier and the tracking number.")
        raise TrackingRefused(text % {"number": bare[0].number})
    return [*ways, (typed, bare)] if bare and typed is not None else ways


def _own(shipment: Shipment) -> dict[str, str]:
    return {name: getattr(shipment, name) for name in ("carrier", "tracking_number", "tracking_url")}


def send(order: Order, ways: Sequence[Way], by: str, *, made_for: int | None = None) -> None:
    """Picked, locked parcels of an order that may leave do so: with these carriers and numbers. Raises
    `ShipmentRefused` ("not_on_hand", "label_outdated", "label_unconfirmed")."""
    _check_here(contents.lines_of([one for _told, shipments in ways for one in shipments]))
    for told, shipments in ways:
        _send(order, shipments, told, by, made_for)


def _send(order: Order, shipments: list[Shipment], told: dict[str, str], by: str, made_for: int | None) -> None:
    if selectors.is_forgotten(order.pk, told["tracking_number"]):
        raise _outdated(shipments[0])
    if not any(_is_its_own(one, told) for one in shipments):
        _check_made_for(order, shipments, made_for)
    now = db.clock()
    for shipment in shipments:
        contents.move([shipment], Status.SHIPPED, by, shipped_at=now, **_label(shipment, told, by))
        bus.publish(types.ShipmentDispatched(order_id=order.pk, shipment_id=shipment.pk), using=db.DEFAULT)
        _catch_up(shipment)


def _check_made_for(order: Order, shipments: list[Shipment], made_for: int | None) -> None:
    """A label from elsewhere says nothing of its address: of parcels that go elsewhere since, somebody must say it."""
    if made_for is None or not labelling.address(order) <= made_for <= order.revision:
        for shipment in labelling.moved(order, shipments):
            text = _(
                "Where parcel %(number)s goes was changed. A label that was made before is for the old address: say "
                "that this one is for the new one."
            )
            raise ShipmentRefused(text % {"number": shipment.number}, "label_unconfirmed")


def _is_its_own(shipment: Shipment, told: dict[str, str]) -> bool:
    """Whether this is the label that a carrier made for the parcel, by its number or its bars."""
    own = {shipment.tracking_number.casefold(), shipment.barcode.casefold()}
    return bool(shipment.tracking_number) and told["tracking_number"].casefold() in own


def _label(shipment: Shipment, told: dict[str, str], by: str) -> dict[str, str]:
    """Columns of a parcel that leaves: with the label that it has, or with another one."""
    if not shipment.tracking_number:
        return told
    if _is_its_own(shipment, told):
        url = told["tracking_url"] or shipment.tracking_url
        return {**told, "tracking_number": shipment.tracking_number, "tracking_url": url}
    voiding.give_up_label(shipment, by=by)  # another carrier took it after all
    return {**told, "carrier_code": "", "label_reference": "", "barcode": ""}


def _outdated(shipment: Shipment) -> ShipmentRefused:
    text = _("The label of parcel %(number)s is good no more: it goes elsewhere, or has another one. Print it anew.")
    return ShipmentRefused(text % {"number": shipment.number}, "label_outdated")


def _catch_up(shipment: Shipment) -> None:
    """Act on what its carrier told of a parcel before we knew that it had left."""
    arrived = (one.at for one in selectors.news_of(shipment) if one.code == TrackingEvent.Code.DELIVERED)
    if at := next(arrived, None):
        arrive([shipment], "system", at)
    else:
        note_problem(shipment)


def note_problem(shipment: Shipment) -> None:
    """Keep what is the matter with a locked parcel under way by all that was told of it; staff hear of new trouble."""
    problem = rules.problem(one.code for one in selectors.news_of(shipment))
    if problem != shipment.problem:
        contents.touch(shipment, problem=problem)
        if problem:
            tell(shipment, problem)


def tell(shipment: Shipment, what: str) -> None:
    """Staff are told of a parcel: "lost", "returned_to_sender", or "never_sent" (arrived, but not sent by us)."""
    event = types.ParcelInTrouble(order_id=shipment.order_id, shipment_id=shipment.pk, what=what)
    bus.publish(event, using=db.DEFAULT)


def _check_here(lines: list[ShipmentLine]) -> None:
    """A recount may have found less than was picked: what leaves must be on hand, or the books would go below zero."""
    places: dict[tuple[UUID, UUID], int] = {}
    skus: dict[UUID, str] = {}
    for line in lines:
        if line.shipment.location_id is not None:
            place = (line.order_line.variant_id, line.shipment.location_id)
            places[place] = places.get(place, 0) + line.quantity
            skus[line.order_line.variant_id] = line.order_line.sku
    items = stock_selectors.levels_at(places)
    for place, units in places.items():
        there = items[place].on_hand if place in items else 0
        if there < units:
            text = ngettext(
                "Only %(units)d of %(sku)s is on hand. Count them before the parcel leaves.",
                "Only %(units)d of %(sku)s are on hand. Count them before the parcel leaves.",
                there,
            )
            raise ShipmentRefused(text % {"units": there, "sku": skus[place[0]]}, "not_on_hand")


def deliver_one(*, shipment_id: UUID, by: str, at: datetime | None = None) -> Shipment:
    """One parcel has arrived (`at`: aware; None: now). Repeated, it changes nothing. Raises `ShipmentRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id)
        if shipment.status == Status.DELIVERED:
            return shipment
        if shipment.status != Status.SHIPPED:
            text = _("Parcel %(number)s has not left yet.")
            raise ShipmentRefused(text % {"number": shipment.number}, "not_shipped")
        arrive([shipment], by, at)
        contents.advance(order, by=by)
        return shipment


def arrive(shipments: list[Shipment], by: str, at: datetime | None = None) -> None:
    """Locked parcels have arrived; the shopper is told by event. A carrier's clock is believed from dispatch to now."""
    now = db.clock()
    for shipment in shipments:
        moment = max(shipment.shipped_at or now, min(at or now, now))
        contents.move([shipment], Status.DELIVERED, by, delivered_at=moment, problem="")
        bus.publish(types.ShipmentDelivered(order_id=shipment.order_id, shipment_id=shipment.pk), using=db.DEFAULT)


def ship_stock(*, shipment_id: UUID, by: str) -> None:
    """The units of a parcel that has left leave the stock, once. In no need of `commit_stock` having run."""
    shipment = Shipment.objects.get(pk=shipment_id)
    if shipment.status not in rules.GONE:
        return
    reservations.commit(reference=shipment.order_id, by=by)
    stock.ship(
        reference=shipment.order_id, quantities=packing.by_variant(contents.lines_of([shipment])),
        location_id=shipment.location_id, by=by, document=document(shipment),
    )  # fmt: skip


def document(shipment: Shipment) -> str:
    """What a parcel is called in the stock's ledger."""
    return f"shipment:{shipment.pk}"


def ship_stock_of(*, order_id: UUID, by: str) -> None:
    """The same for every parcel of an order that has left: before what is still allocated to it goes back."""
    for key in Shipment.objects.filter(order_id=order_id, status__in=rules.GONE).values_list("pk", flat=True):
        ship_stock(shipment_id=key, by=by)


def capture_value(*, order_id: UUID, by: str) -> None:
    """Have the money of what was dispatched taken, where it is taken on shipment; with the last unit, the rest too.

    The value of everything that left so far less what was taken: parcels may be told of in any order, or twice. What
    need not be paid any more is not taken.
    """
    order = Order.objects.get(pk=order_id)
    lines = list(OrderLine.objects.filter(order_id=order_id, quantity__gt=0).order_by("position"))
    left = ShipmentLine.objects.filter(order_id=order_id, shipment__status__in=rules.GONE)
    sent = dict(left.values_list("order_line").annotate(Sum("quantity")))
    gone = [sent.get(line.pk, 0) for line in lines]
    if not any(gone):
        return
    quantities = [line.quantity for line in lines]
    minor = payments.value_of(order.total_minor, [_weight(order, line) for line in lines], quantities, gone)
    payments.take_up_to(order_id=order_id, minor=minor, is_final=gone == quantities, by=by)


def _weight(order: Order, line: OrderLine) -> int:
    """What a line weighs in the total: price less discount, its delivery, and its tax as far as it came on top.

    In ten-thousandths of a minor unit: a part of the tax may be inside the price.
    """
    added = order.tax_minor - order.included_tax_minor
    tax = line.tax_minor * 10_000 * added // order.tax_minor if order.tax_minor else 0
    return (line.total_minor - line.discount_minor + line.shipping_minor) * 10_000 + tax
