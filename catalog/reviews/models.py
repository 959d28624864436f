"""What buyers say about products."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from shop.core import db


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
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("review"), _("reviews")
        constraints = [
            models.CheckConstraint(name="review_rating", condition=Q(rating__gte=1, rating__lte=5)),
            models.UniqueConstraint(
                "product", "customer_id", condition=Q(customer_id__isnull=False), name="review_once"
            ),
        ]
        indexes = [
            models.Index("product", F("created_at").desc(), condition=Q(status="published"), name="review_published")
        ]

    def __str__(self) -> str:
        return f"{self.rating}: {self.title}"


class Purchase(models.Model):
    """A customer has paid for a product: what makes a review verified. Copied from paid orders, can be made again from
    them.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    customer_id = models.UUIDField()
    product_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint("customer_id", "product_id", name="purchase_once")]
