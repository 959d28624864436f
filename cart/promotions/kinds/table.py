"""The kinds by name, and the lanes that each may be in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.tiers import Tiers
from cart.promotions.rules import Lane

KINDS: Mapping[str, tuple[type[Any], frozenset[Lane]]] = {
    "percent": (Percent, frozenset(Lane)),
    "amount": (Amount, frozenset(Lane)),
    "fixed_price": (FixedPrice, frozenset({Lane.CATALOGUE, Lane.LINE})),
    "buy_get": (BuyGet, frozenset({Lane.LINE})),
    "cheapest_free": (CheapestFree, frozenset({Lane.LINE})),
    "bundle_price": (BundlePrice, frozenset({Lane.LINE})),
    "gift": (Gift, frozenset({Lane.LINE, Lane.ORDER})),
    "tiers": (Tiers, frozenset({Lane.LINE, Lane.ORDER})),
    "free_shipping": (FreeShipping, frozenset({Lane.SHIPPING})),
}
