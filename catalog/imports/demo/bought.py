"""What was bought in the demo shop before it opened: orders made by a stable hash, of things that go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.imports.demo import rows
from catalog.imports.demo.drawing import bucket

ORDERS = 900
DAYS = 60  # in which they were made
PARTNERS = 3  # of each product in each kind that goes with its own

# What people buy in one go, by the product types of the data files.
GOES_WITH: Mapping[str, Sequence[str]] = {
    "Headphones": ("Speaker", "Laptop"),
    "Speaker": ("Hi-fi", "Headphones"),
    "Hi-fi": ("Speaker", "Furniture"),
    "Book": ("Stationery", "Print", "Lamp"),
    "Stationery": ("Book", "Desk accessory"),
    "Print": ("Furniture", "Lamp"),
    "Top": ("Bottom", "Accessory"),
    "Bottom": ("Top", "Shoe"),
    "Shoe": ("Accessory", "Bottom"),
    "Accessory": ("Top", "Bag"),
    "Laptop": ("Desk accessory", "Bag", "Headphones"),
    "Computer": ("Desk accessory", "Speaker"),
    "Desk accessory": ("Laptop", "Stationery"),
    "Lamp": ("Furniture", "Textile"),
    "Furniture": ("Textile", "Lamp"),
    "Textile": ("Furniture", "Tableware"),
    "Tableware": ("Coffee & tea", "Cookware", "Textile"),
    "Cookware": ("Tableware", "Book"),
    "Coffee & tea": ("Tableware", "Cookware"),
    "Tent": ("Camp gear", "Bag"),
    "Bag": ("Camp gear", "Accessory"),
    "Camp gear": ("Tent", "Bag", "Coffee & tea"),
    "Game": ("Book", "Soft toy"),
    "Wooden toy": ("Soft toy", "Game"),
    "Soft toy": ("Wooden toy", "Textile"),
}


def orders() -> list[dict[str, Any]]:
    """Each order's `number`, `days_ago` and `products`: ids of the demo's rows, two to five. Always the same ones."""
    kinds: dict[str, list[str]] = {}
    kind_of: dict[str, str] = {}
    for row in rows.products():
        kinds.setdefault(row["product_type"], []).append(row["id"])
        kind_of[row["id"]] = row["product_type"]
    everything = list(kind_of)
    return [_order(number, everything, kinds, kind_of) for number in range(ORDERS if everything else 0)]


def _order(
    number: int, everything: Sequence[str], kinds: Mapping[str, Sequence[str]], kind_of: Mapping[str, str]
) -> dict[str, Any]:
    mark = f"order {number}"
    # the lower of two places: what stands first in the shop is bought more often
    first = everything[min(bucket(f"first {mark}", len(everything)), bucket(f"or {mark}", len(everything)))]
    chosen = [first]
    for turn in range(1 + bucket(f"more {mark}", 4)):
        partners = _partners(chosen[bucket(f"whose {mark} {turn}", len(chosen))], kinds, kind_of)
        chosen.append(partners[bucket(f"which {mark} {turn}", len(partners))])
    return {
        "number": number,
        "days_ago": bucket(f"days {mark}", DAYS * 24) / 24,
        "products": list(dict.fromkeys(chosen)),
    }


def _partners(one: str, kinds: Mapping[str, Sequence[str]], kind_of: Mapping[str, str]) -> list[str]:
    """The few products of other kinds that are bought with this one."""
    found = []
    for kind in GOES_WITH[kind_of[one]]:
        start = bucket(f"partners {one} {kind}", len(kinds[kind]))
        found += [kinds[kind][(start + step * 3) % len(kinds[kind])] for step in range(PARTNERS)]
    return found
