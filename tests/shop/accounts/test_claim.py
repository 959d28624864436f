"""A guest's orders become theirs when, and only when, they prove the e-mail address."""

import pytest
from django.test import Client

from checkout.orders.models import Order
from shop.accounts.models import User
from tests.factories.checkout import placed
from tests.outbox import drain
from tests.shop.accounts.test_signing_in import link, sign_up

pytestmark = pytest.mark.django_db


def test_a_guests_orders_are_claimed_by_who_proves_the_address(client: Client) -> None:
    sign_up(client, "ada@example.com")
    confirm = link()
    mine, others = placed(email="ada@example.com"), placed(email="bob@example.com")
    assert set(Order.objects.values_list("customer_id", flat=True)) == {None}
    client.post(confirm)
    drain()
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.customer_id, others.customer_id) == (User.objects.get().pk, None)
