"""Every row lock of the stock items. A counter, a reservation or an allocation changes only under its item's lock."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from inventory.stock.models import StockItem
from shop.core import db


def items_of(variant_ids: Iterable[UUID]) -> list[StockItem]:
    """Lock and return all stock items of the variants, at every location, with their location.

    In order of primary key, so that two carts with the same variants in another order cannot wait for each other. Take
    it once per transaction, as late as possible.
    """
    return list(
        StockItem.objects.using(db.INVENTORY)
        .filter(variant_id__in=set(variant_ids))
        .select_related("location")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
