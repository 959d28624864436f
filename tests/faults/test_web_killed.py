"""F26: the web process is killed with -9 at each step of the purchase: no unit and no click is lost or counts twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from cart.carts.models import Cart
from cart.promotions.models import Coupon
from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.purchase import line
from checkout.purchase import services as purchase
from checkout.purchase.models import CheckoutDetails, QueuedOrder
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core.money import Money
from shop.events.models import OutboxEvent
from shop.management.commands import verify_invariants
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.fakes.sandbox import RunningSandbox
from tests.faults import killed, report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

OPEN = "checkout.payments.services.open"  # the last statement of the order's transaction
STEPS: dict[str, tuple[str, ...]] = {
    "before the quote": ("before", "checkout.purchase.services._quote"),
    "after the attempt's row": ("after", "checkout.purchase.attempts.begin"),
    "before the hold": ("before", "inventory.reservations.services.reserve"),
    "before the hold's COMMIT": ("before", "COMMIT", "inventory.reservations.services.exchange"),
    "after the hold": ("after", "inventory.waitlist.services.reserve"),
    "before the order's transaction": ("before", "checkout.purchase.services._write"),
    "inside, the cart is closed": ("after", "cart.carts.services.close"),
    "inside, the coupon is used": ("after", "cart.promotions.services.redeem"),
    "inside, the order is written": ("after", "checkout.orders.services.place"),
    "inside, the payment is open": ("after", OPEN),
    "before the order's COMMIT": ("before", "COMMIT", OPEN),
    "after the order's COMMIT": ("after", "COMMIT", OPEN),
    "before it is announced": ("before", "shop.events.bus.enqueue"),
    "before the answer": ("after", "checkout.purchase.services.place_order"),
}
COMMITTED = ["after the order's COMMIT", "before it is announced", "before the answer"]
QUICK = ["after the hold", "before the order's COMMIT", "after the order's COMMIT"]
steps = pytest.mark.parametrize("step", list(STEPS) if report.LONG else QUICK)


class Shopper:
    """One at the last click, with two of three units and a coupon that can be used once.

    A hold that makes the stock `low` is a transaction of several statements, otherwise it is one.
    """

    def __init__(self, *, low: int = 0) -> None:
        carts.rates()
        self.coupon = carts.coupon(usage_limit=1)
        self.product = catalog.product(units=3, amount=2500)
        StockItem.objects.filter(variant_id=carts.variant_of(self.product).pk).update(low_stock_threshold=low)
        self.cart = carts.cart((self.product, 2))
        Cart.objects.filter(pk=self.cart.pk).update(coupons=[self.coupon.code])
        self.cart.refresh_from_db()
        self.seen = carts.total(self.cart)
        self.words = (str(self.cart.pk), str(self.seen.minor), "key-1")

    def click(self) -> Order:
        """The click that gets an answer."""
        self.cart.refresh_from_db()
        return purchase.place_order(
            cart=self.cart, details=carts.DETAILS, seen_total=self.seen, key="key-1", by="guest"
        )  # fmt: skip

    def counters(self) -> tuple[int, int, int]:
        item = StockItem.objects.get(variant_id=carts.variant_of(self.product).pk)
        return item.on_hand, item.reserved, item.allocated

    def coupon_uses(self) -> int:
        return Coupon.objects.values_list("used", flat=True).get(pk=self.coupon.pk)


def violations() -> dict[str, list[str]]:
    return {finding.code: finding.violations for finding in verify_invariants.verify() if finding.violations}


def is_paid_once(shopper: Shopper, order: Order, sandbox: RunningSandbox) -> None:
    """Workers do the rest: one payment, one charge, its units sold."""
    outbox.drain(mails=False)
    assert outbox.failures() == []
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_confirmed", shopper.seen.minor)
    assert [charge["amount"] for charge in sandbox.state()["charge"]] == [shopper.seen.minor]
    assert (Order.objects.count(), Payment.objects.count(), shopper.coupon_uses()) == (1, 1, 1)
    assert OutboxEvent.objects.filter(event_type="OrderPlaced").count() == 1
    assert shopper.counters() == (3, 0, 2)
    assert violations() == {}


@steps
def test_F26_the_same_click_again_after_a_death_is_one_order(step: str, shop_sandbox: RunningSandbox) -> None:
    shopper = Shopper(low=2 if "hold's" in step else 0)
    ended = killed.run("tests.faults.jobs.click", *shopper.words, dies=STEPS[step])
    assert ended.was_killed, ended.said
    assert violations() == {}
    written = (Order.objects.count(), Payment.objects.count(), shopper.coupon_uses())
    assert written == ((1, 1, 1) if step in COMMITTED else (0, 0, 0))
    order = shopper.click()
    assert shopper.click().pk == order.pk
    is_paid_once(shopper, order, shop_sandbox)


@steps
def test_F26_nobody_comes_back_after_a_death_and_no_unit_is_lost(step: str, shop_sandbox: RunningSandbox) -> None:
    shopper = Shopper(low=2 if "hold's" in step else 0)
    ended = killed.run("tests.faults.jobs.click", *shopper.words, dies=STEPS[step])
    assert ended.was_killed, ended.said
    if step in COMMITTED:  # the order stands: what was to be announced is found by the sweep
        is_paid_once(shopper, Order.objects.get(), shop_sandbox)
        return
    assert reservations.expire() == 0
    Reservation.objects.update(expires_at=Now() - timedelta(seconds=1))
    reservations.expire()
    outbox.drain(mails=False)
    assert outbox.failures() == []
    assert (purchase.sweep_unpaid(), Order.objects.count(), shopper.coupon_uses()) == (0, 0, 0)
    assert shopper.counters() == (3, 0, 0)
    assert Cart.objects.get(pk=shopper.cart.pk).status == Cart.Status.OPEN
    assert violations() == {}


@pytest.mark.parametrize("lost", [False, True], ids=["the hold is let go", "the process dies first"])
def test_F26_killed_between_a_refusal_and_letting_the_hold_go(lost: bool, shop_sandbox: RunningSandbox) -> None:
    shopper = Shopper()
    dies = ("before", "checkout.purchase.attempts.undo") if lost else ()
    ended = killed.run("tests.faults.jobs.click_while_the_cart_changes", *shopper.words, dies=dies)
    assert (ended.was_killed, "CartChanged" in ended.said) == (lost, not lost)
    assert (Order.objects.count(), shopper.counters()) == (0, (3, 2 if lost else 0, 0))
    assert violations() == {}
    if lost:  # the cart as it is now is another purchase, and the dead one's units are held for a while
        with pytest.raises(purchase.OutOfStock):
            shopper.click()
        Reservation.objects.update(expires_at=Now() - timedelta(seconds=1))
    is_paid_once(shopper, shopper.click(), shop_sandbox)


LINE_STEPS: dict[str, tuple[str, ...]] = {
    "the turn is taken": ("after", "checkout.purchase.line._claim"),
    "the units are held": ("after", "inventory.waitlist.services.reserve"),
    "before the order's COMMIT": ("before", "COMMIT", OPEN),
    "the order is placed": ("after", "checkout.purchase.line._place"),
    "the turn is over": ("after", "checkout.purchase.line._end"),
}


def test_F26_killed_while_joining_the_line() -> None:
    shopper = Shopper()
    steps = [("before", "COMMIT", "checkout.purchase.selectors.waiting"), ("after", "checkout.purchase.line.join")]
    for waiting, dies in enumerate(steps):
        ended = killed.run("tests.faults.jobs.queue", *shopper.words, dies=dies)
        assert ended.was_killed, ended.said
        assert QueuedOrder.objects.filter(status="waiting").count() == waiting
    assert killed.run("tests.faults.jobs.queue", *shopper.words).code == 0
    assert (QueuedOrder.objects.count(), line.serve(), line.serve()) == (1, 1, 0)
    assert Order.objects.count() == 1
    assert violations() == {}


@pytest.mark.parametrize("step", list(LINE_STEPS) if report.LONG else ["the order is placed"])
def test_F26_a_server_of_the_line_is_killed(step: str, shop_sandbox: RunningSandbox, settings: Any) -> None:
    settings.LINE_ORDERS_PER_SECOND = 0
    settings.LINE_SERVERS = 2
    shopper, other = Shopper(), carts.cart((catalog.product(units=1), 1))
    first = line.join(cart=shopper.cart, details=carts.DETAILS, seen_total=shopper.seen, key="key-1", by="guest")
    ended = killed.run("tests.faults.jobs.task", "checkout.purchase.tasks.serve_line", dies=LINE_STEPS[step])
    assert ended.was_killed, ended.said
    assert violations() == {}
    second = line.join(cart=other, details=carts.DETAILS, seen_total=carts.total(other), key="key-2", by="guest")
    line.serve()  # a living one goes on with the others
    second.refresh_from_db()
    assert second.status == "placed"
    QueuedOrder.objects.filter(status="working").update(started_at=Now() - timedelta(seconds=line.LEASE + 1))
    line.serve()
    first.refresh_from_db()
    order = Order.objects.get(idempotency_key="key-1")
    assert (first.status, first.order_id, first.wish) == ("placed", order.pk, {})
    assert (Order.objects.count(), QueuedOrder.objects.count()) == (2, 2)
    outbox.drain(mails=False)
    assert outbox.failures() == []
    assert len(shop_sandbox.state()["charge"]) == 2
    assert shopper.counters() == (3, 0, 2)
    assert violations() == {}


def test_F26_control_without_one_transaction_a_death_leaves_an_order_that_nobody_pays() -> None:
    """The same death, when each part of the order is committed by itself."""
    shopper = Shopper()
    dies = ("after", "checkout.orders.services.place")
    ended = killed.run("tests.faults.jobs.click_in_pieces", *shopper.words, dies=dies)
    assert ended.was_killed, ended.said
    assert (Order.objects.count(), Payment.objects.count()) == (1, 0)
    assert OutboxEvent.objects.filter(event_type="OrderPlaced").count() == 0
    assert CheckoutDetails.objects.get(cart_id=shopper.cart.pk).order_id == Order.objects.get().pk
    assert shopper.click().status == "pending"  # for ever: nothing asks for its money


def test_F26_control_with_a_key_of_its_own_the_second_click_orders_again() -> None:
    """The same death after the COMMIT, when the second click does not carry the first one's key."""
    shopper = Shopper()
    assert killed.run("tests.faults.jobs.click", *shopper.words, dies=STEPS["before the answer"]).was_killed
    twin = carts.cart((shopper.product, 1))
    purchase.place_order(
        cart=twin, details=carts.DETAILS, seen_total=Money(carts.total(twin).minor, "USD"), key="key-2", by="guest"
    )
    assert Order.objects.count() == 2
