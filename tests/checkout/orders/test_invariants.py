"""Each invariant says nothing of a healthy shop, and names what was broken behind its back."""

import pytest
from django.db import connection

from checkout.orders import invariants
from checkout.orders.models import Order, OrderLine, OrderStep
from inventory.reservations import services as reservations
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def test_a_healthy_shop_has_nothing_to_say() -> None:
    make.ready()
    make.placed()
    assert [check() for check in invariants.INVARIANTS.values()] == [[], [], [], [], []]


def test_I5_names_a_cart_that_became_two_orders() -> None:
    first, second = make.placed(), make.placed()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE checkout_order DROP CONSTRAINT IF EXISTS order_once_per_cart")
        cursor.execute("DROP INDEX IF EXISTS order_once_per_cart")
    Order.objects.filter(pk=second.pk).update(cart_id=first.cart_id)
    assert invariants.placed_once() == [f"I5 cart {first.cart_id} became 2 orders"]


def test_I6_names_an_order_whose_lines_were_changed() -> None:
    order = make.placed()
    OrderLine.objects.filter(order=order).update(quantity=2, total_minor=5000)
    assert invariants.prices_add_up() == [f"I6 {order.number}: lines 5000, subtotal 2500, total 3000"]


def test_I8_names_a_status_that_was_written_by_hand() -> None:
    order = make.placed()
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert invariants.states_are_legal() == [
        f"I8 order {order.pk}: its history ends in payment_pending, its status is another"
    ]


def test_I8_names_gaps_and_illegal_ways() -> None:
    order = make.placed()
    OrderStep.objects.filter(order=order, position=2).update(position=3, trigger="cancel")
    assert invariants.states_are_legal() == [
        f"I8 {order.number}: its history has gaps",
        f"I8 order {order.pk}: pending → payment_pending by cancel is no way to go",
    ]


def test_I8_names_an_order_that_is_over_with_money_held() -> None:
    order = make.placed()
    Order.objects.filter(pk=order.pk).update(status="cancelled", authorised_minor=3000)
    OrderStep.objects.filter(order=order, position=2).update(to_status="cancelled", trigger="reservation_expired")
    assert invariants.states_are_legal() == [f"I8 {order.number}: over, and money is still held"]


def test_I2_names_an_order_that_is_not_paid_and_whose_units_are_sold() -> None:
    order, paid = make.placed(), make.paid()
    assert invariants.unpaid_are_not_sold() == []
    for one in (order, paid):
        reservations.commit(reference=one.pk, by="system")
    assert invariants.unpaid_are_not_sold() == [f"I2 {order.number}: payment_pending, and units are allocated to it"]
