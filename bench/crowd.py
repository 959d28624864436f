"""Many shoppers with the same thing in their carts, made in one go: `python bench/crowd.py SHOPPERS UNITS`.

Prints JSON: the tokens of the carts, the total that each of them agrees to, and the variant. `UNITS` are free then.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from cart.carts import ownership, selectors, services  # noqa: E402
from cart.carts.models import Cart, CartLine  # noqa: E402
from catalog.search.models import Listing  # noqa: E402
from inventory.stock import selectors as stock_selectors  # noqa: E402
from inventory.stock import services as stock  # noqa: E402


def crowd(shoppers: int, units: int) -> dict[str, object]:
    """`shoppers` carts with one unit each of one variant, of which `units` are free."""
    listing = Listing.objects.filter(is_buyable=True).order_by("slug").first()
    if listing is None:
        raise SystemExit("There is nothing to buy.")
    variant_id = UUID(listing.card["variant_id"])
    promised = stock_selectors.on_hand([variant_id])[variant_id] - stock_selectors.available([variant_id])[variant_id]
    sku = stock_selectors.skus_of([variant_id])[variant_id]
    stock.set_on_hand(levels={variant_id: units + promised}, skus={variant_id: sku}, reason="bench", by="system")
    first = ownership.begin(None)
    services.add(cart=first, variant_id=variant_id, quantity=1, by="guest")
    line = CartLine.objects.get(cart=first)
    fields = {"currency": first.currency, "language": first.language, "expires_at": first.expires_at}
    carts = Cart.objects.bulk_create([Cart(**fields) for _ in range(shoppers)], batch_size=1000)
    copied = ("product_id", "variant_id", "sku", "name", "quantity", "unit_price_minor", "currency")
    values = {name: getattr(line, name) for name in copied}
    CartLine.objects.bulk_create([CartLine(cart=cart, **values) for cart in carts], batch_size=1000)
    place = {"country": "US", "state": "IL"}
    view = selectors.view(carts[0], currency=first.currency, address=place, delivery_option="standard")
    return {
        "tokens": [cart.token for cart in carts],
        "total": str(view.quote.total.decimal),
        "variant": str(variant_id),
    }


if __name__ == "__main__":
    print(json.dumps(crowd(int(sys.argv[1]), int(sys.argv[2]))))
