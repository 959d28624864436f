"""What carriers ask for a parcel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from cart.shipping import live, selectors
from cart.shipping.carriers import http, tariff
from cart.shipping.carriers import table as carriers
from cart.shipping.carriers.base import CarrierUnavailable, Parcel, Rate
from cart.shipping.models import ShippingMethod
from cart.shipping.rules import Goods
from shop.core import db
from shop.core.money import Money
from tests.factories import shipping
from tests.shop.resilience.test_asking import ZIPPED, said, server

USD = Money(2500, "USD")
PARCEL = Parcel(900, 0, USD, "US", "IL", "62701")
ROW = {"service": "ground", "countries": ["US"], "upToGrams": 1000, "price": "6.40", "currency": "USD", "days": [2, 5]}


def office(tmp_path: Any, *rows: Any) -> tariff.Tariff:
    path = tmp_path / "tariff.json"
    path.write_text(json.dumps(rows))
    return tariff.Tariff(path)


class TestTariff:
    def test_the_smallest_row_that_holds_the_parcel(self, tmp_path):
        larger = {**ROW, "upToGrams": 5000, "price": "9.80"}
        carrier = office(tmp_path, larger, ROW, {**ROW, "service": "air", "price": "14"})
        assert carrier.rates(PARCEL) == [
            Rate("ground", Money(640, "USD"), 2, 5), Rate("air", Money(1400, "USD"), 2, 5),
        ]  # fmt: skip
        assert carrier.rates(Parcel(1001, 0, USD, "US")) == [Rate("ground", Money(980, "USD"), 2, 5)]
        assert carrier.rates(Parcel(1, 6_000_000, USD, "US")) == [Rate("ground", Money(980, "USD"), 2, 5)]
        assert carrier.rates(Parcel(5001, 0, USD, "US")) == []

    def test_where_and_in_what(self, tmp_path):
        carrier = office(tmp_path, {**ROW, "postalCodes": "62*"})
        assert len(carrier.rates(PARCEL)) == 1
        assert carrier.rates(Parcel(900, 0, USD, "US", "NY", "10001")) == []
        assert carrier.rates(Parcel(900, 0, USD, "CA", "ON", "K1A 0B1")) == []
        assert carrier.rates(Parcel(900, 0, Money(1, "EUR"), "US", "IL", "62701")) == []

    @pytest.mark.parametrize(
        "bad",
        [{"price": "-1"}, {"price": "x"}, {"currency": "??"}, {"days": [5, 2]}, {"days": None}, {"price": "1.001"}],
    )
    def test_what_is_no_rate(self, tmp_path, bad):
        with pytest.raises(CarrierUnavailable):
            office(tmp_path, {**ROW, **bad}).rates(PARCEL)

    def test_no_file_no_answer(self, tmp_path):
        with pytest.raises(CarrierUnavailable):
            tariff.Tariff(tmp_path / "none.json").rates(PARCEL)
        (tmp_path / "bad.json").write_text("{")
        with pytest.raises(CarrierUnavailable):
            tariff.Tariff(tmp_path / "bad.json").rates(PARCEL)

    def test_the_demos_own(self):
        assert [one.service for one in carriers.carrier("demo").rates(PARCEL)] == ["ground", "air"]


class Office(BaseHTTPRequestHandler):
    answer: Any = (200, [{key: ROW[key] for key in ("service", "price", "currency", "days")}])
    asked: list[Any] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked.append((self.headers["Authorization"], json.loads(body)))
        status, told = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def url(monkeypatch: Any) -> Iterator[str]:
    monkeypatch.setattr(Office, "asked", [])
    server = HTTPServer(("127.0.0.1", 0), Office)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/rates"
    server.shutdown()
    server.server_close()


class TestHttp:
    def test_one_question_and_its_answer(self, url):
        assert http.Http(url, "secret").rates(PARCEL) == [Rate("ground", Money(640, "USD"), 2, 5)]
        assert Office.asked == [
            (
                "Bearer secret",
                {"grams": 900, "cubicMm": 0, "value": "25.00", "currency": "USD", "country": "US", "state": "IL",
                 "postalCode": "62701"},
            )
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "answer", [(500, []), (302, []), (200, b"<html>"), (200, {"a": 1}), (200, [1]), (200, b"[" * 300_000)]
    )
    def test_what_is_no_answer(self, url, monkeypatch, answer):
        monkeypatch.setattr(Office, "answer", answer)
        with pytest.raises(CarrierUnavailable):
            http.Http(url).rates(PARCEL)

    def test_nobody_there(self):
        with pytest.raises(CarrierUnavailable):
            http.Http("http://127.0.0.1:9/").rates(PARCEL)

    def test_another_currency_is_left_out(self, url):
        assert http.Http(url).rates(Parcel(900, 0, Money(1, "EUR"), "US")) == []


@pytest.mark.django_db
def test_nobody_is_asked_within_a_transaction(url, settings):
    settings.RATE_CARRIERS, settings.RATES_URL = ["http"], url
    assert live.rate("http", "ground", PARCEL) is None
    assert Office.asked == []


@pytest.mark.django_db(transaction=True, databases="__all__")
class TestAsking:
    @pytest.fixture(autouse=True)
    def _there(self, url: str, settings: Any) -> None:
        settings.RATE_CARRIERS, settings.RATES_URL = ["http"], url
        ShippingMethod.objects.all().delete()

    def options(self) -> list[selectors.DeliveryOption]:
        goods = [Goods(db.uuid7(), 1, 2500, 900)]
        return selectors.delivery_options(
            country="US", state="IL", postal_code="62701", currency="USD", subtotal=USD, goods=goods
        )

    def test_the_same_is_asked_once(self):
        for _again in range(3):
            assert live.rate("http", "ground", PARCEL) == Rate("ground", Money(640, "USD"), 2, 5)
        with pytest.raises(live.NotTaken):
            live.rate("http", "air", PARCEL)
        assert len(Office.asked) == 1

    def test_its_price_is_the_methods(self):
        shipping.method(basis="carrier", carrier="http", service="ground", price_minor=999)
        shipping.method("air", basis="carrier", carrier="http", service="air", position=1)
        assert [(one.code, one.price.minor) for one in self.options()] == [("post", 640)]

    def test_without_an_answer_the_methods_own_price_counts(self, monkeypatch):
        monkeypatch.setattr(Office, "answer", (500, []))
        shipping.method(basis="carrier", carrier="http", service="ground", price_minor=999)
        assert [one.price.minor for one in self.options()] == [999]

    def test_half_an_answer_is_none_and_counts_for_the_circuit(self, settings):
        shipping.method(basis="carrier", carrier="http", service="ground", price_minor=999)
        with server(said(b"nonsense", head=ZIPPED)) as url:
            settings.RATES_URL = url
            assert [one.price.minor for one in self.options()] == [999]

    def test_who_does_not_answer_is_not_asked_again_and_again(self, monkeypatch):
        monkeypatch.setattr(Office, "answer", (500, []))
        for _again in range(9):
            assert live.rate("http", "ground", PARCEL) is None
        assert len(Office.asked) == 5
