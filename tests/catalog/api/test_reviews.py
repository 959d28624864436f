"""Reviews over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from catalog.products.models import Product
from catalog.reviews.models import Purchase, Review, ReviewPhoto, ReviewReport
from shop.accounts.models import User
from shop.core import db
from tests.counting import Counting
from tests.factories import catalog
from tests.factories.accounts import UserFactory
from tests.factories.photos import bomb, jpeg

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada() -> User:
    return UserFactory()


@pytest.fixture
def customer(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def of(product: Product) -> str:
    return reverse("api_product_reviews", args=[product.pk])


def error(response: Any) -> tuple[int, str, list[str]]:
    body = response.json()["error"]
    return response.status_code, body["code"], sorted(body.get("fields", {}))


def photos(*contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile("a.jpg", content, "image/jpeg") for content in contents]


def test_a_review_says_all_that_pages_show(client: Client) -> None:
    product = catalog.product()
    review = catalog.ReviewFactory(product=product, reply="Thanks.", helpful_count=3, photo_count=1)
    ReviewPhoto.objects.create(review=review, name="reviews/aa/x.jpg", width=4, height=3, position=0)

    [row] = client.get(of(product)).json()["data"]

    assert row["photos"] == [{
        "id": str(ReviewPhoto.objects.get().pk), "url": "/media/reviews/aa/x.jpg",
        "thumbnail": "/media/reviews/aa/x-small.jpg", "width": 4, "height": 3,
    }]  # fmt: skip
    assert (row["helpfulCount"], row["reply"]["body"], row["editedAt"]) == (3, "Thanks.", None)


@pytest.mark.parametrize(
    ("query", "ratings", "total"),
    [("sort=highest&limit=2", [5, 4], 5), ("sort=lowest&page=2&limit=2", [3, 4], 5), ("stars=4", [4], 1),
     ("sort=helpful", [1, 2, 3, 4, 5], 5), ("withPhotos=true", [3], 1), ("withPhotos=true&stars=1", [], 0)],
)  # fmt: skip
def test_they_are_sorted_and_filtered(client: Client, query: str, ratings: list[int], total: int) -> None:
    product = catalog.product()
    for stars in range(1, 6):
        catalog.ReviewFactory(product=product, rating=stars, helpful_count=9 - stars, photo_count=int(stars == 3))

    body = client.get(f"{of(product)}?{query}").json()

    assert ([row["rating"] for row in body["data"]], body["total"]) == (ratings, total)


@pytest.mark.parametrize(
    ("query", "fields"),
    [("sort=best", ["sort"]), ("stars=0", ["stars"]), ("stars=five", ["stars"]), ("withPhotos=1", ["withPhotos"]),
     ("page=0", ["page"]), ("limit=1000", ["limit"])],
)  # fmt: skip
def test_what_cannot_be_asked(client: Client, query: str, fields: list[str]) -> None:
    assert error(client.get(f"{of(catalog.product())}?{query}")) == (400, "validation_error", fields)


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_the_same_however_long(client: Client, count: int, counting: Counting) -> None:
    product = catalog.product()
    for _ in range(count):
        catalog.ReviewFactory(product=product)
    with counting() as queries:
        client.get(of(product) + "?limit=100")
    assert queries() == 5


def test_photos_come_in_a_form(customer: Client) -> None:
    product = catalog.product()
    given = {"rating": "5", "title": "Good", "photos": photos(jpeg(), jpeg(60, 40))}

    answer = customer.post(of(product), given)

    made = Review.objects.get()
    assert (answer.status_code, answer.json()["status"], made.photo_count, made.title) == (201, "pending", 2, "Good")
    own = customer.get(reverse("api_review", args=[made.pk])).json()
    assert [(one["width"], one["height"]) for one in own["photos"]] == [(320, 240), (60, 40)]


@pytest.mark.parametrize(
    ("contents", "code"),
    [([b"<svg/>"], "bad_photo"), ([bomb(50_000, 50_000)], "bad_photo"), ([jpeg()] * 5, "too_many_photos"),
     ([jpeg() + b"0" * 20_000_000], "bad_photo")],
)  # fmt: skip
def test_files_that_are_not_taken(customer: Client, contents: list[bytes], code: str) -> None:
    answer = customer.post(of(catalog.product()), {"rating": "5", "photos": photos(*contents)})

    assert (*error(answer), Review.objects.count()) == (400, code, ["photos"], 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "rating"), ({"rating": 0}, "rating"), ({"rating": 6}, "rating"), ({"rating": "five"}, "rating"),
     ({"rating": 5, "body": "x" * 10_000}, "body"), ({"rating": 5, "title": "x" * 151}, "title"),
     ({"rating": 5, "author": ["x"]}, "author"), ([], "")],
)  # fmt: skip
def test_words_that_are_not_taken(customer: Client, body: Any, field: str) -> None:
    answer = customer.post(of(catalog.product()), body, content_type=JSON)

    assert (*error(answer), Review.objects.count()) == (400, "validation_error", [field], 0)


def test_control_characters_are_left_out(customer: Client) -> None:
    given = {"rating": 5, "title": "a\x00b\u202e🎉", "body": "a\x07\r\nb"}

    assert customer.post(of(catalog.product()), given, content_type=JSON).status_code == 201
    assert Review.objects.values_list("title", "body").get() == ("a b 🎉", "a\nb")


def test_drafts_are_not_reviewed(customer: Client) -> None:
    answer = customer.post(of(catalog.product(status="draft")), {"rating": 5}, content_type=JSON)
    assert error(answer) == (404, "not_found", [])


def test_ones_own_is_changed_and_nobody_elses(customer: Client, ada: User) -> None:
    product = catalog.product()
    Purchase.objects.create(customer_id=ada.pk, product_id=product.pk)
    customer.post(of(product), {"rating": 5}, content_type=JSON)
    address = reverse("api_review", args=[Review.objects.get().pk])

    answer = customer.put(address, {"rating": 2, "body": "Broke."}, content_type=JSON)
    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    form = encode_multipart(BOUNDARY, {"rating": "2", "body": "Broke.", "photos": photos(jpeg())})
    assert customer.put(address, form, content_type=MULTIPART_CONTENT).status_code == 200
    drop = {"rating": 2, "dropPhotos": [str(ReviewPhoto.objects.get().pk)]}
    assert customer.put(address, drop, content_type=JSON).status_code == 200
    assert Review.objects.values_list("rating", "body", "photo_count").get() == (2, "", 0)

    other = Client()
    other.force_login(UserFactory())
    assert other.get(address).status_code == 404
    assert error(other.put(address, {"rating": 1}, content_type=JSON)) == (404, "not_found", [])
    assert Client().get(address).status_code == 401


def test_votes_and_reports(customer: Client, client: Client, ada: User) -> None:
    review, mine = catalog.ReviewFactory(), catalog.ReviewFactory(customer_id=ada.pk)
    helpful = reverse("api_review_helpful", args=[review.pk])

    assert client.put(helpful).status_code == 401
    for _ in range(2):
        assert customer.put(helpful).json() == {"helpfulCount": 1, "hasVoted": True}
    assert customer.delete(helpful).json() == {"helpfulCount": 0, "hasVoted": False}
    assert error(customer.put(reverse("api_review_helpful", args=[mine.pk]))) == (409, "own_review", [])
    assert error(customer.put(reverse("api_review_helpful", args=[db.uuid7()]))) == (404, "not_found", [])

    for _ in range(2):
        assert customer.post(reverse("api_review_reports", args=[review.pk])).status_code == 204
    assert ReviewReport.objects.count() == 1
    assert error(customer.post(reverse("api_review_reports", args=[mine.pk]))) == (409, "own_review", [])


def test_calls_are_limited(customer: Client, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = True
    address = reverse("api_review_reports", args=[catalog.ReviewFactory().pk])

    found = [customer.post(address).status_code for _ in range(21)]

    assert (found[0], found[-1]) == (204, 429)
