"""Every row lock of the stock items. A counter, a reservation or an allocation changes only under its item's lock."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Now

from inventory.stock.models import StockItem, StockPolicy
from shop.core import db


class UnknownStockItem(LookupError):
    """There is no such stock item."""


def items_of(variant_ids: Iterable[UUID]) -> list[StockItem]:
    """Lock and return all stock items of the variants, at every location, with their location.

    In order of primary key, so that two carts with the same variants in another order cannot wait for each other. Take
    it once per transaction, as late as possible. Each brings along `moment` (the database's clock) and the merchant's
    `strategy` (None: the default), so that neither costs a query of its own.
    """
    return list(
        StockItem.objects.using(db.INVENTORY)
        .filter(variant_id__in=set(variant_ids))
        .annotate(  # type: ignore[no-redef]  # the model declares them
            moment=Now(), strategy=Subquery(StockPolicy.objects.values("strategy")[:1])
        )
        .select_related("location")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )


def item(stock_item_id: UUID) -> tuple[list[StockItem], StockItem]:
    """Lock and return the items of this item's variant, and the item among them. Raises `UnknownStockItem`."""
    variant_ids = StockItem.objects.using(db.INVENTORY).filter(pk=stock_item_id).values_list("variant_id", flat=True)
    items = items_of(variant_ids)
    for found in items:
        if found.id == stock_item_id:
            return items, found
    raise UnknownStockItem(str(stock_item_id))
