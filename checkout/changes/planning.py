"""What was asked for, looked at before anything is held or written: prices, addresses, delivery, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.pricing import carrying
from cart.pricing import selectors as pricing
from cart.pricing import swaps as swapping
from cart.pricing.swaps import Swap
from cart.tax import selectors as taxation
from cart.tax.regimes import DELIVERY
from cart.tax.rules import Base
from catalog.products.rules import needs_delivery
from checkout.changes import rules, selectors, taxing
from checkout.changes.refusals import EditRefused
from checkout.orders import carrying as order_carrying
from checkout.orders import revising, where
from checkout.orders.models import Order, OrderChange, OrderLine
from inventory.stock import rules as stock_rules
from shop.core import addresses, entered
from shop.core.money import Money, total

Status = Order.Status
EDITABLE = (Status.PAYMENT_CONFIRMED, Status.PROCESSING, Status.READY_TO_SHIP)
EXCHANGEABLE = (*EDITABLE, Status.SHIPPED, Status.DELIVERED)
# An exchange adds units to an order that has left, and the warehouse may not find these either.
_WHEN_LEFT = (OrderChange.Kind.EXCHANGE, OrderChange.Kind.SHORT, OrderChange.Kind.SOLD_OUT)
FIELDS = {"po_number": 60, "gift_message": 500}  # and their greatest lengths
_TIDY = {"po_number": entered.one_line, "gift_message": entered.several_lines}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to change: see `services.edit`."""

    removed: Mapping[UUID, int] = field(default_factory=dict)
    added: Mapping[UUID, int] = field(default_factory=dict)
    swaps: Sequence[Swap] = ()
    shipping_address: Mapping[str, Any] | None = None
    delivery_option: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: str = OrderChange.Kind.EDIT
    only_unpicked: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish that can be granted as far as one can see without a lock: what `revising.revise` is told."""

    kind: str
    removed: Mapping[UUID, int] = field(default_factory=dict)
    added: Sequence[pricing.QuotedLine] = ()
    changed: Mapping[str, Any] = field(default_factory=dict)
    delivery_minor: int | None = None
    only_unpicked: bool = False  # a shopper's own change: not once the warehouse has begun with the order
    is_estimated: bool = False  # a tax service was asked about what is added, and did not answer

    @property
    def units(self) -> dict[UUID, int]:
        """Units to be added, by variant."""
        counts: dict[UUID, int] = {}
        for line in self.added:
            counts[line.variant_id] = counts.get(line.variant_id, 0) + line.quantity
        return counts


def plan(order: Order, lines: Sequence[OrderLine], wish: Wish) -> Plan:
    """The plan for a wish. Raises `EditRefused`. About eight queries."""
    removed = {key: units for key, units in wish.removed.items() if units}
    check(order, lines, Plan(wish.kind, removed, only_unpicked=wish.only_unpicked))
    changed: dict[str, Any] = {}
    if wish.shipping_address is not None:
        changed |= _address(order, wish.shipping_address)
    address = changed.get("shipping_address", where.address(order))
    taxed_at = order_carrying.taxed_at(order)
    if taxed_at is where.address(order):  # else it is collected, wherever its buyer lives
        taxed_at = address
    bought, is_estimated = _priced(order, taxed_at, {key: units for key, units in wish.added.items() if units})
    added = (*bought, *_swapped(order, taxed_at, wish.swaps))
    _check_deliverable(order, wish, added)
    bases = taxing.bases(order, lines, added)
    if changed:
        taxing.check_same(order, taxed_at, bases)
    changed |= {name: value for name, value in _texts(wish.fields).items() if value != getattr(order, name)}
    delivery_minor = None
    if changed.get("shipping_address") or (wish.delivery_option or order.delivery_option) != order.delivery_option:
        units = _units(lines, removed, added)
        delivery = _delivery(order, address, wish, units, _goods(order, lines, removed, added))
        told, delivery_minor = _delivered(order, delivery, address, bases)
        changed |= told
    if is_estimated and (facts := changed.get("tax_facts", order.tax_facts)).get("source") != "estimate":
        changed["tax_facts"] = {**facts, "source": "estimate"}
    if not (removed or added or changed):
        raise EditRefused(_("Nothing would change."), "nothing_changes")
    planned = Plan(wish.kind, removed, added, changed, delivery_minor, wish.only_unpicked, is_estimated)
    _check_status(order, planned)  # once more: now it is known what else changes
    return planned


def _check_deliverable(order: Order, wish: Wish, added: Sequence[pricing.QuotedLine]) -> None:
    """What goes to an address is added to an order that is sent by e-mail only with where it goes, and how."""
    is_missing = not (wish.shipping_address and wish.delivery_option)
    if where.is_by_email(order) and is_missing and any(needs_delivery(one.tax_class) for one in added):
        text = _("This has to be delivered: say where to, and how.")
        raise EditRefused(text, "delivery_required", {"shipping_address": ["delivery_required"]})


def _delivered(
    order: Order, delivery: pricing.DeliveryOption, address: Mapping[str, Any], bases: Sequence[Base]
) -> tuple[dict[str, Any], int | None]:
    """What changes of an order that goes so from now on, and what its delivery costs; None: what it cost."""
    changed: dict[str, Any] = {}
    taxed_at = delivery.place.address if delivery.place else address
    facts = taxing.facts(order, address, taxed_at)
    if facts != order.tax_facts:
        taxing.check_same(order, taxed_at, bases)
        changed["tax_facts"] = facts
    if delivery.code == order.delivery_option:
        return changed, None
    changed |= {
        "delivery_option": delivery.code, "delivery_name": delivery.label, "delivery_on": delivery.arrives_on,
        "collection_place": where.kept(delivery),
    }  # fmt: skip
    return changed, taxation.ruling(taxed_at, taxing.as_ordered(order)).regime.price(delivery.price, DELIVERY).minor


def check(order: Order, lines: Sequence[OrderLine], wanted: Plan) -> None:
    """Whether the order may be changed so in its status, and has the units that are to go. Raises `EditRefused`."""
    _check_status(order, wanted)
    if wanted.only_unpicked and not rules.is_unpicked(order.status):
        raise EditRefused(_("We are packing it already, so single items cannot be cancelled."), "not_editable")
    known, names = selectors.units(order.pk, lines), {line.pk: line.name for line in lines}
    if order.status not in EDITABLE and wanted.removed and not any(units.here for units in known.values()):
        raise _not_editable(order)
    for key, units in wanted.removed.items():
        code = rules.objection(known.get(key), units)
        if code:
            raise EditRefused(_why(code, names.get(key, ""), known.get(key)), code, {str(key): [code]})


def _check_status(order: Order, wanted: Plan) -> None:
    """What has not left may be taken off even when the rest has: an exchange that is never paid for, say."""
    is_less = bool(wanted.removed) and not (wanted.added or wanted.changed)
    if order.status not in (EXCHANGEABLE if is_less or wanted.kind in _WHEN_LEFT else EDITABLE):
        raise _not_editable(order)


def _not_editable(order: Order) -> EditRefused:
    label = {"status": order.get_status_display()}
    return EditRefused(_("The order is “%(status)s”: it cannot be changed now.") % label, "not_editable")


def _why(code: str, name: str, units: rules.Units | None) -> str:
    told = {"name": name, "count": units.quantity if units else 0, "left": units.here if units else 0}
    if units is None:
        return _("The order has no such line.")
    if code == "already_shipped":
        return _("Of “%(name)s” only %(left)s can be taken off: the others have left.") % told
    text = ngettext("There is 1 of “%(name)s” to take off.", "Take off 1 to %(count)s of “%(name)s”.", units.quantity)
    return text % told


def _address(order: Order, given: Mapping[str, Any]) -> dict[str, Any]:
    tidy, problems = addresses.clean(given)
    if problems:
        raise EditRefused(_("This is not a complete address."), "address_invalid", problems)
    known, _problems = addresses.clean(order.shipping_address)
    return {} if tidy == known else {"shipping_address": tidy}


def _priced(
    order: Order, address: Mapping[str, Any], units: Mapping[UUID, int]
) -> tuple[tuple[pricing.QuotedLine, ...], bool]:
    """The units as they are sold today, without a delivery of their own, and whether their tax is an estimate. Coupons
    are not looked at again."""
    if not all(stock_rules.is_quantity(count) for count in units.values()):
        raise EditRefused(_("Give a number of units from 1."), "too_many_units")
    if not units:
        return (), False
    quote = pricing.quote(
        lines=[pricing.QuoteLine(variant, count) for variant, count in units.items()],
        currency=order.currency, address=address, is_carried=False, is_promoted=False,
        customer_id=order.customer_id, vat_id=order.tax_facts.get("vat_id", ""),
    )  # fmt: skip
    _check_sellable(quote.unsellable)
    for one in quote.misfits.values():
        text = _("“%(name)s” is made to its buyer’s wishes: it cannot be added here.") % {"name": one.offer.name}
        raise EditRefused(text, "not_sellable", {str(one.offer.variant_id): ["not_sellable"]})
    if quote.standing.scheme != order.tax_facts.get("scheme", ""):  # its papers say one thing of all of it
        text = _("Another tax applies to the buyer today than when they ordered. Order this anew.")
        raise EditRefused(text, "tax_differs")
    return quote.lines, quote.tax_source == "estimate"


def _swapped(order: Order, address: Mapping[str, Any], swaps: Sequence[Swap]) -> tuple[pricing.QuotedLine, ...]:
    """What is sent in exchange: what was paid for what came back, and the difference between the prices of today."""
    if not swaps:
        return ()
    lines, unsellable = swapping.exchanged(
        swaps=swaps, currency=order.currency, address=address, buyer=taxing.as_ordered(order)
    )  # fmt: skip
    _check_sellable(unsellable)
    return lines


def _check_sellable(unsellable: Sequence[UUID]) -> None:
    if unsellable:
        fields = {str(variant): ["not_sellable"] for variant in unsellable}
        raise EditRefused(_("One of the products is not sold at present."), "not_sellable", fields)


def _texts(fields: Mapping[str, str]) -> dict[str, str]:
    tidy = {name: _TIDY[name](fields[name]) for name in FIELDS if name in fields}
    long = {name: ["too_long"] for name, value in tidy.items() if len(value) > FIELDS[name]}
    if long:
        raise EditRefused(_("That is too long."), "too_long", long)
    return tidy


def _goods(
    order: Order, lines: Sequence[OrderLine], removed: Mapping[UUID, int], added: Sequence[pricing.QuotedLine]
) -> Money:
    """What the goods will cost after discount, delivery and tax aside."""
    gone = [revising.worth(line, removed[line.pk]) for line in lines if line.pk in removed]
    minor = order.subtotal_minor - order.discount_minor - sum(one.total - one.discount for one in gone)
    return order.money(minor) + total((line.line_total for line in added), order.currency)


def _units(
    lines: Sequence[OrderLine], removed: Mapping[UUID, int], added: Sequence[pricing.QuotedLine]
) -> Counter[UUID]:
    """How many units of each variant the order will have."""
    units: Counter[UUID] = Counter()
    for line in lines:
        units[line.variant_id] += line.quantity - line.returned - removed.get(line.pk, 0)
    for one in added:
        units[one.variant_id] += one.quantity
    return units


def _delivery(
    order: Order, address: Mapping[str, Any], wish: Wish, units: Mapping[UUID, int], goods: Money
) -> pricing.DeliveryOption:
    """The delivery asked for, else the one the order has. Raises `EditRefused` where it is not offered."""
    options = carrying.delivery_options(units=units, currency=order.currency, address=address, subtotal=goods)
    code = wish.delivery_option or order.delivery_option
    for option in options:
        if option.code == code:
            return option
    raise EditRefused(_("This delivery is not offered for this address."), "not_deliverable")
