"""What was bought together, and what has been learned from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from catalog.products.models import Product
from catalog.recommendations import vectors
from shop.core import db


class PastOrder(models.Model):
    """The products of one paid order, of this shop or of another's past. Its key is the order's, so it is there once.

    What is not as it should be in `Demand` yet is found by `is_counted = is_withdrawn`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    bought_at = models.DateTimeField()
    customer_id = models.UUIDField(null=True)
    product_ids = ArrayField(models.UUIDField())
    is_counted = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)  # cancelled: says nothing, and nobody has what was in it

    class Meta:
        indexes = [
            GinIndex("product_ids", name="past_order_products"),
            models.Index("bought_at", name="past_order_time"),
            models.Index("customer_id", condition=Q(customer_id__isnull=False), name="past_order_customer"),
            models.Index("id", condition=Q(is_counted=F("is_withdrawn")), name="past_order_uncounted"),
        ]


class Demand(models.Model):
    """How often a product was bought: by orders, and by what these say of it (`rules.order_weight`)."""

    product_id = models.UUIDField(primary_key=True, editable=False)
    orders = models.BigIntegerField(default=0)
    weight = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(F("orders").desc(), "product_id", name="demand_most")]


class Neighbours(models.Model):
    """The products next to one product, nearest first, with weights in 1/100,000."""

    class Kind(models.TextChoices):
        TOGETHER = "together", _("bought together")
        ALIKE = "alike", _("bought with the same things")
        SIMILAR = "similar", _("similar")

    pk = models.CompositePrimaryKey("product_id", "kind")
    product_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    is_modelled = models.BooleanField(default=False)  # by the matrix; else from counts
    others = ArrayField(models.UUIDField())
    weights = ArrayField(models.IntegerField())


class ContentVector(models.Model):
    """What an active product is, as a vector (`vectors.py`). The table is there only where PostgreSQL has pgvector
    (`ground.ensure`); its index of inner products is not known to Django.
    """

    product_id = models.UUIDField(primary_key=True, editable=False)
    digest = models.BigIntegerField()  # of what the vector was made of: one that is the same is not written again
    embedding = HalfVectorField(dimensions=vectors.DIMENSIONS)


class Learned(models.Model):
    """What was learned of all products at once, as bytes."""

    name = models.CharField(max_length=20, primary_key=True)
    data = models.BinaryField()
    learned_at = models.DateTimeField(db_default=Now())


class Trend(models.Model):
    """What is bought most these days in one category and all below it; `category_id` is nil for the whole shop."""

    category_id = models.UUIDField(primary_key=True, editable=False)
    product_ids = ArrayField(models.UUIDField())


class HandPicked(models.Model):
    """A product that the merchant wants to be shown first on another one's page."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="hand_picked")
    other = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("related product"), _("related products")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("product", "other", name="hand_picked_once"),
            models.CheckConstraint(name="hand_picked_other", condition=~Q(product=F("other"))),
        ]

    def __str__(self) -> str:
        return str(self.other)


class View(models.Model):
    """A customer who agreed to it has looked at a product. Kept for 30 days."""

    class Device(models.TextChoices):
        PHONE = "phone", _("phone")
        COMPUTER = "computer", _("computer")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    customer_id = models.UUIDField()
    product_id = models.UUIDField()
    seen_at = models.DateTimeField(db_default=Now())
    device = models.CharField(max_length=10, choices=Device)

    class Meta:
        indexes = [
            models.Index("customer_id", F("seen_at").desc(), name="view_of_customer"),
            models.Index("seen_at", name="view_time"),
        ]


class Profile(models.Model):
    """What a customer who agreed to it likes, and what is for them, the best first with its score. Without consent
    there is no row."""

    customer_id = models.UUIDField(primary_key=True, editable=False)
    features = models.JSONField(default=dict)  # `profiles.Features`
    product_ids = ArrayField(models.UUIDField(), default=list)
    scores = ArrayField(models.IntegerField(), default=list)
    is_stale = models.BooleanField(default=True)  # something has happened since
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("customer_id", condition=Q(is_stale=True), name="profile_stale")]
