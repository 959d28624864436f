"""The flat projection that lists, facets and the embedded search engine read: one row per product and currency.

Everything in it is copied from elsewhere and can be rebuilt (`rebuild_search_index`).
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core import db

# The sorts that need no text: each list walks one of these indexes, so that its cost does not grow with the catalogue.
_ORDERS = {
    "listing_price_up": F("price_minor").asc(),
    "listing_price_down": F("price_minor").desc(nulls_last=True),
    "listing_rating": F("rating_average").desc(),
    "listing_newest": F("released_at").desc(nulls_last=True),
    "listing_popular": F("popularity").desc(),
}


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
    document = SearchVectorField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("product_id", "currency", "price_list", name="listing_once")]
        indexes = [
            GinIndex("document", name="listing_document"),
            GinIndex(OpClass(F("attributes"), name="jsonb_path_ops"), name="listing_attributes"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="listing_name_trigram"),
            models.Index(OpClass(F("category_path"), name="varchar_pattern_ops"), name="listing_category"),
            models.Index("brand_slug", name="listing_brand"),
            *(
                models.Index("currency", "price_list", F("is_buyable").desc(), order, F("product_id").desc(), name=name)
                for name, order in _ORDERS.items()
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Word(models.Model):
    """The words that product names, brands and categories use: what a misspelt query is compared with."""

    word = models.CharField(max_length=40, primary_key=True)
    count = models.PositiveIntegerField(default=1)  # listings that have it, as of the last rebuild

    class Meta:
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="word_trigram")]

    def __str__(self) -> str:
        return self.word
