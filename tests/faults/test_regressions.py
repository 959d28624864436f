"""Bugs that other shops have shipped, each beside the naive form that has it: the fault is seen there, and not here.

The naive form is what the bug did, in a few lines. Bugs whose race is tested elsewhere are in `ELSEWHERE`.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from django.db.models import F, Sum

from cart.carts import selectors as cart_selectors
from cart.carts import services as cart_services
from cart.carts.models import Cart
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import PaymentEvent
from checkout.payments.providers import base
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.reservations.services import OutOfStock
from inventory.stock.models import StockItem
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CARD, CHALLENGED, RunningSandbox
from tests.invariants import violations
from tests.inventory.checks import counters

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
TTL = timedelta(minutes=15)

# The bug, and the tests of the shop and of the naive form (as a negative control) that are about it.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "Saleor #543, Oscar #2102 and #1811, Vendure #3508: two buyers pass the check for the last unit": (
        "tests/concurrency/test_inventory.py::test_F01_hundred_buyers_one_unit",
        "tests/concurrency/test_inventory.py::test_F01_control_without_lock_and_constraint_the_unit_is_sold_four_times",
    ),
    "Medusa #16502: two lines that share one inventory item pass separately": (
        "tests/concurrency/test_checkout.py::test_F04_units_of_two_lines_are_wanted_together",
        "tests/concurrency/test_checkout.py::test_F04_control_line_by_line_four_of_three_units_are_promised",
    ),
    "Medusa PR #11403, Vendure PR #4930: locks out of order end in a deadlock": (
        "tests/concurrency/test_inventory.py::test_F03_carts_in_opposite_order_do_not_wait_for_each_other",
        "tests/concurrency/test_inventory.py::test_F03_control_locks_out_of_order_end_in_a_deadlock",
    ),
    "Magento #10767, Spree #9265, PrestaShop ps_checkout #1548: a double click is two orders": (
        "tests/concurrency/test_checkout.py::test_F05_ten_clicks_one_order_one_payment_the_same_answer",
        "tests/concurrency/test_checkout.py::test_F05_control_without_the_unique_indexes_every_click_is_an_order",
    ),
    "OFN #2690 and #3925: three charges for one order": (
        "tests/checkout/payments/test_collecting.py::test_F19_a_lost_reply_is_one_charge",
        "tests/checkout/payments/test_collecting.py::test_F19_control_another_key_for_each_try_charges_twice",
    ),
    "Medusa #13301, Saleor #12652: the message races with the confirmation": (
        "tests/concurrency/test_orders.py::test_F16_the_same_message_in_eight_threads_confirms_once",
        "tests/concurrency/test_orders.py::test_F16_control_without_locks_the_order_is_paid_twice",
    ),
    "Medusa #12790 and #3871, Saleor #10925 and #14733: paid, and no order": (
        "tests/concurrency/test_messages.py::test_F14_two_timetables_find_what_nobody_told",
        "tests/concurrency/test_messages.py::test_F15_control_who_does_not_park_it_never_hears_of_the_payment",
    ),
    "Vendure #3065: charged, and the units are gone": (
        "tests/concurrency/test_challenges.py::test_F11_all_of_it_at_once",
        "tests/concurrency/test_challenges.py::"
        "test_F11_control_who_confirms_without_holding_anew_sells_a_unit_that_is_gone",
    ),
    "Vendure #2187 and #3398: cart lines are lost when they are added at once": (
        "tests/concurrency/test_checkout.py::test_F08_twenty_adds_of_ten_products_are_all_there",
        "tests/concurrency/test_checkout.py::test_F08_control_without_the_lock_adds_are_lost",
    ),
    "Oscar #2101, Saleor #544: a coupon is used more often than it may be": (
        "tests/concurrency/test_checkout.py::test_F24_many_orders_one_use_left",
        "tests/cart/promotions::test_F24_negative_control_read_then_write_oversteps_the_limit",
    ),
    "Order numbers made by counting rows: two buyers get the same one": (
        "tests/concurrency/test_orders.py::test_twenty_orders_at_once_have_twenty_numbers",
        "tests/concurrency/test_orders.py::test_numbers_control_counting_rows_gives_one_number_twice",
    ),
    "Two workers release one expired hold, without a lock": (
        "tests/concurrency/test_inventory.py::test_F12_two_sweepers_and_a_consumer",
        "tests/concurrency/test_inventory.py::test_F12_control_without_the_lock_one_hold_is_given_back_twice",
    ),
}


@pytest.mark.django_db(False)
@pytest.mark.parametrize("bug", ELSEWHERE)
def test_each_named_bug_has_its_tests(bug: str) -> None:
    for where in ELSEWHERE[bug]:
        path, _, name = where.partition("::")
        files = [ROOT / path] if path.endswith(".py") else sorted((ROOT / path).glob("test_*.py"))
        assert any(f"def {name}(" in file.read_text() for file in files), where


def sell(item: StockItem, *, minor: int = 2500) -> Order:
    return make.paid([item], price=minor)


# --- stock


def test_commit_and_then_clear_the_cart_gives_the_same_units_back_once() -> None:
    """The first source document: `createOrder` takes the reserved units, and `clearCart` releases them once more."""
    item, other = stocked(5), uuid4()
    reservations.reserve(quantities={item.variant_id: 2}, reference=other, ttl=TTL, by="guest")

    def naive() -> int:
        with transaction.atomic(using=db.INVENTORY):
            reserved = 2 + 2  # ours and the other shopper's
            reserved -= 2  # commit
            reserved -= 2  # clear the cart
            transaction.set_rollback(True, using=db.INVENTORY)
        return reserved

    assert naive() == 0  # the other shopper's hold is eaten

    order = make.paid([item], quantity=2)
    assert orders.commit_stock(order_id=order.pk, by="system") is True
    reservations.release(reference=order.pk, by="guest")  # whoever clears the cart afterwards
    reservations.release(reference=order.pk, by="guest")
    assert counters(item) == (5, 2, 2, 0)
    outbox.drain()
    assert violations() == []


def test_a_release_after_a_rollback_gives_nothing_back() -> None:
    """The third source document: after `ROLLBACK` it releases what the rollback already had returned."""
    item = stocked(5)
    reservations.reserve(quantities={item.variant_id: 3}, reference=uuid4(), ttl=TTL, by="guest")

    def naive(units: int) -> int:
        """Reserve, fail, roll back, and release by counter."""
        rows = StockItem.objects.filter(pk=item.pk)
        with transaction.atomic(using=db.INVENTORY):
            rows.update(reserved=F("reserved") + units)
            transaction.set_rollback(True, using=db.INVENTORY)
        with transaction.atomic(using=db.INVENTORY):
            rows.update(reserved=F("reserved") - units)
            left = rows.values_list("reserved", flat=True)[0]
            transaction.set_rollback(True, using=db.INVENTORY)
        return left

    assert naive(2) == 1  # two units of somebody else's hold are free
    short, reference = stocked(1), uuid4()
    wish = {item.variant_id: 2, short.variant_id: 2}
    with pytest.raises(OutOfStock):
        reservations.reserve(quantities=wish, reference=reference, ttl=TTL, by="guest")
    reservations.release(reference=reference, by="guest")
    assert counters(item) == (5, 3, 0, 0)
    assert violations() == []


def test_the_time_of_a_hold_is_bound_and_not_part_of_the_text() -> None:
    """The third source document: `INTERVAL '$4 minutes'` is inside quotes and never bound."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT INTERVAL '$4 minutes'")
        assert cursor.fetchone() == (timedelta(minutes=4),)  # whatever the fourth argument was
    item, reference = stocked(5), uuid4()
    for minutes in (1, 15):
        wanted = timedelta(minutes=minutes)
        end = reservations.reserve(quantities={item.variant_id: 1}, reference=uuid4(), ttl=wanted, by="guest")
        assert abs(end - db.clock(db.INVENTORY) - wanted) < timedelta(seconds=20)
    reservations.reserve(quantities={item.variant_id: 3}, reference=reference, ttl=timedelta(0), by="guest")
    reservations.reserve(quantities={item.variant_id: 3}, reference=uuid4(), ttl=TTL, by="guest")  # that one is over
    assert violations() == []


def test_an_availability_that_was_read_before_sells_nothing() -> None:
    """The first source document and Oscar's `StockRecord.allocate`: checked in one transaction, taken in another."""
    item = stocked(1)
    ready = threading.Barrier(2, timeout=10)

    def naive() -> bool:
        free = StockItem.objects.values_list("on_hand", flat=True).get(pk=item.pk)
        ready.wait()
        return free >= 1

    assert together([naive] * 2) == [True, True]  # both are sold the one unit
    wish = {item.variant_id: 1}
    buy = partial(reservations.reserve, quantities=wish, ttl=TTL, by="guest")
    outcomes = together([partial(buy, reference=uuid4()) for _ in range(2)])
    assert sum(isinstance(one, OutOfStock) for one in outcomes) == 1
    assert violations() == []


def test_a_hold_that_nobody_ends_ends_by_itself() -> None:
    """The first and fourth source documents: reservations without an end, so any visitor can empty the shop."""
    item = stocked(3)
    for _visitor in range(3):
        reservations.reserve(quantities={item.variant_id: 1}, reference=uuid4(), ttl=TTL, by="guest")
    take = partial(reservations.reserve, quantities={item.variant_id: 3}, ttl=TTL, by="guest")
    with pytest.raises(OutOfStock):  # the naive form: no time ever makes it different
        take(reference=uuid4())
    Reservation.objects.update(expires_at=db.clock(db.INVENTORY))
    take(reference=uuid4())  # before any sweep has come by
    assert violations() == []


# --- carts and prices


def test_a_price_that_the_client_sends_is_not_taken() -> None:
    """The fourth source document: `addItem` takes `unitPrice` from the client; Vendure GHSA-wm63-7627-ch33."""
    carts.rates()
    product = carts.product(amount=2500)
    sent = {"variant_id": carts.variant_of(product).pk, "quantity": 1, "unit_price": 1}
    naive = {"line_total": sent["unit_price"] * sent["quantity"]}
    assert naive["line_total"] == 1
    with pytest.raises(TypeError):  # there is no such argument
        cart_services.add(cart=carts.cart(), by="guest", **sent)
    cart = carts.cart((product, 1))
    assert carts.total(cart).minor > 2500


def test_what_is_sold_out_stays_on_the_cart_and_is_named() -> None:
    """The fourth source document: `refreshCartData` drops unavailable items silently."""
    carts.rates()
    gone, there = carts.product(units=2, name="Lamp"), carts.product(units=2)
    cart = carts.cart((gone, 1), (there, 1))
    StockItem.objects.filter(variant_id=carts.variant_of(gone).pk).update(on_hand=0, shortfall=0, backorder_limit=0)
    free = StockItem.objects.filter(on_hand__gt=0).values_list("variant_id", flat=True)
    naive = [line for line in cart.lines.all() if line.variant_id in set(free)]
    assert len(naive) == 1  # one line is gone and nobody was told
    view = cart_selectors.view(Cart.objects.get(pk=cart.pk), currency="USD")
    assert len(view.lines) == 2


# --- money


def test_a_late_authorisation_does_not_double_what_was_captured() -> None:
    """Saleor #11649: a late authorisation event doubled the captured amount."""
    order = sell(stocked(5))
    payment = make.payment_of(order)
    late = base.Outcome(reference=payment.reference, state="processing", facts=make.captured(payment).facts[:1])
    naive = order.captured_minor + sum(fact.amount.minor for fact in late.facts)  # each event added to the sum
    assert naive == 2 * order.total_minor
    for _again in range(2):
        payments.record(payment_id=payment.pk, outcome=late, source="webhook")
    order.refresh_from_db()
    assert (order.captured_minor, order.authorised_minor) == (order.total_minor, order.total_minor)
    assert violations() == []


def test_a_message_that_comes_twice_is_money_once() -> None:
    """Saleor #9504: wrong balance after a repeated event."""
    order = make.placed()
    payment = make.payment_of(order)
    said, naive = make.captured(payment), 0
    for _again in range(3):
        naive += said.facts[1].amount.minor
        payments.record(payment_id=payment.pk, outcome=said, source="webhook")
    assert naive == 9000
    facts = PaymentEvent.objects.filter(payment=payment, kind="captured").aggregate(sum=Sum("amount_minor"))["sum"]
    assert facts == Order.objects.get(pk=order.pk).captured_minor == 3000
    assert violations() == []


def test_no_card_is_charged_inside_a_transaction(shop_sandbox: RunningSandbox) -> None:
    """The first source document, Spree PR #4499: the transaction is rolled back, the charge is not."""
    order = make.placed()
    payment = make.payment_of(order)

    def naive() -> None:
        with transaction.atomic(using=db.DEFAULT):
            shop_sandbox.provider().charge(_question(order, key="naive"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        naive()
    assert Order.objects.get(pk=order.pk).captured_minor == 0
    assert len(shop_sandbox.state()["charge"]) == 1  # charged, and nothing here knows of it
    shop_sandbox.faults(lost_replies=2)
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.attempts) == ("processing", 1)  # that it was asked is kept, whatever came of it
    payments.charge(payment_id=payment.pk)
    order.refresh_from_db()
    assert (order.captured_minor, len(shop_sandbox.state()["charge"])) == (order.total_minor, 2)


def test_a_question_that_is_asked_again_has_the_same_key(shop_sandbox: RunningSandbox) -> None:
    """The fourth source document sends no idempotency key; WooCommerce-Stripe #2331 and Medusa #13301 charged twice."""
    order = make.placed()
    for number in range(2):  # the naive form: each try is a question of its own
        shop_sandbox.provider().charge(_question(order, key=f"try-{number}"))
    assert len(shop_sandbox.state()["charge"]) == 2
    other = make.placed()
    for _try in range(3):
        payments.charge(payment_id=make.payment_of(other).pk)
    assert len(shop_sandbox.state()["charge"]) == 3


def test_amounts_are_whole_minor_units() -> None:
    """The fourth source document multiplies a float by 100."""
    assert int(1.15 * 100) == 114
    assert Money.of("1.15", "USD").minor == 115
    assert [Money.of(text, "USD").minor for text in ("0.29", "8.20", "19.99")] == [29, 820, 1999]


def test_an_order_reaches_cancelled_and_refunded_and_tells_after_it_is_stored(shop_sandbox: RunningSandbox) -> None:
    """The fifth source document: effects before the state is stored, and no way to cancelled, refunded or returned."""
    order = make.placed(token=CARD)
    outbox.drain()
    orders.cancel(order_id=order.pk, by="guest")
    with pytest.raises(orders.TransitionRefused):  # who comes second changes nothing and sends nothing
        orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    order.refresh_from_db()
    assert (order.status, order.refunded_minor) == ("refunded", order.total_minor)
    assert violations() == []


def test_who_pays_after_the_time_is_up_gets_units_or_money_back(shop_sandbox: RunningSandbox) -> None:
    """Medusa #16825, Solidus #3020: the reservation is lost after the money is taken."""
    item = stocked(1)
    order = make.placed([item], token=CHALLENGED)
    outbox.drain()
    Reservation.objects.filter(reference=order.pk).update(expires_at=db.clock(db.INVENTORY))
    rival = sell(item)
    shop_sandbox.challenge(make.payment_of(order).reference)
    naive = shop_sandbox.state()["charge"][0]["amount_captured"]
    assert naive == order.total_minor  # the money is there, the unit is not
    payments.refresh(order_id=order.pk)
    outbox.drain()
    order.refresh_from_db()
    rival.refresh_from_db()
    assert (order.status, rival.status) == ("refunded", "payment_confirmed")
    assert order.captured_minor == order.refunded_minor


def _question(order: Order, *, key: str) -> base.ChargeRequest:
    return base.ChargeRequest(
        payment_id=f"naive-{UUID(int=0)}", order_number=order.number, amount=order.total, token=CARD,
        idempotency_key=key, return_url="https://shop.example/", description="", metadata={},
    )  # fmt: skip
