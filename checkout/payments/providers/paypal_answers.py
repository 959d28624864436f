"""PayPal's objects (as plain dicts) read into outcomes and facts. Pure: no network, no SDK.

Facts are a projection of the order's present state, so every path (a call's answer, a fetch after a webhook) names the
same happening alike: an authorisation's id for holds, a capture's for what was taken of them, a refund's, a dispute's.

An order that is to be paid no more carries a note of ours beside our payment's id: PayPal cannot cancel one that is
not paid, and the shopper may still approve it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from checkout.payments.providers import base, declines
from shop.core.money import Money, total

Object = Mapping[str, Any]

# https://developer.paypal.com/api/rest/reference/currency-codes/
_CURRENCIES = (
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
    *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
)
_WHOLE_UNITS = ("HUF", "JPY", "TWD")
_CLOSED = " closed:"
_NOTED = "refund:"
VOIDED = "VOIDED"

# What an approved order may end with when it is captured: the shopper has to pay in another way.
DECLINES = (
    *("INSTRUMENT_DECLINED", "PAYER_CANNOT_PAY", "TRANSACTION_REFUSED", "PAYER_ACCOUNT_RESTRICTED"),
    *("PAYER_ACCOUNT_LOCKED_OR_CLOSED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "COMPLIANCE_VIOLATION"),
)
_TAKEN = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
_OVER = ("DECLINED", "FAILED")
_LET_GO = ("CAPTURED", "VOIDED", "EXPIRED")
_REFUNDS: Mapping[str, tuple[base.State, base.FactKind]] = {
    "COMPLETED": ("succeeded", "refunded"),
    "PENDING": ("processing", "refund_pending"),
    "FAILED": ("declined", "refund_failed"),
    "CANCELLED": ("declined", "refund_failed"),
}
_BY_WEIGHT: tuple[base.FactKind, ...] = ("refunded", "refund_pending", "refund_failed")
_DISPUTES: Mapping[str, base.FactKind] = {
    "RESOLVED_SELLER_FAVOUR": "dispute_won",
    "RESOLVED_WITH_PAYOUT": "dispute_won",  # PayPal bears it
    "CANCELED_BY_BUYER": "dispute_won",
    "DENIED": "dispute_won",
    "RESOLVED_BUYER_FAVOUR": "dispute_lost",
    "ACCEPTED": "dispute_lost",
}


def amount_of(amount: Money) -> dict[str, str]:
    """As PayPal writes it. Raises ProviderRefused for a currency or a fraction that PayPal does not have."""
    if amount.currency not in _CURRENCIES:
        raise base.ProviderRefused(f"PayPal does not take {amount.currency}", "currency_not_supported")
    value = amount.decimal
    if amount.currency in _WHOLE_UNITS:
        if value != value.to_integral_value():
            raise base.ProviderRefused(f"PayPal has no unit as small as {amount}", "amount_too_precise")
        value = value.to_integral_value()
    return {"currency_code": amount.currency, "value": str(value)}


def money(amount: Object) -> Money:
    return Money.of(str(amount["value"]), str(amount["currency_code"]))


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def unit(order: Object) -> Object:
    """The one purchase unit that our orders have."""
    found: Object = order["purchase_units"][0]
    return found


def payment_id(order: Object) -> str | None:
    return name_of(unit(order).get("custom_id"))


def name_of(custom_id: str | None) -> str | None:
    """Our payment's id in a note."""
    return (custom_id or "").partition(_CLOSED)[0] or None


def closed(order: Object) -> str:
    """Why the order is to be paid no more: ``VOIDED`` or the issue of a decline; empty while it may be."""
    return str(unit(order).get("custom_id") or "").partition(_CLOSED)[2]


def closing(order: Object, why: str) -> str:
    """The note that closes an order."""
    return f"{payment_id(order) or ''}{_CLOSED}{why}"


def is_unpaid(order: Object) -> bool:
    """Nothing was held or taken, and it may still be: the order can be closed."""
    return not any(_payments(order).values()) and order["status"] != "VOIDED" and not closed(order)


def is_ready(order: Object) -> bool:
    """The shopper has approved it; the money waits to be taken, or held."""
    return order["status"] == "APPROVED" and is_unpaid(order)


def hold(order: Object) -> Object | None:
    """The authorisation that may still be captured or voided."""
    open_ = ("CREATED", "PARTIALLY_CAPTURED", "PENDING")
    return next((one for one in _payments(order)["authorizations"] if one["status"] in open_), None)


def captures(order: Object) -> list[Object]:
    return _payments(order)["captures"]


def refunds(order: Object) -> list[Object]:
    return _payments(order)["refunds"]


def held(order: Object) -> int:
    """Minor units of the open hold that may still be taken."""
    found = hold(order)
    return 0 if found is None else money(found["amount"]).minor - _used(order)


def refundable(order: Object) -> list[tuple[str, int]]:
    """(capture's id, minor units) of what may still be given back."""
    left = {str(one["id"]): money(one["amount"]).minor for one in captures(order) if one["status"] in _TAKEN}
    for refund in refunds(order):
        source = up(refund)
        if source in left and _REFUNDS[refund["status"]][1] != "refund_failed":
            left[source] -= money(refund["amount"]).minor
    return [(id, minor) for id, minor in left.items() if minor > 0]


def up(thing: Object) -> str:
    """The id of what a capture or refund was made of: the tail of its link "up"."""
    hrefs = (str(link["href"]) for link in thing.get("links") or () if link["rel"] == "up")
    return next(hrefs, "").rpartition("/")[2]


def action_url(order: Object) -> str | None:
    """PayPal's page for this order."""
    pages = (str(link["href"]) for link in order.get("links") or () if link["rel"] in ("payer-action", "approve"))
    return next(pages, None)


def paid_at(order: Object) -> datetime | None:
    """When money was first held or taken."""
    payments = _payments(order)
    made = [moment(one.get("create_time")) for one in (*payments["authorizations"], *payments["captures"])]
    return min((at for at in made if at), default=None)


def order_outcome(order: Object, disputes: Iterable[Object] = ()) -> base.Outcome:
    """Where an order stands."""
    state, why = _state(order), closed(order)
    code = (why or "instrument_declined").lower() if state == "declined" else None
    return base.Outcome(
        reference=str(order["id"]),
        state=state,
        facts=(*_facts(order), *_dispute_facts(disputes)),
        action_url=action_url(order) if state == "requires_action" else None,
        decline_code=code,
        message=declines.message("wallet_declined") if code else None,
        retryable=state == "declined",
    )


def refund_outcome(reference: str, made: list[Object]) -> base.Outcome:
    """What became of the refunds that were made for one question."""
    states = [_REFUNDS[refund["status"]][0] for refund in made]
    unfinished = [state for state in states if state != "succeeded"]
    return base.Outcome(reference=reference, state=(unfinished or states)[0], facts=tuple(_refund_facts(made)))


def refund_note(key: str) -> str:
    """The note that the parts of one refund of ours bear; `key` in 32 signs."""
    return f"{_NOTED}{key}"


def _payments(order: Object) -> dict[str, list[Object]]:
    known = unit(order).get("payments") or {}
    return {name: list(known.get(name) or ()) for name in ("authorizations", "captures", "refunds")}


def _state(order: Object) -> base.State:
    taken = {one["status"] for one in captures(order)}
    if holds := {one["status"] for one in _payments(order)["authorizations"]}:
        return _state_of_hold(holds, taken)
    if taken:
        return _state_of_captures(taken)
    if why := closed(order):
        return "cancelled" if why == VOIDED else "declined"
    if order["status"] == "VOIDED":
        return "cancelled"
    return "processing" if order["status"] in ("APPROVED", "COMPLETED") else "requires_action"


def _state_of_hold(holds: set[str], taken: set[str]) -> base.State:
    if holds & {"CREATED", "PARTIALLY_CAPTURED"}:
        return "authorised"
    if taken - set(_OVER):
        return _state_of_captures(taken)
    return "processing" if "PENDING" in holds else "declined" if "DENIED" in holds else "cancelled"


def _state_of_captures(taken: set[str]) -> base.State:
    if taken & set(_TAKEN):
        return "succeeded"
    return "processing" if "PENDING" in taken else "declined"


def _used(order: Object) -> int:
    return sum(money(one["amount"]).minor for one in captures(order) if one["status"] not in _OVER)


def _facts(order: Object) -> Iterator[base.Fact]:
    for held_ in _payments(order)["authorizations"]:
        yield from _hold_facts(held_, _used(order))
    for capture in captures(order):
        yield from _capture_facts(capture)
    yield from _refund_facts(refunds(order))
    if not captures(order) and closed(order) not in ("", VOIDED):
        yield base.Fact("failed", str(order["id"]), money(unit(order)["amount"]))


def _hold_facts(held_: Object, used: int) -> Iterator[base.Fact]:
    reference, amount, status = str(held_["id"]), money(held_["amount"]), held_["status"]
    at = moment(held_.get("create_time"))
    if status in ("PENDING", "DENIED"):
        yield base.Fact("processing" if status == "PENDING" else "failed", reference, amount, at)
        return
    yield base.Fact("authorised", reference, amount, at)
    rest = amount.minor - used
    if status in _LET_GO and rest > 0:
        yield base.Fact("voided", reference, Money(rest, amount.currency), moment(held_.get("update_time")))


def _capture_facts(capture: Object) -> Iterator[base.Fact]:
    reference, amount, at = str(capture["id"]), money(capture["amount"]), moment(capture.get("create_time"))
    if capture["status"] not in _TAKEN:
        yield base.Fact("failed" if capture["status"] in _OVER else "processing", reference, amount, at)
        return
    yield base.Fact("captured", reference, amount, at)
    fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
    if fee and money(fee).minor:
        yield base.Fact("fee", reference, money(fee), at)


def _refund_facts(listed: Iterable[Object]) -> Iterator[base.Fact]:
    """One for each refund. Those that were made for one question of ours, capture by capture, are one: it goes by their
    note, and comes to the sum so far."""
    asked: dict[str, list[Object]] = {}
    for refund in listed:
        note = str(refund.get("custom_id") or "")
        asked.setdefault(note if note.startswith(_NOTED) else str(refund["id"]), []).append(refund)
    for name, parts in asked.items():
        yield _refund_fact(name, parts)


def _refund_fact(name: str, parts: list[Object]) -> base.Fact:
    """A part that is still under way counts with those that are done: should it fail, the daily comparison says so."""
    kinds = [_REFUNDS[one["status"]][1] for one in parts]
    kind = min(kinds, key=_BY_WEIGHT.index)
    counted = [one for one, its in zip(parts, kinds, strict=True) if kind == "refund_failed" or its != "refund_failed"]
    amounts = [money(one["amount"]) for one in counted]
    whole, times = total(amounts, amounts[0].currency), [moment(one.get("create_time")) for one in counted]
    at = max((made for made in times if made), default=None)
    return base.Fact(kind, base.running(name, whole) if name.startswith(_NOTED) else name, whole, at)


def _dispute_facts(disputes: Iterable[Object]) -> Iterator[base.Fact]:
    for dispute in disputes:
        reference, amount = str(dispute["dispute_id"]), money(dispute["dispute_amount"])
        why, due_at = str(dispute.get("reason") or "").lower(), moment(dispute.get("seller_response_due_date"))
        yield base.Fact("disputed", reference, amount, moment(dispute.get("create_time")), why, due_at)
        end = _DISPUTES.get((dispute.get("dispute_outcome") or {}).get("outcome_code", ""))
        if end and dispute.get("status") == "RESOLVED":
            yield base.Fact(end, reference, amount, moment(dispute.get("update_time")))
