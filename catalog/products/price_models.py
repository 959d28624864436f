"""What stands beside prices: what the database demands of each, promotions that lists show, and the record of what
everything has cost.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core import db

_NO_SALE, _LOWER = Q(sale_minor__isnull=True), Q(sale_minor__gte=0, sale_minor__lt=F("amount_minor"))
_OPEN = Q(sale_starts_at__isnull=True) | Q(sale_ends_at__isnull=True)
CONSTRAINTS = [  # of a price
    models.UniqueConstraint(
        "variant", "currency", "price_list", "min_quantity", name="price_once",
        violation_error_message=_("There is such a price already."),
    ),
    models.CheckConstraint(
        name="price_not_negative", condition=Q(amount_minor__gte=0),
        violation_error_message=_("A price is not below zero."),
    ),
    models.CheckConstraint(
        name="price_sale_below", condition=_NO_SALE | _LOWER,
        violation_error_message=_("A sale price is below the price."),
    ),
    models.CheckConstraint(
        name="price_sale_dates", condition=_OPEN | Q(sale_ends_at__gt=F("sale_starts_at")),
        violation_error_message=_("A sale ends after it starts."),
    ),
]  # fmt: skip


class PriceRule(models.Model):
    """A promotion that lists show, as far as prices need it: kept by whoever has promotions, under its id.

    `reach` says for what list prices are to be made anew because of it (keys, none: everything), null once that is
    done; `reached` is the last product that it is done for.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=80)
    points = models.PositiveIntegerField(default=0)  # hundredths of a percent
    amounts = models.JSONField(default=dict)  # off each unit, minor units by currency
    prices = models.JSONField(default=dict)  # of each unit, the same way
    any_of = models.JSONField(default=list)
    none_of = models.JSONField(default=list)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.BigIntegerField(default=0)  # of the promotion: what is older is not kept
    reach = models.JSONField(null=True)
    reached = models.UUIDField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="price_rule_points", condition=Q(points__lte=10_000))]


class PriceRecord(models.Model):
    """What a unit of a variant costs in a price list from a moment on. Append-only: the database refuses all else."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    variant_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    price_list = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("variant_id", "currency", "price_list", F("at").desc(), name="price_record")]
