"""Whether purchase orders and the stock tell the same story."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_RECEIVED: tuple[Check, ...] = (
    (
        "line {0} of a purchase order: {1} units received, but its receipts sum to {2}",
        """
        SELECT line.id, line.received, COALESCE(SUM(came.quantity), 0)
        FROM inventory_purchaseorderline line LEFT JOIN inventory_receiptline came ON came.line_id = line.id
        GROUP BY line.id HAVING line.received <> COALESCE(SUM(came.quantity), 0)
        """,
    ),
    (
        "receipt {0}: {1} units came, but the ledger has {2}",
        """
        SELECT came.document, came.units, COALESCE(moved.units, 0)
        FROM (SELECT 'purchase-order:' || purchase.number || '/' || receipt.number AS document,
                     SUM(line.quantity) AS units
              FROM inventory_receipt receipt
              JOIN inventory_purchaseorder purchase ON purchase.id = receipt.order_id
              JOIN inventory_receiptline line ON line.receipt_id = receipt.id
              GROUP BY 1) came
        LEFT JOIN (SELECT document, SUM(quantity) AS units FROM inventory_stockmovement
                   WHERE document LIKE 'purchase-order:%' GROUP BY 1) moved USING (document)
        WHERE came.units <> COALESCE(moved.units, 0)
        """,
    ),
    (
        "purchase order {0} is {1}, but {2} of its units have not come",
        """
        SELECT purchase.number, purchase.status, SUM(GREATEST(0, line.ordered - line.received))
        FROM inventory_purchaseorder purchase JOIN inventory_purchaseorderline line ON line.order_id = purchase.id
        WHERE purchase.status = 'received' GROUP BY 1, 2 HAVING SUM(GREATEST(0, line.ordered - line.received)) > 0
        """,
    ),
)


def receipts_are_stock() -> list[str]:
    """I1: what came on purchase orders is in the ledger, unit for unit. One sentence each."""
    return invariants.sentences(db.INVENTORY, _RECEIVED)
