"""The mails about payments that failed: the shopper's and the staff's."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from checkout.orders import access
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.payments import methods, selectors
from checkout.payments.models import Refund
from shop.core import requests


def payment_failed(*, order_id: UUID, payment_id: UUID) -> None:
    """Why, and the link to try another card; none when the order no longer waits for money."""
    if not selectors.waits_for_money(order_id):
        return
    order = orders.by_id(order_id)
    order_emails.send(
        order,
        "payment_failed",
        key=payment_id,
        reason=selectors.payment(payment_id).message,
        retry_url=requests.absolute(access.url(order)),
        hold_until=None,
    )


def balance_paid(*, order_id: UUID, payment_id: UUID) -> None:
    """That the payment of a balance is here, and how much it is. Once for each payment; none of the order's first one,
    which has a mail of its own, or where it was promised and not taken: the invoice tells of that."""
    first, *others = selectors.payments_of(order_id)
    payment = next((one for one in others if one.pk == payment_id), first)
    if payment == first or not payment.captured_minor:
        return
    order = orders.by_id(order_id)
    with translation.override(order.language):
        amount = order_emails.text(order.money(payment.captured_minor))
    order_emails.send(order, "balance_paid", key=payment_id, amount=amount)


def refund_made(*, refund_id: UUID) -> None:
    """How much went back, where to, and how long that takes. Once for each refund."""
    refund = selectors.refund(refund_id)
    order = orders.by_id(refund.order_id)
    with translation.override(order.language):
        order_emails.send(
            order,
            "refund_made",
            key=refund_id,
            amount=order_emails.text(refund.amount),
            to=_whereto(refund),
            takes=_how_long(refund),
        )


def _whereto(refund: Refund) -> str:
    if refund.destination == Refund.Destination.STORE_CREDIT or refund.payment.provider == methods.CREDIT:
        return _("It is on your account as store credit, to be used with your next order.")
    if refund.payment.provider == methods.CASH:
        return _("You get it in cash, as you paid it: come by, or write to us if you would rather have it sent.")
    if refund.payment.provider in selectors.BY_HAND:
        return _("It goes to the bank account that you paid from.")
    return _("It goes back the way you paid: %(name)s.") % {"name": methods.label(refund.payment.provider)}


def _how_long(refund: Refund) -> str:
    if refund.destination == Refund.Destination.STORE_CREDIT:
        return ""
    if refund.payment.provider in (methods.CREDIT, methods.CASH):
        return ""
    return _("Banks take up to five working days to show it.")


def refund_failed(*, refund_id: UUID) -> None:
    """To staff: a refund does not arrive, however often it was asked for."""
    refund = selectors.refund(refund_id)
    told = {"order": refund.payment.order.number, "amount": refund.amount.format(), "count": refund.attempt}
    order_emails.to_staff(
        key=f"refund:{refund_id}",
        subject=_("Refund of %(amount)s for %(order)s failed") % told,
        lines=[
            _("It was asked for %(count)s times.") % told,
            _("Try again from the list of refunds, or send the money another way and tell the customer."),
        ],
        page="checkout_refund",
    )


def capture_failed(*, capture_id: UUID) -> None:
    """To staff: money that is held could not be taken."""
    capture = selectors.capture(capture_id)
    told = {"order": capture.payment.order.number, "amount": capture.amount.format(), "problem": capture.problem}
    order_emails.to_staff(
        key=f"capture:{capture_id}",
        subject=_("%(amount)s of %(order)s could not be taken") % told,
        lines=[
            _("The payment provider says: %(problem)s") % told,
            _("The hold may have ended, or this card cannot be charged in parts. Look before you ship more."),
        ],
        order=capture.payment.order,
    )
