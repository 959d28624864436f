"""Orders that are collected: every page and mail after the choice says so, and none speaks of a parcel to a home."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cart.carts import access as cart_access
from cart.shipping import calendars
from cart.shipping.models import ShippingPoint
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import access, where
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from checkout.purchase import services as purchase
from checkout.warehouse import filling
from inventory.stock.models import Location
from shop.core import formats
from shop.notifications import samples
from shop.notifications import services as notifications
from tests import outbox
from tests.factories import cart as carts
from tests.factories import changes as made
from tests.factories import shipping
from tests.factories.checkout import captured, payment_of

pytestmark = pytest.mark.django_db(transaction=True)
BY = "staff:1"
PLACE = where.Place("State Street shop", ("1 N State St", "Chicago, IL 60602"), "Mon–Fri 9–19, Sat 10–16")
SENT = ("leaves", "with you by", "Arrives", "Delivery address", "Shipped", "parcel", "ship as soon")


@pytest.fixture(autouse=True)
def _point() -> None:
    carts.rates()
    shop = shipping.location("loop", 200)
    shipping.point(shop, name=PLACE.name, opening_hours=PLACE.opening_hours)
    shipping.method(
        "pickup", name="Collect in the shop", kind="collect", location_id=shop.pk, price_minor=0, min_days=0,
        max_days=1, position=9,
    )  # fmt: skip


def product() -> Any:
    found = carts.product(units=4, amount=2000)
    shipping.put(9, carts.variant_of(found).pk, Location.objects.get(code="loop"))
    return found


def paid(quantity: int = 2, *, language: str = "en") -> Order:
    order = carts.order(carts.cart((product(), quantity)), delivery_option="pickup", language=language)
    payment = payment_of(order)
    payments.record(payment_id=payment.pk, outcome=captured(payment), source="charge")
    outbox.drain()
    return made.now(order)


def words(client: Client, order: Order, url: str = "") -> str:
    return plain(client.get(url or access.url(order)).content.decode())


def plain(html: str) -> str:
    """The words of a page's main part."""
    main = html[html.find("<main") : html.find("</main>")] if "<main" in html else html
    text = unescape(re.sub(r"<[^>]+>", " ", main))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def told(order: Order) -> str:
    return formats.weekday(made.now(order).delivery_on)


def test_an_order_keeps_where_it_is_collected_as_its_buyer_was_told() -> None:
    order = paid()
    ShippingPoint.objects.update(name="Moved", opening_hours="never", address={**shipping.CHICAGO, "city": "Boston"})
    calendars.forget()
    assert where.place(made.now(order)) == PLACE
    standard = made.bought((product(), 1), is_drained=False)
    assert (where.place(standard), where.is_collected(standard)) == (None, False)


@pytest.mark.usefixtures("shop_sandbox")
def test_an_order_that_is_sent_after_all_is_not_collected() -> None:
    order = paid()
    changes.edit(order_id=order.pk, seen_revision=0, reason="x", by=BY, delivery_option="standard")
    assert where.place(made.now(order)) is None


def test_the_payment_step_says_where_and_promises_no_parcel(client: Client) -> None:
    cart = carts.cart((product(), 1))
    client.cookies[cart_access.COOKIE] = cart.token
    kept = {"shipping_address": carts.DETAILS.shipping_address, "billing_address": carts.DETAILS.billing_address}
    purchase.save_details(cart=cart, email="ada@example.com", delivery_option="pickup", by="guest", **kept)
    text = words(client, cart, reverse("payment"))
    assert "Your address" in text
    assert "Deliver to" not in text
    assert "You pay now; we get it ready as soon as the payment is confirmed." in text
    assert "We ship" not in text
    assert all(part in text for part in (PLACE.name, *PLACE.lines, PLACE.opening_hours))


@pytest.mark.usefixtures("shop_sandbox")
def test_the_page_says_where_and_by_when_at_every_stage(client: Client) -> None:
    order = paid()
    by = f"Ready to collect by {told(order)}"
    text = words(client, order)
    assert f"{by} at State Street shop. We write to you when it is ready." in text
    assert "Payment Confirmed" in text  # the status keeps its name
    address = "State Street shop 1 N State St Chicago, IL 60602 Opening hours : Mon–Fri 9–19, Sat 10–16"
    assert f"Where to collect it {address.replace(' :', ':')} {by}" in text
    assert f"Ready to collect {by} Collected" in text  # the last two steps, with the day where it belongs
    assert "Your address Ada Lovelace" in text
    assert not [word for word in SENT if word in text]

    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    text = words(client, order)
    assert "Ready for you to collect It waits for you at State Street shop. Open: Mon–Fri 9–19, Sat 10–16." in text
    assert by not in text

    fulfilment.dispatch(order_id=order.pk, carrier="Counter", tracking_number="77123", by=BY)
    fulfilment.deliver(order_id=order.pk, by=BY)
    text = words(client, order)
    today = formats.weekday(timezone.now())
    assert f"You have collected your order You collected it on {today}. If something is missing" in text
    assert "Your parcel was collected" in text
    assert not [word for word in ("77123", "Counter", "Track parcel", "was delivered", "was handed") if word in text]
    [parcel] = Shipment.objects.filter(order=order)
    url = reverse("order_parcel", args=[order.number, parcel.number]) + f"?key={order.access_key}"
    text = words(client, order, url)
    assert "Collected on" in text
    assert "State Street shop" in text
    assert not [word for word in ("77123", "Where it goes", "Delivered", "Handed") if word in text]


@pytest.mark.usefixtures("shop_sandbox")
def test_what_is_late_or_waits_for_money_is_not_promised(client: Client) -> None:
    order = paid()
    Order.objects.update(delivery_on=timezone.localdate() - timedelta(days=2))
    text = words(client, order)
    assert f"It should have been ready by {told(order)} and is late." in text
    assert "Ready to collect by" not in text
    Order.objects.update(delivery_on=timezone.localdate() + timedelta(days=2))
    changes.edit(
        order_id=order.pk, seen_revision=0, reason="x", by=BY,
        added={OrderLine.objects.get(order=order).variant_id: 1},
    )  # fmt: skip
    text = words(client, order)
    assert "We get it ready once the difference is paid." in text
    assert "You pay now; we get it ready as soon as the payment is confirmed." in text
    assert not [word for word in ("Ready to collect by", "We send", "We ship", "we ship") if word in text]


@pytest.mark.usefixtures("shop_sandbox")
def test_every_mail_says_where_and_none_speaks_of_a_parcel() -> None:
    order = paid()
    by = f"Ready to collect by {told(order)}"
    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    outbox.drain()
    fulfilment.dispatch(order_id=order.pk, carrier="Counter", tracking_number="77123", by=BY)
    outbox.drain()
    fulfilment.deliver(order_id=order.pk, by=BY)
    outbox.drain()
    sent = {one.subject: one for one in mail.outbox}
    number = order.number
    assert [one for one in sent if not one.startswith("Your invoice")] == [
        f"We have your order {number}", f"Paid: order {number} is yours", f"Order {number} is ready to collect",
        f"You have collected order {number}",
    ]  # fmt: skip
    where_to = "Where to collect it:\nState Street shop\n1 N State St\nChicago, IL 60602\nOpening hours: Mon–Fri 9–19"
    for subject in [one for one in sent if not one.startswith(("Your invoice", "You have"))]:
        one = sent[subject]
        html = plain(one.alternatives[0][0])
        assert where_to in one.body
        assert "Where to collect it State Street shop 1 N State St Chicago, IL 60602 Opening hours: Mon–Fri 9" in html
        assert (by in one.body, by in html) == ((False, False) if "ready" in subject else (True, True))
    for one in sent.values():
        said = one.body + plain(one.alternatives[0][0])
        assert not [word for word in (*SENT, "77123", "carrier") if word in said]
    assert "We write again when you can collect it." in sent[f"Paid: order {number} is yours"].body
    assert "2 x" in sent[f"Order {number} is ready to collect"].body


@pytest.mark.usefixtures("shop_sandbox")
def test_each_part_is_told_once_it_is_ready() -> None:
    order = paid(3)
    [parcel] = Shipment.objects.filter(order=order)
    fulfilment.split(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, by=BY)
    first, second = Shipment.objects.filter(order=order).order_by("id")
    mail.outbox.clear()
    for one in (first, second):
        fulfilment.pick_units(shipment_id=one.pk, units={one.lines.get().pk: one.lines.get().quantity}, by=BY)
        fulfilment.finish_picking(shipment_id=one.pk, by=BY)
        fulfilment.finish_picking(shipment_id=one.pk, by=BY)
        outbox.drain()
    assert [one.subject for one in mail.outbox] == [
        f"A part of order {order.number} is ready to collect", f"Order {order.number} is ready to collect",
    ]  # fmt: skip
    assert "Still to come" in mail.outbox[0].body
    assert "We write to you when it is ready." in mail.outbox[0].body


@pytest.mark.usefixtures("shop_sandbox")
def test_the_packing_slip_says_who_comes_for_it() -> None:
    order = paid()
    [parcel] = Shipment.objects.filter(order=order).select_related("order").prefetch_related("lines__order_line")
    slip = filling.slip(parcel, of=filling.sender(), at=timezone.now())
    assert (slip.is_collected, slip.address[0]) == (True, "Ada Lovelace")


@pytest.mark.parametrize(("language", "said"), [("de", "Abholort"), ("es", "recogerlo"), ("ar", "مكان الاستلام")])
def test_other_languages_have_its_words(language: str, said: str) -> None:
    facts = samples.context("order_ready")
    assert said in notifications.render(template="order_ready", language=language, context=facts).body
