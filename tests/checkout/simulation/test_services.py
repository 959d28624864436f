"""Simulations over the shop's own orders and carts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from cart.carts.models import Cart
from cart.pricing import selectors as pricing
from cart.promotions.models import Promotion
from checkout.orders.models import Order, OrderLine
from checkout.simulation import past, services
from checkout.simulation.models import Simulation
from shop.core import db
from tests.factories import bundles, promotions
from tests.factories import cart as carts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    carts.rates()


def simulated(promotion: Promotion, *, days: int = 30) -> Any:
    row = services.ask(promotion_id=promotion.pk, days=days, by="ada")
    Simulation.objects.filter(pk=row.pk).update(asked_at=db.clock() + timedelta(seconds=1))
    services.run(simulation_id=row.pk)
    row.refresh_from_db()
    assert (row.status, row.error) == ("done", "")
    return row


def off(order: Order) -> int:
    """What promotions take off these units now, by the shop's own quote."""
    lines = [pricing.QuoteLine(line.variant_id, line.quantity) for line in OrderLine.objects.filter(order=order)]
    found = pricing.quote(
        lines=lines, currency="USD", address=order.shipping_address, delivery_option=order.delivery_option,
        email=order.email,
    )  # fmt: skip
    return found.outcome.worth


def test_its_totals_are_those_of_quoting_each_order_with_and_without_it() -> None:
    lamp, cable, hat = (carts.product(amount=amount, units=99) for amount in (40_00, 7_50, 19_99))
    wanted = [[(lamp, 1)], [(lamp, 2), (cable, 3)], [(cable, 5)], [(hat, 2)], [(lamp, 1), (hat, 1)], [(hat, 4)]]
    orders = [carts.order(carts.cart(*lines), email=f"{n}@example.com") for n, lines in enumerate(wanted)]
    promotions.promotion("amount", "order", name="Five off", terms={"amounts": {"USD": 500}})
    promotions.promotion("percent", "line", name="Hats", scope={"any_of": [f"product:{hat.pk}"]}, is_combinable=True)
    before = [off(order) for order in orders]
    draft = promotions.promotion(
        "percent", "order", name="Big", status="draft", terms={"percent": "20"}, priority=1,
        conditions={"minimum": {"USD": 40_00}},
    )  # fmt: skip

    found = simulated(draft).result["orders"]

    Promotion.objects.filter(pk=draft.pk).update(status="active")
    promotions.promotion("free_shipping", "shipping", status="draft")  # the promotions are read anew
    after = [off(order) for order in orders]
    assert found["looked"] == 6
    assert found["extra"] == {"USD": sum(after) - sum(before)}
    assert found["uses"] == sum(one != other for one, other in zip(before, after, strict=True)) == 4
    assert [(one["name"], one["baskets"]) for one in found["rivals"].values()] == [("Five off", 4)]


def test_the_time_of_the_draft_does_not_matter_and_old_and_cancelled_orders_are_left_out() -> None:
    lamp = carts.product(amount=10_00, units=99)
    orders = [carts.order(carts.cart((lamp, 1)), email=f"{n}@example.com") for n in range(3)]
    Order.objects.filter(pk=orders[0].pk).update(status="cancelled")
    soon = db.clock() + timedelta(days=7)
    draft = promotions.promotion(status="draft", starts_at=soon, usage_limit=1)

    found = simulated(draft).result["orders"]

    assert (found["looked"], found["uses"], found["given"]) == (2, 1, {"USD": 1_00})
    assert found["refused"] == {"used_up": 1}
    assert found["most"] == [[1_00, f"order:{orders[1].pk}", "USD"]]
    assert list(past.orders(past.Shop([]), soon, soon + timedelta(days=1))) == []


def test_first_orders_coupons_of_then_and_what_was_free() -> None:
    lamp = carts.product(amount=10_00, units=99)
    coupon = carts.coupon("SAVE10", percent=50)
    made = carts.cart((lamp, 1))
    Cart.objects.filter(pk=made.pk).update(coupons=["SAVE10"])
    made.refresh_from_db()
    carts.order(made, email="bob@example.com")
    carts.order(carts.cart((lamp, 1)), email="bob@example.com")
    given = OrderLine.objects.create(
        order=Order.objects.order_by("id")[0], position=9, product_id=lamp.pk, quantity=1, unit_price_minor=300,
        variant_id=carts.variant_of(lamp).pk, total_minor=300, discount_minor=300,
    )  # fmt: skip

    batch = next(past.orders(past.Shop([]), db.clock() - timedelta(days=1), db.clock() + timedelta(days=1)))

    assert [one.basket.is_first_order for one in batch] == [True, False]
    assert [[promotion.id for promotion in one.own] for one in batch] == [[str(coupon.promotion_id)], []]
    assert [line.price for one in batch for line in one.basket.lines] == [10_00, 10_00]
    assert str(given.variant_id) == batch[0].basket.lines[0].key
    assert f"product:{lamp.pk}" in batch[0].basket.lines[0].keys


def basket(order: Order) -> list[tuple[str, int, int]]:
    """What was bought, as promotions see it now: the variant, the price of one and how many."""
    around = timedelta(days=1)
    [[found]] = list(past.orders(past.Shop([]), db.clock() - around, db.clock() + around))
    assert found.key == f"order:{order.pk}"
    assert all(f"variant:{line.key.rstrip('+')}" in line.keys for line in found.basket.lines)
    return sorted((line.key, line.price, line.quantity) for line in found.basket.lines)


def test_a_bundle_counts_as_one_as_in_a_cart() -> None:
    cup, pot = carts.product(amount=10_00, units=9), carts.product(amount=25_00, units=9)
    tea = bundles.bundle((cup, 3), (pot, 1), amount=50_01)
    order = carts.order(carts.cart((tea, 2), (cup, 1)))
    whole, single, other = (str(carts.variant_of(one).pk) for one in (tea, cup, pot))
    assert len(OrderLine.objects.filter(order=order)) == 4, "cups of the set differ by a cent"
    assert basket(order) == sorted([(whole, 50_01, 2), (single, 10_00, 1)])

    for scope, off in ((tea, 50_01), (pot, 0), (cup, 5_00)):
        draft = promotions.promotion(
            "percent", "line", status="draft", terms={"percent": "50"}, scope={"any_of": [f"product:{scope.pk}"]}
        )
        assert simulated(draft).result["orders"]["given"] == ({"USD": off} if off else {})

    taken = OrderLine.objects.get(order=order, product_id=pot.pk)
    taken.quantity, taken.removed, taken.total_minor = 1, 1, taken.unit_price_minor
    taken.save()
    left = 50_01 - taken.unit_price_minor
    found = basket(order)
    assert (whole, 50_01, 1) in found, "of the other set the cups are left"
    assert sum(price * units for _key, price, units in found) == 50_01 + 10_00 + left
    assert sum(units for key, _price, units in found if key.startswith(single)) == 4
    OrderLine.objects.filter(pk=taken.pk).update(quantity=0, removed=2, total_minor=0)
    found = basket(order)
    assert {key.rstrip("+") for key, _price, _units in found} == {single}, "and of both: no set is one"
    assert sum(price * units for _key, price, units in found) == 10_00 + 2 * left
    assert other not in {key for key, _price, _units in found}


def test_carts_that_were_left() -> None:
    lamp = carts.product(amount=30_00, units=99)
    carts.cart((lamp, 2))
    carts.cart()
    ordered = carts.cart((lamp, 1))
    carts.order(ordered)

    found = simulated(promotions.promotion(status="draft")).result

    assert (found["carts"]["looked"], found["carts"]["given"]) == (1, {"USD": 6_00})
    assert (found["orders"]["looked"], found["orders"]["given"]) == (1, {"USD": 3_00})


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow(count: int, counting: Any) -> None:
    lamp = carts.product(amount=30_00, units=999)
    for _number in range(count):
        carts.cart((lamp, 2))
    shop = past.Shop([])

    since, until = db.clock() - timedelta(days=1), db.clock() + timedelta(days=1)
    with counting() as queries:
        next(past.carts(shop, since, until))
    assert queries() == 3


def test_what_cannot_be_tried_is_refused() -> None:
    draft = promotions.promotion(status="draft")

    for days in (0, 366):
        with pytest.raises(services.SimulationRefused, match="From 1 to 365 days"):
            services.ask(promotion_id=draft.pk, days=days, by="ada")
    with pytest.raises(services.SimulationRefused, match="There is no such promotion"):
        services.ask(promotion_id=UUID(int=1), days=1, by="ada")
    Promotion.objects.filter(pk=draft.pk).update(terms={"percent": "many"})
    with pytest.raises(services.SimulationRefused, match="make no sense"):
        services.ask(promotion_id=draft.pk, days=1, by="ada")
    assert not Simulation.objects.exists()


def test_one_that_was_left_is_taken_up_again_and_one_that_fails_says_so() -> None:
    draft = promotions.promotion(status="draft")
    row = services.ask(promotion_id=draft.pk, days=3, by="ada")
    assert services.resume() == 0
    long_ago = db.clock() - timedelta(hours=1)
    Simulation.objects.filter(pk=row.pk).update(asked_at=long_ago, status="running", told_at=db.clock())
    services.run(simulation_id=row.pk)  # another worker is at it
    row.refresh_from_db()
    assert row.status == "running"
    Simulation.objects.filter(pk=row.pk).update(told_at=long_ago)
    assert services.resume() == 1

    Promotion.objects.filter(pk=draft.pk).update(terms={"percent": "many"})
    services.run(simulation_id=row.pk)

    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "It could not be tried (BadTerms).")
    assert connection.in_atomic_block  # of the test: nothing was left open
