"""What buyers say about products, and what others say of that."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from shop.core import db

REPORTS = 3  # people who report a shown review until a moderator is asked to look at it again
_PUBLISHED = Q(status="published")


class Review(models.Model):
    """One person's review of one product. Only published ones are shown and counted."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        PUBLISHED = "published", _("published")
        REJECTED = "rejected", _("rejected")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews")
    customer_id = models.UUIDField(null=True, blank=True)
    author = models.CharField(_("author"), max_length=80)
    rating = models.PositiveSmallIntegerField(_("rating"))
    title = models.CharField(_("title"), max_length=150, blank=True)
    body = models.TextField(_("text"), max_length=5000, blank=True)
    is_verified = models.BooleanField(_("verified purchase"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(_("reason"), max_length=200, blank=True, db_default="")  # why not, for the author
    reply = models.TextField(_("reply"), max_length=2000, blank=True, db_default="")
    photo_count = models.PositiveSmallIntegerField(db_default=0)
    helpful_count = models.PositiveIntegerField(_("helpful"), db_default=0)
    report_count = models.PositiveIntegerField(_("reports"), db_default=0)  # since a moderator has last looked at it
    created_at = models.DateTimeField(_("written"), db_default=Now())
    edited_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("review"), _("reviews")
        constraints = [
            models.CheckConstraint(name="review_rating", condition=Q(rating__gte=1, rating__lte=5)),
            models.CheckConstraint(name="review_photos", condition=Q(photo_count__lte=4)),
            models.UniqueConstraint(
                "product", "customer_id", condition=Q(customer_id__isnull=False), name="review_once"
            ),
        ]
        indexes = [
            models.Index("product", F("created_at").desc(), F("id").desc(), condition=_PUBLISHED, name="review_newest"),
            models.Index(
                "product", F("helpful_count").desc(), F("created_at").desc(), F("id").desc(),
                condition=_PUBLISHED, name="review_helpful",
            ),
            models.Index(
                "product", F("rating").desc(), F("created_at").desc(), F("id").desc(),
                condition=_PUBLISHED, name="review_stars",
            ),
            models.Index(
                "product", F("created_at").desc(), F("id").desc(),
                condition=_PUBLISHED & Q(photo_count__gt=0), name="review_photographed",
            ),
            models.Index("customer_id", condition=Q(customer_id__isnull=False), name="review_customer"),
            models.Index("id", condition=Q(status="pending") | Q(report_count__gte=REPORTS), name="review_waiting"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rating}: {self.title}"


class ReviewPhoto(models.Model):
    """A picture that the author took, drawn anew without what cameras write into it."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="photos")
    name = models.CharField(max_length=120)  # in the media; the small one has `photos.SMALL` before its ending
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]


class ReviewVote(models.Model):
    """A customer found a review helpful."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    customer_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint("review", "customer_id", name="review_vote_once")]
        indexes = [models.Index("customer_id", name="review_vote_customer")]


class ReviewReport(models.Model):
    """A customer says that a review should not be there: once, also when a moderator has left it there."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    customer_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint("review", "customer_id", name="review_report_once")]
        indexes = [models.Index("customer_id", name="review_report_customer")]


class Purchase(models.Model):
    """A customer has paid for a product: what makes a review verified. Copied from paid orders, can be made again from
    them.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    customer_id = models.UUIDField()
    product_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint("customer_id", "product_id", name="purchase_once")]
