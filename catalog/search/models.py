"""The flat projection that lists, facets and the embedded search engine read: one row per product and currency.

Everything in it is copied from elsewhere and can be rebuilt (`rebuild_search_index`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from shop.core import db

# The sorts that need no text: each list walks one of these indexes, so that its cost does not grow with the catalogue.
_ORDERS = {
    "listing_price_up": F("price_minor").asc(),
    "listing_price_down": F("price_minor").desc(nulls_last=True),
    "listing_rating": F("rating_average").desc(),
    "listing_newest": F("released_at").desc(nulls_last=True),
    "listing_popular": F("popularity").desc(),
}


WEIGHTS = ("name", "brand", "tags", "description", "category", "popularity", "rating", "freshness")
MOST_WEIGHT = 10


def _in_range(names: Iterable[str]) -> Q:
    found = Q()
    for name in names:
        found &= Q(**{f"{name}__gte": 0, f"{name}__lte": MOST_WEIGHT})
    return found


class Listing(models.Model):
    """What a card shows and a filter asks, of one active product in one currency and price list."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product_id = models.UUIDField()
    currency = models.CharField(max_length=3)  # of the shop; is_sellable says whether there is a price in it
    price_list = models.CharField(max_length=40, default="default")
    external_id = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=300)
    slug = models.CharField(max_length=160)
    brand_name = models.CharField(max_length=120, blank=True)
    brand_slug = models.CharField(max_length=140, blank=True)
    category_path = models.CharField(max_length=255, blank=True)  # treebeard's path: a subtree is a prefix
    price_minor = models.BigIntegerField(null=True)
    regular_minor = models.BigIntegerField(null=True)
    shown_currency = models.CharField(max_length=3, blank=True)  # of the price shown when not sold in `currency`
    has_range = models.BooleanField(default=False)
    is_sellable = models.BooleanField(default=True)
    is_in_stock = models.BooleanField(default=False)
    is_buyable = models.GeneratedField(
        expression=Q(is_sellable=True, is_in_stock=True),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )  # comes first in every list
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    rating_count = models.PositiveIntegerField(default=0)
    popularity = models.FloatField(default=0)
    released_at = models.DateTimeField(null=True)
    attributes = models.JSONField(default=dict)  # filterable ones: {code: [values as text]}
    card = models.JSONField(default=dict)  # picture, swatches: what only the card needs
    document = SearchVectorField(null=True)  # name A, brand B, categories, tags and attributes C, all else D
    title = SearchVectorField(null=True)  # the same but tags D, nothing else: read of every row that matches
    codes = ArrayField(models.CharField(max_length=120), default=list, db_default=[])  # SKUs and GTINs, compact
    texts = models.JSONField(
        default=dict, db_default={}
    )  # the words searched for in name, brand, category, tags, numbers, prose
    version = models.BigIntegerField(db_default=0)  # from a sequence, under the listing's lock: the higher the newer
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("product_id", "currency", "price_list", name="listing_once")]
        indexes = [
            GinIndex("document", name="listing_document"),
            GinIndex("title", name="listing_title"),
            GinIndex("codes", name="listing_codes"),
            GinIndex(OpClass(F("attributes"), name="jsonb_path_ops"), name="listing_attributes"),
            models.Index(OpClass(F("category_path"), name="varchar_pattern_ops"), name="listing_category"),
            models.Index("brand_slug", name="listing_brand"),
            models.Index(Upper("name"), name="listing_name", condition=Q(price_list="default")),
            *(
                models.Index("currency", "price_list", F("is_buyable").desc(), order, F("product_id").desc(), name=name)
                for name, order in _ORDERS.items()
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListingChange(models.Model):
    """A listing that Elasticsearch is yet to hear of, written with it; gone once it has. Only there where the shop has
    an Elasticsearch.
    """

    id = models.BigAutoField(primary_key=True)
    product_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    price_list = models.CharField(max_length=40)
    version = models.BigIntegerField()  # of the listing then, or of its end
    created_at = models.DateTimeField(db_default=Now())


class Word(models.Model):
    """The words that product names, brands and categories use: what a misspelt query is compared with."""

    word = models.CharField(max_length=40, primary_key=True)
    count = models.PositiveIntegerField(default=1)  # listings that have it, as of the last rebuild

    class Meta:
        indexes = [
            GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="word_trigram"),
            models.Index(OpClass(F("word"), name="varchar_pattern_ops"), name="word_beginning"),
        ]

    def __str__(self) -> str:
        return self.word


class Lexeme(models.Model):
    """How many listings have a stem in their title, as of the last rebuild: rare words weigh more."""

    lexeme = models.CharField(max_length=64, primary_key=True)
    listings = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.lexeme


class Ranking(models.Model):
    """How much each thing counts for the order of results. One row, edited by the merchant; judged by
    `bench/search_quality`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.FloatField(_("word in the name"), default=3.0)
    brand = models.FloatField(_("word in the brand"), default=2.0)
    tags = models.FloatField(_("word in tags and attributes"), default=2.0)
    description = models.FloatField(_("word in the description"), default=1.0)
    category = models.FloatField(_("the category that is asked for"), default=1.0)
    popularity = models.FloatField(_("popularity"), default=0.1)
    rating = models.FloatField(_("rating"), default=0.05)
    freshness = models.FloatField(_("newness"), default=0.05)

    class Meta:
        verbose_name = verbose_name_plural = _("ranking")
        constraints = [
            models.CheckConstraint(
                name="ranking_single", violation_error_message=_("There is one ranking."), condition=Q(id=1)
            ),
            models.CheckConstraint(
                name="ranking_range",
                violation_error_message=_("A weight is out of range."),
                condition=_in_range(WEIGHTS),
            ),
        ]

    def __str__(self) -> str:
        return str(_("ranking"))


class Synonym(models.Model):
    """Words that mean the same: who types one of them finds the others as well."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    words = models.CharField(_("words"), max_length=400, help_text=_("Separated by commas: laptop, notebook"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("synonyms"), _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class StopWord(models.Model):
    """A word that is left out of what is searched for, unless there is no other."""

    word = models.CharField(_("word"), max_length=40, primary_key=True)

    class Meta:
        verbose_name, verbose_name_plural = _("stop word"), _("stop words")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word


class Curation(models.Model):
    """What the merchant says of one search: where it leads, which products stand first or last."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    words = models.CharField(_("search"), max_length=200, help_text=_("In any order, singular or plural"))
    key = models.CharField(max_length=200, unique=True, editable=False)  # `curations.key` of the words
    redirect_url = models.CharField(
        _("leads to"), max_length=300, blank=True, help_text=_("A page of this shop, such as /categories/sale/")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("curated search"), _("curated searches")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class Pinned(models.Model):
    """A product that one search shows first (by place), or last."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    curation = models.ForeignKey(Curation, models.CASCADE, related_name="pins")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    place = models.PositiveSmallIntegerField(_("place"), default=1)
    is_buried = models.BooleanField(_("last instead of first"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")
        ordering = ["is_buried", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                "curation", "product", name="pinned_once", violation_error_message=_("This product is named twice.")
            )
        ]

    def __str__(self) -> str:
        return str(self.product)


class Searched(models.Model):
    """How often shoppers searched for something on one day (UTC), and what came of it. Nothing says who."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    day = models.DateField(_("day"))
    text = models.CharField(_("search"), max_length=200)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    without_results = models.PositiveIntegerField(_("without results"), default=0)
    clicks = models.PositiveIntegerField(_("products opened"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("search"), _("searches")
        constraints = [
            models.UniqueConstraint(
                "day",
                "text",
                name="searched_once_a_day",
                violation_error_message=_("It was counted on this day already."),
            )
        ]
        indexes = [models.Index(OpClass(F("text"), name="varchar_pattern_ops"), name="searched_beginning")]

    def __str__(self) -> str:
        return self.text
