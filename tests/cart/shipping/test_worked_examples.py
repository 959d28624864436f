"""Examples that others worked out: what carriers and shops publish, each with its source."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cart.shipping import calendars, postal, promise, rules
from cart.shipping.promise import Calendar, Clock
from cart.shipping.rules import Band, Basis, Load, Terms

INCH = 25.4  # millimetres


def box(length: float, width: float, height: float, scale: float) -> Load:
    return Load(cubic_mm=round(length * scale) * round(width * scale) * round(height * scale))


@pytest.mark.parametrize(
    ("load", "divisor", "grams"),
    [
        # DHL Express, "Volumetric weight": length × width × height in cm / 5,000 is kilograms. 40 × 30 × 25 cm: 6 kg.
        (box(40, 30, 25, 10), 5000, 6_000),
        # The same formula, a cube of 50 cm: 25 kg.
        (box(50, 50, 50, 10), 5000, 25_000),
        # IATA resolution 502, air cargo: 6,000 cm³ are a kilogram. 100 × 50 × 60 cm: 50 kg.
        (box(100, 50, 60, 10), 6000, 50_000),
        # A cubic metre is 166.67 kg at 6,000, and 200 kg at 5,000.
        (box(100, 100, 100, 10), 6000, 166_667),
        (box(100, 100, 100, 10), 5000, 200_000),
    ],
)
def test_dimensional_weight_in_the_metric_system(load, divisor, grams):
    assert rules.weight(load, divisor) == grams


@pytest.mark.parametrize(
    ("inches", "pounds"),
    [
        # UPS and FedEx, daily rates in the USA: in³ / 139, rounded up to the next pound. 12 × 12 × 12: 1728 / 139.
        ((12, 12, 12), 13),
        # 18 × 12 × 10: 2160 / 139 = 15.5.
        ((18, 12, 10), 16),
        # 24 × 18 × 12: 5184 / 139 = 37.3.
        ((24, 18, 12), 38),
    ],
)
def test_dimensional_weight_in_inches_and_pounds(inches, pounds):
    grams = rules.weight(box(*inches, INCH), 5022)  # 139 in³ for a pound
    assert -(-grams * 100 // 45_359) == pounds


def test_tiered_flat_rate():
    """Solidus, `Calculator::TieredFlatRate`: a base, and other amounts from totals on. With 10 as base and 15 from 20,
    20.00 pays 15; bands that end below their border say the same."""
    terms = Terms(Basis.PRICE, bands=(Band(19_99, 10_00), Band(None, 15_00)))
    assert rules.price(terms, [Load(value=19_99)], subtotal=0) == 10_00
    assert rules.price(terms, [Load(value=20_00)], subtotal=0) == 15_00


def test_flexi_rate():
    """Solidus, `Calculator::FlexiRate`: the first item costs this, each additional one that."""
    terms = Terms(Basis.QUANTITY, bands=(Band(1, 5_00), Band(None, 5_00, step=1, step_price=1_00)))
    assert [rules.price(terms, [Load(units=units)], subtotal=0) for units in (1, 2, 5)] == [5_00, 6_00, 9_00]


@pytest.mark.parametrize(
    ("rule", "code", "country", "is_meant"),
    [
        # WooCommerce, "Setting up Shipping Zones": postcodes with wildcards (CB23*) and numeric ranges (90210...99000).
        ("CB23*", "CB23 1AB", "GB", True),
        ("CB23*", "CB24 1AB", "GB", False),
        ("90210-99000", "95014", "US", True),
        ("90210-99000", "90209", "US", False),
        # Royal Mail's postcode areas: Lewis and Harris are HS1 to HS5, Westminster is SW1, SW10 is not in it.
        ("HS1-HS5", "HS2 0AA", "GB", True),
        ("HS1-HS5", "HS6 5AA", "GB", False),
        ("SW1", "SW1A 2AA", "GB", True),
        ("SW1", "SW10 0XD", "GB", False),
    ],
)
def test_postcodes(rule, code, country, is_meant):
    assert postal.matches(postal.parse(rule), code, country) is is_meant


def test_two_working_days_over_thanksgiving():
    """5 U.S.C. § 6103: the fourth Thursday in November is a holiday. Two working days from Wednesday are Monday."""
    off = Calendar(holidays=calendars.public_holidays("US", "", 2026))
    chicago = Clock("America/Chicago", time(14), 0, off)
    at = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("America/Chicago"))
    assert promise.promise(at, chicago, least=2, most=2, transit=off).arrives_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("country", "state", "day"),
    [
        ("DE", "", date(2026, 10, 3)),  # Tag der Deutschen Einheit
        ("DE", "BY", date(2026, 1, 6)),  # Heilige Drei Könige, in Bavaria
        ("GB", "", date(2026, 12, 25)),
        ("FR", "", date(2026, 7, 14)),
        ("US", "", date(2027, 1, 1)),  # the next year is known, too
        ("JP", "", date(2026, 5, 5)),  # Children's Day
    ],
)
def test_public_holidays(country, state, day):
    assert day in calendars.public_holidays(country, state, 2026)


def test_what_is_no_holiday():
    assert date(2026, 1, 6) not in calendars.public_holidays("DE", "BE", 2026)
    assert calendars.public_holidays("XX", "", 2026) == frozenset()
    assert calendars.public_holidays("US", "nowhere", 2026) == calendars.public_holidays("US", "", 2026)
