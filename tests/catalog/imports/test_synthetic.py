"""What made-up products are: the same for a seed, sound by the catalogue's own rules, their words spread as in life."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from catalog.imports.synthetic import goods, shelves, words
from catalog.products import rules

NUMBER = 200
GROUND = goods.Ground(
    categories=[f"category {index}" for index in range(len(shelves.SHELVES))],
    brands=[f"brand {index}" for index in range(words.brands(10**6))],
    types=[one.name for one in shelves.DEPARTMENTS],
    seller="seller",
    currency="USD",
    decimals=2,
    now="2026-01-01T00:00:00+00:00",
)


def batch(*, seed: int = 1, first: int = 0, stop: int = NUMBER, decimals: int = 2) -> goods.Goods:
    base = 0x019B76DA_8800_7000_8000_000000000000
    ground = goods.Ground(**{**vars(GROUND), "decimals": decimals})
    return goods.batch(seed=seed, first=first, stop=stop, base=base, ground=ground)


def test_the_same_seed_makes_the_same_goods() -> None:
    assert batch() == batch()


def test_more_products_begin_with_the_fewer() -> None:
    fewer, more = batch(stop=50), batch()
    assert more.products[:50] == fewer.products
    assert more.stock[: len(fewer.stock)] == fewer.stock


def test_another_seed_makes_others_beside_them() -> None:
    one, other = batch(), batch(seed=2)
    for column in (0, 2, 4):  # key, external id, slug
        assert {row[column] for row in one.products} & {row[column] for row in other.products} == set()
    assert {row.sku for row in one.stock} & {row.sku for row in other.stock} == set()


def test_what_must_be_unique_is_unique() -> None:
    made = batch()
    for rows, columns in ((made.products, (0, 2, 4)), (made.variants, (0, 2)), (made.prices, (0, 1))):
        for column in columns:
            assert len({row[column] for row in rows}) == len(rows)


def test_texts_fit_and_say_enough() -> None:
    for row in batch(first=goods.BATCH * 400, stop=goods.BATCH * 401).products:
        _key, _source, _external, name, slug, description, *_others = row
        assert len(str(name)) <= 120
        assert len(str(slug)) <= 160
        assert str(slug).startswith(rules.slug(str(name)))
        assert 40 <= len(str(description).split()) <= 80


def test_a_product_comes_in_one_to_three_kinds() -> None:
    made = batch()
    counts = Counter(row[1] for row in made.variants)
    assert set(counts) == {row[0] for row in made.products}
    assert set(counts.values()) == {1, 2, 3}


def test_gtins_are_valid_where_given() -> None:
    given = [str(row[4]) for row in batch().variants if row[4]]
    assert 0 < len(given) < len(batch().variants)
    assert [rules.gtin(text) for text in given] == given
    assert {len(text) for text in given} == {13}


def test_sales_are_below_the_price() -> None:
    prices = [(row[5], row[6]) for row in batch().prices]
    on_sale = [(amount, sale) for amount, sale in prices if sale is not None]
    assert 0 < len(on_sale) < len(prices)
    assert all(0 < sale < amount for amount, sale in on_sale)  # type: ignore[operator]


@pytest.mark.parametrize("decimals", [0, 3])
def test_prices_are_whole_units_of_any_currency(decimals: int) -> None:
    amounts = [row[5] for row in batch(decimals=decimals).prices]
    assert all(isinstance(amount, int) and amount > 0 for amount in amounts)


def test_released_in_the_past_of_the_catalogue() -> None:
    days = [date.fromisoformat(str(row[16])) for row in batch().products if row[16]]
    assert max(days) < goods.MOMENT.date()
    assert 0 < len(days) < NUMBER


def test_rare_words_are_the_most_and_common_words_the_most_used() -> None:
    many = batch(first=goods.BATCH * 100, stop=goods.BATCH * 101)
    counts = Counter(word for row in many.products for word in rules.slug(str(row[5])).split("-"))
    ranked = [words.word(rank) for rank in (0, 10, 100)]
    assert counts[ranked[0]] > counts[ranked[1]] > counts[ranked[2]] > 0
    assert sum(1 for number in counts.values() if number == 1) > len(counts) / 3


def test_the_catalogue_grows_slower_than_its_products() -> None:
    sizes = (1_000, 1_000_000)
    assert [round(words.known(number)) for number in sizes] == [2136, 80159]
    assert [words.brands(number) for number in sizes] == [99, 3005]
    assert [shelves.shelves(number) for number in sizes] == [239, 478]


def test_words_and_brands_are_each_their_own() -> None:
    assert len({words.brand(index) for index in range(words.brands(goods.MAX_PRODUCTS))}) == 30005
    ranks = range(0, 1_000_000, 7)
    assert len({words.word(rank) for rank in ranks}) == len(ranks)


@pytest.mark.parametrize(
    ("noun", "plural"),
    [("Toy", "Toys"), ("Brush", "Brushes"), ("Accessory", "Accessories"), ("Bread Knife", "Bread Knives")],
)
def test_plural(noun: str, plural: str) -> None:
    assert shelves.plural(noun) == plural
