"""Notes and drafts over REST: what staff may, what is answered, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.drafts.models import Draft
from checkout.notes.models import OrderNote
from checkout.orders.models import Order
from shop.accounts.models import User
from tests.factories import cart as carts
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = {
    "firstName": "Ada", "lastName": "Lovelace", "address1": "1 Analytical Way", "city": "Springfield", "state": "IL",
    "postalCode": "62701", "country": "US",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    carts.rates()


@pytest.fixture
def desk(client: Client) -> Client:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="edit_order"))
    client.force_login(clerk)
    return client


def post(client: Client, url: str, data: dict[str, Any], **headers: str) -> Any:
    return client.post(url, data, content_type="application/json", headers=headers)


def notes_url(order: Order) -> str:
    return reverse("api_order_notes", args=[order.number])


def place_url(draft_id: object) -> str:
    return reverse("api_draft_place", args=[draft_id])


def drafted(desk: Client, **more: Any) -> dict[str, Any]:
    sku = carts.variant_of(carts.product(units=5, amount=2500)).sku
    given = {"email": "ada@example.com", "items": [{"sku": sku, "quantity": 2}], "shippingAddress": ADDRESS, **more}
    return post(desk, reverse("api_drafts"), given).json()


def test_a_note(desk: Client) -> None:
    order = make.placed()
    answer = post(desk, notes_url(order), {"text": "Call back", "isShownToCustomer": True}, **{"Idempotency-Key": "k"})
    assert (answer.status_code, sorted(answer.json())) == (201, ["at", "id", "isShownToCustomer"])
    post(desk, notes_url(order), {"text": "Call back", "isShownToCustomer": True}, **{"Idempotency-Key": "k"})
    assert OrderNote.objects.values_list("text", "is_shown_to_customer").get() == ("Call back", True)
    assert post(desk, notes_url(order), {"text": " "}).status_code == 400
    assert post(desk, notes_url(order), {"text": "x" * 2001}).status_code == 400
    assert post(desk, reverse("api_order_notes", args=["ORD-1"]), {"text": "x"}).status_code == 404


def test_a_draft_becomes_one_order(desk: Client) -> None:
    draft = drafted(desk)
    assert (draft["total"], draft["missing"], draft["order"], draft["version"]) == ("59.12", [], None, 2)
    given = {"seenVersion": 2, "expectedTotal": "59.12", "payment": "link"}
    first, again = (post(desk, place_url(draft["id"]), given) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    order = Order.objects.get()
    assert (first.json()["number"], order.status, order.channel) == (order.number, "payment_pending", "desk")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"seenVersion": 1}, 409, "changed_meanwhile"),
        ({"expectedTotal": "59.11"}, 409, "price_changed"),
        ({"expectedTotal": "59.123"}, 400, "validation_error"),
        ({"payment": "gold"}, 400, "validation_error"),
    ],
)
def test_what_is_refused(desk: Client, change: dict[str, Any], status: int, code: str) -> None:
    draft = drafted(desk)
    given = {"seenVersion": 2, "expectedTotal": "59.12", "payment": "link", **change}
    answer = post(desk, place_url(draft["id"]), given)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Order.objects.exists()


def test_what_is_missing_is_told(desk: Client) -> None:
    draft = drafted(desk, email="")
    assert draft["missing"] == ["Whose order is it? Give an e-mail address."]
    answer = post(desk, place_url(draft["id"]), {"seenVersion": 2, "expectedTotal": "59.12", "payment": "link"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "incomplete")


@pytest.mark.parametrize(
    "bad",
    [
        {"items": [{"sku": "nowhere", "quantity": 1}]},
        {"items": [{"sku": "x", "quantity": -1}]},
        {"items": [{"quantity": 1}]},
        {"shippingAddress": {**ADDRESS, "postalCode": "nowhere"}},
        {"email": "nobody"},
        {"note": "x" * 2001},
        {"currency": "ZZZ"},
        {"language": "tlh"},
    ],
)
def test_bad_input(desk: Client, bad: dict[str, Any]) -> None:
    answer = post(desk, reverse("api_drafts"), bad)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    assert not Draft.objects.exists()


def test_too_many_units_or_another_currency(desk: Client) -> None:
    sku = carts.variant_of(carts.product(units=5)).sku
    answer = post(desk, reverse("api_drafts"), {"items": [{"sku": sku, "quantity": 1000}]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    answer = post(desk, reverse("api_drafts"), {"items": [{"sku": sku, "quantity": 1}], "currency": "EUR"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_sellable")
    assert not Draft.objects.exists()


def test_A09_each_call_asks_for_its_permission(client: Client, desk: Client) -> None:
    draft, order = drafted(desk), make.placed()
    for way in ("cash", "received"):
        here = {"seenVersion": 2, "expectedTotal": "59.12", "payment": way, "receipt": "7"}
        assert post(desk, place_url(draft["id"]), here).status_code == 403
    client.force_login(User.objects.create_user("other@example.com", "a long password", is_staff=True))
    for url in (reverse("api_drafts"), place_url(draft["id"]), notes_url(order)):
        assert post(client, url, {"text": "x"}).status_code == 403
    client.logout()
    assert post(client, reverse("api_drafts"), {}).status_code == 401
    assert (Draft.objects.count(), OrderNote.objects.count()) == (1, 0)
