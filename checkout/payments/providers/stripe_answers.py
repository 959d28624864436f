"""Stripe's objects (as plain dicts) read into outcomes and facts. Pure: no network, no SDK.

Facts are a projection of the payment intent's present state, so every path (a call's answer, a
fetch after a webhook) names the same happening alike: a charge's id for holds, captures and
declines, a refund's id for refunds, intent and payment method for challenges.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from checkout.payments.providers import base, declines
from shop.core.money import Money, exponent

Object = Mapping[str, Any]

# Stripe's own idea of minor units; all other currencies have two digits there, whatever ISO and
# CLDR say (https://docs.stripe.com/currencies#zero-decimal).
_NO_DIGITS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DIGITS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])

_STATES: Mapping[str, base.State] = {
    "succeeded": "succeeded",
    "requires_capture": "authorised",
    "requires_action": "requires_action",
    "requires_confirmation": "pending",
    "processing": "processing",
    "canceled": "cancelled",
}
_REFUNDS: Mapping[str, tuple[base.State, base.FactKind]] = {
    "succeeded": ("succeeded", "refunded"),
    "pending": ("processing", "refund_pending"),
    "requires_action": ("processing", "refund_pending"),
    "failed": ("declined", "refund_failed"),
    "canceled": ("declined", "refund_failed"),
}
_DISPUTES: Mapping[str, base.FactKind] = {"won": "dispute_won", "lost": "dispute_lost"}
_SETTLED = ("succeeded", "requires_capture", "processing", "canceled")
# A decline that says the card itself is of no more use here; everything else may be tried again.
_FINAL_CODES = frozenset({"card_not_supported", "currency_not_supported"})


def _digits(currency: str) -> int:
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def stripe_amount(amount: Money) -> int:
    """In Stripe's minor units. Raises ProviderRefused when Stripe cannot express it."""
    shift = _digits(amount.currency) - exponent(amount.currency)
    if shift >= 0:
        return amount.minor * int(10**shift)
    units, rest = divmod(amount.minor, 10**-shift)
    if rest:
        raise base.ProviderRefused(f"Stripe has no unit as small as {amount}", "amount_too_precise")
    return int(units)


def money(amount: int, currency: str) -> Money:
    """From Stripe's minor units and lower-case currency."""
    code = currency.upper()
    shift = exponent(code) - _digits(code)
    return Money(amount * 10**shift if shift >= 0 else amount // 10**-shift, code)


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def ident(value: Any) -> str | None:
    """The id of a field that is either an id or an expanded object."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return value or None


def is_disputed(intent: Any) -> bool:
    """Whether the charge of an intent (expanded) was called back at any time."""
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    return isinstance(charge, Mapping) and bool(charge.get("disputed"))


def intent_outcome(intent: Object, error: Object | None = None, disputes: Iterable[Object] = ()) -> base.Outcome:
    """Where a payment intent stands. ``error``: of a call that failed with this intent inside."""
    problem = error or intent.get("last_payment_error")
    state = _STATES.get(intent["status"]) or ("declined" if problem else "pending")
    declined = state == "declined"
    code = _decline_code(problem) if declined and problem else None
    return base.Outcome(
        reference=str(intent["id"]),
        state=state,
        facts=(*_facts(intent, problem if declined else None), *_dispute_facts(disputes)),
        action_url=_action_url(intent) if state == "requires_action" else None,
        decline_code=code,
        message=declines.message(code) if declined else None,
        retryable=declined and code not in _FINAL_CODES,
        saved=_saved(intent),
    )


def _saved(intent: Object) -> base.Saved | None:
    """The card that Stripe keeps for the customer, once it has been charged."""
    charge, customer = intent.get("latest_charge"), ident(intent.get("customer"))
    if not (intent.get("setup_future_usage") and customer and isinstance(charge, Mapping)):
        return None
    card, token = (charge.get("payment_method_details") or {}).get("card"), ident(charge.get("payment_method"))
    if charge["status"] != "succeeded" or not card or not token:
        return None
    expires = f"{card['exp_year']:04d}-{card['exp_month']:02d}"
    return base.Saved(customer, token, str(card["brand"]), str(card["last4"]), expires)


def session_outcome(session: Object, disputes: Iterable[Object] = ()) -> base.Outcome:
    """Where a hosted payment page stands: its payment intent's outcome once that has one.

    Until then, declines and challenges are between the shopper and the page, which stays open.
    """
    intent = session.get("payment_intent")
    if isinstance(intent, Mapping) and (session["status"] == "complete" or intent["status"] in _SETTLED):
        return intent_outcome(intent, disputes=disputes)
    if session["status"] == "expired":
        return base.Outcome(reference=str(session["id"]), state="cancelled")
    return base.Outcome(reference=str(session["id"]), state="requires_action", action_url=session.get("url"))


def refund_outcome(refund: Object, reference: str) -> base.Outcome:
    """What became of one refund of the payment ``reference``."""
    state, _ = _REFUNDS[refund["status"]]
    return base.Outcome(reference=reference, state=state, facts=(_refund_fact(refund),))


def _decline_code(problem: Object) -> str | None:
    code = problem.get("decline_code")
    if code in (None, "generic_decline"):
        return problem.get("code") or code
    return str(code)


def _action_url(intent: Object) -> str | None:
    action = intent.get("next_action") or {}
    return (action.get("redirect_to_url") or {}).get("url")


def _facts(intent: Object, problem: Object | None) -> Iterator[base.Fact]:
    currency, status = intent["currency"], intent["status"]
    charge = intent.get("latest_charge")
    if isinstance(charge, Mapping):
        yield from _charge_facts(intent, charge)
    if problem:
        yield base.Fact("failed", _attempt(intent, problem), money(intent["amount"], currency))
    elif status in ("requires_action", "processing"):
        kind: base.FactKind = "action_required" if status == "requires_action" else "processing"
        yield base.Fact(kind, _attempt(intent, intent), money(intent["amount"], currency))


def _attempt(intent: Object, source: Object) -> str:
    """One attempt to pay: the failed charge where one was made, else intent and payment method."""
    return ident(source.get("charge")) or f"{intent['id']}:{ident(source.get('payment_method'))}"


def _charge_facts(intent: Object, charge: Object) -> Iterator[base.Fact]:
    if charge["status"] != "succeeded":
        return
    reference, currency = str(charge["id"]), charge["currency"]
    held, taken = charge["amount"], charge["amount_captured"]
    made_at = moment(charge.get("created"))
    yield base.Fact("authorised", reference, money(held, currency), made_at)
    is_open = intent["status"] == "requires_capture"
    if taken:
        at_once = intent.get("capture_method") != "manual"
        name = reference if at_once else base.running(reference, money(taken, currency))
        yield base.Fact("captured", name, money(taken, currency), made_at if at_once else None)
    if taken < held and not is_open and (taken or intent["status"] == "canceled"):
        yield base.Fact("voided", reference, money(held - taken, currency), moment(intent.get("canceled_at")))
    if taken:
        yield from map(_refund_fact, _refunds(charge))


def _dispute_facts(disputes: Iterable[Object]) -> Iterator[base.Fact]:
    """Money called back, and what became of it. Inquiries (``warning_…``) take nothing."""
    for dispute in disputes:
        status, amount = dispute["status"], money(dispute["amount"], dispute["currency"])
        if status.startswith("warning_"):
            continue
        details = dispute.get("evidence_details") or {}
        yield base.Fact(
            "disputed",
            str(dispute["id"]),
            amount,
            moment(dispute.get("created")),
            reason=str(dispute.get("reason") or ""),
            due_at=moment(details.get("due_by")),
        )
        if status in _DISPUTES:
            yield base.Fact(_DISPUTES[status], str(dispute["id"]), amount)


def _refunds(charge: Object) -> list[Object]:
    """Money given back, oldest first.

    Stripe also lists the rest of a hold that a partial capture let go; that one moved no money: it
    is exactly the rest and has no balance transaction.
    """
    listed = sorted((charge.get("refunds") or {}).get("data", ()), key=lambda refund: (refund["created"], refund["id"]))
    rest = charge["amount"] - charge["amount_captured"]
    for position, refund in enumerate(listed):
        if rest and refund["amount"] == rest and not refund.get("balance_transaction"):
            return listed[:position] + listed[position + 1 :]
    return listed


def _refund_fact(refund: Object) -> base.Fact:
    _, kind = _REFUNDS[refund["status"]]
    amount = money(refund["amount"], refund["currency"])
    return base.Fact(kind, str(refund["id"]), amount, moment(refund.get("created")))


def is_replayed(headers: Mapping[str, str] | None) -> bool:
    """Whether an answer is the one that its idempotency key had before."""
    return (headers or {}).get("Idempotent-Replayed") == "true"
