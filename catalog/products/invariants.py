"""Whether the ready-made prices of lists are those of the variants: I12."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

# A sale that has just begun or ended counts from the next run of `prices.refresh` on.
_PRICES: tuple[Check, ...] = (
    (
        "product {0}: its listing price in {1} ({2}) is {3}, its cheapest variant costs {4}",
        """
        SELECT product_id, currency, price_list, listing.amount_minor, cheapest.minor
        FROM (SELECT variant.product_id, price.currency, price.price_list, MIN(CASE
                     WHEN sale_minor IS NOT NULL
                      AND (sale_starts_at IS NULL OR sale_starts_at <= statement_timestamp())
                      AND (sale_ends_at IS NULL OR sale_ends_at > statement_timestamp())
                     THEN sale_minor ELSE price.amount_minor END) AS minor
              FROM catalog_price price JOIN catalog_variant variant ON variant.id = price.variant_id
              WHERE variant.is_active AND price.min_quantity = 1
              GROUP BY 1, 2, 3) cheapest
        FULL JOIN catalog_listingprice listing USING (product_id, currency, price_list)
        WHERE listing.amount_minor IS DISTINCT FROM cheapest.minor
          AND NOT COALESCE(listing.changes_at BETWEEN statement_timestamp() - interval '5 minutes'
                                                  AND statement_timestamp(), FALSE)
        """,
    ),
)


def listing_prices() -> list[str]:
    """I12: what lists show costs what the cheapest variant does."""
    return invariants.sentences(db.CATALOG, _PRICES)
