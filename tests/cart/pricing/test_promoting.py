"""Quotes with promotions: the same engine, with what a cart, an address and the database say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cart.carts import services as cart_services
from cart.pricing import selectors as pricing
from cart.pricing.selectors import Quote, QuoteLine
from cart.promotions import services as promotions
from cart.promotions.rules import Refusal, Why
from catalog.products.models import Category, Product
from checkout.orders.models import Order
from shop.accounts.models import CustomerGroup
from shop.core import db
from tests.counting import Counting
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.promotions import coupon, promotion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    carts.rates()


def quote(*wanted: tuple[Product, int], **more: Any) -> Quote:
    lines = [QuoteLine(carts.variant_of(product).pk, quantity) for product, quantity in wanted]
    return pricing.quote(lines=lines, currency="USD", address=carts.DETAILS.shipping_address, **more)


def sums(found: Quote) -> tuple[int, int, int]:
    return found.subtotal.minor, found.discount.minor, found.shipping.minor


def names(found: Quote) -> list[tuple[str, int]]:
    return [(one.name, one.amount.minor) for one in found.discounts]


def test_promotions_without_a_code_are_off_at_once() -> None:
    lamp, cable = carts.product(amount=40_00, name="Lamp"), carts.product(amount=10_00, name="Cable")
    promotion("percent", "line", name="Lamps", terms={"percent": "25"}, scope={"any_of": [f"product:{lamp.pk}"]})
    promotion("amount", "order", name="Five off", terms={"amounts": {"USD": 500}})

    found = quote((lamp, 1), (cable, 2))

    assert sums(found)[:2] == (60_00, 15_00)
    assert names(found) == [("Lamps", 10_00), ("Five off", 5_00)]
    assert [line.discount.minor for line in found.lines] == [13_00, 2_00]
    assert found.total == found.subtotal - found.discount + found.shipping + found.tax


def test_what_a_product_is_decides(counting: Any) -> None:
    home = catalog.category("Home", "Lamps")
    lamp = carts.product(amount=40_00, category=home, brand="Acme", tags=["glow"])
    for number, key in enumerate(
        [
            f"category:{Category.objects.get(name='Home').pk}",
            f"category:{home.pk}",
            "brand:acme",
            "tag:glow",
            "brand:other",
        ]
    ):
        promotion(
            "amount", "line", name=f"{number}", terms={"amounts": {"USD": 100}}, scope={"any_of": [key]},
            is_combinable=True,
        )  # fmt: skip

    assert quote((lamp, 1)).discount.minor == 4_00
    with counting() as queries:
        quote((lamp, 1))
    assert queries() <= 5


def test_the_delivery() -> None:
    lamp = carts.product(amount=40_00)
    promotion("free_shipping", "shipping", name="Free delivery", terms={}, conditions={"minimum": {"USD": 50_00}})
    before = quote((lamp, 1))
    found = quote((lamp, 2))

    assert before.hints == ("Add $10.00 more for “Free delivery”.",)
    assert before.shipping.minor > 0
    assert (found.shipping.minor, found.discount.minor, names(found)) == (0, 0, [("Free delivery", 0)])
    assert [option.price.minor for option in found.delivery_options] == [0] * len(before.delivery_options)


def test_a_delivery_that_is_named_is_free_and_no_other() -> None:
    lamp = carts.product(amount=30_00)
    terms = {"minimum": {"USD": 40_00}, "deliveries": ["express"]}
    promotion("free_shipping", "shipping", name="Free express", conditions=terms)
    usual = {one.code: one.price.minor for one in quote((lamp, 2), is_promoted=False).delivery_options}

    before, found = quote((lamp, 1)), quote((lamp, 2))

    assert before.hints == ("Add $10.00 more for “Free express” (Express).",)  # standard is what is counted
    assert {one.code: one.price.minor for one in found.delivery_options} == {**usual, "express": 0}
    assert (found.hints, why(found)) == ((), [Why.DELIVERY])
    assert names(quote((lamp, 2), delivery_option="express")) == [("Free express", 0)]
    assert quote((lamp, 1), delivery_option="express").hints == before.hints


def test_of_a_delivery_that_is_not_there_or_is_free_nothing_is_hinted() -> None:
    lamp = carts.product(amount=30_00)
    promotion("free_shipping", "shipping", name="Anyway", conditions={"deliveries": ["express"]})
    for way in ("express", "drone"):
        promotion(
            "free_shipping", "shipping", name=way, priority=200,
            conditions={"minimum": {"USD": 40_00}, "deliveries": [way]},
        )  # fmt: skip

    assert quote((lamp, 1)).hints == ()


def test_a_misread_coupon_is_taken_for_the_one_that_it_looks_like(counting: Counting) -> None:
    lamp = carts.product(amount=40_00)
    carts.coupon("SAVE10")
    with counting() as usual:
        assert quote((lamp, 1), coupons=["SAVE10"]).discount.minor == 4_00
    with counting() as queries:
        found = quote((lamp, 1), coupons=["SAVE1O"])

    assert (found.discount.minor, found.discounts[0].code) == (4_00, "SAVE10")
    assert (found.coupon_codes, found.coupon_problems) == ({"SAVE1O": "SAVE10"}, {})
    assert queries() <= usual()
    both = quote((lamp, 1), coupons=["SAVE10", "SAVEIO"])
    assert (both.discount.minor, both.coupon_problems) == (4_00, {})  # the same twice
    carts.coupon("SAVEI0")
    unclear = quote((lamp, 1), coupons=["SAVEIO"])
    assert unclear.coupon_problems == {"SAVEIO": "We do not know this coupon code."}


def test_a_coupon_for_a_way_of_delivery_names_it() -> None:
    lamp = carts.product(amount=30_00)
    carts.coupon("FAST", kind="free_shipping", lane="shipping", terms={}, conditions={"deliveries": ["express"]})

    assert quote((lamp, 1), coupons=["FAST"]).coupon_problems == {
        "FAST": "This coupon is for another way of delivery: Express."
    }
    assert quote((lamp, 1), coupons=["FAST"], delivery_option="express").shipping.minor == 0


def test_dates_are_the_databases() -> None:
    lamp, now = carts.product(amount=40_00), db.clock()
    promotion(name="over", starts_at=now - timedelta(days=2), ends_at=now - timedelta(seconds=1))
    promotion(name="to come", starts_at=now + timedelta(hours=1))
    promotion(name="now", starts_at=now - timedelta(seconds=1), ends_at=now + timedelta(hours=1))

    assert names(quote((lamp, 1))) == [("now", 4_00)]


def test_a_gift_comes_along_while_there_are_some() -> None:
    lamp, socks = carts.product(amount=40_00), carts.product(amount=8_00, units=1, name="Socks")
    key = carts.variant_of(socks).pk
    promotion("gift", "order", name="Socks for you", terms={"variant": str(key), "quantity": 2})

    found = quote((lamp, 1))

    given = found.lines[1]
    assert (given.name, given.quantity, given.is_gift) == ("Socks", 1, True)
    assert given.cost == given.shipping
    assert sums(found)[:2] == (48_00, 8_00)
    assert found.units == {carts.variant_of(lamp).pk: 1, key: 1}
    catalog.put_in_stock({key: 0})
    assert [line.is_gift for line in quote((lamp, 1)).lines] == [False]


def test_an_order_with_a_gift_has_it_as_a_line_and_uses_the_promotion() -> None:
    lamp, socks = carts.product(amount=40_00), carts.product(amount=8_00, name="Socks")
    row = promotion(
        "gift", "order", name="Socks for you", terms={"variant": str(carts.variant_of(socks).pk)}, usage_limit=1
    )
    order = carts.order(carts.cart((lamp, 1)))

    assert [(line.name, line.total_minor, line.discount_minor) for line in order.lines.order_by("position")][1] == (
        "Socks", 8_00, 8_00,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.used, row.spent_minor) == (1, 8_00)
    assert [line.is_gift for line in quote((lamp, 1)).lines] == [False]  # used up


def test_coupons_say_why_they_take_nothing_off() -> None:
    lamp = carts.product(amount=40_00)
    shoes = {"any_of": ["category:0"]}
    row = coupon("NOTYET", starts_at=db.clock() + timedelta(days=1)).promotion
    coupon("SHOES", scope=shoes)
    coupon("PAUSED", status="paused")
    coupon("OFF", is_active=False)
    coupon("GONE", usage_limit=1, used=1)
    coupon("MINE", customer_limit=1)
    coupon("TEN")
    codes = ["notyet", "shoes", "paused", "off", "gone", "mine", "ten", "ｔｅｎ", "never", ""]

    found = quote((lamp, 1), coupons=codes, email="ada@example.com")

    assert found.coupon_problems == {
        "NOTYET": "This coupon is not valid yet.",
        "SHOES": "This coupon is for products that are not in your cart.",
        "PAUSED": "This coupon is not valid.",
        "OFF": "This coupon is not valid.",
        "GONE": "This coupon has been used up.",
        "NEVER": "We do not know this coupon code.",
    }
    assert [(one.code, one.amount.minor) for one in found.discounts] == [("MINE", 4_00), ("TEN", 3_60)]
    assert row.used == 0


def test_a_customer_uses_a_limited_coupon_once_with_an_account_or_without() -> None:
    lamp, ada = carts.product(amount=40_00), carts.customer()
    made = coupon("MINE", customer_limit=1)
    cart = carts.cart((lamp, 1))
    cart_services.add_coupon(cart=cart, code="MINE", by="guest")
    order = carts.order(cart)
    told = {"MINE": "You have used this coupon as often as you can."}

    assert quote((lamp, 1), coupons=["MINE"], email="ADA@example.com").coupon_problems == told
    assert quote((lamp, 1), coupons=["MINE"], customer_id=ada.pk).coupon_problems == told
    assert quote((lamp, 1), coupons=["MINE"], email="bob@example.com").coupon_problems == {}
    promotions.give_back(order_id=order.pk)
    assert quote((lamp, 1), coupons=["MINE"], customer_id=ada.pk).coupon_problems == {}
    made.refresh_from_db()
    assert made.used == 0


def test_units_that_join_an_order_have_no_promotions_of_their_own() -> None:
    lamp = carts.product(amount=40_00)
    promotion()

    assert quote((lamp, 1), is_promoted=False).discount.minor == 0
    assert quote((lamp, 1)).discount.minor == 4_00


def test_an_empty_cart() -> None:
    promotion("free_shipping", "shipping", terms={})
    found = quote()

    assert (found.lines, found.total.minor, found.hints) == ((), 0, ())
    assert [one.refusal for one in found.outcome.tried] == [Refusal(Why.NO_PRODUCT)]


def test_a_group_has_promotions_of_its_own() -> None:
    lamp = carts.product(amount=40_00)
    promotion(conditions={"groups": ["trade"]})
    trade = CustomerGroup.objects.create(name="Trade", code="trade")
    member, other = carts.customer(customer_group=trade), carts.customer("bob@example.com")

    assert [quote((lamp, 1), customer_id=key).discount.minor for key in (member.pk, other.pk, None)] == [4_00, 0, 0]
    assert why(quote((lamp, 1))) == [Why.GROUP]


def test_a_channel_has_promotions_of_its_own() -> None:
    lamp = carts.product(amount=40_00)
    promotion(conditions={"channels": ["desk"]})

    assert [quote((lamp, 1), channel=channel).discount.minor for channel in ("desk", "web")] == [4_00, 0]


def test_a_first_order_is_that_of_an_address_and_of_an_account() -> None:
    lamp = carts.product(amount=40_00)
    promotion(conditions={"is_first_order": True})
    ada = carts.customer()
    first = quote((lamp, 1), customer_id=ada.pk)
    order = carts.order(carts.cart((lamp, 1), customer_id=ada.pk), customer_id=ada.pk)

    assert (first.discount.minor, order.discount_minor) == (4_00, 4_00)
    again = [{"customer_id": ada.pk}, {"email": "Ada@example.com "}, {"email": "bob@example.com"}, {}]
    assert [quote((lamp, 1), **who).discount.minor for who in again] == [0, 0, 4_00, 4_00]
    assert why(quote((lamp, 1), customer_id=ada.pk)) == [Why.NOT_FIRST_ORDER]
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    assert quote((lamp, 1), customer_id=ada.pk).discount.minor == 4_00


def why(found: Quote) -> list[Why]:
    return [one.refusal.why for one in found.outcome.tried if one.refusal]
