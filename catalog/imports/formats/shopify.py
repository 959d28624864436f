"""Shopify's product CSV: one line per variant or further picture, lines of a product share their `Handle`.

Column names as in Shopify's product export; the newer names ("URL handle", "Title", "SKU", "Price", …) are read, too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from catalog.imports import rows
from catalog.imports.rows import ProductRow, RowError, VariantRow

Line = dict[str, str]

# What the newer export calls the same column.
ALIASES = {
    "URL handle": "Handle",
    "Description": "Body (HTML)",
    "Product category": "Product Category",
    "SKU": "Variant SKU",
    "Price": "Variant Price",
    "Compare-at price": "Variant Compare At Price",
    "Inventory quantity": "Variant Inventory Qty",
    "Barcode": "Variant Barcode",
    "Weight value (grams)": "Variant Grams",
    "Product image URL": "Image Src",
    "Image alt text": "Image Alt Text",
    "Variant image URL": "Variant Image",
    "SEO title": "SEO Title",
    "SEO description": "SEO Description",
    **{f"Option{n} name": f"Option{n} Name" for n in (1, 2, 3)},
    **{f"Option{n} value": f"Option{n} Value" for n in (1, 2, 3)},
}
FORMULA = {"=", "+", "-", "@", "\t", "\r"}
NO_OPTION = ("Title", "Default Title")


def read(lines: Iterable[str], *, currency: str) -> Iterator[tuple[int, ProductRow | RowError]]:
    """Each product with the number of its first line (the header is line 1), or why it is none."""
    for number, group in _groups(lines):
        try:
            yield number, product(group, currency=currency)
        except RowError as error:
            yield number, error


def _groups(lines: Iterable[str]) -> Iterator[tuple[int, list[Line]]]:
    reader = csv.DictReader(lines)
    if reader.fieldnames:
        reader.fieldnames = [ALIASES.get(name.strip(), name.strip()) for name in reader.fieldnames]
    numbered = (
        (reader.line_num, {key: unguarded(value or "") for key, value in line.items() if key}) for line in reader
    )
    for _handle, group in groupby(numbered, key=lambda pair: pair[1].get("Handle", "")):
        found = list(group)
        yield found[0][0], [line for _number, line in found]


def product(group: Sequence[Line], *, currency: str) -> ProductRow:
    """One product from its lines. Raises `RowError`."""
    head = group[0]
    handle = rows.text(head.get("Handle"), "Handle", limit=120, required=True)
    options = tuple(
        name
        for n in (1, 2, 3)
        if (name := rows.text(head.get(f"Option{n} Name"), "an option", limit=60)) and not _is_no_option(head, n)
    )
    variant_lines = [line for line in group if line.get("Variant Price", "").strip()]
    if not variant_lines:
        raise RowError("Variant Price is missing")
    category = head.get("Product Category") or head.get("Type", "")
    return ProductRow(
        external_id=handle,
        name=rows.text(head.get("Title"), "Title", limit=rows.MAX_NAME, required=True),
        currency=currency,
        variants=tuple(_variant(line, head, options, currency) for line in variant_lines),
        description=rows.text(head.get("Body (HTML)"), "Body (HTML)", limit=rows.MAX_DESCRIPTION),
        brand=rows.text(head.get("Vendor"), "Vendor", limit=120),
        category_path=tuple(part.strip()[:120] for part in category.split(">") if part.strip()),
        product_type=rows.text(head.get("Type"), "Type", limit=140),
        options=options,
        tags=tuple(tag.strip()[:60] for tag in head.get("Tags", "").split(",") if tag.strip()),
        pictures=tuple(
            (line["Image Src"].strip()[:500], line.get("Image Alt Text", "").strip()[:300])
            for line in group
            if line.get("Image Src", "").strip().startswith(("http://", "https://"))
        ),
        seo_title=head.get("SEO Title", "").strip()[:120],
        seo_description=head.get("SEO Description", "").strip()[:300],
        status=_status(head),
        slug=handle,
    )


def _is_no_option(head: Line, n: int) -> bool:
    return (head.get(f"Option{n} Name", "").strip(), head.get(f"Option{n} Value", "").strip()) == NO_OPTION


def _variant(line: Line, head: Line, options: Sequence[str], currency: str) -> VariantRow:
    asked = rows.price(line.get("Variant Price"), "Variant Price", currency)
    compare = line.get("Variant Compare At Price", "").strip()
    before = rows.price(compare, "Variant Compare At Price", currency) if compare else asked
    on_sale = before > asked
    return VariantRow(
        sku=rows.text(line.get("Variant SKU", "").lstrip("'"), "Variant SKU", limit=rows.MAX_SKU),
        options=dict(zip(options, _values(line, head, len(options)), strict=True)),
        price=before if on_sale else asked,
        sale_price=asked if on_sale else None,
        stock=rows.whole(line.get("Variant Inventory Qty") or None, "Variant Inventory Qty", highest=rows.MAX_STOCK),
        gtin=rows.gtin(line.get("Variant Barcode", "").lstrip("'")),
        weight_grams=_grams(line.get("Variant Grams", "")),
        picture=line.get("Variant Image", "").strip()[:500],
    )


def _values(line: Line, head: Line, count: int) -> list[str]:
    named = [n for n in (1, 2, 3) if head.get(f"Option{n} Name", "").strip() and not _is_no_option(head, n)]
    values = [rows.text(line.get(f"Option{n} Value"), f"Option{n} Value", limit=120, required=True) for n in named]
    return values[:count]


def _grams(value: str) -> int | None:
    try:
        return round(float(value)) if value.strip() else None
    except ValueError as error:
        raise RowError(f"Variant Grams {value[:20]!r} is not a number") from error


def _status(head: Line) -> str:
    status = head.get("Status", "").strip().lower()
    if status in {"draft", "archived"}:
        return status
    return "draft" if head.get("Published", "").strip().lower() == "false" else "active"


COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published"),
    *(f"Option{n} {what}" for n in (1, 2, 3) for what in ("Name", "Value")),
    *("Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Price", "Variant Compare At Price"),
    *("Variant Barcode", "Image Src", "Image Alt Text", "SEO Title", "SEO Description", "Variant Image", "Status"),
)


def write(row: ProductRow) -> list[dict[str, Any]]:
    """The CSV lines that `product` reads back as the same row (but for attributes, which this format has not)."""
    lines: list[dict[str, Any]] = []
    for index, variant in enumerate(row.variants):
        line: dict[str, Any] = {"Handle": row.external_id or row.slug, **_variant_cells(row, variant)}
        if index == 0:
            line |= _product_cells(row)
        lines.append(line)
    for index, (url, alt) in enumerate(row.pictures):
        if index >= len(lines):
            lines.append({"Handle": row.external_id or row.slug})
        lines[index] |= {"Image Src": url, "Image Alt Text": guarded(alt)}
    return lines


def _product_cells(row: ProductRow) -> dict[str, Any]:
    return {
        "Title": guarded(row.name),
        "Body (HTML)": guarded(row.description),
        "Vendor": guarded(row.brand),
        "Product Category": guarded(" > ".join(row.category_path)),
        "Type": guarded(row.product_type),
        "Tags": guarded(", ".join(row.tags)),
        "Published": "true" if row.status == "active" else "false",
        "SEO Title": guarded(row.seo_title),
        "SEO Description": guarded(row.seo_description),
        "Status": row.status,
        **{f"Option{n} Name": guarded(name) for n, name in enumerate(row.options or NO_OPTION[:1], start=1)},
    }


def _variant_cells(row: ProductRow, variant: VariantRow) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return str(rows.Money(minor, row.currency).decimal)

    on_sale = variant.sale_price is not None
    values = [variant.options[name] for name in row.options] if row.options else [NO_OPTION[1]]
    return {
        "Variant SKU": guarded(variant.sku),
        "Variant Grams": "" if variant.weight_grams is None else variant.weight_grams,
        "Variant Inventory Qty": "" if variant.stock is None else variant.stock,
        "Variant Price": amount(variant.sale_price if variant.sale_price is not None else variant.price),
        "Variant Compare At Price": amount(variant.price) if on_sale else "",
        "Variant Barcode": variant.gtin,
        "Variant Image": variant.picture,
        **{f"Option{n} Value": guarded(value) for n, value in enumerate(values, start=1)},
    }


def guarded(cell: str) -> str:
    """Cells that a spreadsheet would run as a formula begin with an apostrophe (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell
