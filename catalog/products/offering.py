"""Variants as they are offered: what carts and the checkout know of one, and what it costs this shopper now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, Now

from catalog.bundles import selectors as bundles
from catalog.customizations import gifts
from catalog.customizations import selectors as customizations
from catalog.customizations.rules import Field
from catalog.products import charging, pictures, pricerules, rules, tree, worded
from catalog.products.charging import PUBLIC, Charge, Priced, Row, Rule, keys_of
from catalog.products.models import Price, Product, Variant
from catalog.products.offer import Break as Break
from catalog.products.offer import Offer as Offer
from catalog.products.offer import OfferedPart as OfferedPart
from catalog.products.rules import Lowest, Terms
from shop.core import languages, prepared
from shop.core.money import Money
from shop.currencies import selectors as currencies
from shop.currencies.rules import Terms as Conversion

# Not what is long, as descriptions are, and no models: fifty products are read for a cart of fifty lines.
_OF_OFFERS = (
    "pk", "product_id", "sku", "options", "is_active", "weight_grams", "length_mm", "width_mm", "height_mm",
    "price_rows", "moment", "has_asked", "is_bundle", "product__product_type_id", "product__product_type__tax_class",
    "product__brand__slug", "product__category__path",
    *(f"product__{name}" for name in ("name", "slug", "status", "tags", "attributes")),
)  # fmt: skip
_ROW = ("amount_minor", "sale_minor", "sale_starts_at", "sale_ends_at", "price_list", "min_quantity")
_OF_KEYS = ("product__brand__slug", "product__category__path", "product__tags", "product__attributes")
_JSON = {name: name for name in (*_ROW, "currency")}


def offers(variant_ids: Iterable[UUID], *, currency: str, price_list: str = PUBLIC) -> dict[UUID, Offer]:
    """The offers of these variants in `currency`, also of archived ones; unknown ids are left out. 2 queries, one
    more where a product asks for customizations, three more where some are bundles, and one more in another language
    than the shop's own.

    A bundle is sold while all of its parts are made, whether they are sold by themselves or not; it asks nothing.

    Prices are those of this moment by the database's clock, for who has this price list.
    """
    ids = list(dict.fromkeys(variant_ids))
    if not ids:
        return {}
    terms = currencies.terms(currency)
    rows = list(_rows(currency, price_list, _base(terms)).filter(pk__in=ids))
    shown = pictures.firsts({row["product_id"] for row in rows})
    types = {row["product_id"]: row["product__product_type_id"] for row in rows if row["has_asked"]}
    asked = customizations.fields_of(types, currency=currency)
    shelves, active = _shelves(rows), pricerules.active()  # these ask the cache: once for all
    found = {}
    for row in rows:
        keys = _keys(row, shelves)
        priced = _priced(row["price_rows"], [rule for rule in active if rule.is_for(keys)], currency, terms)
        found[row["pk"]] = _offer(row, keys, priced, price_list, shown, asked.get(row["product_id"], ()))
    found = worded.offers(found)
    return found | _bundled(found, [row["pk"] for row in rows if row["is_bundle"]], currency, price_list)


@lru_cache(maxsize=64)
def _rows(currency: str, price_list: str, base: str | None) -> QuerySet[Variant, dict[str, Any]]:
    """The rows of all offers, as a query that nobody runs: made once, for putting it together takes as long as running
    it for a cart.
    """
    asks = customizations.has_any("product_id", "product__product_type_id")
    wanted = _with_prices(currency, price_list, base).order_by()
    return wanted.annotate(has_asked=asks, is_bundle=bundles.has_any("pk")).values(*_OF_OFFERS)


def _bundled(found: Mapping[UUID, Offer], keys: Sequence[UUID], currency: str, price_list: str) -> dict[UUID, Offer]:
    """The offers of bundles with their parts."""
    if not keys:
        return {}
    known = bundles.parts_of(keys)
    components = offers([one for parts in known.values() for one in parts], currency=currency, price_list=price_list)
    made = {}
    for key in keys:
        parts = tuple(OfferedPart(components[one], units) for one, units in known.get(key, {}).items())
        is_whole = all(part.offer.is_made and not part.offer.needs_answers for part in parts)
        made[key] = replace(found[key], parts=parts, asked=(), is_sellable=found[key].is_sellable and is_whole)
    return made


def keys(variant_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """What these variants are, as promotions name it, archived ones too; unknown ids are left out. One query."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values("pk", "product_id", *_OF_KEYS)
    shelves = _shelves(rows)
    return {row["pk"]: _keys(row, shelves) for row in rows}


def with_prices(currency: str, price_list: str = PUBLIC) -> QuerySet[Variant]:
    """Variants, each with its price rows in `currency` that count for who has this price list, and the moment. With
    those of the shop's own currency as well, where they are converted (`_priced`).
    """
    return _with_prices(currency, price_list, _base(currencies.terms(currency)))


def of_product(product_id: UUID, currency: str, price_list: str) -> list[Any]:
    """The active variants of a product as `with_prices` has them, and whether each `is_bundle`. One query."""
    return _of_product(product_id, currency, price_list, _base(currencies.terms(currency)))


@prepared.query
def _of_product(product_id: UUID, currency: str, price_list: str, base: str | None) -> QuerySet[Variant]:
    wanted = _with_prices(currency, price_list, base).filter(product_id=product_id, is_active=True)
    return wanted.annotate(is_bundle=bundles.has_any("pk"))


def _base(terms: object | None) -> str | None:
    """The currency whose prices are converted, where there are terms for that."""
    return settings.DEFAULT_CURRENCY if terms is not None else None


def _with_prices(currency: str, price_list: str, base: str | None) -> QuerySet[Variant]:
    its_own = Q(currency=currency)
    if base is not None:  # but for gift cards: they are money, of which no other sum is the same
        of_money = Q(variant__product__product_type__tax_class=rules.GIFT_CARD)
        its_own |= Q(currency=base) & ~of_money
    rows = Price.objects.filter(its_own, variant=OuterRef("pk"), price_list__in={PUBLIC, price_list})
    return Variant.objects.annotate(price_rows=ArraySubquery(rows.values(row=JSONObject(**_JSON))), moment=Now())


def lowest(product_ids: Iterable[UUID], *, currency: str, price_list: str = PUBLIC) -> dict[UUID, Lowest]:
    """What lists show of these products in `currency`, worked out from their variants' prices as pages and carts do;
    without those that are not sold in it. One query.
    """
    wanted = with_prices(currency, price_list).filter(product_id__in=list(product_ids), is_active=True)
    rows = wanted.values("pk", "product_id", "price_rows", "moment", *_OF_KEYS)
    shelves, active, terms = _shelves(rows), pricerules.active(), currencies.terms(currency)
    several: dict[UUID, list[Priced]] = {}
    for row in rows:
        keys = _keys(row, shelves) if active else frozenset()
        its_rules = [rule for rule in active if rule.is_for(keys)]
        several.setdefault(row["product_id"], []).append(_priced(row["price_rows"], its_rules, currency, terms))
    found = {key: charging.lowest(of, rows[0]["moment"], price_list=price_list) for key, of in several.items()}
    return {key: low for key, low in found.items() if low is not None}


def priced(variant: Any, product: Product, currency: str, *, active: Sequence[Rule] | None = None) -> Priced:
    """A row of `with_prices` as the pure rules take it. `active`: the price rules (`pricerules.active`), for who asks
    for many."""
    active = pricerules.active() if active is None else active
    keys = keys_of_product(product, variant.pk) if active else frozenset()
    its_rules = [rule for rule in active if rule.is_for(keys)]
    return _priced(variant.price_rows, its_rules, currency, currencies.terms(currency))


def keys_of_product(product: Product, variant_id: UUID) -> frozenset[str]:
    """What a variant is, as promotions name it. Brand and category are read with the product."""
    above = tree.tree().ancestors(product.category.path) if product.category else []
    return keys_of(
        variant=variant_id,
        product=product.pk,
        brand=product.brand.slug if product.brand else "",
        categories=[str(node.id) for node in above],
        tags=map(str, product.tags),
        attributes=[(code, str(value)) for code, value in product.attributes.items()],
    )


def shown(charge: Charge, currency: str) -> tuple[Money, Money | None]:
    """(what is paid, what is struck out): the second is None where nothing is off."""
    return Money(charge.amount, currency), Money(charge.regular, currency) if charge.regular > charge.amount else None


def breaks(found: Priced, moment: datetime, price_list: str) -> tuple[Break, ...]:
    steps = found.breaks(moment, price_list=price_list)
    return tuple(Break(quantity, Money(charge.amount, found.currency)) for quantity, charge in steps)


def _priced(
    found: Sequence[Mapping[str, Any]], its_rules: Sequence[Rule], currency: str, terms: Conversion | None
) -> Priced:
    """The rows that count in `currency`: each price list's own ones, or else those of the shop's own currency, each
    converted as the price that it is. Amounts of rules are converted for converted prices alone.
    """
    if terms is None:
        return Priced(currency, [_row(one) for one in found], its_rules)
    own = {one["price_list"] for one in found if one["currency"] == currency}
    rows = [
        _row(one if one["currency"] == currency else _converted(one, terms))
        for one in found
        if one["currency"] == currency or one["price_list"] not in own
    ]
    return Priced(currency, rows, its_rules if PUBLIC in own else pricerules.converted(its_rules, terms))


def _converted(row: Mapping[str, Any], terms: Conversion) -> Mapping[str, Any]:
    """A price row of the shop's own currency as one of another."""
    sale = row["sale_minor"]
    return {
        **row,
        "amount_minor": terms.price(row["amount_minor"]),
        "sale_minor": None if sale is None else terms.price(sale),
    }


def _row(data: Mapping[str, Any]) -> Row:
    starts, ends = (datetime.fromisoformat(at) if (at := data[name]) else None for name in _ROW[2:4])
    return Row(Terms(data["amount_minor"], data["sale_minor"], starts, ends), data["price_list"], data["min_quantity"])


def _shelves(rows: Iterable[Mapping[str, Any]]) -> tree.Tree | None:
    """The categories, if any of these rows is in one."""
    return tree.tree() if any(row["product__category__path"] for row in rows) else None


def _keys(row: Mapping[str, Any], shelves: tree.Tree | None) -> frozenset[str]:
    path = row["product__category__path"]
    return keys_of(
        variant=row["pk"],
        product=row["product_id"],
        brand=row["product__brand__slug"] or "",
        categories=shelves.ids_above(path) if path and shelves else (),
        tags=map(str, row["product__tags"]),
        attributes=[(code, str(value)) for code, value in row["product__attributes"].items()],
    )


def _offer(
    row: Mapping[str, Any],
    keys: frozenset[str],
    priced: Priced,
    price_list: str,
    pictured: Mapping[tuple[UUID, UUID | None], Any],
    asked: tuple[Field, ...],
) -> Offer:
    product_id, moment, tax_class = row["product_id"], row["moment"], row["product__product_type__tax_class"]
    charge = priced.at(moment, price_list=price_list)
    price, regular = shown(charge, priced.currency) if charge else (None, None)
    picture = pictured.get((product_id, row["pk"])) or pictured.get((product_id, None))
    return Offer(
        product_id=product_id,
        variant_id=row["pk"],
        sku=row["sku"],
        name=row["product__name"],
        options=row["options"],
        unit_price=price,
        regular_price=regular,
        is_sellable=row["product__status"] == Product.Status.ACTIVE and row["is_active"] and price is not None,
        tax_class=tax_class,
        weight_grams=row["weight_grams"],
        picture=pictures.called(picture, row["product__name"]) if picture else None,
        url=languages.here(f"/products/{row['product__slug']}/?variant={row['sku']}"),
        product_slug=row["product__slug"],
        moment=moment,
        keys=keys,
        breaks=breaks(priced, moment, price_list),
        reduced_by=charge.rule if charge else "",
        asked=gifts.with_gift(asked, moment.date()) if tax_class == rules.GIFT_CARD else asked,
        is_made=row["product__status"] != Product.Status.ARCHIVED and row["is_active"],
        cubic_mm=rules.volume(row["length_mm"], row["width_mm"], row["height_mm"]),
    )
