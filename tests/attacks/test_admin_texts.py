"""A28: what somebody wrote is a text on every page of the merchants, wherever it came from: no supplier's file and no
customer's name is ever a tag there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import DatabaseError, models, router, transaction
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe

from catalog.products import naming
from tests.factories import catalog, checkout, translations
from tests.factories.accounts import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

TAG = "<img src=x onerror=hurt()>"
ENDS = f'"></title></script>{TAG}'


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


@pytest.fixture
def written() -> set[str]:
    """A shop in which every text that can be anything is a tag; the columns, as "model.name"."""
    lamp = catalog.product(name="Lamp", description="It shines.", seo_title="A light", seo_description="Bright")
    catalog.ImageFactory(product=lamp)
    catalog.ReviewFactory(product=lamp)
    catalog.category("Lighting", "Lamps")
    catalog.BrandFactory()
    translations.translated(lamp, "de", name="Leuchte")
    checkout.paid()
    UserFactory()
    pages = admin.site._registry
    everything = {*pages, *(inline.model for page in pages.values() for inline in page.inlines)}
    return {name for model in everything for name in _write(model)}


def _write(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if type(field) not in (models.CharField, models.TextField) or field.choices or field.primary_key:
            continue
        text = ENDS if (field.max_length or 1000) >= len(ENDS) else TAG
        if (field.max_length or 1000) < len(text):
            continue
        try:
            with transaction.atomic(using=router.db_for_write(model)):
                if model._base_manager.update(**{field.name: text}):
                    yield f"{model._meta.label_lower}.{field.name}"
        except DatabaseError:  # it cannot be anything
            continue


def _pages() -> Iterator[str]:
    """The lists of the merchants' pages, and the page of a thing of each kind."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if (one := model._base_manager.first()) is not None:
            yield reverse(f"{name}_change", args=[one.pk])


def _as_tags(client: Client) -> dict[str, int]:
    """How often each page has it as a tag."""
    found = {}
    for path in _pages():
        answer = client.get(path, follow=True)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if times := text.decode().count(TAG):
            found[path] = times
    return found


def test_A28_what_is_written_is_no_tag_on_any_page_of_the_merchants(written: set[str], merchant: Client) -> None:
    assert _as_tags(merchant) == {}
    assert {
        "catalog.product.name",
        "catalog.category.seo_title",
        "catalog.brand.name",
        "shop.user.first_name",
    } <= written


def test_negative_control_a_page_that_trusts_what_it_quotes(
    written: set[str], merchant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "title_help", lambda _title, name: mark_safe(name))  # noqa: S308
    assert "catalog.product.name" in written
    assert {path.split("/")[3] for path in _as_tags(merchant)} == {"product", "category"}
