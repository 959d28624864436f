"""Products, variants, prices, categories and reviews, made as the services make them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import factory

from catalog.products import prices
from catalog.products.models import Attribute, Brand, Category, Image, Price, Product, ProductType, Seller, Variant
from catalog.reviews.models import Review
from catalog.search import indexing
from inventory.stock import services as stock
from inventory.stock.models import Location


class BrandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Brand
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Brand {n}")
    slug = factory.LazyAttribute(lambda brand: brand.name.lower().replace(" ", "-"))


class SellerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seller
        django_get_or_create = ("slug",)

    name = "The shop"
    slug = "shop"
    is_default = True


class ProductTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProductType
        django_get_or_create = ("code",)

    code = "thing"
    name = "Thing"


class AttributeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attribute

    product_type = factory.SubFactory(ProductTypeFactory)
    code = factory.Sequence(lambda n: f"attribute-{n}")
    name = factory.LazyAttribute(lambda attribute: attribute.code.replace("-", " ").capitalize())


class ProductFactory(factory.django.DjangoModelFactory):
    """An active product without variants; `product()` makes a whole one."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    product_type = factory.SubFactory(ProductTypeFactory)
    seller = factory.SubFactory(SellerFactory)
    status = Product.Status.ACTIVE


class VariantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Variant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n}")


class PriceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Price

    variant = factory.SubFactory(VariantFactory)
    currency = "USD"
    amount_minor = 2500


class ImageFactory(factory.django.DjangoModelFactory):
    """A picture whose file is only named: pages do not open it."""

    class Meta:
        model = Image

    product = factory.SubFactory(ProductFactory)
    file = factory.Sequence(lambda n: f"products/{n}.png")
    alt = "A thing"

    @classmethod
    def _create(cls, model_class: type[Image], *args: Any, **kwargs: Any) -> Image:
        image = Image(**kwargs, width=960, height=1200, is_ready=True)
        Image.objects.bulk_create([image])  # no dimensions are read from the missing file
        return image


class ReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Review

    product = factory.SubFactory(ProductFactory)
    author = "Ada"
    rating = 5
    title = "Good"
    body = "It does what it should."
    status = Review.Status.PUBLISHED


def category(*names: str) -> Category:
    """The category at this path of names, made where missing."""
    node: Category | None = None
    for name in names:
        slug = name.lower().replace(" & ", "-").replace(" ", "-")
        url_path = f"{node.url_path}/{slug}" if node else slug
        found = Category.objects.filter(url_path=url_path).first()
        fields = {"name": name, "slug": slug, "url_path": url_path}
        if found is None:
            found = (
                Category.objects.add_child(node, create_kwargs=fields)
                if node
                else Category.objects.add_root(create_kwargs=fields)
            )
        node = Category.objects.get(pk=found.pk)
    assert node is not None
    return node


def product(
    *,
    units: int = 5,
    amount: int | None = 2500,
    sale: int | None = None,
    currency: str = "USD",
    indexed: bool = True,
    **fields: Any,
) -> Product:
    """A product with one variant, a price in minor units (None: no price), and `units` in stock; listed unless told
    not to be.
    """
    brand = fields.pop("brand", None)
    if isinstance(brand, str):
        fields["brand"] = BrandFactory(name=brand)
    elif brand is not None:
        fields["brand"] = brand
    sku = fields.pop("sku", None)
    made = ProductFactory(**fields)
    add_variant(made, units=units, amount=amount, sale=sale, currency=currency, **({"sku": sku} if sku else {}))
    if indexed:
        indexing.index([made.pk])
    return made


def add_variant(
    made: Product,
    *,
    units: int = 5,
    amount: int | None = 2500,
    sale: int | None = None,
    currency: str = "USD",
    **fields: Any,
) -> Variant:
    """One more variant of a product, with a price and stock."""
    variant = VariantFactory(product=made, **fields)
    if amount is not None:
        PriceFactory(variant=variant, amount_minor=amount, sale_minor=sale, currency=currency)
    prices.reprice([made.pk])
    put_in_stock({variant.pk: units})
    return variant


def put_in_stock(levels: dict[UUID, int]) -> None:
    """Set what is on hand of these variants at the default location."""
    Location.objects.get_or_create(is_default=True, defaults={"code": "default", "name": "Main warehouse"})
    stock.set_on_hand(
        levels=levels, skus={key: f"SKU-{key.hex[-8:]}" for key in levels}, location=None, reason="start", by="test"
    )
