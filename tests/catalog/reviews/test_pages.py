"""Reading, writing, voting and reporting in the shop, as browsers do it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.products import services as services_of_products
from catalog.products.models import Product
from catalog.reviews import services
from catalog.reviews.models import Purchase, Review, ReviewPhoto, ReviewReport
from shop.accounts.models import User
from tests.counting import Counting
from tests.factories import catalog
from tests.factories.accounts import UserFactory
from tests.factories.photos import bomb, jpeg

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIST, WRITE = "/products/lamp/reviews/", "/products/lamp/reviews/write/"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lamp() -> Product:
    return catalog.product(name="Lamp", slug="lamp")


@pytest.fixture
def ada() -> User:
    return UserFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def writer(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_reviews_of_what_is_not_sold_any_more_have_its_name(client: Client) -> None:
    product = catalog.product(name="Bulb planter", slug="planter")
    services_of_products.archive(product_id=product.pk, by="test")
    text = client.get("/products/planter/reviews/").content.decode()

    assert "<title>Reviews · Bulb planter" in text


def photo(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", content or jpeg(), "image/jpeg")


def words(**changes: Any) -> dict[str, Any]:
    return {"rating": "4", "title": "Bright", "body": "It is.", "author": "Ada L.", **changes}


def problems(answer: Any) -> list[str]:
    told = re.search(r"data-errors.*?</ul>", answer.content.decode(), re.DOTALL)
    return [text.strip() for text in re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", told[0])] if told else []


def read(client: Client, **query: Any) -> Any:
    return client.get(LIST, query, headers=HTMX)


def many(product: Product, count: int) -> None:
    for place in range(count):
        review = catalog.ReviewFactory(
            product=product, rating=1 + place % 5, helpful_count=place, photo_count=place % 2
        )
        if place % 2:
            ReviewPhoto.objects.create(review=review, name="reviews/aa/x.jpg", width=1, height=1, position=0)


@pytest.mark.parametrize(
    ("query", "ratings"),
    [
        ({"sort": "newest"}, [2, 1, 5, 4, 3, 2, 1]),
        ({"sort": "helpful"}, [2, 1, 5, 4, 3, 2, 1]),
        ({"sort": "highest"}, [5, 4, 3, 2, 2, 1, 1]),
        ({"sort": "lowest"}, [1, 1, 2, 2, 3, 4, 5]),
        ({"stars": "2"}, [2, 2]),
        ({"photos": "1"}, [1, 4, 2]),
        ({"photos": "1", "stars": "2"}, [2]),
        ({"photos": "1", "stars": "5"}, []),
        ({"sort": "'; --", "stars": "6", "photos": "x"}, [2, 1, 5, 4, 3, 2, 1]),
    ],
)
def test_reviews_are_sorted_and_filtered(
    client: Client, lamp: Product, query: dict[str, str], ratings: list[int]
) -> None:
    many(lamp, 7)

    assert [one.rating for one in read(client, **query).context["reviews"]] == ratings


def test_bars_and_chips_are_links_that_keep_the_rest(client: Client, lamp: Product) -> None:
    many(lamp, 7)

    context = read(client, stars="2", sort="helpful").context

    assert [one["url"].partition("?")[2] for one in context["bars"]] == [
        "sort=helpful&stars=5", "sort=helpful&stars=4", "sort=helpful&stars=3", "sort=helpful", "sort=helpful&stars=1",
    ]  # fmt: skip
    assert [one["url"].partition("?")[2] for one in context["sorts"]] == [
        "stars=2", "sort=helpful&stars=2", "sort=highest&stars=2", "sort=lowest&stars=2",
    ]  # fmt: skip
    assert (context["photographed"]["count"], context["found"]) == (3, 2)


def test_pages_of_a_filtered_list_lead_on_and_back(client: Client, lamp: Product) -> None:
    for _ in range(21):
        catalog.ReviewFactory(product=lamp, rating=3)
    catalog.ReviewFactory(product=lamp, rating=5)

    first = client.get(LIST, {"stars": "3"})
    second = client.get(first.context["next_url"])
    third = client.get(second.context["next_url"])

    assert [len(page.context["reviews"]) for page in (first, second, third)] == [10, 10, 1]
    assert (third.context["next_url"], third.context["previous_url"]) == (None, second.context["here"])
    assert client.get(LIST, {"stars": "3", "page": "4"}).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_the_same_however_many_there_are(
    writer: Client, ada: User, lamp: Product, count: int, counting: Counting
) -> None:
    many(lamp, count)
    catalog.ReviewFactory(product=lamp, customer_id=ada.pk)
    read(writer)
    with counting() as queries:
        read(writer, sort="helpful")
    assert queries() == 11  # session, person, product, 2 of the summary, reviews, photos, votes, 3 of one's own


def test_what_people_write_is_text(client: Client, lamp: Product) -> None:
    evil = "</script><script>alert(1)</script>&"
    services.post(product_id=lamp.pk, customer_id=None, author=evil, rating=5, title=evil, body=evil, by="test")
    services.publish(review_id=Review.objects.get().pk, by="test")
    services.reply(review_id=Review.objects.get().pk, text=evil, by="test")

    for page in (client.get(LIST).content.decode(), client.get("/products/lamp/").content.decode()):
        assert "<script>alert" not in page
        assert "</script><script>" not in page
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    [quoted] = json.loads(block[1])["review"]
    assert (quoted["reviewBody"], quoted["reviewRating"]["ratingValue"], quoted["author"]["name"]) == (evil, 5, evil)


def test_search_engines_get_the_most_helpful_with_words(client: Client, lamp: Product) -> None:
    for votes in range(5):
        catalog.ReviewFactory(product=lamp, title=f"T{votes}", helpful_count=votes, body="" if votes == 3 else "Good.")
    Product.objects.filter(pk=lamp.pk).update(rating_count=5, rating_average=5)

    page = client.get("/products/lamp/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    assert [one["name"] for one in json.loads(block[1])["review"]] == ["T4", "T2", "T1"]


def test_guests_sign_in_to_write(client: Client, lamp: Product) -> None:
    assert client.get(WRITE)["Location"] == f"/account/login/?next={WRITE}"
    assert client.post(WRITE, words())["Location"].startswith("/account/login/")
    assert Review.objects.count() == 0


def test_a_review_with_a_photo_waits(writer: Client, ada: User, lamp: Product) -> None:
    assert 'value="Ada L."' in writer.get(WRITE).content.decode()

    answer = writer.post(WRITE, words(photos=[photo(), photo()]), follow=True)

    review = Review.objects.get()
    assert (review.customer_id, review.rating, review.status, review.photo_count) == (ada.pk, 4, "pending", 2)
    assert "We read it before we show it." in answer.content.decode()
    assert "Your review waits for us to read it." in answer.content.decode()


def test_a_buyers_words_are_shown_at_once_and_changed_later(writer: Client, ada: User, lamp: Product) -> None:
    Purchase.objects.create(customer_id=ada.pk, product_id=lamp.pk)
    answer = writer.post(WRITE, words(), follow=True)
    assert "Your review is in the shop now." in answer.content.decode()
    assert [one.is_own for one in answer.context["reviews"]] == [True]

    form = writer.get(WRITE)
    assert 'value="Bright"' in form.content.decode()
    assert re.findall(r'value="(\d)"[^>]*checked', form.content.decode()) == ["4"]
    writer.post(WRITE, words(title="Dim", rating="2"))
    assert Review.objects.values_list("title", "rating", "status").get() == ("Dim", 2, "pending")


def test_photos_are_taken_away_with_a_tick(writer: Client, lamp: Product) -> None:
    writer.post(WRITE, words(photos=[photo(), photo()]))
    first, second = ReviewPhoto.objects.order_by("position")

    writer.post(WRITE, words(dropped=[str(first.pk)]))
    assert list(ReviewPhoto.objects.all()) == [second]
    answer = writer.post(WRITE, words(dropped=[str(first.pk)]))
    assert (answer.status_code, ReviewPhoto.objects.count()) == (422, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rating": ""}, ["Please choose how many stars you give."]),
        ({"rating": "0"}, ["Please choose 1 to 5 stars."]),
        ({"rating": "6"}, ["Please choose 1 to 5 stars."]),
        ({"rating": "five"}, ["Please choose 1 to 5 stars."]),
        ({"body": "x" * 10_000}, ["In your words: Ensure this value has at most 5000 characters (it has 10000)."]),
        ({"title": "x" * 151}, ["In one line: Ensure this value has at most 150 characters (it has 151)."]),
        ({"author": "x" * 81},
         ["Your name, as others see it: Ensure this value has at most 80 characters (it has 81)."]),
        ({"photos": [b"<svg xmlns='http://www.w3.org/2000/svg'/>"]},
         ["Photos: This is not a photo that we can read. Please send a JPEG, PNG or WebP."]),
        ({"photos": [bomb(50_000, 50_000)]}, ["Photos: This photo has too many pixels."]),
        ({"photos": [jpeg() + b"0" * 20_000_000]}, ["Photos: A photo may have at most 10 MB."]),
        ({"photos": [jpeg()] * 5}, ["Photos: At most 4 photos, please."]),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said(writer: Client, lamp: Product, changes: dict[str, Any], told: list[str]) -> None:
    given = words(**changes)
    if "photos" in changes:
        given["photos"] = [photo(content) for content in changes["photos"]]

    answer = writer.post(WRITE, given)

    assert (answer.status_code, problems(answer), Review.objects.count()) == (422, told, 0)


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"slug": "other"}])
def test_what_is_not_sold_is_not_reviewed(writer: Client, fields: dict[str, str]) -> None:
    catalog.product(**{"slug": "lamp", **fields})

    assert [writer.get(WRITE).status_code, writer.post(WRITE, words()).status_code] == [404, 404]


def test_writing_is_limited(writer: Client, lamp: Product, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = True

    found = [writer.post(WRITE, words(rating="9")).status_code for _ in range(21)]

    assert (found[0], found[-1]) == (422, 429)


def vote(client: Client, review: Review, value: str = "1", **more: Any) -> Any:
    return client.post(f"/reviews/{review.pk}/helpful/", {"vote": value, **more})


def test_a_vote_leads_back_to_where_the_review_was_read(writer: Client, lamp: Product) -> None:
    review = catalog.ReviewFactory(product=lamp)

    answer = vote(writer, review, next=f"{LIST}?sort=helpful&page=2")

    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}?sort=helpful&page=2#review-{review.pk}")
    assert 'aria-pressed="true"' in read(writer).content.decode()
    assert vote(writer, review, "0", next="https://evil.example/")["Location"] == f"{LIST}#review-{review.pk}"
    review.refresh_from_db()
    assert review.helpful_count == 0


def test_with_htmx_only_the_button_changes(writer: Client, client: Client, lamp: Product) -> None:
    review = catalog.ReviewFactory(product=lamp)
    address = f"/reviews/{review.pk}/helpful/"

    answer = writer.post(address, {"vote": "1", "next": LIST}, headers=HTMX)
    assert answer.content.decode().strip().startswith('<form class="review__vote"')
    sent = client.post(address, {"vote": "1", "next": LIST}, headers=HTMX)
    assert sent["HX-Redirect"].startswith("/account/login/?next=")


def test_votes_that_are_not_taken(writer: Client, client: Client, ada: User, lamp: Product) -> None:
    mine = catalog.ReviewFactory(product=lamp, customer_id=ada.pk)
    hidden = catalog.ReviewFactory(product=lamp, status="pending")

    assert writer.post(f"/reviews/{mine.pk}/helpful/", {"vote": "1"}, headers=HTMX).status_code == 409
    assert vote(writer, hidden).status_code == 404
    assert vote(client, mine)["Location"].startswith("/account/login/")
    assert client.get(f"/reviews/{mine.pk}/helpful/").status_code == 405
    assert not Review.objects.filter(helpful_count__gt=0).exists()


def test_a_report_asks_first(writer: Client, client: Client, ada: User, lamp: Product) -> None:
    review = catalog.ReviewFactory(product=lamp)
    address = f"/reviews/{review.pk}/report/"

    assert client.get(address)["Location"].startswith("/account/login/")
    assert "It does what it should." in writer.get(address).content.decode()
    assert ReviewReport.objects.count() == 0
    assert writer.post(address, {"next": f"{LIST}?page=2"})["Location"] == f"{LIST}?page=2#review-{review.pk}"
    writer.post(address)
    assert ReviewReport.objects.get().customer_id == ada.pk
    review.refresh_from_db()
    assert (review.report_count, review.status) == (1, "published")
    hidden = catalog.ReviewFactory(product=lamp, status="rejected")
    assert writer.post(f"/reviews/{hidden.pk}/report/").status_code == 404
