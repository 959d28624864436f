"""Terms, scopes and conditions as they are stored (JSON), read into what the engine knows. Pure.

    percent        {"percent": "12.5", "most": {"USD": 2000}}
    amount         {"amounts": {"USD": 500}}
    fixed_price    {"prices": {"USD": 999}}
    buy_get        {"buy": 2, "get": 1, "percent": "100", "bought": {"any_of": ["brand:acme"]}, "most": 0}
    cheapest_free  {"of": 3, "free": 1, "is_repeated": true}
    bundle_price   {"prices": {"USD": 2000}, "quantity": 3, "parts": [{"any_of": [...], "quantity": 1}], "most": 0}
    gift           {"variant": "0197…", "quantity": 1, "per": 0, "most": 0}
    tiers          {"steps": [{"spend": {"USD": 5000}, "quantity": 0, "percent": "5", "amounts": {}}]}
    free_shipping  {}

A scope is {"any_of": ["category:0001", "product:0197…"], "none_of": ["tag:sale"]}; conditions have the names of
`rules.Conditions`. Amounts are minor units by currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.tiers import Step, Tiers
from cart.promotions.rules import Amounts, Conditions, Kind, Scope
from shop.core.money import MAX_MINOR

MOST_UNITS = 9999
MOST_KEYS = 1000
MOST_PARTS = 10


class BadTerms(ValueError):
    """Something of it makes no sense. `field` says what, `needed` what is wanted there."""

    def __init__(self, field: str, needed: str) -> None:
        super().__init__(f"{field}: {needed}")
        self.field, self.needed = field, needed


def kind(name: str, terms: Mapping[str, Any]) -> Kind:
    """What promotions of a kind give. Raises `BadTerms`."""
    reader = _READERS.get(name)
    if reader is None:
        raise BadTerms("kind", "one that there is")
    known, found = _FIELDS[name], _mapping(terms, "terms")
    for field in found:
        if field not in known:
            raise BadTerms(field, "no such field")
    return reader(found)


def scope(data: Any, field: str = "scope") -> Scope:
    """Raises `BadTerms`."""
    found = _mapping(data or {}, field)
    return Scope(_keys(found.get("any_of"), field), _keys(found.get("none_of"), field))


def conditions(data: Any) -> Conditions:
    """Raises `BadTerms`."""
    found = _mapping(data or {}, "conditions")
    for field in found:
        if field not in Conditions.__slots__:
            raise BadTerms(field, "no such condition")
    return Conditions(
        minimum=_amounts(found, "minimum", is_needed=False),
        minimum_quantity=_whole(found, "minimum_quantity", 0, 0, MOST_UNITS),
        groups=_keys(found.get("groups"), "groups"),
        countries=_keys(found.get("countries"), "countries"),
        channels=_keys(found.get("channels"), "channels"),
        is_first_order=found.get("is_first_order", False) is True,
        needs=scope(found["needs"], "needs") if found.get("needs") else None,
        deliveries=_keys(found.get("deliveries"), "deliveries"),
    )


def _percent(terms: Mapping[str, Any]) -> Kind:
    return Percent(_points(terms), _amounts(terms, "most", is_needed=False))


def _amount(terms: Mapping[str, Any]) -> Kind:
    return Amount(_amounts(terms, "amounts", least=1))


def _fixed_price(terms: Mapping[str, Any]) -> Kind:
    return FixedPrice(_amounts(terms, "prices"))


def _buy_get(terms: Mapping[str, Any]) -> Kind:
    return BuyGet(
        buy=_whole(terms, "buy", None, 1, MOST_UNITS),
        get=_whole(terms, "get", 1, 1, MOST_UNITS),
        points=_points(terms, "100"),
        bought=scope(terms["bought"], "bought") if terms.get("bought") else None,
        most=_whole(terms, "most", 0, 0, MOST_UNITS),
    )


def _cheapest_free(terms: Mapping[str, Any]) -> Kind:
    of = _whole(terms, "of", None, 2, MOST_UNITS)
    free = _whole(terms, "free", 1, 1, of - 1)
    return CheapestFree(of, free, terms.get("is_repeated", False) is True)


def _bundle_price(terms: Mapping[str, Any]) -> Kind:
    given = terms.get("parts") or []
    if not isinstance(given, list) or len(given) > MOST_PARTS:
        raise BadTerms("parts", f"a list of at most {MOST_PARTS}")
    parts = tuple((scope(part, "parts"), _whole(part, "quantity", 1, 1, MOST_UNITS)) for part in given)
    return BundlePrice(
        prices=_amounts(terms, "prices"),
        quantity=0 if parts else _whole(terms, "quantity", None, 2, MOST_UNITS),
        parts=parts,
        most=_whole(terms, "most", 0, 0, MOST_UNITS),
    )


def _gift(terms: Mapping[str, Any]) -> Kind:
    variant = terms.get("variant")
    if not isinstance(variant, str) or not variant:
        raise BadTerms("variant", "a product to give")
    return Gift(
        variant=variant,
        quantity=_whole(terms, "quantity", 1, 1, MOST_UNITS),
        per=_whole(terms, "per", 0, 0, MOST_UNITS),
        most=_whole(terms, "most", 0, 0, MOST_UNITS),
    )


def _tiers(terms: Mapping[str, Any]) -> Kind:
    given = terms.get("steps")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_PARTS:
        raise BadTerms("steps", f"1 to {MOST_PARTS} steps")
    steps = tuple(_step(_mapping(one, "steps")) for one in given)
    for lower, higher in pairwise(steps):
        if higher.quantity < lower.quantity or any(higher.spend.get(one, 0) < lower.spend[one] for one in lower.spend):
            raise BadTerms("steps", "from the lowest to the highest")
    return Tiers(steps)


def _step(data: Mapping[str, Any]) -> Step:
    spend = _amounts(data, "spend", is_needed=False)
    quantity = _whole(data, "quantity", 0, 0, MOST_UNITS)
    amounts = _amounts(data, "amounts", is_needed=False)
    points = _points(data) if data.get("percent") else 0
    if not spend and not quantity:
        raise BadTerms("steps", "a sum or a number of units from which it counts")
    if bool(points) == bool(amounts):
        raise BadTerms("steps", "a percentage or amounts")
    return Step(spend, quantity, points, amounts)


def _free_shipping(_terms: Mapping[str, Any]) -> Kind:
    return FreeShipping()


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Kind]] = {
    "percent": _percent,
    "amount": _amount,
    "fixed_price": _fixed_price,
    "buy_get": _buy_get,
    "cheapest_free": _cheapest_free,
    "bundle_price": _bundle_price,
    "gift": _gift,
    "tiers": _tiers,
    "free_shipping": _free_shipping,
}
_FIELDS: Mapping[str, frozenset[str]] = {
    "percent": frozenset({"percent", "most"}),
    "amount": frozenset({"amounts"}),
    "fixed_price": frozenset({"prices"}),
    "buy_get": frozenset({"buy", "get", "percent", "bought", "most"}),
    "cheapest_free": frozenset({"of", "free", "is_repeated"}),
    "bundle_price": frozenset({"prices", "quantity", "parts", "most"}),
    "gift": frozenset({"variant", "quantity", "per", "most"}),
    "tiers": frozenset({"steps"}),
    "free_shipping": frozenset(),
}


def _mapping(data: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise BadTerms(field, "names and values")
    return data


def _keys(data: Any, field: str) -> frozenset[str]:
    if not data:
        return frozenset()
    if not isinstance(data, list) or len(data) > MOST_KEYS or not all(isinstance(one, str) and one for one in data):
        raise BadTerms(field, f"a list of at most {MOST_KEYS} names")
    return frozenset(data)


def _whole(data: Mapping[str, Any], field: str, default: int | None, least: int, most: int) -> int:
    number = data.get(field, default)
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise BadTerms(field, f"a whole number from {least} to {most}")
    return number


def _points(data: Mapping[str, Any], default: str | None = None) -> int:
    """A percentage with at most two digits as hundredths of a percent."""
    try:
        points = Decimal(str(data.get("percent", default))) * 100
    except InvalidOperation as error:
        raise BadTerms("percent", "a number") from error
    if not points.is_finite() or points != points.to_integral_value() or not 1 <= points <= 10_000:
        raise BadTerms("percent", "more than 0, up to 100, with at most two digits")
    return int(points)


def _amounts(data: Mapping[str, Any], field: str, *, is_needed: bool = True, least: int = 0) -> Amounts:
    given = _mapping(data.get(field) or {}, field)
    if is_needed and not given:
        raise BadTerms(field, "an amount in at least one currency")
    for currency, minor in given.items():
        is_whole = isinstance(minor, int) and not isinstance(minor, bool)
        if len(currency) != 3 or not is_whole or not least <= minor <= MAX_MINOR:
            raise BadTerms(field, f"minor units, at least {least}, by currency")
    return dict(given)
