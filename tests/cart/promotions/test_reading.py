"""Stored terms are read, or refused with what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from cart.promotions import reading
from cart.promotions.kinds.table import KINDS
from cart.promotions.models import Promotion
from cart.promotions.rules import CART_LANES, Conditions, Lane, Scope


@pytest.mark.parametrize(
    ("kind", "terms", "field"),
    [
        ("magic", {}, "kind"),
        ("percent", [], "terms"),
        ("percent", {"percent": "5", "more": 1}, "more"),
        ("percent", {"percent": True}, "percent"),
        ("percent", {"percent": "NaN"}, "percent"),
        ("percent", {"percent": "0.001"}, "percent"),
        ("percent", {"percent": "5", "most": {"USD": -1}}, "most"),
        ("amount", {"amounts": {"USD": 0}}, "amounts"),
        ("amount", {"amounts": {"USD": 1.5}}, "amounts"),
        ("amount", {"amounts": {"USD": True}}, "amounts"),
        ("amount", {"amounts": {"DOLLAR": 1}}, "amounts"),
        ("amount", {"amounts": {"USD": 10**16}}, "amounts"),
        ("amount", {"amounts": "5"}, "amounts"),
        ("buy_get", {"buy": 0}, "buy"),
        ("buy_get", {"buy": "2"}, "buy"),
        ("buy_get", {"buy": 10_000}, "buy"),
        ("buy_get", {"buy": 2, "bought": {"any_of": [1]}}, "bought"),
        ("cheapest_free", {"of": 2, "free": 2}, "free"),
        ("bundle_price", {"prices": {"USD": 1}, "parts": [{}] * 11}, "parts"),
        ("bundle_price", {"prices": {"USD": 1}, "parts": {"a": 1}}, "parts"),
        ("bundle_price", {"prices": {"USD": 1}, "quantity": 1}, "quantity"),
        ("gift", {"variant": 1}, "variant"),
        ("tiers", {"steps": []}, "steps"),
        ("tiers", {"steps": [1]}, "steps"),
        ("tiers", {"steps": [{"percent": "5"}]}, "steps"),
        ("tiers", {"steps": [{"quantity": 1}]}, "steps"),
        ("tiers", {"steps": [{"quantity": 1, "percent": "5", "amounts": {"USD": 1}}]}, "steps"),
        ("tiers", {"steps": [{"quantity": 5, "percent": "5"}, {"quantity": 3, "percent": "9"}]}, "steps"),
    ],
)
def test_bad_terms(kind: str, terms: Any, field: str) -> None:
    with pytest.raises(reading.BadTerms) as refused:
        reading.kind(kind, terms)

    assert refused.value.field == field
    assert refused.value.needed


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"minimum": {"USD": "5"}}, "minimum"),
        ({"minimum_quantity": -1}, "minimum_quantity"),
        ({"countries": "US"}, "countries"),
        ({"countries": [""]}, "countries"),
        ({"needs": ["x"]}, "needs"),
        ([1], "conditions"),
    ],
)
def test_bad_conditions(data: Any, field: str) -> None:
    with pytest.raises(reading.BadTerms) as refused:
        reading.conditions(data)

    assert refused.value.field == field


def test_conditions() -> None:
    data = {
        "minimum": {"USD": 5}, "minimum_quantity": 2, "groups": ["vip"], "countries": ["US"], "channels": ["web"],
        "is_first_order": True, "needs": {"any_of": ["brand:acme"], "none_of": ["tag:sale"]},
    }  # fmt: skip
    needs = Scope(frozenset({"brand:acme"}), frozenset({"tag:sale"}))

    assert reading.conditions(data) == Conditions(
        {"USD": 5}, 2, frozenset({"vip"}), frozenset({"US"}), frozenset({"web"}), True, needs
    )
    assert reading.conditions(None) == reading.conditions({}) == Conditions()
    assert reading.scope(None) == Scope()


def test_the_tables_agree() -> None:
    """Kinds and lanes are the same in the engine, in the database's choices and where terms are read."""
    assert set(KINDS) == set(reading._READERS) == set(reading._FIELDS) == set(Promotion.Kind.values)
    assert set(Lane) == set(Promotion.Lane.values)
    assert {lane for _kind, lanes in KINDS.values() for lane in lanes} == {Lane.CATALOGUE, *CART_LANES}
