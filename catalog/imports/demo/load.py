"""Load the demo through the import, then give it what a file cannot carry. A second time changes nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.imports import services as imports
from catalog.imports.demo import bought, drawing, files, rows
from catalog.imports.survey import code_of
from catalog.products import brands, categories
from catalog.products.models import Attribute, Category, Image, Product, Variant
from catalog.products.rules import slug
from shop.core import db
from shop.events import bus, types

SOURCE = "demo"
BY = "system"
Say = Callable[[str], None]


def load(*, say: Say = lambda sentence: None) -> imports.Report:
    """The demo's categories, brands, products, prices, stock and pictures; `reviews()` are for `catalog.reviews`.

    `say` hears a sentence now and then. Opens its own transactions; raises `imports.ImportRunning`.
    """
    made = list(rows.products())
    keys = {key for row in made for key, _alt, _sku in _pictures(row)} | {
        f"group-{one['ground']}" for one in rows.departments()
    }
    with files.begin(keys) as pictures:
        _prepare_types()
        report = _import(made)
        say(f"{report.created} products are in, {report.unchanged} were there.")
        _describe_departments()
        say(f"{pictures.total} pictures are being drawn …")
        pictures.finish(lambda done, total: say(f"{done} of {total} pictures") if done % 100 == 0 else None)
    known = dict(Product.objects.filter(source=SOURCE).values_list("external_id", "pk"))
    illustrated = _illustrate(made, known, report.job_id)
    say(f"{illustrated} pictures were added.")
    return report


def _import(made: list[dict[str, Any]]) -> imports.Report:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.jsonl"
        lines = (json.dumps(_without_keys(row), ensure_ascii=False) for row in made)
        path.write_text("\n".join(lines), encoding="utf-8")
        return imports.run(path=path, by=BY, format="jsonl", source=SOURCE, default_stock=0)


def _without_keys(row: dict[str, Any]) -> dict[str, Any]:
    """The row as the import knows it: drawn pictures have no address."""
    variants = [{name: value for name, value in one.items() if name != "picture"} for one in row.get("variants", [])]
    plain = {name: value for name, value in row.items() if name not in {"pictures", "reviews", "variants"}}
    return plain | ({"variants": variants} if variants else {})


def _prepare_types() -> None:
    """Product types with typed attributes: units and choices, which a file of products does not tell."""
    for department in rows.departments():
        for kind in department["type"]:
            brands.ensure_product_type(
                code=slug(kind["name"], "general"), name=kind["name"], attributes=_attributes(kind)
            )


def _attributes(kind: dict[str, Any]) -> Iterable[Attribute]:
    values = [line.split("|")[4].split(";") for line in kind["products"].strip().splitlines()]
    for place, (label, what, unit) in enumerate(rows.columns(kind)):
        yield Attribute(
            code=code_of(label),
            name=label,
            kind=what,
            unit=unit,
            choices=sorted({cells[place].strip() for cells in values}) if what == "choice" else [],
            is_filterable=label != "Author",
            position=place,
        )


def _describe_departments() -> None:
    for department in rows.departments():
        node = Category.objects.get(depth=1, name=department["department"])
        if not node.picture:
            categories.update(
                category_id=node.pk,
                by=BY,
                description=department["intro"],
                picture=files.name_of(f"group-{department['ground']}"),
            )


def _pictures(row: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Key, alternative text and the SKU of the variant ("": the whole product) of each picture of a row."""
    for picture in row["pictures"]:
        yield picture["key"], picture["alt"], ""
    for variant in row.get("variants", []):
        if "picture" in variant:
            yield variant["picture"], f"{row['name']}, {variant['options']['Colour'].lower()}", variant["sku"]


def _illustrate(made: list[dict[str, Any]], known: dict[str, UUID], job_id: UUID | None) -> int:
    """A picture of each colour; the files are shared by all variants that look the same."""
    have = set(Image.objects.filter(product_id__in=known.values()).values_list("product_id", flat=True))
    todo = [row for row in made if known[row["id"]] not in have]
    skus = dict(Variant.objects.filter(product_id__in=known.values()).values_list("sku", "pk"))
    images = [
        Image(
            product_id=known[row["id"]],
            variant_id=skus.get(sku),
            file=files.name_of(key),
            width=drawing.WIDTH,
            height=drawing.HEIGHT,
            alt=alt,
            position=place,
            is_ready=True,
        )
        for row in todo
        for place, (key, alt, sku) in enumerate(_pictures(row))
    ]
    with transaction.atomic(using=db.CATALOG):
        Image.objects.bulk_create(images, batch_size=1000)
        _tell(job_id, [known[row["id"]] for row in todo])
    return len(images)


def reviews() -> dict[UUID, list[dict[str, Any]]]:
    """What buyers say about each product of the demo that is loaded (as `opinions.of` has it)."""
    known = dict(Product.objects.filter(source=SOURCE).values_list("external_id", "pk"))
    return {known[row["id"]]: row["reviews"] for row in rows.products() if row["reviews"] and row["id"] in known}


def past_orders() -> list[tuple[int, float, list[UUID]]]:
    """What was bought before the shop opened: number, days ago, products of the demo that is loaded."""
    known = dict(Product.objects.filter(source=SOURCE).values_list("external_id", "pk"))
    return [
        (one["number"], one["days_ago"], [known[key] for key in one["products"] if key in known])
        for one in bought.orders()
    ]


def _tell(job_id: UUID | None, product_ids: Iterable[UUID]) -> None:
    """Search and lists learn that these products look different now."""
    changed = sorted(set(product_ids))
    if changed and job_id:
        bus.publish(types.ProductsImported(job_id=job_id, product_ids=changed), using=db.CATALOG)
