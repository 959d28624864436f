"""Goods that are collected are taxed where that is, from the quote to the changes of the order."""

from __future__ import annotations

from typing import Any

import pytest

from cart.pricing import selectors as pricing
from cart.pricing.selectors import QuoteLine
from cart.shipping import calendars
from cart.shipping.models import ShippingMethod, ShippingPoint
from cart.tax import selectors as taxation
from cart.tax.models import TaxConfiguration, TaxRate
from cart.tax.rules import How, Rounding
from catalog.products.models import Product
from checkout.changes import services as changes
from checkout.changes.planning import EditRefused
from checkout.orders import carrying
from checkout.orders.models import Order
from tests.factories import cart as carts
from tests.factories import changes as made
from tests.factories import shipping

pytestmark = pytest.mark.django_db

OREGON = {"country": "US", "state": "OR", "postal_code": "97201"}  # no tax there
PICKED_UP = {"country": "US", "state": "IL", "postal_code": "60602"}
HOME = {**carts.DETAILS.shipping_address, "state": "OR", "postal_code": "97201", "city": "Portland"}


@pytest.fixture
def mug(db: None) -> Product:
    """A mug at 20.00 that can be collected in Chicago (6.25 %)."""
    carts.rates()
    loop = shipping.location("loop", 200)
    shipping.point(loop)
    shipping.method("collect", kind="collect", location_id=loop.pk, price_minor=0, min_days=0, max_days=0, position=9)
    product = carts.product(units=4, amount=2000)
    shipping.put(9, carts.variant_of(product).pk, loop)
    return product


def quote(product: Product, code: str = "collect", address: Any = OREGON, **more: Any) -> pricing.Quote:
    lines = [QuoteLine(carts.variant_of(product).pk, 1)]
    return pricing.quote(lines=lines, currency="USD", address=address, delivery_option=code, **more)


def collected(product: Product) -> Order:
    return made.bought(
        (product, 1), delivery_option="collect", shipping_address=HOME, billing_address=HOME, is_drained=False
    )


def test_a_quote_is_taxed_where_goods_are_collected(mug: Product) -> None:
    assert (quote(mug, "standard").tax.minor, quote(mug, "standard").tax_facts) == (0, {})
    found = quote(mug)
    assert (found.tax.minor, found.total.minor, found.tax_facts) == (125, 2125, PICKED_UP)
    assert [option.code for option in found.delivery_options] == ["standard", "express", "collect"]
    assert (quote(mug, address=None).tax.minor, quote(mug, address=None).is_estimated) == (125, True)
    at_home = quote(mug, address=PICKED_UP)
    assert (at_home.tax.minor, at_home.tax_facts) == (125, {})


def test_a_buyer_from_abroad_who_collects_pays_the_tax_of_the_place(mug: Product, settings: Any) -> None:
    """Nothing is sent to another country, so there is nothing to charge in reverse there."""
    settings.DEFAULT_COUNTRY = "DE"
    ShippingMethod.objects.update(countries=[])
    TaxRate.objects.all().delete()
    TaxRate.objects.create(name="MwSt", country="DE", rate="0.19", valid_from="2020-01-01", is_included=True)
    TaxConfiguration.objects.create(country="", trusts_vat_ids=True)
    taxation.forget()
    here = {**shipping.CHICAGO, "country": "DE", "state": "", "postal_code": "10115"}
    ShippingPoint.objects.update(address=here)
    calendars.forget()
    irish = {"address": {"country": "IE"}, "vat_id": "IE6388047V"}
    assert (quote(mug, "standard", **irish).tax.minor, quote(mug, **irish).tax.minor) == (0, 319)


@pytest.mark.usefixtures("shop_sandbox")
def test_an_order_that_is_collected_keeps_the_tax_of_its_place(mug: Product) -> None:
    order = collected(mug)
    assert (order.tax_minor, order.total_minor, order.tax_facts) == (125, 2125, PICKED_UP)
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed", captured_minor=order.total_minor)
    with pytest.raises(EditRefused) as refused:
        edit(order, delivery_option="standard")
    assert refused.value.code == "tax_differs"
    edit(order, added={carts.variant_of(mug).pk: 1})
    assert made.now(order).tax_minor == 250
    edit(order, shipping_address={**HOME, "city": "Salem", "postal_code": "97301"})
    edit(order, shipping_address=carts.DETAILS.shipping_address, delivery_option="standard")
    order = made.now(order)
    assert (order.delivery_option, order.tax_minor, order.tax_facts) == ("standard", 250, {})
    with pytest.raises(EditRefused) as refused:
        edit(order, shipping_address=HOME)
    assert refused.value.code == "tax_differs"


@pytest.mark.parametrize(("rounding", "tax"), [("half_up", 163), ("half_even", 162), ("up", 163), ("down", 162)])
def test_another_price_of_delivery_is_taxed_in_the_mode_of_the_shop(mug: Product, rounding: str, tax: int) -> None:
    """6.25 % of 20.00 and 6.00 is 1.625."""
    TaxConfiguration.objects.create(country="US", rounding=rounding)
    TaxRate.objects.update(applies_to_shipping=True)
    taxation.forget()
    ShippingMethod.objects.filter(code="express").update(price_minor=600)
    order = made.bought((mug, 1), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed", captured_minor=order.total_minor)
    assert carrying.how(order) == How(Rounding(rounding))
    edit(order, delivery_option="express")
    assert made.now(order).tax_minor == tax


def edit(order: Order, **wanted: Any) -> None:
    changes.edit(order_id=order.pk, seen_revision=made.now(order).revision, reason="x", by="staff:1", **wanted)
