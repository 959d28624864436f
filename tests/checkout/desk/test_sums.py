"""What the merchant's pages say of money that is held, promised, taken in parts or being let go."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.changes import services as changes
from checkout.orders.models import Order
from checkout.payments import services as payments
from shop.accounts.models import User
from shop.core.money import Money
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.changes import bought, line_of, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BY = "staff:1"
CARD = {"capture_when": "on_shipment"}
INVOICE = {"provider": "invoice", "token": "", "method": "invoice"}


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def shown(client: Client, order: Order) -> Any:
    return client.get(reverse("admin:checkout_order_change", args=[order.pk]))


def links(client: Client, order: Order) -> int:
    """How many mails staff's asking for the link makes."""
    before = Notification.objects.filter(template="order_to_pay").count()
    client.post(reverse("admin:checkout_order_send_link", args=[order.pk]))
    return Notification.objects.filter(template="order_to_pay").count() - before


def listed(client: Client) -> list[Any]:
    page = client.get(reverse("admin:checkout_order_changelist") + "?balance=due")
    return [row.pk for row in page.context["cl"].result_list]


def sums(page: Any) -> dict[str, Money]:
    """The rows below the total."""
    rows = [(row["label"], row["amount"]) for row in page.context["totals"]]
    names = [label for label, _amount in rows]
    return dict(rows[names.index("Total") + 1 :])


@pytest.mark.parametrize(
    ("way", "told", "label"),
    [(CARD, "$48.49 held", "Held"), (INVOICE, "$48.49 promised, for the customer to send", "Promised")],
)
def test_nobody_is_asked_for_what_is_held_or_promised(
    merchant: Client, shop_sandbox: RunningSandbox, way: dict[str, str], told: str, label: str
) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), **way)  # type: ignore[arg-type]
    page = shown(merchant, order)
    assert (page.context["balance"], page.context["money"]) == (None, [told])
    assert "Send payment link" not in page.content.decode()
    assert (links(merchant, order), listed(merchant), sums(page)) == (0, [], {label: usd(4849)})
    changes.edit(
        order_id=order.pk, seen_revision=0, removed={line_of(order, mug).pk: 1}, reason="", by=BY
    )  # fmt: skip
    assert (shown(merchant, order).context["balance"], links(merchant, order), listed(merchant)) == (None, 0, [])


@pytest.mark.parametrize("way", [CARD, INVOICE])
def test_what_an_edit_adds_to_what_is_held_is_to_be_paid(
    merchant: Client, shop_sandbox: RunningSandbox, way: dict[str, str]
) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), **way)  # type: ignore[arg-type]
    changes.edit(
        order_id=order.pk, seen_revision=0, added={carts.variant_of(mug).pk: 1}, reason="", by=BY
    )  # fmt: skip
    order = now(order)
    more = order.money(order.due_minor - 4849)
    page = shown(merchant, order)
    balance = page.context["balance"]
    assert (balance["amount"], balance["is_to_pay"], bool(balance["link_url"])) == (more, True, True)
    assert sums(page)["Still to be paid"] == more
    brought = more if way is CARD else order.money(order.due_minor)  # whoever promised may bring it as well
    form = merchant.get(reverse("admin:checkout_order_transfer", args=[order.pk])).context["form"]
    assert form["amount"].value() == brought.decimal
    assert (links(merchant, order), listed(merchant)) == (1, [order.pk])
    assert Notification.objects.filter(template="order_to_pay").latest("id").context["amount"] == more.format()


def test_nobody_is_asked_for_what_is_reviewed(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = bought((carts.product(units=10, amount=2000), 2), capture_when="after_review")
    assert order.status == "payment_review"
    assert (shown(merchant, order).context["balance"], links(merchant, order)) == (None, 0)


def facts(page: Any) -> list[tuple[str, str]]:
    """The rows below a payment: what it was, and the amount."""
    html = page.content.decode().split("<h2>Payments</h2>")[1].split("</section>")[0]
    return re.findall(r"<li><span>([^<]*)</span> <span>([^<]*)</span> <code>", html)


def test_each_capture_says_what_was_taken_then(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = bought((carts.product(units=10, amount=2000), 2), **CARD)  # type: ignore[arg-type]
    for minor in (1000, 1500):
        payments.request_capture(order_id=order.pk, amount=usd(minor), by=BY)
        outbox.drain()
    page = shown(merchant, order)
    assert facts(page) == [("held", "$48.49"), ("taken", "$10.00"), ("taken", "$15.00")]
    assert page.context["money"] == ["$25.00 taken", "$23.49 held"]
    assert [row["state"] for row in page.context["payments"]] == ["taken in part"]
    payments.request_void(order_id=order.pk, by=BY)
    leaving = shown(merchant, order)
    assert leaving.context["money"] == ["$25.00 taken", "$23.49 being let go"]
    assert leaving.context["balance"]["amount"] == usd(2349)
    outbox.drain()
    page = shown(merchant, order)
    assert page.context["money"] == ["$25.00 taken"]
    assert [row["state"] for row in page.context["payments"]] == ["taken in part"]
    assert sums(page) == {"Paid": usd(2500), "Still to be paid": usd(2349)}


def test_a_part_in_cash_is_a_part(merchant: Client) -> None:
    order = make.placed(provider="cash", token="")
    payment = make.payment_of(order)
    payments.record_transfer(
        payment_id=payment.pk, amount=usd(1000), statement_id="1", at=order.placed_at, by=BY
    )  # fmt: skip
    page = shown(merchant, order)
    assert [row["state"] for row in page.context["payments"]] == ["taken in part"]
    assert sums(page) == {"Paid": usd(1000), "Still to be paid": usd(2000)}
    assert (page.context["balance"]["amount"], links(merchant, order)) == (usd(2000), 1)


def test_the_list_of_facts_says_what_was_taken_each_time(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = bought((carts.product(units=10, amount=2000), 2), **CARD)  # type: ignore[arg-type]
    for minor in (1000, 1500):
        payments.request_capture(order_id=order.pk, amount=usd(minor), by=BY)
        outbox.drain()
    html = merchant.get(reverse("admin:checkout_paymentevent_changelist")).content.decode()
    assert re.findall(r'data-label="amount">([^<]*)<', html) == ["$15.00", "$10.00", "$48.49"]
    last = make.payment_of(order).events.latest("id")
    page = merchant.get(reverse("admin:checkout_paymentevent_change", args=[last.pk])).content.decode()
    assert "$15.00" in page
    assert "$25.00" not in page


def buttons(page: Any) -> list[str]:
    return [str(button.label) for button in page.context["buttons"]]


def test_money_is_taken_by_a_button_only_where_some_can_be(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), **CARD)  # type: ignore[arg-type]
    assert [one for one in buttons(shown(merchant, order)) if "money" in one] == ["Take money"]
    payments.request_capture(order_id=order.pk, amount=usd(2425), by=BY)
    outbox.drain()
    assert [one for one in buttons(shown(merchant, order)) if "money" in one] == ["Take money", "Let go of held money"]
    changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="", by=BY)
    assert (now(order).held_minor, payments.takeable(order_id=order.pk)) == (2424, usd(0))  # all it costs is taken
    assert [one for one in buttons(shown(merchant, order)) if "money" in one] == []


def test_what_is_asked_to_be_taken_is_not_taken_by_a_button_again(
    merchant: Client, shop_sandbox: RunningSandbox
) -> None:
    order = bought((carts.product(units=10, amount=2000), 2), **CARD)  # type: ignore[arg-type]
    payments.request_capture(order_id=order.pk, amount=usd(4849), by=BY)
    assert [one for one in buttons(shown(merchant, order)) if "money" in one] == []
