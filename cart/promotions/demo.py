"""Promotions of the demo: one of each sort that shoppers meet, for a shop that has none."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from cart.promotions import services
from cart.promotions.models import Coupon, Promotion
from cart.shipping import selectors as deliveries
from catalog.products import selectors as products
from catalog.products import tree
from shop.core.money import Money

WELCOME = "WELCOME10"
USUAL = "standard"  # delivery
CARDS, GAMES = "books-paper/cards-prints", "toys-games/puzzles-games"


def load(*, group: str) -> int:
    """Make them, the free delivery for customers of `group`; how many. None in a shop that has any."""
    if Promotion.objects.exists() or not products.departments():
        return 0
    made = [row for row in (_three_for_two(), _list_price(), _free_delivery(group), _welcome()) if row]
    for row in made:
        services.save(row)
        if row.needs_code:
            Coupon.objects.create(promotion=row, code=WELCOME)
    return len(made)


def _three_for_two() -> Promotion | None:
    return _promotion(
        CARDS, name="Three cards for two", lane="line", kind="cheapest_free",
        terms={"of": 3, "free": 1, "is_repeated": True}, note="Shows a promotion on single lines.",
    )  # fmt: skip


def _list_price() -> Promotion | None:
    return _promotion(
        GAMES, name="Game weeks", lane="catalogue", kind="percent", terms={"percent": "20"},
        note="Shows a promotion whose prices are in lists already.",
    )  # fmt: skip


def _free_delivery(group: str) -> Promotion:
    least = Money.of(100, settings.DEFAULT_CURRENCY)
    usual = {"deliveries": [USUAL]} if USUAL in deliveries.delivery_names() else {}
    return Promotion(
        name="Free delivery for trade customers", lane="shipping", kind="free_shipping", status="active",
        conditions={"groups": [group], "minimum": {least.currency: least.minor}, **usual},
        note="Shows a promotion for a group, from a sum on, of one way of delivery: express stays to be paid.",
    )  # fmt: skip


def _welcome() -> Promotion:
    return Promotion(
        name="10 % off your first order", lane="order", kind="percent", terms={"percent": "10"}, status="active",
        needs_code=True, conditions={"is_first_order": True}, customer_limit=1,
        note="Shows a coupon: who types WELCOME10 and has not ordered before gets it.",
    )  # fmt: skip


def _promotion(shelf: str, **fields: Any) -> Promotion | None:
    """One for a category, if that is there."""
    node = tree.tree().at(shelf)
    return Promotion(status="active", scope={"any_of": [f"category:{node.id}"]}, **fields) if node else None
