"""What staff do with held money: its history, and what the shopper is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.desk import screen
from checkout.fulfilment import services as fulfilment
from checkout.holds.models import HoldStep
from checkout.orders import access
from checkout.orders.models import Order
from checkout.payments import capturing, emails, holding
from checkout.payments import services as payments
from checkout.payments.models import Capture, PaymentOptions
from shop.accounts.models import User
from shop.core.money import Money
from shop.notifications import services
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss@example.com", "a long password")


@pytest.fixture
def order(shop_sandbox: RunningSandbox) -> Order:
    """30.00 are held for it."""
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    made = make.placed()
    outbox.drain()
    return Order.objects.get(pk=made.pk)


def mails() -> list[tuple[Any, ...]]:
    """What each mail about held money tells: taken, let go, kept, still to pay."""
    rows = Notification.objects.filter(template="hold_moved").order_by("id")
    return [tuple(row.context[name] for name in ("taken", "let_go", "kept", "to_pay")) for row in rows]


def timeline(order: Order, boss: User) -> list[tuple[str, list[str], str]]:
    """What staff read of held money, the first step first."""
    rows = screen.context_of(Order.objects.get(pk=order.pk), boss)["timeline"]
    return [(row["label"], row["details"], row["actor"]) for row in reversed(rows) if row["title"] == "Held money"]


def story(order: Order, client: Client) -> list[str]:
    """What the shopper's page says of reserved money, the first step first."""
    rows = client.get(access.url(order), follow=True).context["story"]
    return [row["text"] for row in reversed(rows) if "reserved" in row["text"]]


def test_what_staff_take_and_let_go_of_is_told_and_kept(client: Client, order: Order, boss: User) -> None:
    by = f"staff:{boss.pk}"
    payments.request_capture(order_id=order.pk, amount=Money(1250, "USD"), note=" agreed by phone ", by=by)
    assert mails() == []  # it is not taken yet
    assert story(order, client) == []
    outbox.drain()
    assert mails() == [("$12.50", None, "$17.50", None)]
    payments.request_void(order_id=order.pk, by=by)
    outbox.drain()
    assert mails()[1:] == [(None, "$17.50", None, "$17.50")]  # what was let go pays for nothing
    assert timeline(order, boss) == [
        ("taken", ["$12.50 to be taken", "agreed by phone"], "boss@example.com"),
        ("let go", ["$17.50 to be let go"], "boss@example.com"),
    ]
    assert story(order, client) == [
        "$12.50 that was reserved was taken", "$17.50 that was reserved was let go: it is yours again",
    ]  # fmt: skip
    page = client.get(access.url(order), follow=True)
    assert page.context["payment_text"] == "Card: $12.50 paid"
    assert page.context["totals"]["held"] is None
    for step in HoldStep.objects.all():
        emails.hold_moved(step_id=step.pk)
    assert len(mails()) == 2
    assert (violations(), outbox.failures()) == ([], [])


def test_the_mail_says_it_as_text_and_as_html_with_the_link(order: Order) -> None:
    payments.request_capture(order_id=order.pk, amount=Money(2000, "USD"), is_final=True, by="staff:1")
    outbox.drain()
    row = Notification.objects.get(template="hold_moved")
    message = services.render(template=row.template, language="en", context=row.context)
    told = [
        "We have taken $20.00 of what was reserved for your order.",
        "We have let go of $10.00 that was reserved: we do not take it any more. Banks take some days to show that.",
        "$10.00 of your order is still to be paid: the order's page says how.",
    ]
    assert message.subject == f"About the money reserved for order {order.number}"
    lines, html = message.body.splitlines(), str(message.alternatives[0][0]).replace("&#x27;", "'")
    assert [line for line in lines if line.startswith(("We have", "$"))] == told
    assert [f">{text}</p>" in html for text in told] == [True] * 3
    assert (order.access_key in message.body, order.access_key in html) == (True, True)


def test_what_is_let_go_already_is_not_let_go_again(order: Order) -> None:
    payments.request_capture(order_id=order.pk, amount=Money(1250, "USD"), by="staff:1")
    for _twice in range(2):
        payments.request_void(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert sorted(HoldStep.objects.values_list("trigger", "taken_minor", "let_go_minor")) == [
        ("let_go", 0, 1750), ("take", 1250, 0),
    ]  # fmt: skip
    assert len(mails()) == 2


def test_what_cannot_be_taken_is_told_to_staff_alone(order: Order, boss: User, client: Client) -> None:
    [asked] = payments.request_capture(
        order_id=order.pk, amount=Money(2000, "USD"), is_final=True, by=f"staff:{boss.pk}"
    )  # fmt: skip
    capturing.fail(capture_id=asked.pk, why="expired")
    outbox.drain()
    assert (mails(), story(order, client)) == ([], [])
    assert timeline(order, boss) == [
        ("taken", ["$20.00 to be taken", "$10.00 to be let go", "not done of it: $30.00"], "boss@example.com")
    ]
    [move] = holding.moves_of(order.pk, [make.payment_of(order)])
    assert (move.taken, move.let_go) == (0, 0)


def test_what_a_parcel_takes_is_no_step_of_staff(order: Order) -> None:
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by="staff:1")
    outbox.drain()
    assert [one.status for one in Capture.objects.all()] == ["done"]
    assert (HoldStep.objects.count(), mails()) == (0, [])


def test_the_forms_ask_why(client: Client, order: Order, boss: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(boss)
    given = {"amount": "12.50", "seen": "30.00", "note": "agreed"}
    assert client.post(reverse("admin:checkout_order_capture", args=[order.pk]), given).status_code == 302
    outbox.drain()
    given = {"is_sure": "on", "note": "not wanted"}
    assert client.post(reverse("admin:checkout_order_void", args=[order.pk]), given).status_code == 302
    assert list(HoldStep.objects.values_list("note", "actor")) == [
        ("agreed", f"staff:{boss.pk}"), ("not wanted", f"staff:{boss.pk}"),
    ]  # fmt: skip
    page = client.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()
    assert ("agreed" in page, "not wanted" in page) == (True, True)
