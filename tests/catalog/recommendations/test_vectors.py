from __future__ import annotations

from dataclasses import replace
from math import isclose

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.recommendations.vectors import DIMENSIONS, PRICE, SHARES, Content, Rarity, vector

LAPTOP = Content(
    name="Kestrel laptops 13",
    description="<p>Light, and the battery lasts all day.</p>",
    brand="Oriel",
    kind="laptop",
    category=("Computers", "Laptops"),
    attributes={"screen": 13.3, "touch": True},
    tags=("light",),
    price_minor=90_000,
)
contents = st.builds(
    Content,
    name=st.text(max_size=60),
    description=st.text(max_size=200),
    brand=st.text(max_size=20),
    kind=st.text(max_size=20),
    category=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    attributes=st.dictionaries(st.text(max_size=10), st.one_of(st.text(max_size=20), st.integers(), st.booleans())),
    tags=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    price_minor=st.one_of(st.none(), st.integers(-5, 10**12)),
)


def alike(one: Content, two: Content, rarity: Rarity | None = None) -> float:
    rarity = rarity or Rarity()
    return sum(a * b for a, b in zip(vector(one, rarity), vector(two, rarity), strict=True))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents, contents)
def test_nothing_is_more_alike_than_the_same(one: Content, two: Content) -> None:
    found = vector(one, Rarity())

    assert len(found) == DIMENSIONS
    assert alike(one, one) <= 1.000001
    assert abs(alike(one, two)) <= 1.000001


def test_a_whole_product_is_as_alike_to_itself_as_can_be() -> None:
    assert isclose(alike(LAPTOP, LAPTOP), 1)


def test_each_part_has_its_share() -> None:
    other = Content(name="Spade", kind="tool", price_minor=90_000)

    assert isclose(alike(replace(LAPTOP, price_minor=None), LAPTOP), SHARES["facts"] + SHARES["words"])
    assert isclose(alike(Content("", price_minor=90_000), other), SHARES["price"])
    assert vector(Content(""), Rarity()) == [0.0] * DIMENSIONS


def test_prices_are_as_near_as_their_ratio() -> None:
    near, far, free = (Content("", price_minor=minor) for minor in (100_000, 400, 0))
    mine = Content("", price_minor=90_000)

    assert alike(mine, mine) > alike(mine, near) > 10 * alike(mine, far)
    assert vector(free, Rarity())[-PRICE:] == [0.0] * PRICE
    assert isclose(alike(Content("", price_minor=1), Content("", price_minor=20)), SHARES["price"])  # below all places


def test_plural_case_and_markup_make_no_difference() -> None:
    one = Content("Laptops", "<b>Glass</b> boxes", price_minor=None)
    two = Content("LAPTOP", "glass box", price_minor=None)

    assert alike(one, two) > 0.6 * SHARES["words"]
    assert isclose(alike(Content("Laptops"), Content("laptop")), SHARES["words"])


def test_what_few_have_says_more() -> None:
    rarity = Rarity()
    for number in range(200):
        rarity.add(Content(f"set of thing{number}"))
    common, rare = Content("set of"), Content("thing7")
    mine = Content("set of thing7")

    assert alike(mine, rare, rarity) > alike(mine, common, rarity)
    assert alike(mine, rare, Rarity()) < alike(mine, common, Rarity())


def test_rarity_is_kept_as_bytes_and_what_is_none_counts_nothing() -> None:
    rarity = Rarity()
    rarity.add(LAPTOP)

    assert bytes(Rarity(bytes(rarity))) == bytes(rarity)
    assert bytes(Rarity(b"1234")) == bytes(Rarity())
