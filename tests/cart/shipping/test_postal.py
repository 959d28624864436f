"""Which postcodes are meant."""

import pytest

from cart.shipping import postal


@pytest.mark.parametrize(
    ("rule", "country", "inside", "outside"),
    [
        ("10115", "DE", ["10115", "D-10115"], ["10117", ""]),
        ("101*", "DE", ["10115", "10199"], ["10245"]),
        ("10000-19999", "DE", ["10000", "15230", "19999"], ["20000", "09999"]),
        ("90000-96162", "US", ["90210", "90210-1234", "96162-9999"], ["96163", "89999"]),
        ("90210", "US", ["90210", "90210-1234"], ["90211"]),
        ("SW1", "GB", ["SW1A 1AA", "sw1a1aa", "SW1 1AA"], ["SW10 9QQ", "SW19 5AE", "W1A 1AA"]),
        ("SW1A", "GB", ["SW1A 1AA"], ["SW1P 1AA"]),
        ("SW1A 1AA", "GB", ["SW1A 1AA"], ["SW1A 1AB"]),
        ("S", "GB", ["S1 2AB", "S75 1AA"], ["SW1A 1AA", "SE1 7PB"]),
        ("AB31-AB38", "GB", ["AB31 4AB", "AB38 9RX"], ["AB30 1AA", "AB39 2AA", "IV31 1AA", "AB3 8XX"]),
        ("IV", "GB", ["IV1 1AA", "IV63 6XX"], ["I1 1AA"]),
        ("K1A-K2Z", "CA", ["K1A 0B1", "K2P 1L4"], ["K4A 1A1", "J9Z 1A1"]),
        ("D02", "IE", ["D02 X285"], ["D04 X285"]),
        ("1000-1099", "NL", ["1012 AB", "1099ZZ"], ["1100 AA"]),
        ("LV-1010", "LV", ["LV-1010", "1010"], ["LV-1011"]),
        ("20*", "FR", ["20000", "20137"], ["2A004", "75001"]),
    ],
)
def test_a_rule_means_these_and_not_those(rule, country, inside, outside):
    rules = postal.parse(rule)
    assert [code for code in inside if not postal.matches(rules, code, country)] == []
    assert [code for code in outside if postal.matches(rules, code, country)] == []


def test_rules_stand_on_lines_or_between_commas():
    assert postal.parse("10115, 10117\n\n 20* ") == (postal.Rule("10115"), postal.Rule("10117"), postal.Rule("20"))


@pytest.mark.parametrize("line", ["*", "200-100", "1000-20000", "AB25-AB10", "äöü", "1-", "A" * 13])
def test_what_names_no_postcodes_is_refused(line):
    with pytest.raises(postal.BadRule):
        postal.parse(line)
