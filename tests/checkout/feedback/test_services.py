"""Asking once how it was, and taking the answer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.products.models import Product
from catalog.reviews import services as reviews
from catalog.reviews.models import Review
from checkout.feedback import selectors, services, tasks
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderLine, OrderStep
from shop.core import db
from shop.notifications import optout
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests.factories import cart as carts

pytestmark = pytest.mark.django_db(transaction=True)
LATE = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def delivered(ago: timedelta = settings.FEEDBACK_AFTER + LATE, *products: Product, **who: Any) -> Order:
    """An order that arrived some time ago."""
    made = carts.order(carts.cart(*((one, 1) for one in products or (carts.product(name="Lamp"),)), **who))
    Order.objects.filter(pk=made.pk).update(status="delivered")
    parcel(made, *OrderLine.objects.filter(order=made), status="delivered")
    key = db.uuid7_floor(db.clock() - ago)
    OrderStep.objects.create(
        id=key, order=made, position=9, trigger="delivery_confirmed", to_status="delivered", actor="staff:1"
    )
    made.refresh_from_db()
    return made


def parcel(order: Order, *lines: OrderLine, status: str) -> Shipment:
    """A parcel of the order with all units of these lines."""
    number = f"{order.number}-{Shipment.objects.filter(order=order).count() + 1}"
    made = Shipment.objects.create(order=order, number=number, status=status)
    for line in lines:
        ShipmentLine.objects.create(shipment=made, order_line=line, order_id=order.pk, quantity=line.quantity)
    return made


def asked() -> list[Notification]:
    return list(Notification.objects.filter(template="feedback").order_by("id"))


def test_an_order_is_asked_about_once_some_days_after_it_arrived() -> None:
    early = delivered(settings.FEEDBACK_AFTER - LATE)
    order = delivered()
    delivered(settings.FEEDBACK_AFTER + selectors.WINDOW + LATE)  # the shop was away for too long: not any more
    tasks.ask()
    assert services.ask_all() == 0
    (note,) = asked()
    assert note.key == f"feedback:{order.pk}"
    OrderStep.objects.filter(order=early, position=9).update(
        id=db.uuid7_floor(db.clock() - settings.FEEDBACK_AFTER - LATE)
    )
    assert services.ask_all() == 1


def test_nobody_is_asked_about_what_went_back() -> None:
    order = delivered()
    Order.objects.filter(pk=order.pk).update(status="returned")
    assert services.ask_all() == 0
    assert not selectors.due(9)


def test_who_does_not_want_to_be_asked_is_not() -> None:
    order = delivered()
    optout.stop(optout.about(topic="feedback", address=order.email.upper()), by="guest")
    assert services.ask_all() == 0
    optout.resume(optout.about(topic="feedback", address=order.email), by="guest")
    assert services.ask_all() == 1


def test_nothing_is_asked_about_what_the_shop_no_longer_has() -> None:
    lamp = carts.product(name="Lamp")
    delivered(settings.FEEDBACK_AFTER + LATE, lamp)
    Product.objects.filter(pk=lamp.pk).update(status="archived", archived_at=timezone.now())
    assert services.ask_all() == 0


def test_many_are_asked_in_steps_and_at_the_same_cost_each_time(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    orders = [delivered(settings.FEEDBACK_AFTER + n * LATE) for n in range(1, 6)]
    assert services.ask_all() == 5
    assert {note.key for note in asked()} == {f"feedback:{order.pk}" for order in orders}
    monkeypatch.setattr(services, "BATCH", 200)
    with django_assert_max_num_queries(6):  # those that were asked about cost nothing more
        assert services.ask_all() == 0


def test_the_mail_leads_to_the_page_and_can_be_stopped() -> None:
    order = delivered()
    services.ask_all()
    notifications.send(notification_id=asked()[0].pk)
    (message,) = mail.outbox
    assert message.subject == f"How was it? (order {order.number})"
    assert f"/orders/{order.number}/feedback/?key={order.access_key}" in message.body
    stop = optout.url(topic="feedback", address=order.email)
    assert message.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in message.body


def page(order: Order) -> str:
    return reverse("order_feedback", args=[order.number]) + f"?key={order.access_key}"


def words(product: Product, **changes: Any) -> dict[str, Any]:
    return {"product": str(product.pk), "rating": "4", "body": "Bright.", "author": "Ada L", **changes}


def test_a_guests_answer_is_read_before_it_is_shown(client: Client) -> None:
    lamp = carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp)
    assert "Lamp" in client.get(page(order)).content.decode()
    answer = client.post(page(order), words(lamp), follow=True)
    assert "We read it before we show it." in answer.content.decode()
    (review,) = Review.objects.all()
    assert (review.rating, review.body, review.author, review.status) == (4, "Bright.", "Ada L", "pending")


def test_a_guest_answers_once(client: Client) -> None:
    """Of each product; also by another browser, and while the first answer waits to be read."""
    lamp, mug = carts.product(name="Lamp"), carts.product(name="Mug")
    order = delivered(settings.FEEDBACK_AFTER, lamp, mug)
    assert "We read it" in client.post(page(order), words(lamp), follow=True).content.decode()
    again = Client().post(page(order), words(lamp, rating="1"), follow=True).content.decode()
    assert "before. Thank you." in again
    assert (again.count("You have reviewed it."), again.count('name="rating"')) == (1, 1)
    client.post(page(order), words(mug))
    assert set(Review.objects.values_list("product_id", "rating")) == {(lamp.pk, 4), (mug.pk, 4)}
    other = delivered(settings.FEEDBACK_AFTER, lamp)
    client.post(page(other), words(lamp))
    assert Review.objects.filter(product=lamp).count() == 2


@pytest.mark.parametrize("status", ["", "open", "shipped", "cancelled"])
def test_what_has_not_arrived_cannot_be_reviewed(client: Client, status: str) -> None:
    """Whoever asks, by link or signed in, and though it is paid."""
    ada, lamp, mug = carts.customer(), carts.product(name="Lamp"), carts.product(name="Mug")
    order = delivered(settings.FEEDBACK_AFTER, lamp, mug, customer_id=ada.pk)
    reviews.note_purchases(customer_id=ada.pk, variant_ids=[carts.variant_of(lamp).pk])
    Shipment.objects.filter(order=order).delete()
    first, second = OrderLine.objects.filter(order=order).order_by("position")
    parcel(order, second, status="delivered")
    if status:
        parcel(order, first, status=status)
    client.force_login(ada)
    answer = client.post(page(order), words(lamp))
    assert (answer.status_code, Review.objects.count()) == (409, 0)
    assert "it has not arrived" in answer.content.decode()
    assert client.post(page(order), words(mug)).status_code == 303


def test_what_went_back_cannot_be_reviewed(client: Client) -> None:
    lamp = carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp)
    OrderLine.objects.filter(order=order).update(returned=1)
    assert client.post(page(order), words(lamp)).status_code == 409
    assert "There is nothing to review" in client.get(page(order)).content.decode()


def test_a_customers_answer_is_shown_at_once_and_only_once(client: Client) -> None:
    ada, lamp = carts.customer(), carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp, customer_id=ada.pk)
    reviews.note_purchases(customer_id=ada.pk, variant_ids=[carts.variant_of(lamp).pk])
    client.force_login(ada)
    url = reverse("order_feedback", args=[order.number])
    assert "in the shop now" in client.post(url, words(lamp), follow=True).content.decode()
    assert "before. Thank you." in client.post(url, words(lamp), follow=True).content.decode()
    (review,) = Review.objects.all()
    assert (review.status, review.is_verified, review.customer_id) == ("published", True, ada.pk)


def test_a_link_alone_speaks_for_no_customer(client: Client) -> None:
    ada, lamp = carts.customer(), carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp, customer_id=ada.pk)
    client.post(page(order), words(lamp))
    assert Review.objects.get().customer_id is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"rating": "6"}, 422), ({"rating": ""}, 422), ({"author": ""}, 422), ({"body": "x" * 5001}, 422),
     ({"product": "x"}, 422), ({"product": ""}, 422)],
)  # fmt: skip
def test_a_wrong_answer_is_said_and_nothing_kept(client: Client, changes: dict[str, Any], status: int) -> None:
    lamp = carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp)
    assert client.post(page(order), words(lamp) | changes).status_code == status
    assert Review.objects.count() == 0


def test_stars_are_chosen_by_the_shopper_alone(client: Client) -> None:
    """One press of Send says nothing about a product."""
    lamp = carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp)
    fresh = client.get(page(order)).content.decode()
    assert re.findall(r'<option value="(\d?)" selected', fresh) == [""]
    sent = client.post(page(order), words(lamp, rating=""))
    errors = re.findall(r'_error">([^<]+)<', sent.content.decode())
    assert [error.strip() for error in errors] == ["Please choose how many stars you give."]


def test_only_what_was_ordered_can_be_reviewed_here(client: Client) -> None:
    order, other = delivered(), carts.product(name="Mug")
    answer = client.post(page(order), words(other))
    assert (answer.status_code, Review.objects.count()) == (409, 0)
    assert "cannot be reviewed here" in answer.content.decode()


def test_A02_others_get_404(client: Client) -> None:
    order = delivered()
    url = reverse("order_feedback", args=[order.number])
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]


def test_answers_are_limited(client: Client, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = True
    lamp = carts.product(name="Lamp")
    order = delivered(settings.FEEDBACK_AFTER, lamp)
    found = [client.post(page(order), words(lamp, rating="9")).status_code for _ in range(31)]
    assert (found[0], found[-1]) == (422, 429)


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_for_one_product_and_for_many(
    client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    order = delivered(settings.FEEDBACK_AFTER, *(carts.product() for _ in range(count)))
    client.get(page(order))
    with django_assert_max_num_queries(12):
        client.get(page(order))
