"""The file that was made last."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class MerchantFeed(models.Model):
    """One file of the storage for each currency. `changed_at` is when it last said something else than before."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    currency = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=255)  # of the compressed file
    former = models.CharField(max_length=255, blank=True)  # the one before: somebody may be reading it still
    digest = models.CharField(max_length=64)  # SHA-256 of what it says, in hex
    items = models.PositiveIntegerField()
    without_picture = models.PositiveIntegerField()  # cannot be listed for it
    version = models.CharField(max_length=40)  # of the catalogue and its stock, as the cache names it
    valid_until = models.DateTimeField(null=True)  # when the next sale begins or ends
    seconds = models.PositiveIntegerField()  # that it took
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("product feed"), _("product feeds")
        constraints = [models.CheckConstraint(name="merchant_feed_has_file", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
