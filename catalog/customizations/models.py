"""What products ask of who buys them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.customizations import rules
from shop.core import db

_ONE_OWNER = Q(product_type__isnull=False, product__isnull=True) | Q(product_type__isnull=True, product__isnull=False)


class CustomField(models.Model):
    """One thing that is asked, of all products of a type or of one product, whose field of the same code comes first.

    `prices` (currency: minor units) is added to the price of each unit for which it is answered. Empty: it is free;
    in a currency that is missing it is not asked.
    """

    class Kind(models.TextChoices):
        TEXT = rules.TEXT, _("text")
        CHOICE = rules.CHOICE, _("choice")
        BOOLEAN = rules.BOOLEAN, _("yes or no")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product_type: Any = models.ForeignKey(
        "catalog.ProductType", models.CASCADE, null=True, blank=True, related_name="custom_fields"
    )
    product: Any = models.ForeignKey(
        "catalog.Product", models.CASCADE, null=True, blank=True, related_name="custom_fields"
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    help_text = models.CharField(_("hint"), max_length=200, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    max_length = models.PositiveSmallIntegerField(_("characters, at most"), default=100)
    is_required = models.BooleanField(_("required"), default=False)
    is_final_sale = models.BooleanField(_("no returns"), default=False)
    prices = models.JSONField(_("prices"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("field to personalise"), _("fields to personalise")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                "product_type",
                "code",
                name="custom_field_once_in_type",
                violation_error_message=_("There is a field with this code already."),
            ),
            models.UniqueConstraint(
                "product",
                "code",
                name="custom_field_once_in_product",
                violation_error_message=_("There is a field with this code already."),
            ),
            models.CheckConstraint(
                name="custom_field_owner",
                violation_error_message=_("A field belongs to a product or to a product type."),
                condition=_ONE_OWNER,
            ),
            models.CheckConstraint(
                name="custom_field_length",
                violation_error_message=_("The longest text is out of range."),
                condition=Q(max_length__gte=1, max_length__lte=rules.MAX_TEXT),
            ),
            models.CheckConstraint(
                name="custom_field_choices",
                violation_error_message=_("Give what there is to choose from."),
                condition=~Q(kind="choice") | ~Q(choices=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.name
