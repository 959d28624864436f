"""Who gives back all that was taken so far of an order: it ends, unless something of it is still under way."""

from __future__ import annotations

import pytest

from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import selectors
from checkout.payments import services as payments
from checkout.payments.models import PaymentOptions
from checkout.receivables.models import Receivable
from shop.core import db
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.accounts import UserFactory
from tests.factories.changes import now
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import BY, picked, sent
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def held(parcels: int) -> tuple[Order, list[Shipment]]:
    """An order of so many units of 30.00 with 5.00 of delivery, each in a parcel of its own, paid parcel by parcel."""
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    item = stocked(1)
    for _more in range(parcels - 1):
        stocked(1, variant_id=item.variant_id, location=LocationFactory().code)
    order = make.placed([item], quantity=parcels, price=3000)
    outbox.drain(mails=False)
    return now(order), list(Shipment.objects.filter(order=order).order_by("id"))


def send(parcel: Shipment) -> None:
    sent(picked(parcel))
    outbox.drain(mails=False)


def give_back(order: Order, *, is_sent: bool = True) -> int:
    """All that was taken so far; returns how much that is."""
    found = now(order)
    taken = found.captured_minor - found.refunded_minor
    payments.request_refund(order_id=order.pk, amount=found.money(taken), reason="broken", by=BY)
    if is_sent:
        outbox.drain(mails=False)
    return taken


def told(order: Order) -> tuple[str, str, str]:
    found = now(order)
    return found.status, found.payment_state, found.fulfilment_state


def stays(order: Order) -> int:
    found = now(order)
    return found.captured_minor - found.refunded_minor


def clean(*, ask_provider: bool = True) -> bool:
    return (violations(ask_provider=ask_provider), outbox.failures()) == ([], [])


@pytest.mark.parametrize("is_sent", [True, False])
def test_an_order_whose_second_parcel_is_still_here_goes_on(shop_sandbox: RunningSandbox, is_sent: bool) -> None:
    """What the first one cost is given for nothing, and no more; also if it goes back after the second one has left."""
    order, (first, second) = held(2)
    send(first)
    given = give_back(order, is_sent=is_sent)
    assert 0 < given < order.total_minor
    found = now(order)
    assert (found.status, found.due_minor, found.held_minor) == (
        "processing", order.total_minor - given, order.total_minor - given,
    )  # fmt: skip
    if is_sent:
        assert (told(order), make.payment_of(order).status) == (
            ("processing", "authorised", "partly_shipped"), "authorised",
        )  # fmt: skip
        assert selectors.standing(found).state == "confirmed"
    sent(picked(second))
    fulfilment.capture_value(order_id=order.pk, by="system")  # before anything else is heard
    outbox.drain(mails=False)
    assert told(order) == ("shipped", "partly_refunded", "shipped")
    assert (stays(order), now(order).due_minor, now(order).held_minor) == (
        order.total_minor - given, order.total_minor - given, 0,
    )  # fmt: skip
    assert clean()


def test_given_back_parcel_by_parcel_it_ends_with_the_last(shop_sandbox: RunningSandbox) -> None:
    order, (first, second) = held(2)
    for parcel in (first, second):
        send(parcel)
        give_back(order)
    assert told(order) == ("refunded", "refunded", "shipped")
    assert (stays(order), now(order).due_minor, now(order).held_minor) == (0, 0, 0)
    assert clean()


def test_money_of_a_parcel_under_way_that_is_still_to_be_taken_is_taken(shop_sandbox: RunningSandbox) -> None:
    """Both have left; only the first one's money is here when that is given back."""
    order, (first, second) = held(2)
    send(first)
    sent(picked(second))
    given = give_back(order)
    assert told(order) == ("shipped", "partly_refunded", "shipped")
    assert stays(order) == now(order).due_minor == order.total_minor - given
    assert clean()


def test_what_is_still_to_be_paid_for_the_second_parcel_is_asked_for(shop_sandbox: RunningSandbox) -> None:
    """It was added after the first one had been paid."""
    carts.rates()
    mug, bowl = carts.product(amount=2000), carts.product(amount=1500)
    order = carts.order(carts.cart((mug, 2)))
    outbox.drain(rounds=50, mails=False)
    fulfilment.start(order_id=order.pk, by=BY)
    [parcel] = Shipment.objects.filter(order=order)
    rest = fulfilment.split(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, by=BY)
    send(parcel)
    changes.edit(
        order_id=order.pk, seen_revision=0, added={carts.variant_of(bowl).pk: 1}, reason="", by=BY
    )  # fmt: skip
    outbox.drain(rounds=50, mails=False)
    asked = now(order).balance_minor
    give_back(order)
    assert told(order) == ("processing", "due", "partly_shipped")
    standing = selectors.standing(now(order))
    assert (standing.state, standing.amount and standing.amount.minor) == ("balance", asked)
    with pytest.raises(orders.TransitionRefused, match="not all of what it costs is taken or held"):
        sent(picked(rest))
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(rounds=50, mails=False)
    assert (now(order).balance_minor, told(order)[:2]) == (0, ("processing", "partly_refunded"))
    assert clean()


def test_a_part_of_an_invoice_that_is_given_back_leaves_the_rest_to_be_paid() -> None:
    order = make.placed(provider="invoice", token="", customer_id=UserFactory().pk)
    outbox.drain(mails=False)
    [parcel] = Shipment.objects.filter(order=order)
    send(parcel)
    payment = make.payment_of(order)
    payments.record_transfer(
        payment_id=payment.pk, amount=order.money(1000), statement_id="1", at=db.clock(), by=BY
    )  # fmt: skip
    [refund] = payments.request_refund(order_id=order.pk, amount=order.money(1000), reason="late", by=BY)
    outbox.drain(mails=False)
    payments.record_returned(refund_id=refund.pk, at=db.clock(), by=BY)
    outbox.drain(mails=False)
    assert (told(order), now(order).due_minor) == (("shipped", "authorised", "shipped"), 2000)
    assert Receivable.objects.get().open.minor == 2000
    payment.refresh_from_db()
    assert payment.status == "authorised"  # or nobody would be reminded of it
    assert clean(ask_provider=False)


def test_an_order_of_which_nothing_has_left_ends(shop_sandbox: RunningSandbox) -> None:
    order, _parcels = held(2)
    payments.request_capture(order_id=order.pk, amount=order.money(1000), by=BY)
    outbox.drain(mails=False)
    give_back(order)
    assert told(order) == ("refunded", "refunded", "unfulfilled")
    assert now(order).held_minor == 0
    assert clean()
