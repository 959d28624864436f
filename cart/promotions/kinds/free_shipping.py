"""The delivery free."""

from __future__ import annotations

from dataclasses import dataclass

from cart.promotions.rules import Refusal, Scope, Why
from cart.promotions.shelf import Shelf


@dataclass(frozen=True, slots=True)
class FreeShipping:
    """Whatever the delivery costs."""

    def take(self, shelf: Shelf, _scope: Scope) -> Refusal | None:
        if not shelf.shipping:
            return Refusal(Why.NO_DELIVERY)
        shelf.off_shipping(shelf.shipping)
        return None
