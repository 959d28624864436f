"""What is shown of a cart."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from cart.carts import access, selectors, services
from cart.carts.models import Cart
from catalog.products import services as products
from catalog.products.models import Price
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def view(cart, **given):
    return selectors.view(cart, currency="USD", **given)


def test_lines_carry_what_the_page_prints():
    product = carts.product(amount=2500, name="Lamp")
    shown = view(carts.cart((product, 2)))
    (line,) = shown.lines
    assert (line.name, line.quantity, line.unit_price, line.line_total) == (
        "Lamp",
        2,
        Money(2500, "USD"),
        Money(5000, "USD"),
    )
    assert (line.is_available, line.available, line.max_quantity, line.notices) == (True, 10, 10, ())
    assert (shown.unit_count, shown.is_empty, shown.can_checkout) == (2, False, True)
    assert shown.summary.total == Money(5000 + 599, "USD")


def test_no_cart_is_an_empty_cart():
    shown = view(None)
    assert (shown.is_empty, shown.unit_count, shown.can_checkout, shown.quote.total) == (
        True,
        0,
        False,
        Money(0, "USD"),
    )


def test_a_changed_price_is_told_until_the_shopper_goes_on_and_the_new_one_counts():
    product = carts.product(amount=2500)
    cart = carts.cart((product, 1))
    Price.objects.update(amount_minor=3000)
    (line,) = view(cart).lines
    assert line.notices == ("The price changed from $25.00 to $30.00.",)
    assert line.line_total == Money(3000, "USD")
    services.acknowledge(cart=cart, prices={str(line.variant_id): line.unit_price.minor})
    assert view(cart).lines[0].notices == ()


def test_a_line_longer_than_the_stock_says_so_and_stops_the_checkout():
    product = carts.product(units=5)
    cart = carts.cart((product, 5))
    catalog.put_in_stock({carts.variant_of(product).pk: 2})
    shown = view(cart, is_fresh=True)
    assert shown.lines[0].notices == ("Only 2 available.",)
    assert (shown.lines[0].is_available, shown.can_checkout) == (False, False)


def test_what_is_not_for_sale_any_more_is_shown_and_not_charged():
    kept, gone = carts.product(amount=1000, name="Kept"), carts.product(amount=9900, name="Gone")
    cart = carts.cart((kept, 1), (gone, 1))
    products.archive(product_id=gone.pk, by="test")
    shown = view(cart)
    assert [(line.name, line.is_sellable) for line in shown.lines] == [("Kept", True), ("Gone", False)]
    assert shown.lines[1].notices == ("No longer for sale; it is not part of your order.",)
    assert shown.quote.subtotal == Money(1000, "USD")
    assert shown.can_checkout is True


def test_a_cart_of_nothing_for_sale_cannot_be_ordered():
    gone = carts.product()
    cart = carts.cart((gone, 1))
    products.archive(product_id=gone.pk, by="test")
    assert view(cart).can_checkout is False


def test_coupons_show_what_they_take_off_or_why_they_do_not():
    carts.coupon("SAVE10")
    carts.coupon("BIG", minimum=100_000)
    cart = carts.cart((carts.product(amount=2500), 2))
    for code in ("SAVE10", "BIG"):
        services.add_coupon(cart=cart, code=code, by="guest")
    shown = view(cart)
    assert [(row.code, row.amount) for row in shown.coupons] == [("SAVE10", Money(500, "USD"))]
    assert shown.notices == ("BIG: This coupon counts from $1,000.00 on: add $950.00 more.",)


def test_with_nothing_in_the_cart_no_coupon_is_complained_about():
    carts.coupon("BIG", minimum=100_000)
    cart = carts.cart((carts.product(), 1))
    services.add_coupon(cart=cart, code="BIG", by="guest")
    services.set_quantity(cart=cart, line_id=selectors.lines_of(cart.pk)[0].pk, quantity=0, by="guest")
    assert view(cart).notices == ()


def test_the_count_of_the_header_counts_units_of_open_carts_only():
    cart = carts.cart((carts.product(), 2), (carts.product(), 3))

    def count():
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        request.COOKIES[access.COOKIE] = cart.token
        return selectors.count(request)

    assert count() == 5
    Cart.objects.filter(pk=cart.pk).update(status="ordered")
    assert count() == 0


def test_a_visitor_without_a_cart_costs_no_query(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert selectors.count(request) == 0


@pytest.mark.parametrize("lines", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_lines(lines, django_assert_max_num_queries):
    cart = carts.cart(*((carts.product(), 1) for _ in range(lines)))
    view(cart)  # the process knows the promotions from now on
    with django_assert_max_num_queries(6):
        view(cart)
