"""Whether the ready-made prices of lists are those of the variants: I12."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from catalog.products import pricerules, repricing
from catalog.products.models import Product
from catalog.products.price_models import PriceRule
from shop.core import db, invariants
from shop.core.invariants import Skipped

# A sale that has just begun or ended counts from the next run of `prices.refresh` on. Who has a price list pays the
# lower of its price and everybody's.
_PRICES = """
    WITH unit AS (
        SELECT variant.product_id, price.currency, price.price_list, CASE
               WHEN sale_minor IS NOT NULL
                AND (sale_starts_at IS NULL OR sale_starts_at <= statement_timestamp())
                AND (sale_ends_at IS NULL OR sale_ends_at > statement_timestamp())
               THEN sale_minor ELSE price.amount_minor END AS minor
        FROM catalog_price price JOIN catalog_variant variant ON variant.id = price.variant_id
        WHERE variant.is_active AND price.min_quantity = 1
    ), cheapest AS (
        SELECT product_id, currency, price_list,
               LEAST(min(minor), (SELECT min(minor) FROM unit everybodys
                                  WHERE own.price_list <> 'default' AND everybodys.price_list = 'default'
                                    AND everybodys.product_id = own.product_id
                                    AND everybodys.currency = own.currency)) AS minor
        FROM unit own GROUP BY 1, 2, 3
    )
    SELECT product_id, currency, price_list, listing.amount_minor, cheapest.minor
    FROM cheapest FULL JOIN catalog_listingprice listing USING (product_id, currency, price_list)
    WHERE listing.amount_minor IS DISTINCT FROM cheapest.minor
      AND NOT COALESCE(listing.changes_at BETWEEN statement_timestamp() - interval '5 minutes'
                                              AND statement_timestamp(), FALSE)
"""
_SENTENCE = "product {0}: its listing price in {1} ({2}) is {3}, its cheapest variant costs {4}"
_WRONG = "product {0}: its listing price in {1} ({2}) is not what its cheapest variant costs"
_BATCH = 1000


def listing_prices() -> list[str]:
    """I12: what lists show costs what the cheapest variant does. Raises `Skipped` while a price rule is on its way."""
    if not pricerules.active():
        return invariants.sentences(db.CATALOG, ((_SENTENCE, _PRICES),))
    if PriceRule.objects.filter(reach__isnull=False).exists():
        raise Skipped("a price rule has not come to all products yet")
    ids = Product.objects.order_by("pk").values_list("pk", flat=True)
    found = []
    for batch in _batched(ids.iterator(), _BATCH):
        found += [_WRONG.format(*key) for key in repricing.wrong(batch)]
    return found


def _batched(ids: Iterator[UUID], size: int) -> Iterator[list[UUID]]:
    while batch := list(islice(ids, size)):
        yield batch
