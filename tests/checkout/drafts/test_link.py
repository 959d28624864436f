"""From the desk to the shopper: the link in the mail, the page it opens, and the payment on it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from checkout.drafts import selectors, services
from checkout.orders.models import Order
from inventory.stock import selectors as stock
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories.checkout import ADDRESS
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_phone_order_is_paid_by_the_link(client: Client, shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    variant = carts.variant_of(carts.product(units=5, amount=2500))
    wish = services.Wish(
        email="ada@example.com", units={variant.pk: 2}, shipping_address=ADDRESS, currency="USD", language="en"
    )
    draft = services.create(wish=wish, by="staff:1")
    look = selectors.look(draft)
    order = services.place(
        draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="link", by="staff:1"
    )
    outbox.drain()
    url = urlsplit(Notification.objects.get(template="order_to_pay").context["order"]["url"])
    page = client.get(f"{url.path}?{url.query}")
    html = page.content.decode()
    assert "Choose how to pay" in html
    assert "Pay $59.12" in html
    assert "declined" not in html
    assert page.context["hold_until"] == order.pay_by
    given = {"method": "card", "payment_token": "pm_card_visa", "seen_total": "59.12 USD"}
    assert client.post(reverse("order_pay", args=[order.number]) + f"?{url.query}", given).status_code == 303
    outbox.drain()
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("payment_confirmed", "paid")
    assert stock.available([variant.pk]) == {variant.pk: 3}
    assert (violations(), outbox.failures()) == ([], [])


def test_nobody_else_sees_it(client: Client) -> None:
    carts.rates()
    variant = carts.variant_of(carts.product(units=5, amount=2500))
    wish = services.Wish(email="ada@example.com", units={variant.pk: 1}, shipping_address=ADDRESS, currency="USD")
    draft = services.create(wish=wish, by="staff:1")
    look = selectors.look(draft)
    services.place(draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="link", by="staff:1")
    assert client.get(reverse("order", args=[Order.objects.get().number])).status_code == 404
