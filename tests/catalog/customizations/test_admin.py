"""Merchants say what products ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from catalog.customizations import selectors
from catalog.customizations.models import CustomField
from shop.audit.models import AuditEntry
from shop.core import db
from tests.catalog.products.test_admin import merchant, save
from tests.factories import catalog, customizations

pytestmark = pytest.mark.django_db
__all__ = ["merchant"]  # a fixture


def row(**values: Any) -> dict[str, Any]:
    named = {"code": "engraving", "name": "Engraving", "kind": "text", "max_length": 20, "position": 0, **values}
    return {"custom_fields-TOTAL_FORMS": 1, **{f"custom_fields-0-{name}": value for name, value in named.items()}}


def test_a_field_is_added_changed_and_deleted(merchant: Client) -> None:
    product = catalog.product()
    given = row(kind="choice", choices_text="Gold,  Silver , Gold", price="4.50", is_final_sale="on")
    assert save(merchant, product, **given).status_code == 302
    made = CustomField.objects.get()
    assert (made.product_id, made.choices, made.prices) == (product.pk, ["Gold", "Silver"], {"USD": 450})
    assert (made.is_final_sale, made.is_required) == (True, False)

    assert save(merchant, product, **{"custom_fields-0-price": "", "custom_fields-0-kind": "text"}).status_code == 302
    made.refresh_from_db()
    assert (made.choices, made.prices) == ([], {})

    assert save(merchant, product, **{"custom_fields-0-DELETE": "on"}).status_code == 302
    assert CustomField.objects.count() == 0
    entries = AuditEntry.objects.using(db.CATALOG).filter(action="product.custom_fields").order_by("id")
    assert [entry.changes for entry in entries] == [
        {"saved": ["engraving"], "deleted": []}, {"saved": ["engraving"], "deleted": []},
        {"saved": [], "deleted": ["engraving"]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"code": "Gift_Box"}, "code", "Small letters, digits and hyphens between them, as “gift-box”."),
        ({"max_length": 0}, "max_length", "From 1 to 500 characters."),
        ({"max_length": 501}, "max_length", "From 1 to 500 characters."),
        ({"kind": "choice", "choices_text": " , "}, "choices_text", "Say what there is to choose from."),
        ({"price": "1.234"}, "price", None),
        ({"price": "-1"}, "price", None),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(merchant: Client, values: Any, field: str, problem: Any) -> None:
    response = save(merchant, catalog.product(), **row(**values))
    assert response.status_code == 200
    [table] = [
        one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "custom_fields"
    ]
    errors = table.forms[0].errors
    assert list(errors) == [field]
    assert problem in (None, errors[field][0])
    assert CustomField.objects.count() == 0


def test_a_product_type_asks_of_all_its_products(merchant: Client) -> None:
    product = catalog.product()
    kind = product.product_type
    data = {"name": kind.name, "code": kind.code, "tax_class": kind.tax_class, **row()}
    data |= {"attributes-TOTAL_FORMS": 0, "attributes-INITIAL_FORMS": 0, "custom_fields-INITIAL_FORMS": 0}
    response = merchant.post(reverse("admin:catalog_producttype_change", args=[kind.pk]), data)
    assert response.status_code == 302
    found = selectors.fields_of({product.pk: kind.pk}, currency="USD")
    assert [one.code for one in found[product.pk]] == ["engraving"]


def test_the_database_knows_what_a_field_is() -> None:
    product = catalog.product()
    customizations.engraving(product)
    for bad in (
        {},  # of the same code
        {"code": "a", "product_type": product.product_type},
        {"code": "b", "product": None},
        {"code": "c", "max_length": 0},
        {"code": "d", "kind": "choice", "choices": []},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(using=db.CATALOG):
            customizations.engraving(**{"product": product, **bad})
    assert CustomField.objects.count() == 1
