"""What the shop offers, as tables. Rows are archived, never deleted: orders and carts elsewhere remember their ids."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pictures.models import PictureField
from treebeard.mp_tree import MP_Node

from catalog.products.price_models import CONSTRAINTS
from shop.core import db, languages


class Category(MP_Node):
    """A node of the tree (materialised path: a subtree is one prefix query)."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120)
    url_path = models.CharField(_("path"), max_length=500, unique=True)  # "computers/laptops", kept by the services
    description = models.TextField(_("description"), blank=True)
    picture = models.CharField(max_length=255, blank=True)  # storage name of the department's picture
    seo_title = models.CharField(_("SEO title"), max_length=120, blank=True)
    seo_description = models.CharField(_("SEO description"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("category"), _("categories")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return languages.here(f"/categories/{self.url_path}/")


class Brand(models.Model):
    """Who makes it."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("brand"), _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return languages.here(f"/brands/{self.slug}/")


class Seller(models.Model):
    """Who sells it: the shop itself by default."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    is_default = models.BooleanField(_("the shop itself"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("seller"), _("sellers")
        constraints = [models.UniqueConstraint(
            "is_default", condition=Q(is_default=True), name="seller_one_default",
            violation_error_message=_("Another seller is the default one."),
        )]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class ProductType(models.Model):
    """What kind of thing it is; decides which attributes it has. `tax_class` and shipping depend on it, too."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=140, unique=True)
    name = models.CharField(_("name"), max_length=140)
    tax_class = models.CharField(_("tax class"), max_length=40, default="standard")

    class Meta:
        verbose_name, verbose_name_plural = _("product type"), _("product types")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    """A typed property of products of one type. Values live in `Product.attributes` under `code`."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        BOOLEAN = "boolean", _("yes or no")
        CHOICE = "choice", _("choice")
        DATE = "date", _("date")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product_type = models.ForeignKey(ProductType, models.CASCADE, related_name="attributes")
    code = models.SlugField(_("code"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    is_filterable = models.BooleanField(_("filter in lists"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("attribute"), _("attributes")
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(
            "product_type", "code", name="attribute_once",
            violation_error_message=_("There is an attribute with this code already."),
        )]  # fmt: skip

    def __str__(self) -> str:
        return self.name


_ARCHIVED = Q(status="archived", archived_at__isnull=False) | ~Q(status="archived") & Q(archived_at__isnull=True)


class ProductQuerySet(models.QuerySet["Product"]):
    def visible(self) -> ProductQuerySet:
        """What shoppers may see."""
        return self.filter(status=Product.Status.ACTIVE)


class Product(models.Model):
    """What a page shows; its variants are what is sold."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        ARCHIVED = "archived", _("archived")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    source = models.CharField(max_length=40, blank=True)  # which import it came from, with `external_id`
    external_id = models.CharField(max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=160, unique=True)
    description = models.TextField(_("description"), blank=True)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="products")
    product_type = models.ForeignKey(ProductType, models.PROTECT, related_name="products")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    archived_at = models.DateTimeField(null=True, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)  # {attribute code: typed value}
    options = models.JSONField(_("options"), default=list, blank=True)  # ["Colour", "Size"], in order
    tags = models.JSONField(_("tags"), default=list, blank=True)
    seo_title = models.CharField(_("SEO title"), max_length=120, blank=True)
    seo_description = models.CharField(_("SEO description"), max_length=300, blank=True)
    released_on = models.DateField(_("released"), null=True, blank=True)
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    rating_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")
        constraints = [
            models.UniqueConstraint(
                "source", "external_id", condition=~Q(external_id=""), name="product_external_once",
                violation_error_message=_("Another product came from there under this id."),
            ),
            models.CheckConstraint(
                name="product_archived_when", condition=_ARCHIVED,
                violation_error_message=_("What is archived has the moment when it was."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("category", "id", condition=Q(status="active"), name="product_category_active"),
            models.Index("brand", "id", condition=Q(status="active"), name="product_brand_active"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return languages.here(f"/products/{self.slug}/")


class Variant(models.Model):
    """One thing that can be bought: a combination of the product's options with its own SKU, weight and pictures."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField("SKU", max_length=255, unique=True)
    options = models.JSONField(_("options"), default=dict, blank=True)  # {"Colour": "Moss", "Size": "M"}
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight (g)"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length (mm)"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width (mm)"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height (mm)"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("variant"), _("variants")
        ordering = ["position", "id"]
        indexes = [models.Index("gtin", condition=~Q(gtin=""), name="variant_gtin")]

    def __str__(self) -> str:
        return self.sku


class Price(models.Model):
    """What one unit costs, in one currency and price list, from `min_quantity` units; less between the sale's dates."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3)
    price_list = models.CharField(_("price list"), max_length=40, default="default")
    min_quantity = models.PositiveIntegerField(_("from quantity"), default=1)
    amount_minor = models.BigIntegerField(_("price (minor units)"))
    sale_minor = models.BigIntegerField(_("sale price (minor units)"), null=True, blank=True)
    sale_starts_at = models.DateTimeField(_("sale starts"), null=True, blank=True)
    sale_ends_at = models.DateTimeField(_("sale ends"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("price"), _("prices")
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


# 320, 640, 960, 1280 … wide: enough for srcset, few enough to be made in a second
_SIZES: dict[str, Any] = {"aspect_ratios": ["4/5"], "container_width": 1280, "grid_columns": 4}
_DIMENSIONS: dict[str, Any] = {"width_field": "width", "height_field": "height"}


class Image(models.Model):
    """A picture of a product, or of one of its variants. Imports record `remote_url` and never fetch it."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="images")
    file = PictureField(_("file"), upload_to="products", max_length=255, blank=True, **_SIZES, **_DIMENSIONS)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    alt = models.CharField(_("alternative text"), max_length=300, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    is_ready = models.BooleanField(default=False, editable=False)  # its AVIF and WebP files are there
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("picture"), _("pictures")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.alt or str(self.file)


class OldSlug(models.Model):
    """A slug (or category path) that was used before: its page answers 301 to the present one."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    kind = models.CharField(max_length=10)  # "product", "category", "brand"
    slug = models.CharField(max_length=500)
    object_id = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("kind", "slug", name="old_slug_once")]


class ListingPrice(models.Model):
    """The lowest present price of a product per currency and price list: what lists show and sort by, ready made."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="listing_prices")
    currency = models.CharField(max_length=3)
    price_list = models.CharField(max_length=40, default="default")
    amount_minor = models.BigIntegerField()  # what is paid
    regular_minor = models.BigIntegerField()  # what is struck out when higher
    has_range = models.BooleanField(default=False)  # variants differ: "from …"
    changes_at = models.DateTimeField(null=True, blank=True)  # the next start or end of a sale or price rule

    class Meta:
        constraints = [models.UniqueConstraint("product", "currency", "price_list", name="listing_price_once")]
        indexes = [
            models.Index("changes_at", condition=Q(changes_at__isnull=False), name="listing_price_changes"),
            models.Index("currency", "price_list", "amount_minor", name="listing_price_amount"),
        ]
