"""The whole way of a shopper over HTTP, with the workers' part done by `outbox.drain` and a real sandbox."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.purchase import tasks
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, RunningSandbox
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> Iterator[None]:
    carts.rates()
    yield
    assert violations() == []


def to_payment(client: Client, **product: object) -> None:
    client.post(reverse("cart_add"), {"product": str(carts.product(amount=2500, **product).pk), "quantity": "2"})
    entered = {**carts.DETAILS.shipping_address, "email": "ada@example.com", "delivery_option": "standard"}
    client.post(reverse("checkout"), entered)


def pay(client: Client, **form: str) -> str:
    page = client.get(reverse("payment")).context
    told = {name: page[name] for name in ("seen_total", "idempotency_key")}
    return str(client.post(reverse("checkout_place"), {"method": "card", **told, **form})["Location"])


def state(client: Client, url: str) -> str:
    return str(client.get(url).context["state"])


def path(url: str) -> str:
    """A link of the shop's own address as the test client takes it."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_card_that_pays(client: Client, shop_sandbox: RunningSandbox) -> None:
    to_payment(client)
    url = pay(client, payment_token=CARD)
    assert state(client, url) == "pending"
    outbox.drain()
    assert outbox.failures() == []
    html = client.get(url).content.decode()
    assert re.search(r'data-testid="order-number">ORD-\d+<', html)
    assert 'data-testid="order-status">Payment Confirmed<' in html
    assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [5912]


def test_a_declined_card_then_another(client: Client, shop_sandbox: RunningSandbox) -> None:
    to_payment(client)
    url = pay(client, payment_token=DECLINED)
    outbox.drain()
    answer = client.get(url)
    assert answer.context["state"] == "declined"
    assert 'data-testid="payment-error"' in answer.content.decode()
    given = {"method": "card", "payment_token": CARD, "seen_total": answer.context["seen_total"]}
    again = client.post(answer.context["form_url"], given)
    outbox.drain()
    assert state(client, again["Location"]) == "confirmed"
    assert [charge["amount"] for charge in shop_sandbox.state()["charge"] if charge["paid"]] == [5912]


@pytest.mark.parametrize(("result", "ends"), [("complete", "confirmed"), ("fail", "declined")])
def test_a_challenge_and_the_way_back_from_the_bank(
    client: Client, shop_sandbox: RunningSandbox, result: str, ends: str
) -> None:
    to_payment(client)
    url = pay(client, payment_token=CHALLENGED)
    outbox.drain()
    answer = client.get(url)
    assert answer.context["state"] == "action"
    assert answer.context["action_url"].startswith(shop_sandbox.url)
    reference = Payment.objects.get().reference
    shop_sandbox.challenge(reference, result)
    back = client.get(url, {"payment_intent": reference})
    assert back.status_code == 303
    assert "payment_intent" not in back["Location"]
    assert state(client, back["Location"]) == ends


def test_a_purchase_without_script_over_the_providers_page(client: Client, shop_sandbox: RunningSandbox) -> None:
    to_payment(client)
    outward = client.get(pay(client, hosted="1"))
    assert outward.status_code == 303
    page = outward["Location"]
    assert page.startswith(shop_sandbox.url)
    outbox.drain()
    form = {"card_number": "4242424242424242", "card_expiry": "12/34", "card_cvc": "123", "card_name": "Ada"}
    with urllib.request.urlopen(page) as answer:
        html = answer.read().decode()
    names = re.findall(r'<input[^>]*name="([^"]+)"', html)
    action = re.search(r'action="([^"]+)"', html)
    assert action is not None
    values = _card_fields(names, form)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_given: object) -> None:
            return None

    request = urllib.request.Request(
        urllib.parse.urljoin(page, action.group(1)), data=urllib.parse.urlencode(values).encode()
    )
    try:
        urllib.request.build_opener(Stay).open(request).close()
        raise AssertionError("the provider's page leads back")
    except urllib.error.HTTPError as redirect:
        back = redirect.headers["Location"]
        redirect.close()
    settled = client.get(path(back))
    assert settled.status_code == 303
    assert state(client, settled["Location"]) == "confirmed"


def _card_fields(names: list[str], form: dict[str, str]) -> dict[str, str]:
    """The hosted page's fields by what their names end in."""
    endings = {"number": "card_number", "expiry": "card_expiry", "cvc": "card_cvc", "name": "card_name"}
    return {name: form[key] for name in names for ending, key in endings.items() if name.endswith(ending)}


def test_the_providers_page_given_up_leaves_the_order_open(client: Client, shop_sandbox: RunningSandbox) -> None:
    to_payment(client)
    client.get(pay(client, hosted="1"))
    order = Order.objects.get()
    back = client.get(f"/orders/{order.number}/", {"key": order.access_key, "returned": "1"})
    answer = client.get(back["Location"])
    assert answer.context["state"] == "action"
    assert answer.context["action_url"].startswith(shop_sandbox.url)


def test_an_order_that_nobody_pays_ends_and_everything_comes_back(client: Client, shop_sandbox: RunningSandbox) -> None:
    to_payment(client, units=5)
    url = pay(client, payment_token=CHALLENGED)
    outbox.drain()
    order = Order.objects.get()
    Reservation.objects.filter(reference=order.pk).update(expires_at=Now() - timedelta(seconds=1))
    assert reservations.expire() == 1
    outbox.drain()
    assert outbox.failures() == []
    assert state(client, url) == "expired"
    assert shop_sandbox.state()["payment_intent"][0]["status"] == "canceled"
    variant_id = order.lines.get().variant_id
    assert stock.available([variant_id]) == {variant_id: 5}
    assert client.get(reverse("cart")).context["cart"].unit_count == 2
    outcome = pay(client, payment_token=CARD)
    outbox.drain()
    assert state(client, outcome) == "confirmed"
    assert tasks.cancel_unpaid() == 0


def test_a_paid_order_that_is_cancelled_gives_money_and_stock_back(
    client: Client, shop_sandbox: RunningSandbox
) -> None:
    to_payment(client, units=5)
    url = pay(client, payment_token=CARD)
    outbox.drain()
    order = Order.objects.get()
    client.get(url)
    client.post(reverse("order_cancel", args=[order.number]))
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    assert (order.captured_minor, order.refunded_minor) == (5912, 5912)
    variant_id = order.lines.get().variant_id
    assert stock.available([variant_id]) == {variant_id: 5}
    assert client.get(reverse("cart")).context["cart"].unit_count == 0


def test_F10_stock_set_to_nothing_during_the_checkout_and_no_card_is_touched(
    client: Client, shop_sandbox: RunningSandbox
) -> None:
    to_payment(client, name="Lamp")
    page = client.get(reverse("payment")).context
    catalog.put_in_stock({page["lines"][0].variant_id: 0})
    form = {name: page[name] for name in ("seen_total", "idempotency_key")}
    answer = client.post(reverse("checkout_place"), {"method": "card", "payment_token": CARD, **form}, follow=True)
    assert answer.redirect_chain == [(reverse("payment"), 303)]
    assert "“Lamp” is no longer available." in answer.content.decode()
    outbox.drain()
    assert not Order.objects.exists()
    assert not shop_sandbox.state().get("payment_intent")
