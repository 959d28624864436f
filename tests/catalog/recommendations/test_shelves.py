from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connections

from catalog.products.models import Product
from catalog.recommendations import past, rebuilding, selectors, services, shelves, trends
from catalog.recommendations.models import HandPicked, Neighbours
from shop.core import db
from shop.resilience import breaker, switches
from tests.factories import catalog
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _closed() -> None:
    breaker.reset(shelves.NAME)


def near(product: Product, others: Sequence[Product], kind: str = "together") -> None:
    Neighbours.objects.create(
        product_id=product.pk,
        kind=kind,
        others=[one.pk for one in others],
        weights=[1000 - number for number in range(len(others))],
    )


def shown(found: Sequence[shelves.Shelf]) -> dict[str, list[str]]:
    return {shelf.name: [card.name for card in shelf.cards] for shelf in found}


def of(product: Product, **more: Any) -> dict[str, list[str]]:
    return shown(shelves.of_product(product.pk, currency="USD", **more))


def named(*names: str, **fields: Any) -> list[Product]:
    return [catalog.product(name=name, indexed=False, **fields) for name in names]


def test_below_a_product_stand_picked_bought_together_and_similar_each_thing_once() -> None:
    mug, tray, spoon, saucer, cup, bowl = named("mug", "tray", "spoon", "saucer", "cup", "bowl")
    for position, other in ((2, tray), (1, spoon)):
        HandPicked.objects.create(product=mug, other=other, position=position)
    near(mug, [spoon, saucer])
    near(mug, [cup, saucer, bowl], kind="similar")

    found = shelves.of_product(mug.pk, currency="USD")

    assert [(shelf.name, shelf.title) for shelf in found] == [
        ("picked", "Goes well with this"), ("together", "Bought together"), ("similar", "Similar products"),
    ]  # fmt: skip
    assert shown(found) == {"picked": ["spoon", "tray"], "together": ["saucer"], "similar": ["cup", "bowl"]}


def test_only_what_can_be_bought_now_is_not_in_the_cart_and_not_owned() -> None:
    mug, fine, in_cart, owned = named("mug", "fine", "in cart", "owned")
    [gone] = named("gone", units=0)
    [foreign] = named("foreign", currency="GBP")
    [draft] = named("draft", status="draft")
    near(mug, [gone, foreign, draft, in_cart, owned, fine])
    customer = db.uuid7()
    make.bought([owned], customer_id=customer)
    make.bought([fine], customer_id=db.uuid7())

    assert of(mug, without=[in_cart.pk], for_customer=customer)["together"] == ["fine"]
    assert of(mug)["together"] == ["in cart", "owned", "fine"]


def test_a_cancelled_order_is_not_owned() -> None:
    mug, plate = named("mug", "plate")
    near(mug, [plate])
    customer = db.uuid7()
    [key] = make.bought([plate], customer_id=customer)
    assert of(mug, for_customer=customer) == {}

    services.withdraw_order(order_id=key, at=make.NOON)
    assert of(mug, for_customer=customer)["together"] == ["plate"]


def test_a_shelf_is_of_several_brands() -> None:
    [mug] = named("mug")
    many = named(*[f"keel {number}" for number in range(8)], brand="Keel")
    few = named(*[f"oriel {number}" for number in range(6)], brand="Oriel")
    near(mug, [*many, *few])

    assert of(mug)["together"] == ["keel 0", "keel 1", "keel 2", "keel 3", "keel 4", "oriel 0", "oriel 1", "oriel 2"]


def test_what_nobody_bought_yet_shows_what_is_popular_around_it() -> None:
    home, lamps = catalog.category("Home"), catalog.category("Home", "Lamps")
    new, lamp, rug = (
        catalog.product(name=name, category=category, indexed=False)
        for name, category in (("new lamp", lamps), ("lamp", lamps), ("rug", home))
    )
    make.bought([lamp], [lamp], [rug], at=db.clock(db.CATALOG) - timedelta(hours=1))
    trends.rebuild_trends()

    [popular, *_rest] = shelves.of_product(new.pk, currency="USD")

    assert (popular.title, [card.name for card in popular.cards]) == ("Popular in Home", ["lamp", "rug"])


def test_a_product_of_which_nothing_is_known_has_no_shelf() -> None:
    assert of(catalog.product(indexed=False)) == {}
    assert shelves.of_product(db.uuid7(), currency="USD") == []


def test_beside_a_cart_stands_what_goes_with_all_of_it() -> None:
    mug, tray, spoon, saucer = named("mug", "tray", "spoon", "saucer")
    near(mug, [spoon, tray])
    near(tray, [spoon, saucer, mug])

    found = shelves.of_cart([mug.pk, tray.pk], currency="USD")

    assert shown(found) == {"together": ["spoon", "saucer"]}
    assert found[0].title == "Often bought with what you have here"
    assert shelves.of_cart([], currency="USD") == []
    assert shelves.of_cart([spoon.pk], currency="USD") == []


def test_the_cart_shows_what_recommend_run_says(tmp_path: Any) -> None:
    made = make.products(6)
    make.bought(*make.chosen(made, "012", "013", "014", "02", "25"))
    rebuilding.rebuild()
    contexts = tmp_path / "contexts.jsonl"
    contexts.write_text('{"id": 1, "context": ["P0", "P1"]}\n')

    with (tmp_path / "out.jsonl").open("w+") as out:
        past.recommend(contexts, out, top=8)
        out.seek(0)
        answered = json.loads(out.read())["items"]

    skus = dict(Product.objects.values_list("pk", "variants__sku"))
    [shelf] = shelves.of_cart([made[0].pk, made[1].pk], currency="USD")
    assert [skus[card.product_id] for card in shelf.cards] == answered


def test_what_was_looked_at_is_shown_as_it_was_looked_at() -> None:
    mug, tray = named("mug", "tray")
    [gone] = named("gone", units=0)
    [draft] = named("draft", status="draft")
    seen = [tray.pk, gone.pk, draft.pk, db.uuid7(), mug.pk]

    assert shown(shelves.personal(shelves.Visitor(seen), currency="USD")) == {"recent": ["tray", "gone", "mug"]}
    assert shelves.personal(shelves.Visitor([db.uuid7()]), currency="USD") == []


def test_what_trends_is_kept_for_minutes() -> None:
    mug, tray = named("mug", "tray")
    make.bought([mug], at=db.clock(db.CATALOG) - timedelta(hours=1))
    trends.rebuild_trends()
    assert [card.name for card in shelves.trending(currency="USD")] == ["mug"]

    make.bought([tray], [tray], at=db.clock(db.CATALOG) - timedelta(hours=1))
    trends.rebuild_trends()

    assert [card.name for card in shelves.trending(currency="USD")] == ["mug"]


@pytest.mark.parametrize(("kind", "names"), [("similar", ["cup"]), ("bought-together", ["spoon", "cup"])])
def test_a_list_of_one_kind(kind: str, names: list[str]) -> None:
    mug, spoon, cup = named("mug", "spoon", "cup")
    near(mug, [spoon, cup])
    near(mug, [cup], kind="similar")

    assert [card.name for card in shelves.listed(mug.pk, kind, currency="USD")] == names


def test_while_shed_there_is_no_shelf_and_no_query(counting: Any) -> None:
    mug, spoon = named("mug", "spoon")
    near(mug, [spoon])
    switches.shed("recommendations")

    with counting() as queries:
        found = [
            of(mug), shown(shelves.of_cart([mug.pk], currency="USD")), shelves.trending(currency="USD"),
            shelves.listed(mug.pk, "similar", currency="USD"),
            shelves.personal(shelves.Visitor([mug.pk]), currency="USD"),
        ]  # fmt: skip

    assert (any(found), queries()) == (False, 0)
    switches.restore("recommendations")
    assert of(mug) == {"together": ["spoon"]}


def test_a_slow_database_costs_no_page_more_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each query has its limit; after some that were too slow shelves are shed by themselves for a while."""
    monkeypatch.setattr(shelves, "PATIENCE", 50)
    asked: list[UUID] = []

    def slow(product_ids: Any, *, top: int) -> list[UUID]:
        asked.append(next(iter(product_ids)))
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        raise AssertionError("nobody has waited")

    mug, spoon = named("mug", "spoon")
    near(mug, [spoon])
    with monkeypatch.context() as patched:
        patched.setattr(selectors, "together", slow)
        assert [of(mug) for _ in range(breaker.FAILURES + 3)] == [{}] * (breaker.FAILURES + 3)
    assert len(asked) == breaker.FAILURES
    assert of(mug) == {}  # the pause is not over

    breaker.reset(shelves.NAME)
    assert of(mug) == {"together": ["spoon"]}
    assert Product.objects.count() == 2  # the transaction around it goes on


def test_a_broken_table_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **more: Any) -> list[UUID]:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(selectors, "together", broken)

    assert of(catalog.product(indexed=False)) == {}


def test_shelves_cost_few_queries_whatever_stands_on_them(counting: Any) -> None:
    mug, *others = named(*[f"thing {number}" for number in range(20)])
    near(mug, others[:1])
    near(mug, others[1:2], kind="similar")
    with counting() as few:
        of(mug, for_customer=db.uuid7())
    Neighbours.objects.all().delete()
    near(mug, others)
    near(mug, others[::-1], kind="similar")
    with counting() as many:
        of(mug, for_customer=db.uuid7())

    # a transaction with its limit (3), candidates (3), what is owned, cards (5)
    assert (few(), many()) == (12, 12)
