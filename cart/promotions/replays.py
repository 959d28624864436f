"""Promotions as a simulation tries them: as if it were always their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from cart.promotions import rules, selectors
from cart.promotions.models import Promotion, Redemption
from cart.promotions.rules import Lane
from shop.currencies import selectors as currencies


@dataclass(frozen=True, slots=True)
class Draft:
    """A promotion in any status, with its limits: uses in all and by one customer, and the budget (minor units)."""

    terms: rules.Promotion
    version: int
    usage_limit: int | None
    customer_limit: int | None
    budget_minor: int | None
    budget_currency: str


def draft(promotion_id: UUID) -> Draft:
    """Raises `Promotion.DoesNotExist`, `reading.BadTerms`."""
    row = Promotion.objects.get(pk=promotion_id)
    return Draft(_always(row), row.version, row.usage_limit, row.customer_limit, row.budget_minor, row.budget_currency)


def in_force() -> list[rules.Promotion]:
    """The active ones that need no code. One query."""
    rows = Promotion.objects.filter(status=Promotion.Status.ACTIVE, needs_code=False)
    return [_always(row) for row in rows.exclude(lane=Promotion.Lane.CATALOGUE)]


def by_coupon(order_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """By order, the promotions that it has by coupon. One query."""
    rows = Redemption.objects.filter(
        order_id__in=list(order_ids), coupon__isnull=False, promotion__isnull=False, returned_at__isnull=True
    )
    found: dict[UUID, tuple[UUID, ...]] = {}
    for order_id, promotion_id in rows.order_by("pk").values_list("order_id", "promotion_id"):
        found[order_id] = (*found.get(order_id, ()), promotion_id)
    return found


def active_by_coupon() -> dict[UUID, rules.Promotion]:
    """The active ones that need a code. One query."""
    rows = Promotion.objects.filter(status=Promotion.Status.ACTIVE, needs_code=True)
    return {row.pk: _always(row) for row in rows.exclude(lane=Promotion.Lane.CATALOGUE)}


def _always(row: Promotion) -> rules.Promotion:
    """One of the prices in lists counts as one of single lines that comes first: on top of prices that hold what others
    like it took off already (`is_at_most`). Its amounts in other currencies are those of today's rates, where it names
    none.
    """
    exchanges = [one.terms for one in currencies.known().values()]
    terms = replace(selectors.terms(row, *exchanges), starts_at=None, ends_at=None)
    return replace(terms, lane=Lane.LINE, priority=-1) if terms.lane is Lane.CATALOGUE else terms


def is_at_most(promotion_id: UUID) -> bool:
    """Whether what it takes off when it is tried is an upper bound: of prices in lists the lowest counts, and what was
    paid is one of them already. One query."""
    return Promotion.objects.filter(pk=promotion_id, lane=Promotion.Lane.CATALOGUE).exists()


def choices() -> list[tuple[str, str]]:
    """(id, name and status) of all that are not ended, the newest first. One query."""
    rows = Promotion.objects.exclude(status=Promotion.Status.ENDED).order_by("-id")
    return [(str(row.pk), f"{row.name} ({row.get_status_display()})") for row in rows.only("name", "status")]
