"""Money that goes back: asked for in a transaction, sent by a worker, settled by the provider's answer.

A refund that failed is asked for again by itself a few times, each a refund of its own; then a person is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from checkout.disputes import selectors as disputes
from checkout.orders import revising
from checkout.orders import selectors as order_selectors
from checkout.orders.models import Order
from checkout.payments import locking, rules, selectors
from checkout.payments.models import Payment, Refund
from checkout.payments.providers import base
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

FACTS = {"refunded", "refund_pending", "refund_failed"}
BACK = {"refunded", "refund_pending", "credited"}
OVER = {Order.Status.CANCELLED, Order.Status.REFUNDED}  # nothing of such an order is due
_PARTLY = Order.FulfilmentState.PARTLY_SHIPPED
_LEFT = (
    Order.FulfilmentState.SHIPPED,
    Order.FulfilmentState.DELIVERED,
    Order.FulfilmentState.PARTLY_RETURNED,
)


class RefundRefused(Exception):
    """This much cannot be given back. `str()` is a sentence for people, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def allow(order: Order, minor: int, by: str, *, is_counted: bool = False) -> None:
    """What is given back beyond what is owed is goodwill: that much less is due. The order is locked.

    Who gives back all that was taken does not want the rest either: then nothing is due any more (see `_ends`). An
    order that waits for its first money still waits for all of it. `is_counted`: the order's sums have it already.
    """
    counted = minor if is_counted else 0
    goodwill = minor - owed(order, but=counted)
    if goodwill > 0 and order.status in selectors.GOES_ON:
        is_all = _ends(order, minor - counted, goodwill)
        revising.allow(order=order, minor=order.due_minor if is_all else goodwill, by=by)


def _ends(order: Order, minor: int, goodwill: int) -> bool:
    """Whether giving `minor` back besides what is on its way, `goodwill` of it all as such, gives the order up: nothing
    is left of what was taken.

    Not once a part has left while others are to follow, nor where what has left is to be paid by money that is still
    held or promised: a merchant who is sorry for the first parcel means what it cost, and no more than that.
    """
    if order.captured_minor - order.refunded_minor - requested(order) != minor:
        return False
    is_sure = order.came_minor - minor >= order.due_minor - goodwill
    return order.fulfilment_state not in (_PARTLY, *(_LEFT if is_sure else ()))


def owed(order: Order, *, but: int = 0) -> int:
    """What an order has to give back and nobody asks for at present, in minor units; or had, `but` so much of what went
    back or is asked for. The order is locked."""
    disputed = Payment.objects.filter(order=order).aggregate(sum=Sum("disputed_minor"))["sum"]
    return rules.excess(
        total=order.total_minor - order.allowed_minor,
        captured=order.captured_minor,
        refunded=order.refunded_minor - but,
        requested=requested(order),
        disputed=disputed or 0,
        is_over=order.is_over,
    )


def unasked(order: Order) -> int:
    """What an order has to give back and nobody has asked for in any way: what has failed is tried again as it is.

    Not what has failed and is not owed any more, because it was given otherwise or the order costs more by now. That is
    put away here, or it would stand for what comes to be owed later. Nor does it stand for more than its payment still
    has: the rest is for the others to give. The order is locked.
    """
    left = owed(order)
    room: dict[UUID, int] = {}
    for refund in _failed(order_id=order.pk).select_related("payment").order_by("id"):
        if left <= 0:
            Refund.objects.filter(pk=refund.pk).update(status=Refund.Status.REPLACED)
            _note(refund, Refund.Status.REPLACED, "system")
            continue
        has = room.setdefault(refund.payment_id, refundable(refund.payment))
        stands_for = min(refund.amount_minor, has)
        room[refund.payment_id] -= stands_for
        left -= stands_for
    return max(0, left)


def requested(order: Order) -> int:
    """What is on its way back, in minor units."""
    return _sum(Refund.objects.filter(selectors.ASKED, order_id=order.pk))


def _failed(**of: object) -> QuerySet[Refund]:
    """Refunds that failed and were not asked for again."""
    again = Refund.objects.filter(retry_of=OuterRef("pk"))
    return Refund.objects.filter(status=Refund.Status.FAILED, **of).exclude(Exists(again))


def _sum(refunds: QuerySet[Refund]) -> int:
    return refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def write_down(
    payment: Payment, minor: int, *, reason: str, by: str, again: Refund | None = None, key: UUID | None = None,
    cause: UUID | None = None,
) -> Refund:  # fmt: skip
    """Write down a refund that a worker then sends. Order and payment are locked, the amount is within the cap.

    `again`: the failed one that it repeats, and whose `cause` it has.
    """
    refund = Refund.objects.create(
        id=key or db.uuid7(), payment=payment, order_id=payment.order_id, amount_minor=minor, reason=reason[:200],
        actor=by, attempt=again.attempt + 1 if again else 1, retry_of=again.pk if again else None,
        cause_id=again.cause_id if again else cause,
    )  # fmt: skip
    _note(refund, Refund.Status.REQUESTED, by)
    Order.objects.filter(pk=payment.order_id).update(secured_minor=F("secured_minor") - minor)
    bus.publish(types.RefundRequested(order_id=payment.order_id, refund_id=refund.pk), using=db.DEFAULT)
    return refund


def try_again(*, refund_id: UUID, by: str) -> Refund | None:
    """Ask once more for a refund that failed, or for as much of it as is still owed and there; None if that was done
    before. Raises `RefundRefused` when nothing is.
    """
    with transaction.atomic(using=db.DEFAULT):
        failed = Refund.objects.get(pk=refund_id)
        order, payment = locking.order_and_payment(failed.payment_id)
        failed.refresh_from_db()
        if failed.status != Refund.Status.FAILED or Refund.objects.filter(retry_of=failed.pk).exists():
            return None
        minor = min(failed.amount_minor, owed(order), refundable(payment))
        if not minor:
            raise RefundRefused(_("That money is not there any more."), "refund_too_large")
        return write_down(payment, minor, reason=failed.reason, by=by, again=failed)


def settle(
    payment: Payment,
    outcome: base.Outcome,
    entries: list[rules.Entry],
    *,
    refund_id: UUID | None,
    by: str,
) -> list[int]:
    """Bring the payment's refunds up to date with all its facts. `refund_id`: the one that `outcome` answers.

    Those that were made at the provider, past the shop, are written down here; returns what each of them is worth as
    goodwill, to be allowed (`allow`) once the order's sums have them: as far as nobody had given or asked for that
    money in another way before.
    """
    if refund_id is not None:
        reference = next((rules.happening(fact.reference) for fact in outcome.facts if fact.kind in FACTS), "")
        Refund.objects.filter(pk=refund_id, reference="").update(reference=reference)
    states = rules.refund_states((entry.kind, rules.happening(entry.reference)) for entry in entries)
    past = []
    for reference, minor in _foreign(payment, entries, states).items():
        known = Refund.objects.filter(payment=payment, status__in=(Refund.Status.REQUESTED, Refund.Status.DONE))
        past.append(min(minor, payment.captured_minor - _sum(known)))
        made = Refund.objects.create(
            payment=payment, order_id=payment.order_id, amount_minor=minor, reference=reference, actor=by,
            reason=_("Given back at the payment provider."),
        )  # fmt: skip
        if states[reference] == Refund.Status.REQUESTED:  # it arrives later, and is on the papers as any other is
            bus.publish(types.RefundRequested(order_id=payment.order_id, refund_id=made.pk), using=db.DEFAULT)
    for refund in Refund.objects.filter(payment=payment, reference__in=states) if states else ():
        is_put_away = refund.status == Refund.Status.REPLACED
        if (Refund.Status.FAILED if is_put_away else refund.status) != states[refund.reference]:
            finish(refund, states[refund.reference], by)
    return [minor for minor in past if minor > 0]


def _foreign(payment: Payment, entries: list[rules.Entry], states: Mapping[str, str]) -> dict[str, int]:
    """Refunds that nobody asked for here, and what they come to.

    What a refund of ours may account for whose answer is still to come is taken for that one, or a part of it, until
    the answer says otherwise.
    """
    own = Refund.objects.filter(payment=payment).values_list("reference", "amount_minor", "status")
    known = {reference for reference, _minor, _status in own}
    open_ = sum(minor for reference, minor, status in own if not reference and status == Refund.Status.REQUESTED)
    lasting = {reference for reference, state in states.items() if state != Refund.Status.FAILED} - known
    found: dict[str, int] = {}
    for entry in entries:
        reference = rules.happening(entry.reference)
        if entry.kind in BACK and reference in lasting:
            found[reference] = max(entry.minor, found.get(reference, 0))
    for reference, minor in list(found.items()):
        if minor <= open_:
            open_ -= minor
            del found[reference]
    return found


def finish(refund: Refund, state: str, by: str) -> None:
    """The refund is done or has failed. The caller holds the order's lock."""
    Refund.objects.filter(pk=refund.pk).update(status=state)
    if state == Refund.Status.FAILED:
        Order.objects.filter(pk=refund.order_id).update(secured_minor=F("secured_minor") + refund.amount_minor)
    _note(refund, state, by)
    if state == Refund.Status.DONE:
        bus.publish(types.RefundMade(order_id=refund.order_id, refund_id=refund.pk), using=db.DEFAULT)
    elif state == Refund.Status.FAILED and refund.attempt >= rules.MAX_REFUND_TRIES:
        bus.publish(types.RefundFailed(order_id=refund.order_id, refund_id=refund.pk), using=db.DEFAULT)


def _note(refund: Refund, what: str, by: str) -> None:
    audit.record(
        action=f"refund.{what}", by=by, object_type="order", object_id=refund.order_id,
        changes={"refund": str(refund.pk), "amount_minor": refund.amount_minor}, using=db.DEFAULT,
    )  # fmt: skip


def fail(*, refund_id: UUID, why: str) -> None:
    """The provider will not make this refund; it is tried again later, or people see it as failed. What its payment
    does not have any more is asked of the others."""
    with transaction.atomic(using=db.DEFAULT):
        refund = Refund.objects.get(pk=refund_id)
        order, payment = locking.order_and_payment(refund.payment_id)
        refund.refresh_from_db()
        if refund.status == Refund.Status.REQUESTED:
            finish(refund, Refund.Status.FAILED, "system")
            Refund.objects.filter(pk=refund.pk).update(reason=f"{refund.reason} ({why})"[:200])
            give_back_excess(order, "system", first=payment)


def refundable(payment: Payment) -> int:
    """Minor units of a locked payment that may still be given back: captured, not refunded, asked for or disputed."""
    asked = _sum(Refund.objects.filter(selectors.ASKED, payment=payment))
    return max(0, payment.captured_minor - payment.refunded_minor - payment.disputed_minor - asked)


def kept_for_bank(payment: Payment) -> int:
    """Minor units of a payment that the shop does not give back by itself: what its holder has called back, and all
    that it has as long as the bank has still to decide."""
    is_undecided = bool(payment.disputed_minor) and disputes.is_open(payment.pk)
    return payment.disputed_minor + (refundable(payment) if is_undecided else 0)


def free(payment: Payment) -> int:
    """The same, less what a refund that failed is to give back when it is tried again. Nothing while the bank has still
    to decide on a dispute; what is lost is not there to be given."""
    if payment.disputed_minor and disputes.is_open(payment.pk):
        return 0
    return max(0, refundable(payment) - _sum(_failed(payment=payment)))


def give_back(*, order_id: UUID, by: str) -> None:
    """Ask for the refund of everything that was captured for an order that is over. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        order, _payments = locking.order_and_payments(order_id)
        if order.status in OVER:
            give_back_excess(order, by)


def give_back_excess(order: Order, by: str, *, first: Payment | None = None, is_alone: bool = False) -> None:
    """Ask for the refund of money that the order has no use for: it is over, or was paid twice.

    Of payment `first` as far as that has it, and of the others, oldest first, for what is left: what one cannot give
    back, as its holder has called it back at the bank, another still owes. `is_alone`: not of the others, for whoever
    caused this asks them next. Not again what has failed: that is tried again as it is. What is disputed is never
    refunded as well. The order is locked, and with it all of its payments.
    """
    left = unasked(order)
    payments = list(Payment.objects.filter(order=order).order_by("id")) if left else []
    if first is not None:
        payments = [first, *(one for one in payments if one.pk != first.pk and not is_alone)]
    for payment in payments:
        minor = min(left, free(payment))
        if minor > 0:
            reason, actor = _why_back(order, by)
            write_down(payment, minor, reason=reason, by=actor)
            left -= minor


def _why_back(order: Order, by: str) -> tuple[str, str]:
    """Why money goes back by itself, and who caused it: whoever cancelled the order, else `by`."""
    step = order_selectors.cancellation_of(order.pk) if order.status in OVER else None
    if step is None:
        return _("More was paid than is due."), by
    reason = _("The order was cancelled.")
    return (f"{reason} {step.note}" if step.note else reason), step.actor
