"""A gift message and a purchase order number, from the first step to the order, its pages, mails and calls."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from checkout.orders import access
from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails
from tests import outbox
from tests.checkout.api.test_shopper import BODY, call, guest, place
from tests.checkout.purchase.test_views import enter, pay, put_in
from tests.factories import cart as carts
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)
GIFT, PO = "Happy birthday!\nYours, Jane <3", "PO-4711"


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def test_they_are_folded_away_until_there_are_some(client: Client) -> None:
    put_in(client, carts.product())
    fold = r'<details class="more"( open)?>\s*<summary>Add a gift message or PO number'
    assert re.findall(fold, client.get(reverse("checkout")).content.decode()) == [""]
    enter(client, gift_message=GIFT, po_number=PO)
    page = client.get(reverse("checkout"))
    assert re.findall(fold, page.content.decode()) == [" open"]
    assert (page.context["form"]["gift_message"].value(), page.context["form"]["po_number"].value()) == (GIFT, PO)


def test_they_go_with_the_order_and_are_told_in_its_mails(client: Client, shop_sandbox: RunningSandbox) -> None:
    put_in(client, carts.product())
    enter(client, gift_message=GIFT.replace("\n", "\r\n"), po_number=f" {PO} ")
    shown = client.get(reverse("payment")).content.decode()
    assert "Yours, Jane &lt;3" in shown
    assert PO in shown
    pay(client)
    order = Order.objects.get()
    assert (order.gift_message, order.po_number) == (GIFT, PO)
    assert "Yours, Jane &lt;3" in client.get(access.url(order)).content.decode()
    outbox.drain()
    texts = [message.body for message in mail.outbox if "We have your order" in message.subject]
    assert [GIFT in text and f"PO number: {PO}" in text for text in texts] == [True]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"gift_message": "x" * 501}, "gift_message"), ({"po_number": "x" * 61}, "po_number")],
)  # fmt: skip
def test_too_much_is_said_at_the_field(client: Client, changes: dict[str, str], field: str) -> None:
    put_in(client, carts.product())
    answer = enter(client, **changes)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not CheckoutDetails.objects.filter(email="ada@example.com").exists()


def test_the_end_of_a_line_counts_once(client: Client) -> None:
    put_in(client, carts.product())
    assert enter(client, gift_message="\r\n".join(["x"] * 250)).status_code == 303  # 499 as a browser counts


def test_a_number_with_line_breaks_in_it_is_one_line_and_signs_that_nobody_sees_are_none(client: Client) -> None:
    wild = {"po_number": "PO\r\nTotal: $0.00\x1b", "gift_message": "Happy\x07\rbirthday\u2028!"}
    put_in(client, carts.product())
    enter(client, **wild)
    pay(client)
    order = Order.objects.get()
    assert (order.po_number, order.gift_message) == ("PO Total: $0.00", "Happy\nbirthday\n!")
    given = {"poNumber": wild["po_number"], "giftMessage": wild["gift_message"]}
    told = place(client, guest(name="Mug"), {**BODY, **given}).json()
    assert (told["poNumber"], told["giftMessage"]) == (order.po_number, order.gift_message)


def test_none_are_wanted(client: Client) -> None:
    put_in(client, carts.product())
    enter(client)
    pay(client)
    order = Order.objects.get()
    assert (order.gift_message, order.po_number) == ("", "")


def test_they_come_and_go_over_rest(client: Client) -> None:
    answer = place(client, guest(), {**BODY, "giftMessage": GIFT, "poNumber": PO})
    body = answer.json()
    assert (answer.status_code, body["giftMessage"], body["poNumber"]) == (201, GIFT, PO)
    again = call(client, "GET", f"orders/{body['number']}", X_Order_Token=body["accessToken"]).json()
    assert (again["giftMessage"], again["poNumber"]) == (GIFT, PO)
    plain = place(client, guest(name="Mug"), key="key-2").json()
    assert (plain["giftMessage"], plain["poNumber"]) == ("", "")


@pytest.mark.parametrize("given", [{"giftMessage": "x" * 501}, {"poNumber": "x" * 61}, {"poNumber": None}])
def test_what_does_not_fit_is_400(client: Client, given: dict[str, Any]) -> None:
    answer = place(client, guest(), {**BODY, **given})
    assert (answer.status_code, list(json.loads(answer.content)["error"]["fields"])) == (400, list(given))
    assert not Order.objects.exists()
