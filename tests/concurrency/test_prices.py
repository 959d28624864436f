"""Races for the price that lists show, with real connections."""

from __future__ import annotations

from functools import partial

import pytest

from catalog.products import invariants, pricerules, prices, repricing
from catalog.products.charging import Rule
from catalog.products.models import ListingPrice
from catalog.products.price_models import PriceRecord, PriceRule
from shop.core import db
from shop.core.money import Money
from tests.concurrency.race import together
from tests.concurrency.test_orders import unlocked
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)


def two_dearer() -> list[partial[object]]:
    """Of a product whose two variants cost 5 and 6, each about to cost 30."""
    made = catalog.product(amount=5_00, indexed=False)
    catalog.add_variant(made, amount=6_00)
    return [
        partial(prices.set_price, variant_id=key, amount=Money(30_00, "USD"), by="test")
        for key in made.variants.values_list("pk", flat=True)
    ]


def test_two_prices_of_a_product_changed_at_once() -> None:
    together(two_dearer())

    assert ListingPrice.objects.get().amount_minor == 30_00
    assert PriceRecord.objects.filter(amount_minor=30_00).count() == 2
    assert invariants.listing_prices() == []


def test_control_without_the_lock_a_list_shows_an_old_price(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = two_dearer()
    with unlocked(monkeypatch, repricing, "_variants"):
        together(jobs)
    assert ListingPrice.objects.get().amount_minor in {5_00, 6_00}
    assert invariants.listing_prices() != []


def test_a_rule_spreads_while_prices_change() -> None:
    jobs = two_dearer()
    half = Rule(str(db.uuid7()), "Half", points=5000)
    pricerules.put(rule=half, version=1)

    together([*jobs, prices.spread, prices.spread])
    while prices.spread():
        pass

    assert ListingPrice.objects.get().amount_minor == 15_00
    assert invariants.listing_prices() == []


def test_the_latest_version_of_a_rule_counts_whichever_comes_last() -> None:
    key = db.uuid7()
    jobs = [partial(pricerules.put, rule=Rule(str(key), f"{one}", points=one), version=one) for one in (1, 2, 3)]
    jobs.append(partial(pricerules.end, rule_id=key, version=4))

    for order in (jobs, jobs[::-1]):
        for job in order:
            job()
        assert PriceRule.objects.values_list("version", "is_active").get() == (4, False)
        PriceRule.objects.all().delete()
    together(jobs)
    assert PriceRule.objects.values_list("version", "is_active").get() == (4, False)
