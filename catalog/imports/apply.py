"""Write a batch of rows: everything of the catalogue in one transaction, with the job's place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.imports import build, extras, selectors
from catalog.imports.ground import Ground
from catalog.imports.models import ImportedRow, ImportJob
from catalog.imports.rows import ProductRow, RowError, VariantRow
from catalog.imports.survey import type_of
from catalog.products import locking, prices, rules
from catalog.products.models import Image, OldSlug, Price, Product, Variant
from inventory.stock import services as stock
from shop.core import db
from shop.events import bus, types

Numbered = tuple[int, ProductRow]


@dataclass
class Done:
    """What a batch did, and what must follow once it is committed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)  # row number, "error" or "warning", sentence
    product_ids: list[UUID] = field(default_factory=list)
    stock: list[stock.InitialStock] = field(default_factory=list)


def batch(*, job: ImportJob, rows: Sequence[Numbered], ground: Ground, source: str, default_stock: int) -> Done:
    """Create or update the products of `rows` and move the job to the last of them: one transaction of the catalogue.

    Rows that say what the last import said are left alone. If the batch breaks on a row, the caller tries its rows one
    by one. After the commit the caller loads `Done.stock` (idempotent) into the inventory.
    """
    done = Done()
    known = selectors.known([selectors.key_of(row, source) for _number, row in rows])
    with transaction.atomic(using=db.CATALOG):
        writer = _Writer(job=job, ground=ground, source=source, default_stock=default_stock, done=done)
        fresh: list[Numbered] = []
        for number, row in rows:
            product_id, digest = known.get(selectors.key_of(row, source), (None, ""))
            if product_id is None:
                fresh.append((number, row))
            elif digest == row.digest():
                done.unchanged += 1
            else:
                writer.update(number, row, product_id)
        writer.create(fresh)
        prices.reprice(done.product_ids)
        if done.product_ids:
            event = types.ProductsImported(job_id=job.pk, product_ids=done.product_ids)
            bus.publish(event, using=db.CATALOG)
        job.row = rows[-1][0]
        job.created, job.updated = job.created + done.created, job.updated + done.updated
        job.unchanged = job.unchanged + done.unchanged
        job.save(update_fields=["row", "created", "updated", "unchanged"])
    return done


def restore(*, job: ImportJob, row: ProductRow, product_id: UUID, ground: Ground, is_whole: bool) -> None:
    """Give a product the words, prices and variants of `row` again, in the caller's transaction; notes nothing.
    `is_whole`: also what it asks and consists of."""
    writer = _Writer(job=job, ground=ground, source="", default_stock=0, done=Done())
    product = writer.write(0, row, locking.product(product_id))
    prices.reprice([product.pk])
    if is_whole:
        extras.set_fields(product.pk, row, by=ground.by, is_restored=True)
        extras.set_parts(product.pk, row, by=ground.by, is_restored=True)


class _Writer:
    """Turns rows into model rows. One per batch."""

    def __init__(self, *, job: ImportJob, ground: Ground, source: str, default_stock: int, done: Done) -> None:
        self.job, self.ground, self.source, self.default_stock, self.done = job, ground, source, default_stock, done

    def create(self, rows: Sequence[Numbered]) -> None:
        """New products, in bulk."""
        now = db.clock(db.CATALOG)  # given, not left to the database's default: much cheaper in a bulk insert
        slugs = build.free_slugs([row for _number, row in rows])
        skus = self._free_skus(rows)
        products, variants, price_rows, images, imported, asking = [], [], [], [], [], []
        for (number, row), slug in zip(rows, slugs, strict=True):
            try:
                product = Product(
                    source=self.source if row.external_id else "",
                    slug=slug,
                    options=list(row.options),
                    created_at=now,
                    **self._fields(row),
                )
                product.external_id = row.external_id
            except RowError as error:
                self.done.errors.append((number, "error", str(error)))
                continue
            made = [self._variant(product.pk, row, one, skus) for one in row.variants]
            products.append(product)
            if row.customizations:
                asking.append((product, row))
            variants += [variant for variant, _price in made]
            price_rows += [price for _variant, price in made]
            images += build.images(product, row, [variant for variant, _price in made])
            imported.append(self._imported(row, product.pk, before=None))
            self._stock(row, [variant for variant, _price in made])
        Product.objects.bulk_create(products, batch_size=500)
        Variant.objects.bulk_create(variants, batch_size=1000)
        Price.objects.bulk_create(price_rows, batch_size=1000)
        Image.objects.bulk_create(images, batch_size=1000)
        ImportedRow.objects.bulk_create(imported, batch_size=1000)
        for product, row in asking:
            extras.set_fields(product.pk, row, by=self.ground.by)
        self.done.created += len(products)
        self.done.product_ids += [product.pk for product in products]

    def update(self, number: int, row: ProductRow, product_id: UUID) -> None:
        """One product that is there: its words, prices and new variants. What it was before is kept for `undo`."""
        before = selectors.product_rows([product_id], currency=row.currency).get(product_id)
        try:
            product = self.write(number, row, locking.product(product_id))
        except RowError as error:
            self.done.errors.append((number, "error", str(error)))
            return
        plain = asdict(before) if before else {}
        ImportedRow.objects.update_or_create(
            job=self.job,
            source=self.source if row.external_id else "",
            external_id=row.external_id or row.variants[0].sku,
            defaults={"product_id": product.pk, "digest": row.digest(), "before": build.json(plain)},
        )
        self.done.updated += 1
        self.done.product_ids.append(product.pk)

    def write(self, number: int, row: ProductRow, product: Product) -> Product:
        """Give a product (locked) what `row` says. Raises `RowError` before anything is written."""
        for name, value in self._fields(row).items():
            setattr(product, name, value)
        product.options = list(row.options)
        product.version += 1
        if row.slug and row.slug != product.slug:
            self._rename(product, row.slug)
        product.save()
        variants = self._update_variants(number, row, product)
        self._update_images(row, product, variants)
        extras.set_fields(product.pk, row, by=self.ground.by)
        return product

    def _fields(self, row: ProductRow) -> dict[str, Any]:
        is_archived = row.status == Product.Status.ARCHIVED
        return {
            "name": row.name,
            "description": build.description(row.description),
            "brand_id": self.ground.brand(row.brand),
            "seller_id": self.ground.seller(row.seller),
            "category_id": self.ground.category(row.category_path),
            "product_type_id": self.ground.product_type(type_of(row)),
            "attributes": self.ground.attributes(row),
            "tags": list(row.tags),
            "seo_title": row.seo_title,
            "seo_description": row.seo_description,
            "released_on": row.released_on,
            "status": row.status,
            "archived_at": db.clock(db.CATALOG) if is_archived else None,
        }

    def _variant(
        self, product_id: UUID, row: ProductRow, one: VariantRow, skus: dict[int, str]
    ) -> tuple[Variant, Price]:
        variant = Variant(
            product_id=product_id, sku=skus[id(one)], position=row.variants.index(one), **build.measures(one)
        )
        return variant, build.price(variant.pk, one, row.currency)

    def _free_skus(self, rows: Sequence[Numbered]) -> dict[int, str]:
        """A SKU of its own for every new variant, by `id()` of its row: a colliding one gets "-<id>" and a warning."""
        wanted = {one.sku for _number, row in rows for one in row.variants if one.sku}
        taken = set(Variant.objects.filter(sku__in=wanted).values_list("sku", flat=True))
        result: dict[int, str] = {}
        for number, row in rows:
            for index, one in enumerate(row.variants):
                base = one.sku or rules.variant_sku(row.external_id or rules.slug(row.name)[:40], one.options)
                sku = base
                if sku in taken:
                    tail = row.external_id or str(number)
                    sku = f"{base[: 250 - len(tail)]}-{tail}" + (f"-{index}" if index else "")
                    if one.sku:
                        self.done.errors.append((number, "warning", f"SKU {base!r} is taken, {sku!r} is used"))
                taken.add(sku)
                result[id(one)] = sku
        return result

    def _stock(self, row: ProductRow, variants: Sequence[Variant]) -> None:
        for one, variant in zip(row.variants, variants, strict=True):
            units = self.default_stock if one.stock is None else one.stock
            self.done.stock.append(stock.InitialStock(variant_id=variant.pk, sku=variant.sku, quantity=units))

    def _imported(self, row: ProductRow, product_id: UUID, before: dict[str, Any] | None) -> ImportedRow:
        return ImportedRow(
            job=self.job,
            source=self.source if row.external_id else "",
            external_id=row.external_id or row.variants[0].sku,
            product_id=product_id,
            digest=row.digest(),
            before=before,
        )

    def _rename(self, product: Product, slug: str) -> None:
        free = build.free_slugs([ProductRow("", product.name, "", (), slug=slug)])[0]
        OldSlug.objects.update_or_create(kind="product", slug=product.slug, defaults={"object_id": product.pk})
        OldSlug.objects.filter(kind="product", slug=free).delete()
        product.slug = free

    def _update_variants(self, number: int, row: ProductRow, product: Product) -> list[Variant]:
        there = {build.combination(variant.options): variant for variant in product.variants.all()}
        fresh = [one for one in row.variants if build.combination(one.options) not in there]
        skus = self._free_skus(
            [(number, ProductRow(row.external_id, row.name, row.currency, tuple(fresh)))] if fresh else []
        )
        result = []
        for position, one in enumerate(row.variants):
            variant = there.pop(build.combination(one.options), None) or Variant(product=product, sku=skus[id(one)])
            for name, value in build.measures(one).items():
                setattr(variant, name, value)
            variant.position, variant.is_active = position, True
            variant.save()
            build.keep_price(variant, one, row.currency)
            result.append(variant)
        for variant in there.values():
            Variant.objects.filter(pk=variant.pk).update(is_active=False)
        self._stock(row, result)
        return result

    def _update_images(self, row: ProductRow, product: Product, variants: Sequence[Variant]) -> None:
        """Add pictures that are new. What a merchant uploaded stays."""
        has = set(product.images.values_list("remote_url", flat=True))
        Image.objects.bulk_create(
            [image for image in build.images(product, row, variants) if image.remote_url not in has]
        )
