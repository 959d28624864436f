"""The money screens: amounts, orders and people as people read them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentEvent, ProviderEvent, Refund
from shop.accounts.models import User
from shop.core.money import Money
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(client: Client, settings: Any) -> User:
    settings.STAFF_MFA_REQUIRED = False
    person = User.objects.create_superuser("merchant@example.com", "a long password")
    client.force_login(person)
    return person


def facts(client: Client, name: str, row: Any) -> dict[str, str]:
    """What a page says, by label."""
    html = client.get(reverse(f"admin:checkout_{name}_change", args=[row.pk])).content.decode()
    body = html.split('id="content-main"')[1]
    rows = re.findall(r"<label[^>]*>(.*?)</label>(.*?)(?=<label|</fieldset>)", body, re.S)
    return {_text(label): _text(value) for label, value in rows}


def columns(client: Client, name: str) -> list[dict[str, str]]:
    """The rows of a list: text by column."""
    html = client.get(reverse(f"admin:checkout_{name}_changelist")).content.decode()
    found = []
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html.split('id="result_list"')[1].split("</table>")[0], re.S):
        cells = re.findall(r"<t[dh][^>]*field-(\w+)[^>]*>(.*?)</t[dh]>", row, re.S)
        if cells:
            found.append({name: _text(cell) for name, cell in cells})
    return found


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split()).strip(" :")


def refunded(by: str) -> tuple[Order, Refund]:
    order = make.paid()
    payments.request_refund(order_id=order.pk, amount=Money(1250, "USD"), reason="Sorry", by=by)
    return order, Refund.objects.get(order_id=order.pk)


def test_refunds_name_their_order_and_who_gave_them(client: Client, merchant: User) -> None:
    order, refund = refunded(f"staff:{merchant.pk}")
    other, _refund = refunded("system")
    rows = columns(client, "refund")
    assert [(row["order_number"], row["amount_text"], row["actor_name"]) for row in rows] == [
        (other.number, "$12.50", "the shop"),
        (order.number, "$12.50", "merchant@example.com"),
    ]
    assert str(refund) == "$12.50"
    page = facts(client, "refund", refund)
    assert {name: page[name] for name in list(page)[:-1]} == {  # the last is the time
        "Order": order.number, "Payment": str(refund.payment), "Amount": "$12.50", "To": "the way it was paid",
        "Reason": "Sorry", "Status": "requested", "Reference": "-", "By": "merchant@example.com", "Attempt": "1",
        "Repeats": "–",
    }  # fmt: skip


def test_a_page_of_refunds_asks_for_all_names_at_once(
    client: Client, merchant: User, django_assert_max_num_queries: Any
) -> None:
    refunded(f"staff:{merchant.pk}")
    url = reverse("admin:checkout_refund_changelist")
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    for by in ("guest", f"staff:{clerk.pk}"):
        refunded(by)
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_a_payment_is_told_in_money_and_words(client: Client, merchant: User) -> None:
    order, _refund = refunded("system")
    Payment.objects.update(instructions={"IBAN": "DE00"})
    page = facts(client, "payment", Payment.objects.get())
    said = {name: value for name, value in page.items() if name not in ("Provider&#x27;s reference", "Created at")}
    said.pop("Updated at")
    assert said == {
        "Order": order.number, "Method": "card", "Provider": "stripe", "Status": "paid", "Amount": "$30.00",
        "Held in all": "$30.00", "Taken": "$30.00", "Given back": "$0.00", "Of it as store credit": "$0.00",
        "Called back by the bank": "$0.00", "Captured": "at once", "Message": "-", "Decline code": "-",
        "Told to the shopper": "IBAN: DE00", "Card kept for next time": "close_small", "Attempts": "0",
    }  # fmt: skip


def test_what_providers_told_has_amounts_and_names(client: Client, merchant: User) -> None:
    order = make.paid()
    assert [row["amount_text"] for row in columns(client, "paymentevent")] == ["$30.00", "$30.00"]
    page = facts(client, "paymentevent", PaymentEvent.objects.order_by("id")[0])
    assert list(page) == ["Payment", "Kind", "Amount", "Reference", "Source", "Occurred at", "At"]
    assert (page["Kind"], page["Amount"]) == ("authorised", "$30.00")
    told = ProviderEvent(provider="stripe", event_id="evt_1", event_type="charge.refunded")
    assert str(told) == "stripe charge.refunded"
    capture = Capture.objects.create(payment=make.payment_of(order), order_id=order.pk, amount_minor=700, actor="guest")
    assert str(capture) == "$7.00"
    page = facts(client, "capture", capture)
    assert (page["Order"], page["Amount"], page["By"]) == (order.number, "$7.00", "a guest")
    [row] = columns(client, "capture")
    assert (row["order_number"], row["amount_text"], row["actor_name"]) == (order.number, "$7.00", "a guest")
