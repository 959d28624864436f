"""What becomes known of a payment: facts kept once and posted, sums made anew, the order brought up to date."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import translation

from checkout.disputes import services as disputes
from checkout.ledger import rules as accounts
from checkout.ledger import services as ledger
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import capturing, cards, covering, locking, providers, refunding, rules, selectors
from checkout.payments.models import CaptureWhen, Payment, PaymentEvent, PaymentOptions
from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

log = structlog.get_logger("checkout.payments")

UNDER_WAY = {Payment.Status.PENDING, Payment.Status.PROCESSING}
OVER = refunding.OVER
SETTLING = {"credit", "settle"}  # somebody is giving back what is owed, in his own way and of all payments in turn


def record(
    *,
    payment_id: UUID,
    outcome: base.Outcome,
    source: str,
    by: str = "system",
    refund_id: UUID | None = None,
    capture_id: UUID | None = None,
) -> Payment:
    """Take in what a provider said, in one transaction; see `services.record`."""
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        before, held, was_short = payment.status, payment.held_minor, _is_short(order)
        events = _keep(payment, outcome, source)
        cards.note_saved(order=order, payment=payment, saved=outcome.saved)
        entries = _entries(payment, events)
        _update(payment, outcome, rules.sums(entries))
        _note_disputes(payment, outcome, entries)
        past = refunding.settle(payment, outcome, entries, refund_id=refund_id, by=by)
        if capture_id is not None:
            capturing.finish(capture_id)
        _sum_up(order)
        for minor in past:
            refunding.allow(order, minor, by, is_counted=True)
        if order.status in OVER and payment.held_minor > held:
            capturing.ask_to_void(order, by)  # the answer to a charge that came after the order had ended
        refunding.give_back_excess(order, by, first=payment, is_alone=source in SETTLING)
        follow(order, by, payment=payment, before=before)
        if was_short and not _is_short(order):
            bus.publish(types.BalancePaid(order_id=order.pk, payment_id=payment.pk), using=db.DEFAULT)
        return payment


def _is_short(order: Order) -> bool:
    """Whether a locked order that goes on has come to cost more than is taken or surely held: its parcels wait."""
    facts = orders.facts(order)
    return order.status in selectors.GOES_ON and facts.came < facts.due


def _keep(payment: Payment, outcome: base.Outcome, source: str) -> list[PaymentEvent]:
    """Keep each fact once and post what it moved; all events of the payment. Its lock is held."""
    events = list(PaymentEvent.objects.filter(payment=payment).order_by("id"))
    known = {(event.kind, event.reference) for event in events}
    fresh = {(fact.kind, fact.reference): fact for fact in outcome.facts}
    keys = iter(sorted(db.uuid7() for _fact in fresh))  # in the order the provider tells them
    for name, fact in fresh.items():
        if name not in known:
            event = PaymentEvent.objects.create(
                id=next(keys),
                payment=payment, order_id=payment.order_id, kind=fact.kind, reference=fact.reference,
                amount_minor=fact.amount.minor, currency=fact.amount.currency, source=source,
                occurred_at=fact.occurred_at,
            )  # fmt: skip
            _post(payment, events, event)
            events.append(event)
    return events


def _post(payment: Payment, before: list[PaymentEvent], event: PaymentEvent) -> None:
    """The ledger's rows for one event: what the sums of its currency are with it, and were without it."""
    same = [one for one in before if one.currency == event.currency]
    ledger.post(
        order_id=payment.order_id, payment_id=payment.pk, event_id=event.pk, provider=payment.provider,
        currency=event.currency, before=standing(same), after=standing([*same, event]),
    )  # fmt: skip


def standing(events: list[PaymentEvent]) -> accounts.Standing:
    """The sums of a payment's events of one currency as the ledger counts them."""
    known = rules.sums(rules.Entry(one.kind, one.reference, one.amount_minor) for one in events)
    return accounts.Standing(
        authorised=known.authorised, voided=known.voided, captured=known.captured,
        refund_pending=known.refund_pending, refunded=known.refunded, disputed=known.disputed,
        lost=known.lost, fees=known.fees, credited=known.credited,
    )  # fmt: skip


def _entries(payment: Payment, events: list[PaymentEvent]) -> list[rules.Entry]:
    """The facts that count: those in the payment's currency. Money of another one is for people to look at."""
    entries = []
    for event in events:
        if event.currency == payment.currency:
            entries.append(rules.Entry(event.kind, event.reference, event.amount_minor))
        else:
            log.error("fact in a foreign currency", payment=str(payment.pk), kind=event.kind, currency=event.currency)
    return entries


def _update(payment: Payment, outcome: base.Outcome, known: rules.Sums) -> None:
    status = rules.status(current=payment.status, amount=payment.amount_minor, known=known, state=outcome.state)
    payment.authorised_minor = max(0, known.authorised - known.voided)
    payment.captured_minor, (payment.refunded_minor, payment.credited_minor) = known.captured, known.counted_back
    if payment.refunded_minor < known.given_back:
        log.error("more went back than came in", payment=str(payment.pk), minor=known.given_back)
    payment.disputed_minor = known.disputed + known.lost
    payment.reference = outcome.reference or payment.reference
    payment.status = status
    is_waiting = status == Payment.Status.ACTION_REQUIRED
    payment.action_url = (outcome.action_url or "") if is_waiting else ""
    payment.instructions = dict(outcome.instructions) or payment.instructions
    if status == Payment.Status.FAILED:
        payment.decline_code = (outcome.decline_code or payment.decline_code)[:60]
        with translation.override(
            None
        ):  # as it stands in the source: `selectors.problem` says it in the reader's language
            payment.message = str(outcome.message or payment.message)[:300]
    payment.updated_at = Now()
    payment.save(
        update_fields=[
            "authorised_minor",
            "captured_minor",
            "refunded_minor",
            "credited_minor",
            "disputed_minor",
            "reference",
            "status",
            "action_url",
            "instructions",
            "decline_code",
            "message",
            "updated_at",
        ]
    )


def _note_disputes(payment: Payment, outcome: base.Outcome, entries: list[rules.Entry]) -> None:
    told = {fact.reference: fact for fact in outcome.facts if fact.kind == "disputed"}
    states = rules.dispute_states((entry.kind, entry.reference) for entry in entries)
    for entry in entries:
        if entry.kind == "disputed":
            fact = told.get(entry.reference)
            disputes.note(
                order_id=payment.order_id, payment_id=payment.pk, reference=entry.reference,
                amount=Money(entry.minor, payment.currency), status=states[entry.reference],
                reason=fact.reason if fact else "", due_at=fact.due_at if fact else None,
            )  # fmt: skip


def _sum_up(order: Order) -> None:
    held = Greatest(F("authorised_minor") - F("captured_minor"), 0)
    found = Payment.objects.filter(order=order).aggregate(
        authorised=Coalesce(Sum("authorised_minor"), 0),
        captured=Coalesce(Sum("captured_minor"), 0),
        refunded=Coalesce(Sum("refunded_minor"), 0),
        held=Coalesce(Sum(held), 0),
    )
    orders.note_money(order=order, secured=covering.secured(order), **found)


def follow(order: Order, by: str, *, payment: Payment | None = None, before: str = "") -> None:
    """What its sums, or what it costs now, mean for a locked order. `payment` brought new sums; it was `before`."""
    is_given_back = orders.facts(order).is_given_back
    if is_given_back and order.held_minor:
        capturing.ask_to_void(order, by)  # I8: what is given back in full is not taken after all
    trigger = "refund" if is_given_back else _trigger(order, payment, before) if payment else None
    if trigger and order_selectors.allows(order, trigger):
        note = payment.decline_code if payment and trigger == "payment_failed" else ""
        about = payment.pk if payment else None
        order = orders.apply(order_id=order.pk, trigger=trigger, by=by, about=about, note=note)
    if not order.is_over and order.secured_minor - order.refunded_minor >= order.due_minor:
        capturing.take_credit(order, by)


def _trigger(order: Order, payment: Payment, before: str) -> str | None:
    if order.status == Order.Status.PAYMENT_REVIEW:  # taking the money is what approves it
        return "approve_review" if order.captured_minor - order.refunded_minor >= order.due_minor else None
    if order.secured_minor - order.refunded_minor >= order.due_minor:
        return "payment_success"
    if payment.status == Payment.Status.AUTHORISED:
        return "hold_for_review"
    if payment.status == Payment.Status.FAILED and before != Payment.Status.FAILED:
        return "payment_failed"
    return None


def start(*, payment_id: UUID, provider: str) -> Payment | None:
    """Mark a payment as being asked of `provider`, committed before that is; None if it is not to be asked for now.

    From here on the payment stays with its provider (`choosing`): a rival that moved it before was faster.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        is_waiting = order.status == Order.Status.PAYMENT_PENDING or order.status in selectors.GOES_ON
        if not is_waiting or payment.status not in UNDER_WAY or payment.provider != provider:
            return None
        payment.order = order
        if _is_too_much(payment):
            record(payment_id=payment_id, outcome=base.Outcome(reference="", state="cancelled"), source="charge")
            return None
        payment.status = Payment.Status.PROCESSING
        payment.capture_when = when_to_capture(payment)
        payment.attempts += 1
        payment.answer_due_at = db.clock() + rules.ANSWER_TIME
        payment.updated_at = Now()  # the timetable leaves it alone while it is being asked for
        payment.save(update_fields=["status", "capture_when", "attempts", "answer_due_at", "updated_at"])
        return payment


def _is_too_much(payment: Payment) -> bool:
    """Whether the order has come to cost less since somebody set out to pay its balance, and nobody was asked yet."""
    if payment.attempts or not selectors.is_for_balance(payment):
        return False
    return payment.amount_minor > selectors.still_due(payment.order_id).minor


def note_asked(*, payment_id: UUID, provider: str) -> bool:
    """Mark a payment as asked of `provider` for its own page; False if it was moved to another one meanwhile."""
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        payment.order = order
        if payment.provider != provider or _is_too_much(payment):
            return False
        Payment.objects.filter(pk=payment_id).update(
            attempts=payment.attempts + 1, capture_when=when_to_capture(payment), updated_at=Now()
        )
        return True


def when_to_capture(payment: Payment) -> str:
    """`CaptureWhen` of a payment that is about to be asked for; once asked it stays as it was."""
    if payment.attempts:
        return payment.capture_when
    option = PaymentOptions.objects.values_list("capture_when", flat=True).first()
    if selectors.is_for_balance(payment):
        option = CaptureWhen.AT_ONCE  # nobody reviews it, and its parcel may have left
    return rules.capture_when(
        provider=payment.provider,
        is_part=selectors.is_only_held(payment),
        can_authorise=providers.provider(payment.provider).can_authorise,
        option=option or CaptureWhen.AT_ONCE,
    )
