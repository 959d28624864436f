"""Which promotions a cart may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext as _

from cart.promotions import reading, rules, wording
from cart.promotions.kinds.gift import Gift
from cart.promotions.models import CodeBatch, Coupon, CustomerUse, Promotion, alike
from cart.promotions.rules import Lane, Refusal, Why
from shop.accounts import selectors as accounts
from shop.core import cache
from shop.currencies import selectors as currencies
from shop.currencies.rules import Terms as Exchange
from shop.currencies.rules import filled


@dataclass(frozen=True, slots=True)
class Offered:
    """The promotions that a cart may have, those of its coupons among them; and by code as entered a sentence for every
    coupon that is none, and which coupon each other one is (`rules.meant`).
    """

    promotions: tuple[rules.Promotion, ...]
    problems: Mapping[str, str]
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def gifts(self) -> frozenset[UUID]:
        """The variants that they may give."""
        return frozenset(UUID(one.kind.variant) for one in self.promotions if isinstance(one.kind, Gift))


NONE = Offered((), {})


def offered(*, codes: Sequence[str], currency: str, customer_id: UUID | None = None, email: str = "") -> Offered:
    """The active promotions, and those of the coupons `codes`, with the limits as far as they are used up; those for
    each customer by the e-mail, if it is known. Whether it is their time is the engine's affair.

    No query while this process knows the promotions and none of them has a limit; one for those that have one and for
    those of coupons, one more with codes, and two where a limit is for each customer.
    """
    coupons, problems, meant = _coupons(codes, currency)
    exchange = currencies.terms(currency)
    automatic = _automatic(exchange)
    limited = [row.pk for row, _terms in automatic if row.usage_limit is not None or row.budget_minor is not None]
    keys = {*limited, *coupons}
    in_carts = Promotion.objects.exclude(lane=Promotion.Lane.CATALOGUE)
    fresh = {row.pk: row for row in in_carts.filter(pk__in=keys)} if keys else {}
    there = [(fresh.get(row.pk, row), terms) for row, terms in automatic]
    known = {row.pk for row, _terms in automatic}
    there += [(row, terms(row, exchange)) for row in fresh.values() if row.pk not in known]
    per_customer = [row.pk for row, _terms in there if row.customer_limit]
    uses = _customer_uses(per_customer, email or _email(customer_id)) if per_customer else {}
    found = []
    for row, its_terms in there:
        if not (row.pk in fresh or row.customer_limit):  # nothing limits it: so most of hundreds are
            found.append(its_terms)
            continue
        coupon = coupons.get(row.pk)
        code, limit = coupon["upper"] if coupon else "", _limit(row, coupon, uses.get(row.pk, 0))
        if row.budget_minor is not None and row.budget_currency != currency:
            limit = limit or Why.CURRENCY
        budget_left = _budget_left(row, currency)
        if code or limit or budget_left is not None:
            its_terms = replace(its_terms, code=code, limit=limit, budget_left=budget_left)
        found.append(its_terms)
    return Offered(tuple(found), problems, meant)


def _coupons(codes: Sequence[str], currency: str) -> tuple[dict[UUID, Any], dict[str, str], dict[str, str]]:
    """The coupons by their promotions, a sentence for every code that is none of them, and the coupons' own codes by
    those that were entered. One query, none without.
    """
    wanted = list(dict.fromkeys(filter(None, map(rules.canonical, codes))))
    if not wanted:
        return {}, {}, {}
    rows = Coupon.objects.annotate(upper=Upper("code"), alike=alike("code")).filter(promotion__isnull=False)
    rows = rows.filter(alike__in={rules.alike(code) for code in wanted})
    by_code = {row["upper"]: row for row in rows.values("upper", "promotion_id", "is_active", "usage_limit", "used")}
    found: dict[UUID, Any] = {}
    problems: dict[str, str] = {}
    meant: dict[str, str] = {}
    for code in wanted:
        own = rules.meant(code, by_code)
        row = by_code.get(own or "")
        if row is None or not row["is_active"]:
            problems[code] = wording.sentence(Refusal(Why.UNKNOWN if row is None else Why.OFF), currency)
            continue
        meant[code] = row["upper"]
        if found.setdefault(row["promotion_id"], row) is not row:
            problems[code] = _("You have another coupon for the same.")
    return found, problems, meant


def _email(customer_id: UUID | None) -> str:
    return accounts.customers([customer_id]).get(customer_id, ("", ""))[0] if customer_id else ""


def _customer_uses(promotions: Sequence[UUID], email: str) -> dict[UUID, int]:
    if not email:
        return {}
    rows = CustomerUse.objects.filter(promotion__in=promotions, customer_key=rules.customer_key(email))
    return dict(rows.values_list("promotion_id", "used"))


def _limit(row: Promotion, coupon: Mapping[str, Any] | None, by_customer: int) -> Why | None:
    if row.status != Promotion.Status.ACTIVE:
        return Why.OFF
    if _is_used_up(row.used, row.usage_limit) or (coupon and _is_used_up(coupon["used"], coupon["usage_limit"])):
        return Why.USED_UP
    return Why.CUSTOMER_LIMIT if row.customer_limit and by_customer >= row.customer_limit else None


def _is_used_up(used: int, limit: int | None) -> bool:
    return limit is not None and used >= limit


def _budget_left(row: Promotion, currency: str) -> int | None:
    """What may still be taken off; nothing in another currency than the budget's."""
    if row.budget_minor is None:
        return None
    return row.budget_minor - row.spent_minor if row.budget_currency == currency else 0


Held = list[tuple[Promotion, rules.Promotion]]


@cache.held(cache.PROMOTIONS)
def _automatic(exchange: Exchange | None) -> Held:
    """The active promotions that need no code, as they were when one was last changed, with converted amounts as well.
    One query when this process has not seen them, else none.
    """
    rows = Promotion.objects.filter(status=Promotion.Status.ACTIVE, needs_code=False)
    rows = rows.exclude(lane=Promotion.Lane.CATALOGUE).exclude(ends_at__lt=Now())
    return [(row, terms(row, exchange)) for row in rows]


def forget() -> None:
    """Read the promotions anew from now on."""
    cache.PROMOTIONS.delete()


def has_codes(promotion_id: UUID) -> bool:
    """Whether there is a coupon of it that is active, or one is being made."""
    active = Coupon.objects.filter(promotion=promotion_id, is_active=True)
    return active.exists() or CodeBatch.objects.filter(promotion=promotion_id, made__lt=F("number")).exists()


def codes_of(batch_id: UUID) -> list[tuple[str, int]]:
    """The codes of a batch and how often each was used, in the order in which they were made."""
    return list(Coupon.objects.filter(batch=batch_id).order_by("pk").values_list("code", "used"))


_PRICES = frozenset({"prices"})  # under which name amounts are prices


def terms(row: Promotion, *exchanges: Exchange | None) -> rules.Promotion:
    """A promotion as the engine knows it, its use aside; with amounts by `exchanges` where it names none in those
    currencies. Raises `reading.BadTerms`.
    """
    given, conditions = row.terms, row.conditions
    for one in exchanges:
        given, conditions = filled(given, one, _PRICES), filled(conditions, one)
    return rules.Promotion(
        id=str(row.pk),
        name=row.name,
        lane=Lane(row.lane),
        kind=reading.kind(row.kind, given),
        scope=reading.scope(row.scope),
        conditions=reading.conditions(conditions),
        priority=row.priority,
        is_exclusive=row.is_exclusive,
        is_combinable=row.is_combinable,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
