"""One JSON object a line: the shop's own format, and the one that catalogues are exchanged in.

Keys: id, sku, name, brand, seller, description, category_path (list), product_type, price, sale_price, currency, stock,
ean, attributes, options (list of names), variants (list of sku, options, price, sale_price, stock, ean, weight_grams,
length_mm, width_mm, height_mm, image, parts), customizations and parts (see `extras`), image or image_large or images,
tags, seo_title, seo_description, released, status, slug. Only name (or title) and a price are required. Unknown keys
are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from catalog.imports import rows
from catalog.imports.formats import extras
from catalog.imports.rows import ProductRow, RowError, VariantRow

MAX_LINE = 1_000_000


def read(lines: Iterable[str], *, currency: str) -> Iterator[tuple[int, ProductRow | RowError]]:
    """Each line's number (from 1) with its product, or why it is none. Blank lines are skipped."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, parse(line, currency=currency)
        except RowError as error:
            yield number, error


def parse(line: str, *, currency: str) -> ProductRow:
    """One line. Raises `RowError`."""
    if len(line) > MAX_LINE:
        raise RowError(f"the line is longer than {MAX_LINE} characters")
    try:
        data = json.loads(line)
    except ValueError as error:
        raise RowError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise RowError("not JSON: nested too deeply") from error
    if not isinstance(data, Mapping):
        raise RowError("not a JSON object")
    return product(data, currency=currency)


def product(data: Mapping[str, Any], *, currency: str) -> ProductRow:
    """A product from an object with the keys above. Raises `RowError`."""
    money = rows.text(data.get("currency"), "currency", limit=3).upper() or currency
    options = tuple(rows.text(one, "an option", limit=60, required=True) for one in _list(data, "options"))
    return ProductRow(
        external_id=rows.text(data.get("id"), "id", limit=120),
        name=rows.text(data.get("name") or data.get("title"), "name", limit=rows.MAX_NAME, required=True),
        currency=money,
        variants=_variants(data, money, options),
        description=rows.text(data.get("description"), "description", limit=rows.MAX_DESCRIPTION),
        brand=rows.text(data.get("brand"), "brand", limit=120),
        seller=rows.text(data.get("seller"), "seller", limit=120),
        category_path=_category(data),
        product_type=rows.text(data.get("product_type"), "product_type", limit=140),
        attributes=rows.attributes(data.get("attributes")),
        options=options,
        tags=tuple(rows.text(one, "a tag", limit=60) for one in _list(data, "tags")),
        pictures=_pictures(data),
        seo_title=rows.text(data.get("seo_title"), "seo_title", limit=120),
        seo_description=rows.text(data.get("seo_description"), "seo_description", limit=300),
        released_on=_date(data.get("released")),
        status=_status(data.get("status")),
        slug=rows.text(data.get("slug"), "slug", limit=160),
        customizations=extras.fields(data, money),
    )


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise RowError(f"{key} is not a list")
    return value


def _category(data: Mapping[str, Any]) -> tuple[str, ...]:
    path = data.get("category_path", data.get("category"))
    if isinstance(path, str):
        path = path.split(">" if ">" in path else "/")
    if path in (None, ""):
        return ()
    if not isinstance(path, list) or len(path) > 10:
        raise RowError("category_path is not a list of at most ten names")
    return tuple(name for part in path if (name := rows.text(part, "a category", limit=120)))


def _variants(data: Mapping[str, Any], currency: str, options: tuple[str, ...]) -> tuple[VariantRow, ...]:
    listed = _list(data, "variants")
    if len(listed) > rows.MAX_VARIANTS:
        raise RowError(f"more than {rows.MAX_VARIANTS} variants")
    if not listed:
        return (_variant(data, data, currency, options),)
    if not all(isinstance(one, Mapping) for one in listed):
        raise RowError("variants are not a list of objects")
    made = tuple(_variant(one, data, currency, options) for one in listed)
    if len({tuple(sorted(one.options.items())) for one in made}) != len(made):
        raise RowError("two variants have the same options")
    return made


def _variant(one: Mapping[str, Any], whole: Mapping[str, Any], currency: str, options: tuple[str, ...]) -> VariantRow:
    chosen = one.get("options", {}) if one is not whole else {}
    if not isinstance(chosen, Mapping) or set(chosen) != (set(options) if one is not whole else set()):
        raise RowError(f"a variant's options are not exactly {', '.join(options) or 'none'}")
    sale = one.get("sale_price", whole.get("sale_price"))
    regular = rows.price(one.get("price", whole.get("price")), "price", currency)
    reduced = None if sale in (None, "") else rows.price(sale, "sale_price", currency)
    if reduced is not None and reduced >= regular:
        raise RowError("sale_price is not below price")
    images = one.get("image") if one is not whole else ""
    return VariantRow(
        sku=rows.text(one.get("sku"), "sku", limit=rows.MAX_SKU),
        options={name: rows.text(chosen[name], name, limit=120, required=True) for name in options if chosen},
        price=regular,
        sale_price=reduced,
        stock=rows.whole(one.get("stock", whole.get("stock")), "stock", highest=rows.MAX_STOCK),
        gtin=rows.gtin(one.get("ean") or one.get("gtin")),
        weight_grams=rows.whole(one.get("weight_grams"), "weight_grams", highest=10**9),
        length_mm=rows.whole(one.get("length_mm"), "length_mm", highest=10**6),
        width_mm=rows.whole(one.get("width_mm"), "width_mm", highest=10**6),
        height_mm=rows.whole(one.get("height_mm"), "height_mm", highest=10**6),
        picture=_url(images),
        parts=extras.parts(one),
    )


def _pictures(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = data.get("images") or [data.get("image_large") or data.get("image")]
    if not isinstance(found, list):
        raise RowError("images is not a list")
    urls = [one.get("url") if isinstance(one, Mapping) else one for one in found[:50]]
    alts = [one.get("alt", "") if isinstance(one, Mapping) else "" for one in found[:50]]
    return tuple((url, rows.text(alt, "alt", limit=300)) for url, alt in zip(map(_url, urls), alts, strict=True) if url)


def _url(value: Any) -> str:
    link = rows.text(value, "an image's address", limit=500)
    return link if link.startswith(("https://", "http://")) else ""


def _date(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise RowError(f"released {str(value)[:20]!r} is not a date (YYYY-MM-DD)") from error


def _status(value: Any) -> str:
    status = str(value or "active").lower()
    if status not in {"draft", "active", "archived"}:
        raise RowError(f"status {status[:20]!r} is not draft, active or archived")
    return status


def write(row: ProductRow) -> str:
    """The line that `parse` reads back as the same row."""
    digits = rows.Money(0, row.currency)
    data: dict[str, Any] = {
        "id": row.external_id,
        "name": row.name,
        "slug": row.slug,
        "brand": row.brand,
        "seller": row.seller,
        "description": row.description,
        "category_path": list(row.category_path),
        "product_type": row.product_type,
        "currency": row.currency,
        "attributes": dict(row.attributes),
        "options": list(row.options),
        "tags": list(row.tags),
        "images": [{"url": url, "alt": alt} for url, alt in row.pictures],
        "seo_title": row.seo_title,
        "seo_description": row.seo_description,
        "released": row.released_on.isoformat() if row.released_on else None,
        "status": row.status,
        "customizations": [extras.written(one) for one in row.customizations or ()],
    }
    variants = [_written(variant, digits) for variant in row.variants]
    if row.options:
        data["variants"] = variants
    else:
        data.update({key: value for key, value in variants[0].items() if key not in {"options", "image"}})
    return json.dumps(
        {key: value for key, value in data.items() if value not in (None, "", [], {})}, ensure_ascii=False
    )


def _written(variant: VariantRow, zero: rows.Money) -> dict[str, Any]:
    def amount(minor: int | None) -> str | None:
        return None if minor is None else str(rows.Money(minor, zero.currency).decimal)

    written = {
        "sku": variant.sku,
        "options": dict(variant.options),
        "price": amount(variant.price),
        "sale_price": amount(variant.sale_price),
        "stock": variant.stock,
        "ean": variant.gtin,
        "weight_grams": variant.weight_grams,
        "length_mm": variant.length_mm,
        "width_mm": variant.width_mm,
        "height_mm": variant.height_mm,
        "image": variant.picture,
        "parts": [{"sku": sku, "quantity": units} for sku, units in variant.parts or ()],
    }
    return {key: value for key, value in written.items() if value not in (None, "", [])}
