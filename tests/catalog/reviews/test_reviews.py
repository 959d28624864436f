from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from catalog.products.models import Product
from catalog.reviews import receivers, selectors, services
from catalog.reviews.models import Purchase, Review
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def rating(product: Product) -> tuple[Decimal, int]:
    product.refresh_from_db()
    return product.rating_average, product.rating_count


def posted(product: Product, stars: int = 5, **fields: object) -> Review:
    return services.post(
        product_id=product.pk,
        customer_id=db.uuid7(),
        author="Ada",
        rating=stars,
        by="test",
        **fields,  # type: ignore[arg-type]
    )


def test_who_has_not_bought_it_waits_for_a_moderator() -> None:
    product = catalog.product()

    review = posted(product)

    assert (review.status, review.is_verified) == ("pending", False)
    assert rating(product) == (0, 0)
    assert selectors.reviews_of(product.pk) == []


def test_who_has_paid_for_it_is_published_at_once() -> None:
    product, customer = catalog.product(), db.uuid7()
    data = {"customer_id": str(customer), "variant_ids": [str(product.variants.get().pk)]}
    receivers.note_purchases(data)
    receivers.note_purchases(data)

    review = services.post(product_id=product.pk, customer_id=customer, author="Ada", rating=4, by="test")

    assert Purchase.objects.count() == 1
    assert (review.status, review.is_verified) == ("published", True)
    assert rating(product) == (Decimal("4.00"), 1)
    assert OutboxEvent.objects.using(db.CATALOG).filter(event_type="ReviewPosted").count() == 1


def test_a_guests_order_is_no_purchase_of_anyone() -> None:
    receivers.note_purchases({"customer_id": None, "variant_ids": []})

    assert Purchase.objects.count() == 0


def test_moderation_moves_the_rating() -> None:
    product = catalog.product()
    good, bad = posted(product, 5), posted(product, 2)

    services.publish(review_id=good.pk, by="staff:1")
    services.publish(review_id=bad.pk, by="staff:1")
    assert rating(product) == (Decimal("3.50"), 2)

    services.reject(review_id=bad.pk, by="staff:1")
    assert rating(product) == (Decimal("5.00"), 1)
    services.reject(review_id=good.pk, by="staff:1")
    assert rating(product) == (Decimal("0.00"), 0)


def test_one_review_per_customer_and_product() -> None:
    product, customer = catalog.product(), db.uuid7()
    services.post(product_id=product.pk, customer_id=customer, author="Ada", rating=5, by="test")

    with pytest.raises(services.AlreadyReviewed):
        services.post(product_id=product.pk, customer_id=customer, author="Ada", rating=1, by="test")


@pytest.mark.parametrize(
    "fields",
    [{"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"rating": True}, {"title": "x" * 151}, {"body": "x" * 5001}],
)
def test_what_is_no_review(fields: dict[str, object]) -> None:
    product = catalog.product()

    with pytest.raises(services.BadReview):
        services.post(
            **{"product_id": product.pk, "customer_id": None, "author": "A", "rating": 5, "by": "test", **fields}
        )  # type: ignore[arg-type]


def test_only_active_products_are_reviewed() -> None:
    with pytest.raises(Product.DoesNotExist):
        posted(catalog.product(status="draft"))


def test_the_summary_counts_stars() -> None:
    product = catalog.product()
    for stars in (5, 5, 4, 1):
        catalog.ReviewFactory(product=product, rating=stars)
    catalog.ReviewFactory(product=product, rating=1, status="pending")

    summary = selectors.summary(product.pk)

    assert summary is not None
    assert (summary.average, summary.count) == (3.75, 4)
    assert [(bar.stars, bar.count, bar.percent) for bar in summary.bars] == [
        (5, 2, 50), (4, 1, 25), (3, 0, 0), (2, 0, 0), (1, 1, 25),
    ]  # fmt: skip


def test_reviews_come_in_pages(client: Client) -> None:
    product = catalog.product(slug="lamp")
    for _ in range(12):
        catalog.ReviewFactory(product=product)

    first = client.get("/products/lamp/reviews/", headers={"HX-Request": "true"})
    second = client.get(first.context["next_url"], headers={"HX-Request": "true"})

    assert (len(first.context["reviews"]), len(second.context["reviews"])) == (10, 2)
    assert second.context["next_url"] is None
    assert "<html" in client.get("/products/lamp/reviews/").content.decode()


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "99999999999", "00000000019999999999", "000000001" + "9" * 5000])
def test_a_page_of_reviews_that_is_not_there(client: Client, page: str) -> None:
    catalog.product(slug="lamp")

    assert client.get("/products/lamp/reviews/", {"page": page}).status_code == 404
