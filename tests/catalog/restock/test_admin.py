"""The waiting lines in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.restock import services
from catalog.restock.models import RestockRequest
from inventory.stock import services as stock
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.accounts import StaffFactory
from tests.factories.waitlist import statuses
from tests.outbox import drain

pytestmark = pytest.mark.django_db
LIST = "admin:catalog_restockrequest_changelist"


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def line(number: int, sku: str = "OAK") -> list[Any]:
    variant = carts.variant_of(catalog.product(units=0, indexed=False, name="Oak stool", sku=sku)).pk
    given: dict[str, Any] = {"variant_id": variant, "language": "en", "customer_id": None, "by": "guest"}
    return [services.ask(email=f"{sku}{n}@example.com", **given) for n in range(number)]


def test_who_waits_where_and_the_longest_lines(merchant: Client) -> None:
    line(3)
    first, _second = line(2, "ELM")
    variant = RestockRequest.objects.get(pk=first).variant_id
    stock.receive(variant_id=variant, sku="ELM", quantity=1, reason="delivery", by="staff:1")
    drain()
    page = merchant.get(reverse(LIST))
    lines = page.context["lines"]
    assert [(row.sku, row.waiting, row.offered) for row in lines] == [("OAK", 3, 0), ("ELM", 1, 1)]
    text = page.content.decode()
    assert "elm0@example.com" in text
    assert "held until" in text
    found = merchant.get(reverse(LIST), {"q": "oak1"}).content.decode()
    assert "oak1@example.com" in found
    assert "oak0@example.com" not in found


def test_the_list_costs_the_same_at_any_length(merchant: Client, django_assert_max_num_queries: Any) -> None:
    line(1)
    merchant.get(reverse(LIST))
    for number in (1, 25):
        line(number, f"SKU{number}")
        with django_assert_max_num_queries(14):
            assert merchant.get(reverse(LIST)).status_code == 200


def test_one_request_is_only_to_be_looked_at(merchant: Client) -> None:
    (entry,) = line(1)
    address = reverse("admin:catalog_restockrequest_change", args=[entry])
    assert "waiting" in merchant.get(address).content.decode()
    assert merchant.post(address, {"email": "x@example.com"}).status_code == 403
    assert merchant.get(reverse("admin:catalog_restockrequest_add")).status_code == 403


def test_somebody_is_taken_out(merchant: Client) -> None:
    first, second = line(2)
    form = {"action": "remove", "_selected_action": [str(first)]}
    assert merchant.post(reverse(LIST), form).status_code == 302
    assert statuses(first, second) == ["left", "waiting"]
    assert RestockRequest.objects.get().pk == second


def test_only_by_those_who_may(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    (entry,) = line(1)
    watcher = StaffFactory()
    watcher.user_permissions.add(Permission.objects.get(codename="view_restockrequest"))
    client = Client()
    client.force_login(watcher)
    client.post(reverse(LIST), {"action": "remove", "_selected_action": [str(entry)]})
    assert statuses(entry) == ["waiting"]
