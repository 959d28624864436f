"""What must be true of all invoices and credit notes at any time: part of I7."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_NUMBERED: tuple[Check, ...] = (
    (
        "I7 series {0} of {1}: {2} documents up to number {3}, the counter says {4}",
        """
        SELECT series, year, count(document.id), coalesce(max(position), 0), coalesce(max(last), 0)
        FROM checkout_document document FULL JOIN checkout_documentcounter counter USING (series, year)
        GROUP BY series, year
        HAVING count(document.id) <> coalesce(max(position), 0) OR coalesce(max(position), 0) <> coalesce(max(last), 0)
        """,
    ),
    (
        "I7 {0} of {1} was issued before the number below it",
        """
        SELECT number, issued_at FROM (
            SELECT number, issued_at,
                lag(issued_at) OVER (PARTITION BY series, year ORDER BY position, issued_at) AS below
            FROM checkout_document
        ) numbered WHERE issued_at < below
        """,
    ),
    (
        "I7 the file of {0} is not the one that was stored",
        """
        SELECT number FROM checkout_document
        WHERE issued_at > statement_timestamp() - interval '31 days'
          AND pdf IS NOT NULL AND encode(sha256(pdf), 'hex') <> pdf_sha256
        """,  # reading every file that was ever stored would take an hour of a big shop's disk
    ),
)
# Orders whose events are still to be heard are left out: I10 watches these.
_AGREES: tuple[Check, ...] = (
    (
        "I7 {0}: its invoices less credit notes come to {1}, {2} is due",
        """
        SELECT "order".number, said.gross,
            CASE WHEN "order".status IN ('cancelled', 'refunded') THEN 0
                 ELSE "order".total_minor - "order".allowed_minor END
        FROM checkout_order "order" JOIN (
            SELECT order_id, SUM(CASE kind WHEN 'credit_note' THEN -gross_minor ELSE gross_minor END) AS gross
            FROM checkout_document GROUP BY order_id
        ) said ON said.order_id = "order".id
        WHERE said.gross <> CASE WHEN "order".status IN ('cancelled', 'refunded') THEN 0
                                 ELSE "order".total_minor - "order".allowed_minor END
          AND NOT EXISTS (SELECT FROM shop_delivery owed
                          WHERE owed.status <> 'done' AND owed.aggregate_id = "order".id::text)
        """,
    ),
    (
        "I7 {0}, line {1}: units, tax and price are {3}, its documents say {2}",
        """
        SELECT "order".number, line.position, said.sums, now.sums FROM (
            SELECT order_id, row->>'key' AS key, ARRAY[
                SUM(sign * (row->>'units')::bigint), SUM(sign * (row->>'tax')::bigint),
                SUM(sign * (row->>'gross')::bigint)]::bigint[] AS sums
            FROM checkout_document, jsonb_array_elements(content->'lines') row,
            LATERAL (SELECT CASE kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign) kinds
            GROUP BY 1, 2
        ) said
        JOIN checkout_orderline line ON line.order_id = said.order_id AND line.id::text = said.key
        JOIN checkout_order "order" ON "order".id = said.order_id,
        LATERAL (
            SELECT ARRAY[quantity - returned, line.tax_minor - returned_tax_minor,
                line.total_minor - unit_price_minor * returned - line.discount_minor + returned_discount_minor
                + line.shipping_minor - returned_shipping_minor + line.tax_minor - returned_tax_minor
                - line.included_tax_minor + returned_included_tax_minor]::bigint[] AS sums
        ) now
        WHERE said.sums <> now.sums AND "order".status NOT IN ('cancelled', 'refunded')
          AND NOT EXISTS (SELECT FROM shop_delivery owed
                          WHERE owed.status <> 'done' AND owed.aggregate_id = "order".id::text)
        """,
    ),
    (
        "I7 {0}: its lines come to {1}, it says {2}",
        """
        SELECT number, sums.said, ARRAY[net_minor, tax_minor, gross_minor] FROM checkout_document,
        LATERAL (
            SELECT ARRAY[SUM((line->>'net')::bigint), SUM((line->>'tax')::bigint),
                         SUM((line->>'gross')::bigint)]::bigint[] AS said
            FROM jsonb_array_elements(content->'lines') line
        ) sums WHERE sums.said <> ARRAY[net_minor, tax_minor, gross_minor]
        """,
    ),
)


def documents_agree() -> list[str]:
    """I7: an order that was invoiced has been charged, by its papers, what is due; a paper is the sum of its lines."""
    return invariants.sentences(db.DEFAULT, _AGREES)


def numbers_have_no_gaps() -> list[str]:
    """I7: the numbers of a series and year are 1, 2, 3 … in the order of time; no file was altered."""
    return invariants.sentences(db.DEFAULT, _NUMBERED)
