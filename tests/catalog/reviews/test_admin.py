"""The moderator's queue, page and answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.reviews import admin
from catalog.reviews.models import REPORTS, Review, ReviewPhoto
from tests.counting import Counting
from tests.factories import catalog
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db
QUEUE = "/admin/catalog/review/"


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def listed(client: Client, **query: str) -> set[str]:
    return {row.title for row in client.get(QUEUE, query).context["cl"].result_list}


def test_what_waits_is_listed_first(merchant: Client) -> None:
    catalog.ReviewFactory(title="new", status="pending")
    catalog.ReviewFactory(title="fine")
    catalog.ReviewFactory(title="reported", report_count=REPORTS)
    catalog.ReviewFactory(title="once", report_count=REPORTS - 1)
    catalog.ReviewFactory(title="bad", status="rejected")

    assert listed(merchant) == {"new", "reported"}
    assert listed(merchant, state="published") == {"fine", "reported", "once"}
    assert listed(merchant, state="rejected") == {"bad"}
    assert len(listed(merchant, state="all")) == 5
    assert admin.waiting_badge(None) == "2"  # type: ignore[arg-type]


def test_a_queue_without_reviews_says_what_it_shows(merchant: Client) -> None:
    catalog.ReviewFactory(title="fine")

    html = merchant.get(QUEUE).content.decode()

    assert ("No review waits for you." in html, "Nothing here yet." in html, " in all<" in html) == (True, False, False)


def test_they_are_found_by_their_products_sku(merchant: Client) -> None:
    lamp = catalog.product(sku="LAMP-1")
    review = catalog.ReviewFactory(product=lamp, title="Lamp")
    catalog.ReviewFactory(title="Other")

    assert listed(merchant, state="all", q="LAMP-1") == {"Lamp"}
    assert listed(merchant, state="all", q=str(review.pk)) == {"Lamp"}
    assert listed(merchant, state="all", q="%' --") == set()


@pytest.mark.parametrize("count", [1, 30])
def test_the_queue_costs_the_same_however_long(merchant: Client, count: int, counting: Counting) -> None:
    for _ in range(count):
        review = catalog.ReviewFactory(status="pending", photo_count=1)
        ReviewPhoto.objects.create(review=review, name="reviews/aa/x.jpg", width=1, height=1, position=0)
    merchant.get(QUEUE)
    with counting() as queries:
        merchant.get(QUEUE)
    assert queries() == 10


def test_many_are_rejected_with_a_reason(merchant: Client) -> None:
    keys = [str(catalog.ReviewFactory(status="pending").pk) for _ in range(3)]

    answer = merchant.post(QUEUE, {"action": "reject", "reason": " ", "_selected_action": keys[:2]}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["Say why not: their authors read it."]
    merchant.post(QUEUE, {"action": "reject", "reason": "Advertising", "_selected_action": keys[:2]})
    assert set(Review.objects.values_list("status", "reason")) == {("rejected", "Advertising"), ("pending", "")}
    answer = merchant.post(QUEUE, {"action": "reject", "reason": "x" * 201, "_selected_action": keys[2:]}, follow=True)
    assert "at most 200 characters" in answer.content.decode()
    assert Review.objects.filter(status="pending").count() == 1


def post(client: Client, review: Review, what: str, **given: str) -> Any:
    return client.post(reverse(f"admin:catalog_review_{what}", args=[review.pk]), given)


def test_the_page_shows_photos_and_decides(merchant: Client) -> None:
    review = catalog.ReviewFactory(status="pending", photo_count=1, body="<b>Hm</b>")
    ReviewPhoto.objects.create(review=review, name="reviews/aa/x.jpg", width=1, height=1, position=0)
    page = merchant.get(f"{QUEUE}{review.pk}/change/").content.decode()
    assert ("/media/reviews/aa/x-small.jpg" in page, "<b>Hm" in page) == (True, False)

    assert post(merchant, review, "publish")["Location"] == QUEUE
    assert Review.objects.get().status == "published"
    assert post(merchant, review, "reject", reason="Rude").status_code == 302
    assert Review.objects.values_list("status", "reason").get() == ("rejected", "Rude")
    assert post(merchant, review, "reject", reason="x" * 201).status_code == 422
    assert Review.objects.get().reason == "Rude"
    assert post(merchant, review, "reject", reason=" ").status_code == 422
    assert Review.objects.get().reason == "Rude"


def test_the_shop_answers(merchant: Client, client: Client) -> None:
    review = catalog.ReviewFactory(product=catalog.product(slug="lamp"))

    assert post(merchant, review, "reply", reply="Thank you!").status_code == 302
    assert "Thank you!" in client.get("/products/lamp/reviews/").content.decode()
    assert post(merchant, review, "reply", reply="x" * 2001).status_code == 422
    post(merchant, review, "reply", reply=" ")
    assert Review.objects.get().reply == ""


def test_who_may_only_look_decides_nothing(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    person = StaffFactory()
    person.user_permissions.set(Permission.objects.filter(codename="view_review"))
    client, review = Client(), catalog.ReviewFactory(status="pending")
    client.force_login(person)

    page = client.get(f"{QUEUE}{review.pk}/change/")
    assert (page.status_code, "/publish/" in page.content.decode()) == (200, False)
    for what in ("publish", "reject", "reply"):
        assert post(client, review, what, reply="x").status_code == 403
    client.post(QUEUE, {"action": "publish", "_selected_action": [str(review.pk)]})
    assert Review.objects.values_list("status", "reply").get() == ("pending", "")


@pytest.mark.parametrize("what", ["publish", "reject", "reply"])
def test_nothing_is_decided_by_opening_an_address(merchant: Client, what: str) -> None:
    review = catalog.ReviewFactory(status="pending")

    assert merchant.get(reverse(f"admin:catalog_review_{what}", args=[review.pk])).status_code == 404
    assert Review.objects.get().status == "pending"
