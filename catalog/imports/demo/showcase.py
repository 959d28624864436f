"""What a file of products does not tell, shown on a few of the demo's: a bundle, a thing to engrave, gift cards, prices
by quantity and for a group, and a sale that begins next week. Each only in a shop that has nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from catalog.bundles import services as bundles
from catalog.bundles.models import BundlePart
from catalog.customizations import services as customizing
from catalog.customizations.models import CustomField
from catalog.imports.demo.load import BY, SOURCE
from catalog.products import brands, prices, services
from catalog.products.models import Category, Image, Price, Product, ProductType, Variant
from catalog.products.rules import GIFT_CARD
from catalog.products.variants import NewVariant
from inventory.stock import services as stock
from inventory.stock.selectors import available
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

TRADE = "trade"  # the price list
CARDS = (25, 50, 100)
SET = {"Studio mug": 2, "Round teapot": 1}
ENGRAVED, BY_THE_DOZEN, SOON_CHEAPER = "Cook's knife", "Linen tea towel", "Whistle kettle"


def load() -> list[str]:
    """Make what there is none of; sentences for what was made. A second time makes nothing."""
    made = {
        "A set is sold at one price.": _bundle,
        "A knife can be engraved.": _engraving,
        "Gift cards are sold.": _gift_cards,
        "There are prices by quantity, for a group and from next week on.": _prices,
    }
    return [sentence for sentence, make in made.items() if make()]


def _first(name: str) -> Variant | None:
    """The variant of a product of the demo of which there is most, if that is here."""
    rows = Variant.objects.filter(product__source=SOURCE, product__name=name, product__status=Product.Status.ACTIVE)
    found = list(rows.select_related("product").order_by("position", "id"))
    units = available([variant.pk for variant in found])
    return max(found, key=lambda variant: units[variant.pk], default=None)


def _money(amount: Decimal | int | str) -> Money:
    return Money.rounded(Decimal(amount), settings.DEFAULT_CURRENCY)


def _price(variant: Variant) -> Money | None:
    """Of one unit, for everybody."""
    row = variant.prices.filter(currency=settings.DEFAULT_CURRENCY, price_list="default", min_quantity=1).first()
    return Money(row.amount_minor, row.currency) if row else None


def _part_of(price: Money, percent: int) -> Money:
    """So many percent of a price, in whole units of the currency."""
    return _money((price.decimal * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _bundle() -> bool:
    parts = {name: _first(name) for name in SET}
    known = {name: variant for name, variant in parts.items() if variant}
    costs = [price * SET[name] for name, variant in known.items() if (price := _price(variant))]
    if BundlePart.objects.exists() or len(costs) < len(SET):
        return False
    tea = known["Round teapot"]
    product = _product(
        "showcase-set", "Tea for two", tea.product.product_type, tea.product.category,
        [NewVariant("DEMO-SET", price=_part_of(sum(costs, _money(0)), 85))],
        description="Two mugs and the round teapot, for less than they cost one by one.\n\n"
        "Packed together; each part can be sent back by itself.",
    )  # fmt: skip
    _pictures(product, [tea, *(one for one in known.values() if one != tea)])
    bundles.set_parts(
        variant_id=product.variants.get().pk, product_id=product.pk, by=BY,
        parts={variant.pk: SET[name] for name, variant in known.items()},
    )  # fmt: skip
    return True


def _engraving() -> bool:
    variant = _first(ENGRAVED)
    if CustomField.objects.exists() or variant is None:
        return False
    engraving = CustomField(
        code="engraving", name="Engraving", max_length=20, help_text="On the blade, in capitals.",
        is_final_sale=True, prices={settings.DEFAULT_CURRENCY: _money(12).minor},
    )  # fmt: skip
    box = CustomField(
        code="box", name="In a wooden box", kind=CustomField.Kind.BOOLEAN,
        prices={settings.DEFAULT_CURRENCY: _money(9).minor},
    )  # fmt: skip
    customizing.set_fields(product_id=variant.product_id, fields=[engraving, box], by=BY)
    return True


def _gift_cards() -> bool:
    shelf = Category.objects.filter(url_path="books-paper/cards-prints").first()
    near = Product.objects.filter(source=SOURCE, category=shelf).order_by("pk")
    drawn = (near.filter(tags__contains=["envelope"]).first() or near.first()) if shelf else None
    if drawn is None or ProductType.objects.filter(tax_class=GIFT_CARD).exists():
        return False
    kind = brands.ensure_product_type(code="gift-card", name="Gift card")
    ProductType.objects.filter(pk=kind.pk).update(tax_class=GIFT_CARD)
    product = _product(
        "showcase-gift-card", "Gift card", kind, shelf,
        [NewVariant(f"GIFT-{amount}", {"Value": _money(amount).format()}, price=_money(amount)) for amount in CARDS],
        options=["Value"],
        description="For somebody who would rather choose. The code comes by e-mail as soon as the card is paid for.",
    )  # fmt: skip
    _pictures(product, list(drawn.variants.order_by("position", "id")[:1]))
    made = {one.pk: one.sku for one in product.variants.all()}
    stock.set_on_hand(levels=dict.fromkeys(made, 1000), skus=made, reason="demo", by=BY)
    return True


def _prices() -> bool:
    towel, kettle = _first(BY_THE_DOZEN), _first(SOON_CHEAPER)
    asked = (_price(towel) if towel else None, _price(kettle) if kettle else None)
    own = Price.objects.exclude(price_list="default", min_quantity=1, sale_starts_at__isnull=True)
    if own.exists() or towel is None or kettle is None or asked[0] is None or asked[1] is None:
        return False
    for variant in towel.product.variants.all():
        for units, percent in ((6, 90), (12, 80)):
            prices.set_price(variant_id=variant.pk, amount=_cents(asked[0], percent), min_quantity=units, by=BY)
    for variant in Variant.objects.filter(product__source=SOURCE, product__category=towel.product.category):
        if price := _price(variant):
            prices.set_price(variant_id=variant.pk, amount=_cents(price, 85), price_list=TRADE, by=BY)
    now = db.clock(db.CATALOG).replace(minute=0, second=0, microsecond=0)
    for variant in kettle.product.variants.all():
        prices.set_price(
            variant_id=variant.pk, amount=asked[1], sale=_part_of(asked[1], 80), by=BY,
            sale_starts_at=now + timedelta(days=7), sale_ends_at=now + timedelta(days=14),
        )  # fmt: skip
    return True


def _cents(price: Money, percent: int) -> Money:
    return Money.rounded(price.decimal * percent / 100, price.currency)


def _product(
    key: str,
    name: str,
    kind: ProductType,
    category: Category | None,
    variants: list[NewVariant],
    *,
    description: str,
    options: list[str] | None = None,
) -> Product:
    """One more product of the demo."""
    with transaction.atomic(using=db.CATALOG):
        product = services.create(
            name=name, product_type_id=kind.pk, by=BY, status="active", options=options or (), variants=variants,
            description=description, category_id=category.pk if category else None, tags=["demo"],
        )  # fmt: skip
        Product.objects.filter(pk=product.pk).update(source=SOURCE, external_id=key)
    return product


def _pictures(product: Product, variants: Sequence[Variant]) -> None:
    """The pictures of other variants, else of their products: what is drawn already need not be drawn again."""
    found: dict[UUID, Image] = {}
    for image in Image.objects.filter(product_id__in=[one.product_id for one in variants]):
        found.setdefault(image.variant_id or image.product_id, image)
        found.setdefault(image.product_id, image)
    shown = [found.get(one.pk) or found.get(one.product_id) for one in variants]
    with transaction.atomic(using=db.CATALOG):
        Image.objects.bulk_create(
            Image(
                product=product, file=image.file.name, width=image.width, height=image.height, alt=product.name,
                position=place, is_ready=image.is_ready,
            )
            for place, image in enumerate(filter(None, shown))
        )  # fmt: skip
        bus.publish(types.ProductChanged(product_id=product.pk), using=db.CATALOG)
