"""Orders whose tax a service worked out, or whose buyer paid none, keep that through exchanges, edits and moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cart.tax import selectors as taxation
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate
from catalog.products.models import Product, Variant
from checkout.changes import services as changes
from checkout.changes.planning import EditRefused
from checkout.orders.models import Order
from checkout.payments.models import Refund
from checkout.returns import services as returns
from shop.core import db
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories import changes as made
from tests.factories import returns as make
from tests.fakes import tax_services

NEW_YORK = {**carts.DETAILS.shipping_address, "state": "NY", "postal_code": "10001", "city": "New York"}


@pytest.fixture(params=[True, False], ids=["own rates", "no rates"])
def service(request: Any, settings: Any, transactional_db: None) -> Iterator[tax_services.Fake]:
    """A service that takes 10 %, in a shop that has rates of its own, or none."""
    make.rule()
    carts.rates()
    if not request.param:
        TaxRate.objects.all().delete()
    TaxConfiguration.objects.create(country="US", service="http")
    taxation.forget()
    with tax_services.running(tax_services.flat(10)) as fake:
        settings.TAX_SERVICE_URL, settings.TAX_SERVICE_KEY = fake.url, "secret"
        yield fake


def sizes(amount: int) -> tuple[Product, Variant]:
    """A product at 20.00, and its other variant at `amount` cents."""
    product = carts.product(amount=20_00)
    return product, catalog.add_variant(product, units=2, amount=amount, options={"Size": "L"}, position=5)


def paid(product: Product, **details: Any) -> Order:
    order = made.bought((product, 1), is_drained=False, **details)
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed", captured_minor=order.total_minor)
    return order


def exchange(order: Order, other: Variant, **about: Any) -> Order:
    found = make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange", **about)
    seen = returns.simulate(return_id=make.back(found).pk, by="staff:1")
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    outbox.drain(mails=False)
    return made.now(order)


def edit(order: Order, **wanted: Any) -> Order:
    changes.edit(order_id=order.pk, seen_revision=made.now(order).revision, reason="x", by="staff:1", **wanted)
    return made.now(order)


def taxes(order: Order) -> list[tuple[str, int]]:
    return [(tax["name"], tax["amount_minor"]) for tax in make.lines(order)[-1].taxes]


@pytest.mark.parametrize(("amount", "tax", "more"), [(20_00, 2_00, 0), (30_00, 3_00, 11_00), (15_00, 1_50, -5_50)])
def test_what_is_sent_instead_is_taxed_as_what_came_back_was(
    service: tax_services.Fake, amount: int, tax: int, more: int
) -> None:
    """So the same price costs nothing. Delivery goes back as the rule says."""
    product, other = sizes(amount)
    order = make.bought((product, 1))
    assert (order.total_minor, order.tax_minor, order.tax_facts) == (27_99, 2_00, {"source": "service"})
    due = order.due_minor
    order = exchange(order, other)
    assert taxes(order) == [("Service tax", tax)]
    back = sum(Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True))
    assert (order.due_minor - due, back) == (more - 5_99, max(0, 5_99 - more))


def test_an_order_keeps_the_rates_that_it_was_placed_with(transactional_db: None) -> None:
    make.rule()
    carts.rates()
    product, other = sizes(30_00)
    order = make.bought((product, 1))
    TaxRate.objects.update(rate="0.2", name="IL tax of today")
    taxation.forget()
    assert taxes(exchange(order, other)) == [("IL tax", 1_88)]


@pytest.mark.parametrize(("is_inside", "price"), [(False, 30_00), (True, 28_24)])
def test_an_exchange_of_an_exempt_sale_is_exempt(transactional_db: None, is_inside: bool, price: int) -> None:
    """Also when the certificate has ended since. Where the tax is in the prices it is taken out of the new one's."""
    make.rule()
    carts.rates()
    TaxRate.objects.update(is_included=is_inside)
    ada, today = carts.customer(), timezone.localdate(db.clock())
    TaxExemption.objects.create(email=ada.email, reason="Resale", certificate="C1", valid_from="2020-01-01")
    taxation.forget()
    product, other = sizes(30_00)
    order = make.bought((product, 1), customer_id=ada.pk, email=ada.email)
    assert (order.tax_minor, order.tax_facts) == (0, {"scheme": "exempt", "proof": "C1"})
    TaxExemption.objects.update(valid_until=today - timedelta(days=1))
    order = exchange(order, other, by=f"customer:{ada.pk}")
    assert (order.tax_minor, make.lines(order)[1].unit_price_minor) == (0, price)


def test_it_goes_where_the_service_takes_the_same_and_nowhere_else(service: tax_services.Fake) -> None:
    product = carts.product(amount=20_00)
    order = paid(product)
    there = {**carts.DETAILS.shipping_address, "postal_code": "60614"}
    assert edit(order, shipping_address=there).shipping_address["postal_code"] == "60614"
    service.answer = tax_services.flat(50)
    with pytest.raises(EditRefused) as refused:
        edit(order, shipping_address=NEW_YORK)
    assert refused.value.code == "tax_differs"
    edit(order, shipping_address={**there, "address1": "2 Other Street"})


def test_without_an_answer_it_stays(service: tax_services.Fake) -> None:
    order = paid(carts.product(amount=20_00))
    service.answer = lambda _path, _body: (500, b"")
    with pytest.raises(EditRefused) as refused:
        edit(order, shipping_address=NEW_YORK)
    assert refused.value.code == "tax_unknown"
    TaxConfiguration.objects.update(service="")
    taxation.forget()
    with pytest.raises(EditRefused) as refused:
        edit(order, shipping_address={**carts.DETAILS.shipping_address, "postal_code": "60614"})
    assert refused.value.code == "tax_unknown", "its service is asked no more"


def test_what_is_added_while_the_service_is_away_is_an_estimate(service: tax_services.Fake) -> None:
    product = carts.product(amount=20_00)
    order = paid(product)
    wanted = {"added": {carts.variant_of(product).pk: 2}}
    assert not changes.preview(order_id=order.pk, added={carts.variant_of(product).pk: 1}).is_estimated
    service.answer = lambda _path, _body: (500, b"")
    assert changes.preview(order_id=order.pk, **wanted).is_estimated
    order = edit(order, **wanted)
    assert order.tax_facts == {"source": "estimate"}
    assert order.tax_minor in (2_00, 4_50)


def test_units_are_not_added_to_a_sale_that_would_be_taxed_otherwise_today(transactional_db: None) -> None:
    carts.rates()
    ada = carts.customer()
    row = TaxExemption.objects.create(email=ada.email, certificate="C1", valid_from="2020-01-01")
    taxation.forget()
    product = carts.product(amount=20_00)
    order = paid(product, customer_id=ada.pk, email=ada.email)
    wanted = {"added": {carts.variant_of(product).pk: 1}}
    assert edit(order, **wanted).tax_minor == 0
    row.delete()
    with pytest.raises(EditRefused) as refused:
        edit(order, **wanted)
    assert refused.value.code == "tax_differs"
