"""Bundles from the cart to the return: one price, the stock of the parts, parts that come back by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.carts import ownership, selectors, services
from cart.pricing import selectors as pricing
from cart.pricing.selectors import QuoteLine
from checkout.changes import services as changes
from checkout.desk import services as desk
from checkout.drafts import services as drafts
from checkout.fulfilment.models import Shipment
from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.purchase import line
from checkout.purchase import services as purchase
from checkout.returns import services as returns
from checkout.warehouse import filling
from inventory.stock import selectors as stock
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import returns as making
from tests.factories.bundles import bundle
from tests.invariants import violations

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture(autouse=True)
def _rates() -> Any:
    carts.rates()
    yield
    assert violations() == []


def breakfast(*, cups: int = 20, pots: int = 10) -> tuple[Any, Any, Any]:
    """A cup for 10, a pot for 30, and four cups with a pot for 50 dollars."""
    cup = carts.product(name="Cup", amount=1000, units=cups)
    pot = carts.product(name="Pot", amount=3000, units=pots)
    return cup, pot, bundle((cup, 4), (pot, 1), amount=5000)


def left(*products: Any) -> list[int]:
    return [stock.available([carts.variant_of(one).pk])[carts.variant_of(one).pk] for one in products]


def rows(order: Order) -> list[tuple[str, int, int, int]]:
    found = order.lines.order_by("position")
    return [(line.name, line.quantity, line.unit_price_minor, line.discount_minor) for line in found]


def paid(cart: Any) -> Order:
    order = carts.order(cart)
    payment = make.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="charge")
    outbox.drain(mails=False)
    assert outbox.failures() == []
    order.refresh_from_db()
    return order  # type: ignore[no-any-return]


class TestCart:
    def test_a_bundle_is_one_line_at_its_price(self, client: Client) -> None:
        _cup, _pot, made = breakfast()
        [line] = selectors.view(carts.cart((made, 2)), currency="USD", is_fresh=True).lines
        assert (line.name, line.quantity, line.unit_price.minor, line.line_total.minor) == (
            "Breakfast set", 2, 5000, 10000,
        )  # fmt: skip
        assert (line.available, line.is_available, line.notices) == (5, True, ())
        client.post(reverse("cart_add"), {"product": str(made.pk), "quantity": "2"})
        for page in ("cart", "checkout"):
            assert "4 × <bdi>Cup</bdi>, 1 × <bdi>Pot</bdi>" in client.get(reverse(page)).content.decode()
        [item] = client.get("/api/cart").json()["items"]
        assert [(one["name"], one["quantity"]) for one in item["parts"]] == [("Cup", 4), ("Pot", 1)]

    def test_no_more_than_the_parts_make(self) -> None:
        _cup, _pot, made = breakfast(cups=9)
        cart = carts.cart((made, 2))
        with pytest.raises(services.NotEnoughStock) as refused:
            services.add(cart=cart, variant_id=carts.variant_of(made).pk, quantity=1, by="guest")
        assert refused.value.message == "Only 2 available. You have 2 in your cart already."

    def test_lines_that_need_the_same_part_are_short_together(self) -> None:
        cup, _pot, made = breakfast(cups=9)
        view = selectors.view(carts.cart((cup, 6), (made, 1)), currency="USD", is_fresh=True)
        assert [(line.name, line.is_available) for line in view.lines] == [("Cup", True), ("Breakfast set", False)]
        assert view.lines[1].notices == ("Sold out: please remove it to go on.",)
        assert not view.can_checkout

    def test_a_change_of_its_price_is_told_and_acknowledged(self, client: Client) -> None:
        from catalog.products.models import Price

        _cup, _pot, made = breakfast()
        client.post(reverse("cart_add"), {"product": str(made.pk)})
        Price.objects.filter(variant__product=made).update(amount_minor=4000)
        assert "The price changed from $50.00 to $40.00." in client.get(reverse("cart")).content.decode()
        entered = {**carts.DETAILS.shipping_address, "email": "ada@example.com", "delivery_option": "standard"}
        client.post(reverse("checkout"), entered)
        assert "The price changed from $" not in client.get(reverse("cart")).content.decode()


class TestQuote:
    def quote(self, *wanted: tuple[Any, int], coupons: tuple[str, ...] = ()) -> pricing.Quote:
        lines = [QuoteLine(carts.variant_of(product).pk, quantity) for product, quantity in wanted]
        return pricing.quote(
            lines=lines, currency="USD", coupons=coupons, address=carts.DETAILS.shipping_address
        )  # fmt: skip

    def test_its_parts_share_its_price_by_what_they_cost_alone(self) -> None:
        cup, _pot, made = breakfast()
        quote = self.quote((made, 3), (cup, 2))
        assert [(line.name, line.quantity, line.unit_price.minor) for line in quote.lines] == [
            ("Cup", 3, 715), ("Cup", 9, 714), ("Pot", 3, 2143), ("Cup", 2, 1000),
        ]  # fmt: skip
        assert quote.units == {carts.variant_of(cup).pk: 14, carts.variant_of(_pot).pk: 3}
        [whole] = quote.bundles
        assert (whole.line_total.minor, whole.quantity, whole.unit_price.minor) == (15000, 3, 5000)
        parts = [line for line in quote.lines if line.bundle]
        assert sum(line.line_total.minor for line in parts) == 15000
        assert whole.tax == sum((line.tax for line in parts), whole.tax - whole.tax)

    def test_promotions_see_the_bundle_and_not_its_parts(self) -> None:
        cup, _pot, made = breakfast()
        carts.coupon()  # ten per cent
        quote = self.quote((made, 1), coupons=("SAVE10",))
        assert quote.discount.minor == 500
        assert sum(line.discount.minor for line in quote.lines) == 500
        assert self.quote((cup, 1), coupons=("SAVE10",)).discount.minor == 100


class TestOrder:
    def test_it_has_the_parts_and_says_of_what(self, client: Client) -> None:
        cup, pot, made = breakfast()
        order = paid(carts.cart((made, 2), (cup, 1)))
        assert sum(line.total_minor for line in order.lines.exclude(bundle=None)) == 10000
        assert sum(line.quantity for line in order.lines.all()) == 11
        assert left(cup, pot, made) == [11, 8, 0]
        of = order.lines.order_by("position")[0].bundle
        assert of is not None
        assert (of["name"], of["quantity"], of["unit_price_minor"]) == ("Breakfast set", 2, 5000)
        [shipment] = Shipment.objects.filter(order=order)
        slip = filling.slip(shipment, of=filling.sender(), at=order.placed_at)
        assert {line.options for line in slip.lines} == {"part of “Breakfast set”", ""}
        items = Client().get(
            f"/api/orders/{order.number}", headers={access.HEADER: order.access_key}
        ).json()["items"]  # fmt: skip
        assert items[0]["bundle"] == {
            "id": of["id"], "sku": carts.variant_of(made).sku, "name": "Breakfast set", "quantity": 2,
        }  # fmt: skip
        assert items[-1]["bundle"] is None

    def test_what_is_short_is_refused_by_the_name_of_the_part(self) -> None:
        cup, _pot, made = breakfast(cups=8)
        first, second = carts.cart((made, 2)), carts.cart((made, 1))
        total = carts.total(second)
        carts.order(first)
        with pytest.raises(purchase.OutOfStock) as refused:
            purchase.place_order(cart=second, details=carts.DETAILS, seen_total=total, key="k" * 20, by="guest")
        assert refused.value.shortages == {carts.variant_of(cup).pk: 0}
        assert str(refused.value) == "“Cup” is no longer available."

    def test_a_cancelled_order_gives_the_parts_back(self) -> None:
        cup, pot, made = breakfast()
        order = paid(carts.cart((made, 2)))
        orders.cancel(order_id=order.pk, by=BY)
        outbox.drain(mails=False)
        assert left(cup, pot) == [20, 10]

    def test_one_part_comes_back_for_its_share(self) -> None:
        making.rule()
        cup, pot, made = breakfast()
        order = making.delivered(paid(carts.cart((made, 1))))
        pot_line = order.lines.get(name="Pot")
        found = making.asked(order, making.wanted(pot_line))
        making.back(found)
        returns.reimburse(return_id=found.pk, by=BY)
        outbox.drain(mails=False)
        order.refresh_from_db()
        assert order.allowed_minor == pot_line.total_minor + pot_line.tax_minor + pot_line.shipping_minor
        assert left(cup, pot) == [16, 10]

    def test_it_is_ordered_again_as_a_bundle(self) -> None:
        cup, _pot, made = breakfast()
        order = paid(carts.cart((made, 2), (cup, 1)))
        again = ownership.begin(None)
        assert desk.reorder(order=order, cart=again, by="guest") == desk.Reordered(3, ())
        lines = selectors.view(again, currency="USD").lines
        assert [(line.name, line.quantity) for line in lines] == [("Breakfast set", 2), ("Cup", 1)]
        draft, left_out = drafts.from_order(order_id=order.pk, by=BY)
        assert left_out == []
        assert drafts.units_of(draft) == {carts.variant_of(made).pk: 2, carts.variant_of(cup).pk: 1}

    def test_staff_add_a_bundle_to_an_order(self) -> None:
        cup, pot, made = breakfast()
        order = paid(carts.cart((cup, 1)))
        changes.edit(
            order_id=order.pk, seen_revision=0, added={carts.variant_of(made).pk: 1}, reason="Asked by phone", by=BY
        )
        outbox.drain(mails=False)
        assert sum(line.total_minor for line in order.lines.exclude(bundle=None)) == 5000
        assert left(cup, pot) == [15, 9]

    def test_over_rest(self, client: Client) -> None:
        _cup, _pot, made = breakfast()
        body = json.dumps({"productId": str(made.pk), "quantity": 1})
        answer = client.post("/api/cart/items", body, content_type="application/json").json()
        assert (answer["items"][0]["unitPrice"], answer["items"][0]["available"]) == ("50.00", 5)


def test_who_queues_for_a_bundle_hears_at_once_that_its_parts_are_gone() -> None:
    _cup, _pot, made = breakfast(cups=8)
    first, second = carts.cart((made, 2)), carts.cart((made, 1))
    join = {"details": carts.DETAILS, "seen_total": carts.total(second), "by": "guest"}
    assert line.join(cart=second, key="a" * 20, **join).status == "waiting"
    carts.order(first)
    with pytest.raises(purchase.OutOfStock):
        line.join(cart=second, key="b" * 20, **join)
    line.serve()
