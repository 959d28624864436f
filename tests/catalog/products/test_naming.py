"""A name that changes, and the texts that may still have the old one."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.products import cards, naming, pictures, services
from catalog.products import page as product_pages
from catalog.products.models import Image, Product
from catalog.products.offering import offers
from tests.catalog.products.test_admin import merchant as merchant
from tests.catalog.products.test_admin import save
from tests.factories import catalog
from tests.factories.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp() -> Product:
    made = catalog.product(name="Lamp", slug="lamp", seo_title="Lamp for desks", units=3, indexed=False)
    for alt in ("Lamp, moss", "A LAMP from below", "Its switch", ""):
        catalog.ImageFactory(product=made, alt=alt)
    return made


def _told(answer: Any) -> list[str]:
    return [str(one) for one in get_messages(answer.wsgi_request) if "old one" in str(one)]


def test_after_a_new_name_the_merchant_is_told_where_the_old_one_is(merchant: Client, lamp: Product) -> None:
    answer = save(merchant, lamp, name="Lantern")

    lamp.refresh_from_db()
    assert (lamp.name, lamp.seo_title) == ("Lantern", "Lamp for desks")
    assert _told(answer) == [
        "The name changed. The old one is still in: SEO title, alternative texts of 2 pictures."
    ]  # fmt: skip


def test_nothing_is_told_where_nothing_is_left(merchant: Client, lamp: Product) -> None:
    assert _told(save(merchant, lamp, name="Lamp", slug="another")) == []  # another address is no other name
    assert _told(save(merchant, lamp, name="Lamp 2", seo_title="")) == [
        "The name changed. The old one is still in: alternative texts of 2 pictures."
    ]
    Image.objects.filter(product=lamp).update(alt="")
    assert _told(save(merchant, lamp, name="Lantern")) == []


def test_texts_with_the_new_name_are_not_old(lamp: Product) -> None:
    services.update(product_id=lamp.pk, by="test", name="Lamp for desks")

    assert naming.left_behind(lamp.pk, before="Lamp") == "alternative texts of 2 pictures"


def test_it_is_said_beside_the_fields(merchant: Client, lamp: Product) -> None:
    services.update(product_id=lamp.pk, by="test", name="Lantern")
    context = merchant.get(reverse("admin:catalog_product_change", args=[lamp.pk])).context
    [table] = [one for one in context["inline_admin_formsets"] if one.formset.model is Image]
    fields = [field for row in table for part in row for line in part for field in line]
    notes = [unescape(field.contents()) for field in fields if getattr(field, "is_readonly", False)]

    assert context["adminform"].form.fields["seo_title"].help_text == (
        "“Lantern” is not in it. Empty: made of the name."
    )
    assert notes[:4] == [
        "without the product's name", "without the product's name", "without the product's name", "the product's name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "Empty: made of the name."),
        ("The LAMP", "Empty: made of the name."),
        ("Shade", "“Lamp” is not in it. Empty: made of the name."),
    ],
)
def test_what_is_said_of_a_title(title: str, said: str) -> None:
    assert naming.title_help(title, "Lamp") == said


def test_a_picture_without_words_is_called_as_its_product_is(lamp: Product) -> None:
    """No copy of the name is kept, so that it changes with it."""
    Image.objects.filter(product=lamp).delete()
    kept = pictures.add(product_id=lamp.pk, content=jpeg(), by="test")
    services.update(product_id=lamp.pk, by="test", name="Lantern")
    variant = lamp.variants.get()
    found = product_pages.product_page(product_id=lamp.pk, currency="USD")
    [card] = cards.cards([lamp.pk], currency="USD")
    picture = offers([variant.pk], currency="USD")[variant.pk].picture

    assert kept.alt == ""
    assert found is not None
    assert [one["alt"] for one in found.gallery] == ["Lantern"]
    assert [one and one["alt"] for one in (card.picture, picture)] == ["Lantern", "Lantern"]
