"""An archived order: what it is found by, and everything of it as one document."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F
from django.db.models.fields.json import KT
from django.db.models.functions import Concat, Lower, Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order
from shop.core import db
from shop.core.money import Money

_TO = "content__checkout_order__0__shipping_address"
_SPACE = models.Value(" ", output_field=models.TextField())
SURNAME = Lower(KT(f"{_TO}__last_name"))  # as `orders.models` has them of live orders
RECIPIENT = Lower(Concat(KT(f"{_TO}__first_name"), _SPACE, KT(f"{_TO}__last_name")))


class ArchivedOrder(models.Model):
    """One order with all its rows, under its own id; partitioned by the month in which it was placed.

    `content` has the rows of each table by the table's name, as PostgreSQL writes them (`contents.PARTS`).
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20)
    status = models.CharField(_("status"), max_length=20, choices=Order.Status)
    customer_id = models.UUIDField(_("customer"), null=True)
    email = models.EmailField(_("e-mail"))
    cart_id = models.UUIDField(null=True)
    currency = models.CharField(_("currency"), max_length=3)
    total_minor = models.BigIntegerField(_("total"))
    placed_at = models.DateTimeField(_("placed"))
    archived_at = models.DateTimeField(_("archived"), db_default=Now())
    payment_references = ArrayField(models.CharField(max_length=255), default=list)  # what providers call its payments
    # what else it is found by: its idempotency key, the numbers and ids of its returns, and its parcels
    handles = ArrayField(models.CharField(max_length=255), default=list, db_default=[])
    content = models.JSONField()

    class Meta:
        verbose_name, verbose_name_plural = _("archived order"), _("archived orders")
        ordering = ["-id"]
        default_permissions = ["view"]
        indexes = [
            models.Index(OpClass("number", name="varchar_pattern_ops"), name="archived_number"),
            models.Index(OpClass("email", name="varchar_pattern_ops"), F("id").desc(), name="archived_email"),
            models.Index("customer_id", F("id").desc(), name="archived_customer"),
            models.Index(SURNAME, F("id").desc(), name="archived_surname"),
            models.Index(RECIPIENT, F("id").desc(), name="archived_recipient"),
            GinIndex(fields=["payment_references"], name="archived_payment"),
            GinIndex(fields=["handles"], name="archived_handles"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)
