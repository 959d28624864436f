"""An order that waits for the money of its change goes on by itself once that is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.selectors import shipments_of
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from shop.accounts.models import User
from shop.core import db
from shop.events.models import OutboxEvent
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import parcels
from tests.factories.changes import bought, line_of, money, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture(autouse=True)
def rates() -> None:
    carts.rates()


def by_card(order: Order) -> None:
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")


def by_transfer(order: Order) -> None:
    """In two parts: the first one alone moves nothing."""
    payment = payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    outbox.drain(rounds=50)
    for statement_id, minor in (("1", 1), ("2", payment.amount_minor - 1)):
        assert now(order).status == "processing"
        payments.record_transfer(
            payment_id=payment.pk, amount=order.money(minor), statement_id=statement_id, at=db.clock(), by=BY
        )


def by_forgiving(order: Order) -> None:
    """What was added to the price is taken off it again."""
    changes.edit(
        order_id=order.pk, seen_revision=now(order).revision, delivery_option="standard", reason="", by=BY
    )  # fmt: skip


def told() -> int:
    return OutboxEvent.objects.filter(event_type="BalancePaid").count()


@pytest.mark.parametrize(("pay", "times"), [(by_card, 1), (by_transfer, 1), (by_forgiving, 0)])
def test_packed_while_it_waited_it_is_ready_once_it_is_paid(
    shop_sandbox: RunningSandbox, pay: Callable[[Order], None], times: int
) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=500)
    order = bought((mug, 1), (bowl, 1))
    fulfilment.start(order_id=order.pk, by=BY)
    [parcel] = shipments_of(order.pk)
    contents = {line.order_line.product_id: line.pk for line in parcel.lines.all()}
    fulfilment.split(shipment_id=parcel.pk, units={contents[bowl.pk]: 1}, by=BY)
    fulfilment.pick_units(shipment_id=parcel.pk, units={contents[mug.pk]: 1}, by=BY)
    fulfilment.finish_picking(shipment_id=parcel.pk, by=BY)
    changes.edit(
        order_id=order.pk, seen_revision=0, removed={line_of(order, bowl).pk: 1}, delivery_option="express",
        reason="", by=BY,
    )  # fmt: skip
    outbox.drain(rounds=50)
    balance = money(order)[3]
    assert (now(order).status, now(order).fulfilment_state, balance > 0) == ("processing", "picked", True)
    with pytest.raises(orders.TransitionRefused, match="not all of what it costs is taken or held"):
        fulfilment.dispatch_one(shipment_id=parcel.pk, carrier="UPS", tracking_number="1Z", by=BY)
    pay(order)
    outbox.drain(rounds=50)
    assert (now(order).status, told()) == ("ready_to_ship", times)
    made_for = now(order).revision
    fulfilment.dispatch_one(shipment_id=parcel.pk, carrier="UPS", tracking_number="1Z", made_for=made_for, by=BY)
    assert now(order).status == "shipped"
    outbox.drain(rounds=50)
    assert (violations(), outbox.failures()) == ([], [])


def test_it_is_not_taken_further_than_its_parcels_are(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1))
    assert told() == 0  # the first payment has an event of its own
    changes.edit(order_id=order.pk, seen_revision=0, delivery_option="express", reason="", by=BY)
    outbox.drain(rounds=50)
    by_card(order)
    outbox.drain(rounds=50)
    assert (now(order).status, money(order)[3], told()) == ("payment_confirmed", 0, 1)


def test_money_on_its_way_back_pays_for_nothing_new() -> None:
    """All of a transfer is to be sent back by hand; what is added meanwhile is not covered by it."""
    mug, gift, bowl = carts.product(amount=2000), carts.product(amount=0), carts.product(amount=1500)
    order = bought((mug, 1), (gift, 1), provider="bank_transfer", token="")
    payment = Payment.objects.get()
    payments.record_transfer(
        payment_id=payment.pk, amount=payment.amount, statement_id="1", at=db.clock(), by=BY
    )  # fmt: skip
    outbox.drain(rounds=50)
    changes.edit(order_id=order.pk, seen_revision=0, removed={line_of(order, mug).pk: 1}, reason="", by=BY)
    wanted = {carts.variant_of(bowl).pk: 1}
    seen = changes.preview(order_id=order.pk, added=wanted)
    changes.edit(order_id=order.pk, seen_revision=1, added=wanted, reason="", by=BY)
    outbox.drain(rounds=50)
    asked = Refund.objects.get()
    assert (asked.amount_minor, asked.status) == (payment.amount_minor, "requested")
    assert seen.to_pay.minor == now(order).due_minor
    with pytest.raises(orders.TransitionRefused, match="not all of what it costs is taken or held"):
        fulfilment.start(order_id=order.pk, by=BY)
    assert violations() == []


def test_given_back_after_a_part_has_left_it_ends_when_the_rest_is_taken_off() -> None:
    """Nothing more is handed over of it, and it cannot be cancelled; what has left is shipped all the same."""
    user = User.objects.create_user("ada@example.com", "a long password")
    here, _there = parcels.two_places(1, 2)
    order = make.paid([here], quantity=3, customer_id=user.pk)
    outbox.drain(rounds=50)
    first, second = map(parcels.picked, shipments_of(order.pk))
    parcels.sent(first)
    payments.request_refund(order_id=order.pk, amount=order.total, reason="", by=BY, to="store_credit")
    outbox.drain(rounds=50)
    assert parcels.told(order) == ("ready_to_ship", "partly_shipped", 0)
    for refused in (lambda: parcels.sent(second), lambda: orders.cancel(order_id=order.pk, by=BY)):
        with pytest.raises(orders.TransitionRefused):
            refused()
    changes.cancel_units(order_id=order.pk, units={order.lines.get().pk: 2}, reason="", by=BY)
    outbox.drain(rounds=50)
    assert parcels.told(order) == ("refunded", "shipped", 0)
    assert [one.status for one in shipments_of(order.pk)] == ["shipped"]
    assert (violations(ask_provider=False), outbox.failures()) == ([], [])
