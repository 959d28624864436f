"""The demo's rules: each is for something that the demo sells, and says what its name promises."""

from __future__ import annotations

from io import StringIO

import pytest

from catalog.imports.demo import rows
from catalog.products.rules import slug
from checkout.returns import demo, policies, rules
from checkout.returns.models import ReturnRule
from checkout.returns.rules import Item
from shop.core import db
from shop.management.commands import load_demo
from tests.factories import returns as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_it_begins() -> None:
    make.rule(position=1000, conditions=["unopened", "like_new", "broken"])


def ruled(category: str) -> rules.Ruling:
    now = db.clock()
    return rules.rule(Item("p", "", category), policies.policies(), since=now, now=now)


def test_a_new_shop_has_one_rule_for_each_kind_of_case() -> None:
    assert demo.load() == len(demo.RULES) == 5
    told = {
        "books-paper/cards-prints": ("final_sale", None),
        "books-paper/books": ("", 30),
        "audio/headphones": ("", 14),
        "computers-laptops/laptops": ("", 14),
        "home-lighting/furniture": ("", 14),
        "home-lighting/lighting": ("", 30),
        "clothing/shoes": ("", 60),
    }
    found = {path: ruled(path) for path in told}
    days = {path: (one.until - db.clock().date()).days if one.until else None for path, one in found.items()}
    assert {path: (one.objection, days[path]) for path, one in found.items()} == told


@pytest.mark.parametrize(
    ("category", "condition", "reason", "acceptance"),
    [
        ("audio/headphones", "unopened", "changed_mind", "accepted"),
        ("audio/headphones", "like_new", "changed_mind", "manual"),
        ("audio/headphones", "used", "defective", "accepted"),
        ("computers-laptops/laptops", "unopened", "changed_mind", "manual"),
        ("clothing/shoes", "like_new", "does_not_fit", "accepted"),
    ],
)
def test_what_is_approved_at_once(category: str, condition: str, reason: str, acceptance: str) -> None:
    demo.load()
    assert rules.judge(ruled(category), reason=reason, condition=condition)[0] == acceptance


def test_every_rule_is_about_a_category_of_the_demo() -> None:
    sold = {"/".join(slug(name) for name in row["category_path"]) for row in rows.products()}
    paths = {rule["category_path"] for rule in demo.RULES}
    assert [path for path in paths if not any(f"{one}/".startswith(f"{path}/") for one in sold)] == []


def test_a_second_time_and_a_merchant_with_rules_of_their_own_change_nothing() -> None:
    demo.load()
    assert demo.load() == 0
    ReturnRule.objects.filter(name="Everything").update(name="All that we sell")
    ReturnRule.objects.exclude(name="All that we sell").delete()
    assert (demo.load(), ReturnRule.objects.count()) == (0, 1)


def test_the_demo_brings_them(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.DEMO_MERCHANT_PASSWORD = ""  # type: ignore[attr-defined]
    monkeypatch.setattr(rows, "products", lambda: iter(()))
    monkeypatch.setattr(rows, "departments", list)
    out = StringIO()
    load_demo.Command(stdout=out).handle()
    assert "5 rules of returns were added." in out.getvalue()
    assert "at home in Chicago" not in out.getvalue()


def test_where_the_demo_is_at_home_is_said_elsewhere(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.DEMO_MERCHANT_PASSWORD, settings.DEFAULT_COUNTRY = "", "DE"  # type: ignore[attr-defined]
    monkeypatch.setattr(rows, "products", lambda: iter(()))
    monkeypatch.setattr(rows, "departments", list)
    out = StringIO()
    load_demo.Command(stdout=out).handle()
    assert "The demo is at home in Chicago" in out.getvalue()
    assert "nothing is collected in DE." in out.getvalue()
