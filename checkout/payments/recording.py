"""What becomes known of a payment: facts kept once, sums made anew, order and refunds brought up to date."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import locking, rules
from checkout.payments.models import Payment, PaymentEvent, Refund
from checkout.payments.providers import base
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

log = structlog.get_logger("checkout.payments")

REFUND_FACTS = {"refunded", "refund_pending", "refund_failed"}
UNDER_WAY = {Payment.Status.PENDING, Payment.Status.PROCESSING}
OVER = {Order.Status.CANCELLED, Order.Status.REFUNDED}


def record(
    *, payment_id: UUID, outcome: base.Outcome, source: str, by: str = "system", refund_id: UUID | None = None
) -> Payment:
    """Take in what a provider said, in one transaction; see `services.record`."""
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        before = payment.status
        _keep(payment, outcome, source)
        entries = _entries(payment)
        _update(payment, outcome, rules.sums(entries))
        if refund_id is not None:
            _name_refund(refund_id, outcome)
        _settle_refunds(payment, entries, by)
        _sum_up(order)
        _follow(order, payment, before, by)
        return payment


def _keep(payment: Payment, outcome: base.Outcome, source: str) -> None:
    keys = sorted(db.uuid7() for _fact in outcome.facts)  # in the order the provider tells them
    PaymentEvent.objects.bulk_create(
        [
            PaymentEvent(
                id=key,
                payment=payment,
                order_id=payment.order_id,
                kind=fact.kind,
                reference=fact.reference,
                amount_minor=fact.amount.minor,
                currency=fact.amount.currency,
                source=source,
                occurred_at=fact.occurred_at,
            )
            for key, fact in zip(keys, outcome.facts, strict=True)
        ],
        ignore_conflicts=True,
    )


def _entries(payment: Payment) -> list[rules.Entry]:
    """The facts that count: those in the payment's currency. Money of another one is for people to look at."""
    rows = PaymentEvent.objects.filter(payment=payment).values_list("kind", "reference", "amount_minor", "currency")
    entries = []
    for kind, reference, minor, currency in rows:
        if currency == payment.currency:
            entries.append(rules.Entry(kind, reference, minor))
        else:
            log.error("fact in a foreign currency", payment=str(payment.pk), kind=kind, currency=currency)
    return entries


def _update(payment: Payment, outcome: base.Outcome, known: rules.Sums) -> None:
    status = rules.status(current=payment.status, amount=payment.amount_minor, known=known, state=outcome.state)
    payment.authorised_minor = max(0, known.authorised - known.voided)
    payment.captured_minor, payment.refunded_minor = known.captured, known.refunded
    payment.reference = outcome.reference or payment.reference
    payment.status = status
    is_waiting = status == Payment.Status.ACTION_REQUIRED
    payment.action_url = (outcome.action_url or "") if is_waiting else ""
    payment.instructions = dict(outcome.instructions) or payment.instructions
    if status == Payment.Status.FAILED:
        payment.decline_code = (outcome.decline_code or payment.decline_code)[:60]
        payment.message = str(outcome.message or payment.message)[:300]
    payment.updated_at = Now()
    payment.save(
        update_fields=[
            "authorised_minor",
            "captured_minor",
            "refunded_minor",
            "reference",
            "status",
            "action_url",
            "instructions",
            "decline_code",
            "message",
            "updated_at",
        ]
    )


def _name_refund(refund_id: UUID, outcome: base.Outcome) -> None:
    """Tell our refund by the name the provider gave it."""
    reference = next((fact.reference for fact in outcome.facts if fact.kind in REFUND_FACTS), "")
    Refund.objects.filter(pk=refund_id, reference="").update(reference=reference)


def _settle_refunds(payment: Payment, entries: list[rules.Entry], by: str) -> None:
    states = rules.refund_states((entry.kind, entry.reference) for entry in entries)
    if not states:
        return
    for refund in Refund.objects.filter(payment=payment, reference__in=states):
        state = states[refund.reference]
        if refund.status != state:
            finish_refund(refund, state, by)


def finish_refund(refund: Refund, state: str, by: str) -> None:
    """The refund is done or has failed. The caller holds the order's lock."""
    Refund.objects.filter(pk=refund.pk).update(status=state)
    audit.record(
        action=f"refund.{state}", by=by, object_type="order", object_id=refund.order_id,
        changes={"refund": str(refund.pk), "amount_minor": refund.amount_minor}, using=db.DEFAULT,
    )  # fmt: skip
    if state == Refund.Status.DONE:
        bus.publish(types.RefundMade(order_id=refund.order_id, refund_id=refund.pk), using=db.DEFAULT)


def _sum_up(order: Order) -> None:
    found = Payment.objects.filter(order=order).aggregate(
        authorised=Sum("authorised_minor"), captured=Sum("captured_minor"), refunded=Sum("refunded_minor")
    )
    orders.note_money(order=order, **{name: minor or 0 for name, minor in found.items()})


def _follow(order: Order, payment: Payment, before: str, by: str) -> None:
    """What the new sums mean for the order."""
    give_back_excess(order, payment, by)
    trigger = _trigger(order, payment, before)
    if trigger and order_selectors.allows(order, trigger):
        orders.apply(order_id=order.pk, trigger=trigger, by=by, about=payment.pk, note=_note(payment, trigger))


def _trigger(order: Order, payment: Payment, before: str) -> str | None:
    if order.captured_minor and order.refunded_minor == order.captured_minor:
        return "refund"
    if order.status == Order.Status.PAYMENT_REVIEW:
        return "approve_review"
    if order.captured_minor - order.refunded_minor >= order.total_minor:
        return "payment_success"
    if payment.status == Payment.Status.AUTHORISED:
        return "hold_for_review"
    if payment.status == Payment.Status.FAILED and before != Payment.Status.FAILED:
        return "payment_failed"
    return None


def _note(payment: Payment, trigger: str) -> str:
    return payment.decline_code if trigger == "payment_failed" else ""


def give_back_excess(order: Order, payment: Payment, by: str) -> None:
    """Ask for the refund of money that the order has no use for: it is over, or was paid twice.

    Not again for a payment whose refund has failed: people must look at that one. Order and payment are locked.
    """
    asked = Refund.objects.filter(order_id=order.pk)
    if asked.filter(payment=payment, status=Refund.Status.FAILED).exists():
        return
    requested = asked.filter(status=Refund.Status.REQUESTED).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    excess = rules.excess(
        total=order.total_minor,
        captured=order.captured_minor,
        refunded=order.refunded_minor,
        requested=requested,
        is_over=order.status in OVER,
    )
    minor = min(excess, refundable(payment))
    if minor > 0:
        reason, by = _why_back(order, by)
        request_refund(payment, minor, reason=reason, by=by)


def _why_back(order: Order, by: str) -> tuple[str, str]:
    """Why money goes back by itself, and who caused it: whoever cancelled the order, else `by`."""
    step = order_selectors.cancellation_of(order.pk) if order.status in OVER else None
    if step is None:
        return _("More was paid than is due."), by
    reason = _("The order was cancelled.")
    return (f"{reason} {step.note}" if step.note else reason), step.actor


def refundable(payment: Payment) -> int:
    """Minor units of a locked payment that may still be given back: captured, not refunded, not asked for."""
    open_refunds = Refund.objects.filter(payment=payment, status=Refund.Status.REQUESTED)
    requested = open_refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return max(0, payment.captured_minor - payment.refunded_minor - requested)


def request_refund(payment: Payment, minor: int, *, reason: str, by: str) -> Refund:
    """Write down a refund that a worker then sends. Order and payment are locked, the amount is within the cap."""
    refund = Refund.objects.create(
        payment=payment, order_id=payment.order_id, amount_minor=minor, reason=reason[:200], actor=by
    )
    audit.record(
        action="refund.requested", by=by, object_type="order", object_id=payment.order_id,
        changes={"refund": str(refund.pk), "amount_minor": minor}, using=db.DEFAULT,
    )  # fmt: skip
    bus.publish(types.RefundRequested(order_id=payment.order_id, refund_id=refund.pk), using=db.DEFAULT)
    return refund


def start(*, payment_id: UUID) -> Payment | None:
    """Mark a payment as being asked for, committed before the provider is; None if it is not to be asked for now."""
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        if order.status != Order.Status.PAYMENT_PENDING or payment.status not in UNDER_WAY:
            return None
        payment.order = order
        payment.status = Payment.Status.PROCESSING
        payment.attempts += 1
        payment.updated_at = Now()  # the timetable leaves it alone while it is being asked for
        payment.save(update_fields=["status", "attempts", "updated_at"])
        return payment


def give_back(*, order_id: UUID, by: str) -> None:
    """Ask for the refund of everything that was captured for an order that is over. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        if order.status in OVER:
            for payment in payments:
                give_back_excess(order, payment, by)


def fail_refund(*, refund_id: UUID, why: str) -> None:
    """The provider will not make this refund; people see it as failed."""
    with transaction.atomic(using=db.DEFAULT):
        refund = Refund.objects.get(pk=refund_id)
        locking.order_and_payment(refund.payment_id)
        refund.refresh_from_db()
        if refund.status == Refund.Status.REQUESTED:
            finish_refund(refund, Refund.Status.FAILED, "system")
            Refund.objects.filter(pk=refund.pk).update(reason=f"{refund.reason} ({why})"[:200])
