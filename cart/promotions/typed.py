"""Terms as merchants type them, and back: amounts, what a promotion is for, steps.

amounts   5.00 USD, 4.50 EUR
for       one line each: category: home/lamps · brand: acme · product: SKU · variant: SKU · tag: sale ·
          attribute: colour=red; "not " before it takes it out
steps     one line each: 50.00 USD = 5 % · 3 units = 10 % · 100.00 USD = 15.00 USD
parts     one line each: 2 x category: home/lamps
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django_countries import countries as world

from cart.promotions.models import Promotion
from cart.promotions.reading import BadTerms
from catalog.products import selectors as products
from catalog.products import tree
from shop.core.money import NO_CURRENCIES, BadAmount, Money

_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?![\d.,]))")  # a decimal one: 5,50
_LINE = re.compile(r"(?P<out>not\s+)?(?P<name>[a-z]+)\s*:\s*(?P<value>.+)", re.IGNORECASE)
_STEP = re.compile(r"(?P<start>[^=]+)=(?P<off>.+)")
_UNITS = re.compile(r"(\d{1,4})\s*(?:units?|x)", re.IGNORECASE)
_PERCENT = re.compile(r"([\d.]+)\s*%")
_PART = re.compile(r"(\d{1,4})\s*[x×]\s*(.+)", re.IGNORECASE)


def amounts(text: str, field: str) -> dict[str, int]:
    """Minor units by currency; 5,50 is 5.50, and 1,000 might be two things. Raises `BadTerms`."""
    found: dict[str, int] = {}
    text = _COMMA.sub(".", text)
    if re.search(r"\d,\d", text):
        raise BadTerms(field, _("amounts without separators, like 1000.00 USD, not “%(part)s”") % {"part": text})
    for part in filter(None, (part.strip() for part in text.split(","))):
        number, _space, currency = part.replace("\u00a0", " ").partition(" ")
        currency = currency.strip().upper() or settings.DEFAULT_CURRENCY
        try:
            if currency in NO_CURRENCIES:
                raise BadAmount(currency)
            money = Money.of(number, currency)
        except BadAmount as error:
            raise BadTerms(field, _("amounts like 5.00 USD, not “%(part)s”") % {"part": part}) from error
        if money.minor < 0:
            raise BadTerms(field, _("amounts that are not below zero"))
        if currency in found:
            raise BadTerms(
                field, _("one amount of each currency; %(currency)s is there twice") % {"currency": currency}
            )
        found[currency] = money.minor
    return found


def countries(text: str) -> list[str]:
    """Codes of what was typed as codes or names: US, Germany. Raises `BadTerms`."""
    found = []
    for part in filter(None, map(str.strip, text.split(","))):
        code = part.upper() if part.upper() in world else world.by_name(part)
        if not code:
            raise BadTerms("countries", _("codes of countries like US, CA, not “%(part)s”") % {"part": part})
        found.append(code)
    return list(dict.fromkeys(found))


def amounts_text(data: Mapping[str, int]) -> str:
    return ", ".join(str(Money(minor, currency)) for currency, minor in sorted(data.items()))


def scope(text: str, field: str) -> dict[str, list[str]]:
    """Keys as lines have them. Raises `BadTerms` for what there is not."""
    found: dict[str, list[str]] = {"any_of": [], "none_of": []}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        reader = _KEYS.get(match["name"].lower()) if match else None
        key = reader(match["value"].strip()) if match and reader else None
        if match is None or key is None:
            raise BadTerms(field, _("something of the shop, not “%(line)s”") % {"line": line})
        found["none_of" if match["out"] else "any_of"].append(key)
    return {name: keys for name, keys in found.items() if keys}


def scope_text(data: Mapping[str, Sequence[str]]) -> str:
    lines = [_typed(key) for key in data.get("any_of", [])]
    return "\n".join([*lines, *(f"not {_typed(key)}" for key in data.get("none_of", []))])


def _category(value: str) -> str | None:
    node = tree.tree().at(value)
    return f"category:{node.id}" if node else None


def _variant(value: str) -> str | None:
    found = products.variant_of(sku=value)
    return f"variant:{found}" if found else None


def _product(value: str) -> str | None:
    found = products.variant_of(sku=value)
    offers = products.offers([found], currency=settings.DEFAULT_CURRENCY) if found else {}
    return f"product:{offers[found].product_id}" if found in offers else None


def _attribute(value: str) -> str | None:
    code, is_there, content = value.partition("=")
    return f"attribute:{code.strip()}={content.strip()}" if is_there and code.strip() else None


_KEYS = {
    "category": _category,
    "brand": lambda value: f"brand:{value.lower()}",
    "product": _product,
    "variant": _variant,
    "tag": lambda value: f"tag:{value}",
    "attribute": _attribute,
}


def _typed(key: str) -> str:
    name, _colon, value = key.partition(":")
    if name == "category":
        value = next((node.url_path for node in tree.tree().nodes if str(node.id) == value), value)
    elif name in {"product", "variant"}:
        value = sku_of(value, is_product=name == "product") or value
    return f"{name}: {value}"


def sku_of(key: str, *, is_product: bool = False) -> str:
    """The SKU by which a merchant knows it; empty if there is none any more."""
    variant = products.variant_of(product_id=UUID(key)) if is_product else UUID(key)
    offers = products.offers([variant], currency=settings.DEFAULT_CURRENCY) if variant else {}
    return offers[variant].sku if variant in offers else ""


def steps(text: str) -> list[dict[str, Any]]:
    """Raises `BadTerms`."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _STEP.fullmatch(line)
        if match is None:
            raise BadTerms("steps", _("lines like 50.00 USD = 5 %%, not “%(line)s”") % {"line": line})
        start, off = match["start"].strip(), match["off"].strip()
        number, percent = _UNITS.fullmatch(start), _PERCENT.fullmatch(off)
        step: dict[str, Any] = {"quantity": int(number[1])} if number else {"spend": amounts(start, "steps")}
        found.append(step | ({"percent": percent[1]} if percent else {"amounts": amounts(off, "steps")}))
    return found


def steps_text(data: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for step in data:
        start = f"{step['quantity']} units" if step.get("quantity") else amounts_text(step.get("spend", {}))
        off = f"{step['percent']} %" if step.get("percent") else amounts_text(step.get("amounts", {}))
        lines.append(f"{start} = {off}")
    return "\n".join(lines)


def parts(text: str) -> list[dict[str, Any]]:
    """Raises `BadTerms`."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _PART.fullmatch(line)
        if match is None:
            raise BadTerms("parts", _("lines like 2 x product: SKU, not “%(line)s”") % {"line": line})
        found.append({**scope(match[2], "parts"), "quantity": int(match[1])})
    return found


def parts_text(data: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{part.get('quantity', 1)} x {scope_text(part)}" for part in data)


def fields(row: Promotion) -> dict[str, Any]:
    """What is stored as the fields of the form have it."""
    terms, conditions = row.terms or {}, row.conditions or {}
    return {
        "percent": terms.get("percent"),
        "most_off": amounts_text(terms["most"]) if isinstance(terms.get("most"), dict) else "",
        "amounts": amounts_text(terms.get("amounts", {})),
        "prices": amounts_text(terms.get("prices", {})),
        "buy": terms.get("buy"),
        "get": terms.get("get"),
        "bought": scope_text(terms.get("bought") or {}),
        "most_times": terms["most"] if isinstance(terms.get("most"), int) and row.kind != "gift" else None,
        "of": terms.get("of"),
        "free": terms.get("free"),
        "is_repeated": terms.get("is_repeated"),
        "set_size": terms.get("quantity") or None if row.kind == "bundle_price" else None,
        "parts": parts_text(terms.get("parts", [])),
        "gift": sku_of(terms["variant"]) if terms.get("variant") else "",
        "gift_units": terms.get("quantity") if row.kind == "gift" else None,
        "per": terms.get("per"),
        "most_gifts": terms.get("most") if row.kind == "gift" else None,
        "steps": steps_text(terms.get("steps", [])),
        "what_for": scope_text(row.scope or {}),
        "minimum": amounts_text(conditions.get("minimum", {})),
        "minimum_quantity": conditions.get("minimum_quantity"),
        "countries": ", ".join(conditions.get("countries", [])),
        "groups": conditions.get("groups", []),
        "channels": conditions.get("channels", []),
        "deliveries": conditions.get("deliveries", []),
        "is_first_order": conditions.get("is_first_order", False),
        "budget": amounts_text({row.budget_currency: row.budget_minor}) if row.budget_minor else "",
    }
