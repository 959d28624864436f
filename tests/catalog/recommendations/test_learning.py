from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any
from uuid import UUID

import pytest

from catalog.products.models import Product
from catalog.recommendations import learning, matrix, rules, selectors, services
from catalog.recommendations.models import Demand, Neighbours, PastOrder
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db

Near = dict[UUID, list[tuple[UUID, int]]]


def demand() -> dict[UUID, tuple[int, int]]:
    return {row.product_id: (row.orders, row.weight) for row in Demand.objects.filter(orders__gt=0)}


def neighbours() -> Near:
    rows = Neighbours.objects.filter(kind=Neighbours.Kind.TOGETHER)
    return {row.product_id: list(zip(row.others, row.weights, strict=True)) for row in rows}


def counted(orders: Iterable[Sequence[Product]]) -> Near:
    """The cosines of what was bought together, by hand."""
    baskets = [[one.pk for one in order] for order in orders]
    weight = {key: sum(_weight(basket) for basket in baskets if key in basket) for basket in baskets for key in basket}
    found: Near = {}
    for one in weight:
        near = []
        for two in weight:
            shared = sum(_weight(basket) for basket in baskets if one in basket and two in basket)
            if one != two and shared:
                cosine = shared / (sqrt(weight[one] * weight[two]) + rules.ORDER)
                near.append((two, round(rules.COUNTED * cosine)))
        if near:
            found[one] = sorted(near, key=lambda pair: (-pair[1], pair[0]))
    return found


def _weight(basket: Sequence[UUID]) -> int:
    return rules.order_weight(len(basket))


def dice(made: Sequence[Product], count: int, seed: int = 1) -> list[list[Product]]:
    rng = random.Random(seed)
    return [rng.sample(made, rng.randint(1, 4)) for _ in range(count)]


def test_counts_are_the_naive_ones(settings: Any) -> None:
    made = make.products(7)
    orders = dice(made, 40)
    make.bought(*orders)

    assert learning.count_new() == 40

    assert neighbours() == counted(orders)
    assert demand() == {
        one.pk: (
            sum(one in order for order in orders),
            sum(rules.order_weight(len(order)) for order in orders if one in order),
        )
        for one in made
    }
    assert PastOrder.objects.filter(is_counted=True).count() == 40


def test_order_by_order_is_the_same_as_all_at_once(settings: Any) -> None:
    settings.RECOMMENDATIONS_MODEL_PRODUCTS = 0
    made = make.products(6)
    for order in dice(made, 25):
        make.bought(order)
        learning.count_new()
    one_by_one, touched = demand(), set(neighbours())

    learning.rebuild_together()

    assert demand() == one_by_one
    assert set(neighbours()) == touched


def test_after_the_last_order_of_all_products_counts_are_those_of_a_rebuild(settings: Any) -> None:
    settings.RECOMMENDATIONS_MODEL_PRODUCTS = 0
    made = make.products(5)
    for order in [*dice(made, 20), made]:
        make.bought(order)
        learning.count_new()
    incremental = neighbours()

    learning.rebuild_together()

    assert neighbours() == incremental


def test_an_order_is_counted_once() -> None:
    made = make.products(2)
    make.bought(made)
    learning.count_new()
    before = (demand(), neighbours())

    assert learning.count_new() == 0
    learning.rebuild_together()

    assert (demand(), len(neighbours())) == (before[0], 2)


def test_a_cancelled_order_counts_no_more() -> None:
    made = make.products(3)
    orders = make.chosen(made, "01", "12")
    keys = make.bought(*orders)
    learning.count_new()

    services.withdraw_order(order_id=keys[0], at=make.NOON)
    services.withdraw_order(order_id=keys[0], at=make.NOON)
    assert learning.count_new() == 1

    assert set(demand()) == {made[1].pk, made[2].pk}
    assert neighbours()[made[1].pk] == counted(orders[1:])[made[1].pk]
    assert made[0].pk not in neighbours()
    assert learning.count_new() == 0


def test_an_order_that_was_cancelled_before_its_payment_is_heard_never_counts() -> None:
    made = make.products(2)
    key = PastOrder(id=made[0].pk).pk
    services.withdraw_order(order_id=key, at=make.NOON)
    services.note_orders([services.Bought(key, make.NOON, None, [one.pk for one in made])])

    assert (learning.count_new(), demand(), neighbours()) == (0, {}, {})


def test_an_order_withdrawn_before_it_is_counted_is_not_counted() -> None:
    made = make.products(2)
    [key] = make.bought(made)
    services.withdraw_order(order_id=key, at=make.NOON)

    assert (learning.count_new(), demand(), neighbours()) == (0, {}, {})


def test_the_model_is_the_matrix_of_all_orders() -> None:
    made = make.products(5)
    orders = dice(made, 60)
    make.bought(*orders)

    assert learning.rebuild_together() == 5

    known = sorted(made, key=lambda one: (-demand()[one.pk][0], one.pk))
    places = [[known.index(one) for one in order] for order in orders]
    weights = matrix.weights(matrix.gram(places, 5), [demand()[one.pk][0] for one in known])
    expected = {
        one.pk: [(known[place].pk, weight) for place, weight in near]
        for one, near in zip(known, matrix.strongest(weights, 100), strict=True)
    }
    assert neighbours() == expected
    assert Neighbours.objects.filter(is_modelled=True, kind="together").count() == 5
    likes = Neighbours.objects.filter(kind="alike")
    assert {row.product_id: list(zip(row.others, row.weights, strict=True)) for row in likes} == {
        one.pk: [(known[place].pk, weight) for place, weight in near]
        for one, near in zip(known, matrix.alike(weights, 100), strict=True)
    }


def test_the_model_knows_what_is_bought_most_and_counts_tell_the_rest(settings: Any) -> None:
    settings.RECOMMENDATIONS_MODEL_PRODUCTS = 2
    made = make.products(4)
    orders = make.chosen(made, "01", "01", "01", "02", "23")
    make.bought(*orders)

    assert learning.rebuild_together() == 2

    modelled = Neighbours.objects.filter(is_modelled=True)
    assert set(modelled.values_list("product_id", flat=True)) == {made[0].pk, made[1].pk}
    assert {key: near for key, near in neighbours().items() if key in {made[2].pk, made[3].pk}} == {
        key: near for key, near in counted(orders).items() if key in {made[2].pk, made[3].pk}
    }


def test_a_new_product_has_neighbours_at_once_and_the_models_stay() -> None:
    made = make.products(4)
    make.bought(*make.chosen(made, "01", "01", "02"))
    learning.rebuild_together()
    before = neighbours()

    make.bought(*make.chosen(made, "13"))
    learning.count_new()

    assert [key for key, _weight in neighbours()[made[3].pk]] == [made[1].pk]
    assert {key: near for key, near in neighbours().items() if key != made[3].pk} == before


def test_there_is_nothing_to_learn_from_nothing() -> None:
    assert (learning.count_new(), learning.rebuild_together(), neighbours()) == (0, 0, {})


def test_more_orders_than_one_turn_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "BATCH", 2)
    made = make.products(3)
    make.bought(*make.chosen(made, "01", "12", "01", "02", "0"))

    assert [learning.count_new() for _ in range(4)] == [2, 2, 1, 0]
    assert {one.pk: demand()[one.pk][0] for one in made} == {made[0].pk: 4, made[1].pk: 3, made[2].pk: 2}


def test_together_adds_up_what_each_product_says(counting: Any) -> None:
    made = make.products(5)
    near = {0: [(2, 50), (3, 30), (1, 99)], 1: [(3, 30), (4, 55)]}
    for place, others in near.items():
        Neighbours.objects.create(
            product_id=made[place].pk,
            kind="together",
            others=[made[other].pk for other, _weight in others],
            weights=[weight for _other, weight in others],
        )

    with counting() as queries:
        found = selectors.together([made[0].pk, made[1].pk], top=10)

    assert (found, queries()) == ([made[3].pk, made[4].pk, made[2].pk], 1)
    assert selectors.together([made[0].pk], top=1) == [made[1].pk]
    assert selectors.together([], top=5) == selectors.together([made[4].pk], top=5) == []
