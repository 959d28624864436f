"""What no page can take is refused before a page sees it."""

from __future__ import annotations

import gzip
import json
from io import BytesIO
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.core.files import uploadhandler
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from shop.core import photos
from tests.factories import returns as made
from tests.factories import warehouse
from tests.factories.accounts import PASSWORD, StaffFactory

pytestmark = pytest.mark.django_db
KEY = UUID("01980000-0000-7000-8000-000000000001")


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


class TestAddressesThatTakeOnlyForms:
    """405 is a page with a way on, and nobody who signs in ends on it."""

    @pytest.mark.parametrize(
        ("name", "args", "way_on"),
        [
            ("cart_add", (), "/cart/"),
            ("order_reorder", ("ORD-2026000001",), "/orders/ORD-2026000001/"),
            ("admin:checkout_order_pull", (KEY,), f"/admin/checkout/order/{KEY}/"),
            ("admin:checkout_order_parcel_pick", (KEY, KEY), f"/admin/checkout/order/{KEY}/"),
            ("admin:checkout_draft_from", (KEY,), "/admin/checkout/draft/"),
        ],
    )
    def test_it_says_so_and_leads_on(self, merchant: Client, name: str, args: tuple[object, ...], way_on: str) -> None:
        path = reverse(name, args=args)
        answer = merchant.get(path)
        assert (answer.status_code, answer["Allow"], answer.context["way_on"]) == (405, "POST", way_on)
        html = answer.content.decode()
        assert "This address only takes what a form on another page sends." in html
        assert f'href="{way_on}" data-testid="way-on">' in html
        assert merchant.get(path, headers={"Accept": "application/json"}).content == b""
        signed_in = merchant.get(path, headers={"Referer": f"http://testserver{reverse('account_login')}?next={path}"})
        assert (signed_in.status_code, signed_in["Location"]) == (302, way_on)

    def test_a_form_sent_to_a_page_leads_back_to_it(self, client: Client) -> None:
        answer = client.post("/orders/ORD-2026000001/")
        assert (answer.status_code, answer.context["way_on"]) == (405, "/orders/ORD-2026000001/")

    def test_after_signing_in_one_sees_the_page_that_the_form_was_on(self, client: Client, settings: Any) -> None:
        settings.STAFF_MFA_REQUIRED = False
        owner = StaffFactory(is_superuser=True)
        page = f"{reverse('admin:checkout_order_changelist')}?q=ada"
        path = reverse("admin:checkout_order_pull", args=[KEY])
        for came_from, then in (
            (f"http://testserver{page}#top", page),
            ("http://evil.example/page/", path),
            ("", path),
        ):
            answer = Client().post(path, {}, headers={"Referer": came_from})
            assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [then]}
            assert [str(one) for one in get_messages(answer.wsgi_request)] == [
                "Please sign in first. What you entered was not sent."
            ]
        answer = client.get(f"{reverse('admin:login')}?{urlencode({'next': page})}")
        done = client.post(answer["Location"], {"login": owner.email, "password": PASSWORD})
        assert done["Location"] == page


class TestCompressed:
    """What is made for one visitor is compressed as well; nothing is compressed twice, and no file while it is sent."""

    ACCEPTED: ClassVar[dict[str, str]] = {"Accept-Encoding": "gzip"}

    def test_a_page_of_ones_own(self, client: Client) -> None:
        plain, packed = client.get("/cart/"), client.get("/cart/", headers=self.ACCEPTED)

        assert packed["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed["Vary"]
        assert len(packed.content) < len(plain.content) / 2
        assert b'data-testid="cart-page"' in gzip.decompress(packed.content)

    def test_json(self, client: Client) -> None:
        packed = client.get("/api/schema/", headers={**self.ACCEPTED, "Accept": "application/json"})

        assert json.loads(gzip.decompress(packed.content))["openapi"].startswith("3.")

    def test_a_kept_page_is_compressed_once(self, client: Client, settings: Any) -> None:
        settings.KEEP_PAGES = True

        packed = client.get("/", headers=self.ACCEPTED)

        assert packed["Content-Encoding"] == "gzip"
        assert b"</html>" in gzip.decompress(packed.content)

    def test_pictures_are_sent_as_they_are(self, client: Client) -> None:
        answer = client.get("/static/fonts/figtree-latin.woff2", headers=self.ACCEPTED)

        assert "Content-Encoding" not in answer
        assert b"".join(answer.streaming_content)[:4] == b"wOF2"
        answer.close()
