"""Who asked to be told when a variant is back."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from shop.core import db


class RestockRequest(models.Model):
    """One address and one variant: the latest time that it was asked for. The key is that of the place in the line
    (`inventory.waitlist`), which alone knows how it stands; who asks again after that place is over gets a new key."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="restock_requests")
    email = models.EmailField(_("e-mail"))  # in lower case
    language = models.CharField(max_length=10, default="en")
    customer_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("asked at"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("back-in-stock request"), _("back-in-stock requests")
        constraints = [models.UniqueConstraint("variant", "email", name="restock_request_once")]
        indexes = [
            models.Index("email", name="restock_request_email"),
            models.Index("customer_id", condition=models.Q(customer_id__isnull=False), name="restock_request_customer"),
        ]

    def __str__(self) -> str:
        return self.email
