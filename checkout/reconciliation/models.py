"""What a comparison with a provider's list has found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class Reconciliation(models.Model):
    """One provider's list compared with our books, for payments made in [since, until)."""

    class Status(models.TextChoices):
        CLEAN = "clean", _("equal")
        DIFFERENT = "different", _("different")
        UNREACHABLE = "unreachable", _("the provider did not answer")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    provider = models.CharField(_("provider"), max_length=40)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    status = models.CharField(_("result"), max_length=12, choices=Status)
    compared = models.PositiveIntegerField(_("payments compared"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("reconciliation"), _("reconciliations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.provider} {self.since:%Y-%m-%d}"


class Difference(models.Model):
    """One thing that our books and the provider's list say differently."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("not in our books")
        MISSING_THERE = "missing_there", _("not in the provider's list")
        AMOUNT = "amount", _("amount taken")
        REFUNDED = "refunded", _("amount given back")
        CURRENCY = "currency", _("currency")
        STATE = "state", _("state")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    reference = models.CharField(_("provider's reference"), max_length=255)
    payment_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    ours = models.CharField(_("our books"), max_length=100, blank=True)
    theirs = models.CharField(_("the provider"), max_length=100, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("difference"), _("differences")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
