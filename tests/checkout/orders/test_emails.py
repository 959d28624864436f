"""What the mails about an order say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from checkout.orders import emails, selectors
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import emails as payment_emails
from checkout.payments import services as payments
from shop.core import formats
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
UNPAID = "You had not paid for it; should a payment be under way, it is stopped or given back."


@pytest.mark.parametrize(("language", "said"), [("en", "Delivery: Free"), ("de", "Lieferung: Kostenlos")])
def test_delivery_that_costs_nothing_is_called_free(language: str, said: str) -> None:
    order = make.placed([stocked(5)])
    Order.objects.update(shipping_minor=0, total_minor=order.total_minor - order.shipping_minor, language=language)
    emails.order_placed(order_id=order.pk)
    notifications.send(notification_id=Notification.objects.get().pk)
    [message] = mail.outbox
    assert said in message.body.splitlines()


def test_a_mail_is_told_everything_as_text() -> None:
    order = make.placed([stocked(5)], quantity=2)
    emails.order_placed(order_id=order.pk)
    note = Notification.objects.get()
    assert (note.key, note.recipient, note.language) == (f"order_placed:{order.pk}", "ada@example.com", "en")
    told = note.context["order"]
    assert told["url"].startswith("http")
    assert told["url"].endswith(f"/orders/{order.number}/?key={order.access_key}")
    assert told["lines"] == [
        {
            "name": order.lines.get().name,
            "options": "Blue",
            "rows": [],
            "quantity": 2,
            "expected": "",
            "line_total": "$50.00",
        }
    ]
    assert (told["subtotal"], told["discount"], told["shipping"], told["tax"], told["total"]) == (
        "$50.00",
        None,
        "$5.00",
        "$0.00",
        "$55.00",
    )
    assert told["shipping_address"] == [
        "Ada Lovelace",
        "1 Analytical Way",
        "Springfield, IL 62701",
        "United States of America",
    ]


def test_each_mail_is_queued_once() -> None:
    order = make.placed()
    for _ in range(3):
        emails.order_placed(order_id=order.pk)
        payment_emails.order_paid(order_id=order.pk)
    assert sorted(Notification.objects.values_list("template", flat=True)) == ["order_paid", "order_placed"]


@pytest.mark.parametrize(
    ("days", "facts", "is_told"),
    [
        (3, {"status": "pending"}, True),
        (3, {"status": "processing", "captured_minor": 3000}, True),
        (0, {"status": "processing", "captured_minor": 3000}, True),
        (-1, {"status": "processing", "captured_minor": 3000}, False),
        (3, {"status": "processing", "captured_minor": 2000}, False),  # the rest is still to be paid
        (3, {"status": "shipped", "fulfilment_state": "shipped", "captured_minor": 3000}, True),
        (3, {"status": "shipped", "fulfilment_state": "partly_shipped", "captured_minor": 3000}, False),  # an exchange
        (3, {"status": "delivered", "fulfilment_state": "delivered", "captured_minor": 3000}, False),
        (3, {"status": "cancelled"}, False),
    ],
)
def test_the_day_of_delivery_is_told_as_long_as_it_holds(days: int, facts: dict[str, object], is_told: bool) -> None:
    order, day = make.placed(), timezone.localdate() + timedelta(days=days)
    Order.objects.filter(pk=order.pk).update(delivery_on=day, secured_minor=facts.get("captured_minor", 0), **facts)
    told = emails.context_of(selectors.by_id(order.pk))["arrives"]
    assert told == (formats.day(day) if is_told else None)


def below_the_total(message: EmailMultiAlternatives) -> list[str]:
    """The sums of a mail that stand below the order's total, as text."""
    lines = message.body.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("Total: "))
    return lines[start : lines.index("", start)]


def test_a_mail_about_an_order_paid_in_part_says_what_is_still_to_pay() -> None:
    order = make.placed(provider="cash", token="")
    Order.objects.filter(pk=order.pk).update(channel="desk", pay_by=order.placed_at + timedelta(days=3))
    emails.order_placed(order_id=order.pk)
    part = make.payment_of(order)
    payments.record_transfer(
        payment_id=part.pk, amount=order.money(1000), statement_id="1", at=order.placed_at, by="staff:1"
    )
    order = selectors.by_id(order.pk)
    emails.to_pay(order, amount=order.money(order.balance_minor), key="again")
    outbox.drain()
    whole, rest = mail.outbox
    assert below_the_total(whole) == ["Total: $30.00"]
    assert below_the_total(rest) == ["Total: $30.00", "Paid: $10.00", "Still to pay: $20.00"]
    assert "Pay $20.00" in rest.body
    html = str(rest.alternatives[0][0])
    assert re.findall(r"<td[^>]*>(Total|Paid|Still to pay)</td><td[^>]*>([^<]*)<", html) == [
        ("Total", "$30.00"), ("Paid", "$10.00"), ("Still to pay", "$20.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "beginning"),
    [
        ("reservation_expired", "The payment did not arrive in time"),
        ("out_of_stock", "The items sold out"),
        ("reject_review", "We could not accept"),
        ("cancel", ""),
    ],
)
def test_a_cancellation_says_why(reason: str, beginning: str) -> None:
    order = make.placed()
    emails.order_cancelled(order_id=order.pk, reason=reason)
    told = Notification.objects.get().context
    assert told["reason"].startswith(beginning)
    assert bool(told["reason"]) == bool(beginning)
    assert told["refund"] is None


@pytest.mark.parametrize(
    ("order_of", "sentence"),
    [
        (make.placed, UNPAID),
        (make.paid, "$30.00 goes back the way it came. Banks take up to five working days."),
    ],
)
def test_money_is_promised_back_only_where_some_came(order_of: Callable[[], Order], sentence: str) -> None:
    order = order_of()
    orders.cancel(order_id=order.pk, by="staff:1")
    emails.order_cancelled(order_id=order.pk, reason="cancel")
    Notification.objects.exclude(template="order_cancelled").delete()
    for note in Notification.objects.all():
        notifications.send(notification_id=note.pk)
    (message,) = mail.outbox
    promises = {UNPAID, "$30.00 goes back the way it came. Banks take up to five working days."}
    for body in (message.body, str(message.alternatives[0][0])):
        assert {promise for promise in promises if promise in body} == {sentence}
        assert ("goes back" in body.replace(UNPAID, "")) is (order.captured_minor > 0)


def test_the_mails_of_an_order_are_rendered_with_number_total_and_link() -> None:
    order = make.paid()
    orders.cancel(order_id=order.pk, by="guest")
    for write in (emails.order_placed, payment_emails.order_paid, emails.order_delivered):
        write(order_id=order.pk)
    emails.order_cancelled(order_id=order.pk, reason="cancel")
    outbox.drain()
    texts = {message.subject: message.body for message in mail.outbox}
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert message.to == ["ada@example.com"]
        assert order.access_key in message.body + str(message.alternatives[0][0])
        assert "None" not in message.body
    assert any("$30.00" in body for body in texts.values())
