"""Bundles in the catalogue: stock of their parts, pages, lists, and how merchants make them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from catalog.bundles import receivers, selectors
from catalog.bundles import services as services_of_bundles
from catalog.bundles.models import BundlePart
from catalog.products import selectors as products
from catalog.products import services
from catalog.search import indexing
from catalog.search.models import Listing
from inventory.reservations import services as reservations
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.audit.models import AuditEntry
from shop.core import db
from tests.catalog.products.test_admin import merchant
from tests.factories import cart as carts
from tests.factories import customizations
from tests.factories.bundles import bundle
from tests.inventory.checks import events

pytestmark = pytest.mark.django_db
__all__ = ["merchant"]  # a fixture


def units_of(product: Any) -> int:
    key = carts.variant_of(product).pk
    return selectors.available([key])[key]


class TestStock:
    def test_as_many_as_the_scarcest_part_makes(self) -> None:
        cup, pot = carts.product(units=9), carts.product(units=3)
        assert units_of(bundle((cup, 4), (pot, 1))) == 2
        assert units_of(bundle((cup, 1), (pot, 1))) == 3
        assert units_of(bundle((cup, 10))) == 0
        assert units_of(cup) == 9

    def test_its_own_stock_counts_for_nothing(self) -> None:
        cup = carts.product(units=1)
        made = bundle((cup, 1))
        StockItem.objects.filter(variant_id=carts.variant_of(made).pk).update(on_hand=50)
        assert units_of(made) == 1

    def test_asking_for_known_parts_costs_one_query(self, django_assert_num_queries: Any) -> None:
        made = bundle((carts.product(units=9), 4))
        key = carts.variant_of(made).pk
        parts = selectors.parts_of([key])
        with django_assert_num_queries(1, using=db.INVENTORY):
            selectors.availability([key], parts=parts)


class TestOffers:
    def test_a_bundle_has_its_parts_in_order(self) -> None:
        cup, pot = carts.product(name="Cup"), carts.product(name="Pot")
        made = carts.variant_of(bundle((cup, 4), (pot, 1)))
        offer = products.offers([made.pk], currency="USD")[made.pk]
        assert [(part.offer.name, part.quantity) for part in offer.parts] == [("Cup", 4), ("Pot", 1)]
        assert offer.is_sellable

    def test_it_is_not_sold_without_one_of_its_parts(self) -> None:
        cup = carts.product()
        made = carts.variant_of(bundle((cup, 1)))
        services.archive(product_id=cup.pk, by="test")
        assert not products.offers([made.pk], currency="USD")[made.pk].is_sellable

    def test_nor_with_one_that_only_its_buyer_can_describe(self) -> None:
        cup = carts.product()
        made = carts.variant_of(bundle((cup, 1)))
        customizations.thread(cup)
        assert not products.offers([made.pk], currency="USD")[made.pk].is_sellable

    def test_parts_need_not_be_sold_by_themselves(self) -> None:
        made = carts.variant_of(bundle((carts.product(amount=None, status="draft"), 1)))
        assert products.offers([made.pk], currency="USD")[made.pk].is_sellable


class TestPages:
    def test_the_page_tells_what_is_in_it_and_whether_it_is_there(self, client: Client) -> None:
        cup = carts.product(name="Cup", units=4)
        made = bundle((cup, 4))
        html = client.get(made.get_absolute_url()).content.decode()
        assert 'data-testid="bundle-parts"' in html
        assert f'4 × <a href="/products/{cup.slug}/?variant={carts.variant_of(cup).sku}"><bdi>Cup</bdi></a>' in html
        assert ">Only 1 left<" in html
        [part] = client.get(f"/api/products/{made.pk}").json()["parts"]
        assert (part["name"], part["quantity"]) == ("Cup", 4)

    def test_who_comes_too_late_is_not_asked_to_wait_for_it(self, client: Client) -> None:
        made = bundle((carts.product(units=3), 4))
        html = client.get(made.get_absolute_url()).content.decode()
        assert ">Sold out<" in html
        assert reverse("restock_ask", args=[made.slug]) not in html

    def test_lists_follow_the_stock_of_the_parts(self) -> None:
        cup = carts.product(units=4)
        made = bundle((cup, 4))
        indexing.index([made.pk])
        assert Listing.objects.get(product_id=made.pk).is_in_stock
        StockItem.objects.filter(variant_id=carts.variant_of(cup).pk).update(on_hand=3)
        assert indexing.index_variant(carts.variant_of(cup).pk)
        assert not Listing.objects.get(product_id=made.pk).is_in_stock
        [card] = products.cards([made.pk], currency="USD")
        assert not card.is_in_stock


class TestNews:
    """What tells lists and pages of a bundle that its parts became fewer."""

    def test_one_hears_of_parts_before_they_are_too_few_for_a_bundle(self) -> None:
        cup = carts.product(units=130)
        made, key = bundle((cup, 12)), carts.variant_of(cup).pk
        item = StockItem.objects.get(variant_id=key)
        taken(item)
        assert told() == [130]  # nobody has heard that it is a part
        receivers.note_product({"product_id": str(made.pk)})
        stock.adjust(stock_item_id=item.pk, change=-9, reason="test", by="staff:1")
        assert told() == [130]  # 120, which make 10 bundles: no number is shown
        taken(item)
        stock.adjust(stock_item_id=item.pk, change=-108, reason="test", by="staff:1")
        assert told() == [130, 119, 11]
        indexing.index([made.pk])
        assert not Listing.objects.get(product_id=made.pk).is_in_stock

    def test_also_where_the_part_has_stock_only_later(self) -> None:
        cup = carts.product(units=0)
        made, variant = bundle((cup, 5)), carts.variant_of(cup)
        StockItem.objects.filter(variant_id=variant.pk).delete()
        receivers.note_product({"product_id": str(made.pk)})
        stock.receive(variant_id=variant.pk, sku=variant.sku, quantity=60, reason="test", by="staff:1")
        receivers.note_products({"product_ids": [str(cup.pk)]})
        assert StockItem.objects.get(variant_id=variant.pk).told_below == 50

    def test_what_was_asked_for_once_is_kept(self) -> None:
        cup = carts.product(units=60)
        for units in (5, 3):
            bundle((cup, units))
            services_of_bundles.note_all_parts()
        assert StockItem.objects.get(variant_id=carts.variant_of(cup).pk).told_below == 50


def taken(item: StockItem) -> None:
    reservations.reserve(
        quantities={item.variant_id: 1}, reference=uuid4(), ttl=timedelta(minutes=15), by="guest"
    )  # fmt: skip


def told() -> list[int]:
    return [event["available"] for event in events("StockChanged")]


def sent(variant: Any, *rows: tuple[str, int], present: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {"parts-TOTAL_FORMS": len(rows), "parts-INITIAL_FORMS": present}
    for place, (sku, quantity) in enumerate(rows):
        data |= {
            f"parts-{place}-sku": sku, f"parts-{place}-quantity": quantity, f"parts-{place}-position": place,
            f"parts-{place}-bundle": variant.pk,
        }  # fmt: skip
    return data


class TestAdmin:
    def post(self, merchant: Client, variant: Any, *rows: tuple[str, int], **more: Any) -> Any:
        address = reverse("admin:catalog_variant_change", args=[variant.pk])
        return merchant.post(address, {**sent(variant, *rows), **more})

    def test_a_variant_becomes_a_bundle_by_its_parts(self, merchant: Client) -> None:
        cup, made = carts.variant_of(carts.product(units=9)), carts.variant_of(carts.product(units=0))
        assert self.post(merchant, made, (cup.sku, 4)).status_code == 302
        assert selectors.parts_of([made.pk]) == {made.pk: {cup.pk: 4}}
        entry = AuditEntry.objects.using(db.CATALOG).get(action="variant.parts")
        assert entry.changes == {"variant": str(made.pk), "parts": {cup.sku: 4}}
        listed = merchant.get(reverse("admin:catalog_variant_changelist")).content.decode()
        assert made.sku in listed
        assert cup.sku not in listed

    def test_what_makes_no_sense_is_said(self, merchant: Client) -> None:
        cup = carts.variant_of(carts.product())
        other = carts.variant_of(bundle((carts.product(), 1)))
        made = carts.variant_of(carts.product())
        for rows, problem in (
            ([("no-such", 1)], "There is no variant with this SKU."),
            ([(cup.sku, 0)], "From 1 to 99 units."),
            ([(cup.sku, 100)], "From 1 to 99 units."),
            ([(cup.sku, 1), (cup.sku, 2)], "This part is named twice."),
            ([(made.sku, 1)], "A bundle is no part of itself."),
            ([(other.sku, 1)], "This is a bundle: a bundle has no bundle in it."),
        ):
            answer = self.post(merchant, made, *rows)
            assert answer.status_code == 200
            assert problem in answer.content.decode(), problem
        assert BundlePart.objects.filter(bundle=made).count() == 0

    def test_a_part_of_a_bundle_becomes_none(self, merchant: Client) -> None:
        part, cup = carts.product(), carts.variant_of(carts.product())
        bundle((part, 1))
        answer = self.post(merchant, carts.variant_of(part), (cup.sku, 1))
        assert "This is a part of a bundle already" in answer.content.decode()


def test_the_database_knows_what_a_part_is() -> None:
    cup, made = carts.variant_of(carts.product()), carts.variant_of(carts.product())
    BundlePart.objects.create(bundle=made, component=cup)
    for bad in ({}, {"component": made}, {"component": cup, "quantity": 0}):
        with pytest.raises(IntegrityError), transaction.atomic(using=db.CATALOG):
            BundlePart.objects.create(**{"bundle": made, "component": cup, **bad})


def test_an_empty_list_says_where_bundles_are_made(merchant: Client) -> None:
    page = merchant.get(reverse("admin:catalog_variant_changelist"))
    assert page.context["cl"].nothing in page.content.decode().replace("&#x27;", "'")
    assert "Parts" in page.context["cl"].nothing
    assert (page.context["title"], page.context["module_name"]) == ("bundles", "bundles")
    assert "Variants" not in re.findall(r"<h1.*?</h1>", page.content.decode(), re.DOTALL)[0]
