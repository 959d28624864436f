"""Simulations as a merchant asks for them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from checkout.simulation import services
from checkout.simulation.models import Simulation
from shop.core import db
from tests.factories import cart as carts
from tests.factories import promotions
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any, db: None) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    carts.rates()
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def test_a_promotion_is_tried_and_the_result_read(merchant: Client) -> None:
    lamp = carts.product(amount=30_00, units=99)
    order = carts.order(carts.cart((lamp, 2)))
    carts.cart((lamp, 1))
    promotions.promotion("amount", "order", name="Five off", terms={"amounts": {"USD": 500}})
    draft = promotions.promotion(name="Winter sale", status="draft", priority=1)
    page = merchant.get(f"/admin/cart/promotion/{draft.pk}/change/").content.decode()
    assert f"/admin/cart/promotion/{draft.pk}/simulate/" in page
    answer = merchant.get(f"/admin/cart/promotion/{draft.pk}/simulate/")
    asking = answer["Location"]
    assert asking == f"/admin/checkout/simulation/add/?promotion={draft.pk}"
    form = merchant.get(asking).context["form"]
    assert (form.initial["promotion"], form.initial["days"]) == (str(draft.pk), 30)

    answer = merchant.post("/admin/checkout/simulation/add/", {"promotion": str(draft.pk), "days": "7"})

    row = Simulation.objects.get()
    assert answer["Location"] == f"/admin/checkout/simulation/{row.pk}/change/"
    waiting = merchant.get(answer["Location"]).content.decode()
    assert "Waiting for a worker." in waiting
    assert 'hx-trigger="every 1s"' in waiting
    Simulation.objects.filter(pk=row.pk).update(asked_at=order.placed_at + timedelta(seconds=5))
    services.run(simulation_id=row.pk)
    part = merchant.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    for text in ("1 of 1 (100.0%)", "$6.00", "Five off", order.number, "Carts that were left"):
        assert text in part, text
    assert "hx-trigger" not in part
    assert re.search(r'<a href="/admin/cart/cart/[0-9a-f-]{36}/change/">cart of \w+', part)
    listed = merchant.get("/admin/checkout/simulation/").content.decode()
    assert "Winter sale" in listed
    assert "$1.00" in listed  # six dollars, and the five that are off without it are not


@pytest.mark.parametrize("status", ["draft", "active"])
@pytest.mark.parametrize("lane", ["catalogue", "line"])
def test_prices_in_lists_are_said_to_be_an_upper_bound(merchant: Client, lane: str, status: str) -> None:
    carts.order(carts.cart((carts.product(amount=30_00, units=9), 1)))
    tried = promotions.promotion(lane=lane, status=status, terms={"percent": "10"})
    row = services.ask(promotion_id=tried.pk, days=7, by="ada")
    Simulation.objects.filter(pk=row.pk).update(asked_at=db.clock() + timedelta(seconds=1))
    address = f"/admin/checkout/simulation/{row.pk}/change/"
    assert "At most:" not in merchant.get(address).content.decode()

    services.run(simulation_id=row.pk)

    page = merchant.get(address).content.decode()
    assert ("At most: prices that were paid hold sales" in page) == (lane == "catalogue")


def test_bad_input_and_strangers(merchant: Client) -> None:
    draft = promotions.promotion(status="draft")
    for data in ({"promotion": str(draft.pk), "days": "0"}, {"promotion": "x", "days": "3"}, {}):
        answer = merchant.post("/admin/checkout/simulation/add/", data)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    picker = Client()
    picker.force_login(StaffFactory())
    assert picker.get("/admin/checkout/simulation/add/").status_code == 403
    assert picker.get("/admin/checkout/simulation/").status_code == 403
    assert not Simulation.objects.exists()
