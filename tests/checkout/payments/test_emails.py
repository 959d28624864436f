"""What the shopper is told of money that went back."""

from __future__ import annotations

import html

import pytest
from django.core import mail

from checkout.changes import services as changes
from checkout.payments import emails
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentOptions, Refund
from checkout.storecredit import services as credit
from shop.core.money import Money
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.accounts import UserFactory
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


def sentences(body: str) -> list[str]:
    """What a mail says of payment."""
    words = ("Paid", "paid", "payment", "reserved", "getting your order ready")
    return [line for line in body.splitlines() if any(word in line for word in words)]


RESERVED = "We are having the amount reserved, to be taken later, and write again as soon as that is confirmed."
HELD = "We are getting your order ready and write again when the parcel leaves."
PAID = "Your payment has arrived and we are getting your order ready. We write again when the parcel leaves."


@pytest.mark.parametrize(
    ("provider", "option", "told"),
    [
        ("stripe", "at_once", "We are taking the payment now and write again as soon as it is confirmed."),
        ("stripe", "on_shipment", RESERVED),
        ("stripe", "after_review", RESERVED),
        ("invoice", "at_once", "You pay on invoice: it says by when, and where to."),
        ("bank_transfer", "at_once",
         "We send it as soon as your transfer has arrived: the order's page says how much, and where to."),
    ],
)  # fmt: skip
def test_the_first_mail_says_what_is_done_about_the_payment(provider: str, option: str, told: str) -> None:
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": option})
    token = "pm_card_visa" if provider == "stripe" else ""
    order = make.placed(provider=provider, token=token, customer_id=UserFactory().pk)
    emails.order_placed(order_id=order.pk, payment_id=make.payment_of(order).pk)
    emails.order_placed(order_id=order.pk, payment_id=make.payment_of(order).pk)
    [note] = mails_of("order_placed")
    message = notifications.render(template=note.template, language="en", context=note.context)
    assert f"Thank you for your order {order.number}. {told}" in message.body.splitlines()
    assert f">Thank you for your order {order.number}. {told}</p>" in html.unescape(str(message.alternatives[0][0]))


class TestTheMailThatAnOrderGoesOn:
    def mailed(self) -> tuple[str, list[str]]:
        """Its subject and sentences; as HTML it says the same."""
        outbox.drain(rounds=50)
        (message,) = [one for one in mail.outbox if one.subject.endswith("is yours")]
        found, html = sentences(message.body), str(message.alternatives[0][0])
        assert [f">{sentence}</p>" in html for sentence in found] == [True] * len(found)
        assert ("Paid. It is yours." in html) is message.subject.startswith("Paid")
        return message.subject, found

    def test_money_that_was_taken_has_arrived(self, shop_sandbox: RunningSandbox) -> None:
        order = make.placed()
        assert self.mailed() == (f"Paid: order {order.number} is yours", [PAID])

    def test_money_that_is_held_is_reserved_and_not_paid(self, shop_sandbox: RunningSandbox) -> None:
        PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
        order = make.placed()
        told = "Card: $30.00 is reserved for your order. We take it when your parcels leave."
        assert self.mailed() == (f"Order {order.number} is yours", [HELD, told])

    def test_what_was_promised_is_to_be_paid(self) -> None:
        order = make.placed(provider="invoice", token="", customer_id=UserFactory().pk)
        told = "$30.00 is to be paid on invoice: it says by when, and where to."
        assert self.mailed() == (f"Order {order.number} is yours", [HELD, told])

    def test_each_part_is_told_where_they_differ(self, shop_sandbox: RunningSandbox) -> None:
        PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
        person = carts.customer()
        credit.grant(customer_id=person.pk, amount=Money(1000, "USD"), reason="Sorry", key="k", by="staff:1")
        carts.rates()
        order = carts.order(
            carts.cart((carts.product(units=9, amount=2000), 1), customer_id=person.pk), customer_id=person.pk,
            use_credit=True,
        )  # fmt: skip
        rest = order.money(order.total_minor - 1000).format()
        assert self.mailed() == (
            f"Order {order.number} is yours",
            [
                HELD, "Store credit: $10.00 is paid.",
                f"Card: {rest} is reserved for your order. We take it when your parcels leave.",
            ],
        )  # fmt: skip
