from __future__ import annotations

from typing import Any

import pytest

from catalog.products import selectors, services
from shop.core import db
from shop.core.money import Money
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def test_an_offer_is_what_carts_need() -> None:
    product = catalog.product(name="Lamp", amount=2500, sale=2000, sku="LAMP")
    variant = product.variants.get()

    offer = selectors.offers([variant.pk], currency="USD")[variant.pk]

    assert (offer.name, offer.sku, offer.product_id) == ("Lamp", "LAMP", product.pk)
    assert (offer.unit_price, offer.regular_price) == (Money(2000, "USD"), Money(2500, "USD"))
    assert (offer.is_sellable, offer.tax_class) == (True, "standard")
    assert offer.url == f"/products/{product.slug}/?variant=LAMP"


def test_what_cannot_be_sold_is_still_known() -> None:
    archived, foreign = catalog.product(), catalog.product(currency="GBP")
    services.archive(product_id=archived.pk, by="test")
    ids = [archived.variants.get().pk, foreign.variants.get().pk, db.uuid7()]

    found = selectors.offers(ids, currency="USD")

    assert {key: (offer.is_sellable, offer.unit_price) for key, offer in found.items()} == {
        ids[0]: (False, Money(2500, "USD")),
        ids[1]: (False, None),
    }


@pytest.mark.parametrize("number", [1, 30])
def test_offers_take_2_queries_and_cards_5(number: int, counting: Any) -> None:
    made = [catalog.product(indexed=False) for _ in range(number)]
    variants = [product.variants.get().pk for product in made]

    with counting() as queries:
        assert len(selectors.offers(variants, currency="USD")) == number
    assert queries() == 2
    with counting() as queries:
        assert len(selectors.cards([product.pk for product in made], currency="USD")) == number
    assert queries() == 5


def test_the_default_variant_is_the_first_in_stock() -> None:
    product = catalog.product(units=0)
    second = catalog.add_variant(product, units=3, position=1)

    assert selectors.variant_of(product_id=product.pk) == second.pk
    assert selectors.variant_of(sku=second.sku) == second.pk
    assert selectors.variant_of(variant_id=second.pk) == second.pk
    assert selectors.variant_of(variant_id=db.uuid7()) is None
    assert selectors.variant_of(sku="a\x00") is None
    assert selectors.variant_of(product_id=db.uuid7()) is None


def test_archived_products_have_no_variant_to_buy() -> None:
    product = catalog.product()
    variant = product.variants.get()
    services.archive(product_id=product.pk, by="test")

    assert selectors.variant_of(product_id=product.pk) is None
    assert selectors.variant_of(sku=variant.sku) is None


def test_a_variant_by_its_options() -> None:
    product = catalog.ProductFactory(options=["Colour", "Size"])
    moss = catalog.add_variant(product, options={"Colour": "Moss", "Size": "M"})

    assert selectors.variant_of_options(product_id=product.pk, options={"size": "M", "colour": "Moss"}) == moss.pk
    assert selectors.variant_of_options(product_id=product.pk, options={"size": "M"}) is None


def test_a_card() -> None:
    product = catalog.product(name="Tee", amount=2500, sale=2000, options=["Colour"], brand="Acme", indexed=False)
    variant = product.variants.get()
    variant.options = {"Colour": "Moss"}
    variant.save()
    catalog.add_variant(product, amount=3000, options={"Colour": "Navy"})
    catalog.ImageFactory(product=product, alt="A tee")

    [card] = selectors.cards([product.pk], currency="USD")

    assert (card.name, card.brand, card.price, card.regular_price) == (
        "Tee",
        "Acme",
        Money(2000, "USD"),
        Money(2500, "USD"),
    )
    assert (card.price_from, card.is_in_stock, card.is_sellable, card.rating_average) == (True, True, True, None)
    assert [swatch["name"] for swatch in card.swatches] == ["Moss", "Navy"]
    assert card.picture is not None
    assert (card.picture["alt"], card.picture["width"]) == ("A tee", 640)


def test_similar_products_are_of_the_same_category_and_nearest_in_price() -> None:
    lamps = catalog.category("Lamps")
    one = catalog.product(category=lamps, amount=1000)
    catalog.product(name="Dear", category=lamps, amount=9000)
    catalog.product(name="Near", category=lamps, amount=1100)
    catalog.product(name="Draft", category=lamps, amount=1000, status="draft")
    catalog.product(name="Spade", amount=1000)

    assert [card.name for card in selectors.similar(one.pk, currency="USD")] == ["Near", "Dear"]
