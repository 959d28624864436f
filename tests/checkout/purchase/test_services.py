"""The saga: one order or nothing, and the ways back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from cart.carts import services as cart_services
from cart.carts.models import Cart
from cart.promotions.models import Redemption
from catalog.products import services as products
from catalog.products.models import Price
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import providers
from checkout.payments.models import Payment
from checkout.purchase import receivers, services
from checkout.purchase.models import CheckoutDetails
from inventory.reservations import selectors as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from shop.core import db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def available(product):
    variant_id = carts.variant_of(product).pk
    return stock.available([variant_id])[variant_id]


def place(cart, *, total=None, key="key-1", **details):
    chosen = replace(carts.DETAILS, **details)
    seen = total or carts.total(cart, chosen)
    return services.place_order(cart=cart, details=chosen, seen_total=seen, key=key, by="guest")


def before(monkeypatch, name, action):
    """Run `action` with the arguments of the saga's step `name`, right before it."""
    step = getattr(services, name)

    def first(*args):
        action(*args)
        return step(*args)

    monkeypatch.setattr(services, name, first)


def nothing_happened(product, units):
    assert not Order.objects.exists()
    assert not Payment.objects.exists()
    assert available(product) == units
    assert not Reservation.objects.filter(status="open").exists()
    assert not OutboxEvent.objects.filter(event_type="OrderPlaced").exists()


class TestPlaced:
    def test_an_order_a_payment_a_hold_and_an_event(self):
        product = carts.product(units=5, amount=2500)
        cart = carts.cart((product, 2))
        order = place(cart)
        assert order.email == "ada@example.com"
        assert (order.subtotal_minor, order.shipping_minor, order.tax_minor) == (5000, 599, 313)
        order.refresh_from_db()
        assert (order.status, order.total_minor) == ("payment_pending", 5912)
        payment = Payment.objects.get(order=order)
        assert (payment.amount_minor, payment.status, payment.token) == (5912, "pending", "pm_card_visa")
        assert available(product) == 3
        assert reservations.held_until(order.pk) is not None
        cart.refresh_from_db()
        assert cart.status == Cart.Status.ORDERED
        assert OutboxEvent.objects.filter(event_type="OrderPlaced", aggregate_id=str(order.pk)).count() == 1

    def test_F05_the_same_key_again_is_the_same_order(self):
        product = carts.product()
        cart = carts.cart((product, 1))
        first = place(cart)
        assert place(cart, total=Money(1, "USD")) == first
        assert (Order.objects.count(), Payment.objects.count(), available(product)) == (1, 1, 9)

    def test_a_coupon_is_redeemed_with_it(self):
        coupon = carts.coupon(usage_limit=1)
        cart = carts.cart((carts.product(amount=2500), 2))
        cart_services.add_coupon(cart=cart, code="SAVE10", by="guest")
        order = place(cart)
        assert order.discount_minor == 500
        coupon.refresh_from_db()
        assert coupon.used == 1

    def test_what_costs_nothing_needs_no_payment(self):
        carts.coupon("ALL", percent=100)
        carts.ShippingMethod.objects.update(price_minor=0)
        cart = carts.cart((carts.product(), 1))
        cart_services.add_coupon(cart=cart, code="ALL", by="guest")
        order = place(cart)
        order.refresh_from_db()
        assert (order.total_minor, order.status, Payment.objects.count()) == (0, "payment_confirmed", 0)

    def test_what_is_not_for_sale_any_more_stays_out_of_it(self):
        kept, gone = carts.product(amount=1000), carts.product()
        cart = carts.cart((kept, 1), (gone, 1))
        products.archive(product_id=gone.pk, by="test")
        order = place(cart)
        assert [line.product_id for line in order.lines.all()] == [kept.pk]
        assert available(gone) == 10


class TestRefused:
    def test_an_empty_cart(self):
        with pytest.raises(services.CartEmpty):
            place(carts.cart())

    def test_F09_another_total_than_the_shopper_saw(self):
        product = carts.product(amount=2500)
        cart = carts.cart((product, 1))
        seen = carts.total(cart)
        Price.objects.update(amount_minor=2600)
        with pytest.raises(services.PriceChanged) as refused:
            place(cart, total=seen)
        assert refused.value.quote.total == carts.total(cart)
        nothing_happened(product, 10)
        assert place(cart).total == carts.total(Cart.objects.get(pk=cart.pk))

    def test_F10_stock_edited_to_nothing_meanwhile(self):
        product = carts.product(units=5, name="Lamp")
        cart = carts.cart((product, 2))
        catalog.put_in_stock({carts.variant_of(product).pk: 0})
        with pytest.raises(services.OutOfStock) as refused:
            place(cart)
        assert refused.value.message == "“Lamp” is no longer available."
        nothing_happened(product, 0)
        cart.refresh_from_db()
        assert cart.status == Cart.Status.OPEN

    def test_all_or_nothing_of_several_lines(self):
        plenty, short = carts.product(units=5), carts.product(units=5, name="Mug")
        cart = carts.cart((plenty, 5), (short, 3))
        catalog.put_in_stock({carts.variant_of(short).pk: 2})
        with pytest.raises(services.OutOfStock) as refused:
            place(cart)
        assert refused.value.shortages == {carts.variant_of(short).pk: 2}
        nothing_happened(plenty, 5)

    def test_F07_a_cart_that_changed_in_another_tab(self):
        product = carts.product()
        cart = carts.cart((product, 1))
        seen = carts.total(cart)
        other_tab = Cart.objects.get(pk=cart.pk)
        mug = carts.product(amount=1)
        stale = Cart.objects.get(pk=cart.pk)
        cart_services.add(cart=other_tab, variant_id=carts.variant_of(mug).pk, quantity=1, by="guest")
        cart_services.set_quantity(
            cart=other_tab, line_id=other_tab.lines.get(product_id=mug.pk).pk, quantity=0, by="guest"
        )
        with pytest.raises(services.CartChanged):  # the same total again, and yet not the cart that was seen
            place(stale, total=seen)
        nothing_happened(product, 10)

    def test_a_coupon_whose_last_use_went_to_another_order(self, monkeypatch):
        coupon = carts.coupon(usage_limit=1)
        product = carts.product()
        cart = carts.cart((product, 2))
        cart_services.add_coupon(cart=cart, code="SAVE10", by="guest")
        seen = carts.total(cart)

        def use_it_up(*_args):
            coupon.used = 1
            coupon.save()

        before(monkeypatch, "_hold", use_it_up)
        with pytest.raises(services.CouponUsedUp):
            place(cart, total=seen)
        nothing_happened(product, 10)
        assert not Redemption.objects.exists()

    @pytest.mark.parametrize(("country", "state", "option"), [("DE", "", "standard"), ("US", "IL", "drone")])
    def test_a_delivery_that_is_not_offered_there(self, country, state, option):
        product = carts.product()
        address = {**carts.DETAILS.shipping_address, "country": country, "state": state}
        with pytest.raises(services.NotDeliverable):
            place(carts.cart((product, 1)), shipping_address=address, delivery_option=option, total=Money(1, "USD"))
        nothing_happened(product, 10)

    def test_after_a_failure_the_next_try_with_the_same_key_works(self):
        product = carts.product(units=1)
        cart = carts.cart((product, 1))
        catalog.put_in_stock({carts.variant_of(product).pk: 0})
        with pytest.raises(services.OutOfStock):
            place(cart)
        catalog.put_in_stock({carts.variant_of(product).pk: 1})
        assert place(cart).idempotency_key == "key-1"

    def test_a_failure_while_writing_lets_the_hold_go(self, monkeypatch):
        product = carts.product()
        cart = carts.cart((product, 1))

        def vanish(_cart, details, *_rest):
            object.__setattr__(details, "provider", "gone")

        before(monkeypatch, "_write", vanish)
        with pytest.raises(providers.UnknownProvider):
            place(cart)
        nothing_happened(product, 10)
        cart.refresh_from_db()
        assert cart.status == Cart.Status.OPEN


class TestWaysBack:
    def expired(self):
        product = carts.product(units=3)
        cart = carts.cart((product, 2))
        order = place(cart)
        Reservation.objects.filter(reference=order.pk).update(expires_at=Now() - timedelta(minutes=1))
        return product, cart, order

    def test_an_order_whose_hold_ran_out_ends(self):
        product, _cart, order = self.expired()
        assert services.cancel_unpaid(order_id=order.pk) is True
        assert services.cancel_unpaid(order_id=order.pk) is False
        order.refresh_from_db()
        assert order.status == "cancelled"
        assert available(product) == 3
        assert Payment.objects.get(order=order).status == "cancelled"

    def test_one_that_is_held_still_does_not(self):
        order = place(carts.cart((carts.product(), 1)))
        assert services.cancel_unpaid(order_id=order.pk) is False
        order.refresh_from_db()
        assert order.status == "payment_pending"

    def test_there_may_be_no_order(self):
        assert services.cancel_unpaid(order_id=db.uuid7()) is False

    def test_the_sweep_finds_what_no_event_told(self):
        _product, _cart, order = self.expired()
        assert services.sweep_unpaid() == 0
        Order.objects.filter(pk=order.pk).update(placed_at=Now() - timedelta(minutes=60))
        assert services.sweep_unpaid() == 1

    def test_the_cart_comes_back_with_a_new_key_and_can_be_ordered_again(self):
        product, cart, order = self.expired()
        old = CheckoutDetails.objects.get(cart_id=cart.pk).idempotency_key
        services.cancel_unpaid(order_id=order.pk)
        for _twice in range(2):
            receivers.give_back_cart({"order_id": str(order.pk)})
        cart.refresh_from_db()
        assert cart.status == Cart.Status.OPEN
        assert CheckoutDetails.objects.get(cart_id=cart.pk).idempotency_key != old
        orders.give_back_stock(order_id=order.pk, by="system")
        again = place(cart, key="key-2")
        assert again != order
        assert available(product) == 1

    def test_the_coupon_comes_back_once(self):
        coupon = carts.coupon(usage_limit=1)
        cart = carts.cart((carts.product(), 1))
        cart_services.add_coupon(cart=cart, code="SAVE10", by="guest")
        order = place(cart)
        orders.cancel(order_id=order.pk, by="guest")
        for _twice in range(2):
            services.give_back_cart(order_id=order.pk)
        coupon.refresh_from_db()
        assert coupon.used == 0

    def test_details_of_purchases_that_came_to_nothing_are_forgotten(self):
        cart = carts.cart()
        services.save_details(
            cart=cart, email="a@example.com", shipping_address={}, billing_address={}, delivery_option="", by="guest"
        )
        assert services.forget_stale_details() == 0
        CheckoutDetails.objects.update(updated_at=Now() - services.KEEP_DETAILS)
        assert services.forget_stale_details() == 1
