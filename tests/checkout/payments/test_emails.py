"""What the shopper is told of money that went back."""

from __future__ import annotations

import pytest
from django.core import mail

from checkout.payments import emails
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def mails_of(template: str) -> list[Notification]:
    return list(Notification.objects.filter(template=template).order_by("id"))


def test_a_refund_is_told_once_when_the_money_went(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    payments.request_refund(order_id=order.pk, amount=order.money(500), reason="late", by="staff:1")
    assert mails_of("refund_made") == []
    outbox.drain()
    (note,) = mails_of("refund_made")
    emails.refund_made(refund_id=Refund.objects.get().pk)
    assert len(mails_of("refund_made")) == 1
    assert note.context["amount"] == "$5.00"
    (message,) = [one for one in mail.outbox if "went back" in one.subject]
    assert message.subject == f"$5.00 of order {order.number} went back to you"
    assert "It goes back the way you paid: Card" in message.body
    assert "Banks take up to five working days to show it." in message.body
    assert order.access_key in message.body


@pytest.mark.parametrize(
    ("provider", "destination", "to", "takes"),
    [
        ("bank_transfer", "original", "It goes to the bank account that you paid from.", True),
        ("invoice", "original", "It goes to the bank account that you paid from.", True),
        ("store_credit", "original", "It is on your account as store credit, to be used with your next order.", False),
        ("stripe", "store_credit", "It is on your account as store credit, to be used with your next order.", False),
    ],
)
def test_where_it_goes_and_how_long_that_takes(provider: str, destination: str, to: str, takes: bool) -> None:
    order = make.paid(customer_id=carts.customer().pk)
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(provider=provider)
    refund = Refund.objects.create(
        payment=payment, order_id=order.pk, amount_minor=500, destination=destination, actor="staff:1"
    )
    emails.refund_made(refund_id=refund.pk)
    (note,) = mails_of("refund_made")
    assert (note.context["to"], bool(note.context["takes"])) == (to, takes)
