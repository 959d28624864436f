"""What made-up products stand on, the same for every seed: categories, product types, brands. Made where missing."""

from __future__ import annotations

from django.conf import settings

from catalog.imports.synthetic import shelves, words
from catalog.imports.synthetic.goods import Ground, code
from catalog.products import brands, categories, rules
from catalog.products.models import Attribute, Brand
from shop.core import db, money

BY = "system"
Kind = Attribute.Kind


def begin() -> Ground:
    """The ground of no products yet: the product types, and the shop that sells."""
    currency = settings.DEFAULT_CURRENCY
    return Ground(
        categories=[],
        brands=[],
        types=[_product_type(one) for one in shelves.DEPARTMENTS],
        seller=brands.default_seller().pk.hex,
        currency=currency,
        decimals=money.exponent(currency),
        now=db.clock(db.CATALOG).isoformat(),
    )


def extend(ground: Ground, *, number: int) -> None:
    """Add the categories and brands that the products up to `number` have, beside those that `ground` knows."""
    new = shelves.SHELVES[len(ground.categories) : shelves.shelves(number)]
    if new:
        made = categories.load(paths=[shelf.path for shelf in new], by=BY)
        ground.categories.extend(made[shelf.path].hex for shelf in new)
    names = [words.brand(index) for index in range(len(ground.brands), words.brands(number))]
    if names:
        rows = [Brand(name=name, slug=rules.slug(name)) for name in names]
        Brand.objects.bulk_create(rows, ignore_conflicts=True)
        known = dict(Brand.objects.filter(name__in=names).values_list("name", "pk"))
        ground.brands.extend((known.get(name) or brands.ensure_brand(name=name).pk).hex for name in names)


def _product_type(department: shelves.Department) -> str:
    """The id of the department's product type, made if it is new."""
    measure = department.measure
    attributes = [
        Attribute(code=code(measure.name), name=measure.name, kind=Kind.NUMBER, unit=measure.unit),
        *(
            Attribute(code=code(one.name), name=one.name, kind=Kind.CHOICE, choices=list(one.values))
            for one in department.choices
        ),
        Attribute(code=code(department.yes_or_no), name=department.yes_or_no, kind=Kind.BOOLEAN),
    ]
    for position, attribute in enumerate(attributes):
        attribute.is_filterable, attribute.position = True, position
    name = f"{department.name} (generated)"
    return brands.ensure_product_type(code=rules.slug(name), name=name, attributes=attributes).pk.hex
