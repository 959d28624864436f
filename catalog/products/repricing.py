"""The ready-made prices that lists show (`ListingPrice`), and the record of what everything has cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from catalog.products import charging, history, locking, offering, pricerules
from catalog.products.charging import PUBLIC, Priced, Row
from catalog.products.models import Category, ListingPrice, Price, Product
from catalog.products.price_models import PriceRule
from catalog.products.rules import Lowest, Terms
from shop.core import db
from shop.events import bus, types

BATCH = 500
_COLUMNS = ["amount_minor", "regular_minor", "has_range", "changes_at"]

Key = tuple[UUID, str, str]  # of a product (or a variant), a currency and a price list


def reprice(product_ids: Iterable[UUID], *, is_at_edge: bool = False) -> list[UUID]:
    """Make the listing prices of these products agree with their variants' prices now, by the database's clock, and
    record what has another price than before; returns the products whose listing prices changed. `is_at_edge`: nobody
    changed anything, a sale has started or ended by itself.

    Six statements whatever the number (a thousand at a time is fine), one more while there are price rules. Publishes
    nothing: callers know why.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return []
    with transaction.atomic(using=db.CATALOG):
        locking.products(ids)  # two at once would each write what the other has not seen
        moment = db.clock(db.CATALOG)
        variants = _variants(ids)
        wanted = _listing_prices(variants, moment)
        known = ListingPrice.objects.filter(product_id__in=ids).values_list(
            "product_id", "currency", "price_list", "pk", *_COLUMNS
        )
        present = {row[:3]: row[3:] for row in known}
        stale = [row[0] for key, row in present.items() if key not in wanted]
        if stale:
            ListingPrice.objects.filter(pk__in=stale).delete()
        made = [_made(key, low) for key, low in wanted.items() if _differs(present.get(key), low)]
        ListingPrice.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["product", "currency", "price_list"], update_fields=_COLUMNS
        )
        history.note(_charged(variants, moment, is_at_edge=is_at_edge), using=db.CATALOG)
    gone = [key[0] for key in present if key not in wanted]
    return list(dict.fromkeys([*gone, *(row.product_id for row in made)]))


def refresh(limit: int = BATCH) -> int:
    """Reprice up to `limit` products for which a sale or price rule has started or ended since; publishes
    `PricesChanged`. Returns how many.
    """
    with transaction.atomic(using=db.CATALOG):
        due = (
            ListingPrice.objects.filter(changes_at__lte=Now())
            .order_by("changes_at")
            .values_list("product_id", flat=True)
        )
        ids = list(dict.fromkeys(due[:limit]))
        _tell(reprice(ids, is_at_edge=True))
    return len(ids)


def spread(limit: int = BATCH) -> int:
    """Reprice the next products that a new, changed or ended price rule is or was for; publishes `PricesChanged`.
    Returns how many; a rule that is done with is not looked at again.
    """
    with transaction.atomic(using=db.CATALOG):
        row = locking.next_rule()
        if row is None:
            return 0
        ids = pricerules.products(row, number=limit)
        _tell(reprice(ids))
        left = {"reached": ids[-1]} if ids else {"reach": None, "reached": None}
        PriceRule.objects.filter(pk=row.pk).update(**left)
    return max(1, len(ids))


def reprice_category(category_id: UUID) -> None:
    """Reprice what is in a category's subtree, if there are price rules; publishes `PricesChanged`."""
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first()
    if path is not None:
        _reprice_all(Product.objects.filter(category__path__startswith=path))


def reprice_brand(brand_id: UUID) -> None:
    """The same of what is of a brand."""
    _reprice_all(Product.objects.filter(brand_id=brand_id))


def _reprice_all(products: QuerySet[Product]) -> None:
    if not pricerules.active():
        return
    ids = list(products.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic(using=db.CATALOG):
            _tell(reprice(ids[start : start + BATCH]))


def _tell(product_ids: Sequence[UUID]) -> None:
    if product_ids:
        bus.publish(types.PricesChanged(product_ids=list(product_ids)), using=db.CATALOG)


def wrong(product_ids: Iterable[UUID]) -> list[Key]:
    """The listing prices of these products that are not what they should be now."""
    ids = list(product_ids)
    with transaction.atomic(using=db.CATALOG):
        wanted = _listing_prices(_variants(ids), db.clock(db.CATALOG))
        rows = ListingPrice.objects.filter(product_id__in=ids)
        known = list(rows.values_list("product_id", "currency", "price_list", "amount_minor"))
        late = set(rows.filter(changes_at__lte=Now()).values_list("product_id", flat=True))  # for `refresh`
    present = {row[:3]: row[3] for row in known}
    keys = {key for key in {*wanted, *present} if key[0] not in late}
    return sorted(key for key in keys if key not in wanted or present.get(key) != wanted[key].amount)


def _variants(product_ids: Collection[UUID]) -> dict[UUID, dict[str, dict[UUID, Priced]]]:
    """The prices for single units of active variants, by product and currency."""
    rows = Price.objects.filter(variant__product_id__in=product_ids, variant__is_active=True, min_quantity=1)
    grouped: dict[tuple[UUID, str, UUID], list[Row]] = defaultdict(list)
    columns = ("amount_minor", "sale_minor", "sale_starts_at", "sale_ends_at", "price_list")
    for product_id, currency, variant_id, *terms, price_list in rows.values_list(
        "variant__product_id", "currency", "variant_id", *columns
    ):
        grouped[product_id, currency, variant_id].append(Row(Terms(*terms), price_list))
    active = pricerules.active()
    products = Product.objects.filter(pk__in=product_ids).select_related("brand", "category").defer("description")
    named = {product.pk: product for product in products} if active else {}
    found: dict[UUID, dict[str, dict[UUID, Priced]]] = defaultdict(lambda: defaultdict(dict))
    for (product_id, currency, variant_id), several in grouped.items():
        keys = offering.keys_of_product(named[product_id], variant_id) if active else frozenset()
        its_rules = [rule for rule in active if rule.is_for(keys)]
        found[product_id][currency][variant_id] = Priced(currency, several, its_rules)
    return found


def _lists(priced: Iterable[Priced]) -> set[str]:
    return {row.price_list for one in priced for row in one.rows}


def _listing_prices(variants: dict[UUID, dict[str, dict[UUID, Priced]]], moment: datetime) -> dict[Key, Lowest]:
    found: dict[Key, Lowest] = {}
    for product_id, by_currency in variants.items():
        for currency, priced in by_currency.items():
            for price_list in _lists(priced.values()):
                low = charging.lowest(priced.values(), moment, price_list=price_list)
                if low is not None:
                    found[product_id, currency, price_list] = low
    return found


def _charged(
    variants: dict[UUID, dict[str, dict[UUID, Priced]]], moment: datetime, *, is_at_edge: bool
) -> list[history.Noted]:
    """What each variant costs now, and since when."""
    found = []
    for by_currency in variants.values():
        for currency, priced in by_currency.items():
            for variant_id, one in priced.items():
                since = max((edge for edge in one.edges() if edge <= moment), default=moment) if is_at_edge else moment
                for price_list in {PUBLIC, *_lists([one])}:
                    charge = one.at(moment, price_list=price_list)
                    if charge is not None:
                        found.append(history.Noted(variant_id, currency, price_list, charge.amount, since))
    return found


def _made(key: Key, low: Lowest) -> ListingPrice:
    product_id, currency, price_list = key
    return ListingPrice(
        product_id=product_id,
        currency=currency,
        price_list=price_list,
        amount_minor=low.amount,
        regular_minor=low.regular,
        has_range=low.has_range,
        changes_at=low.changes_at,
    )


def _differs(present: Sequence[object] | None, low: Lowest) -> bool:
    return present is None or tuple(present[1:]) != (low.amount, low.regular, low.has_range, low.changes_at)
