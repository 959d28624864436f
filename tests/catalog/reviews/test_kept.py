"""The reviews of a product as a kept page: everybody's until one of them changes, and never with what is one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from catalog.products.models import Product
from catalog.reviews import services, votes
from catalog.reviews.models import Review
from shop.core import db
from tests.factories import catalog
from tests.factories.accounts import UserFactory
from tests.outbox import drain

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pages_are_kept")]
HTMX = {"HX-Request": "true"}


def shown(product: Product, client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/products/{product.slug}/reviews/", headers=HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


ADA = db.uuid7()
CHANGES: dict[str, tuple[Callable[[Review], object], str]] = {
    "a vote": (lambda review: votes.vote(review_id=review.pk, customer_id=db.uuid7()), "<span>1<"),
    "an answer": (lambda review: services.reply(review_id=review.pk, text="Thank you!", by="test"), "Thank you!"),
    "a rejection": (lambda review: services.reject(review_id=review.pk, by="test"), "No reviews yet."),
    "an author who is forgotten": (lambda review: services.erase(customer_id=ADA, by="test"), "A customer"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_shown_to_all(what: str) -> None:
    change, words = CHANGES[what]
    review = catalog.ReviewFactory(customer_id=ADA, author="Ada")
    before = shown(review.product)

    change(review)
    drain()

    assert [words in before, words in shown(review.product)] == [False, True]


def test_nobody_sees_who_has_voted() -> None:
    review, ada = catalog.ReviewFactory(), UserFactory()
    signed_in = Client()
    signed_in.force_login(ada)
    signed_in.cookies["js"] = "1"
    votes.vote(review_id=review.pk, customer_id=ada.pk)

    hers, everybodys = shown(review.product, signed_in), shown(review.product)

    assert ['name="vote" value="0"' in text for text in (hers, everybodys)] == [True, False]
    assert shown(review.product, signed_in) == hers
