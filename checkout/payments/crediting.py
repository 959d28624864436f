"""Refunds that are asked for, split over an order's payments: sent the way each was paid, or given as store credit.

That is given by the shop itself, at once, and so is a fact of the payment like any other refund.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from checkout.ledger import rules as accounts
from checkout.orders.models import Order
from checkout.payments import locking, recording, refunding, rules
from checkout.payments.methods import CREDIT
from checkout.payments.models import Payment, Refund
from checkout.payments.providers import base
from checkout.payments.refunding import RefundRefused
from checkout.storecredit import services as credit
from shop.core import db, formats
from shop.core.money import Money


def given(order_id: UUID) -> int:
    """What of an order went back as store credit, in minor units. One query."""
    done = Refund.objects.filter(order_id=order_id, status=Refund.Status.DONE)
    credited = done.filter(Q(destination=Refund.Destination.STORE_CREDIT) | Q(payment__provider=CREDIT))
    return credited.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def request(
    *, order_id: UUID, amount: Money, reason: str, by: str, to: str = "original", key: UUID | None = None
) -> list[Refund]:
    """Give `amount` of an order back, split over its payments: the way it was paid, or `to` "store_credit".

    The way it was paid a worker sends it (`RefundRequested`). As store credit it is the customer's at once, and the
    money stays with the shop. What is given beyond what is owed is goodwill. The same `key` again is the same refund,
    which is answered and not made again. Raises `RefundRefused` ("amount_invalid", "currency_mismatch",
    "refund_too_large": more than was captured and not yet given back, asked for or called back by the bank;
    "no_account" for a guest's store credit; "already_made": the key is that of another amount).
    """
    with transaction.atomic(using=db.DEFAULT):
        made = _made(order_id, amount, key) if key else []
        if made:
            return made
        order, parts = shares(order_id, amount)
        refunding.allow(order, amount.minor, by)
        return give(order, parts, reason=reason, by=by, to=to, key=key)


def shares(order_id: UUID, amount: Money) -> tuple[Order, list[tuple[Payment, int]]]:
    """The order, and how much of `amount` each of its payments gives back; all locked. Raises `RefundRefused`."""
    order, payments = locking.order_and_payments(order_id)
    limits = [refunding.refundable(payment) for payment in payments]
    if amount.currency != order.currency:
        raise RefundRefused(
            _("This order was paid in %(currency)s.") % {"currency": order.currency}, "currency_mismatch"
        )
    if amount.minor <= 0:
        least = formats.money(order.money(1))
        raise RefundRefused(_("Give back at least %(amount)s.") % {"amount": least}, "amount_invalid")
    if amount.minor > sum(limits):
        most = formats.money(Money(sum(limits), order.currency))
        raise RefundRefused(_("At most %(amount)s can be given back.") % {"amount": most}, "refund_too_large")
    parts = zip(payments, rules.split(amount.minor, limits), strict=True)
    return order, [(payment, minor) for payment, minor in parts if minor]


def _made(order_id: UUID, amount: Money, key: UUID) -> list[Refund]:
    """The refunds that were made of `amount` for this `key`, none if there were none; all payments are locked.

    Raises `RefundRefused` ("already_made") if that were others: who wants one more asks anew.
    """
    order, payments = locking.order_and_payments(order_id)
    found = list(Refund.objects.filter(pk__in=[_key_of(payment, key) for payment in payments]).order_by("pk"))
    minor = sum(refund.amount_minor for refund in found)
    if found and order.money(minor) != amount:
        text = _("%(amount)s was given back by this form already. Open it anew to give back more.")
        raise RefundRefused(text % {"amount": formats.money(order.money(minor))}, "already_made")
    return found


def _key_of(payment: Payment, key: UUID | None) -> UUID:
    """The id of the refund of a payment that is asked for by `key`; a new one without it."""
    return db.uuid7_of(key, payment.pk) if key else db.uuid7()


def give(
    order: Order,
    parts: Sequence[tuple[Payment, int]],
    *,
    reason: str,
    by: str,
    to: str = "original",
    key: UUID | None = None,
    cause: UUID | None = None,
) -> list[Refund]:
    """So much of each payment of a locked order goes back; see `request`."""
    if to == Refund.Destination.STORE_CREDIT and order.customer_id is None and parts:
        raise RefundRefused(_("A guest has no store credit. Give it back the way it was paid."), "no_account")
    made = []
    for payment, minor in parts:
        pk = _key_of(payment, key)
        # what was paid with store credit becomes store credit the way it was paid
        if to == Refund.Destination.STORE_CREDIT and payment.provider != CREDIT and order.customer_id:
            one = _give(payment, order.customer_id, order.number, minor, key=pk, reason=reason, by=by, cause=cause)
        else:
            one = refunding.write_down(payment, minor, key=pk, reason=reason, by=by, cause=cause)
        made.append(one)
    return made


def _give(
    payment: Payment, customer_id: UUID, number: str, minor: int, *, key: UUID, reason: str, by: str, cause: UUID | None
) -> Refund:  # fmt: skip
    """Order and payment are locked; the account's lock is taken after theirs."""
    refund = Refund.objects.create(
        id=key, payment=payment, order_id=payment.order_id, amount_minor=minor, reason=reason[:200], actor=by,
        destination=Refund.Destination.STORE_CREDIT, reference=str(key), cause_id=cause,
    )  # fmt: skip
    credit.grant(
        customer_id=customer_id, amount=refund.amount, reason=reason, document=number, key=rules.refund_key(key),
        by=by, against=accounts.CREDIT_PAYABLE,
    )  # fmt: skip
    fact = base.Fact("credited", str(key), refund.amount)
    outcome = base.Outcome(reference=payment.reference, state="succeeded", facts=(fact,))
    recording.record(payment_id=payment.pk, outcome=outcome, source="credit", by=by)
    refund.refresh_from_db()
    return refund
