"""What was promised, until when, and what became of it."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.money import Money


class Receivable(models.Model):
    """An amount that a customer has promised to pay by `due_on`. The sums are those of its entries."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    payment_id = models.UUIDField(unique=True)
    order_id = models.UUIDField()
    order_number = models.CharField(_("order"), max_length=20)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    received_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)  # of the promise: the customer need not pay it
    due_on = models.DateField(_("due"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    created_at = models.DateTimeField(_("promised"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("receivable"), _("receivables")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(name="receivable_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="receivable_sums",
                condition=Q(received_minor__gte=0, released_minor__gte=0, released_minor__lte=F("amount_minor")),
            ),
        ]
        indexes = [
            models.Index(
                "due_on",
                condition=Q(amount_minor__gt=F("received_minor") + F("released_minor")),
                name="receivable_open",
            ),
            models.Index(OpClass("order_number", name="varchar_pattern_ops"), name="receivable_order_number"),
            models.Index("currency", F("id").desc(), name="receivable_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.amount.format()}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def open(self) -> Money:
        """What is still to come."""
        return Money(max(0, self.amount_minor - self.received_minor - self.released_minor), self.currency)


class ReceivableEntry(models.Model):
    """Money that came or went back, or a promise that was let go. Append-only; a key is used once."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        RELEASED = "released", _("not needed any more")
        GIVING_BACK = "giving_back", _("to be sent back")
        RETURNED = "returned", _("sent back")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    amount_minor = models.BigIntegerField(_("amount"))
    key = models.CharField(max_length=255)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("entry"), _("entries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="receivable_entry_amount", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint("receivable", "kind", "key", name="receivable_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_minor}"
