from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.recommendations import matrix, rules

PRODUCTS = 6
orders_of = st.lists(st.sets(st.integers(0, PRODUCTS - 1), min_size=1).map(sorted), min_size=1, max_size=30)
calmly = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bought(orders: list[list[int]]) -> list[int]:
    return [sum(number in order for order in orders) for number in range(PRODUCTS)]


@calmly
@given(orders_of)
def test_the_gram_matrix_is_the_sum_of_what_orders_say(orders: list[list[int]]) -> None:
    found = matrix.gram(orders, PRODUCTS)

    naive = np.zeros((PRODUCTS, PRODUCTS))
    for order in orders:
        for one in order:
            for two in order:
                naive[one, two] += rules.order_weight(len(order)) / 1000
    assert np.allclose(found, naive, atol=1e-4)


def test_products_that_the_model_does_not_know_count_for_the_size_alone() -> None:
    assert np.allclose(matrix.gram([[0, -1, 1, -1]], 2), [[0.5, 0.5], [0.5, 0.5]])
    assert np.allclose(matrix.gram([[-1, -1], []], 2), 0)


@calmly
@given(orders_of)
def test_each_product_is_told_by_the_others_as_ridge_regression_would(orders: list[list[int]]) -> None:
    """The model in closed form is, column by column, the regression of one product on all the others."""
    gram = matrix.gram(orders, PRODUCTS).astype(float)
    found = matrix.weights(matrix.gram(orders, PRODUCTS), bought(orders))

    ridge = matrix.STEADY + matrix.DROPOUT / (1 - matrix.DROPOUT) * np.diag(gram)
    for product in range(PRODUCTS):
        others = [one for one in range(PRODUCTS) if one != product]
        among = gram[np.ix_(others, others)] + np.diag(ridge[others])
        expected = np.linalg.solve(among, gram[others, product]) / max(bought(orders)[product], 1) ** matrix.MODESTY
        assert np.allclose(found[others, product], expected, atol=1e-4)
        assert found[product, product] == 0


@pytest.mark.parametrize(("size", "block"), [(1, 4), (4, 4), (9, 4), (50, 7), (50, 50), (50, 512)])
def test_a_matrix_is_inverted_in_its_place(size: int, block: int) -> None:
    rng = np.random.default_rng(size * block)
    half = rng.random((size, 2 * size))
    found = (half @ half.T + np.eye(size)).astype(np.float32)
    expected = np.linalg.inv(found.astype(float))

    matrix.invert(found, block)

    assert np.allclose(found, expected, atol=1e-4)


def test_nothing_is_inverted_to_nothing() -> None:
    matrix.invert(np.zeros((0, 0), dtype=np.float32))


def test_what_goes_with_everything_says_little() -> None:
    """Bags are in every order, needles are always with thread. Counting sees no difference: it says as much of both."""
    bag, needle, thread, soap, towel = range(5)
    orders = [[bag, needle, thread]] * 20 + [[bag, soap, towel]] * 20 + [[bag, soap]] * 20 + [[bag]] * 40
    found = matrix.weights(matrix.gram(orders, 5), [100, 20, 20, 40, 20])

    assert found[needle].argmax() == thread
    assert found[thread].argmax() == needle
    assert found[bag, thread] < found[needle, thread] / 2


def test_the_strongest_come_in_order_and_only_if_they_say_something() -> None:
    found = np.array([[0, 0.5, -0.2, 0.25], [0, 0, 0, 0], [0.1, 0.1, 0, 0.3], [1e-9, 0, 0, 0]], dtype=np.float32)

    assert list(matrix.strongest(found, 2)) == [[(1, 50_000), (3, 25_000)], [], [(3, 30_000), (0, 10_000)], []]
    assert next(matrix.strongest(found, 99)) == [(1, 50_000), (3, 25_000)]
    assert list(matrix.strongest(np.zeros((0, 0), dtype=np.float32), 5)) == []


@calmly
@given(orders_of)
def test_products_are_alike_as_their_neighbours_are(orders: list[list[int]]) -> None:
    weights = matrix.weights(matrix.gram(orders, PRODUCTS), bought(orders))
    near = np.maximum(weights.astype(float), 0)
    length = np.sqrt((near**2).sum(axis=1))
    expected = near @ near.T / (np.outer(length, length) + matrix.FAINT)

    for one, found in enumerate(matrix.alike(weights, PRODUCTS, rows=2)):
        told = dict(found)
        assert one not in told
        for two in range(PRODUCTS):
            if two != one:
                assert abs(told.get(two, 0) / rules.WEIGHT - expected[one, two]) < 1e-4


def test_cups_are_alike_though_nobody_buys_two_of_them() -> None:
    red, blue, saucer, spoon = range(4)
    orders = [[red, saucer, spoon], [blue, saucer, spoon], [red, saucer], [blue, saucer], [spoon]] * 20
    weights = matrix.weights(matrix.gram(orders, 4), [40, 40, 80, 60])

    assert weights[red, blue] <= 0
    [(nearest, _weight)] = next(matrix.alike(weights, 1))
    assert nearest == blue
