"""Quotes with tax as it is in a country, for a buyer, and as services tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from cart.pricing import selectors as pricing
from cart.pricing.selectors import Quote, QuoteLine
from cart.shipping import calendars
from cart.shipping.models import ShippingMethod
from cart.tax import selectors, services, words
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate, VatCheck
from cart.tax.providers import table
from catalog.products.models import Product
from shop.core import db
from tests.factories import cart as carts
from tests.factories import shipping
from tests.fakes import tax_services

pytestmark = pytest.mark.django_db

IRISH, DUTCH, GERMAN = "IE6388047V", "NL004495445B01", "DE136695976"


def rate(country: str, percent: str, **fields: Any) -> TaxRate:
    known = {"name": "VAT", "valid_from": date(2020, 1, 1), "is_included": True, "applies_to_shipping": True}
    made = TaxRate.objects.create(country=country, rate=Decimal(percent) / 100, **{**known, **fields})
    selectors.forget()  # in tests whose transaction does not end
    return made


def setting(country: str = "", **fields: Any) -> None:
    TaxConfiguration.objects.create(country=country, **fields)
    selectors.forget()


def checked(vat_id: str, *, is_valid: bool = True) -> None:
    VatCheck.objects.create(vat_id=vat_id, is_valid=is_valid, reference="R1", checked_at=Now())


@pytest.fixture
def german(settings: Any) -> None:
    """A shop in Germany, prices with 19 %; in France it is 20 %, and delivery costs 11.90."""
    settings.DEFAULT_COUNTRY = "DE"
    carts.rates()
    TaxRate.objects.all().delete()
    ShippingMethod.objects.update(countries=[], price_minor=11_90)
    rate("DE", "19")
    rate("FR", "20", name="TVA")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Tax included"),
        ({"shown": "net"}, "Tax is added at checkout"),
        ({"entry": "net"}, "Tax is added at checkout"),
        ({"entry": "net", "shown": "gross"}, "Tax included"),
        ({"is_taxed": False}, ""),
    ],
)
@pytest.mark.usefixtures("german")
def test_what_stands_beside_a_price(client: Client, fields: dict[str, Any], expected: str) -> None:
    setting(**fields)

    assert words.price_note() == expected
    page = client.get(f"/products/{carts.product(name='Lamp').slug}/").content.decode()
    assert [text in page for text in ("Tax included", "Tax is added at checkout")] == [
        text == expected for text in ("Tax included", "Tax is added at checkout")
    ]


def test_what_stands_beside_a_price_changes_with_the_day(settings: Any, time_machine: Any) -> None:
    settings.DEFAULT_COUNTRY = "DE"
    TaxRate.objects.all().delete()
    today = timezone.localdate()
    tomorrow, after = today + timedelta(days=1), today + timedelta(days=2)
    rate("DE", "19", valid_from=tomorrow, valid_until=tomorrow)
    rate("DE", "19", valid_from=after, is_included=False)
    assert words.price_note() == ""

    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert words.price_note() == "Tax included"
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert words.price_note() == "Tax is added at checkout"


def quote(product: Product, country: str, quantity: int = 1, **more: Any) -> Quote:
    place = {"country": country, "state": more.pop("state", ""), "postal_code": more.pop("postal_code", "")}
    lines = [QuoteLine(carts.variant_of(product).pk, quantity)]
    return pricing.quote(lines=lines, currency="USD", address=place, **more)


def sums(found: Quote) -> tuple[int, int, int, int]:
    """Of the goods, of delivery, of tax, and all."""
    assert found.subtotal.minor == sum(line.line_total.minor for line in found.lines)
    assert found.tax.minor == sum(line.amount.minor for line in found.tax_lines)
    assert found.total.minor == sum(line.cost.minor for line in found.lines)
    assert all(line.line_total == line.unit_price * line.quantity for line in found.lines)
    return found.subtotal.minor, found.shipping.minor, found.tax.minor, found.total.minor


@pytest.mark.usefixtures("german")
class TestCountries:
    def test_a_price_with_tax_stays_what_it_is_abroad(self) -> None:
        lamp = carts.product(amount=119_00)
        assert sums(quote(lamp, "DE")) == (119_00, 11_90, 20_90, 130_90)
        assert sums(quote(lamp, "FR")) == (119_00, 11_90, 21_82, 130_90)
        assert sums(quote(lamp, "CH")) == (119_00, 11_90, 0, 130_90)

    def test_or_the_tax_of_the_country_takes_the_place_of_that_of_home(self) -> None:
        setting(keeps_prices=False)
        lamp = carts.product(amount=119_00)
        assert sums(quote(lamp, "DE")) == (119_00, 11_90, 20_90, 130_90)
        assert sums(quote(lamp, "FR")) == (120_00, 12_00, 22_00, 132_00)
        assert sums(quote(lamp, "CH")) == (100_00, 10_00, 0, 110_00)
        assert quote(lamp, "CH").lines[0].listed_price.minor == 119_00

    def test_a_country_without_tax(self) -> None:
        setting("FR", is_taxed=False)
        assert sums(quote(carts.product(amount=119_00), "FR")) == (119_00, 11_90, 0, 130_90)

    def test_entered_without_tax_and_shown_with_it(self) -> None:
        setting("FR", entry="net", shown="gross")
        setting("DE", entry="net")
        lamp = carts.product(amount=100_00)
        assert sums(quote(lamp, "DE")) == (100_00, 11_90, 21_26, 133_16)
        found = quote(lamp, "FR")
        assert sums(found) == (120_00, 14_28, 22_38, 134_28)
        assert found.included_tax == found.tax

    def test_entered_with_tax_and_shown_without_it(self) -> None:
        setting("FR", shown="net")
        found = quote(carts.product(amount=120_00), "FR", 3)
        assert sums(found) == (300_00, 9_92, 61_98, 371_90)
        assert found.included_tax.minor == 0

    def test_rounding_is_a_countrys(self) -> None:
        TaxRate.objects.all().delete()
        rate("FR", "5", is_included=False)
        ShippingMethod.objects.update(price_minor=0)
        lamp = carts.product(amount=1_30)
        assert quote(lamp, "FR").tax.minor == 7
        setting("FR", rounding="down")
        assert quote(lamp, "FR").tax.minor == 6


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("vat_id", "delivered", "all_delivered"), [("", 12_00, 132_00), (IRISH, 10_00, 110_00)]
)  # fmt: skip
def test_beside_what_is_collected_each_way_costs_what_it_costs_when_chosen(
    vat_id: str, delivered: int, all_delivered: int
) -> None:
    setting(keeps_prices=False)
    checked(IRISH)
    lamp, shop = carts.product(amount=119_00), shipping.location("shop", 3)
    shipping.point(shop, address={**shipping.CHICAGO, "state": "", "country": "DE"})
    shipping.put(3, carts.variant_of(lamp).pk, shop)
    shipping.method("pickup", kind="collect", location_id=shop.pk, price_minor=5_00, countries=["FR"], position=9)
    ShippingMethod.objects.filter(kind="deliver").update(countries=["FR"])
    calendars.forget()

    found = quote(lamp, "FR", vat_id=vat_id, delivery_option="pickup")

    assert sums(found) == (119_00, 5_00, 19_80, 124_00), "it is taxed where it is collected"
    assert (found.standing.vat_id, found.standing.vat_status) == (vat_id, "unused" if vat_id else "")
    assert [(one.code, one.price.minor) for one in found.delivery_options if one.place] == [("pickup", 5_00)]
    ways = [one for one in found.delivery_options if one.place is None]
    assert ways
    assert {one.price.minor for one in ways} == {delivered}
    for one in ways:
        chosen = quote(lamp, "FR", vat_id=vat_id, delivery_option=one.code)
        assert (chosen.shipping.minor, chosen.total.minor) == (delivered, all_delivered)


class TestPlaces:
    @pytest.fixture(autouse=True)
    def _rates(self, db: None) -> None:
        carts.rates()
        TaxRate.objects.all().delete()
        for fields in (
            {"name": "State", "state": "NY", "percent": "4"},
            {"name": "City", "state": "NY", "percent": "4.5", "level": 2, "postal_codes": "10001..10292, 104*"},
            {"name": "MCTD", "state": "NY", "percent": "0.375", "level": 3, "postal_codes": "10001..10292, 104*"},
            {"name": "Federal", "percent": "1"},
        ):
            percent = str(fields.pop("percent"))
            rate("US", percent, is_included=False, applies_to_shipping=False, **fields)

    def taxes(self, **place: str) -> list[tuple[str, int]]:
        found = quote(carts.product(amount=100_00), "US", **place)
        return [(line.name, line.amount.minor) for line in found.tax_lines]

    def test_rates_of_one_place_stack(self) -> None:
        assert self.taxes(state="NY", postal_code="10025-1234") == [("State", 400), ("City", 450), ("MCTD", 38)]
        assert self.taxes(state="NY", postal_code="14201") == [("State", 400)]
        assert self.taxes(state="ny", postal_code="10451") == [("State", 400), ("City", 450), ("MCTD", 38)]
        assert self.taxes(state="TX", postal_code="10025") == [("Federal", 100)]

    def test_what_is_missing_makes_it_an_estimate(self) -> None:
        lamp = carts.product(amount=100_00)
        assert quote(lamp, "US").is_estimated
        assert quote(lamp, "US", state="NY").is_estimated
        assert not quote(lamp, "US", state="NY", postal_code="14201").is_estimated
        assert not quote(lamp, "US", state="TX").is_estimated

    def test_two_rates_of_one_level_are_never_in_force_together(self) -> None:
        with pytest.raises(IntegrityError, match="tax_rate_one_at_a_time"), transaction.atomic(using=db.DEFAULT):
            rate("US", "5", state="ny", valid_from=date(2030, 1, 1))
        TaxRate.objects.filter(state="NY", level=1).update(valid_until=date(2029, 12, 31))
        rate("US", "5", state="NY", valid_from=date(2030, 1, 1))

    def test_no_more_queries_than_before(self, counting: Any) -> None:
        lamp = carts.product(amount=100_00)
        quote(lamp, "US", state="NY")
        with counting() as queries:
            quote(lamp, "US", state="NY", postal_code="10025")
        assert queries() <= 5


@pytest.mark.usefixtures("german")
class TestBuyers:
    def test_reverse_charge(self) -> None:
        checked(IRISH)
        lamp = carts.product(amount=119_00)
        found = quote(lamp, "FR", vat_id="ie 6388047 v")
        assert sums(found) == (99_17, 9_92, 0, 109_09)
        assert found.tax_facts == {
            "scheme": "reverse_charge", "vat_id": IRISH, "vat_status": "valid", "proof": "R1"
        }  # fmt: skip

    def test_not_at_home_and_not_outside_the_union(self) -> None:
        checked(IRISH)
        checked(GERMAN)
        lamp = carts.product(amount=119_00)
        for country, vat_id in (("DE", IRISH), ("DE", GERMAN), ("CH", IRISH), ("FR", GERMAN)):
            found = quote(lamp, country, vat_id=vat_id)
            assert (found.tax_facts, found.total.minor) == ({"vat_id": vat_id, "vat_status": "unused"}, 130_90)
            assert words.note(found.tax_facts) == f"VAT id {vat_id} makes no difference to the tax of this order."
            assert words.of_paper(found.tax_facts) == ""
        for country, vat_id in (("DE", "DE136695967"), ("FR", "")):
            found = quote(lamp, country, vat_id=vat_id)
            assert (found.tax_facts, found.total.minor) == ({}, 130_90)

    def test_an_id_that_could_not_be_checked(self) -> None:
        lamp = carts.product(amount=119_00)
        found = quote(lamp, "FR", vat_id=IRISH)
        assert (found.tax_facts, found.tax.minor) == ({"vat_id": IRISH, "vat_status": "unverified"}, 21_82)
        setting(trusts_vat_ids=True)
        assert quote(lamp, "FR", vat_id=IRISH).standing.scheme == "reverse_charge"
        checked(IRISH, is_valid=False)
        assert quote(lamp, "FR", vat_id=IRISH).tax_facts == {"vat_id": IRISH, "vat_status": "invalid"}
        assert quote(lamp, "FR", vat_id="IE6388047X").standing.vat_status == "invalid"

    def test_an_exemption_is_for_a_customer_a_place_and_a_time(self) -> None:
        ada, eve = carts.customer("ada@example.com"), carts.customer("eve@example.com")
        terms = {"email": "Ada@example.com", "country": "FR", "reason": "Charity", "certificate": "C-7"}
        row = TaxExemption.objects.create(valid_from=date(2020, 1, 1), **terms)
        selectors.forget()
        lamp = carts.product(amount=120_00)
        found = quote(lamp, "FR", customer_id=ada.pk)
        assert (found.tax.minor, found.subtotal.minor) == (0, 100_00)
        assert found.tax_facts == {"scheme": "exempt", "proof": "C-7"}
        assert quote(lamp, "DE", customer_id=ada.pk).tax_facts == {}
        assert quote(lamp, "FR", customer_id=eve.pk).tax_facts == {}
        assert quote(lamp, "FR", email="ada@example.com").tax_facts == {}, "anybody can type an e-mail address"
        TaxExemption.objects.filter(pk=row.pk).update(valid_until=date(2020, 12, 31))
        assert quote(lamp, "FR", customer_id=ada.pk).tax_facts == {}


@pytest.fixture
def service(settings: Any) -> Iterator[tax_services.Fake]:
    with tax_services.running(tax_services.flat(10)) as fake:
        settings.TAX_SERVICE_URL, settings.TAX_SERVICE_KEY = fake.url, "secret"
        yield fake


@pytest.mark.django_db(transaction=True)
class TestService:
    @pytest.fixture(autouse=True)
    def _rates(self, service: tax_services.Fake) -> None:
        carts.rates()
        setting("US", service="http")

    def test_its_tax_counts_and_is_remembered(self, service: tax_services.Fake) -> None:
        lamp = carts.product(amount=25_05)
        found = quote(lamp, "US", 2, state="IL", postal_code="60601")
        assert [(line.name, line.amount.minor) for line in found.tax_lines] == [("Service tax", 5_01)]
        assert (found.tax_source, found.is_estimated, found.tax_facts) == ("service", False, {"source": "service"})
        assert sums(found)[2:] == (5_01, 61_10)
        assert quote(lamp, "US", 2, state="IL", postal_code="60601").total == found.total
        ((_path, headers, asked),) = service.asked
        assert headers["Authorization"] == "Bearer secret"
        assert asked == {
            "currency": "USD", "from": {"country": "US"}, "prices_include_tax": False,
            "to": {"country": "US", "state": "IL", "postal_code": "60601"},
            "lines": [{"goods": 50_10, "shipping": 5_99, "tax_class": "standard"}],
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (500, b"{}"), (302, b"{}"), (200, b"not json"), (200, b"[]"), (200, b'{"lines": []}'),
            (200, b'{"lines": [{"taxes": [{"name": "x", "rate": "0.1", "amount": 1.5}]}]}'),
            (200, b'{"lines": [{"taxes": [{"name": "x", "rate": "0.1", "amount": -1}]}]}'),
            (200, b'{"lines": [{"taxes": [{"name": "x", "rate": "0.1", "amount": 999999999}]}]}'),
            (200, b'{"lines": [{"taxes": [{"name": "x", "rate": "NaN", "amount": 1}]}]}'),
            (200, b'{"lines": [{}]}'), (200, b"[" * 200_000),
            (200, b'{"lines": [{"taxes": [{"name": "", "rate": "0.1", "amount": 1}]}]}'),
            (200, b'{"lines": [{"taxes": [{"name": "\\u0000", "rate": "0.1", "amount": 1}]}]}'),
            (200, b'{"lines": [{"taxes": [{"name": 7, "rate": "0.1", "amount": 1}]}]}'),
            (200, b'{"lines": [{"taxes": [%s, %s]}]}' % ((b'{"name": "x", "rate": "1", "amount": 6000}',) * 2)),
        ],
    )  # fmt: skip
    def test_without_a_sound_answer_the_shops_own_rates_count(
        self, service: tax_services.Fake, status: int, body: bytes
    ) -> None:
        service.answer = lambda _path, _body: (status, body)
        found = quote(carts.product(amount=100_00), "US", state="IL")
        assert (found.tax.minor, found.tax_source, found.is_estimated) == (6_25, "estimate", True)

    def test_names_and_rates_are_made_fit_to_be_kept(self, service: tax_services.Fake) -> None:
        said = {"name": "IL\x00 tax", "rate": 0.07250000000000001, "amount": 7_25}
        other = {"name": "City", "rate": "1E-999999999", "amount": 1}
        service.answer = lambda _path, _body: (200, json.dumps({"lines": [{"taxes": [said, other]}]}).encode())
        order = carts.order(carts.cart((carts.product(amount=100_00), 1)))
        assert [(tax["name"], tax["rate"], tax["amount_minor"]) for tax in order.tax_lines] == [
            ("IL tax", "0.072500", 7_25), ("City", "0.000000", 1),
        ]  # fmt: skip

    def test_a_service_that_is_away_is_asked_no_more_for_a_while(self, service: tax_services.Fake) -> None:
        service.answer = lambda _path, _body: (503, b"")
        lamp = carts.product(amount=100_00, units=99)
        for quantity in range(1, 9):
            assert quote(lamp, "US", quantity, state="IL").tax_source == "estimate"
        assert len(service.asked) == 5

    def test_never_inside_a_transaction(self, service: tax_services.Fake) -> None:
        lamp = carts.product(amount=100_00)
        with transaction.atomic(using=db.DEFAULT):
            assert quote(lamp, "US", state="IL").tax_source == "estimate"
        assert service.asked == []
        outside = quote(lamp, "US", state="IL")
        with transaction.atomic(using=db.DEFAULT):
            assert quote(lamp, "US", state="IL").total == outside.total
        assert len(service.asked) == 1

    def test_an_order_has_the_services_tax(self, service: tax_services.Fake) -> None:
        order = carts.order(carts.cart((carts.product(amount=100_00), 1)))
        assert (order.tax_minor, order.tax_facts) == (10_00, {"source": "service"})
        line = order.lines.get()
        assert [(tax["name"], tax["amount_minor"]) for tax in line.taxes] == [("Service tax", 10_00)]
        assert len(service.asked) == 1


@pytest.mark.django_db(transaction=True)
class TestRegister:
    def test_what_it_says_is_kept(self, settings: Any) -> None:
        with tax_services.running(tax_services.register({IRISH: True, DUTCH: False})) as fake:
            settings.VAT_REGISTER_URL = fake.url
            assert [services.check_vat_id(vat_id=one) for one in (IRISH, IRISH, DUTCH)] == [True, True, False]
            assert services.check_vat_id(vat_id="FR40303265045") is None, "the member state is away"
            assert services.check_vat_id(vat_id="FR40303265046") is False, "nobody need be asked"
            assert [body["countryCode"] for _path, _headers, body in fake.asked] == ["IE", "NL", "FR"]
            assert fake.asked[0][0] == "/check-vat-number"
        assert dict(VatCheck.objects.values_list("vat_id", "is_valid")) == {IRISH: True, DUTCH: False}
        assert VatCheck.objects.get(pk=IRISH).reference == "WAPIAAAA1"

    def test_a_no_is_asked_again_the_next_day_and_a_yes_after_a_month(self) -> None:
        checked(IRISH)
        checked(DUTCH, is_valid=False)
        assert [selectors.checked(one) is not None for one in (IRISH, DUTCH)] == [True, True]
        VatCheck.objects.update(checked_at=Now() - selectors.KEPT_NO)
        assert [selectors.checked(one) is not None for one in (IRISH, DUTCH)] == [True, False]
        VatCheck.objects.update(checked_at=Now() - selectors.KEPT)
        assert selectors.checked(IRISH) is None

    def test_without_a_register_nothing_is_known(self) -> None:
        assert table.register() is None
        assert services.check_vat_id(vat_id=IRISH) is None
