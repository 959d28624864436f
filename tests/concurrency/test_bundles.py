"""F04: many buy the same component at once, by itself and in two bundles."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from cart.carts.models import Cart
from catalog.bundles import selectors as bundles
from checkout.orders.models import Order, OrderLine
from checkout.purchase import services as purchase
from inventory.reservations import locking as reservation_locking
from inventory.stock.models import StockItem
from shop.core import db
from tests.concurrency.race import together, without_constraint
from tests.factories import cart as carts
from tests.factories.bundles import bundle
from tests.invariants import violations
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db(transaction=True)
UNITS = 12


def shelf() -> tuple[Any, Any, list[Any]]:
    """A cup, of which there are twelve, its stock item, and what needs it: itself, a pair, a set of four with a pot."""
    cup, pot = carts.product(name="Cup", amount=1000, units=UNITS), carts.product(name="Pot", units=50)
    item = StockItem.objects.using(db.INVENTORY).get(variant_id=carts.variant_of(cup).pk)
    return cup, item, [cup, bundle((cup, 2), amount=1800), bundle((cup, 4), (pot, 1), amount=6000, name="Set")]


def test_a_component_alone_and_in_two_bundles_is_never_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservation_locking, "PATIENCE", "20s")
    carts.rates()
    cup, item, goods = shelf()
    filled = [carts.cart((goods[place % 3], 1)) for place in range(12)]  # they want 28 cups
    totals = {cart.pk: carts.total(cart) for cart in filled}

    def buy(cart_id: UUID) -> Order:
        cart = Cart.objects.get(pk=cart_id)
        return purchase.place_order(
            cart=cart, details=carts.DETAILS, seen_total=totals[cart_id], key=f"key-{cart_id}", by="guest"
        )

    outcomes = together([partial(buy, cart.pk) for cart in filled])
    assert {type(outcome) for outcome in outcomes} == {Order, purchase.OutOfStock}, outcomes
    sold = sum(OrderLine.objects.filter(product_id=cup.pk).values_list("quantity", flat=True))
    held = counters(item)[1]
    assert held == sold <= UNITS
    free = UNITS - held
    smallest = min(  # who was refused wanted more cups than are left
        bundles.parts_of([line.variant_id]).get(line.variant_id, {item.variant_id: 1})[item.variant_id]
        for cart, outcome in zip(filled, outcomes, strict=True)
        if isinstance(outcome, purchase.OutOfStock)
        for line in cart.lines.all()
    )
    assert smallest > free
    assert_adds_up()
    assert violations() == []


def test_control_a_stock_for_each_bundle_sells_cups_that_are_not_there() -> None:
    """The naive form: look how many of what is asked for can be made, then take the parts."""
    _cup, item, goods = shelf()
    wanted = [carts.variant_of(goods[place % 3]).pk for place in range(12)]
    everybody_has_looked = threading.Barrier(len(wanted), timeout=20)

    def naive(variant_id: UUID) -> bool:
        parts = bundles.parts_of([variant_id]).get(variant_id, {variant_id: 1})
        can_be_made = bundles.available([variant_id])[variant_id]
        everybody_has_looked.wait()
        if not can_be_made:
            return False
        with transaction.atomic(using=db.INVENTORY), connections[db.INVENTORY].cursor() as cursor:
            cursor.execute(
                "UPDATE inventory_stockitem SET reserved = reserved + %s WHERE id = %s",
                [parts[item.variant_id], item.pk],
            )
        return True

    with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
        assert together([partial(naive, variant_id) for variant_id in wanted]) == [True] * 12
        assert counters(item) == (UNITS, 28, 0, 0)
        StockItem.objects.filter(pk=item.pk).delete()
