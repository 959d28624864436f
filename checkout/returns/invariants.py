"""Whether returns, the orders they belong to and the stock agree. Each function gives a sentence for each violation."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connections

from checkout.returns.models import Return, ReturnUnit
from inventory.stock import selectors as stock
from shop.core import db, invariants
from shop.core.invariants import Check
from shop.core.links import ids

_ONCE: tuple[Check, ...] = (
    (
        "I5 unit {1} of order line {0} is in {2} returns",
        """
        SELECT order_line_id, number, count(*) FROM checkout_returnunit
        WHERE reception NOT IN ('short', 'cancelled') GROUP BY 1, 2 HAVING count(*) > 1
        """,
    ),
    (
        "I5 order line {0}: {1} units are in returns, {2} were sent",
        """
        SELECT back.order_line_id, back.units, COALESCE(sent.units, 0)
        FROM (SELECT order_line_id, count(*) AS units FROM checkout_returnunit
              WHERE reception NOT IN ('short', 'cancelled') GROUP BY 1) back
        LEFT JOIN (SELECT line.order_line_id, SUM(line.quantity) AS units
                   FROM checkout_shipmentline line JOIN checkout_shipment shipment ON shipment.id = line.shipment_id
                   WHERE shipment.status IN ('shipped', 'delivered') GROUP BY 1) sent
               ON sent.order_line_id = back.order_line_id
        WHERE back.units > COALESCE(sent.units, 0)
        """,
    ),
)

_SETTLED: tuple[Check, ...] = (
    (
        "I7 {1} gift cards are blocked for return {0}, of which {2} units may still be settled",
        """
        SELECT blocked.blocked_for, blocked.cards, COALESCE(left_over.units, 0)
        FROM (SELECT blocked_for, count(*) AS cards FROM checkout_giftcard
              WHERE blocked_for IS NOT NULL GROUP BY 1) blocked
        LEFT JOIN (SELECT parent_id, count(*) AS units FROM checkout_returnunit
                   WHERE reception NOT IN ('short', 'cancelled') AND acceptance <> 'rejected'
                     AND reimbursement_id IS NULL GROUP BY 1) left_over ON left_over.parent_id = blocked.blocked_for
        WHERE blocked.cards > COALESCE(left_over.units, 0)
        """,
    ),
    (
        "I6 order line {0}: {1} units count as returned, {2} units of returns are settled",
        """
        SELECT line.id, line.returned, COALESCE(back.units, 0)
        FROM checkout_orderline line
        LEFT JOIN (SELECT order_line_id, count(*) AS units FROM checkout_returnunit
                   WHERE reimbursement_id IS NOT NULL GROUP BY 1) back ON back.order_line_id = line.id
        WHERE line.returned <> COALESCE(back.units, 0)
        """,
    ),
    (
        "I6 order line {0}: what came back of it is not what its reimbursements gave back",
        """
        SELECT line.id FROM checkout_orderline line
        LEFT JOIN (SELECT order_line_id, SUM(units) AS units, SUM(total_minor) AS total,
                          SUM(discount_minor) AS discount, SUM(shipping_minor) AS shipping, SUM(tax_minor) AS tax,
                          SUM(included_tax_minor) AS included
                   FROM checkout_reimbursedline GROUP BY 1) given ON given.order_line_id = line.id
        WHERE (line.returned, line.unit_price_minor * line.returned, line.returned_discount_minor,
               line.returned_shipping_minor, line.returned_tax_minor, line.returned_included_tax_minor)
            <> (COALESCE(given.units, 0), COALESCE(given.total, 0), COALESCE(given.discount, 0),
                COALESCE(given.shipping, 0), COALESCE(given.tax, 0), COALESCE(given.included, 0))
        """,
    ),
    (
        "I6 order line {0} keeps {1} of delivery and its tax, its reimbursements kept {2}",
        """
        SELECT line.id, now.kept, told.kept
        FROM checkout_orderline line
        LEFT JOIN (SELECT order_line_id, SUM(delivery_minor) AS shipping, SUM(delivery_tax_minor) AS tax,
                          SUM(delivery_included_tax_minor) AS included
                   FROM checkout_reimbursedline WHERE keeps_delivery GROUP BY 1) said ON said.order_line_id = line.id,
        LATERAL (SELECT ARRAY[kept_shipping_minor, kept_tax_minor, kept_included_tax_minor]::bigint[] AS kept) now,
        LATERAL (SELECT ARRAY[COALESCE(said.shipping, 0), COALESCE(said.tax, 0), COALESCE(said.included, 0)]::bigint[]
                        AS kept) told
        WHERE now.kept <> told.kept
        """,
    ),
    (
        "I6 reimbursement {0} of {1}, but its lines come to {2}",
        """
        SELECT row.id, row.amount_minor, SUM(line.total_minor - line.discount_minor + line.shipping_minor
                                             + line.tax_minor - line.included_tax_minor)
        FROM checkout_reimbursement row JOIN checkout_reimbursedline line ON line.reimbursement_id = row.id
        GROUP BY row.id HAVING row.amount_minor <> SUM(line.total_minor - line.discount_minor + line.shipping_minor
                                                       + line.tax_minor - line.included_tax_minor)
        """,
    ),
    (
        "I6 reimbursement {0} settled {1} units, its return has {2} units settled by it",
        """
        SELECT row.id, COALESCE(line.units, 0), COALESCE(unit.units, 0) FROM checkout_reimbursement row
        LEFT JOIN (SELECT reimbursement_id, SUM(units) AS units FROM checkout_reimbursedline GROUP BY 1) line
               ON line.reimbursement_id = row.id
        LEFT JOIN (SELECT reimbursement_id, count(*) AS units FROM checkout_returnunit GROUP BY 1) unit
               ON unit.reimbursement_id = row.id
        WHERE COALESCE(line.units, 0) <> COALESCE(unit.units, 0)
        """,
    ),
)

_HISTORY: tuple[Check, ...] = (
    (
        "I8 {0}: its history has {1} steps of {2}, the last one {3}",
        """
        SELECT found.number, count(step.id), found.version, COALESCE(MAX(step.position), 0)
        FROM checkout_return found LEFT JOIN checkout_returnstep step ON step.parent_id = found.id
        GROUP BY found.id HAVING count(step.id) <> found.version OR COALESCE(MAX(step.position), 0) <> found.version
                              OR found.version = 0
        """,
    ),
    (
        "I8 {0} is {1}, its history ends with {2}",
        """
        SELECT found.number, found.status, step.status FROM checkout_return found
        JOIN checkout_returnstep step ON step.parent_id = found.id AND step.position = found.version
        WHERE found.status <> step.status
        """,
    ),
)

_STUCK: tuple[Check, ...] = (
    (
        "I13 the exchange {0} of {1} has not been made since {2}",
        """
        SELECT row.id, found.number, row.at FROM checkout_reimbursement row
        JOIN checkout_return found ON found.id = row.parent_id
        WHERE NOT row.is_complete AND row.at < statement_timestamp() - interval '1 hour'
        """,
    ),
    (
        "I13 unit {1} of return {0} was found good and is not on the shelf since {2}",
        """
        SELECT found.number, unit.position, found.updated_at FROM checkout_returnunit unit
        JOIN checkout_return found ON found.id = unit.parent_id
        WHERE unit.fate = 'restock' AND unit.restocked_at IS NULL
          AND found.updated_at < statement_timestamp() - interval '1 hour'
        """,
    ),
)

_ARCHIVED = """
    SELECT 'return:' || (unit->>'parent_id') || ':' || (unit->>'position') FROM checkout_archivedorder,
        jsonb_path_query(content, '$.checkout_returnunit[*] ? (@.restocked_at != null)') unit
"""


def units_come_back_once() -> list[str]:
    """I5: a unit is in one return at most, and only one that was sent."""
    return invariants.sentences(db.DEFAULT, _ONCE)


def worth_is_given_back() -> list[str]:
    """I6: what counts as returned, and as kept of it, is what was settled: no minor unit more or less went back."""
    return invariants.sentences(db.DEFAULT, _SETTLED)


def histories_have_no_gaps() -> list[str]:
    """I8: every step of a return is known, and the last one left it in its status."""
    return invariants.sentences(db.DEFAULT, _HISTORY)


def returns_move_on() -> list[str]:
    """I13: exchanges are made and good units are on the shelf within the hour."""
    return invariants.sentences(db.DEFAULT, _STUCK)


def good_units_are_stock() -> list[str]:
    """I1: each unit that went back on the shelf came into stock once, and no return brought in another.

    Movements outlive the orders that are archived: those of returns that are not here any more are not looked at.
    """
    rows = ReturnUnit.objects.filter(fate=ReturnUnit.Fate.RESTOCK).order_by("pk")
    good = {unit.document: unit for unit in rows.only("parent_id", "position", "restocked_at", "fate")}
    archived, told = _archived(), stock.returned_with("return:")
    came = {document: units for document, units in told.items() if document not in archived or units != 1}
    return [*_missing(good.values(), came), *_unknown(good, came)]


def _archived() -> set[str]:
    """The documents of units that are on the shelf again and whose orders are in the archive."""
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(_ARCHIVED)
        return {row[0] for row in cursor.fetchall()}


def _missing(good: Iterable[ReturnUnit], came: dict[str, int]) -> list[str]:
    return [
        f"I1 {unit.document} is on the shelf, but {came.get(unit.document, 0)} units came into stock with it"
        for unit in good
        if unit.restocked_at is not None and came.get(unit.document) != 1
    ]


def _unknown(good: dict[str, ReturnUnit], came: dict[str, int]) -> list[str]:
    strange = {document: document.split(":")[1] for document in came if document not in good}
    here = set(map(str, Return.objects.filter(pk__in=ids(strange.values())).values_list("pk", flat=True)))
    return [
        f"I1 {came[document]} units came into stock with {document}, which brought none"
        for document, return_id in sorted(strange.items())
        if return_id in here
    ]
