from __future__ import annotations

from typing import Any

import pytest

from catalog.products import cards, selectors, services
from shop.core import db
from shop.core.money import Money
from tests.counting import Counting
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


def test_a_card_says_what_the_facts_of_its_product_say() -> None:
    brand = catalog.BrandFactory(name="Keel")
    made = [
        catalog.product(name="Plain"),
        catalog.product(name="Reduced", sale=900, amount=1000, brand=brand, rating_average="4.5", rating_count=2),
        catalog.product(name="Gone", units=0),
        catalog.product(name="Elsewhere", currency="GBP"),
        catalog.product(name="Priceless", amount=None),
        catalog.product(name="Draft", status="draft"),
        catalog.product(name="Coloured", options=["Colour"]),
    ]
    for colour in ("Blue", "Red", "Moss", "Indigo", "Chalk", "Mustard", "Blue"):
        catalog.add_variant(made[-1], amount=300 + len(colour), options={"Colour": colour})
    for one in made[:2]:
        catalog.ImageFactory(product=one)
    ids = [made[3].pk, made[0].pk, *(one.pk for one in made), db.uuid7()]

    found = selectors.cards(ids, currency="USD")

    facts = cards.facts(ids, currency="USD")
    shared = ("picture", "price", "regular_price", "is_sellable", "swatches", "swatches_more")
    assert [[getattr(card, name) for name in shared] for card in found] == [
        [getattr(fact, name) for name in shared] for fact in facts
    ]
    assert [(card.product_id, card.url, card.name, card.brand, card.price_from) for card in found] == [
        (one.pk, f"/products/{one.slug}/", one.name, one.brand_name or "", fact.has_range)
        for fact in facts
        for one in [fact.product]
    ]
    assert [card.is_in_stock for card in found] == [card.name != "Gone" for card in found]
    assert [card.name for card in found] == ["Elsewhere", "Plain", "Reduced", "Gone", "Priceless", "Coloured"]


def test_cards_cost_the_same_whatever_their_number(counting: Counting) -> None:
    made = [catalog.product().pk for _ in range(12)]
    with counting() as few:
        selectors.cards(made[:1], currency="USD")
    with counting() as many:
        selectors.cards(made[1:], currency="USD")

    assert few() == many() == 5
