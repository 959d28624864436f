from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products import rules
from catalog.products.rules import AttributeSpec, BadGtin, BadOptions, BadValue, Charged, Lowest, Terms

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.integers(min_value=1, max_value=10**6)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    amount = draw(amounts)
    sale = draw(st.none() | st.integers(min_value=0, max_value=amount - 1))
    edges = sorted([draw(moments), draw(moments)])
    return Terms(amount, sale, draw(st.sampled_from([None, edges[0]])), draw(st.sampled_from([None, edges[1] + HOUR])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café au lait!", "cafe-au-lait"),
        ("  A  --  B  ", "a-b"),
        ("日本", "item"),
        ("x" * 200, "x" * 150),
        (("word " * 40), "word-" * 29 + "word"),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert rules.slug(text) == expected


@given(st.text(max_size=400))
def test_slugs_are_slugs(text: str) -> None:
    slug = rules.slug(text)

    assert 1 <= len(slug) <= 150
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert rules.slug(slug) == slug


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (None, None, Charged(800, 1000)),
        (NOW, None, Charged(800, 1000)),
        (NOW + HOUR, None, Charged(1000, 1000)),
        (None, NOW, Charged(1000, 1000)),
        (None, NOW + HOUR, Charged(800, 1000)),
        (NOW - HOUR, NOW + HOUR, Charged(800, 1000)),
    ],
)
def test_price_at(starts: datetime | None, ends: datetime | None, expected: Charged) -> None:
    assert rules.price_at(Terms(1000, 800, starts, ends), NOW) == expected


@given(terms(), moments, moments)
def test_the_price_changes_only_at_its_next_change(row: Terms, one: datetime, other: datetime) -> None:
    early, late = sorted([one, other])
    change = rules.next_change(row, early)

    if change is None or late < change:
        assert rules.price_at(row, late) == rules.price_at(row, early)


@given(terms(), moments)
def test_what_is_paid_is_never_more_than_the_regular_price(row: Terms, moment: datetime) -> None:
    price = rules.price_at(row, moment)

    assert price.amount <= price.regular == row.amount


@given(st.lists(terms(), min_size=1, max_size=5), moments)
def test_the_lowest_price_is_one_that_can_be_paid(rows: list[Terms], moment: datetime) -> None:
    low = rules.lowest(rows, moment)
    paid = [rules.price_at(row, moment) for row in rows]

    assert low is not None
    assert low.amount == min(price.amount for price in paid)
    assert Charged(low.amount, low.regular) in paid
    assert low.has_range == (max(price.amount for price in paid) > low.amount)
    assert low.changes_at is None or low.changes_at > moment


def test_lowest_of_nothing() -> None:
    assert rules.lowest([], NOW) is None
    assert rules.lowest([Terms(5)], NOW) == Lowest(5, 5, False, None)


@pytest.mark.parametrize(
    ("kind", "given_value", "expected"),
    [
        ("text", " oak ", "oak"),
        ("text", 5, "5"),
        ("number", "2.50", 2.5),
        ("number", 3.0, 3),
        ("boolean", "Yes", True),
        ("boolean", False, False),
        ("choice", "S", "S"),
        ("date", "2026-05-01", "2026-05-01"),
    ],
)
def test_clean_value(kind: str, given_value: object, expected: object) -> None:
    clean = rules.clean_value(AttributeSpec("code", kind, ("S", "M")), given_value)

    assert (clean, type(clean)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "NaN"),
        ("number", "Infinity"),
        ("number", True),
        ("number", "1e99"),
        ("boolean", "maybe"),
        ("choice", "XXL"),
        ("date", "tomorrow"),
        ("text", "a\x00b"),
        ("text", "x" * 1001),
        ("text", ["a"]),
    ],
)
def test_clean_value_refuses(kind: str, value: object) -> None:
    with pytest.raises(BadValue):
        rules.clean_value(AttributeSpec("code", kind, ("S", "M")), value)


def test_clean_attributes_says_what_is_wrong_by_code() -> None:
    specs = [AttributeSpec("size", "choice", ("S",), is_required=True), AttributeSpec("weight", "number")]

    assert rules.clean_attributes(specs, {"size": "S", "weight": " "}) == ({"size": "S"}, {})
    assert rules.clean_attributes(specs, {"weight": "x", "other": 1}) == (
        {},
        {"size": "required", "weight": "not a number", "other": "unknown attribute"},
    )


option_names = st.text(alphabet="abc", min_size=1, max_size=3)
matrices = st.dictionaries(option_names, st.lists(option_names, min_size=1, max_size=4, unique=True), max_size=4)


@given(matrices)
def test_the_matrix_has_each_combination_once(choices: dict[str, list[str]]) -> None:
    rows = rules.option_matrix(choices)
    size = 1
    for values in choices.values():
        size *= len(values)

    assert len(rows) == size == len({tuple(sorted(row.items())) for row in rows})
    assert all(row[name] in values for row in rows for name, values in choices.items())


@pytest.mark.parametrize("choices", [{"": ["a"]}, {"A": []}, {"A": ["x", "x"]}, {"A": [" "]}])
def test_the_matrix_refuses(choices: dict[str, list[str]]) -> None:
    with pytest.raises(BadOptions):
        rules.option_matrix(choices)


def test_the_matrix_has_an_end() -> None:
    with pytest.raises(BadOptions):
        rules.option_matrix({"A": [str(n) for n in range(50)], "B": [str(n) for n in range(50)]})


def test_variant_sku() -> None:
    assert rules.variant_sku("TEE", {"Colour": "Moss green", "Size": "M"}) == "TEE-MOSSGREEN-M"


def test_the_nearest_combination_keeps_what_was_changed() -> None:
    combinations = [{"c": "red", "s": "S"}, {"c": "red", "s": "M"}, {"c": "blue", "s": "L"}]

    assert rules.nearest_combination(combinations, {"c": "red", "s": "M"}) == 1
    assert rules.nearest_combination(combinations, {"c": "blue", "s": "M"}, "c") == 2
    assert rules.nearest_combination(combinations, {"c": "green", "s": "M"}, "c") == 1
    assert rules.nearest_combination([], {}) is None


@pytest.mark.parametrize("text", ["96385074", "036000291452", " 4006381333931 ", "10012345678902"])
def test_gtins(text: str) -> None:
    assert rules.gtin(text) == text.strip()


@pytest.mark.parametrize("text", ["", "abc", "4006381333", "40063813339311", "٤٠٠٦٣٨١٣٣٣٩٣١", "4006 381333931"])
def test_what_is_no_gtin(text: str) -> None:
    with pytest.raises(BadGtin):
        rules.gtin(text)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_check_digit_is_right(digits: str) -> None:
    def is_right(last: int) -> bool:
        try:
            return bool(rules.gtin(f"{digits}{last}"))
        except BadGtin:
            return False

    assert sum(is_right(last) for last in range(10)) == 1
