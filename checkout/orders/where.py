"""Where an order goes: to an address, by e-mail, or nowhere: its buyer collects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cart.shipping import words
from cart.shipping.rules import BY_EMAIL
from checkout.orders.models import Order

if TYPE_CHECKING:
    from cart.shipping.selectors import DeliveryOption


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order is collected. `lines`: its address; `opening_hours`: as the merchant wrote them, or empty."""

    name: str
    lines: tuple[str, ...]
    opening_hours: str


def is_by_email(order: Order) -> bool:
    """Whether all of it is sent by e-mail: it has no delivery address, and nobody packs it."""
    return order.delivery_option == BY_EMAIL


def is_collected(order: Order) -> bool:
    """Whether its buyer comes for it: nothing of it is sent, and its address says only who that is."""
    return bool(order.collection_place)


def place(order: Order) -> Place | None:
    """Where it is collected, as its buyer was told when it was ordered; None where it is not."""
    kept = order.collection_place
    if not kept:
        return None
    return Place(kept["name"], tuple(words.address_lines(kept["address"])), kept["opening_hours"])


def kept(delivery: DeliveryOption | None) -> dict[str, Any]:
    """What an order keeps of the place where it is collected; nothing of one that is not."""
    if delivery is None or delivery.place is None:
        return {}
    found = delivery.place
    return {"name": found.name, "address": dict(found.address), "opening_hours": found.opening_hours}


def address(order: Order) -> Mapping[str, Any]:
    """Where it goes; of what is sent by e-mail, as much as is known of where its buyer is."""
    found: Mapping[str, Any] = order.shipping_address or order.billing_address
    return found
