"""What a unit costs, by the pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.charging import PUBLIC, Charge, Priced, Row, Rule, lowest
from catalog.products.rules import Lowest, Terms

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def usd(*rows: Row, rules: tuple[Rule, ...] = ()) -> Priced:
    return Priced("USD", rows, rules)


def test_the_price_that_there_is() -> None:
    assert usd(Row(Terms(1000))).at(NOW) == Charge(1000, 1000)


def test_without_a_price_for_one_unit_it_is_not_sold() -> None:
    assert usd(Row(Terms(1000), min_quantity=10)).at(NOW, quantity=20) is None
    assert usd(Row(Terms(1000), "trade")).at(NOW) is None
    assert usd(Row(Terms(1000), "trade")).at(NOW, price_list="trade") == Charge(1000, 1000)


@pytest.mark.parametrize(
    ("rule", "amount"),
    [
        (Rule("1", "A third", points=3333), 667),
        (Rule("1", "Half a cent is rounded up", points=5), 999),  # 0.5 off: 1
        (Rule("1", "An amount", amounts={"USD": 250}), 750),
        (Rule("1", "More than it costs", amounts={"USD": 2000}), 0),
        (Rule("1", "A price", prices={"USD": 499}), 499),
        (Rule("1", "A higher price", prices={"USD": 1100}), 1000),
        (Rule("1", "Of another currency", amounts={"EUR": 250}), 1000),
        (Rule("1", "Not yet", points=5000, starts=NOW + HOUR), 1000),
        (Rule("1", "From now on", points=5000, starts=NOW), 500),
        (Rule("1", "Until now", points=5000, ends=NOW), 1000),
    ],
)
def test_a_rule(rule: Rule, amount: int) -> None:
    name = rule.name if amount < 1000 else ""
    assert usd(Row(Terms(1000)), rules=(rule,)).at(NOW) == Charge(amount, 1000, name)


def test_a_sale_and_a_rule_do_not_add_up() -> None:
    rule = Rule("1", "A fifth off", points=2000)
    assert usd(Row(Terms(1000, sale=700)), rules=(rule,)).at(NOW) == Charge(700, 1000)
    assert usd(Row(Terms(1000, sale=900)), rules=(rule,)).at(NOW) == Charge(800, 1000, "A fifth off")


def test_who_has_a_price_list_pays_the_lower_price() -> None:
    priced = usd(Row(Terms(1000, sale=700, starts=NOW, ends=NOW + HOUR)), Row(Terms(800), "trade"))

    assert priced.at(NOW, price_list="trade") == Charge(700, 800)
    assert priced.at(NOW + HOUR, price_list="trade") == Charge(800, 800)
    assert priced.at(NOW + HOUR) == Charge(1000, 1000)


def test_rules_are_of_the_public_list() -> None:
    priced = usd(Row(Terms(1000)), Row(Terms(850), "trade"), rules=(Rule("1", "Off", points=1000),))

    assert priced.at(NOW, price_list="trade") == Charge(850, 850)
    assert priced.at(NOW) == Charge(900, 1000, "Off")


def test_more_units_cost_less_each() -> None:
    priced = usd(Row(Terms(1000)), Row(Terms(900), min_quantity=10), Row(Terms(950), min_quantity=50))

    assert [priced.at(NOW, quantity=number) for number in (9, 10, 50)] == [
        Charge(1000, 1000), Charge(900, 900), Charge(900, 900),
    ]  # fmt: skip
    assert priced.breaks(NOW) == [(10, Charge(900, 900))]


def test_a_list_shows_the_cheapest_variant_until_something_starts_or_ends() -> None:
    one = usd(Row(Terms(1000, sale=600, starts=NOW + HOUR)), Row(Terms(550), "trade"))
    other = usd(Row(Terms(900)), rules=(Rule("1", "Off", points=1000, ends=NOW + 2 * HOUR),))

    assert lowest([one, other], NOW) == Lowest(810, 900, True, NOW + HOUR)
    assert lowest([one, other], NOW, price_list="trade") == Lowest(550, 550, True, NOW + HOUR)
    assert lowest([other], NOW + 2 * HOUR) == Lowest(900, 900, False, None)
    assert lowest([], NOW) is None


AMOUNT = st.integers(0, 10_000)


@st.composite
def priced(draw: st.DrawFn) -> Priced:
    rows = {(PUBLIC, 1): Row(Terms(draw(AMOUNT)))}
    for price_list, quantity in draw(st.sets(st.tuples(st.sampled_from([PUBLIC, "trade"]), st.integers(1, 4)))):
        amount = draw(AMOUNT)
        sale = draw(st.none() | st.integers(0, amount - 1)) if amount else None
        rows[price_list, quantity] = Row(Terms(amount, sale), price_list, quantity)
    rule = st.builds(Rule, st.just("1"), st.just("Off"), points=st.integers(1, 10_000))
    return usd(*rows.values(), rules=tuple(draw(st.lists(rule, max_size=2))))


@given(priced(), st.integers(1, 5), st.sampled_from([PUBLIC, "trade"]))
def test_more_units_another_list_and_rules_never_cost_more(one: Priced, quantity: int, price_list: str) -> None:
    charge = one.at(NOW, quantity=quantity, price_list=price_list)
    more = one.at(NOW, quantity=quantity + 1, price_list=price_list)
    public = one.at(NOW, quantity=quantity)
    without = usd(*one.rows).at(NOW, quantity=quantity, price_list=price_list)

    assert all((charge, more, public, without))
    assert 0 <= charge.amount <= charge.regular
    assert more.amount <= charge.amount <= public.amount
    assert charge.amount <= without.amount


@given(priced(), st.integers(1, 5), st.sampled_from([PUBLIC, "trade"]))
def test_the_breaks_are_all_that_quantities_change(one: Priced, quantity: int, price_list: str) -> None:
    first = one.at(NOW, price_list=price_list)
    charge = one.at(NOW, quantity=quantity, price_list=price_list)
    reached = [found for least, found in one.breaks(NOW, price_list=price_list) if least <= quantity]
    assert all((first, charge))
    assert (reached[-1] if reached else first).amount == charge.amount
