"""Which words products say in common: names and values of options and attributes, units, what they ask."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connections

from catalog.customizations.models import CustomField
from catalog.products.models import Attribute
from shop.core import db

_SAID = """
    SELECT DISTINCT said FROM (
        SELECT jsonb_array_elements_text(options) AS said FROM catalog_product WHERE status = 'active'
        UNION ALL SELECT value FROM catalog_variant, jsonb_each_text(options) WHERE is_active
        UNION ALL SELECT value #>> '{}' FROM catalog_product, jsonb_each(attributes)
                  WHERE status = 'active' AND jsonb_typeof(value) = 'string' AND key IN
                        (SELECT code FROM catalog_attribute WHERE is_filterable OR kind = 'choice')
    ) AS those WHERE length(said) <= 60 ORDER BY said
"""


def in_use() -> Iterator[str]:
    """All of them, each perhaps more than once; values longer than sixty characters are sentences, and left out."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_SAID)
        yield from (row[0] for row in cursor.fetchall())
    for name, unit, choices in Attribute.objects.order_by("name").values_list("name", "unit", "choices"):
        yield from (name, unit, *map(str, choices))
    for name, hint in CustomField.objects.order_by("name").values_list("name", "help_text"):
        yield from (name, hint)
