"""Another way to pay while a provider does not answer: once the older payment cannot succeed beside the new one."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from checkout.payments import asking, calls, opening, recording, selectors
from checkout.payments.collecting import PaymentRefused
from checkout.payments.models import Payment
from checkout.payments.providers import base
from shop.resilience import breaker


def retry(*, order_id: UUID, provider: str, token: str, by: str, **how: object) -> Payment:
    """Another attempt to pay; see `opening.retry`. A payment whose provider does not answer is ended before.

    Talks to that provider. Raises `PaymentRefused`, also when it cannot be ended yet.
    """
    for payment in selectors.open_payments(order_id):
        if is_silent(payment):
            _make_room(payment)
    return opening.retry(order_id=order_id, provider=provider, token=token, by=by, **how)  # type: ignore[arg-type]


def is_silent(payment: Payment) -> bool:
    """Whether the payment waits for a provider that does not answer."""
    return payment.status in recording.UNDER_WAY and not payment.reference and selectors.is_delayed(payment)


def why_not(payment: Payment) -> str:
    """Why no other way can be chosen yet beside a payment that `is_silent`; empty if one can. For people."""
    if not payment.attempts:
        return ""
    if asking.is_being_asked(payment):
        return _("Its answer may still come. In two minutes you can choose another way to pay.")
    if breaker.refuses(calls.circuit(payment.provider)):
        return _("Until it answers we cannot know that it has not taken your money, so you cannot pay in another way.")
    return ""


def _make_room(payment: Payment) -> None:
    """End the payment: by our word if nobody was asked for it, else by what its provider says now."""
    if why := why_not(payment):
        raise PaymentRefused(why)
    try:
        found = asking.look_for(payment) if payment.attempts else None
        if found is not None:
            reference, key = found.reference, selectors.void_key(payment)
            found = calls.ask(payment.provider, lambda provider: provider.void(reference, key))
    except (base.ProviderUnavailable, base.ProviderRefused) as error:
        text = _("We cannot see yet whether your payment was made. Please try again in a minute.")
        raise PaymentRefused(text) from error
    if found is not None:
        recording.record(payment_id=payment.pk, outcome=found, source="void")
    elif not asking.drop(payment):
        raise PaymentRefused(_("A payment is already under way. Please wait a moment."))
