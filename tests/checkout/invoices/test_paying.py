"""Who is to send money is asked for what is due now: on papers, in mails and on the order's page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from checkout.changes import services as changes
from checkout.invoices import invariants, paying, selectors, services, settling
from checkout.invoices.models import Document
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.receivables.models import Receivable
from shop.core import formats
from tests import outbox
from tests.factories import cart as carts
from tests.factories import changes as made
from tests.factories import checkout as shop
from tests.factories.accounts import UserFactory
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
ACCOUNT = {"account_holder": "Holdfast", "iban": "GB33BUKB20201555555555"}


@pytest.fixture(autouse=True)
def _account(settings: Any) -> None:
    settings.BANK_TRANSFER = ACCOUNT


@pytest.fixture
def promised() -> Order:
    """Two units of 25.00 and delivery of 5.00, to be paid on invoice."""
    order = shop.placed(provider="invoice", token="", quantity=2, customer_id=UserFactory().pk)
    outbox.drain()
    order.refresh_from_db()
    return order


def take_off(order: Order) -> None:
    """One of the two units; what follows has happened."""
    order.refresh_from_db()
    changes.cancel_units(order_id=order.pk, units={order.lines.get().pk: 1}, reason="", by="staff:1")
    outbox.drain()
    order.refresh_from_db()


def day() -> str:
    return formats.day(Receivable.objects.get().due_on)


def printed(document: Document) -> str:
    return " ".join(PdfReader(BytesIO(services.pdf(document))).pages[0].extract_text().split())


def sent(number: str) -> Any:
    (found,) = [one for one in mail.outbox if number in one.subject]
    return found


def test_money_that_is_being_let_go_is_not_told_as_held(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    order = made.bought((carts.product(units=10, amount=2000), 2), capture_when="on_shipment")
    rest = order.total_minor - 1000
    payments.request_capture(order_id=order.pk, amount=order.money(1000), by="staff:1")
    outbox.drain()

    def told() -> tuple[list[int], list[tuple[str, int]]]:
        there = made.now(order)
        lines = settling.anew(there, minor=there.total_minor, promised=0)
        held = [part["minor"] for part in paying.standing(there)["held"]]
        return held, [(one["kind"], one["minor"]) for one in lines]

    assert told() == ([rest], [("paid", 1000), ("held", rest)])
    payments.request_void(order_id=order.pk, by="staff:1")
    assert told() == ([], [("paid", 1000), ("to_pay", rest)])


def test_the_first_invoice_says_how_much_until_when_and_where(promised: Order) -> None:
    (invoice,) = selectors.documents_of(promised.pk)
    where = "Account holder Holdfast IBAN GB33 BUKB 2020 1555 5555 55 Reference"
    assert f"Please pay $55.00 by {day()} to: {where}" in printed(invoice)
    body = sent(invoice.number).body
    assert f"$55.00 is to be paid for order {promised.number} by {day()}." in body
    assert f"IBAN: GB33 BUKB 2020 1555 5555 55\nReference: {promised.number}" in body


def test_a_credit_note_says_what_is_left_to_pay(promised: Order) -> None:
    take_off(promised)
    invoice, note = selectors.documents_of(promised.pk)
    words = printed(note)
    assert f"In all, $27.50 is to be paid for this order by {day()}, whatever earlier papers say." in words
    assert "We give back" not in words
    assert "$27.50 is to be paid" in sent(note.number).body
    assert "$55.00" in printed(invoice)  # it stands as it was issued
    assert invariants.documents_agree() == []


def test_a_mail_that_is_late_asks_for_what_is_due_by_then() -> None:
    order = shop.placed(provider="invoice", token="", quantity=2, customer_id=UserFactory().pk)
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert paying.asked_for(order)["amount"] == "$55.00"  # type: ignore[index]
    changes.cancel_units(order_id=order.pk, units={order.lines.get().pk: 1}, reason="", by="staff:1")
    order.refresh_from_db()
    assert paying.asked_for(order)["amount"] == "$27.50"  # type: ignore[index]  # the promise has not followed yet
    outbox.drain()
    order.refresh_from_db()
    assert paying.standing(order)["open"] == Receivable.objects.get().open.minor == 2750


def test_what_is_paid_is_not_asked_for(promised: Order) -> None:
    payment = shop.payment_of(promised)
    now = promised.placed_at
    payments.record_transfer(payment_id=payment.pk, amount=promised.total, statement_id="1", at=now, by="staff:1")
    promised.refresh_from_db()
    assert paying.asked_for(promised) is None
    take_off(promised)
    note = selectors.documents_of(promised.pk)[-1]
    assert "to be paid" not in printed(note)
    assert "We give back to you: $27.50" in printed(note)


def test_the_orders_page_asks_for_what_is_due_now(promised: Order, client: Any) -> None:
    take_off(promised)
    page = client.get(reverse("order", args=[promised.number]), {"key": promised.access_key})
    assert [one["open"].minor for one in page.context["invoices"]] == [2750]


def test_a_transfer_for_a_balance_that_has_shrunk_is_asked_for_as_it_is_now(client: Any) -> None:
    carts.rates()
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=500)
    order = carts.order(carts.cart((mug, 1)), provider="bank_transfer", token="")
    pay_all(order)
    changes.edit(order_id=order.pk, seen_revision=0, added={bowl.variants.get().pk: 4}, reason="", by="staff:1")
    outbox.drain(rounds=50)
    payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    outbox.drain(rounds=50)
    before = asked_on_page(client, order)
    assert before == made.now(order).money(made.money(order)[3]).format()
    line = made.line_of(order, bowl)
    changes.edit(order_id=order.pk, seen_revision=1, removed={line.pk: 2}, reason="", by="staff:1")
    outbox.drain(rounds=50)
    after = asked_on_page(client, order)
    assert after == made.now(order).money(made.money(order)[3]).format() != before


def pay_all(order: Order) -> None:
    payment = shop.payment_of(order)
    payments.record_transfer(
        payment_id=payment.pk, amount=payment.amount, statement_id="1", at=order.placed_at, by="staff:1"
    )
    outbox.drain(rounds=50)


def asked_on_page(client: Any, order: Order) -> str:
    page = client.get(reverse("order", args=[order.number]), {"key": made.now(order).access_key})
    rows = {row["label"]: row["value"] for row in page.context["transfer"]["rows"]}
    return str(rows["Amount"])
