"""A bundle on the order's page and in its mails: one row at its price as in the cart, and its parts below."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkout.changes import services as changes
from checkout.desk import items
from checkout.orders import access, emails
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from tests import outbox
from tests.factories import cart as carts
from tests.factories.bundles import bundle
from tests.factories.changes import line_of, now
from tests.factories.checkout import captured, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def bought(quantity: int = 2) -> tuple[Order, Any]:
    """Two sets of four cups and a pot for 50 dollars, and a cup for 10."""
    cup = carts.product(name="Cup", amount=1000, units=20)
    pot = carts.product(name="Pot", amount=3000, units=10)
    made = bundle((cup, 4), (pot, 1), amount=5000)
    return carts.order(carts.cart((made, quantity), (cup, 1))), pot


def list_of(client: Client, order: Order) -> str:
    html = client.get(access.url(order)).content.decode()
    [found] = re.findall(r'<ul class="mini">.*?</section>', html, re.DOTALL)
    return " ".join(unescape(re.sub("<[^>]+>", " ", found)).split())


def test_the_page_says_its_price_once_and_its_parts_below(client: Client) -> None:
    order, _pot = bought()
    said = list_of(client, order)
    assert said.startswith("Breakfast set 2 × $50.00 8 × Cup 2 × Pot $100.00 Cup 1 × $10.00 $10.00")
    assert "part of" not in said
    assert order.subtotal_minor == 11000


def test_of_what_was_taken_off_only_the_rest_is_counted(client: Client) -> None:
    order, pot = bought()
    payment = payment_of(order)
    payments.record(payment_id=payment.pk, outcome=captured(payment), source="charge")
    outbox.drain(mails=False)
    line = line_of(order, pot)
    changes.edit(order_id=order.pk, seen_revision=0, removed={line.pk: 1}, reason="", by="staff:1")
    [whole, _cup] = items.rows(now(order), orders.lines_of(order.pk))
    rest = sum(one.total_minor for one in orders.lines_of(order.pk) if one.bundle)
    assert rest < 10000
    assert (whole["unit_price"], whole["line_total"].minor, whole["is_gone"]) == (None, rest, False)
    assert [(part["name"], part["quantity"], part["notes"]) for part in whole["parts"]] == [
        ("Cup", 8, []), ("Pot", 1, ["1 cancelled"]),
    ]  # fmt: skip
    said = list_of(client, order)
    assert "8 × Cup 1 × Pot 1 cancelled" in said
    assert "$50.00" not in said


def test_lines_of_one_part_are_one_row() -> None:
    order, _pot = bought(3)
    lines = orders.lines_of(order.pk)
    [whole, _cup] = items.rows(order, lines)
    assert [(part["name"], part["quantity"]) for part in whole["parts"]] == [("Cup", 12), ("Pot", 3)]


def test_the_mail_says_the_same_as_text_and_as_html() -> None:
    order, _pot = bought()
    emails.order_placed(order_id=order.pk)
    outbox.drain()
    [sent] = [one for one in mail.outbox if one.subject.startswith("We have your order")]
    assert "2 x Breakfast set: $100.00\n  8 × Cup\n  2 × Pot\n1 x Cup: $10.00" in sent.body
    html = " ".join(unescape(re.sub("<[^>]+>", " ", sent.alternatives[0][0])).split())
    assert "2 × Breakfast set 8 × Cup 2 × Pot $100.00 1 × Cup $10.00" in html
    assert "part of" not in sent.body + html


def test_it_costs_the_same_queries_however_many_there_are() -> None:
    counts = []
    for order in (bought()[0], carts.order(carts.cart(*((bundle((carts.product(), 1)), 1) for _one in range(3))))):
        lines = orders.lines_of(order.pk)
        with CaptureQueriesContext(connection) as asked:
            items.rows(order, lines)
        counts.append(len(asked))
    assert counts[0] == counts[1]
