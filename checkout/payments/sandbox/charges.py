"""Charges: one for each attempt that reached the (pretended) bank."""

from typing import Any

from checkout.payments.sandbox import cards
from checkout.payments.sandbox.store import Object, Store, new_id, now


def make(store: Store, intent: Object, method: Object, *, captured: bool, problem: Object | None = None) -> Object:
    """A charge of the intent's amount: failed when there is a ``problem`` (code, decline_code, message)."""
    amount = intent["amount"]
    ok = problem is None
    return store.put(
        {
            "id": new_id("ch"),
            "object": "charge",
            "amount": amount,
            "amount_captured": amount if ok and captured else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": new_id("txn") if ok and captured else None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": "SANDBOX",
            "captured": ok and captured,
            "created": now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": problem["code"] if problem else None,
            "failure_message": problem["message"] if problem else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": _outcome(problem),
            "paid": ok,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"card": _details(method, amount), "type": "card"},
            "receipt_email": None,
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "succeeded" if ok else "failed",
            "transfer_data": None,
            "transfer_group": None,
        }
    )


def take(store: Store, charge: Object, amount: int, *, is_final: bool) -> Object:
    """Capture ``amount`` of a hold; when final, the rest is let go and counts as refunded, as with Stripe."""
    taken = charge["amount_captured"] + amount
    rest = charge["amount"] - taken if is_final else 0
    charge |= {
        "amount_captured": taken,
        "amount_refunded": charge["amount_refunded"] + rest,
        "balance_transaction": new_id("txn"),
        "captured": True,
    }
    if rest:
        store.put(refund_of(charge, rest, None, moved=False))
    return store.put(charge)


def let_go(store: Store, charge: Object) -> Object:
    """Void a hold, or what is left of it; Stripe calls it refunded."""
    rest = charge["amount"] - charge["amount_captured"]
    store.put(refund_of(charge, rest, None, moved=False))
    given_back = charge["amount_refunded"] + rest
    return store.put(charge | {"amount_refunded": given_back, "refunded": given_back == charge["amount"]})


def refund_of(charge: Object, amount: int, reason: str | None, *, moved: bool = True) -> Object:
    """A refund object. ``moved``: money really went back (a hold let go has no balance transaction)."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn") if moved else None,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"card": {"type": "refund" if moved else "reversal"}, "type": "card"},
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def decline_of(card: cards.Card) -> Object | None:
    """What the bank says to this card; None: yes."""
    if card.decline is None:
        return None
    code, decline_code = card.decline
    return {"code": code, "decline_code": decline_code, "message": cards.MESSAGES[decline_code]}


def _outcome(problem: Object | None) -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if problem else "approved_by_network",
        "reason": problem["decline_code"] if problem else None,
        "seller_message": "The bank declined the payment." if problem else "Payment complete.",
        "type": "issuer_declined" if problem else "authorized",
    }


def _details(method: Object, amount: int) -> dict[str, Any]:
    names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    card = method["card"]
    return {name: card[name] for name in names} | {
        "amount_authorized": amount,
        "authorization_code": None,
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "regulated_status": card["regulated_status"],
        "three_d_secure": None,
    }
