"""The line of an address with city, state and postcode, in the order of each country."""

from __future__ import annotations

import pytest

from shop.core import addresses


@pytest.mark.parametrize(
    ("country", "city", "state", "postal_code", "line"),
    [
        ("US", "Springfield", "IL", "62701", "Springfield, IL 62701"),
        ("CA", "Ottawa", "ON", "K1A 0B1", "Ottawa ON K1A 0B1"),
        ("AU", "Sydney", "NSW", "2000", "Sydney NSW 2000"),
        ("GB", "London", "", "SW1A 1AA", "London SW1A 1AA"),
        ("DE", "Berlin", "", "10115", "10115 Berlin"),
        ("AT", "Wien", "", "1010", "1010 Wien"),
        ("FR", "Paris", "", "75001", "75001 Paris"),
        ("NL", "Amsterdam", "", "1011 AB", "1011 AB Amsterdam"),
        ("CH", "Bern", "", "3000", "3000 Bern"),
        ("IT", "Frascati", "RM", "00044", "00044 Frascati RM"),
        ("IE", "Dublin", "", "D02 X285", "Dublin D02 X285"),
        ("BR", "Santos", "SP", "11010-000", "Santos São Paulo 11010-000"),
        ("HK", "Central", "", "", "Central"),
        ("DE", "Berlin", "Berlin", "10115", "10115 Berlin Berlin"),  # kept although the country has none
        ("??", "Nowhere", "X", "1", "Nowhere X 1"),
        ("DE", "", "", "10115", "10115"),
        ("US", "", "IL", "62701", "IL 62701"),
    ],
)
def test_the_line_with_the_place(country: str, city: str, state: str, postal_code: str, line: str) -> None:
    assert addresses.town({"country": country, "city": city, "state": state, "postal_code": postal_code}) == line


@pytest.mark.parametrize(
    ("country", "state", "postal_code", "problem"),
    [
        ("US", "CA", "90210", None),
        ("US", "California", "10001", "elsewhere"),
        ("US", "NY", "00000", "elsewhere"),
        ("CA", "ON", "M5V 2T6", None),
        ("CA", "BC", "M5V 2T6", "elsewhere"),
        ("US", "Nowhere", "90210", None),  # said at the state
        ("DE", "", "10115", None),
    ],
)
def test_a_postcode_is_one_of_its_state(country: str, state: str, postal_code: str, problem: str | None) -> None:
    given = {"country": country, "state": state, "postal_code": postal_code}
    assert addresses.clean(given)[1].get("postal_code") == problem
