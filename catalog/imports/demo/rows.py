"""The demo's products as rows of the import format, with what it does not carry: drawn pictures and reviews."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product as combinations
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.imports.demo import drawing, opinions
from catalog.imports.demo.drawing import bucket
from catalog.products import colours
from shop.core.money import Money

DATA = Path(__file__).parent / "data"
ACCENTS = ("#d9a441", "#3f6b74", "#c97b63", "#7fa3b5", "#8fa37e", "#e3cda4")
NEWEST = date(2026, 6, 1)


@functools.cache
def departments() -> tuple[dict[str, Any], ...]:
    """What the data files say, in the order of the shop: department, ground, intro and types with their products."""
    order = list(drawing.GROUPS)
    found = [tomllib.loads(path.read_text(encoding="utf-8")) for path in DATA.glob("*.toml")]
    return tuple(sorted(found, key=lambda one: order.index(one["ground"])))


def columns(kind: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The attributes of a product type: label, kind ("number", "boolean" or "choice") and unit."""
    made = []
    for column in kind["columns"]:
        label, _colon, unit = column.partition(":")
        made.append((label, "boolean" if unit == "?" else "number" if unit else "choice", unit.strip("?")))
    return made


def products() -> Iterator[dict[str, Any]]:
    """All products, always the same ones in the same order."""
    number = 0
    for department in departments():
        for kind in department["type"]:
            for line in kind["products"].strip().splitlines():
                number += 1
                yield _product(department, kind, [cell.strip() for cell in line.split("|")], number)


def _product(department: dict[str, Any], kind: dict[str, Any], cells: list[str], number: int) -> dict[str, Any]:
    name, brand, price, drawn, values, lead = cells
    sku = f"{department['ground'][:3].upper()}-{number:03d}"
    options = _options(kind, sku)
    sale = 10 + 5 * bucket(f"percent {sku}", 7) if bucket(f"sale {sku}", 6) == 0 else 0
    row: dict[str, Any] = {
        "id": f"demo-{number:03d}",
        "sku": sku,
        "name": name,
        "brand": brand,
        "description": _description(kind, lead, sku),
        "category_path": [department["department"], *kind["path"]],
        "product_type": kind["name"],
        "currency": settings.DEFAULT_CURRENCY,
        "attributes": _attributes(kind, values),
        "options": list(options),
        "tags": list(dict.fromkeys([kind["name"].lower(), drawn, *(["sale"] if sale else [])])),
        "seo_description": lead[:300],
        "released": (NEWEST - timedelta(days=bucket(f"released {sku}", 1400))).isoformat(),
        "reviews": opinions.of(sku, drawn),
    }
    row |= _amounts(float(price), sale)
    first = next(iter(options.get("Colour", [])), "")
    row["pictures"] = [
        {"key": _key(department, drawn, first, sku), "alt": f"{name}, {first.lower()}" if first else name}
    ]
    variants = [
        _variant(department, kind, drawn, sku, dict(zip(options, chosen, strict=True)), float(price), sale, place)
        for place, chosen in enumerate(combinations(*options.values()), start=1)
    ]
    if options:
        row["variants"] = variants
    else:
        row |= {name: value for name, value in variants[0].items() if name not in {"sku", "options", "picture"}}
    return row


def _options(kind: dict[str, Any], sku: str) -> dict[str, list[str]]:
    options = {}
    if palette := kind["colours"]:
        start, count = bucket(f"colour {sku}", len(palette)), (1, 1, 2, 2)[bucket(f"colours {sku}", 4)]
        options["Colour"] = [palette[(start + step) % len(palette)] for step in range(count)]
    if "option" in kind:
        options[kind["option"][0]] = kind["option"][1:]
    return options


def _description(kind: dict[str, Any], lead: str, sku: str) -> str:
    features = kind["features"]
    start, step = bucket(f"feature {sku}", len(features)), 1 + bucket(f"step {sku}", len(features) - 1)
    count = 1 + bucket(f"features {sku}", 3)
    chosen = list(dict.fromkeys(features[(start + step * turn) % len(features)] for turn in range(count)))
    return " ".join([lead, *chosen])


def _attributes(kind: dict[str, Any], values: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for (label, what, _unit), text in zip(columns(kind), (part.strip() for part in values.split(";")), strict=True):
        if what == "boolean":
            made[label] = text == "yes"
        elif what == "choice":
            made[label] = text
        elif float(text):  # 0 stands for "does not apply"
            made[label] = float(text) if "." in text else int(text)
    return made


def _amounts(price: float, sale: int) -> dict[str, str | None]:
    reduced = round(price * (100 - sale) / 100, 0 if price > 30 else 1) if sale else None
    return {"price": _decimal(price), "sale_price": _decimal(reduced) if reduced else None}


def _decimal(amount: float) -> str:
    """The same figure in whatever currency the shop has, with that one's digits."""
    return str(Money.rounded(f"{amount:.2f}", settings.DEFAULT_CURRENCY).decimal)


def _variant(
    department: dict[str, Any],
    kind: dict[str, Any],
    drawn: str,
    sku: str,
    chosen: dict[str, str],
    price: float,
    sale: int,
    place: int,
) -> dict[str, Any]:
    own = f"{sku}-{place:02d}"
    dearer = kind.get("step", 0) * kind["option"][1:].index(chosen[kind["option"][0]]) if "step" in kind else 0
    length, width, height = kind["size"]
    scale = 0.8 + bucket(f"scale {sku}", 41) / 100
    variant: dict[str, Any] = {
        "sku": own,
        "options": chosen,
        "stock": _stock(sku, own),
        "ean": ean(own),
        "weight_grams": round(kind["grams"] * scale),
        "length_mm": round(length * scale),
        "width_mm": round(width * scale),
        "height_mm": round(height * scale),
    }
    if dearer:
        variant |= _amounts(round(price * (1 + dearer)), sale)
    if "Colour" in chosen:
        variant["picture"] = _key(department, drawn, chosen["Colour"], sku)
    return variant


def _stock(sku: str, own: str) -> int:
    if bucket(f"sold out {sku}", 130) == 0:
        return 0
    luck = bucket(f"stock {own}", 100)
    if luck < 4:
        return 0
    return 1 + bucket(f"few {own}", 5) if luck < 16 else 8 + bucket(f"many {own}", 90)


def ean(text: str) -> str:
    """A GTIN-13 of the range that shops give out themselves (200–299), with its check digit."""
    digits = f"2{bucket(f'range {text}', 100):02d}{bucket(f'ean {text}', 10**9):09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _key(department: dict[str, Any], drawn: str, colour: str, sku: str) -> str:
    shades = ("#3f6b74", "#c4604a", "#8fa37e", "#d9a04f", "#6f6a8a", "#b5714f", "#4f6f5c", "#7a4f5c")
    tint = colours.colour(colour) or shades[bucket(f"tint {sku}", len(shades))]
    accents = [accent for accent in ACCENTS if not _near(accent, tint)]
    accent = accents[bucket(f"accent {sku}", len(accents))]
    return drawing.key(drawn, tint, accent, bucket(f"variation {sku}", 3), department["ground"])


def _near(one: str, two: str) -> bool:
    return sum(abs(int(one[i : i + 2], 16) - int(two[i : i + 2], 16)) for i in (1, 3, 5)) < 110
