"""What was bought together, and what has been learned from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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

    pk = models.CompositePrimaryKey("product_id", "kind")
    product_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    is_modelled = models.BooleanField(default=False)  # by the matrix; else from counts
    others = ArrayField(models.UUIDField())
    weights = ArrayField(models.IntegerField())
