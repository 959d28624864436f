"""The policy keeps the delivery, which is taxed: it keeps that and its tax, and nothing of the goods'."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from cart.tax.models import TaxRate
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.invoices import invariants
from checkout.invoices.models import Document
from checkout.orders import revising
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import invariants as of_returns
from checkout.returns import services as returns
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import checkout, parcels
from tests.factories import returns as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_included", "back", "tax"), [(False, 2400, 400), (True, 2000, 333)])
def test_goods_and_their_tax_go_back(is_included: bool, back: int, tax: int) -> None:
    """20.00 at 20 %, and 5.99 for delivery, which is taxed too: on top, or within."""
    carts.rates()
    TaxRate.objects.all().delete()
    TaxRate.objects.create(
        name="VAT", country="US", rate=Decimal("0.20"), valid_from="2020-01-01", is_included=is_included,
        applies_to_shipping=True,
    )  # fmt: skip
    make.rule(refunds_delivery=False)
    order = make.bought((carts.product(amount=2000), 1))
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0])))
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    assert done.amount.minor == back
    credit = Document.objects.get(order_id=order.pk, kind="credit_note")
    assert (credit.gross_minor, credit.tax_minor) == (back, tax)
    assert invariants.documents_agree() == []


@pytest.fixture
def order() -> Order:
    """Three units of 10.00 with 5.99 of delivery: one of them is in a parcel that has arrived, two are still here."""
    carts.rates()
    TaxRate.objects.all().delete()
    make.rule(refunds_delivery=False)
    order = carts.order(carts.cart((carts.product(amount=1000), 3)))
    payment = checkout.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=checkout.captured(payment), source="charge")
    outbox.drain(mails=False)
    fulfilment.start(order_id=order.pk, by="staff:1")
    parcel = Shipment.objects.get(order=order)
    fulfilment.split(shipment_id=parcel.pk, units={parcel.lines.get().pk: 2}, by="staff:1")
    fulfilment.deliver_one(shipment_id=parcels.sent(parcels.picked(parcel)).pk, by="staff:1")
    outbox.drain(mails=False)
    return now(order)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def settled(order: Order, **about: object) -> int:
    """A unit comes back and is settled; what it gives back."""
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], **about)))
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    return done.amount.minor


def stays(order: Order) -> int:
    """What was taken and is not asked to go back."""
    asked = Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True)
    return now(order).captured_minor - sum(asked)


def test_units_that_are_taken_off_later_take_their_own_delivery_and_no_more(order: Order) -> None:
    """1.99 of delivery was kept with the first unit; the other two are worth 10.00 and 2.00 each."""
    assert settled(order) == 1000
    (line,) = make.lines(order)
    seen = changes.preview(order_id=order.pk, removed={line.pk: 1}, kind="cancel")
    changes.cancel_units(order_id=order.pk, units={line.pk: 1}, reason="", by="staff:1")
    outbox.drain(mails=False)
    assert (seen.difference.minor, stays(order)) == (-1200, 1399)
    changes.cancel_units(order_id=order.pk, units={line.pk: 1}, reason="", by="staff:1")
    outbox.drain(mails=False)
    (line,) = make.lines(order)
    assert (stays(order), now(order).due_minor, revising.kept(line).value) == (199, 199, 199)
    assert now(order).status == "returned"
    papers = Document.objects.filter(order_id=order.pk)
    assert sum(-one.gross_minor if one.kind == "credit_note" else one.gross_minor for one in papers) == 199
    assert (invariants.documents_agree(), of_returns.worth_is_given_back(), violations(ask_provider=False)) == (
        [], [], [],
    )  # fmt: skip


def test_a_unit_that_comes_back_with_its_delivery_later_has_its_own(order: Order) -> None:
    assert settled(order) == 1000
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="2", by="staff:1")
    fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain(mails=False)
    assert settled(order, reason="damaged") == 1200  # the shop's fault
    assert settled(order) == 1000
    assert (stays(order), now(order).due_minor) == (399, 399)
    assert of_returns.worth_is_given_back() == []


def test_what_a_line_keeps_and_its_returns_kept_are_compared(order: Order) -> None:
    settled(order)
    order.lines.update(kept_shipping_minor=198)
    (line,) = make.lines(order)
    assert of_returns.worth_is_given_back() == [
        f"I6 order line {line.pk} keeps [198, 0, 0] of delivery and its tax, its reimbursements kept [199, 0, 0]"
    ]


def test_lines_of_before_are_told_what_their_returns_kept(order: Order) -> None:
    """The column came later than returns; what a change has given back since is gone."""
    settled(order)
    fill = import_module("checkout.migrations.0019_kept_delivery").FILL
    for shipping, kept in ((599, 199), (100, 100)):
        order.lines.update(kept_shipping_minor=0, shipping_minor=shipping)
        with connection.cursor() as cursor:
            cursor.execute(fill)
        assert [line.kept_shipping_minor for line in make.lines(order)] == [kept]
