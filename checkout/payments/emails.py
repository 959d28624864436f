"""The mails about payments: that they are here, or held, or failed. The shopper's and the staff's."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from checkout.giftcards import selectors as gift_cards
from checkout.orders import access, where
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from checkout.payments import covering, holding, methods, recording, rules, selectors, shares
from checkout.payments.models import Capture, CaptureWhen, Payment, Refund
from shop.core import formats, requests


def order_placed(*, order_id: UUID, payment_id: UUID | None) -> None:
    """That we have the order, and what is done now about the payment that it was placed with (None: there is none)."""
    order = orders.by_id(order_id)
    paid = selectors.payments_of(order_id)
    payment = next((one for one in paid if one.pk == payment_id), None)
    with translation.override(order.language):
        about = _about(order, payment) if payment else ""
        parts = shares.told(order, paid)
    order_emails.order_placed(order_id=order_id, about_payment=about, shares=parts)


def _about(order: Order, payment: Payment) -> str:
    if payment.provider == "bank_transfer" and where.is_collected(order):
        return _("We get it ready as soon as your transfer has arrived: the order's page says how much, and where to.")
    if payment.provider == "bank_transfer":
        return _("We send it as soon as your transfer has arrived: the order's page says how much, and where to.")
    when = recording.when_to_capture(payment)
    if when == CaptureWhen.PROMISE:
        return _("You pay on invoice: it says by when, and where to.")
    if when in (CaptureWhen.ON_SHIPMENT, CaptureWhen.AFTER_REVIEW):
        return _("We are having the amount reserved, to be taken later, and write again as soon as that is confirmed.")
    return _("We are taking the payment now and write again as soon as it is confirmed.")


def order_paid(*, order_id: UUID) -> None:
    """That the order goes on, and how its money stands: taken, held until it is shipped, or promised.

    The first mail about an order that was paid at the desk.
    """
    order = orders.by_id(order_id)
    with translation.override(order.language):
        parts = _parts(order)
        order_emails.send(
            order,
            "order_paid",
            is_made_for_you=order.is_from_desk,
            is_not_taken=bool(parts) or not order.due_minor,
            payments=parts,
            shares=shares.told(order, selectors.payments_of(order.pk)),
        )


def _parts(order: Order) -> list[str]:
    """A sentence for each part of what pays an order, in the active language; none where all of it is taken. What is
    asked to be taken counts as taken."""
    held = (
        _("%(by)s: %(amount)s is reserved for your order. We take it when you collect it.")
        if where.is_collected(order)
        else _("%(by)s: %(amount)s is reserved for your order. We take it when your parcels leave.")
    )
    promised = _("%(amount)s is to be paid on invoice: it says by when, and where to.")
    paid, found = _("%(by)s: %(amount)s is paid."), []
    for one in selectors.payments_of(order.pk, "captures"):
        asked = sum(row.amount_minor for row in one.captures.all() if row.status == Capture.Status.REQUESTED)
        taken = one.captured_minor + min(asked, one.held_minor)
        is_kept = one.capture_when in rules.SECURE and not one.is_let_go
        rest = one.held_minor - min(asked, one.held_minor) if is_kept else 0
        text = promised if one.capture_when == CaptureWhen.PROMISE else held
        found += [(words, one, minor) for words, minor in ((paid, taken), (text, rest)) if minor]
    if all(words == paid for words, _one, _minor in found):
        return []
    return [
        words % {"by": methods.label(one.provider), "amount": formats.money(order.money(minor))}
        for words, one, minor in found
    ]


def payment_failed(*, order_id: UUID, payment_id: UUID) -> None:
    """Why, and the link to try another card; none when the order no longer waits for money. That we have the order is
    told before, also where the subscriber that tells it comes later."""
    if not selectors.waits_for_money(order_id):
        return
    order_placed(order_id=order_id, payment_id=payment_id)
    order = orders.by_id(order_id)
    with translation.override(order.language):
        url = requests.absolute(access.url(order))
        reason = selectors.problem(selectors.payment(payment_id))
    order_emails.send(
        order,
        "payment_failed",
        key=payment_id,
        reason=reason,
        retry_url=url,
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
        amount = formats.money(order.money(payment.captured_minor))
    order_emails.send(order, "balance_paid", key=payment_id, amount=amount)


def hold_moved(*, step_id: UUID) -> None:
    """What staff took of the money that is held for an order, and what they let go of. Once for each step, and none
    where nothing could be taken: then staff are told."""
    done = holding.moved(step_id)
    order = orders.by_id(done.step.order_id)
    if not (done.taken or done.let_go):
        return
    paid = selectors.payments_of(order.pk, "captures")
    kept = sum(covering.kept(one) for one in paid if one.capture_when != CaptureWhen.PROMISE)
    lacks = selectors.balance_due(order)
    with translation.override(order.language):
        order_emails.send(
            order,
            "hold_moved",
            key=step_id,
            taken=formats.money(order.money(done.taken)) if done.taken else None,
            let_go=formats.money(order.money(done.let_go)) if done.let_go else None,
            kept=formats.money(order.money(kept)) if kept and not order.is_over else None,
            to_pay=formats.money(lacks) if lacks else None,
        )


def refund_made(*, refund_id: UUID) -> None:
    """How much went back, where to, and how long that takes. Once for each refund."""
    refund = selectors.refund(refund_id)
    order = orders.by_id(refund.order_id)
    with translation.override(order.language):
        order_emails.send(
            order,
            "refund_made",
            key=refund_id,
            amount=formats.money(refund.amount),
            to=_whereto(refund),
            takes=_how_long(refund),
        )


def _whereto(refund: Refund) -> str:
    if refund.destination == Refund.Destination.STORE_CREDIT or refund.payment.provider == methods.CREDIT:
        return _("It is on your account as store credit, to be used with your next order.")
    if refund.payment.provider == methods.GIFT_CARD and gift_cards.is_ended(refund.payment_id):
        return _("It is on your gift card again, which is closed at present: please write to us.")
    if refund.payment.provider == methods.GIFT_CARD:
        return _("It is on your gift card again, under the same code.")
    if refund.payment.provider == methods.CASH:
        return _("You get it in cash, as you paid it: come by, or write to us if you would rather have it sent.")
    if refund.payment.provider in selectors.BY_HAND:
        return _("It goes to the bank account that you paid from.")
    return _("It goes back the way you paid: %(name)s.") % {"name": methods.label(refund.payment.provider)}


def _how_long(refund: Refund) -> str:
    if refund.destination == Refund.Destination.STORE_CREDIT:
        return ""
    if refund.payment.provider in (*methods.BALANCES, methods.CASH):
        return ""
    return _("Banks take up to five working days to show it.")


def refund_failed(*, refund_id: UUID) -> None:
    """To staff: a refund does not arrive, however often it was asked for."""
    refund = selectors.refund(refund_id)
    told = {"order": refund.payment.order.number, "amount": formats.money(refund.amount), "count": refund.attempt}
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
    told = {"order": capture.payment.order.number, "amount": formats.money(capture.amount), "problem": capture.problem}
    order_emails.to_staff(
        key=f"capture:{capture_id}",
        subject=_("%(amount)s of %(order)s could not be taken") % told,
        lines=[
            _("The payment provider says: %(problem)s") % told,
            _("The hold may have ended, or this card cannot be charged in parts. Look before you ship more."),
        ],
        order=capture.payment.order,
    )
