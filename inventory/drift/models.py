"""What the nightly checks of the stock found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class StockCheck(models.Model):
    """One run of the checks: a sentence for each thing that does not add up (the first of them), and how many."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    at = models.DateTimeField(_("at"), db_default=Now())
    drift = models.PositiveIntegerField(_("findings"))
    findings = models.JSONField(_("found"), default=list)

    class Meta:
        verbose_name, verbose_name_plural = _("stock check"), _("stock checks")

    def __str__(self) -> str:
        return str(self.pk)
