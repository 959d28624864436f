"""Races from cart to order, with real connections; each has a twin without the protection that must see the fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from cart.carts import locking as cart_locking
from cart.carts import ownership, putting
from cart.carts import services as cart_services
from cart.carts.models import Cart, CartLine
from cart.promotions.models import Coupon
from catalog.products.models import Price
from checkout.orders import selectors as orders
from checkout.orders.models import Order, OrderLine, OrderStep
from checkout.payments.models import Payment
from checkout.purchase import attempts, services
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from inventory.stock.models import StockItem
from shop.core import db, rest
from tests import outbox
from tests.checkout.api import test_shopper as api
from tests.concurrency.race import together, without_constraint
from tests.concurrency.test_inventory import unlock
from tests.factories import cart as carts
from tests.factories import catalog
from tests.fakes.sandbox import RunningSandbox
from tests.faults.report import LONG
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def buy(cart_id: Any, total: Any, key: str) -> Order:
    """What the view does: the cart as this request finds it, ordered."""
    cart = Cart.objects.get(pk=cart_id)
    return services.place_order(cart=cart, details=carts.DETAILS, seen_total=total, key=key, by="guest")


def buyers(product: Any, number: int) -> list[Callable[[], Order]]:
    made = [carts.cart((product, 1)) for _ in range(number)]
    total = carts.total(made[0])
    return [partial(buy, cart.pk, total, f"key-{cart.pk}") for cart in made]


def add(cart_id: Any, variant_id: Any) -> None:
    cart_services.add(cart=Cart.objects.get(pk=cart_id), variant_id=variant_id, quantity=1, by="guest")


def adds_up() -> None:
    assert violations() == []


def of(kind: type, outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


class TestF01LastUnit:
    def test_F01_hundred_buyers_one_unit_one_order_and_no_card_is_touched_for_the_others(self, schedules: Any) -> None:
        for run, _schedule in enumerate(schedules(quick=1, long=10), start=1):
            product = carts.product(units=1, name="Last one")
            outcomes = together(buyers(product, 100), threads=20)
            assert len(of(Order, outcomes)) == 1
            refusals = of(services.OutOfStock, outcomes)
            assert [refusal.message for refusal in refusals] == ["“Last one” is no longer available."] * 99
            assert (Order.objects.count(), Payment.objects.count()) == (run, run)
            assert Reservation.objects.filter(status="open").count() == run
            assert Cart.objects.filter(status="open").count() == 99 * run
        adds_up()

    def test_F01_control_without_lock_and_constraint_it_is_sold_four_times(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        jobs = buyers(carts.product(units=1), 4)
        with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
            with monkeypatch.context() as patch:
                unlock(patch, 4)
                outcomes = together(jobs)
            assert len(of(Order, outcomes)) == Order.objects.count() == 4
            StockItem.objects.all().delete()
            Reservation.objects.all().delete()


@contextmanager
def without_uniqueness(table: str, columns: set[str]) -> Iterator[None]:
    """The default database without the table's unique indexes on exactly these columns (primary key left alone)."""
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid), con.conname,"
            " (SELECT array_agg(a.attname::text) FROM pg_attribute a"
            "  WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid"
            " WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary",
            [table],
        )
        found = [row for row in cursor.fetchall() if set(row[3]) <= columns]
        assert len(found) == len(columns)
        for index, _definition, constraint, _columns in found:
            what = f"ALTER TABLE {table} DROP CONSTRAINT" if constraint else "DROP INDEX"
            cursor.execute(f'{what} "{constraint or index}"')
        try:
            yield
        finally:
            for _index, definition, constraint, _columns in found:
                cursor.execute(definition)
                if constraint:
                    cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" UNIQUE USING INDEX "{_index}"')


class TestF05DoubleClick:
    def clicks(self, number: int = 10) -> list[Callable[[], Order]]:
        cart = carts.cart((carts.product(units=1), 1))
        return [partial(buy, cart.pk, carts.total(cart), f"one-key-{cart.pk}")] * number

    def test_F05_ten_clicks_one_order_one_payment_the_same_answer(self, schedules: Any) -> None:
        for run, _schedule in enumerate(schedules(long=50), start=1):
            outcomes = together(self.clicks())
            assert [type(outcome) for outcome in outcomes] == [Order] * 10
            assert len({outcome.number for outcome in outcomes}) == 1
            assert (Order.objects.count(), Payment.objects.count()) == (run, run)
            assert Reservation.objects.filter(status="open").count() == run
        adds_up()

    def everything_off(self, patch: pytest.MonkeyPatch, parties: int) -> None:
        """No look for an earlier order, no shared attempt, no look at the cart: only the database is left."""
        ready = threading.Barrier(parties, timeout=10)

        def anyhow(**_given: Any) -> None:
            ready.wait()

        patch.setattr(cart_services, "close", anyhow)
        patch.setattr(attempts, "begin", lambda *_given: db.uuid7())

    def test_F05_with_all_else_removed_the_unique_key_still_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        jobs = self.clicks(4)
        catalog.put_in_stock({CartLine.objects.get().variant_id: 4})
        with monkeypatch.context() as patch:
            self.everything_off(patch, 4)
            outcomes = together(jobs)
        assert len({outcome.number for outcome in outcomes}) == 1
        assert (Order.objects.count(), Payment.objects.count()) == (1, 1)
        assert Reservation.objects.filter(status="open").count() == 1
        adds_up()

    def test_F05_control_without_the_unique_indexes_every_click_is_an_order(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        jobs = self.clicks(4)
        catalog.put_in_stock({CartLine.objects.get().variant_id: 4})
        with without_uniqueness("checkout_order", {"idempotency_key", "cart_id"}):
            with monkeypatch.context() as patch:
                self.everything_off(patch, 4)
                outcomes = together(jobs)
            assert len({outcome.number for outcome in outcomes}) == Payment.objects.count() == 4
            Payment.objects.all().delete()
            OrderStep.objects.all().delete()
            OrderLine.objects.all().delete()
            Order.objects.all().delete()

    def test_F05_two_tabs_with_keys_of_their_own_make_one_order_of_one_cart(self, schedules: Any) -> None:
        for run, _schedule in enumerate(schedules(long=50), start=1):
            cart = carts.cart((carts.product(units=9), 1))
            total = carts.total(cart)
            outcomes = together([partial(buy, cart.pk, total, f"key-{cart.pk}-{number}") for number in range(6)])
            assert len(of(Order, outcomes)) == 1
            assert len(of(services.CartChanged, outcomes)) == 5
            assert Reservation.objects.filter(status="open").count() == run
        adds_up()


class TestF07AnotherTab:
    """A line is added in tab B after tab A's click was priced and before its order is written."""

    def buy_while_b_adds(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Cart, Any]:
        cart = carts.cart((carts.product(), 1))
        extra = carts.variant_of(carts.product(amount=900)).pk
        hold = services._hold

        def b_adds_first(*given: Any) -> None:
            other = Cart.objects.get(pk=cart.pk)
            cart_services.add(cart=other, variant_id=extra, quantity=1, by="guest")
            hold(*given)

        monkeypatch.setattr(services, "_hold", b_adds_first)
        (outcome,) = together([partial(buy, cart.pk, carts.total(cart), "key")])
        return cart, outcome

    def test_F07_is_asked_again_and_nothing_is_held(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cart, outcome = self.buy_while_b_adds(monkeypatch)
        assert isinstance(outcome, services.CartChanged)
        assert (Order.objects.count(), Reservation.objects.filter(status="open").count()) == (0, 0)
        cart.refresh_from_db()
        assert (cart.status, cart.lines.count()) == ("open", 2)
        adds_up()

    def test_F07_while_ten_tabs_add_and_one_pays_the_order_is_what_was_confirmed(self, schedules: Any) -> None:
        extra = [carts.variant_of(carts.product(amount=900)).pk for _ in range(3)]
        for _schedule in schedules(long=50):
            cart = carts.cart((carts.product(), 1))
            total = carts.total(cart)
            adds = [partial(add, cart.pk, variant_id) for variant_id in extra]
            outcome, *added = together([partial(buy, cart.pk, total, f"key-{cart.pk}"), *adds])
            if isinstance(outcome, Order):
                assert (outcome.total, outcome.lines.count()) == (total, 1)
            else:
                assert isinstance(outcome, services.CartChanged | services.PriceChanged)
                assert Order.objects.filter(cart_id=cart.pk).count() == 0
            assert cart.lines.count() == 1 + added.count(None)
        adds_up()

    def test_F07_control_without_the_version_the_new_line_is_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def whatever_version(*, cart_id: Any, version: int) -> None:
            Cart.objects.filter(pk=cart_id).update(status="ordered")

        monkeypatch.setattr(cart_services, "close", whatever_version)
        cart, outcome = self.buy_while_b_adds(monkeypatch)
        assert isinstance(outcome, Order)
        cart.refresh_from_db()
        assert (cart.status, cart.lines.count(), outcome.lines.count()) == ("ordered", 2, 1)


class TestF08ParallelAdds:
    def test_F08_twenty_adds_of_ten_products_are_all_there(self, schedules: Any) -> None:
        variants = [carts.variant_of(carts.product()).pk for _ in range(10)]
        for _schedule in schedules(quick=1, long=50):
            cart = carts.cart()
            outcomes = together([partial(add, cart.pk, variant_id) for variant_id in variants * 2])
            assert outcomes == [None] * 20
            assert {line.variant_id: line.quantity for line in cart.lines.all()} == dict.fromkeys(variants, 2)
            before = cart.version
            cart.refresh_from_db()
            assert cart.version == before + 20
        adds_up()

    def test_F08_beyond_the_stock_each_add_is_there_or_refused(self, schedules: Any) -> None:
        variant_id = carts.variant_of(carts.product(units=7)).pk
        for _schedule in schedules(quick=1, long=50):
            cart = carts.cart()
            outcomes = together([partial(add, cart.pk, variant_id)] * 20)
            assert outcomes.count(None) == 7
            assert len(of(cart_services.NotEnoughStock, outcomes)) == 13
            assert cart.lines.get().quantity == 7
        adds_up()

    def test_F08_control_without_the_lock_adds_are_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        product = carts.product(units=50)
        cart = carts.cart((product, 1))
        everybody_has_read = threading.Barrier(4, timeout=10)
        monkeypatch.setattr(cart_locking, "cart", lambda cart_id: Cart.objects.get(pk=cart_id))
        monkeypatch.setattr(putting, "check_available", lambda **_given: everybody_has_read.wait())
        outcomes = together([partial(add, cart.pk, carts.variant_of(product).pk)] * 4)
        assert outcomes == [None] * 4
        assert cart.lines.get().quantity == 2

    def test_two_tabs_that_begin_at_once_share_one_cart(self) -> None:
        ada = carts.customer()
        begun = together([partial(ownership.begin, ada.pk)] * 8)
        assert len({cart.pk for cart in begun}) == 1

    def test_a_guests_cart_is_merged_once_by_parallel_requests(self) -> None:
        ada = carts.customer()
        guest = carts.cart((carts.product(), 2))
        merged = together([partial(ownership.merge, guest=guest, customer_id=ada.pk)] * 6)
        assert {cart.pk for cart in merged} == {Cart.objects.get(customer_id=ada.pk).pk}
        assert Cart.objects.get(customer_id=ada.pk).lines.get().quantity == 2


class TestF24LastCoupon:
    def test_F24_many_orders_one_use_left(self, schedules: Any) -> None:
        """50 of them in the long run. Limits for each customer: `tests/cart/promotions/test_services.py`."""
        product = carts.product(units=500 * 2)
        for _schedule in schedules(quick=1, long=50):
            coupon, jobs = carts.coupon(f"LAST{Coupon.objects.count()}", usage_limit=1), []
            for _ in range(50 if LONG else 12):
                cart = carts.cart((product, 1))
                cart_services.add_coupon(cart=cart, code=coupon.code, by="guest")
                jobs.append(partial(buy, cart.pk, carts.total(cart), f"key-{cart.pk}"))
            outcomes = together(jobs, threads=10)
            assert len(of(Order, outcomes)) == 1
            told = of(services.CouponUsedUp, outcomes) + of(services.PriceChanged, outcomes)
            assert len(told) == len(jobs) - 1
            coupon.refresh_from_db()
            assert coupon.used == 1
            assert Reservation.objects.filter(status="open").count() == Coupon.objects.count()
        adds_up()

    def test_F24_one_customer_with_two_devices(self, schedules: Any) -> None:
        """The carts of both devices are one: its coupon is used once, however often it is ordered."""
        product = carts.product(units=500 * 2)
        for _schedule in schedules():
            coupon = carts.coupon(f"MINE{Coupon.objects.count()}")
            cart = carts.cart((product, 1), customer_id=db.uuid7())
            cart_services.add_coupon(cart=cart, code=coupon.code, by="guest")
            total = carts.total(cart)
            outcomes = together([partial(buy, cart.pk, total, f"key-{cart.pk}-{device}") for device in range(2)])
            assert len(of(Order, outcomes)) == 1
            coupon.refresh_from_db()
            assert coupon.used == 1
        adds_up()


class TestF04OneItemOnTwoLines:
    """Medusa #16502: two lines that need the same inventory item each find enough of it."""

    def quote(self, product: Any) -> Any:
        """What a cart with the product on two lines, 2 units each, would come to."""
        quote = services._quote(cart := carts.cart((product, 2)), carts.DETAILS, list(cart.lines.all()))
        return replace(quote, lines=(quote.lines[0], quote.lines[0]))

    def test_F04_units_of_two_lines_are_wanted_together(self) -> None:
        product, order_id = carts.product(units=3, name="Lamp"), db.uuid7()
        with pytest.raises(services.OutOfStock) as refused:
            services._hold(self.quote(product), order_id, carts.DETAILS, [], "guest")
        assert refused.value.shortages == {carts.variant_of(product).pk: 3}
        catalog.put_in_stock({carts.variant_of(product).pk: 4})
        services._hold(self.quote(product), order_id, carts.DETAILS, [], "guest")
        assert Reservation.objects.get(reference=order_id).quantity == 4
        adds_up()

    def test_F04_control_line_by_line_four_of_three_units_are_promised(self) -> None:
        product = carts.product(units=3)
        have = stock.available([carts.variant_of(product).pk])
        lines = self.quote(product).lines
        assert all(line.quantity <= have[line.variant_id] for line in lines)  # each alone passes
        assert sum(line.quantity for line in lines) == 4


class TestF06OneKeyTwoBodies:
    def bodies(self) -> list[dict[str, Any]]:
        return [api.BODY, {**api.BODY, "email": "eve@example.com"}]

    def test_F06_one_of_two_bodies_is_placed_and_the_other_is_refused(self, schedules: Any, settings: Any) -> None:
        settings.RATELIMIT_ENABLE = False
        for run, _schedule in enumerate(schedules(long=50), start=1):
            cart = api.guest()
            answers = together([partial(api.place, Client(), cart, body) for body in self.bodies() * 2])
            placed = [answer for answer in answers if answer.status_code == 201]
            assert len({answer.json()["number"] for answer in placed}) == 1
            told = {answer.json()["error"]["code"] for answer in answers if answer.status_code != 201}
            assert told <= {"still_running", "idempotency_key_reused"}
            assert "idempotency_key_reused" in told
            assert (Order.objects.count(), Payment.objects.count()) == (run, run)
        adds_up()

    def test_F06_control_without_the_fingerprint_eve_is_told_of_adas_order(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rest, "fingerprint", lambda _request: "any")
        cart = api.guest()
        ours, theirs = [api.place(Client(), cart, body) for body in self.bodies()]
        assert (ours.status_code, theirs.status_code) == (201, 201)
        assert theirs.json()["number"] == ours.json()["number"]


class TestF09AnotherPrice:
    def test_F09_a_price_that_changes_meanwhile_is_never_charged_unseen(self, schedules: Any) -> None:
        for _schedule in schedules():
            product = carts.product(amount=2500)
            cart = carts.cart((product, 1))
            seen = carts.total(cart)
            dearer = partial(Price.objects.filter(variant__product=product).update, amount_minor=9900)
            outcome, _changed = together([partial(buy, cart.pk, seen, f"key-{cart.pk}"), dearer])
            if isinstance(outcome, Order):
                assert outcome.total == Payment.objects.get(order=outcome).amount == seen
            else:
                assert isinstance(outcome, services.PriceChanged)
                assert Order.objects.filter(cart_id=cart.pk).count() == 0
        adds_up()

    def buy_while_it_becomes_dearer(self, patch: pytest.MonkeyPatch, *, before: str) -> tuple[Any, Any]:
        """What the shopper saw, and what comes of the order: the price changes before this step of it."""
        product = carts.product(amount=2500)
        cart = carts.cart((product, 1))
        seen, step = carts.total(cart), getattr(services, before)

        def dearer_first(*given: Any) -> Any:
            Price.objects.filter(variant__product=product).update(amount_minor=9900)
            return step(*given)

        patch.setattr(services, before, dearer_first)
        [outcome] = together([partial(buy, cart.pk, seen, f"key-{cart.pk}")])
        return seen, outcome

    def test_F09_dearer_before_it_is_reckoned_is_asked_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen, outcome = self.buy_while_it_becomes_dearer(monkeypatch, before="_quote")
        assert isinstance(outcome, services.PriceChanged)
        assert outcome.quote.total > seen
        assert (Order.objects.count(), Payment.objects.count(), Reservation.objects.count()) == (0, 0, 0)
        adds_up()

    @pytest.mark.parametrize("step", ["_check", "_hold", "_write"])
    def test_F09_dearer_after_it_was_reckoned_is_what_was_seen(
        self, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen, outcome = self.buy_while_it_becomes_dearer(monkeypatch, before=step)
        assert outcome.total == Payment.objects.get(order=outcome).amount == seen
        adds_up()

    def test_F09_control_without_the_comparison_another_price_is_asked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "_check", lambda *_seen: None)
        seen, outcome = self.buy_while_it_becomes_dearer(monkeypatch, before="_quote")
        assert Payment.objects.get(order=outcome).amount == outcome.total > seen

    def test_F09_control_who_reckons_again_to_write_asks_for_another_price(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = services._write

        def reckon_again(cart: Cart, details: Any, _quote: Any, *rest: Any) -> Order:
            return write(cart, details, services._quote(cart, details, list(cart.lines.all())), *rest)

        monkeypatch.setattr(services, "_write", reckon_again)
        seen, outcome = self.buy_while_it_becomes_dearer(monkeypatch, before="_hold")
        assert Payment.objects.get(order=outcome).amount == outcome.total > seen


class TestF10NothingLeft:
    def sell_out(self, product: Any) -> None:
        catalog.put_in_stock({carts.variant_of(product).pk: 0})

    def test_F10_a_recount_to_nothing_while_paying_is_never_charged(
        self, schedules: Any, shop_sandbox: RunningSandbox
    ) -> None:
        for _schedule in schedules():
            product = carts.product(units=3)
            cart = carts.cart((product, 2))
            job = partial(buy, cart.pk, carts.total(cart), f"key-{cart.pk}")
            outcome, _none = together([job, partial(self.sell_out, product)])
            outbox.drain(mails=False)
            if isinstance(outcome, Order):
                outcome.refresh_from_db()
                assert (outcome.status, outcome.captured_minor) == ("cancelled", 0)
            else:
                assert isinstance(outcome, services.OutOfStock)
            assert Order.objects.filter(cart_id=cart.pk).exclude(status="cancelled").count() == 0
        assert shop_sandbox.state()["charge"] == []
        assert outbox.failures() == []
        adds_up()

    def test_F10_control_who_does_not_look_at_the_shortfall_charges_for_nothing(
        self, monkeypatch: pytest.MonkeyPatch, shop_sandbox: RunningSandbox
    ) -> None:
        product = carts.product(units=3)
        cart = carts.cart((product, 2))
        order = buy(cart.pk, carts.total(cart), "key")
        self.sell_out(product)
        monkeypatch.setattr(reservations, "_is_short", lambda *_held: False)
        outbox.drain(mails=False)
        order.refresh_from_db()
        assert (order.status, order.captured_minor) == ("payment_confirmed", order.total_minor)


def test_F10_stock_set_to_nothing_while_paying_leaves_no_order_and_no_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    product = carts.product(units=3, name="Lamp")
    cart = carts.cart((product, 2))
    hold = services._hold

    def admin_first(*given: Any) -> None:
        catalog.put_in_stock({carts.variant_of(product).pk: 0})
        hold(*given)

    monkeypatch.setattr(services, "_hold", admin_first)
    (outcome,) = together([partial(buy, cart.pk, carts.total(cart), "key")])
    assert isinstance(outcome, services.OutOfStock)
    assert outcome.message == "“Lamp” is no longer available."
    assert (Order.objects.count(), Payment.objects.count(), orders.by_key("key")) == (0, 0, None)
    adds_up()
