"""Post, change, publish, reject and answer reviews; forget their authors. Each opens its own transaction of the
catalogue's database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from catalog.products import locking as product_locking
from catalog.products.models import Product, Variant
from catalog.reviews import locking, photos, selectors
from catalog.reviews.models import Purchase, Review, ReviewPhoto, ReviewReport, ReviewVote
from shop.audit import services as audit
from shop.core import db, entered
from shop.core.photos import BadPhoto, Photo, check_number, clean
from shop.events import bus, types

MAX_TITLE, MAX_BODY, MAX_AUTHOR, MAX_REASON, MAX_REPLY = 150, 5000, 80, 200, 2000
_WORDS = ("author", "rating", "title", "body")
__all__ = ["AlreadyReviewed", "BadPhoto", "BadReview"]  # what callers catch


class BadReview(ValueError):
    """The review cannot be kept like this. `fields` says what is wrong, by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)


class AlreadyReviewed(Exception):
    """This customer has reviewed this product before, or somebody did for this order."""


def post(
    *,
    product_id: UUID,
    customer_id: UUID | None,
    author: str,
    rating: int,
    by: str,
    title: str = "",
    body: str = "",
    pictures: Sequence[bytes] = (),
    of: UUID | None = None,
) -> Review:
    """A customer's review (1 to 5 stars): published at once if he bought the product and sends no photos, else pending.

    `pictures`: files as they came. `of`: what is spoken of, an order; of each there is one review of a product, whoever
    writes it. Raises `BadReview`, `BadPhoto`, `AlreadyReviewed`, `Product.DoesNotExist` (also for what is not active).
    """
    words = checked(author=author, rating=rating, title=title, body=body)
    cleaned = _cleaned(pictures)
    names = [photos.keep(photo) for photo in cleaned]
    try:
        with transaction.atomic(using=db.CATALOG):
            _active(product_id)
            key = selectors.key_of(of, product_id) if of else db.uuid7()
            review = Review(id=key, product_id=product_id, customer_id=customer_id, **words)
            review.is_verified = _has_bought(customer_id, product_id)
            _insert(review)
            _add_photos(review, cleaned, names)
            if review.is_verified and not names:
                review = _set_status(review, Review.Status.PUBLISHED, by)
    except BaseException:
        photos.forget(names)
        raise
    return review


def revise(
    *,
    review_id: UUID,
    customer_id: UUID,
    author: str,
    rating: int,
    by: str,
    title: str = "",
    body: str = "",
    pictures: Sequence[bytes] = (),
    dropped: Collection[UUID] = (),
) -> Review:
    """Change one's own review, without the photos `dropped` and with new ones. It waits for a moderator and begins
    without votes, for nobody has found the new words helpful; nothing happens if nothing is changed.

    Raises `BadReview`, `BadPhoto`, `Review.DoesNotExist` (also for somebody else's), `Product.DoesNotExist`.
    """
    words = checked(author=author, rating=rating, title=title, body=body)
    product_id = Review.objects.values_list("product_id", flat=True).get(pk=review_id, customer_id=customer_id)
    cleaned = _cleaned(pictures)
    names = [photos.keep(photo) for photo in cleaned]
    try:
        with transaction.atomic(using=db.CATALOG):
            _active(product_id)
            review = locking.review(review_id)
            was_shown = review.status == Review.Status.PUBLISHED
            gone = list(review.photos.filter(pk__in=list(dropped)))
            if not (names or gone) and all(getattr(review, name) == value for name, value in words.items()):
                return review
            check_number(review.photo_count - len(gone) + len(names))
            _rewrite(review, words, gone)
            _add_photos(review, cleaned, names)
            review = _set_status(review, Review.Status.PENDING, by)
    except BaseException:
        photos.forget(names)
        raise
    if was_shown:
        _rename_photos(review_id)
    return review


def publish(*, review_id: UUID, by: str) -> Review:
    """Show a review and count it; what was reported of it is done with. Raises `Review.DoesNotExist`."""
    return _moderate(review_id, Review.Status.PUBLISHED, by)


def reject(*, review_id: UUID, by: str, reason: str = "") -> Review:
    """Do not show a review (any more). Its author reads the reason. Raises `BadReview`, `Review.DoesNotExist`."""
    why = entered.one_line(reason)
    if len(why) > MAX_REASON:
        raise BadReview({"reason": f"at most {MAX_REASON} characters"})
    review = _moderate(review_id, Review.Status.REJECTED, by, reason=why)
    _rename_photos(review_id)
    return review


def reply(*, review_id: UUID, text: str, by: str) -> Review:
    """What the shop answers, below the review; nothing takes it away. Raises `BadReview`, `Review.DoesNotExist`."""
    words = entered.several_lines(text)
    if len(words) > MAX_REPLY:
        raise BadReview({"reply": f"at most {MAX_REPLY} characters"})
    with transaction.atomic(using=db.CATALOG):
        review = locking.review(review_id)
        if review.reply != words:
            Review.objects.filter(pk=review_id).update(reply=words, replied_at=Now() if words else None)
            _record("review.reply", review, by, {"is_given": bool(words)})
            bus.publish(types.ProductChanged(product_id=review.product_id), using=db.CATALOG)
            review.refresh_from_db()
    return review


def erase(*, customer_id: UUID, by: str) -> int:
    """Forget a customer: shown reviews stay without name and photos, others go, and so do votes, reports and what he
    bought. Returns how many reviews he had. May be repeated."""
    rows = list(Review.objects.filter(customer_id=customer_id).order_by("product_id").values_list("pk", "product_id"))
    for review_id, product_id in rows:
        with transaction.atomic(using=db.CATALOG):
            product_locking.product(product_id)
            _erase_author(locking.review(review_id), by)
    voted = list(ReviewVote.objects.filter(customer_id=customer_id).order_by("review_id").values_list("review_id"))
    for (review_id,) in voted:
        with transaction.atomic(using=db.CATALOG):
            locking.review(review_id)
            ReviewVote.objects.filter(review_id=review_id, customer_id=customer_id).delete()
            Review.objects.filter(pk=review_id).update(helpful_count=selectors.votes_on(review_id))
    ReviewReport.objects.filter(customer_id=customer_id).delete()
    Purchase.objects.filter(customer_id=customer_id).delete()
    return len(rows)


def note_purchases(*, customer_id: UUID, variant_ids: Iterable[UUID]) -> None:
    """Remember that a customer bought the products of these variants; his reviews of them are verified from now on."""
    product_ids = Variant.objects.filter(pk__in=list(variant_ids)).values_list("product_id", flat=True).distinct()
    rows = [Purchase(customer_id=customer_id, product_id=product_id) for product_id in product_ids]
    Purchase.objects.bulk_create(rows, ignore_conflicts=True)


def rate(product_ids: Iterable[UUID]) -> None:
    """Compute the ratings of these products from their published reviews. Needs a transaction of the catalogue's
    database.
    """
    for product_id in sorted(set(product_ids)):
        product_locking.product(product_id)
        average, number = selectors.rated(product_id)
        changed = Product.objects.filter(pk=product_id).exclude(rating_average=average, rating_count=number)
        changed.update(rating_average=average, rating_count=number)


def checked(*, author: str, rating: int, title: str, body: str) -> dict[str, Any]:
    """The words of a review as they are kept. Raises `BadReview`."""
    words = {
        "author": entered.one_line(author),
        "title": entered.one_line(title),
        "body": entered.several_lines(body),
    }
    problems: dict[str, str] = {}
    if isinstance(rating, bool) or not isinstance(rating, int) or not 1 <= rating <= 5:
        problems["rating"] = "a whole number from 1 to 5"
    for name, longest in (("author", MAX_AUTHOR), ("title", MAX_TITLE), ("body", MAX_BODY)):
        if len(words[name]) > longest:
            problems[name] = f"at most {longest} characters"
    if problems:
        raise BadReview(problems)
    return {**words, "rating": rating}


def _cleaned(pictures: Sequence[bytes]) -> list[Photo]:
    check_number(len(pictures))
    return [clean(content) for content in pictures]


def _active(product_id: UUID) -> None:
    """The product, locked before anything points to it, and only if it is sold: its rating may follow."""
    if product_locking.product(product_id).status != Product.Status.ACTIVE:
        raise Product.DoesNotExist


def _has_bought(customer_id: UUID | None, product_id: UUID) -> bool:
    if customer_id is None:
        return False
    return Purchase.objects.filter(customer_id=customer_id, product_id=product_id).exists()


def _insert(review: Review) -> None:
    try:
        with transaction.atomic(using=db.CATALOG):
            review.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyReviewed from error


def _add_photos(review: Review, cleaned: Sequence[Photo], names: Sequence[str]) -> None:
    ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review=review, name=name, width=photo.width, height=photo.height, position=place)
        for place, (photo, name) in enumerate(zip(cleaned, names, strict=True), review.photo_count)
    )
    review.photo_count += len(names)
    Review.objects.filter(pk=review.pk).update(photo_count=review.photo_count)


def _rewrite(review: Review, words: Mapping[str, Any], gone: Sequence[ReviewPhoto]) -> None:
    """Other words, fewer photos, no votes. The review is locked."""
    ReviewPhoto.objects.filter(pk__in=[row.pk for row in gone]).delete()
    transaction.on_commit(partial(photos.forget, [row.name for row in gone]), using=db.CATALOG, robust=True)
    review.votes.all().delete()
    for name, value in words.items():
        setattr(review, name, value)
    review.photo_count -= len(gone)
    review.helpful_count, review.reason, review.edited_at = 0, "", db.clock(db.CATALOG)
    review.is_verified = _has_bought(review.customer_id, review.product_id)
    review.save(update_fields=[*_WORDS, "photo_count", "helpful_count", "reason", "edited_at", "is_verified"])


def _moderate(review_id: UUID, status: str, by: str, *, reason: str = "") -> Review:
    with transaction.atomic(using=db.CATALOG):
        product_locking.product(Review.objects.values_list("product_id", flat=True).get(pk=review_id))
        review = locking.review(review_id)
        if (review.status, review.reason, review.report_count) != (status, reason, 0):
            review.reason = reason
            review = _set_status(review, status, by)
    return review


def _set_status(review: Review, status: str, by: str) -> Review:
    """Under the product's lock."""
    was_shown = review.status == Review.Status.PUBLISHED
    review.status, review.report_count = status, 0
    review.save(update_fields=["status", "reason", "report_count"])
    is_shown = status == Review.Status.PUBLISHED
    if was_shown or is_shown:
        rate([review.product_id])
    _record("review.moderate", review, by, {"status": status, "product": str(review.product_id)})
    if is_shown and not was_shown:
        bus.publish(types.ReviewPosted(product_id=review.product_id, review_id=review.pk), using=db.CATALOG)
    elif was_shown and not is_shown:
        bus.publish(types.ProductChanged(product_id=review.product_id), using=db.CATALOG)
    return review


def _rename_photos(review_id: UUID) -> None:
    """The addresses that were seen while the review was shown lead nowhere any more. May be repeated."""
    for row in ReviewPhoto.objects.filter(review_id=review_id):
        try:
            other = photos.copy(row.name)
        except FileNotFoundError:
            continue
        is_ours = ReviewPhoto.objects.filter(pk=row.pk, name=row.name).update(name=other)
        photos.forget([row.name if is_ours else other])


def _erase_author(review: Review, by: str) -> None:
    names = list(review.photos.values_list("name", flat=True))
    transaction.on_commit(partial(photos.forget, names), using=db.CATALOG, robust=True)
    _record("review.erase", review, by, {"status": review.status})
    if review.status != Review.Status.PUBLISHED:
        review.delete()
        return
    review.photos.all().delete()
    Review.objects.filter(pk=review.pk).update(customer_id=None, author="", photo_count=0)
    bus.publish(types.ProductChanged(product_id=review.product_id), using=db.CATALOG)


def _record(action: str, review: Review, by: str, changes: Mapping[str, Any]) -> None:
    told = partial(audit.record, object_type="review", object_id=review.pk, using=db.CATALOG)
    told(action=action, by=by, changes=changes)
