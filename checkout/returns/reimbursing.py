"""What returned units give back: simulated and done by the same code, once.

Worth is taken off what the order costs (`revising`), and what is owed then is asked to be sent (`payments`): one
transaction under the order's lock. A simulation is that transaction, rolled back. An exchange goes on from there with a
change of the order, which holds stock and so cannot be part of the transaction; see `exchanging`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cart.pricing.swaps import Swap
from checkout.changes import services as changes
from checkout.giftcards import bought
from checkout.giftcards import selectors as gift_cards
from checkout.orders import carrying, revising
from checkout.orders.models import Order, OrderLine
from checkout.orders.rules import Amounts
from checkout.payments import methods, refunding
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import exchanging, keeping, locking, rules, selectors
from checkout.returns.keeping import ReturnRefused
from checkout.returns.models import Destination, ReimbursedLine, Reimbursement, Return, ReturnUnit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types


@dataclass(frozen=True, slots=True)
class Settled:
    """Units of one order line: what is given back for them, and what of their worth is delivery, given back or kept."""

    line: OrderLine
    units: int
    given: Amounts
    delivery: Amounts
    keeps_delivery: bool

    @property
    def goods(self) -> Amounts:
        """What of it is given back for the goods alone."""
        return self.given if self.keeps_delivery else self.given - self.delivery

    @property
    def kept(self) -> int:
        return self.delivery.value if self.keeps_delivery else 0


@dataclass(frozen=True, slots=True)
class Going:
    """Money that goes back: how much, and where to in words."""

    amount: Money
    to: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling does, or did: `amount` is what came back is worth, `goings` the money that is sent.

    `goodwill` of the worth was given back before: the order costs less by the rest. Of an exchange also the `added`
    units with their price, and what they `cost` in all. `due` and `balance` are the order's once that has arrived; of a
    balance above zero the shopper is asked for `to_pay`: the rest is held or promised. `mark` stands for all of it:
    whoever has seen it may have exactly this done.
    """

    destination: str
    lines: tuple[Settled, ...]
    amount: Money
    goodwill: Money
    goings: tuple[Going, ...]
    due: Money
    balance: Money
    to_pay: Money
    cost: Money | None = None
    added: tuple[exchanging.Added, ...] = ()
    reimbursement_id: UUID | None = None
    mark: str = ""


def simulate(*, return_id: UUID, destination: str = "", by: str) -> Settlement:
    """What `reimburse` would do now; nothing is written. `destination` "" is what the shopper wished.

    Raises `ReturnRefused` as `reimburse` does.
    """
    with transaction.atomic(using=db.DEFAULT):
        seen = _settle(return_id, destination, by, is_trial=True)
        transaction.set_rollback(True, using=db.DEFAULT)
    return seen


def reimburse(*, return_id: UUID, by: str, destination: str = "", seen: str | None = None) -> Settlement:
    """Settle all units of a return that are accepted and back: give their worth back, to `destination`.

    `seen` is the mark of the simulation that somebody agreed to: it is done exactly so or not at all
    ("changed_meanwhile"). Of an order of which all was given back it is settled as well, and nothing more is sent.
    Raises `ReturnRefused`, also when there is nothing to settle (any more).
    """
    with transaction.atomic(using=db.DEFAULT):
        done = _settle(return_id, destination, by, seen=seen)
    if done.destination == Destination.EXCHANGE and done.reimbursement_id:
        with suppress(changes.EditRefused):  # somebody edits the order just now: the worker comes back to it
            exchanging.complete(reimbursement_id=done.reimbursement_id, by=by)
    return done


def _settle(
    return_id: UUID, destination: str, by: str, *, is_trial: bool = False, seen: str | None = None
) -> Settlement:
    order, found = locking.order_and_return(return_id)
    to = destination or found.wish
    units = selectors.settleable(return_id)
    _check(order, found, to, units)
    keeping.check_cards(found, order)
    if order.status == Order.Status.REFUNDED:  # all of it went back before: nothing is left to be sent anywhere
        to = Destination.ORIGINAL
    settled, due = worths(units), order.due_minor
    revising.take_back(
        order=order, units={one.line.pk: one.units for one in settled}, by=by,
        amounts={one.line.pk: one.given for one in settled},
    )  # fmt: skip
    bought.settle(order_id=order.pk, by=by, returned=found.pk)
    row = _write(order, found, to, settled, units, due - order.due_minor, by)
    result = _exchange(order, row, settled, units) if to == Destination.EXCHANGE else _pay(order, row, settled, by)
    marked = replace(result, reimbursement_id=None if is_trial else row.pk, mark=_mark(result, units))
    if seen is not None and seen != marked.mark:
        text = _("This has changed since you looked at it. Please look at it once more; nothing was done.")
        raise ReturnRefused(text, "changed_meanwhile")
    return marked


def _exchange(
    order: Order, row: Reimbursement, settled: Sequence[Settled], units: Sequence[ReturnUnit]
) -> Settlement:  # fmt: skip
    """The plan of it: the order is changed after the transaction (`exchanging.complete`)."""
    planned = exchanging.plan(order, swaps(units, settled))
    rest = planned.balance.minor + refunding.requested(order)  # what is on its way back already is not sent again
    goings = (Going(order.money(-rest), str(Refund.Destination.ORIGINAL.label)),) if rest < 0 else ()
    balance = order.money(max(0, rest))
    goodwill = order.money(row.goodwill_minor or 0)
    return Settlement(
        row.destination, tuple(settled), row.amount, goodwill, goings, planned.due, balance, planned.to_pay,
        planned.cost, planned.added,
    )  # fmt: skip


def _pay(order: Order, row: Reimbursement, settled: Sequence[Settled], by: str) -> Settlement:
    """Ask for what is owed now to be sent."""
    exchanging.note_back(order, by)
    try:
        refunds = payments.settle(
            order_id=order.pk, by=by, reason=row.parent.number, to=row.destination, cause=row.pk
        )  # fmt: skip
    except payments.RefundRefused as refused:
        raise ReturnRefused(str(refused), refused.code) from refused
    Reimbursement.objects.filter(pk=row.pk).update(refunded_minor=sum(one.amount_minor for one in refunds))
    order.refresh_from_db()
    goings = tuple(Going(one.amount, _where(one)) for one in refunds)
    due, balance = order.money(order.due_minor), order.money(order.balance_minor + refunding.requested(order))
    goodwill = order.money(row.goodwill_minor or 0)
    to_pay = order.money(max(0, order.due_minor - order.came_minor))
    return Settlement(row.destination, tuple(settled), row.amount, goodwill, goings, due, balance, to_pay)


def _check(order: Order, found: Return, to: str, units: Sequence[ReturnUnit]) -> None:
    if to not in Destination.values:
        raise ReturnRefused(_("Choose where it goes."), "bad_wish")
    if not units:
        text = _("There is nothing to settle in %(number)s: it is settled already, or nothing is accepted and back.")
        raise ReturnRefused(text % {"number": found.number}, "nothing_to_settle")
    if order.status == Order.Status.CANCELLED:
        text = _("The order is “%(status)s”: nothing more can be given back.")
        raise ReturnRefused(text % {"status": order.get_status_display()}, "order_over")
    if to == Destination.STORE_CREDIT and order.customer_id is None:
        raise ReturnRefused(_("A guest has no store credit. Give it back the way it was paid."), "no_account")
    if to == Destination.EXCHANGE and any(unit.line.exchange_for is None for unit in units):
        raise ReturnRefused(_("The shopper named no other variant. Choose another way."), "bad_exchange")


def worths(units: Sequence[ReturnUnit]) -> list[Settled]:
    """What units give back, by order line: their share of what is left of it, exactly. One query."""
    counts: dict[UUID, int] = {}
    with_delivery: dict[UUID, bool] = {}
    for unit in units:
        counts[unit.order_line_id] = counts.get(unit.order_line_id, 0) + 1
        with_delivery[unit.order_line_id] = rules.gives_delivery(
            refunds_delivery=unit.line.refunds_delivery, reason=unit.line.reason
        )
    settled = []
    for line in OrderLine.objects.filter(pk__in=counts).select_related("order").order_by("position"):
        given, delivery = rules.given_back(
            revising.rest(line), carrying.carried(line, carrying.how(line.order)),
            units=counts[line.pk], of=line.quantity - line.returned, with_delivery=with_delivery[line.pk],
        )  # fmt: skip
        settled.append(Settled(line, counts[line.pk], given, delivery, not with_delivery[line.pk]))
    return settled


def swaps(units: Sequence[ReturnUnit], settled: Sequence[Settled]) -> list[Swap]:
    """What is wanted instead of units, as it is priced."""
    return exchanging.swaps(units, [(one.line, one.units, one.goods) for one in settled])


def _write(
    order: Order, found: Return, to: str, settled: Sequence[Settled], units: Sequence[ReturnUnit], less: int, by: str
) -> Reimbursement:
    """The record of it; the units are settled with it, and so cannot be once more. The order costs `less` by it."""
    worth = sum(one.given.value for one in settled)
    row = Reimbursement.objects.create(
        parent=found, order_id=order.pk, position=found.reimbursements.count() + 1, destination=to,
        amount_minor=worth, goodwill_minor=worth - less, currency=order.currency, actor=by,
        is_complete=to != Destination.EXCHANGE,
    )  # fmt: skip
    ReimbursedLine.objects.bulk_create(_row(row, one) for one in settled)
    for unit in units:
        unit.reimbursement = row
    ReturnUnit.objects.bulk_update(units, ["reimbursement"])
    keeping.step(
        found, "reimburse", by,
        facts={"units": len(units), "amount_minor": row.amount_minor, "destination": to},
    )  # fmt: skip
    event = types.ReturnSettled(order_id=order.pk, return_id=found.pk, reimbursement_id=row.pk)
    bus.publish(event, using=db.DEFAULT)
    return row


def _row(row: Reimbursement, one: Settled) -> ReimbursedLine:
    return ReimbursedLine(
        reimbursement=row, order_id=row.order_id, order_line=one.line, units=one.units,
        total_minor=one.given.total, discount_minor=one.given.discount, shipping_minor=one.given.shipping,
        tax_minor=one.given.tax, included_tax_minor=one.given.included, delivery_minor=one.delivery.shipping,
        delivery_tax_minor=one.delivery.tax, delivery_included_tax_minor=one.delivery.included,
        keeps_delivery=one.keeps_delivery,
    )  # fmt: skip


def _where(refund: Refund) -> str:
    if refund.destination == Refund.Destination.STORE_CREDIT:
        return str(Refund.Destination.STORE_CREDIT.label)
    label = str(methods.label(refund.payment.provider))
    if refund.payment.provider == methods.GIFT_CARD and gift_cards.is_ended(refund.payment_id):
        return _("%(card)s (ended: nobody can spend it until you let it be spent again)") % {"card": label}
    return label


def _mark(result: Settlement, units: Sequence[ReturnUnit]) -> str:
    told = repr((
        sorted(str(unit.pk) for unit in units), result.destination, [(one.amount, one.to) for one in result.goings],
        [(str(one.line.pk), one.given, one.kept) for one in result.lines], result.added, result.balance,
        result.to_pay,
    ))  # fmt: skip
    return hashlib.sha256(told.encode()).hexdigest()[:32]
