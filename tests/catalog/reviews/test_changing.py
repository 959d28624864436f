"""Photos, changes, rejections, replies and forgetting: what happens to a review after it was written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.products.models import Product
from catalog.reviews import invariants, photos, receivers, selectors, services, votes
from catalog.reviews.models import Purchase, Review, ReviewPhoto, ReviewReport, ReviewVote
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.photos import BadPhoto
from tests.factories import catalog
from tests.factories.photos import bomb, jpeg

pytestmark = pytest.mark.django_db
ADA, BOB = db.uuid7(), db.uuid7()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def posted(product: Product, customer: Any = ADA, **fields: Any) -> Review:
    words = {"author": "Ada", "rating": 4, "by": "test", **fields}
    return services.post(product_id=product.pk, customer_id=customer, **words)


def bought(product: Product, customer: Any = ADA) -> None:
    Purchase.objects.create(customer_id=customer, product_id=product.pk)


def files() -> list[str]:
    folders = default_storage.listdir("reviews")[0] if default_storage.exists("reviews") else []
    return sorted(f"reviews/{one}/{name}" for one in folders for name in default_storage.listdir(f"reviews/{one}")[1])


def test_photos_are_drawn_anew_and_kept_under_names_that_nobody_guesses() -> None:
    review = posted(catalog.product(), pictures=[jpeg(800, 400, exif=True), jpeg()])

    [first, second] = review.photos.all()
    assert (review.photo_count, first.width, first.height) == (2, 400, 800)
    assert files() == sorted([first.name, photos.small(first.name), second.name, photos.small(second.name)])
    with default_storage.open(first.name) as file:
        assert b"Secret" not in file.read()
    assert len(first.name.rpartition("/")[2]) == 36


def test_a_buyers_photos_are_looked_at_before_they_are_shown() -> None:
    product = catalog.product()
    bought(product)

    review = posted(product, pictures=[jpeg()])
    assert (review.status, review.is_verified, selectors.reviews_of(product.pk)) == ("pending", True, [])

    services.publish(review_id=review.pk, by="staff:1")
    [shown] = selectors.reviews_of(product.pk)
    name = ReviewPhoto.objects.get().name
    assert [(one.url, one.small_url) for one in shown.photos] == [(photos.url(name), photos.url(photos.small(name)))]


@pytest.mark.parametrize(
    ("pictures", "code"),
    [([SVG], "bad_photo"), ([b""], "bad_photo"), ([bomb(50_000, 50_000)], "bad_photo"),
     ([jpeg() + b"\0" * 20_000_000], "bad_photo"), ([jpeg()] * 5, "too_many_photos"), ([jpeg(), b"x"], "bad_photo")],
)  # fmt: skip
def test_what_is_no_photo_is_refused_and_nothing_is_kept(pictures: list[bytes], code: str) -> None:
    with pytest.raises(BadPhoto) as refused:
        posted(catalog.product(), pictures=pictures)

    assert (refused.value.code, Review.objects.count(), files()) == (code, 0, [])


def test_no_file_is_left_of_a_review_that_was_not_made() -> None:
    product = catalog.product()
    posted(product)

    with pytest.raises(services.AlreadyReviewed):
        posted(product, pictures=[jpeg()])
    with pytest.raises(Product.DoesNotExist):
        posted(catalog.product(status="draft"), pictures=[jpeg()])

    assert files() == []


def test_words_are_kept_as_one_can_read_them() -> None:
    review = posted(
        catalog.product(), author=" Ada\n\x07 L ", title="So\tgood\u202e", body="One.\r\n\x00Two 🎉 <b>\r\n\r\n"
    )

    assert (review.author, review.title, review.body) == ("Ada L", "So good", "One.\n Two 🎉 <b>")


def test_a_change_waits_and_begins_without_votes(django_capture_on_commit_callbacks: Any) -> None:
    product = catalog.product()
    bought(product)
    review = posted(product)
    votes.vote(review_id=review.pk, customer_id=BOB)

    changed = services.revise(review_id=review.pk, customer_id=ADA, author="A.", rating=2, title="Hm", by="test")

    assert (changed.status, changed.rating, changed.title, changed.helpful_count) == ("pending", 2, "Hm", 0)
    assert changed.edited_at is not None
    product.refresh_from_db()
    assert (product.rating_count, ReviewVote.objects.count()) == (0, 0)


def test_saving_the_same_changes_nothing() -> None:
    product = catalog.product()
    bought(product)
    review = posted(product, body="Good.\nVery.")

    same = services.revise(
        review_id=review.pk, customer_id=ADA, author=" Ada ", rating=4, body="Good.\r\nVery. ", by="test"
    )

    assert (same.status, same.edited_at) == ("published", None)


def test_photos_are_taken_away_and_added(django_capture_on_commit_callbacks: Any) -> None:
    review = posted(catalog.product(), pictures=[jpeg()] * 3)
    first, second, third = review.photos.all()
    words: dict[str, Any] = {"review_id": review.pk, "customer_id": ADA, "author": "Ada", "rating": 4, "by": "test"}

    with pytest.raises(BadPhoto) as refused:
        services.revise(**words, pictures=[jpeg()] * 3, dropped=[first.pk])
    assert (refused.value.code, len(files())) == ("too_many_photos", 6)

    with django_capture_on_commit_callbacks(execute=True):
        changed = services.revise(**words, pictures=[jpeg()], dropped=[first.pk, db.uuid7()])
    assert (changed.photo_count, ReviewPhoto.objects.count(), len(files())) == (3, 3, 6)
    assert first.name not in files()
    assert set(ReviewPhoto.objects.values_list("pk", flat=True)) >= {second.pk, third.pk}


def test_nobody_changes_anothers_review() -> None:
    review = posted(catalog.product())

    with pytest.raises(Review.DoesNotExist):
        services.revise(review_id=review.pk, customer_id=BOB, author="B", rating=1, by="test")


def test_photos_of_others_are_not_taken_away() -> None:
    other = posted(catalog.product(), BOB, pictures=[jpeg()])
    review = posted(catalog.product(), pictures=[jpeg()])
    foreign = [other.photos.get().pk]

    services.revise(review_id=review.pk, customer_id=ADA, author="A", rating=4, dropped=foreign, by="test")

    assert ReviewPhoto.objects.count() == 2


def test_a_rejection_says_why_and_moves_the_photos(django_capture_on_commit_callbacks: Any) -> None:
    product = catalog.product()
    review = posted(product, pictures=[jpeg()])
    services.publish(review_id=review.pk, by="staff:1")
    seen = ReviewPhoto.objects.get().name

    services.reject(review_id=review.pk, reason=" Not about\nthe product ", by="staff:1")

    mine = selectors.own(customer_id=ADA, product_id=product.pk)
    assert mine is not None
    assert (mine.status, mine.reason, len(mine.photos)) == ("rejected", "Not about the product", 1)
    assert seen not in files()
    assert ReviewPhoto.objects.get().name in files()
    entries = AuditEntry.objects.using(db.CATALOG).filter(action="review.moderate").order_by("id")
    assert [(one.actor, one.changes["status"]) for one in entries] == [
        ("staff:1", "published"), ("staff:1", "rejected"),
    ]  # fmt: skip


def test_a_reason_has_an_end() -> None:
    with pytest.raises(services.BadReview):
        services.reject(review_id=posted(catalog.product()).pk, reason="x" * 201, by="staff:1")


def test_the_shop_answers_changes_its_answer_and_takes_it_back() -> None:
    product = catalog.product()
    review = catalog.ReviewFactory(product=product)

    for text, expected in (("Thank you!\r\nCome again.", "Thank you!\nCome again."), ("Thanks.", "Thanks."), (" ", "")):
        services.reply(review_id=review.pk, text=text, by="staff:1")
        [shown] = selectors.reviews_of(product.pk)
        assert (shown.reply, shown.replied_at is not None) == (expected, bool(expected))
    services.reply(review_id=review.pk, text="", by="staff:1")

    entries = AuditEntry.objects.using(db.CATALOG).filter(action="review.reply").order_by("id")
    assert [one.changes for one in entries] == [{"is_given": True}, {"is_given": True}, {"is_given": False}]
    with pytest.raises(services.BadReview):
        services.reply(review_id=review.pk, text="x" * 2001, by="staff:1")


def test_who_is_forgotten_leaves_only_what_was_shown(django_capture_on_commit_callbacks: Any) -> None:
    shown, hidden, other = catalog.product(), catalog.product(), catalog.product()
    bought(shown)
    kept = posted(shown, pictures=[jpeg()], body="Fine.")
    services.publish(review_id=kept.pk, by="staff:1")
    posted(hidden, pictures=[jpeg()])
    theirs = catalog.ReviewFactory(product=other, customer_id=BOB)
    services.rate([other.pk])
    votes.vote(review_id=theirs.pk, customer_id=ADA)
    votes.report(review_id=theirs.pk, customer_id=ADA, by="test")

    with django_capture_on_commit_callbacks(execute=True):
        receivers.forget_author({"customer_id": str(ADA)})
    receivers.forget_author({"customer_id": str(ADA)})

    assert Review.objects.filter(customer_id=ADA).count() == 0
    [said] = selectors.reviews_of(shown.pk)
    assert (said.author, said.text, said.photos) == ("A customer", "Fine.", ())
    assert (Review.objects.count(), ReviewPhoto.objects.count(), files()) == (2, 0, [])
    assert (ReviewVote.objects.count(), ReviewReport.objects.count(), Purchase.objects.count()) == (0, 0, 0)
    assert invariants.counted() == []


def test_what_is_wrong_is_found() -> None:
    product = catalog.product()
    review = posted(product, pictures=[jpeg()])
    Product.objects.filter(pk=product.pk).update(rating_average="4.00", rating_count=1)
    Review.objects.filter(pk=review.pk).update(helpful_count=2, photo_count=3)

    assert invariants.counted() == [
        f"product {product.pk}: its rating is 4.00 of 1 reviews, those shown give 0 of 0",
        f"review {review.pk}: it says 2 votes, there are 0",
        f"review {review.pk}: it says 3 photos, there are 1",
    ]


PEOPLE = [db.uuid7() for _ in range(4)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["post", "buy", "publish", "reject", "revise", "vote", "unvote", "report", "erase"]),
        st.integers(0, 3), st.integers(1, 5),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_rating_is_that_of_what_is_shown_whatever_happens(steps: list[tuple[str, int, int]]) -> None:
    product = catalog.product(indexed=False)
    for what, person, number in steps:
        _do(product, what, PEOPLE[person], PEOPLE[number % 4], number)
        assert invariants.counted() == []
    Review.objects.all().delete()
    Product.objects.all().delete()
    Purchase.objects.all().delete()


def _do(product: Product, what: str, who: Any, whose: Any, stars: int) -> None:
    """One step; what is refused changes nothing, which the invariants see."""
    meant = Review.objects.filter(product=product, customer_id=whose if "vote" in what else who)
    key = meant.values_list("pk", flat=True).first() or db.uuid7()
    words: dict[str, Any] = {"author": "A", "rating": stars, "by": "test"}
    steps = {
        "post": lambda: services.post(product_id=product.pk, customer_id=who, **words),
        "buy": lambda: services.note_purchases(customer_id=who, variant_ids=[product.variants.get().pk]),
        "publish": lambda: services.publish(review_id=key, by="test"),
        "reject": lambda: services.reject(review_id=key, by="test"),
        "revise": lambda: services.revise(review_id=key, customer_id=who, **words),
        "vote": lambda: votes.vote(review_id=key, customer_id=who),
        "unvote": lambda: votes.unvote(review_id=key, customer_id=who),
        "report": lambda: votes.report(review_id=key, customer_id=whose, by="test"),
        "erase": lambda: services.erase(customer_id=who, by="test"),
    }
    try:
        steps[what]()
    except (Review.DoesNotExist, services.AlreadyReviewed, votes.OwnReview):
        return
