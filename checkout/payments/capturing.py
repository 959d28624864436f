"""Money that is held: taken in parts or whole, or let go. Asked for in a transaction, sent by a worker.

What is asked for and what is still held are looked at under the order's lock, so the captures of a payment never come
to more than its hold. They are sent one after the other, oldest first: the last one may let the rest go. What is asked
to be let go pays for nothing from then on (`covering`), and what pays for a parcel that has left is not let go.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from checkout.holds import selectors as hold_steps
from checkout.holds import services as holds
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import covering, locking, refunding, rules, selectors
from checkout.payments.models import Capture, CaptureWhen, Payment, PaymentOptions
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

log = structlog.get_logger("checkout.payments")

OVER = (Order.Status.CANCELLED, Order.Status.REFUNDED)
_HERE = (Order.FulfilmentState.UNFULFILLED, Order.FulfilmentState.PICKED)


class CaptureRefused(Exception):
    """This much cannot be taken. `str()` is a sentence for people, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def request(
    *, order_id: UUID, amount: Money, by: str, is_final: bool = False, seen: Money | None = None, note: str = ""
) -> list[Capture]:
    """Staff ask for `amount` of what is held for an order to be taken; a worker sends it (`CaptureRequested`), and the
    shopper is told once that is done (`HoldMoved`). `note`: why, for the history.

    Split over the order's payments, oldest first; `is_final` lets the rest of those that are used go. `seen` is what
    could be taken as somebody saw it (`takeable`), so that the same wish sent twice is one. Raises `CaptureRefused`:
    "amount_invalid", "currency_mismatch", "not_capturable" (the order is over, or nothing is held and due that could
    be taken), "capture_too_large", "changed_meanwhile", "already_shipped" (the rest pays for what has left). Nothing is
    changed then.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        limits = [capturable(payment) for payment in payments]
        most = order.money(_most(order, sum(limits)))
        if seen is not None and seen != most:
            text = _("%(seen)s could be taken then, %(most)s now. Please open this page again.")
            told = {"seen": seen.format(), "most": most.format()}
            raise CaptureRefused(text % told, "changed_meanwhile")
        _check(order, amount, most.minor)
        parts = rules.split(amount.minor, limits)
        used = [one for one in zip(payments, parts, limits, strict=True) if one[1]]
        if is_final:
            _check_rest(order, sum(limit - minor for one, minor, limit in used if one.capture_when in rules.SECURE))
        made = [
            _write_down(order, payment, minor, is_final=is_final or minor == limit, by=by)
            for payment, minor, limit in used
        ]
        rest = sum(limit - minor for _one, minor, limit in used) if is_final else 0
        holds.add(
            order=order, taken=amount.minor, let_go=rest, captures=[one.pk for one in made], note=note, by=by
        )  # fmt: skip
        return made


def takeable(*, order_id: UUID) -> Money:
    """What `request` can take of an order now: held, not asked for yet, and due."""
    order = Order.objects.get(pk=order_id)
    return takeable_of(order, Payment.objects.filter(order=order).prefetch_related("captures"))


def takeable_of(order: Order, payments: Iterable[Payment]) -> Money:
    """The same for all payments of an order, captures prefetched. Two queries."""
    return order.money(_most(order, sum(capturable(one) for one in payments)))


def _most(order: Order, held: int) -> int:
    """Minor units of what is held that are due as well: what was taken off the order since is not to be taken, only to
    be given back."""
    return 0 if order.status in OVER else min(held, max(0, _wanted(order) - _taken(order)))


def _wanted(order: Order) -> int:
    """What is to be taken of an order in all: what it costs now, and what goes back or is on its way back, as too
    little would stay otherwise."""
    return order.due_minor + order.refunded_minor + refunding.requested(order)


def _taken(order: Order) -> int:
    """What was taken, or asked for."""
    asked = Capture.objects.filter(order_id=order.pk, status=Capture.Status.REQUESTED)
    return order.captured_minor + (asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _check(order: Order, amount: Money, most: int) -> None:
    if amount.currency != order.currency:
        raise CaptureRefused(
            _("This order is paid in %(currency)s.") % {"currency": order.currency}, "currency_mismatch"
        )
    if amount.minor <= 0:
        least = order.money(1).format()
        raise CaptureRefused(_("Take at least %(amount)s.") % {"amount": least}, "amount_invalid")
    if order.status in OVER or not most:
        raise CaptureRefused(_("Nothing is held for this order that could be taken."), "not_capturable")
    if amount.minor > most:
        told = order.money(most).format()
        raise CaptureRefused(_("At most %(amount)s can be taken.") % {"amount": told}, "capture_too_large")


def _check_rest(order: Order, rest: int) -> None:
    """Refuse to let go of so much of an order's hold when that pays for something that has left."""
    if order.fulfilment_state not in _HERE and order.came_minor - rest < order.due_minor:
        raise CaptureRefused(_("The order has been shipped: what is held pays for it."), "already_shipped")


def _write_down(order: Order, payment: Payment, minor: int, *, is_final: bool, by: str) -> Capture:
    """Write down a capture that a worker then sends. Order and payment are locked, the amount is within the hold."""
    capture = Capture.objects.create(
        payment=payment, order_id=payment.order_id, amount_minor=minor, is_final=is_final, actor=by
    )
    if is_final:
        covering.let_go(order, [payment])
    audit.record(
        action="capture.requested", by=by, object_type="order", object_id=payment.order_id,
        changes={"capture": str(capture.pk), "amount_minor": minor, "is_final": is_final}, using=db.DEFAULT,
    )  # fmt: skip
    bus.publish(types.CaptureRequested(order_id=payment.order_id, capture_id=capture.pk), using=db.DEFAULT)
    return capture


def capturable(payment: Payment) -> int:
    """Minor units of a locked payment that may still be taken: held, neither asked for nor let go. A promise is paid,
    not taken."""
    return 0 if payment.capture_when == CaptureWhen.PROMISE else _free(payment)


def _free(payment: Payment) -> int:
    if payment.is_let_go:
        return 0
    requested = (one.amount_minor for one in payment.captures.all() if one.status == Capture.Status.REQUESTED)
    return max(0, payment.held_minor - sum(requested))


def take_up_to(*, order_id: UUID, minor: int, is_final: bool, by: str) -> list[Capture]:
    """See to it that `minor` in all is taken of the payments that are captured on shipment. Idempotent.

    Not what need not be paid any more. `is_final`: nothing more will be shipped, the rest is let go.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        if order.status in OVER:
            return []
        missing = min(minor, _wanted(order)) - _taken(order)
        found = []
        for payment in payments:
            most = capturable(payment) if payment.capture_when == CaptureWhen.ON_SHIPMENT else 0
            part = min(most, max(0, missing))
            missing -= part
            if part:
                found.append(_write_down(order, payment, part, is_final=is_final or part == most, by=by))
        is_kept = any(capturable(one) for one in payments if one.capture_when == CaptureWhen.ON_SHIPMENT)
        if is_final and is_kept and missing <= 0:
            ask_to_void(order, by)  # all that was sent is paid for: the rest of the order was taken off
        return found


def choose_capture(*, when: str, by: str) -> None:
    """The merchant's choice (`CaptureWhen`) for payments that are asked for from now on."""
    with transaction.atomic(using=db.DEFAULT):
        PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": when})
        audit.record(
            action="payment.options", by=by, object_type="settings", object_id="payments",
            changes={"capture_when": when}, using=db.DEFAULT,
        )  # fmt: skip


def take_credit(order: Order, by: str) -> None:
    """Take the store credit that was held until the rest of the order was sure. The order is locked."""
    for payment in Payment.objects.filter(order=order, capture_when=CaptureWhen.WITH_REST).order_by("id"):
        if most := capturable(payment):
            _write_down(order, payment, most, is_final=True, by=by)


def approve(*, order_id: UUID, by: str) -> Order:
    """A person approves a payment under review: what is held for the review is taken, and that confirms the order.

    An order whose money is not to be taken yet (on shipment) is confirmed at once. Raises `orders.TransitionRefused`.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        is_held = (
            order.status == Order.Status.PAYMENT_REVIEW and order.came_minor < order.due_minor <= order.authorised_minor
        )
        if not is_held:
            return orders.apply(order_id=order_id, trigger="approve_review", by=by)
        for payment in payments:
            if most := capturable(payment):
                _write_down(order, payment, most, is_final=True, by=by)
        return order


def finish(capture_id: UUID) -> None:
    """The provider has taken it. The caller holds the order's lock."""
    capture = Capture.objects.get(pk=capture_id)
    if Capture.objects.filter(pk=capture_id, status=Capture.Status.REQUESTED).update(status=Capture.Status.DONE):
        audit.record(
            action="capture.done", by=capture.actor, object_type="order", object_id=capture.order_id,
            changes={"capture": str(capture.pk), "amount_minor": capture.amount_minor}, using=db.DEFAULT,
        )  # fmt: skip
        _tell_if_answered(capture)


def _tell_if_answered(capture: Capture) -> None:
    """What staff asked to be taken has an answer once all of its captures have."""
    step = hold_steps.of_capture(capture.order_id, capture.pk)
    if step and not Capture.objects.filter(pk__in=step.captures, status=Capture.Status.REQUESTED).exists():
        bus.publish(types.HoldMoved(order_id=capture.order_id, step_id=step.pk), using=db.DEFAULT)


def fail(*, capture_id: UUID, why: str) -> None:
    """The provider will not take it, or it is no longer wanted; staff are told where the order goes on."""
    with transaction.atomic(using=db.DEFAULT):
        capture = Capture.objects.get(pk=capture_id)
        order, payment = locking.order_and_payment(capture.payment_id)
        changed = Capture.objects.filter(pk=capture_id, status=Capture.Status.REQUESTED).update(
            status=Capture.Status.FAILED, problem=why[:200]
        )
        if not changed:
            return
        audit.record(
            action="capture.failed", by="system", object_type="order", object_id=capture.order_id,
            changes={"capture": str(capture.pk), "why": why[:80]}, using=db.DEFAULT,
        )  # fmt: skip
        _tell_if_answered(capture)
        if order.status not in OVER:
            covering.keep(order, [payment])  # whatever is still held of it can be taken, or let go, by whoever decides
            bus.publish(types.CaptureFailed(order_id=capture.order_id, capture_id=capture.pk), using=db.DEFAULT)


def request_void(*, order_id: UUID, by: str, note: str = "") -> None:
    """Staff have a worker let go of what is held for an order beyond what was taken; the shopper is told
    (`HoldMoved`). `note`: why, for the history.

    Raises `CaptureRefused`: "not_capturable" when nothing is held, "cancel_instead" while nothing was taken (an order
    that goes on must not lose all of its money: cancelling it lets go as well), "already_shipped" when the held money
    is that of a parcel on its way.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        if not order.held_minor:
            raise CaptureRefused(_("Nothing is held for this order."), "not_capturable")
        _check_rest(order, sum(_free(payment) for payment in payments if payment.capture_when in rules.SECURE))
        if order.status not in OVER and not order.captured_minor and not _is_asked_for(order):
            why = _("Nothing of this order was taken yet. Cancel the order: that lets go of all that is held.")
            raise CaptureRefused(why, "cancel_instead")
        if rest := sum(capturable(payment) for payment in payments):  # not what is on its way already
            step = holds.add(order=order, let_go=rest, note=note, by=by)
            bus.publish(types.HoldMoved(order_id=order.pk, step_id=step.pk), using=db.DEFAULT)
        ask_to_void(order, by)


def _is_asked_for(order: Order) -> bool:
    return Capture.objects.filter(order_id=order.pk, status=Capture.Status.REQUESTED).exists()


def ask_to_void(order: Order, by: str) -> None:
    """The same for an order that is locked and has something held."""
    audit.record(
        action="payment.void", by=by, object_type="order", object_id=order.pk,
        changes={"held_minor": order.held_minor}, using=db.DEFAULT,
    )  # fmt: skip
    covering.let_go(order, selectors.holding(order.pk))
    bus.publish(types.VoidRequested(order_id=order.pk), using=db.DEFAULT)
