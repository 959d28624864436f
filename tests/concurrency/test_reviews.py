"""Races for the rating of one product and the votes on one review, with real connections."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest
from django.db import transaction

from catalog.products.models import Product
from catalog.reviews import invariants, selectors, services, votes
from catalog.reviews.models import Purchase, Review
from shop.core import db
from tests.concurrency.race import together
from tests.concurrency.test_orders import unlocked
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)


def buyers(product: Product, number: int) -> list[partial[Review]]:
    """So many who have bought it, each about to write a review of its own stars."""
    people = [db.uuid7() for _ in range(number)]
    Purchase.objects.bulk_create(Purchase(customer_id=one, product_id=product.pk) for one in people)
    post = partial(services.post, product_id=product.pk, author="", by="test")
    return [partial(post, customer_id=one, rating=1 + place % 5) for place, one in enumerate(people)]


def rate(product_id: UUID) -> None:
    with transaction.atomic(using=db.CATALOG):
        services.rate([product_id])


def rating(product: Product) -> tuple[str, int]:
    product.refresh_from_db()
    return str(product.rating_average), product.rating_count


def test_many_who_write_at_once_are_all_counted() -> None:
    product = catalog.product()

    results = together(buyers(product, 10))

    assert {type(one) for one in results} == {Review}
    assert rating(product) == ("3.00", 10)
    assert invariants.counted() == []


def test_writers_and_moderators_at_once() -> None:
    product = catalog.product()
    shown = [catalog.ReviewFactory(product=product, rating=1) for _ in range(3)]
    hidden = [catalog.ReviewFactory(product=product, rating=5, status="pending") for _ in range(3)]
    jobs = [partial(services.reject, review_id=one.pk, by="staff:1") for one in shown]
    jobs += [partial(services.publish, review_id=one.pk, by="staff:1") for one in hidden]

    results = together([*jobs, *buyers(product, 4)])

    assert {type(one) for one in results} == {Review}
    assert rating(product) == ("3.57", 7)  # 5 + 5 + 5 + 1 + 2 + 3 + 4
    assert invariants.counted() == []


def test_control_without_the_lock_a_review_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    product = catalog.product()
    with unlocked(monkeypatch, selectors, "rated"):
        together(buyers(product, 2))
    assert (rating(product)[1], Review.objects.filter(status="published").count()) == (1, 2)
    assert invariants.counted() != []


def test_the_same_customer_twice_at_once_writes_one() -> None:
    product = catalog.product()
    [write] = buyers(product, 1)

    results = together([write] * 4)

    assert sorted(type(one).__name__ for one in results) == ["AlreadyReviewed"] * 3 + ["Review"]
    assert rating(product) == ("1.00", 1)


def test_votes_at_once_are_all_counted() -> None:
    review, people = catalog.ReviewFactory(), [db.uuid7() for _ in range(8)]
    rate(review.product_id)
    vote = [partial(votes.vote, review_id=review.pk, customer_id=one) for one in people]

    together([*vote, vote[0], vote[0]])
    assert Review.objects.get().helpful_count == 8
    together([partial(votes.unvote, review_id=review.pk, customer_id=one) for one in people[:5]])

    assert Review.objects.get().helpful_count == 3
    assert invariants.counted() == []


def test_control_without_the_lock_a_vote_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    review = catalog.ReviewFactory()
    jobs = [partial(votes.vote, review_id=review.pk, customer_id=db.uuid7()) for _ in range(2)]
    with unlocked(monkeypatch, selectors, "votes_on"):
        together(jobs)
    assert (Review.objects.get().helpful_count, review.votes.count()) == (1, 2)


def test_votes_meet_a_change_of_the_review() -> None:
    ada = db.uuid7()
    review = catalog.ReviewFactory(customer_id=ada)
    rate(review.product_id)
    people = [db.uuid7() for _ in range(4)]
    for one in people:
        votes.vote(review_id=review.pk, customer_id=one)
    change = partial(services.revise, review_id=review.pk, customer_id=ada, author="A", rating=1, by="test")

    results = together([change, *[partial(votes.unvote, review_id=review.pk, customer_id=one) for one in people]])

    assert {type(one).__name__ for one in results} <= {"Review", "int", "DoesNotExist"}
    assert invariants.counted() == []
