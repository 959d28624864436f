"""Rates and rounding: set, updated, logged, believed or not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, transaction
from django.test import RequestFactory
from django.utils import timezone

from shop.audit.models import AuditEntry
from shop.currencies import reference, selectors, services, tasks, updating
from shop.currencies.models import Currency, ExchangeRate
from tests.factories.currencies import currency

TODAY = timezone.now().date()
FILE = f"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time="{TODAY}">%s</Cube></Cube>
</gesmes:Envelope>"""


def file_of(path: Path, **rates: str) -> Path:
    cubes = "".join(f'<Cube currency="{code}" rate="{rate}"/>' for code, rate in rates.items())
    found = path / "rates.xml"
    found.write_text(FILE % cubes)
    return found


def updated(found: Path, *, is_forced: bool) -> bool:
    try:
        updating.update(path=found, is_forced=is_forced)
    except reference.BadRates:
        return False
    return True


def rate(code: str) -> Decimal | None:
    return Currency.objects.get(code=code).rate


@pytest.mark.django_db
class TestUpdate:
    def test_sets_cross_rates_and_logs_them(self, tmp_path, capsys):
        currency("EUR", "0.80")
        currency("JPY", "127")
        currency("GBP", None, is_converted=False)
        call_command("update_exchange_rates", file=file_of(tmp_path, USD="1.25", JPY="160", SEK="11"))
        assert (rate("EUR"), rate("JPY"), rate("GBP")) == (Decimal("0.8"), Decimal("128"), None)
        assert "EUR 0.8 (was 0.8): as it was" in capsys.readouterr().out
        logged = ExchangeRate.objects.filter(currency="JPY").values_list("rate", "source", "actor", "base")
        assert list(logged) == [
            (Decimal(128), f"ECB {TODAY}", "system", "USD"),
            (Decimal(127), "by hand", "test", "USD"),
        ]
        assert AuditEntry.objects.filter(action="currency.rate", actor="system").count() == 1

    def test_does_not_believe_a_jump_unless_forced(self, tmp_path):
        currency("EUR", "0.80")
        currency("JPY", "127")
        found = file_of(tmp_path, USD="1.25", JPY="16")
        with pytest.raises(CommandError, match="force"):
            call_command("update_exchange_rates", file=found)
        assert rate("JPY") == 127
        call_command("update_exchange_rates", file=found, force=True)
        assert rate("JPY") == Decimal("12.8")

    @pytest.mark.parametrize(
        "text",
        ["", "<html>", FILE % "", FILE % '<Cube currency="USD" rate="NaN"/>', FILE % '<Cube currency="USD" rate="0"/>',
         '<!DOCTYPE x [<!ENTITY a "b">]>' + FILE, FILE % '<Cube currency="JPY" rate="160"/>', "x" * 300_000,
         FILE % ('<Cube currency="USD" rate="1.1"/>' + '<Cube currency="CHF" rate="0.9"/>' * 2)],
    )  # fmt: skip
    def test_changes_nothing_by_what_is_no_such_file(self, tmp_path, text):
        currency("EUR", "0.80")
        (tmp_path / "bad.xml").write_text(text)
        with pytest.raises(CommandError, match="Nothing is changed"):
            call_command("update_exchange_rates", file=tmp_path / "bad.xml")
        assert rate("EUR") == Decimal("0.8")

    def test_reads_the_latest_day_of_several(self):
        before = f'<Cube time="2026-11-19"><Cube currency="USD" rate="1"/></Cube><Cube time="{TODAY}">'
        days = (FILE % '<Cube currency="USD" rate="1.1"/>').replace(f'<Cube time="{TODAY}">', before)
        assert reference.read(days.encode()) == reference.Reference(TODAY, {"USD": Decimal("1.1")})

    @pytest.mark.parametrize(
        ("ago", "is_taken", "is_taken_by_force"),
        [(-1, False, False), (0, True, True), (3, True, True), (4, False, True), (8, False, True)],
    )
    def test_believes_no_day_to_come_and_none_that_is_over(self, tmp_path, ago, is_taken, is_taken_by_force):
        """Rates of three days ago are there."""
        currency("EUR", "0.80")

        def file(usd: str, days: int) -> Path:
            found = file_of(tmp_path, USD=usd)
            found.write_text(found.read_text().replace(str(TODAY), str(TODAY - timedelta(days=days))))
            return found

        assert updated(file("1.24", 3), is_forced=True)
        found = file("1.20", ago)
        assert updated(found, is_forced=False) is is_taken
        assert updated(found, is_forced=True) is is_taken_by_force

    @pytest.mark.parametrize("day", ["yesterday", "", "2026-13-01"])
    def test_a_day_is_one(self, day):
        with pytest.raises(reference.BadRates):
            reference.read((FILE % '<Cube currency="USD" rate="1.1"/>').replace(str(TODAY), day).encode())

    def test_names_what_is_not_in_it(self, tmp_path, capsys):
        currency("EUR", "0.80")
        currency("JPY", "127")
        call_command("update_exchange_rates", file=file_of(tmp_path, USD="1.25"))
        told = ["EUR 0.8 (was 0.8): as it was", "JPY (was 127): no rate in it, stays as it was", "1 currencies."]
        assert capsys.readouterr().out.splitlines() == told

    def test_without_an_address_the_daily_task_does_nothing(self):
        tasks.update_rates()

    def test_an_address_that_does_not_answer_leaves_rates_alone(self, settings):
        settings.EXCHANGE_RATES_URL = "http://127.0.0.1:9/rates.xml"
        currency("EUR", "0.80")
        tasks.update_rates()
        assert rate("EUR") == Decimal("0.8")


@pytest.mark.django_db
class TestKeep:
    @pytest.mark.parametrize(
        ("code", "values", "field"),
        [
            ("XXY", {}, "code"),
            ("USD", {}, "code"),
            ("EUR", {"rate": Decimal(0)}, "rate"),
            ("EUR", {"rate": Decimal("NaN")}, "rate"),
            ("EUR", {"is_converted": True}, "rate"),
            ("EUR", {"rate": Decimal(1), "step_minor": 0}, "step_minor"),
            ("EUR", {"rate": Decimal(1), "step_minor": 5, "ending_minor": 5}, "ending_minor"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, code, values, field):
        with pytest.raises(services.BadCurrency) as refused:
            services.keep(code=code, values=values, by="test")
        assert refused.value.field == field
        assert not Currency.objects.exists()

    def test_the_database_refuses_it_as_well(self):
        currency("EUR")
        for values in ({"rate": Decimal(-1)}, {"step_minor": 0}, {"ending_minor": 1}, {"rate": None}, {"code": "eur"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Currency.objects.update(**values)

    def test_the_log_of_rates_is_append_only(self):
        currency("EUR")
        for change in (lambda rows: rows.update(rate=1), lambda rows: rows.delete()):
            with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
                change(ExchangeRate.objects.all())

    def test_writes_down_what_was_changed_once(self):
        currency("EUR", "0.80")
        currency("EUR", "0.80", step_minor=100, ending_minor=99)
        assert ExchangeRate.objects.count() == 1
        changes = AuditEntry.objects.filter(action="currency.set").order_by("id").last().changes
        assert changes == {"code": "EUR", "step_minor": "100", "ending_minor": "99"}


@pytest.mark.django_db
class TestKnown:
    def test_asks_once(self, django_assert_num_queries):
        currency("EUR")
        with django_assert_num_queries(1):
            assert selectors.choices() == ["USD", "EUR"]
        with django_assert_num_queries(0):
            assert selectors.terms("EUR").rate == Decimal("0.92")
            assert selectors.terms("USD") is None

    def test_what_is_switched_off_cannot_be_chosen_and_is_converted_still(self):
        currency("EUR", is_active=False)
        assert selectors.choices() == ["USD"]
        assert selectors.terms("EUR") is not None
        with pytest.raises(selectors.UnknownCurrency):
            selectors.checked("EUR")

    @pytest.mark.parametrize(
        ("address", "cookie", "account", "found"),
        [
            ("", "", "", "USD"),
            ("?currency=eur", "", "", "EUR"),
            ("?currency=XXX", "EUR", "", "EUR"),
            ("", "EUR", "USD", "EUR"),
            ("", "", "EUR", "EUR"),
            ("", "GBP", "", "USD"),
            ("?currency=USD", "EUR", "", "USD"),
        ],
    )
    def test_the_address_counts_before_the_browser_before_the_account(self, address, cookie, account, found):
        currency("EUR")
        request = RequestFactory().get(f"/{address}")
        request.user = AnonymousUser()
        request.user.currency = account
        if cookie:
            request.COOKIES[selectors.COOKIE] = cookie
        assert selectors.of(request) == found
