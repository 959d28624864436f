"""Price rules: promotions that lists show. Whoever has promotions puts them here; prices are made with them.

A rule counts at once wherever a price is worked out (product page, cart, API). The ready-made prices of lists are made
anew behind it, batch by batch, and the index follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from catalog.products import locking
from catalog.products.charging import Rule
from catalog.products.models import Category, Product
from catalog.products.price_models import PriceRule
from shop.core import cache, db
from shop.currencies.rules import Terms


@cache.held(cache.PRICE_RULES)
def active() -> tuple[Rule, ...]:
    rows = PriceRule.objects.filter(is_active=True).exclude(ends_at__lt=Now())
    return tuple(_rule(row) for row in rows.order_by("pk"))


def converted(found: Iterable[Rule], terms: Terms) -> tuple[Rule, ...]:
    """The same rules as they count for converted prices: with their amounts converted as well."""
    return tuple(
        replace(one, amounts=terms.with_amount(one.amounts), prices=terms.with_amount(one.prices, is_price=True))
        for one in found
    )


def forget() -> None:
    """Read the rules anew from now on."""
    cache.PRICE_RULES.delete()


def put(*, rule: Rule, version: int) -> None:
    """Keep a rule as the promotion's `version` has it, unless a later one is known. May be called twice. Own
    transaction; list prices follow by `prices.spread`.
    """
    values = {
        "name": rule.name,
        "points": rule.points,
        "amounts": dict(rule.amounts),
        "prices": dict(rule.prices),
        "any_of": sorted(rule.any_of),
        "none_of": sorted(rule.none_of),
        "starts_at": rule.starts,
        "ends_at": rule.ends,
        "is_active": True,
    }
    with transaction.atomic(using=db.CATALOG):
        known = _there(UUID(rule.id))
        if known.version >= version:
            return
        reach = _joined(known, rule.any_of) if known.version else sorted(rule.any_of)
        PriceRule.objects.filter(pk=known.pk).update(**values, version=version, reach=reach, reached=None)
        transaction.on_commit(forget, using=db.CATALOG)


def end(*, rule_id: UUID, version: int) -> None:
    """A rule does not count any more as of the promotion's `version`. May be called twice. Own transaction."""
    with transaction.atomic(using=db.CATALOG):
        known = _there(rule_id)
        if known.version >= version:
            return
        reach = _joined(known, known.any_of) if known.is_active else known.reach
        PriceRule.objects.filter(pk=rule_id).update(is_active=False, version=version, reach=reach, reached=None)
        transaction.on_commit(forget, using=db.CATALOG)


def _there(rule_id: UUID) -> PriceRule:
    """The row of a rule, locked; made where there is none, as of version 0."""
    PriceRule.objects.bulk_create([PriceRule(pk=rule_id, is_active=False)], ignore_conflicts=True)
    return locking.rule(rule_id)


def _joined(known: PriceRule, keys: Iterable[str]) -> list[str]:
    """For what prices are to be made anew: what the rule was for, is for, and what it has not come to yet."""
    several = [known.any_of, sorted(keys), *([] if known.reach is None else [known.reach])]
    return sorted({key for one in several for key in one}) if all(several) else []


def within(keys: Iterable[str]) -> Q:
    """The products that any of these keys may name, and perhaps some more; all of them without keys."""
    found = Q()
    for key in keys:
        name, _colon, value = key.partition(":")
        found |= _named(name, value)
    return found


def _named(name: str, value: str) -> Q:
    if name == "category":
        path = Category.objects.filter(pk=value).values_list("path", flat=True).first()
        return Q(category__path__startswith=path) if path else Q(pk=None)
    if name == "attribute":
        return Q(attributes__has_key=value.partition("=")[0])
    if name == "tag":
        return Q(tags__contains=[value])
    by = {"variant": "variants__pk", "product": "pk", "brand": "brand__slug"}
    return Q(**{by[name]: value})


def _rule(row: PriceRule) -> Rule:
    return Rule(
        id=str(row.pk),
        name=row.name,
        points=row.points,
        amounts=row.amounts,
        prices=row.prices,
        any_of=frozenset(row.any_of),
        none_of=frozenset(row.none_of),
        starts=row.starts_at,
        ends=row.ends_at,
    )


def products(row: PriceRule, *, number: int) -> list[UUID]:
    """The next products whose list prices are to be made anew because of a rule."""
    rows = Product.objects.filter(within(row.reach or []))
    if row.reached:
        rows = rows.filter(pk__gt=row.reached)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:number])
