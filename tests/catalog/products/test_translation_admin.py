"""Translations on a merchant's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.fields.files import FieldFile
from django.test import Client
from django.urls import reverse

from catalog.products.models import Category, Product
from catalog.translations.models import BrandTranslation, CategoryTranslation, ProductTranslation
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog, translations
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def change(kind: str, row: Any) -> str:
    return reverse(f"admin:catalog_{kind}_change", args=[row.pk])


def sent(client: Client, address: str) -> dict[str, Any]:
    """What the browser would send if nothing were touched."""
    context = client.get(address).context
    form = context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        for one in [inline.formset.management_form, *inline.formset.forms]:
            data |= {one.add_prefix(name): one[name].value() for name in one.fields if name != "file"}
    return {
        name: value for name, value in data.items() if not isinstance(value, FieldFile | None) and value is not False
    }


def translations_of(client: Client, address: str) -> Any:
    found = client.get(address).context["inline_admin_formsets"]
    return next(one.formset for one in found if one.formset.prefix == "translations")


def told() -> list[str]:
    rows = OutboxEvent.objects.using(db.CATALOG).exclude(event_type="StockChanged").order_by("id")
    return list(rows.values_list("event_type", flat=True))


def test_each_language_has_its_part_which_says_what_is_missing(merchant: Client) -> None:
    mug = catalog.product(name="Mug", description="It holds tea.", seo_description="Tea!")
    translations.translated(mug, "es", name="Taza")

    forms = translations_of(merchant, change("product", mug)).forms

    assert [one["language"].value() for one in forms] == ["es", "de", "ar"]  # those that are there first
    spanish, german, arabic = forms
    assert spanish["name"].help_text == "Original: “Mug”"
    assert spanish["description"].help_text == "Missing. Shoppers read: “It holds tea.”"
    assert spanish["seo_description"].help_text == "Empty: made of name and description. Original: “Tea!”"
    assert german["seo_description"].help_text == "Missing. Shoppers read: “Tea!”"
    assert german["name"].help_text == "Missing. Shoppers read: “Mug”"
    assert (german["seo_title"].help_text, german["name"].label) == ("", "Name – Deutsch")
    assert 'lang="ar"' in str(arabic["name"])


def test_texts_are_kept_in_the_language_of_their_part(merchant: Client, client: Client) -> None:
    mug = translations.translated(catalog.product(name="Mug", slug="mug"), "es", name="Taza")
    data = sent(merchant, change("product", mug))

    answer = merchant.post(
        change("product", mug), {**data, "translations-1-name": "Becher", "translations-0-description": "Para té."}
    )

    assert answer.status_code == 302
    rows = {row.language: (row.name, row.description) for row in ProductTranslation.objects.all()}
    assert rows == {"es": ("Taza", "Para té."), "de": ("Becher", "")}
    assert "<h1><bdi>Becher</bdi></h1>" in client.get("/de/products/mug/").content.decode()


def test_a_page_that_is_saved_untouched_says_nothing(merchant: Client) -> None:
    mug = translations.translated(catalog.product(name="Mug"), name="Becher")
    before = told()

    assert merchant.post(change("product", mug), sent(merchant, change("product", mug))).status_code == 302

    assert told() == before
    assert ProductTranslation.objects.count() == 1


def test_a_translation_without_a_text_is_gone(merchant: Client) -> None:
    mug = translations.translated(catalog.product(name="Mug"), name="Becher")

    merchant.post(change("product", mug), {**sent(merchant, change("product", mug)), "translations-0-name": ""})

    assert not ProductTranslation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"translations-0-name": "x" * 301}, "at most 300 characters"),
        ({"translations-0-description": "x" * 100_001}, "at most 100000 characters"),
        ({"translations-0-name": "Becher", "translations-0-language": "fr"}, "The shop has no such language."),
        (
            {"translations-0-name": "A", "translations-1-name": "B", "translations-1-language": "de"},
            "Each language is there once.",
        ),
    ],
)
def test_what_is_wrong_is_said(merchant: Client, changes: dict[str, str], problem: str) -> None:
    mug = catalog.product(name="Mug")

    answer = merchant.post(change("product", mug), {**sent(merchant, change("product", mug)), **changes})

    assert answer.status_code == 200
    assert problem in answer.content.decode()
    assert not ProductTranslation.objects.exists()


def test_categories_and_brands_are_translated_as_well(merchant: Client) -> None:
    lamps, brand = catalog.category("Lamps"), catalog.BrandFactory(name="Oriel")

    for kind, row, texts in (
        ("category", lamps, {"translations-0-name": "Lampen", "translations-0-seo_title": "Lampen kaufen"}),
        ("brand", brand, {"translations-0-description": "Uhren."}),
    ):
        address = change(kind, row)
        assert merchant.post(address, {**sent(merchant, address), **texts}).status_code == 302

    [category] = CategoryTranslation.objects.all()
    assert (category.category_id, category.language, category.name) == (lamps.pk, "de", "Lampen")
    assert category.seo_title == "Lampen kaufen"
    assert BrandTranslation.objects.get().description == "Uhren."
    assert {"CategoryChanged", "BrandChanged"} <= set(told())


def test_a_shop_of_one_language_has_no_such_part(merchant: Client, settings: Any) -> None:
    mug = catalog.product(name="Mug")
    settings.LANGUAGES = [("en", "English")]

    prefixes = {
        one.formset.prefix: len(one.formset.forms)
        for one in merchant.get(change("product", mug)).context["inline_admin_formsets"]
    }

    assert prefixes.get("translations", 0) == 0


def test_products_and_categories_that_lack_a_language_are_found(merchant: Client) -> None:
    translations.translated(catalog.product(name="Mug"), name="Becher")
    translations.translated(catalog.product(name="Bowl"), description="Rund.")
    catalog.category("Lamps")

    def listed(kind: str, code: str) -> set[str]:
        address = reverse(f"admin:catalog_{kind}_changelist")
        return {row.name for row in merchant.get(address, {"untranslated": code}).context["cl"].result_list}

    assert listed("product", "de") == {"Bowl"}
    assert listed("product", "es") == {"Mug", "Bowl"} == set(Product.objects.values_list("name", flat=True))
    assert listed("category", "ar") == {"Lamps"} == set(Category.objects.values_list("name", flat=True))
