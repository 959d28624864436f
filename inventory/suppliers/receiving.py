"""Deliveries on purchase orders: each a receipt, and units in the stock with the receipt as their document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from inventory.stock import deltas as stock
from inventory.suppliers import locking, rules, services
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from inventory.suppliers.services import PurchaseRefused
from shop.core import db


class MoreThanOrdered(PurchaseRefused):
    """More of a line would have come than was ordered; `most` may, once somebody confirms it."""

    def __init__(self, sku: str, outstanding: int, most: int, *, is_possible: bool = False) -> None:
        text = _("Of %(sku)s %(outstanding)d are still to come; at most %(most)d can be received.")
        if is_possible:
            text = _(
                "Of %(sku)s %(outstanding)d are still to come. If more came, tick the box that says so, and save again."
            )
        super().__init__(text % {"sku": sku, "outstanding": outstanding, "most": most})
        self.sku, self.outstanding, self.most = sku, outstanding, most


def receive(
    *,
    order_id: UUID,
    quantities: Mapping[UUID, int],
    key: str,
    note: str = "",
    is_more_confirmed: bool = False,
    by: str,
) -> Receipt:
    """Units have come: `quantities` by line id (0: none of it). They are on hand at the order's location from now on.

    `key` (1 to 100 characters) names the receipt: sent again with the same quantities it changes nothing and returns
    the first receipt. More than ordered is refused unless confirmed, and beyond `rules.most` always. Raises
    `MoreThanOrdered`, `PurchaseRefused` (not open any more, nothing came, another receipt had this key).
    """
    came = {line_id: units for line_id, units in quantities.items() if units}
    if not came or any(not 1 <= units <= rules.MAX_UNITS for units in came.values()):
        raise PurchaseRefused(_("Enter how many units have come."))
    mark = _fingerprint(came)
    with transaction.atomic(using=db.INVENTORY):
        order, lines = locking.order_and_lines(order_id)
        if (before := order.receipts.using(db.INVENTORY).filter(key=key).first()) is not None:
            if before.fingerprint != mark:
                raise PurchaseRefused(_("This receipt was entered before with other numbers."))
            return before
        wanted = [line for line in lines if line.pk in came]
        if len(wanted) < len(came):
            raise PurchaseRefused(_("That is not on this purchase order."))
        _check(wanted, came, is_more_confirmed)
        receipt = _write(order, wanted, came, key=key, mark=mark, note=note, by=by)
        complete = rules.is_complete((line.ordered, line.received + came.get(line.pk, 0)) for line in lines)
        services.apply(order, "receive_rest" if complete else "receive_some", by=by)
        _to_stock(order, receipt, wanted, came, by)
    return receipt


def _check(lines: Sequence[PurchaseOrderLine], came: Mapping[UUID, int], is_more_confirmed: bool) -> None:
    for line in lines:
        total = line.received + came[line.pk]
        if total > rules.most(line.ordered) or (total > line.ordered and not is_more_confirmed):
            most = rules.most(line.ordered)
            raise MoreThanOrdered(line.sku, line.outstanding, most - line.received, is_possible=total <= most)


def _write(
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    came: Mapping[UUID, int],
    *,
    key: str,
    mark: str,
    note: str,
    by: str,
) -> Receipt:
    number = order.receipts.using(db.INVENTORY).count() + 1
    receipt = Receipt.objects.using(db.INVENTORY).create(
        order=order, number=number, key=key, fingerprint=mark, note=note, actor=by
    )
    ReceiptLine.objects.using(db.INVENTORY).bulk_create(
        ReceiptLine(receipt=receipt, line=line, quantity=came[line.pk]) for line in lines
    )
    for line in lines:
        # by difference, so that the cap in the database would hold even without the lock
        PurchaseOrderLine.objects.using(db.INVENTORY).filter(pk=line.pk).update(received=F("received") + came[line.pk])
    return receipt


def _to_stock(
    order: PurchaseOrder, receipt: Receipt, lines: Sequence[PurchaseOrderLine], came: Mapping[UUID, int], by: str
) -> None:
    try:
        stock.move_many(
            deltas=[
                stock.Delta(
                    variant_id=line.variant_id,
                    sku=line.sku,
                    location=order.location.code,
                    change=came[line.pk],
                    kind=stock.Kind.RECEIVE,
                    reason=receipt.note,
                    document=receipt.document,
                )
                for line in lines
            ],
            by=by,
        )
    except stock.DeltaRefused as refused:  # only beyond a billion units on hand
        raise PurchaseRefused(_("That would be more units than can be counted.")) from refused


def _fingerprint(came: Mapping[UUID, int]) -> str:
    facts = sorted((str(line_id), units) for line_id, units in came.items())
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
