"""Helpful votes and reports: each once, not by the author, and only of what is shown."""

from __future__ import annotations

import pytest

from catalog.reviews import selectors, services, votes
from catalog.reviews.models import REPORTS, Review
from shop.core import db
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def test_a_vote_counts_once_and_can_be_taken_back() -> None:
    review, ada, bob = catalog.ReviewFactory(), db.uuid7(), db.uuid7()

    assert votes.vote(review_id=review.pk, customer_id=ada) == 1
    assert votes.vote(review_id=review.pk, customer_id=ada) == 1
    assert votes.vote(review_id=review.pk, customer_id=bob) == 2
    assert [one.has_voted for one in selectors.reviews_of(review.product_id, viewer=ada)] == [True]
    assert votes.unvote(review_id=review.pk, customer_id=ada) == 1
    assert votes.unvote(review_id=review.pk, customer_id=ada) == 1
    [shown] = selectors.reviews_of(review.product_id, viewer=ada)
    assert (shown.helpful, shown.has_voted, shown.is_own) == (1, False, False)


@pytest.mark.parametrize("what", [votes.vote, votes.unvote])
def test_authors_do_not_judge_themselves(what: object) -> None:
    ada = db.uuid7()
    review = catalog.ReviewFactory(customer_id=ada)

    with pytest.raises(votes.OwnReview):
        what(review_id=review.pk, customer_id=ada)  # type: ignore[operator]
    with pytest.raises(votes.OwnReview):
        votes.report(review_id=review.pk, customer_id=ada, by="test")


@pytest.mark.parametrize("status", ["pending", "rejected", "none"])
def test_what_is_not_shown_is_not_judged(status: str) -> None:
    key = catalog.ReviewFactory(status=status).pk if status != "none" else db.uuid7()

    with pytest.raises(Review.DoesNotExist):
        votes.vote(review_id=key, customer_id=db.uuid7())
    with pytest.raises(Review.DoesNotExist):
        votes.report(review_id=key, customer_id=db.uuid7(), by="test")


def test_enough_reports_ask_a_moderator_and_hide_nothing() -> None:
    review = catalog.ReviewFactory()
    people = [db.uuid7() for _ in range(REPORTS)]

    assert votes.report(review_id=review.pk, customer_id=people[0], by="test")
    assert not votes.report(review_id=review.pk, customer_id=people[0], by="test")
    assert list(selectors.waiting()) == []
    for person in people[1:]:
        votes.report(review_id=review.pk, customer_id=person, by="test")

    assert list(selectors.waiting()) == [review]
    assert len(selectors.reviews_of(review.product_id)) == 1
    services.publish(review_id=review.pk, by="staff:1")  # it is all right
    votes.report(review_id=review.pk, customer_id=people[0], by="test")
    assert list(selectors.waiting()) == []
    assert Review.objects.get().report_count == 0
