"""The money of an order as people read it: what was taken, is held or promised, and what is still to be paid.

`taken` are an order's payments. Where one of them is being let go its captures are read, if they are not prefetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from cart.tax import words
from checkout.orders import emails
from checkout.orders.models import Order
from checkout.payments import covering
from checkout.payments import selectors as payments
from checkout.payments.models import CaptureWhen, Payment
from shop.core import formats
from shop.core.money import Money


def to_pay(order: Order, taken: Sequence[Payment]) -> Money | None:
    """What somebody has still to pay of an order, neither taken nor held for it; None for nothing."""
    found = payments.due(order, taken)
    return found if found.minor > 0 and not order.is_over else None


def told(order: Order, taken: Sequence[Payment]) -> list[str]:
    """What has become of its money, in the active language: "$50.00 taken", "$150.00 held"."""
    rows = (
        (_("%(amount)s taken"), order.captured_minor),
        (_("%(amount)s given back"), order.refunded_minor),
        (_("%(amount)s held"), held(taken)),
        (_("%(amount)s promised, for the customer to send"), promised(taken)),
        (_("%(amount)s being let go"), sum(covering.leaving(one) for one in taken)),
    )
    return [words % {"amount": formats.money(order.money(minor))} for words, minor in rows if minor]


def held(taken: Sequence[Payment]) -> int:
    """Minor units that are held and stay so until they are taken."""
    return sum(covering.kept(one) for one in taken if one.capture_when != CaptureWhen.PROMISE)


def promised(taken: Sequence[Payment]) -> int:
    """Minor units that their customer has promised to send (pay on invoice)."""
    return sum(covering.kept(one) for one in taken if one.capture_when == CaptureWhen.PROMISE)


def rows(order: Order, taken: Sequence[Payment]) -> list[dict[str, Any]]:
    """The sums of an order, as staff see them, down to what is still to be paid."""
    lacks = to_pay(order, taken)
    found = [
        (_("Subtotal"), order.subtotal_minor, True),
        (_("Discount"), -order.discount_minor, bool(order.discount_minor)),
        (_("Delivery"), order.shipping_minor, True),
        (" – ".join(filter(None, [emails.tax_label(order), words.of_paper(order.tax_facts)])), order.tax_minor, True),
        (_("Total"), order.total_minor, True),
        (_("Need not be paid"), -order.allowed_minor, bool(order.allowed_minor)),
        (_("Paid"), order.captured_minor, bool(order.captured_minor)),
        (_("Given back"), -order.refunded_minor, bool(order.refunded_minor)),
        (_("Held"), held(taken), bool(held(taken))),
        (_("Promised"), promised(taken), bool(promised(taken))),
        (_("Still to be paid"), lacks.minor if lacks else 0, lacks is not None),
    ]
    return [
        {"label": label, "amount": order.money(minor), "is_total": label == _("Total")}
        for label, minor, is_shown in found
        if is_shown
    ]


def state(payment: Payment) -> str:
    """How far a payment is; of one that was taken in part, that it is not all."""
    if 0 < payment.captured_minor < payment.amount_minor and payment.status != Payment.Status.REFUNDED:
        return _("taken in part")
    return str(payment.get_status_display())
