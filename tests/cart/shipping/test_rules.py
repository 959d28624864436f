"""What a delivery costs, and who is served."""

from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.shipping import rules
from cart.shipping.postal import parse
from cart.shipping.rules import Band, Basis, Goods, Load, Terms, Zone
from tests.factories.drawn import examples

calmly = examples(100)

amounts = st.integers(0, 10**9)
loads = st.lists(st.builds(Load, amounts, amounts, amounts, st.integers(1, 10**4)), min_size=1, max_size=4)


@st.composite
def tables(draw):
    """Bands whose prices do not fall as they go up, the last one without end or not."""
    ends = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=5)))
    bands, price, below = [], 0, 0
    for end in ends:
        step = draw(st.none() | st.integers(1, 10**5))
        band = Band(end, price + draw(st.integers(0, 1000)), step, draw(st.integers(0, 50)))
        price = rules.band_price([Band(end - below, band.price, step, band.step_price)], end - below)
        bands.append(band)
        below = end
    return tuple(bands)


def test_delivery_is_free_from_its_sum():
    terms = Terms(price=599, free_from=5000)
    assert rules.price(terms, [Load()], subtotal=4999) == 599
    assert rules.price(terms, [Load()], subtotal=5000) == 0
    assert rules.price(Terms(price=599), [Load()], subtotal=5000) == 599


@pytest.mark.parametrize(
    ("grams", "price"), [(0, 400), (2000, 400), (2001, 700), (3000, 700), (3001, 800), (5000, 900), (5001, None)]
)
def test_bands_end_with_their_last_gram_and_steps_count_from_the_band_below(grams, price):
    bands = (Band(5000, 600, step=1000, step_price=100), Band(2000, 400))
    assert rules.price(Terms(Basis.WEIGHT, bands=bands), [Load(grams)], subtotal=0) == price


def test_the_greater_of_weight_and_room_counts():
    box = Goods(uuid4(), 2, grams=500, cubic_mm=400 * 300 * 250)
    load = rules.load_of([box])
    assert rules.weight(load, None) == 1000
    assert rules.weight(load, 5000) == 12_000
    assert rules.weight(Load(20_000, 60_000_000), 5000) == 20_000
    assert rules.weight(Load(0, 5001), 5000) == 2  # a part of a gram counts as one


def test_value_and_units_have_bands_too():
    bands = (Band(2, 300), Band(None, 500))
    assert rules.price(Terms(Basis.QUANTITY, bands=bands), [Load(units=2)], subtotal=0) == 300
    assert rules.price(Terms(Basis.PRICE, bands=bands), [Load(value=3)], subtotal=0) == 500


def test_parcels_are_charged_once_or_each():
    bands = (Band(1000, 300), Band(None, 500))
    two = [Load(800), Load(900)]
    assert rules.price(Terms(Basis.WEIGHT, bands=bands), two, subtotal=0) == 500
    assert rules.price(Terms(Basis.WEIGHT, bands=bands, is_per_parcel=True), two, subtotal=0) == 600
    assert rules.price(Terms(price=450, is_per_parcel=True), two, subtotal=0) == 900


def test_what_a_carrier_says_is_the_price():
    terms = Terms(Basis.CARRIER, price=999, is_per_parcel=True)
    assert rules.price(terms, [Load(), Load()], subtotal=0, asked=[310, 420]) == 730
    assert rules.price(terms, [Load(), Load()], subtotal=0) == 1998


def test_what_a_method_does_not_take():
    keys = [frozenset({"tag:fragile", "product:1"}), frozenset()]
    assert not rules.takes(Terms(excluded=frozenset({"tag:fragile"})), [Load()], keys)
    assert rules.takes(Terms(excluded=frozenset({"tag:liquid"})), [Load()], keys)
    heavy = [Load(20_000), Load(20_000)]
    assert not rules.takes(Terms(most_grams=31_500), heavy, keys)
    assert rules.takes(Terms(most_grams=31_500, is_per_parcel=True), heavy, keys)
    assert rules.takes(Terms(least_value=100, most_value=200), [Load(value=100), Load(value=100)], keys)
    assert not rules.takes(Terms(most_value=200), [Load(value=101), Load(value=100)], keys)
    assert not rules.takes(Terms(least_value=202), [Load(value=101), Load(value=100)], keys)


def test_a_zone_is_countries_states_and_postcodes():
    zone = Zone(frozenset({"US", "CA"}), frozenset({"US-AK", "US-HI"}), but_not=parse("99950"))
    assert zone.has("US", "AK", "99501")
    assert zone.has("CA", "ON", "")  # no state of Canada is named: all are meant
    assert not zone.has("US", "IL", "62701")
    assert not zone.has("US", "AK", "99950-1234")
    assert not zone.has("MX", "", "")
    islands = Zone(frozenset({"DE"}), postal_codes=parse("25846-25849"))
    assert islands.has("DE", "", "25847")
    assert not islands.has("DE", "", "25850")
    assert not islands.has("DE", "", "")


@calmly
@given(tables(), st.lists(st.integers(0, 2 * 10**6), min_size=2, max_size=8))
def test_more_never_costs_less_where_the_table_does_not_fall(bands, wanted):
    prices = [rules.band_price(bands, amount) for amount in sorted(wanted)]
    for less, more in pairwise(prices):
        assert more is None or (less is not None and less <= more)


@calmly
@given(
    st.builds(
        Terms,
        st.sampled_from(Basis),
        amounts,
        st.lists(st.builds(Band, st.none() | amounts, amounts, st.none() | st.integers(1, 10**6), amounts)).map(tuple),
        st.none() | amounts,
        st.none() | st.integers(1, 10**5),
        st.booleans(),
    ),
    loads,
    amounts,
)
def test_nothing_costs_less_than_nothing(terms, parcels, subtotal):
    found = rules.price(terms, parcels, subtotal=subtotal)
    assert found is None or found >= 0


@calmly
@given(loads, st.integers(1, 10**5))
def test_room_never_makes_a_parcel_lighter(parcels, divisor):
    for load in parcels:
        assert rules.weight(load, divisor) >= load.grams
