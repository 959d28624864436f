"""What is kept of questions to a provider that had no answer: whether one was asked, and under which key the next is.

A payment that was never asked for can be dropped by a word here. One that was asked for ends by its provider's word
alone: no call may be under way (`answer_due_at`), the provider must have been looked at since, and found without it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from checkout.payments import calls, locking, recording
from checkout.payments.models import Payment
from checkout.payments.providers import base
from shop.audit import services as audit
from shop.core import db

_EARLIER = timedelta(minutes=5)  # two clocks may differ by this
_CANCELLED = base.Outcome(reference="", state="cancelled")


def look_for(payment: Payment) -> base.Outcome | None:
    """What the provider made for a payment whose reference never reached us; None: nothing. Talks to the provider.

    By its search, and where that shows nothing (it may lag) by its list since the payment was opened: what holds money
    comes before what does not. Raises `ProviderUnavailable`, `ProviderRefused`.
    """
    name, since = str(payment.pk), payment.created_at - _EARLIER
    found = calls.ask(payment.provider, lambda provider: provider.find(name))
    if found is not None:
        return found
    until = db.clock() + _EARLIER
    listed = calls.ask(payment.provider, lambda provider: list(provider.list(since, until)))
    mine = [one.outcome for one in listed if one.payment_id == name]
    return max(mine, key=lambda outcome: bool(outcome.facts), default=None)


def note_unanswered(before: Payment, started: Payment, error: base.ProviderUnavailable) -> None:
    """The question of `started` (`before`: the payment as it was then) had no answer.

    Where nothing was asked it counts as never asked; where the provider failed, no call of ours is under way any more.
    """
    if not isinstance(error, base.NotAsked | base.Failed):
        return
    with transaction.atomic(using=db.DEFAULT):
        _order, payment = locking.order_and_payment(started.pk)
        if payment.status != Payment.Status.PROCESSING or payment.reference:
            return
        if payment.attempts == started.attempts == before.attempts + 1:  # nobody has asked meanwhile
            payment.answer_due_at = before.answer_due_at
        if isinstance(error, base.NotAsked):
            payment.attempts -= 1
            payment.status = Payment.Status.PROCESSING if payment.attempts else Payment.Status.PENDING
        payment.save(update_fields=["answer_due_at", "attempts", "status"])


def next_key(started: Payment) -> None:
    """Have the payment asked for under a new key from now on: nothing was made under the one of `started`, and nothing
    will be. No effect where that was done before."""
    with transaction.atomic(using=db.DEFAULT):
        _order, payment = locking.order_and_payment(started.pk)
        if payment.reference or payment.key_number != started.key_number:
            return
        Payment.objects.filter(pk=payment.pk).update(key_number=payment.key_number + 1, updated_at=Now())
        audit.record(
            action="payment.key", by="system", object_type="order", object_id=payment.order_id,
            changes={"payment": str(payment.pk), "number": payment.key_number + 1}, using=db.DEFAULT,
        )  # fmt: skip


def drop(payment: Payment) -> bool:
    """Cancel a payment that brought nothing, as it was when `payment` was read; False if it was asked for since, or a
    call may be under way. Of one that was asked for, its provider must have been looked at in between."""
    with transaction.atomic(using=db.DEFAULT):
        _order, now = locking.order_and_payment(payment.pk)
        if now.status not in recording.UNDER_WAY or now.reference or now.attempts != payment.attempts:
            return False
        if is_being_asked(now):
            return False
        recording.record(payment_id=payment.pk, outcome=_CANCELLED, source="dropped")
        return True


def is_being_asked(payment: Payment) -> bool:
    """Whether a call for it may be under way: at our end, or still at the provider's."""
    return payment.answer_due_at is not None and payment.answer_due_at > db.clock()
