"""The pure rules of routing: every payment has a provider, the same every time, and shares come out as entered."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from checkout.payments import routing
from checkout.payments.routing import PARTS, Rule, Wish

PROVIDERS = ["a", "b", "c"]
rules = st.lists(
    st.builds(
        Rule,
        method=st.sampled_from(["card", "paypal"]),
        provider=st.sampled_from(PROVIDERS),
        currency=st.sampled_from(["", "USD", "EUR"]),
        countries=st.frozensets(st.sampled_from(["US", "CA"])),
        minimum=st.none() | st.integers(0, 500),
        maximum=st.none() | st.integers(0, 500),
        share=st.integers(1, 100),
    ),
    max_size=8,
)
wishes = st.builds(
    Wish,
    method=st.sampled_from(["card", "paypal"]),
    currency=st.sampled_from(["USD", "EUR"]),
    country=st.sampled_from(["US", "CA", "DE"]),
    minor=st.integers(0, 600),
    number=st.integers(0, PARTS - 1),
)
circuits = st.sets(st.sampled_from(PROVIDERS))


def wish(**given: object) -> Wish:
    values: dict[str, object] = {"method": "card", "currency": "USD", "country": "US", "minor": 100, "number": 0}
    return Wish(**(values | given))  # type: ignore[arg-type]


@given(wishes, rules, circuits)
def test_there_is_always_somebody_to_ask_and_nobody_twice(asked: Wish, table: list[Rule], is_open: set[str]) -> None:
    order = routing.order(asked, table, default="d", is_open=is_open)
    assert len(order) == len(set(order)) >= 1
    assert routing.order(asked, table, default="d", is_open=is_open) == order


@given(wishes, rules, circuits)
def test_only_providers_of_rules_that_fit_are_asked(asked: Wish, table: list[Rule], is_open: set[str]) -> None:
    fitting = {rule.provider for rule in table if rule.fits(asked)}
    assert set(routing.order(asked, table, default="d", is_open=is_open)) == (fitting or {"d"})


@given(wishes, rules, circuits)
def test_open_circuits_come_last_and_change_nothing_else(asked: Wish, table: list[Rule], is_open: set[str]) -> None:
    calm, order = routing.order(asked, table, default="d"), routing.order(asked, table, default="d", is_open=is_open)
    closed = [one for one in calm if one not in is_open]
    assert list(order) == closed + [one for one in calm if one in is_open]


@given(st.lists(st.integers(1, 60), min_size=2, max_size=3))
def test_shares_come_out_as_entered(shares: list[int]) -> None:
    table = [Rule("card", provider, share=share) for provider, share in zip(PROVIDERS, shares, strict=False)]
    step = 25
    got = Counter(routing.order(wish(number=n), table, default="d")[0] for n in range(0, PARTS, step))
    for rule in table:
        assert abs(got[rule.provider] - rule.share / sum(shares) * PARTS / step) <= 1


def test_the_first_group_that_fits_decides_and_the_ones_below_stand_in() -> None:
    table = [
        Rule("card", "a", currency="USD", minimum=200),
        Rule("card", "b", currency="USD", maximum=199),
        Rule("card", "c"),
    ]
    assert routing.order(wish(minor=199), table, default="d") == ("b", "c")
    assert routing.order(wish(minor=200), table, default="d") == ("a", "c")
    assert routing.order(wish(currency="EUR"), table, default="d") == ("c",)
    assert routing.order(wish(method="paypal"), table, default="d") == ("d",)


def test_a_payment_keeps_its_side_of_a_share() -> None:
    table = [Rule("card", "a", share=30), Rule("card", "b", share=70)]
    assert routing.order(wish(number=2999), table, default="d") == ("a", "b")
    assert routing.order(wish(number=3000), table, default="d") == ("b", "a")


def test_numbers_are_spread_evenly_and_stay() -> None:
    numbers = [routing.number_of(UUID(int=n)) for n in range(2000)]
    assert [routing.number_of(UUID(int=n)) for n in range(2000)] == numbers
    assert 900 < sum(number < PARTS // 2 for number in numbers) < 1100


def test_shares_that_do_not_come_to_a_hundred_are_named() -> None:
    table = [Rule("card", "a", share=60), Rule("card", "b", share=30), Rule("paypal", "c")]
    assert routing.problems(table) == [("card", "", frozenset(), None, None)]
    assert routing.problems([Rule("card", "a", share=60), Rule("card", "b", share=40)]) == []
