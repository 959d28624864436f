from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from catalog.products.models import Product
from catalog.recommendations import selectors, services, tasks, trends
from catalog.recommendations.models import PastOrder, Trend, View
from shop.core import db
from tests.factories import catalog
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return db.clock(db.CATALOG)


def ago(days: float) -> datetime:
    return now() - timedelta(days=days)


def looked(product: Product, count: int, days: float = 0) -> None:
    View.objects.bulk_create(
        View(customer_id=db.uuid7(), product_id=product.pk, device="phone", seen_at=ago(days)) for _ in range(count)
    )


def names(category_id: object = None) -> list[str]:
    known = dict(Product.objects.values_list("pk", "name"))
    return [known[one] for one in selectors.trending(category_id, top=10)]  # type: ignore[arg-type]


def test_what_was_bought_lately_trends() -> None:
    old, new, both = (catalog.product(name=name, indexed=False) for name in ("old", "new", "both"))
    make.bought(*[[old]] * 9, at=ago(29))  # 9 × 2^(−29/7) = 0.51
    make.bought([new], at=ago(1))  # 0.91
    make.bought([both], at=ago(8))  # 0.45, and
    looked(both, 3, days=0.1)  # 0.15 more

    trends.rebuild_trends()

    assert names() == ["new", "both", "old"]


def test_what_is_not_in_the_window_does_not_count() -> None:
    made = {name: catalog.product(name=name, indexed=False) for name in ("before", "later", "gone", "draft", "now")}
    make.bought([made["before"]], at=ago(30.1))
    make.bought([made["later"]], at=ago(-1))
    [key] = make.bought([made["gone"]], at=ago(1))
    services.withdraw_order(order_id=key, at=now())
    make.bought([made["draft"], made["now"]], at=ago(1))
    Product.objects.filter(name="draft").update(status="draft")

    tasks.refresh_trends()

    assert names() == ["now"]


def test_each_category_has_what_trends_below_it() -> None:
    home, lamps = catalog.category("Home"), catalog.category("Home", "Lamps")
    tools = catalog.category("Tools")
    rug, lamp, desk, saw, loose = (
        catalog.product(name=name, category=category, indexed=False)
        for name, category in (("rug", home), ("lamp", lamps), ("desk lamp", lamps), ("saw", tools), ("loose", None))
    )
    make.bought([lamp], [lamp], [lamp], [rug], [rug], [desk], [saw], *[[loose]] * 4, at=ago(1))

    assert trends.rebuild_trends() == 4

    assert names() == ["loose", "lamp", "rug", "saw", "desk lamp"]
    assert names(home.pk) == ["lamp", "rug", "desk lamp"]
    assert names(lamps.pk) == ["lamp", "desk lamp"]
    assert names(tools.pk) == ["saw"]
    assert names(db.uuid7()) == []


def test_trends_end() -> None:
    make.bought([catalog.product(indexed=False)], at=ago(1))
    trends.rebuild_trends()
    assert Trend.objects.count() == 1

    PastOrder.objects.update(bought_at=ago(40))
    assert trends.rebuild_trends() == 0
    assert not Trend.objects.exists()
    assert names() == []


def test_looks_are_kept_for_thirty_days() -> None:
    thing = catalog.product(indexed=False)
    looked(thing, 2, days=29.9)
    looked(thing, 3, days=30.1)

    tasks.rebuild()

    assert View.objects.count() == 2
