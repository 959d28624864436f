"""Promotions of the catalogue's lane: put into prices, so that lists, search, pages and carts say the same."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cart.promotions import reading
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.percent import Percent
from cart.promotions.models import Promotion
from catalog.products import pricerules
from catalog.products import tasks as product_tasks
from catalog.products.charging import Rule
from shop.core import db


def show(*, promotion_id: UUID) -> None:
    """Make the catalogue's prices know the promotion as it is now, or not at all. May be called twice; list prices
    follow in workers.
    """
    row = Promotion.objects.get(pk=promotion_id)
    if row.lane == Promotion.Lane.CATALOGUE and row.status == Promotion.Status.ACTIVE:
        pricerules.put(rule=rule(row), version=row.version)
    else:
        pricerules.end(rule_id=promotion_id, version=row.version)
    transaction.on_commit(product_tasks.spread_rules.delay, using=db.CATALOG, robust=True)  # lost: the timetable has it


def rule(row: Promotion) -> Rule:
    """The promotion as prices know it. Raises `reading.BadTerms`."""
    kind, scope = reading.kind(row.kind, row.terms), reading.scope(row.scope)
    return Rule(
        id=str(row.pk),
        name=row.name,
        points=kind.points if isinstance(kind, Percent) else 0,
        amounts=kind.amounts if isinstance(kind, Amount) else {},
        prices=kind.prices if isinstance(kind, FixedPrice) else {},
        any_of=scope.any_of,
        none_of=scope.none_of,
        starts=row.starts_at,
        ends=row.ends_at,
    )
