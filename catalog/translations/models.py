"""Translations as tables. What is empty, or not there, is shown in the words of the original."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db

NAME, DESCRIPTION, SEO_TITLE, SEO_DESCRIPTION = 300, 100_000, 120, 300  # characters, as the originals have them
TERM = 300


class Translation(models.Model):
    """The texts of one thing in one language."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    language = models.CharField(_("language"), max_length=10)
    description = models.TextField(_("description"), blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.language


class ProductTranslation(Translation):
    product: Any = models.ForeignKey("catalog.Product", models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=NAME, blank=True)
    seo_title = models.CharField(_("SEO title"), max_length=SEO_TITLE, blank=True)
    seo_description = models.CharField(_("SEO description"), max_length=SEO_DESCRIPTION, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(
            "product", "language", name="product_translation_once",
            violation_error_message=_("There is a translation into this language already."),
        )]  # fmt: skip


class CategoryTranslation(Translation):
    category: Any = models.ForeignKey("catalog.Category", models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=120, blank=True)
    seo_title = models.CharField(_("SEO title"), max_length=SEO_TITLE, blank=True)
    seo_description = models.CharField(_("SEO description"), max_length=SEO_DESCRIPTION, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(
            "category", "language", name="category_translation_once",
            violation_error_message=_("There is a translation into this language already."),
        )]  # fmt: skip


class BrandTranslation(Translation):
    """A brand is called the same everywhere; what is told of it is not."""

    brand: Any = models.ForeignKey("catalog.Brand", models.CASCADE, related_name="translations")

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(
            "brand", "language", name="brand_translation_once",
            violation_error_message=_("There is a translation into this language already."),
        )]  # fmt: skip


class Term(models.Model):
    """A name or value that stands on many things (“Colour”, “Moss”, “Express delivery”), and what it is in each
    language: {"de": "Farbe"}.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    text = models.CharField(
        _("original"), max_length=TERM, unique=True,
        error_messages={"unique": _("This is in the word list already.")},
    )  # fmt: skip
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("word"), _("words")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text
