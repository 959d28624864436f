"""What the demo shows off: all of it is there once, and a shop that has its own is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cart.promotions import demo as promotions
from cart.promotions.models import Coupon, Promotion
from cart.shipping import demo as shipping
from cart.shipping import selectors as deliveries
from cart.shipping.models import ShippingMethod, ShippingPoint, ShippingZone
from cart.tax import demo as taxes
from cart.tax.models import TaxRate
from catalog.bundles.models import BundlePart
from catalog.customizations.models import CustomField
from catalog.imports.demo import showcase
from catalog.products.models import Category, Image, Price, Product, Variant
from inventory.stock import selectors as stock
from shop.core.money import Money
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> dict[str, Product]:
    """As much of the demo as is shown off."""
    kitchen, paper = catalog.category("Kitchen"), catalog.category("Books & paper", "Cards & prints")
    catalog.category("Toys & games", "Puzzles & games")
    names = {"Studio mug": 2200, "Round teapot": 6200, "Cook's knife": 8900, "Linen tea towel": 1700,
             "Whistle kettle": 5800, "Fox print": 2400}  # fmt: skip
    made = {}
    for name, amount in names.items():
        shelf = paper if name == "Fox print" else kitchen
        made[name] = catalog.product(name=name, amount=amount, units=20, category=shelf, source="demo", indexed=False)
        catalog.ImageFactory(product=made[name], file=f"drawn/{name[:3]}.webp")
    return made


def state() -> list[Any]:
    tables = (Product, Variant, Price, Image, BundlePart, CustomField, Promotion, Coupon, ShippingMethod, ShippingZone,
              ShippingPoint, TaxRate)  # fmt: skip
    return [list(table.objects.order_by("pk").values()) for table in tables]  # type: ignore[attr-defined]


def load() -> tuple[int, int, bool, int]:
    return len(showcase.load()), promotions.load(group="trade"), shipping.load(), taxes.load()


def test_all_of_it_is_there_and_a_second_time_changes_nothing(demo: dict[str, Product]) -> None:
    made, offers, delivers, rates = load()
    assert (made, offers, delivers) == (4, 4, True)
    assert rates == TaxRate.objects.exclude(country="US").count() > 0
    before = state()
    assert load() == (0, 0, False, 0)
    assert state() == before


def test_the_set_and_the_gift_cards(demo: dict[str, Product]) -> None:
    showcase.load()
    tea = Product.objects.get(external_id="showcase-set")
    [variant] = tea.variants.all()
    assert variant.prices.get(price_list="default").amount_minor == 90_00  # 85 % of 2 × 22 and 62
    assert list(variant.parts.values_list("component__product__name", "quantity")) == [
        ("Studio mug", 2), ("Round teapot", 1),
    ]  # fmt: skip
    assert list(tea.images.values_list("file", flat=True)) == ["drawn/Rou.webp", "drawn/Stu.webp"]
    cards = list(Variant.objects.filter(product__external_id="showcase-gift-card"))
    assert [card.options["Value"] for card in cards] == ["$25.00", "$50.00", "$100.00"]
    assert set(stock.available([card.pk for card in cards]).values()) == {1000}


def test_prices_by_quantity_for_a_group_and_from_next_week_on(demo: dict[str, Product]) -> None:
    showcase.load()
    towel = Price.objects.filter(variant__product=demo["Linen tea towel"])
    assert sorted(towel.values_list("price_list", "min_quantity", "amount_minor")) == [
        ("default", 1, 17_00), ("default", 6, 15_30), ("default", 12, 13_60), ("trade", 1, 14_45),
    ]  # fmt: skip
    kettle = Price.objects.get(variant__product=demo["Whistle kettle"], price_list="default")
    assert kettle.sale_minor == 46_00
    assert (kettle.sale_ends_at - kettle.sale_starts_at).days == 7  # type: ignore[operator]


@pytest.mark.parametrize(
    ("country", "codes"),
    [("US", ["standard", "express", "pickup"]), ("DE", ["europe", "europe-express"]), ("JP", ["international"])],
)
def test_ways_of_delivery(country: str, codes: list[str], demo: dict[str, Product]) -> None:
    assert shipping.load()
    from cart.shipping.rules import Goods

    goods = [Goods(demo["Round teapot"].variants.get().pk, 2, 2000, 900)]
    found = deliveries.delivery_options(country=country, currency="USD", subtotal=Money(2000, "USD"), goods=goods)
    assert [option.code for option in found] == codes
    if country == "DE":
        assert found[0].price == Money(14_90, "USD")


@pytest.mark.parametrize(
    ("has", "made"),
    [
        (lambda demo: Promotion.objects.create(name="Ours"), (4, 0, True)),
        (lambda demo: ShippingZone.objects.create(name="Ours", countries=["US"]), (4, 4, False)),
        (lambda demo: ShippingMethod.objects.filter(code="express").delete(), (4, 4, False)),
        (lambda demo: CustomField.objects.create(product=demo["Cook's knife"], code="a", name="A"), (3, 4, True)),
        (lambda demo: demo["Round teapot"].variants.get().prices.update(price_list="ours"), (2, 4, True)),
        (lambda demo: Product.objects.update(source="ours"), (0, 4, True)),
    ],
)
def test_a_shop_with_its_own_keeps_it(
    has: Callable[[Any], Any], made: tuple[int, int, bool], demo: dict[str, Product]
) -> None:
    has(demo)
    assert load()[:3] == made


def test_promotions_need_their_shelves() -> None:
    Category.objects.all().delete()
    assert promotions.load(group="trade") == 0
