"""The payments' commands that talk to a provider. No transaction is open while they do.

Each may be stopped at any line and run again: the provider is asked under a key that makes the same question have one
effect, and what it says is recorded once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from checkout.cards import selectors as cards
from checkout.orders import access
from checkout.orders import services as orders
from checkout.payments import asking, calls, choosing, methods, providers, recording, refunding, rules, selectors
from checkout.payments.models import CaptureWhen, Payment
from checkout.payments.providers import base
from inventory.reservations import services as reservations
from shop.core import db, requests

log = structlog.get_logger("checkout.payments")

_UP_TO_THE_SHOPPER = {"declined", "requires_action"}  # another card, or 3-D Secure: the usual time again
_CANCELLED = base.Outcome(reference="", state="cancelled")
_NOT_MADE = cast(
    str, gettext_lazy("The payment could not be made. Nothing was charged. Please try another way to pay.")
)
_CREDIT_CHANGED = cast(
    str,
    gettext_lazy("Your gift card or store credit has changed, so this payment was not made. Nothing was charged."),
)


class PaymentRefused(Exception):
    """This payment cannot be begun or changed. `str()` is a sentence for people."""


def charge(*, payment_id: UUID) -> None:
    """Ask the provider for the money of an open payment and record the answer.

    Raises `ProviderUnavailable` when there was no answer: to be called again, which asks under the same key.
    """
    payment = choosing.choose(payment_id)
    if not selectors.is_chargeable(payment):
        return
    _close_others(payment)
    if not _hold_credit(payment) or selectors.is_hosted(payment):
        return
    provider = providers.provider(payment.provider)
    if not _keeps_units(payment, max(rules.CALL_HOLD, provider.reservation_ttl)):
        _give_up(payment)
        return
    started = recording.start(payment_id=payment_id, provider=payment.provider)
    if started is None:
        return
    try:
        outcome = _asked_to_charge(started)
    except base.ProviderUnavailable as error:
        outcome = _unanswered(payment, started, error)
    recording.record(payment_id=payment_id, outcome=outcome, source="charge")
    if outcome.state in _UP_TO_THE_SHOPPER and not selectors.is_for_balance(payment):
        reservations.curtail(reference=payment.order_id, ttl=_usual_hold(payment, provider))


def _keeps_units(payment: Payment, ttl: timedelta) -> bool:
    """Whether the order's units stay for `ttl` at least; those of an order that goes on are its own already."""
    return selectors.is_for_balance(payment) or reservations.extend(reference=payment.order_id, ttl=ttl)


def _usual_hold(payment: Payment, provider: base.Provider) -> timedelta:
    """How long units are kept while the shopper is at it: the provider's time, or longer where that was promised."""
    promised = payment.order.pay_by
    return max(provider.reservation_ttl, promised - db.clock()) if promised else provider.reservation_ttl


def _asked_to_charge(payment: Payment) -> base.Outcome:
    with override(payment.order.language):
        try:
            return calls.ask(payment.provider, lambda provider: provider.charge(request_for(payment)))
        except base.ProviderRefused as refusal:
            log.warning("charge refused", payment=str(payment.pk), code=refusal.code, error=str(refusal))
            why = refusal.code or "refused"
            return base.Outcome(reference=payment.reference, state="declined", decline_code=why, message=_NOT_MADE)


def _unanswered(before: Payment, started: Payment, error: base.ProviderUnavailable) -> base.Outcome:
    """What the provider made of a question that it only answers with a stored failure, if it is found there.

    If not, nothing was made and this key brings nothing any more: the payment is asked for under another one the next
    time. Raises `error` then, and for all other errors.
    """
    asking.note_unanswered(before, started, error)
    if isinstance(error, base.StoredFailure) and rules.is_spent(attempts=started.attempts, number=started.key_number):
        found = asking.look_for(started)
        if found is not None:
            return found
        asking.next_key(started)
    raise error


def request_for(payment: Payment) -> base.ChargeRequest:
    """The provider's question, the same on every try under the payment's key.

    Another card is another payment, and so another key; see `asking.next_key` for the other reason for one.
    """
    order = payment.order
    with override(order.language):
        page = requests.absolute(access.url(order))
    return base.ChargeRequest(
        payment_id=str(payment.pk),
        order_number=order.number,
        amount=payment.amount,
        token=payment.token or None,
        idempotency_key=rules.charge_key(payment.pk, payment.key_number),
        return_url=page,
        customer_reference=str(order.customer_id) if order.customer_id else None,
        customer=cards.customer_at(payment.provider, order.customer_id),
        save=payment.is_saving,
        capture=payment.capture_when == CaptureWhen.AT_ONCE,
        description=f"{settings.SHOP_NAME} {order.number}",
        metadata={"order_id": str(order.pk), "shop": settings.SITE_URL},
    )


def _close_others(payment: Payment) -> None:
    """Before a new attempt: end the older ones, so that none of them succeeds as well."""
    for other in selectors.open_payments(payment.order_id):
        if other.pk < payment.pk and not _is_part(other, payment):
            _end(other)


def _is_part(other: Payment, payment: Payment) -> bool:
    """Whether `other` pays a part beside `payment`, and is not an older attempt: a gift card, store credit, or what is
    held for an order whose balance this one is for."""
    if selectors.is_for_balance(payment) and other.status == Payment.Status.AUTHORISED:
        return True
    return other.provider in methods.BALANCES and (other.provider, payment.provider) != (methods.CREDIT,) * 2


def _hold_credit(payment: Payment) -> bool:
    """Gift cards and store credit that pay a part are set aside first. If that fails the rest is not asked for; False
    then."""
    if selectors.is_a_part(payment):
        return True
    for part in selectors.waiting_credit(payment):
        charge(payment_id=part.pk)
    if selectors.still_due(payment.order_id).minor <= payment.amount_minor:
        return True
    outcome = base.Outcome(reference="", state="declined", decline_code="credit_changed", message=_CREDIT_CHANGED)
    recording.record(payment_id=payment.pk, outcome=outcome, source="charge")
    return False


def _give_up(payment: Payment) -> None:
    """The units are gone before any money was asked for: no charge, no order."""
    recording.record(payment_id=payment.pk, outcome=_CANCELLED, source="charge")
    try:
        orders.apply(order_id=payment.order_id, trigger="reservation_expired", by="system", reason="out_of_stock")
    except orders.TransitionRefused:
        log.info("order is over", order=str(payment.order_id))


def hosted_url(*, payment_id: UUID, success_url: str, cancel_url: str) -> str:
    """The provider's own page for a payment opened without a card; absolute URLs in and out. Talks to the provider.

    The same page again while it is open. Raises `PaymentRefused`, `ProviderUnavailable`.
    """
    payment = choosing.choose(payment_id)
    if payment.action_url:
        return payment.action_url
    if not selectors.is_hosted(payment) or not selectors.is_chargeable(payment):
        raise PaymentRefused(_("This payment cannot be made on a page of its own."))
    span, expires_at = rules.hosted_page(opened=payment.created_at, now=db.clock())
    if not _keeps_units(payment, rules.HOSTED_PAGE + timedelta(minutes=1)):
        raise PaymentRefused(_("The items are no longer available."))
    if not _hold_credit(payment):
        raise PaymentRefused(_("Your gift card or store credit has changed. Please choose again how to pay."))
    if not recording.note_asked(payment_id=payment_id, provider=payment.provider):
        raise PaymentRefused(_("The payment page could not be opened. Please try again."))
    question = request_for(selectors.payment(payment_id))  # read anew: by now it says when the money is to be taken
    question = replace(question, idempotency_key=f"{question.idempotency_key}:page:{span}")  # a later end, another key
    try:
        session = calls.ask(
            payment.provider,
            lambda provider: provider.hosted_session(
                question, success_url=success_url, cancel_url=cancel_url, expires_at=expires_at
            ),
        )
    except base.ProviderRefused as refusal:
        raise PaymentRefused(_("The payment page could not be opened. Please try again.")) from refusal
    outcome = base.Outcome(reference=session.reference, state="requires_action", action_url=session.url)
    recording.record(payment_id=payment_id, outcome=outcome, source="hosted")
    return session.url


def refresh(*, order_id: UUID) -> None:
    """Ask how the order's open payments stand, as when the shopper comes back from a challenge or a hosted page.

    Talks to the provider; one that does not answer is left to the webhook and the timetable.
    """
    for payment in selectors.open_payments(order_id):
        if payment.reference:
            try:
                fetch(payment_id=payment.pk, source="fetch")
            except (base.ProviderUnavailable, base.ProviderRefused) as error:
                log.warning("payment not refreshed", payment=str(payment.pk), error=str(error))


def fetch(*, payment_id: UUID, source: str, reference: str = "") -> Payment:
    """Ask the provider how a payment stands and record it. `reference` for a payment that has none yet.

    Raises `ProviderUnavailable`, `ProviderRefused`.
    """
    payment = selectors.payment(payment_id)
    known = payment.reference or reference
    outcome = calls.ask(payment.provider, lambda provider: provider.fetch(known))
    return recording.record(payment_id=payment_id, outcome=outcome, source=source)


def bring_up_to_date(*, payment_id: UUID) -> None:
    """Bring a payment that has waited for long up to date: ask how it stands, or ask for the money again.

    Raises `ProviderUnavailable`.
    """
    payment = selectors.payment(payment_id)
    if payment.reference:
        fetch(payment_id=payment_id, source="fetch")
    elif not selectors.is_hosted(payment):
        charge(payment_id=payment_id)


def cancel_open(*, order_id: UUID) -> None:
    """End every open payment of an order at its provider and record what is true of it then. Talks to the provider.

    One that turns out to be paid is recorded as paid. Raises `ProviderUnavailable`.
    """
    for payment in selectors.open_payments(order_id):
        _end(payment)


def _end(payment: Payment) -> None:
    outcome: base.Outcome | None = _CANCELLED
    key = selectors.void_key(payment)
    if payment.reference:
        outcome = calls.ask(payment.provider, lambda provider: provider.void(payment.reference, key))
    elif payment.attempts:
        # The provider was asked and its answer never came: it may know the payment by our name for it.
        outcome = asking.look_for(payment)
        if outcome is not None:
            found = outcome.reference
            outcome = calls.ask(payment.provider, lambda provider: provider.void(found, key))
    recording.record(payment_id=payment.pk, outcome=outcome or _CANCELLED, source="void")


def cancel_unpaid(*, order_id: UUID, by: str) -> bool:
    """The order's units are no longer held and nobody has paid: end its payments, look once more, cancel it.

    True if it was cancelled; False if it is paid after all, partly paid, or over already. Talks to the provider.
    Raises `ProviderUnavailable`: to be called again.
    """
    if not selectors.waits_for_money(order_id):
        return False
    cancel_open(order_id=order_id)
    try:
        orders.apply(order_id=order_id, trigger="reservation_expired", by=by)
    except orders.TransitionRefused:
        return False
    return True


def give_back_money(*, order_id: UUID) -> None:
    """What becomes of the money of a cancelled order: open payments end, captured ones are refunded."""
    cancel_open(order_id=order_id)
    refunding.give_back(order_id=order_id, by="system")
