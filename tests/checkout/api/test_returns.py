"""Returns by API: of one's own order, once for a key, with a code for every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.urls import reverse

from checkout.orders.models import Order
from checkout.returns import services as returns
from checkout.returns import wording
from checkout.returns.models import Return, ReturnPhoto
from tests.factories import returns as make
from tests.factories.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


@pytest.fixture
def order() -> Order:
    return make.arrived(quantity=2)


def call(method: str, order: Order, data: Any = None, *, token: str | None = None, key: str = "") -> Any:
    headers = {"X-Order-Token": order.access_key if token is None else token}
    if key:
        headers["Idempotency-Key"] = key
    send = getattr(Client(headers=headers), method)
    more = {} if data is None else {"data": data, "content_type": "application/json"}
    return send(reverse("api_order_returns", args=[order.number]), **more)


def wish(order: Order, quantity: int = 1, **more: Any) -> dict[str, Any]:
    line = make.lines(order)[0]
    units = {"lineId": str(line.pk), "quantity": quantity, "reason": "late", "condition": "unopened"}
    return {"lines": [units | more.pop("line", {})], **more}


def test_what_may_come_back_and_what_does(order: Order) -> None:
    [line] = make.lines(order)
    made = call("post", order, wish(order, comment="Too late"))
    assert made.status_code == 201
    [found] = Return.objects.all()
    body = made.json()
    assert (body["number"], body["status"], body["wish"]) == (found.number, "approved", "original")
    assert body["labelUrl"].endswith(f"/returns/{found.number}/label.pdf")
    assert body["lines"] == [
        {"lineId": str(line.pk), "sku": line.sku, "name": line.name, "quantity": 1, "reason": "late",
         "condition": "unopened"}
    ]  # fmt: skip
    listed = call("get", order).json()
    assert [one["number"] for one in listed["returns"]] == [found.number]
    assert [(one["sku"], one["quantity"]) for one in listed["returnable"]] == [(line.sku, 1)]
    assert listed["returnable"][0]["message"].startswith("Can be returned until ")


def test_the_same_key_is_one_return(order: Order) -> None:
    answers = [call("post", order, wish(order), key="k") for _again in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Return.objects.count() == 1
    assert call("post", order, wish(order, 2), key="k").status_code == 422


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"quantity": 3}, 409, "too_many_units"),
        ({"quantity": 0}, 400, "validation_error"),
        ({"line": {"reason": "because"}}, 400, "validation_error"),
        ({"line": {"lineId": "01a1fd3d-53b7-7293-b7b6-e32b1805bd56"}}, 409, "unknown_line"),
        ({"wish": "store_credit"}, 409, "no_account"),
        ({"wish": "exchange"}, 400, "validation_error"),
        ({"wish": "exchange", "line": {"exchangeFor": "01a1fd3d-53b7-7293-b7b6-e32b1805bd56"}}, 409, "bad_exchange"),
        ({"wish": "gold"}, 400, "validation_error"),
        ({"lines": []}, 400, "validation_error"),
    ],
)
def test_refusals_have_a_code(order: Order, given: dict[str, Any], status: int, code: str) -> None:
    answer = call("post", order, wish(order) | given if "lines" in given else wish(order, **given))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Return.objects.count() == 0


def test_the_wish_and_the_variants_must_not_contradict_each_other() -> None:
    """A chosen exchange is not thrown away, nor is one made of nothing."""
    order, other = make.exchangeable()
    swap = {"exchangeFor": str(other.pk)}
    told = [
        (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["fields"])
        for answer in (call("post", order, wish(order, wish="original", line=swap)),
                       call("post", order, wish(order, wish="exchange")))
    ]  # fmt: skip
    assert told == [
        (400, "validation_error", {"wish": [wording.not_wished()]}),
        (400, "validation_error", {"wish": [wording.nothing_instead()]}),
    ]
    with pytest.raises(returns.ReturnRefused) as refused:
        make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk))
    assert (refused.value.code, Return.objects.count()) == ("bad_wish", 0)
    assert call("post", order, wish(order, wish="exchange", line=swap)).status_code == 201


def test_out_of_time(order: Order) -> None:
    make.rule(is_final_sale=True)
    assert call("post", order, wish(order)).json()["error"]["code"] == "final_sale"


@pytest.mark.parametrize("method", ["get", "post"])
def test_anybody_elses_order_does_not_exist(order: Order, method: str) -> None:
    data = wish(order) if method == "post" else None
    assert call(method, order, data, token="x" * 32).status_code == 404
    assert Return.objects.count() == 0


def test_no_label_once_it_is_over(order: Order) -> None:
    found = make.asked(order)
    returns.cancel(return_id=found.pk, by="guest")
    assert call("get", order).json()["returns"][0]["labelUrl"] is None


class TestPhotos:
    @pytest.fixture(autouse=True)
    def _files(self, settings: Any, tmp_path: Path) -> None:
        private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = settings.STORAGES | {"private": private}

    def send(
        self, order: Order, photos: list[bytes], *, boundary: str = "b", key: str = "", lines: str | None = None
    ) -> Any:
        files = [SimpleUploadedFile(f"{n}.jpg", content, "image/jpeg") for n, content in enumerate(photos)]
        text = json.dumps(wish(order)["lines"]) if lines is None else lines
        body = encode_multipart(boundary, {"lines": text, "comment": "Scratched", "photos": files})
        headers = {"X-Order-Token": order.access_key} | ({"Idempotency-Key": key} if key else {})
        kind = f"multipart/form-data; boundary={boundary}"
        url = reverse("api_order_returns", args=[order.number])
        return Client(headers=headers).post(url, data=body, content_type=kind)

    def test_a_form_with_photos_which_only_its_order_gives_out(self, order: Order) -> None:
        answer = self.send(order, [jpeg(exif=True), jpeg(400, 300)])
        assert answer.status_code == 201
        body = answer.json()
        [found] = Return.objects.all()
        assert (found.comment, found.lines.get().reason, len(body["photos"])) == ("Scratched", "late", 2)
        assert call("get", order).json()["returns"] == [body]
        path = urlsplit(body["photos"][0]).path
        assert path == (
            f"/api/orders/{order.number}/returns/{found.number}/photos/{found.photos.order_by('id').first().pk}.jpg"
        )
        mine = Client(headers={"X-Order-Token": order.access_key, "Accept": "image/jpeg"})
        picture = mine.get(path)
        assert (picture.status_code, picture["Content-Type"], picture.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
        assert b"Secret" not in picture.content
        assert (picture["Cache-Control"], picture["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
        other = make.arrived()
        for token in ("x" * 32, other.access_key, ""):
            assert Client(headers={"X-Order-Token": token}).get(path).status_code == 404
        elsewhere = path.replace(order.number, other.number)  # their own order, somebody else's return
        assert Client(headers={"X-Order-Token": other.access_key}).get(elsewhere).status_code == 404

    def test_the_same_key_and_photos_are_one_return_however_the_form_is_written(self, order: Order) -> None:
        large = jpeg(3000, 2000) + b"\0" * 3_000_000  # more than is kept in memory
        answers = [self.send(order, [large], boundary=boundary, key="k") for boundary in ("one", "other")]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert (Return.objects.count(), ReturnPhoto.objects.count()) == (1, 1)
        changed = self.send(order, [jpeg(10, 10)], key="k")
        assert (changed.status_code, changed.json()["error"]["code"]) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize(
        ("photos", "status", "code"),
        [
            ([b"<svg/>"], 409, "bad_photo"),
            ([b"\xff\xd8" + b"0" * 10_500_000], 409, "bad_photo"),
            ([jpeg()] * 5, 409, "too_many_photos"),
        ],
    )
    def test_the_pages_limits_hold(
        self, order: Order, photos: list[bytes], status: int, code: str, tmp_path: Path
    ) -> None:
        answer = self.send(order, photos)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert (Return.objects.count(), list(tmp_path.rglob("*.jpg"))) == (0, [])

    @pytest.mark.parametrize(
        ("lines", "code"),
        [("[", "invalid_json"), ("[" * 100_000, "invalid_json"), ("{}", "validation_error"), ("", "invalid_json")],
    )
    def test_lines_that_are_none(self, order: Order, lines: str, code: str) -> None:
        answer = self.send(order, [], lines=lines)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
        assert Return.objects.count() == 0


@pytest.mark.parametrize("key", ["", "k1"])
@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800"])
def test_a_wish_that_cannot_be_written_is_refused_as_every_other(order: Order, sign: str, key: str) -> None:
    """The refusal quotes it, is encoded, and is kept for the key."""
    client = Client(headers={"X-Order-Token": order.access_key} | ({"Idempotency-Key": key} if key else {}))
    body = json.dumps(wish(order, wish="@")).replace("@", sign)
    for _again in range(2):
        answer = client.post(reverse("api_order_returns", args=[order.number]), body, content_type="application/json")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (400, "validation_error")
        assert error["fields"] == {"wish": ['"\ufffd" is not a valid choice.']}
