"""The policy keeps the delivery, which is taxed: it keeps that and its tax, and nothing of the goods'."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cart.pricing.models import TaxRate
from checkout.invoices import invariants
from checkout.invoices.models import Document
from checkout.returns import services as returns
from tests import outbox
from tests.factories import cart as carts
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
