"""What everything has cost: the record of prices, and the lowest of thirty days before a price was reduced."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from catalog.products.charging import PUBLIC
from shop.core import db
from shop.core.money import Money
from shop.currencies import selectors as currencies

DAYS = 30


@dataclass(frozen=True, slots=True)
class Noted:
    """What a unit of a variant costs in a price list, in minor units, and since when."""

    variant_id: UUID
    currency: str
    price_list: str
    amount: int
    since: datetime


# Only what differs from the last record; never before that, however the clocks stand.
_NOTE = """
    INSERT INTO catalog_pricerecord (id, variant_id, currency, price_list, amount_minor, at)
    SELECT given.id, given.variant_id, given.currency, given.price_list, given.amount, GREATEST(given.since, last.at)
    FROM jsonb_to_recordset(%s::jsonb) AS given(
        id uuid, variant_id uuid, currency text, price_list text, amount bigint, since timestamptz)
    LEFT JOIN LATERAL (
        SELECT amount_minor, at FROM catalog_pricerecord record
        WHERE record.variant_id = given.variant_id AND record.currency = given.currency
          AND record.price_list = given.price_list
        ORDER BY at DESC, id DESC LIMIT 1
    ) last ON TRUE
    WHERE last.amount_minor IS DISTINCT FROM given.amount
"""
# The price before a reduction is the lowest of the thirty days before it was made: that which held when they began,
# and every one since (Directive 98/6/EC, Article 6a; Court of Justice, C-330/23).
_LOWEST = """
    SELECT wanted.variant_id, min(before.amount_minor)
    FROM unnest(%(ids)s::uuid[]) AS wanted(variant_id)
    CROSS JOIN LATERAL (
        SELECT id, at FROM catalog_pricerecord
        WHERE variant_id = wanted.variant_id AND currency = %(currency)s AND price_list = %(list)s
        ORDER BY at DESC, id DESC LIMIT 1
    ) last
    CROSS JOIN LATERAL (
        SELECT amount_minor FROM catalog_pricerecord
        WHERE variant_id = wanted.variant_id AND currency = %(currency)s AND price_list = %(list)s
          AND at > last.at - %(days)s * interval '1 day' AND at <= last.at AND id <> last.id
        UNION ALL
        (SELECT amount_minor FROM catalog_pricerecord
         WHERE variant_id = wanted.variant_id AND currency = %(currency)s AND price_list = %(list)s
           AND at <= last.at - %(days)s * interval '1 day'
         ORDER BY at DESC, id DESC LIMIT 1)
    ) before
    GROUP BY 1
"""


def note(prices: Sequence[Noted], *, using: str) -> None:
    """Record those of `prices` that are others than the last record says, in the caller's transaction. One statement,
    none without prices.
    """
    if not prices:
        return
    rows = [
        {
            "id": str(db.uuid7()), "variant_id": str(one.variant_id), "currency": one.currency,
            "price_list": one.price_list, "amount": one.amount, "since": one.since.isoformat(),
        }
        for one in prices
    ]  # fmt: skip
    with connections[using].cursor() as cursor:
        cursor.execute(_NOTE, [json.dumps(rows)])


def lowest_in_30_days(variant_ids: Iterable[UUID], *, currency: str, price_list: str = PUBLIC) -> dict[UUID, Money]:
    """The lowest price of the thirty days before each variant got its present one, which is what a reduction is to be
    compared with. Variants that never had another price are left out. One query.
    """
    named: dict[str, Any] = {"ids": list(variant_ids), "currency": currency, "list": price_list, "days": DAYS}
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_LOWEST, named)
        return {variant_id: Money(minor, currency) for variant_id, minor in cursor.fetchall()}


def lowest_shown(variant_id: UUID, currency: str, price_list: str) -> Money | None:
    """Of 30 days; that of the shop's own currency at today's rate where there was none in this one."""
    terms = currencies.terms(currency)
    known = lowest_in_30_days([variant_id], currency=currency, price_list=price_list).get(variant_id)
    if known is not None or terms is None:
        return known
    own = lowest_in_30_days([variant_id], currency=terms.base, price_list=price_list).get(variant_id)
    return own and Money(terms.price(own.minor), currency)
