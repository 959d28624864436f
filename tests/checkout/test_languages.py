"""A shopper who reads German, from the cart to the mail: every name is the one that they read."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from checkout.orders.models import Order
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog, translations
from tests.fakes.sandbox import CARD, RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_keeps_the_words_it_was_made_in(client: Client, shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    mug = catalog.ProductFactory(name="Round mug", slug="round-mug", options=["Colour"])
    catalog.add_variant(mug, options={"Colour": "Moss"}, units=10)
    translations.translated(mug, name="Runder Becher")
    translations.words(Colour="Farbe", Moss="Moosgrün")

    client.post("/de/cart/add/", {"product": str(mug.pk), "quantity": "1"})
    cart = client.get("/de/cart/").content.decode()
    entered = {**carts.DETAILS.shipping_address, "email": "ada@example.com", "delivery_option": "standard"}
    client.post("/de/checkout/", entered)
    paying = client.get("/de/checkout/payment/")
    told = {name: paying.context[name] for name in ("seen_total", "idempotency_key")}
    address = client.post("/de/checkout/place", {"method": "card", **told, "payment_token": CARD})["Location"]
    outbox.drain()

    assert "Runder Becher" in cart
    assert "Moosgrün" in cart
    assert "Round mug" not in cart
    assert "Runder Becher" in paying.content.decode()
    order = Order.objects.get()
    [line] = order.lines.all()
    assert (line.name, line.options, order.language) == ("Runder Becher", {"Farbe": "Moosgrün"}, "de")
    translations.translated(mug, name="Tasse")  # the shop calls it otherwise later
    assert "Runder Becher" in client.get(address).content.decode()
    told_by_mail = "".join(str(one.body) for one in mail.outbox)
    assert "Runder Becher" in told_by_mail
    assert "Moosgrün" in told_by_mail
    assert "Round mug" not in told_by_mail
    assert "Round mug" in client.get("/products/round-mug/").content.decode()
