"""What a product asks of who buys it, and of what a bundle consists, as JSON: read and written.

    "customizations": [{"code": "engraving", "name": "Engraving", "kind": "text", "max_length": 20, "price": "12.00"}]
    "parts": [{"sku": "CUP-1", "quantity": 4}]

A field has code, name, kind (text, choice or boolean), help_text, choices (a list), max_length, is_required,
is_final_sale, and prices ({"USD": "12.00"}) or a price in the row's currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.bundles.rules import MAX_PARTS, MAX_UNITS
from catalog.customizations.rules import BOOLEAN, CHOICE, MAX_FIELDS, MAX_TEXT, TEXT
from catalog.imports import rows
from catalog.imports.rows import FieldRow, RowError
from shop.core.money import BadAmount, Money, exponent

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def fields(data: Mapping[str, Any], currency: str) -> tuple[FieldRow, ...] | None:
    """What a product asks; None where nothing is said. Raises `RowError`."""
    listed = _objects(data, "customizations", most=MAX_FIELDS)
    if listed is None:
        return None
    found = tuple(_field(one, currency) for one in listed)
    if len({one.code for one in found}) != len(found):
        raise RowError("two customizations have the same code")
    return found


def parts(data: Mapping[str, Any]) -> tuple[tuple[str, int], ...] | None:
    """Units by SKU; None where nothing is said. Raises `RowError`."""
    listed = _objects(data, "parts", most=MAX_PARTS)
    if listed is None:
        return None
    found = tuple(
        (
            rows.text(one.get("sku"), "the sku of a part", limit=rows.MAX_SKU, required=True),
            rows.whole(one.get("quantity", 1), "the quantity of a part", highest=MAX_UNITS) or 0,
        )
        for one in listed
    )
    if not all(units for _sku, units in found):
        raise RowError(f"the quantity of a part is not between 1 and {MAX_UNITS}")
    if len(dict(found)) != len(found):
        raise RowError("a part is named twice")
    return found


def _objects(data: Mapping[str, Any], key: str, *, most: int) -> Sequence[Mapping[str, Any]] | None:
    if (listed := data.get(key)) is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise RowError(f"{key} are not a list of objects")
    if len(listed) > most:
        raise RowError(f"more than {most} {key}")
    return listed


def _field(one: Mapping[str, Any], currency: str) -> FieldRow:
    code = rows.text(one.get("code"), "the code of a customization", limit=40, required=True)
    if not _CODE.fullmatch(code):
        raise RowError(f"the code {code!r} of a customization is not small letters, digits and hyphens between them")
    kind = rows.text(one.get("kind"), "the kind of a customization", limit=10) or TEXT
    if kind not in {TEXT, CHOICE, BOOLEAN}:
        raise RowError(f"the kind {kind!r} of a customization is not text, choice or boolean")
    choices = one.get("choices") or []
    if not isinstance(choices, list) or (kind == CHOICE) != bool(choices):
        raise RowError(f"customization {code!r}: choices are a list where there is a choice, and nowhere else")
    length = rows.whole(one.get("max_length", 100), "max_length", highest=MAX_TEXT)
    if not length:
        raise RowError(f"max_length is not between 1 and {MAX_TEXT}")
    return FieldRow(
        code=code,
        name=rows.text(one.get("name"), "the name of a customization", limit=80, required=True),
        kind=kind,
        help_text=rows.text(one.get("help_text"), "help_text", limit=200),
        choices=tuple(rows.text(choice, "a choice", limit=100, required=True) for choice in choices),
        max_length=length,
        is_required=one.get("is_required") is True,
        is_final_sale=one.get("is_final_sale") is True,
        prices=_prices(one, currency),
    )


def _prices(one: Mapping[str, Any], currency: str) -> dict[str, int]:
    given = one.get("prices", {currency: one["price"]} if one.get("price") not in (None, "") else {})
    if not isinstance(given, Mapping):
        raise RowError("prices are not an object of currencies and amounts")
    for code in given:
        try:
            exponent(str(code))
        except BadAmount as error:
            raise RowError(str(error)) from error
    return {str(code): rows.price(amount, "the price of a customization", str(code)) for code, amount in given.items()}


def written(one: FieldRow) -> dict[str, Any]:
    """What `fields` reads back as the same."""
    said: dict[str, Any] = {
        "code": one.code, "name": one.name, "kind": one.kind, "help_text": one.help_text,
        "choices": list(one.choices), "max_length": one.max_length, "is_required": one.is_required,
        "is_final_sale": one.is_final_sale,
        "prices": {code: str(Money(minor, code).decimal) for code, minor in one.prices.items()},
    }  # fmt: skip
    return {key: value for key, value in said.items() if value not in ("", [], {}, False)}
