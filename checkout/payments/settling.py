"""Money of an order brought into line with what it costs now: after a change of it, a return, or units that were short.

In one transaction, under the locks of the order and its payments, and convergent: called again it finds nothing to do.
What was only promised or held shrinks first and costs nobody anything; what was taken beyond what is due goes back.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import capturing, crediting, locking, recording, refunding, rules, selectors
from checkout.payments.models import CaptureWhen, Payment, Refund
from checkout.payments.providers import invoice
from shop.core import db


def settle(
    *, order_id: UUID, by: str, reason: str, to: str = "original", cause: UUID | None = None
) -> list[Refund]:  # fmt: skip
    """Ask for the refund of all that the order owes, and let go of what is held or promised beyond what is due.

    `to` is a `Refund.Destination`, `cause` the reimbursement that the refunds are a part of. Split over the payments,
    oldest first. What a refund that failed was to give back is not asked for again: that one is tried again as it is.
    Raises `RefundRefused` ("no_account": a guest's store credit). May belong to the caller's transaction.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        if order.status not in selectors.GOES_ON and not order.is_over:
            return []  # it still waits for its first money: `recording` looks after that
        _shrink_promises(order, payments, by)
        order, payments = locking.order_and_payments(order_id)
        limits = [refunding.free(payment) for payment in payments]
        minor = min(refunding.unasked(order), sum(limits))
        parts = zip(payments, rules.split(minor, limits), strict=True)
        given = [(one, part) for one, part in parts if part]
        made = crediting.give(order, given, reason=reason, by=by, to=to, cause=cause)
        order, payments = locking.order_and_payments(order_id)
        recording.follow(order, by)
        if order.held_minor and not orders.facts(order).is_given_back and _kept(order) >= order.due_minor:
            capturing.ask_to_void(order, by)  # paid without it
        return made


def _shrink_promises(order: Order, payments: list[Payment], by: str) -> None:
    """Customers need not send what is not due any more: the latest promise goes first."""
    promises = [one for one in payments if _is_promise(one)]
    promised = sum(one.held_minor for one in promises)
    others = order.came_minor - _kept(order) - promised
    excess = promised - max(0, order.due_minor - _kept(order) - others)
    for payment in reversed(promises):
        part = min(excess, payment.held_minor)
        if part > 0:
            outcome = invoice.released(reference=payment.reference, amount=order.money(part), by=by)
            recording.record(payment_id=payment.pk, outcome=outcome, source="settle", by=by)
            excess -= part


def _is_promise(payment: Payment) -> bool:
    return payment.capture_when == CaptureWhen.PROMISE and payment.held_minor > 0 and not payment.is_let_go


def _kept(order: Order) -> int:
    """What is taken and stays: neither given back nor asked to be."""
    return order.captured_minor - order.refunded_minor - refunding.requested(order)
