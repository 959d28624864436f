"""The rates that come with the shop."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cart.tax import loading, selectors
from cart.tax.models import TaxRate
from cart.tax.regimes import EU

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty(db: None) -> None:
    TaxRate.objects.all().delete()


def counts(steps: list[loading.Step]) -> dict[str, int]:
    return {what: sum(step.what == what for step in steps) for what in {step.what for step in steps}}


def percents(country: str, state: str = "", tax_class: str = "standard") -> list[tuple[str, Decimal]]:
    rates = selectors.ruling({"country": country, "state": state}).regime.rates
    return [(rate.name, rate.rate * 100) for rate in rates if rate.tax_class == tax_class]


def test_once_more_does_nothing() -> None:
    first = loading.load()
    again = loading.load()
    assert set(counts(first)) == {"add"}
    assert counts(again) == {"same": len(first)}
    assert TaxRate.objects.filter(source="").count() == 0
    assert TaxRate.objects.filter(source_on=None).count() == 0


def test_all_places_are_there() -> None:
    loading.load()
    standard = TaxRate.objects.filter(tax_class="standard")
    assert set(standard.values_list("country", flat=True)) == {"US", "CA", "GB", "AU", *EU}
    assert standard.filter(country="US").values("state").distinct().count() == 51


def test_what_counts_where() -> None:
    loading.load()
    assert percents("CA", "ON") == [("HST", Decimal(13))]
    assert percents("CA", "NS") == [("HST", Decimal(14))]
    assert percents("CA", "QC") == [("GST", Decimal(5)), ("QST", Decimal("9.975"))]
    assert percents("CA", "AB") == [("GST", Decimal(5))]
    assert percents("EE") == [("KM", Decimal(24))]
    assert percents("DE", tax_class="reduced") == [("MwSt", Decimal(7))]
    assert percents("US", "NY") == [("New York sales tax", Decimal(4))]
    assert TaxRate.objects.get(country="EE", rate="0.22").valid_until == date(2025, 6, 30)


def test_a_rate_that_changed_ends_and_what_a_merchant_typed_stays() -> None:
    TaxRate.objects.create(
        name="VAT", country="GB", rate=Decimal("0.175"), valid_from=date(2008, 1, 1), data_set="gb", is_included=True
    )
    own = TaxRate.objects.create(name="GST", country="AU", rate=Decimal("0.125"), valid_from=date(1999, 1, 1))
    steps = loading.load(only=["gb", "au"])
    assert counts(steps) == {"end": 1, "add": 4, "kept": 1}
    old, new = TaxRate.objects.filter(country="GB", tax_class="standard").order_by("valid_from")
    assert (old.valid_until, new.valid_from, new.rate) == (date(2011, 1, 3), date(2011, 1, 4), Decimal("0.20"))
    assert list(TaxRate.objects.filter(country="AU", tax_class="standard")) == [own]


def test_a_mistake_in_the_data_is_corrected_from_today_on() -> None:
    TaxRate.objects.create(
        name="VAT", country="GB", rate=Decimal("0.21"), valid_from=date(2011, 1, 4), data_set="gb", is_included=True
    )
    assert counts(loading.load(only=["GB"])) == {"end": 1, "add": 3}
    assert percents("GB") == [("VAT", Decimal(20))]
    assert counts(loading.load(only=["GB"])) == {"same": 3}


def test_by_command() -> None:
    out = StringIO()
    call_command("load_tax_rates", "--countries", "GB", "--dry-run", stdout=out)
    assert out.getvalue().endswith("Would be: 3 new, 0 ends, 0 as it is, 0 your own, left alone\n")
    assert not TaxRate.objects.exists()
    call_command("load_tax_rates", countries="GB", stdout=StringIO())
    assert TaxRate.objects.count() == 3
    with pytest.raises(CommandError, match="No rates for XX"):
        call_command("load_tax_rates", countries="GB,XX")
