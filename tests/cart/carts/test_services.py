"""Carts: what goes in, what does not, whose they are, and when they end."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Now
from django.test import RequestFactory

from cart.carts import access, ownership, rules, selectors, services
from cart.carts.models import Cart, CartLine
from catalog.products import services as products
from shop.core import db
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def lines(cart):
    return {line.variant_id: line.quantity for line in CartLine.objects.filter(cart=cart)}


def request_of(*, user=None, token="", header=""):
    request = RequestFactory().get("/cart/", headers={"X-Cart-Token": header} if header else {})
    request.user = user or AnonymousUser()
    if token:
        request.COOKIES[access.COOKIE] = token
    return request


def expire(cart):
    Cart.objects.filter(pk=cart.pk).update(expires_at=Now() - timedelta(seconds=1))


class TestAdd:
    def test_remembers_name_and_price_of_the_moment(self):
        product = carts.product(amount=1999, name="Lamp")
        cart = carts.cart((product, 2))
        line = CartLine.objects.get(cart=cart)
        assert (line.name, line.quantity, line.unit_price_minor, line.currency) == ("Lamp", 2, 1999, "USD")
        assert line.sku == carts.variant_of(product).sku

    def test_adds_up_on_the_same_line_and_raises_the_version(self):
        product = carts.product()
        cart = carts.cart((product, 2))
        version = cart.version
        services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=3, by="guest")
        cart.refresh_from_db()
        assert lines(cart) == {carts.variant_of(product).pk: 5}
        assert cart.version == version + 1

    def test_refuses_more_than_there_is_and_says_how_many_there_are(self):
        product = carts.product(units=3)
        cart = carts.cart((product, 2))
        with pytest.raises(services.NotEnoughStock) as refused:
            services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=2, by="guest")
        assert refused.value.available == 3
        assert refused.value.message == "Only 3 available. You have 2 in your cart already."
        assert lines(cart) == {carts.variant_of(product).pk: 2}

    @pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9, True, 0.5, float("nan"), "2"])
    def test_refuses_what_is_no_quantity(self, quantity):
        product = carts.product()
        cart = carts.cart()
        with pytest.raises(services.BadQuantity):
            services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=quantity, by="guest")
        assert lines(cart) == {}

    def test_refuses_what_nobody_sells(self):
        cart = carts.cart()
        archived, priceless = carts.product(), carts.product(amount=None)
        products.archive(product_id=archived.pk, by="test")
        for variant_id, kind in (
            (db.uuid7(), services.UnknownVariant),
            (carts.variant_of(archived).pk, services.NotSellable),
            (carts.variant_of(priceless).pk, services.NotSellable),
        ):
            with pytest.raises(kind):
                services.add(cart=cart, variant_id=variant_id, quantity=1, by="guest")
        assert lines(cart) == {}

    def test_holds_a_hundred_lines_at_most(self, monkeypatch):
        monkeypatch.setattr(rules, "MAX_LINES", 2)
        cart = carts.cart((carts.product(), 1), (carts.product(), 1))
        with pytest.raises(services.CartFull):
            services.add(cart=cart, variant_id=carts.variant_of(carts.product()).pk, quantity=1, by="guest")

    def test_a_closed_cart_takes_nothing(self):
        product = carts.product()
        cart = carts.cart((product, 1))
        services.close(cart_id=cart.pk, version=cart.version)
        with pytest.raises(services.CartClosed):
            services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=1, by="guest")


class TestChange:
    def test_sets_a_quantity_and_removes_at_zero(self):
        product = carts.product()
        cart = carts.cart((product, 1))
        line = CartLine.objects.get(cart=cart)
        services.set_quantity(cart=cart, line_id=line.pk, quantity=4, by="guest")
        assert lines(cart) == {carts.variant_of(product).pk: 4}
        services.set_quantity(cart=cart, line_id=line.pk, quantity=0, by="guest")
        assert lines(cart) == {}

    def test_a_line_that_became_too_long_may_be_shortened_but_not_lengthened(self):
        product = carts.product(units=5)
        cart = carts.cart((product, 5))
        catalog.put_in_stock({carts.variant_of(product).pk: 2})
        line = CartLine.objects.get(cart=cart)
        with pytest.raises(services.NotEnoughStock):
            services.set_quantity(cart=cart, line_id=line.pk, quantity=6, by="guest")
        services.set_quantity(cart=cart, line_id=line.pk, quantity=3, by="guest")
        assert lines(cart) == {carts.variant_of(product).pk: 3}

    def test_A06_anothers_line_cannot_be_touched(self):
        mine, theirs = carts.cart((carts.product(), 1)), carts.cart((carts.product(), 1))
        line = CartLine.objects.get(cart=theirs)
        for change in (
            lambda: services.set_quantity(cart=mine, line_id=line.pk, quantity=2, by="guest"),
            lambda: services.remove(cart=mine, line_id=line.pk, by="guest"),
        ):
            with pytest.raises(services.UnknownLine):
                change()
        line.refresh_from_db()
        assert line.quantity == 1

    def test_clear_takes_lines_and_coupons_out(self):
        cart = carts.cart((carts.product(), 1))
        services.add_coupon(cart=cart, code="SAVE10", by="guest")
        services.clear(cart=cart, by="guest")
        cart.refresh_from_db()
        assert (lines(cart), cart.coupons) == ({}, [])

    def test_a_coupon_counts_once_however_often_it_is_entered(self):
        cart = carts.cart((carts.product(), 1))
        services.add_coupon(cart=cart, code="SAVE10", by="guest")
        services.add_coupon(cart=cart, code="SAVE10", by="guest")
        cart.refresh_from_db()
        assert cart.coupons == ["SAVE10"]
        services.remove_coupon(cart=cart, code="SAVE10", by="guest")
        cart.refresh_from_db()
        assert cart.coupons == []


class TestWhose:
    def test_a_guest_has_the_cart_of_the_cookie_or_of_the_header(self):
        cart = carts.cart()
        assert services.current(request_of(token=cart.token)) == cart
        assert services.current(request_of(header=cart.token)) == cart
        assert services.current(request_of()) is None
        assert services.current(request_of(token="x" * 43)) is None

    def test_a_customers_cart_is_not_found_by_its_token(self):
        cart = carts.cart(customer_id=carts.customer().pk)
        assert services.current(request_of(token=cart.token)) is None

    def test_A24_after_logout_the_shared_browser_shows_nothing_of_the_customers(self):
        ada = carts.customer()
        guest = carts.cart((carts.product(), 1))
        merged = services.current(request_of(user=ada, token=guest.token))
        assert merged.customer_id == ada.pk
        for token in (guest.token, merged.token):
            assert services.current(request_of(token=token)) is None

    def test_two_customers_on_one_browser_have_their_own(self):
        ada, bob = carts.customer(), carts.customer("bob@example.com")
        of_ada = carts.cart((carts.product(), 1), customer_id=ada.pk)
        assert services.current(request_of(user=bob, token=of_ada.token)) is None
        assert services.begun(request_of(user=bob, token=of_ada.token)).customer_id == bob.pk

    def test_a_customer_has_one_open_cart(self):
        ada = carts.customer()
        assert ownership.begin(ada.pk) == ownership.begin(ada.pk)

    def test_an_expired_cart_is_gone_by_the_databases_clock_and_makes_way_for_a_new_one(self):
        ada = carts.customer()
        guest, own = carts.cart(), carts.cart(customer_id=ada.pk)
        expire(guest)
        expire(own)
        assert services.current(request_of(token=guest.token)) is None
        assert services.current(request_of(user=ada)) is None
        assert services.begun(request_of(user=ada)).pk != own.pk
        own.refresh_from_db()
        assert own.status == "expired"


class TestMerge:
    def test_quantities_add_up_capped_by_stock_with_a_notice_once(self):
        ada = carts.customer()
        lamp, mug = carts.product(units=5, name="Lamp"), carts.product(units=9, name="Mug")
        own = carts.cart((lamp, 3), customer_id=ada.pk)
        guest = carts.cart((lamp, 4), (mug, 2))
        merged = services.current(request_of(user=ada, token=guest.token))
        assert merged == own
        assert lines(merged) == {carts.variant_of(lamp).pk: 5, carts.variant_of(mug).pk: 2}
        view = selectors.view(merged, currency="USD")
        assert view.notices == ("Only 5 × Lamp could be kept when your carts were joined.",)
        guest.refresh_from_db()
        assert guest.status == "merged"
        services.add(cart=merged, variant_id=carts.variant_of(mug).pk, quantity=1, by="customer")
        assert selectors.view(merged, currency="USD").notices == ()

    def test_happens_once(self):
        ada = carts.customer()
        guest = carts.cart((carts.product(), 2))
        first = services.merge(guest=guest, customer_id=ada.pk)
        assert services.merge(guest=guest, customer_id=ada.pk) == first
        assert list(lines(first).values()) == [2]

    def test_coupons_come_along_once(self):
        ada = carts.customer()
        own, guest = carts.cart(customer_id=ada.pk), carts.cart()
        for cart, codes in ((own, ["A", "B"]), (guest, ["B", "C"])):
            for code in codes:
                services.add_coupon(cart=cart, code=code, by="guest")
        assert services.merge(guest=guest, customer_id=ada.pk).coupons == ["A", "B", "C"]


class TestLife:
    def test_guests_keep_theirs_seven_days_and_customers_thirty(self):
        for cart, days in ((carts.cart(), 7), (carts.cart(customer_id=carts.customer().pk), 30)):
            assert abs(cart.expires_at - db.clock() - timedelta(days=days)) < timedelta(minutes=1)

    def test_every_change_prolongs_it(self):
        product = carts.product()
        cart = carts.cart()
        Cart.objects.filter(pk=cart.pk).update(expires_at=Now() + timedelta(hours=1))
        services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=1, by="guest")
        cart.refresh_from_db()
        assert cart.expires_at - db.clock() > timedelta(days=6, hours=23)

    def test_a_look_prolongs_it_at_most_once_a_day(self):
        cart = carts.cart()
        before = cart.expires_at
        services.prolong(cart=cart)
        cart.refresh_from_db()
        assert cart.expires_at == before
        Cart.objects.filter(pk=cart.pk).update(expires_at=Now() + timedelta(days=5))
        cart.refresh_from_db()
        services.prolong(cart=cart)
        cart.refresh_from_db()
        assert cart.expires_at - db.clock() > timedelta(days=6, hours=23)

    def test_the_sweep_marks_what_is_over_and_nothing_else(self):
        over, alive = carts.cart(), carts.cart()
        expire(over)
        assert services.expire() == 1
        over.refresh_from_db()
        alive.refresh_from_db()
        assert (over.status, alive.status) == ("expired", "open")


class TestOrdered:
    def test_close_refuses_a_cart_that_changed(self):
        product = carts.product()
        cart = carts.cart((product, 1))
        seen = cart.version
        services.add(cart=cart, variant_id=carts.variant_of(product).pk, quantity=1, by="guest")
        with pytest.raises(services.CartChanged):
            services.close(cart_id=cart.pk, version=seen)
        services.close(cart_id=cart.pk, version=cart.version)
        with pytest.raises(services.CartChanged):
            services.close(cart_id=cart.pk, version=cart.version)

    def test_a_guest_gets_it_back_by_the_same_cookie(self):
        cart = carts.cart((carts.product(), 2))
        services.close(cart_id=cart.pk, version=cart.version)
        assert services.current(request_of(token=cart.token)) is None
        assert services.reopen(cart_id=cart.pk) is True
        assert services.reopen(cart_id=cart.pk) is False
        assert services.current(request_of(token=cart.token)) == cart

    def test_a_customer_who_began_another_one_finds_the_lines_in_that(self):
        ada, product = carts.customer(), carts.product()
        first = carts.cart((product, 2), customer_id=ada.pk)
        services.close(cart_id=first.pk, version=first.version)
        second = carts.cart((product, 1), customer_id=ada.pk)
        assert services.reopen(cart_id=first.pk) is True
        assert lines(second) == {carts.variant_of(product).pk: 3}
        first.refresh_from_db()
        assert first.status == "merged"
