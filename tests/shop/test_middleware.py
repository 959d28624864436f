"""What no page can take is refused before a page sees it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files import uploadhandler
from django.test import Client
from django.urls import reverse

from checkout.returns import photos
from shop.accounts.models import User
from tests.factories import returns as made
from tests.factories import warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("owner@example.com", "a long password"))
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/products/?q=%00",
        "/products/?attr.%00=x",
        "/search/suggest/?q=a%00b",
        "/cart/?removed=%00&quantity=1",
        "/orders/ORD-2026000001/?key=%00",
        "/admin/checkout/order/?q=%00",
        "/admin/checkout/order/?status__exact=%00",
        "/admin/checkout/archivedorder/?q=%00",
        "/admin/checkout/return/?q=%00",
        "/admin/checkout/shipment/?q=%00",
        "/admin/checkout/parceltopick/?delivery=%00",
        "/admin/checkout/parceltopick/pack/?parcel=%00",
        "/admin/checkout/printjob/add/?shipments=%00,abc",
    ],
)
def test_a_query_with_nul_is_not_understood(merchant: Client, address: str) -> None:
    answer = merchant.get(address)
    assert answer.status_code == 400
    assert "that we cannot read" in answer.content.decode()


def test_programs_are_told_in_json(client: Client) -> None:
    answer = client.get("/api/products/search?q=%00")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_no_alphabet_hides_a_nul(client: Client) -> None:
    """Who sends the query names the alphabet it is written in."""
    assert client.get("/products/?q=%2BAAA-", headers={"Content-Type": "text/plain; charset=utf-7"}).status_code == 400


def test_percent_signs_are_words(client: Client) -> None:
    assert client.get("/products/", {"q": "%00"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("warehouse_arrivals", {"code": "\0"}),
        ("warehouse_pack", {"shown": "A\0", "do": "dispatch"}),
        ("warehouse_pack", {"shown": "A", "other\0": "b"}),
    ],
)
def test_a_merchants_form_with_nul_is_not_understood(merchant: Client, name: str, fields: dict[str, str]) -> None:
    warehouse.parcel()
    assert merchant.post(reverse(f"admin:checkout_{name}"), fields).status_code == 400


def test_a_shoppers_form_with_nul_is_not_understood(client: Client) -> None:
    order = made.arrived()
    url = reverse("order_return", args=[order.number]) + f"?key={order.access_key}"
    assert client.post(url, {"key": "a\0b"}).status_code == 400
    assert client.post(url, "key=a%00b", content_type="application/x-www-form-urlencoded").status_code == 400
    assert client.post(url, {"key": "ab"}).status_code == 422


@pytest.mark.parametrize("name", ["sessionid", "cart", "csrftoken", "django_language"])
def test_a_cookie_with_nul_is_none(client: Client, name: str) -> None:
    answer = client.get("/cart/", headers={"Cookie": f'{name}="{"x" * 20}\\000"'})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/cart/items", {"sku": "\0", "quantity": 1}),
        ("/api/cart/coupons", {"code": "A\0"}),
        ("/api/auth/token", {"email": "a\0@example.com", "password": "x"}),
        ("/api/checkout/quote", {"deliveryOption": "\0"}),
    ],
)
def test_json_with_nul_is_refused(client: Client, path: str, body: dict[str, Any]) -> None:
    answer = client.post(path, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")


class TestHugeBodies:
    @pytest.fixture(autouse=True)
    def _limits(self, settings: Any) -> None:
        settings.REQUEST_MAX_BYTES, settings.STAFF_REQUEST_MAX_BYTES = 100_000, 200_000

    @pytest.fixture
    def kept(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many bytes of files were taken in, a piece each."""
        found: list[int] = []
        for handler in (uploadhandler.TemporaryFileUploadHandler, uploadhandler.MemoryFileUploadHandler):
            real = handler.receive_data_chunk

            def noted(self: Any, raw: bytes, start: int, real: Any = real) -> Any:
                found.append(len(raw))
                return real(self, raw, start)

            monkeypatch.setattr(handler, "receive_data_chunk", noted)
        return found

    def upload(self, client: Client, size: int, path: str = "/orders/find/") -> Any:
        file = BytesIO(b"x" * size)
        file.name = "a.bin"
        return client.post(path, {"number": "ORD-1", "email": "a@b.example", "file": file})

    def test_it_is_refused_before_any_of_it_is_kept(self, client: Client, kept: list[int]) -> None:
        answer = self.upload(client, 150_000)
        assert (answer.status_code, kept) == (413, [])
        assert "smaller files" in answer.content.decode()

    def test_programs_are_told_in_json(self, client: Client, kept: list[int]) -> None:
        answer = self.upload(client, 150_000, "/api/orders/ORD-1/returns")
        assert (answer.status_code, answer.json()["error"]["code"], kept) == (413, "body_too_large", [])

    def test_one_within_the_limit_is_read(self, client: Client, kept: list[int]) -> None:
        assert self.upload(client, 90_000).status_code == 303
        assert sum(kept) >= 90_000

    def test_staff_may_send_more_but_not_anything(self, merchant: Client, kept: list[int]) -> None:
        assert self.upload(merchant, 150_000).status_code == 303
        kept.clear()
        assert (self.upload(merchant, 250_000).status_code, kept) == (413, [])

    def test_a_length_that_is_no_number_is_no_body(self, client: Client) -> None:
        assert client.get("/", CONTENT_LENGTH="x").status_code == 200


def test_every_photo_of_a_return_may_be_as_large_as_one_may_be(settings: Any) -> None:
    assert photos.MOST * photos.MAX_BYTES < settings.REQUEST_MAX_BYTES
