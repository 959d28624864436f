"""Hundreds who want the same units at one instant: the row is held from outside until all of them have come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from cart.carts.models import Cart
from checkout.orders.models import Order
from checkout.purchase import services as purchase
from inventory.reservations import locking as reservation_locking
from inventory.reservations import services as reservations
from inventory.reservations.services import OutOfStock
from inventory.stock import locking
from inventory.stock.models import StockItem
from shop.core import db
from tests.concurrency.race import locked, together, wait_for_waiters, without_constraint
from tests.factories import cart as carts
from tests.factories.inventory import stocked
from tests.invariants import violations
from tests.inventory.checks import assert_adds_up, counters

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db(transaction=True)


def behind_a_lock(variant_id: UUID, buyers: list[Callable[[], Any]], *, waiters: int) -> list[Any]:
    """What the buyers get, who come while the stock row is locked, once `waiters` of them wait for it."""
    is_locked, is_over = threading.Event(), threading.Event()

    def outsider() -> None:
        with transaction.atomic(using=db.INVENTORY):
            locking.items_of([variant_id])
            is_locked.set()
            assert is_over.wait(20)

    def opener() -> None:
        try:
            wait_for_waiters(waiters, using=db.INVENTORY)
        finally:
            is_over.set()

    def late(buyer: Callable[[], Any]) -> Any:
        assert is_locked.wait(20)
        return buyer()

    outcomes = together([outsider, opener, *[partial(late, buyer) for buyer in buyers]])
    assert outcomes[:2] == [None, None]
    return outcomes[2:]


def reserve(variant_id: UUID, units: int = 1) -> UUID:
    reference = uuid4()
    reservations.reserve(quantities={variant_id: units}, reference=reference, ttl=TTL, by="guest")
    return reference


def of(kind: type, outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def test_thirty_who_waited_for_the_row_get_exactly_the_ten_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservation_locking, "PATIENCE", "20s")
    item = stocked(10, low=3)
    outcomes = behind_a_lock(item.variant_id, [partial(reserve, item.variant_id)] * 30, waiters=30)
    refusals = of(OutOfStock, outcomes)
    assert (len(of(UUID, outcomes)), len(refusals)) == (10, 20)
    assert [refusal.shortages for refusal in refusals] == [{item.variant_id: 0}] * 20
    assert counters(item) == (10, 10, 0, 0)
    assert_adds_up()


def test_control_check_then_decrement_sells_what_is_not_there() -> None:
    """The naive form, as shops write it: look whether there are units, then take one, whatever is left by then."""
    item = stocked(10)
    everybody_has_looked = threading.Barrier(30, timeout=20)

    def naive() -> bool:
        with transaction.atomic(using=db.INVENTORY):
            found = StockItem.objects.get(pk=item.pk)
            everybody_has_looked.wait()
            if found.available < 1:
                return False
            with connections[db.INVENTORY].cursor() as cursor:
                cursor.execute("UPDATE inventory_stockitem SET reserved = reserved + 1 WHERE id = %s", [item.pk])
            return True

    with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
        outcomes = behind_a_lock(item.variant_id, [naive] * 30, waiters=30)
        assert outcomes == [True] * 30
        assert counters(item) == (10, 30, 0, 0)
        StockItem.objects.filter(pk=item.pk).delete()


def test_the_constraint_alone_keeps_the_naive_form_from_it() -> None:
    item = stocked(10)

    def naive() -> None:
        with connections[db.INVENTORY].cursor() as cursor:
            cursor.execute("UPDATE inventory_stockitem SET reserved = reserved + 1 WHERE id = %s", [item.pk])

    outcomes = behind_a_lock(item.variant_id, [naive] * 30, waiters=30)
    assert outcomes.count(None) == 10
    assert counters(item) == (10, 10, 0, 0)
    StockItem.objects.filter(pk=item.pk).update(reserved=0)


def test_whoever_comes_when_all_is_sold_hears_it_while_the_row_is_locked() -> None:
    item = stocked(1)
    reserve(item.variant_id)
    with locked(item), pytest.raises(OutOfStock) as refused:
        reserve(item.variant_id)
    assert refused.value.shortages == {item.variant_id: 0}


@pytest.mark.parametrize("units", [1, 9], ids=["the last unit", "one of many"])
def test_a_row_that_is_locked_for_too_long_is_a_clear_answer(units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(units)
    monkeypatch.setattr(reservation_locking, "PATIENCE", "50ms")
    with locked(item), pytest.raises(reservations.Busy):
        reserve(item.variant_id)
    assert counters(item) == (units, 0, 0, 0)
    assert_adds_up()
    reserve(item.variant_id)


def test_thirty_orders_for_ten_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservation_locking, "PATIENCE", "20s")  # the first one waits until the last one has come
    carts.rates()
    product = carts.product(units=10)
    variant_id = carts.variant_of(product).pk
    filled = [carts.cart((product, 1)) for _ in range(30)]
    total = carts.total(filled[0])

    def buy(cart_id: UUID) -> Order:
        cart = Cart.objects.get(pk=cart_id)
        return purchase.place_order(
            cart=cart, details=carts.DETAILS, seen_total=total, key=f"key-{cart_id}", by="guest"
        )

    buyers = [partial(buy, cart.pk) for cart in filled]
    outcomes = behind_a_lock(variant_id, buyers, waiters=30)
    refusals = of(purchase.OutOfStock, outcomes)
    assert (len(of(Order, outcomes)), len(refusals)) == (10, 20), outcomes
    assert {tuple(refusal.shortages.items()) for refusal in refusals} == {((variant_id, 0),)}
    assert Order.objects.count() == 10
    assert violations() == []
