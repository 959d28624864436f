"""What the catalogue's API takes and gives: plain serializers, for input and for the schema."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from shop.core.fields import LineIO, LinesIO

STATUSES = ("draft", "active", "archived")


class CategoryRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.CharField()


class RatingOut(serializers.Serializer[Any]):
    average = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class ProductBrief(serializers.Serializer[Any]):
    """A product in a list. Prices are decimal strings; `salePrice` is null unless it is on sale."""

    id = serializers.UUIDField()
    sku = serializers.CharField()
    variant_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    category = CategoryRef(allow_null=True)
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    is_price_from = serializers.BooleanField()
    is_sellable = serializers.BooleanField()
    in_stock = serializers.BooleanField()
    rating = RatingOut()
    image = serializers.CharField(allow_null=True)


class PriceBreakOut(serializers.Serializer[Any]):
    """From `quantity` units on, each costs `price`."""

    quantity = serializers.IntegerField()
    price = serializers.CharField()


class VariantOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sku = serializers.CharField()
    attributes = serializers.DictField(child=serializers.CharField())
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    price_breaks = PriceBreakOut(many=True)
    available = serializers.IntegerField()
    availability = serializers.ChoiceField(["in_stock", "preorder", "backorder", "out"])
    expected_on = serializers.DateField(allow_null=True)


class ImageOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField()


class BundlePartOut(serializers.Serializer[Any]):
    """What is in a unit of the default variant, if it is a bundle."""

    product_id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()


class CustomFieldOut(serializers.Serializer[Any]):
    """What may be answered when the product is put into a cart (`customizations`). `price` is added for each unit."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["text", "choice", "boolean"])
    hint = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    max_length = serializers.IntegerField()
    is_required = serializers.BooleanField()
    is_final_sale = serializers.BooleanField()
    price = serializers.CharField()


class ProductOut(serializers.Serializer[Any]):
    """A whole product. `price` is the regular price of its default variant."""

    id = serializers.UUIDField()
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    description = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    category = CategoryRef(allow_null=True)
    product_type = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    attributes = serializers.DictField()
    tags = serializers.ListField(child=serializers.CharField())
    images = ImageOut(many=True)
    variants = VariantOut(many=True)
    custom_fields = CustomFieldOut(many=True)
    parts = BundlePartOut(many=True)
    rating = RatingOut()
    updated_at = serializers.DateTimeField()


class VariantIn(serializers.Serializer[Any]):
    """A variant of a new product; `attributes` are its options: {"Colour": "Moss"}."""

    sku = serializers.CharField(max_length=255)
    attributes = serializers.DictField(child=serializers.CharField(max_length=100), required=False)
    price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False)
    sale_price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False, allow_null=True)
    gtin = serializers.CharField(max_length=14, required=False, allow_blank=True)
    weight_grams = serializers.IntegerField(min_value=0, max_value=10**9, required=False, allow_null=True)


class ProductPatch(serializers.Serializer[Any]):
    """The fields of a product that staff may change. `price` and `salePrice` are of its only variant, or of `sku`."""

    name = serializers.CharField(max_length=300, required=False)
    slug = serializers.SlugField(max_length=150, required=False)
    description = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    brand = serializers.CharField(max_length=120, required=False, allow_null=True)
    category = serializers.CharField(max_length=500, required=False, allow_null=True)
    attributes = serializers.DictField(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    seo_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    seo_description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    released_on = serializers.DateField(required=False, allow_null=True)
    sku = serializers.CharField(max_length=255, required=False)
    price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False)
    sale_price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False, allow_null=True)


class ProductIn(ProductPatch):
    """A new product: with `sku` and `price` for one variant, or with `variants`."""

    name = serializers.CharField(max_length=300)
    product_type = serializers.SlugField(max_length=140, required=False)
    status = serializers.ChoiceField(choices=STATUSES[:2], default="draft")
    variants = VariantIn(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("sku")) == bool(attrs.get("variants")):
            raise serializers.ValidationError({"sku": [_("Send either sku or variants.")]})
        return attrs


class StockIn(serializers.Serializer[Any]):
    """What is on hand: of one variant (`sku`) or of each; at one location, or all of it at the default one."""

    quantity = serializers.IntegerField(min_value=0, max_value=10**9)
    sku = serializers.CharField(max_length=255, required=False)
    location = serializers.CharField(max_length=40, required=False)


class ReviewIn(serializers.Serializer[Any]):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    title = LineIO(max_length=150, required=False, allow_blank=True, default="")
    body = LinesIO(max_length=5000, required=False, allow_blank=True, default="")
    author = LineIO(max_length=80, required=False, allow_blank=True, default="")


class ReviewForm(ReviewIn):
    """The same as a form, with photos: at most 4, of at most 10 MB each (JPEG, PNG or WebP)."""

    photos = serializers.ListField(child=serializers.FileField(), required=False)


class ReviewChange(ReviewIn):
    drop_photos = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=4)


class ReviewPhotoOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    thumbnail = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ReviewReplyOut(serializers.Serializer[Any]):
    body = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReviewOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    rating = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    author = serializers.CharField()
    is_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    helpful_count = serializers.IntegerField()
    photos = ReviewPhotoOut(many=True)
    reply = ReviewReplyOut(allow_null=True)


class StarsOut(serializers.Serializer[Any]):
    stars = serializers.IntegerField()
    count = serializers.IntegerField()


class ReviewRatingOut(RatingOut):
    histogram = StarsOut(many=True)


class ReviewPage(serializers.Serializer[Any]):
    data = ReviewOut(many=True)  # type: ignore[assignment]  # the contract names it so
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    rating = ReviewRatingOut()


class ReviewPosted(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    is_verified = serializers.BooleanField()


class OwnReviewOut(serializers.Serializer[Any]):
    """`reason`: why it is not shown."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    reason = serializers.CharField()
    rating = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    author = serializers.CharField()
    photos = ReviewPhotoOut(many=True)


class HelpfulOut(serializers.Serializer[Any]):
    helpful_count = serializers.IntegerField()
    has_voted = serializers.BooleanField()
