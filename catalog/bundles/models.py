"""What bundles consist of."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.bundles import rules
from shop.core import db


class BundlePart(models.Model):
    """So many units of `component` are in each unit of `bundle`. That no component is a bundle the services see to."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    bundle: Any = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="parts")
    component: Any = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="part_of")
    quantity = models.PositiveSmallIntegerField(_("units"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("part"), _("parts")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                "bundle", "component", name="bundle_part_once", violation_error_message=_("This part is named twice.")
            ),
            models.CheckConstraint(
                name="bundle_part_quantity",
                violation_error_message=_("The number of units is out of range."),
                condition=Q(quantity__gte=1, quantity__lte=rules.MAX_UNITS),
            ),
            models.CheckConstraint(
                name="bundle_part_other",
                violation_error_message=_("A bundle is no part of itself."),
                condition=~Q(bundle=F("component")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.component_id}"
