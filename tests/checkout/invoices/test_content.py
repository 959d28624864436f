"""What papers say: whose delivery is taken back, and lines that agree with the taxes below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction

from checkout.invoices import content, pdf, selectors, services
from checkout.invoices.models import Document
from checkout.orders import locking, revising
from checkout.orders.models import Order
from shop.core import db
from tests.checkout.invoices.test_pdf import lines as printed
from tests.factories import invoices as factory
from tests.factories.invoices import SALES, SALES_FOOD, VAT, VAT_FOOD

pytestmark = pytest.mark.django_db


def goodwill(paper: Document) -> list[tuple[list[str], int]]:
    """The lines of goodwill as they are printed: rates and amount."""
    return [
        ([tax["rate"] for tax in row["taxes"]], row["total"])
        for row in content.printed(paper.content)
        if content.is_goodwill(row)
    ]


def sums(paper: Document, *, untaxed_delivery: bool) -> tuple[dict[str, int], dict[str, int]]:
    """By rate: what the printed lines and the delivery come to, and what the table of taxes says that it is on."""
    told = paper.content
    found: dict[str, int] = {"0": told["totals"]["delivery"]} if untaxed_delivery else {}
    for row in content.printed(told):
        rate = next((tax["rate"] for tax in row["taxes"] if tax["name"]), "0")
        found[rate] = found.get(rate, 0) + row["total"] - row["discount"]
    table = {tax["rate"]: tax["base"] + (tax["tax"] if tax["is_included"] else 0) for tax in told["taxes"]}
    return {rate: minor for rate, minor in found.items() if minor}, table


def story(wanted: Sequence[Any], rates: Sequence[Any], *, shipping: int, allowed: int) -> list[Document]:
    """An order is paid, some of it given back as goodwill, then its first line comes back, then all of it."""
    order = factory.paid(wanted, rates, shipping=shipping, currency="USD")
    services.settle(order.pk)
    factory.allow(order, allowed)
    services.settle(order.pk)
    for line in order.lines.order_by("position"):
        factory.take_back(order, {line.pk: line.quantity})
        services.settle(order.pk)
    return selectors.complete(order.pk)


@pytest.mark.parametrize("allowed", [1, 7, 500, 1894, 2500])
@pytest.mark.parametrize("shipping", [30, 599])
def test_lines_at_each_rate_come_to_what_the_rate_is_on(shipping: int, allowed: int) -> None:
    """Delivery is not taxed, what was bought is."""
    papers = story([(1, 1999, "standard"), (2, 308, "standard")], [SALES], shipping=shipping, allowed=allowed)
    assert len(papers) > 2
    for paper in papers:
        by_lines, table = sums(paper, untaxed_delivery=True)
        assert by_lines == table


def test_goodwill_is_a_line_for_each_rate() -> None:
    _invoice, note, *_more = story([(1, 1999, "standard")], [SALES], shipping=599, allowed=500)
    assert goodwill(note) == [(["0.0825"], 362), (["0"], 108)]
    assert [(tax["rate"], tax["base"], tax["tax"]) for tax in note.content["taxes"]] == [
        ("0.0825", 362, 30), ("0", 108, 0),
    ]  # fmt: skip
    found = printed(note)
    at = found.index("Goodwill")
    assert found[at : at + 6] == ["Goodwill", "8.25 %", "$3.62", "Goodwill", "Not taxed", "$1.08"]


def test_goodwill_within_prices_is_told_with_its_tax() -> None:
    wanted = [(1, 1200, "standard"), (1, 1050, "food")]
    _invoice, note, *_more = story(wanted, [VAT, VAT_FOOD], shipping=0, allowed=225)
    assert goodwill(note) == [(["0.20"], 120), (["0.05"], 105)]
    assert sums(note, untaxed_delivery=False) == ({"0.20": 120, "0.05": 105},) * 2


def test_goodwill_on_which_two_rates_are_at_once_is_a_line_without_a_rate() -> None:
    second = type(SALES)("City tax", SALES_FOOD.rate, "standard")
    order = factory.paid([(1, 1000, "standard")], [SALES, second], currency="USD")
    services.settle(order.pk)
    factory.allow(order, 110)
    services.settle(order.pk)
    note = selectors.complete(order.pk)[-1]
    assert goodwill(note) == [([], note.net_minor)]
    assert printed(note)[printed(note).index("Goodwill") + 1] == order.money(note.net_minor).format()


def test_an_older_paper_has_its_goodwill_in_one_line() -> None:
    _invoice, note, *_more = story([(1, 1999, "standard")], [SALES], shipping=599, allowed=500)
    [row] = note.content["lines"]
    del row["parts"]
    assert goodwill(note) == [(["0.0825", "0"], 470)]
    assert pdf.render(note) == pdf.render(note)


def deliver_by(order: Order, name: str, minor: int) -> list[Document]:
    """The order goes another way from now on; the papers that this makes."""
    with transaction.atomic(using=db.DEFAULT):
        revising.revise(
            order=locking.order(order.pk), kind="edit", by="staff:1", changed={"delivery_name": name},
            delivery_minor=minor,
        )  # fmt: skip
    return [selectors.whole(one.pk) for one in services.settle(order.pk)]


def test_a_credit_note_names_the_delivery_that_is_taken_back() -> None:
    order = factory.paid([(1, 2000, "standard")], [SALES], shipping=1499, currency="USD")
    Order.objects.filter(pk=order.pk).update(delivery_name="Express")
    services.settle(order.pk)
    [note] = deliver_by(order, "Standard", 0)
    assert (note.is_credit, note.content["delivery_name"], note.content["totals"]["delivery"]) == (
        True, "Express", 1499,
    )  # fmt: skip
    assert [line for line in printed(note) if line.startswith("Delivery (")] == ["Delivery (Express)"]
    [invoice] = deliver_by(order, "Courier", 2000)
    assert (invoice.is_credit, invoice.content["delivery_name"]) == (False, "Courier")
    [note] = deliver_by(order, "Standard", 0)
    assert (note.is_credit, note.content["delivery_name"]) == (True, "Courier")


def test_what_is_billed_anew_is_credited_with_the_delivery_of_before() -> None:
    order = factory.paid([(1, 2000, "standard")], [SALES], shipping=1499, currency="USD")
    Order.objects.filter(pk=order.pk).update(delivery_name="Express")
    [first] = services.settle(order.pk)
    Order.objects.filter(pk=order.pk).update(delivery_name="Courier")
    address = {**order.shipping_address, "company": "Ltd"}
    papers = services.reissue(
        order_id=order.pk, seen=first.number, billing_address=address, reason="name", by="staff:1"
    )  # fmt: skip
    assert [(one.is_credit, one.content["delivery_name"]) for one in papers] == [(True, "Express"), (False, "Courier")]
