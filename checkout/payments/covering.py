"""What makes an order sure: money that was taken, and money that is held and not on its way to be let go.

From the moment somebody asks for a hold to be let go it pays for no parcel any more, although the provider still has to
answer: a parcel that left in between would have left unpaid (I7).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import refunding, rules
from checkout.payments.models import Capture, Payment


def secured(order: Order) -> int:
    """Minor units that are ours, or will be without the shopper's doing more, less what was asked to go back and has
    not gone. The order is locked."""
    asked = Sum("captures__amount_minor", filter=~Q(captures__status=Capture.Status.FAILED))
    payments = Payment.objects.filter(order=order).annotate(asked=Coalesce(asked, 0))
    return sum(_cover(payment) for payment in payments) - refunding.requested(order)


def _cover(payment: Payment) -> int:
    """What one payment is good for. `asked` is what was ever asked to be taken of it, done or not."""
    if payment.capture_when not in rules.SECURE:
        return payment.captured_minor
    if payment.is_let_go:
        return max(payment.captured_minor, min(payment.asked, payment.authorised_minor))  # type: ignore[attr-defined]
    return payment.captured_minor + payment.held_minor


def leaving(payment: Payment) -> int:
    """Minor units of its hold that are on their way to be let go: all that nobody has asked to be taken."""
    if not payment.is_let_go:
        return 0
    asked = (one.amount_minor for one in payment.captures.all() if one.status == Capture.Status.REQUESTED)
    return max(0, payment.held_minor - sum(asked))


def kept(payment: Payment) -> int:
    """Minor units that it holds and goes on to hold until they are taken."""
    return payment.held_minor - leaving(payment)


def let_go(order: Order, payments: Iterable[Payment]) -> None:
    """What these locked payments hold beyond what is asked to be taken is to be let go: it is sure no more."""
    _mark(order, payments, is_let_go=True)


def keep(order: Order, payments: Iterable[Payment]) -> None:
    """It is not let go after all."""
    _mark(order, payments, is_let_go=False)


def _mark(order: Order, payments: Iterable[Payment], *, is_let_go: bool) -> None:
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(is_let_go=is_let_go)
    orders.note_secured(order=order, minor=secured(order))
