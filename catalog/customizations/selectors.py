"""Reads of what products ask."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from catalog.customizations.models import CustomField
from catalog.customizations.rules import MAX_FIELDS, Field
from catalog.translations import selectors as translations
from shop.currencies import selectors as currencies


def has_any(product: str, product_type: str) -> Exists:
    """Whether a product (the paths to its id and to its type's) asks anything: for a query of products or variants."""
    return Exists(CustomField.objects.filter(Q(product=OuterRef(product)) | Q(product_type=OuterRef(product_type))))


def fields_of(types: Mapping[UUID, UUID], *, currency: str) -> dict[UUID, tuple[Field, ...]]:
    """What products (with their types) ask of who buys them in `currency`, in order; those that ask nothing are left
    out. What an answer costs is converted where it has no price of its own in it; names and hints are in the active
    language. One query, none without products.
    """
    if not types:
        return {}
    rows = list(CustomField.objects.filter(Q(product__in=list(types)) | Q(product_type__in=set(types.values()))))
    terms = currencies.terms(currency)
    if terms:
        for row in rows:
            row.prices = terms.with_amount(row.prices)
    said, found = translations.terms(), {}
    for product_id, type_id in types.items():
        general = {row.code: row for row in rows if row.product_type_id == type_id}
        own = {row.code: row for row in rows if row.product_id == product_id}
        asked = sorted((general | own).values(), key=lambda row: (row.position, row.code))
        if fields := tuple(_field(row, currency, said) for row in asked if not row.prices or currency in row.prices):
            found[product_id] = fields[:MAX_FIELDS]
    return found


def _field(row: CustomField, currency: str, said: translations.Terms) -> Field:
    return Field(
        code=row.code,
        name=said.get(row.name, row.name),
        kind=row.kind,
        help_text=said.get(row.help_text, row.help_text),
        choices=tuple(map(str, row.choices)),
        max_length=row.max_length,
        is_required=row.is_required,
        is_final_sale=row.is_final_sale,
        price_minor=int(row.prices.get(currency, 0)),
    )
