"""What promotions were used for, as merchants see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from cart.promotions import usage
from cart.promotions.models import Coupon, Promotion, Redemption
from cart.promotions.usage import Use
from shop.core.db import uuid7
from shop.core.money import Money
from tests.factories.accounts import StaffFactory
from tests.factories.checkout import placed
from tests.factories.promotions import coupon, promotion

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def redeemed(row: Promotion, *amounts: tuple[int, str], coupon: Coupon | None = None) -> None:
    for minor, currency in amounts:
        Redemption.objects.create(promotion=row, coupon=coupon, order_id=uuid7(), amount_minor=minor, currency=currency)


def test_what_a_promotion_without_limits_took_off_is_on_its_page_and_in_the_list(
    merchant: Client, django_assert_max_num_queries: Any
) -> None:
    row, idle = promotion(), promotion()
    redeemed(row, (5_00, "USD"), (10_50, "USD"), (3_00, "EUR"))
    Redemption.objects.create(promotion=row, order_id=uuid7(), amount_minor=9, currency="USD", returned_at=Now())

    assert usage.uses([row.pk, idle.pk]) == {row.pk: Use(3, (Money(3_00, "EUR"), Money(15_50, "USD")))}
    with django_assert_max_num_queries(1):
        assert usage.recent_uses([row.pk, idle.pk])[idle.pk] == usage.NONE
    with django_assert_max_num_queries(0):
        usage.recent_uses([row.pk, idle.pk])
    page = merchant.get(reverse("admin:cart_promotion_change", args=[row.pk])).content.decode()
    assert "€3.00, $15.50" in page
    assert "€3.00, $15.50" in merchant.get("/admin/cart/promotion/").content.decode()


def test_redemptions_name_their_orders_by_number(merchant: Client, django_assert_max_num_queries: Any) -> None:
    row = coupon("SAVE10")
    order = placed()
    Redemption.objects.create(
        promotion=row.promotion, coupon=row, order_id=order.pk, amount_minor=108_00, currency="USD"
    )
    redeemed(promotion(), *[(1_00, "USD")] * 5)
    answer = merchant.get("/admin/cart/redemption/")
    named = f'<a href="{reverse("admin:checkout_order_change", args=[order.pk])}">{order.number}</a>'

    assert named in answer.content.decode()
    assert "$108.00" in answer.content.decode()
    for term in (order.number, " save10", str(order.pk)):
        found = merchant.get("/admin/cart/redemption/", {"q": term}).context["cl"].result_list
        assert [one.order_id for one in found] == [order.pk]
    assert "$108.00" in merchant.get(f"/admin/cart/redemption/{found[0].pk}/change/").content.decode()
