"""What the shopper is told of money that went back."""

from __future__ import annotations

import pytest
from django.core import mail

from checkout.changes import services as changes
from checkout.payments import emails
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.changes import bought, now
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


def test_a_balance_that_is_paid_is_told_once(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=500)
    order = bought((mug, 1))
    assert mails_of("balance_paid") == []  # the first payment has a mail of its own
    wanted = {carts.variant_of(bowl).pk: 1}
    changes.edit(order_id=order.pk, seen_revision=0, added=wanted, reason="", by="staff:1")
    outbox.drain(rounds=50)
    amount = order.money(now(order).balance_minor).format()
    paid = payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(rounds=50)
    emails.balance_paid(order_id=order.pk, payment_id=paid.pk)
    assert [one.context["amount"] for one in mails_of("balance_paid")] == [amount]
    (message,) = [one for one in mail.outbox if one.subject == f"Payment received for order {order.number}"]
    assert f"We have received your payment of {amount} for order {order.number}." in message.body
    [(html, _type)] = message.alternatives
    assert f"We have received your payment of {amount} for order {order.number}." in html
    emails.balance_paid(order_id=order.pk, payment_id=Payment.objects.earliest("id").pk)
    assert len(mails_of("balance_paid")) == 1


def test_a_balance_that_is_still_to_be_sent_is_not_told_as_paid(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1))
    changes.edit(order_id=order.pk, seen_revision=0, delivery_option="express", reason="", by="staff:1")
    waiting = payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    emails.balance_paid(order_id=order.pk, payment_id=waiting.pk)
    assert mails_of("balance_paid") == []
