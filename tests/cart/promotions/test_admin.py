"""Promotions as merchants make them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.promotions import selectors, services, tasks
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.tiers import Step, Tiers
from cart.promotions.models import CodeBatch, Coupon, Promotion
from cart.promotions.rules import Scope
from shop.accounts.models import CustomerGroup
from shop.events.models import OutboxEvent
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.accounts import StaffFactory
from tests.factories.promotions import coupon, promotion

pytestmark = pytest.mark.django_db

ADD = "/admin/cart/promotion/add/"


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def data(kind: str, lane: str, **fields: Any) -> dict[str, Any]:
    inline = {"coupons-TOTAL_FORMS": 0, "coupons-INITIAL_FORMS": 0}
    return {"name": "Deal", "status": "active", "kind": kind, "lane": lane, "priority": 100, **inline, **fields}


@pytest.mark.parametrize(
    ("kind", "lane", "fields", "expected"),
    [
        ("percent", "order", {"percent": "12.5", "most_off": "20 USD"}, Percent(1250, {"USD": 20_00})),
        ("amount", "line", {"amounts": "5.00 USD, 4.50 eur"}, Amount({"USD": 5_00, "EUR": 4_50})),
        ("amount", "order", {"amounts": "5,50 USD, 4,5 EUR"}, Amount({"USD": 5_50, "EUR": 4_50})),
        ("fixed_price", "line", {"prices": "9"}, FixedPrice({"USD": 9_00})),
        ("buy_get", "line", {"buy": "2", "percent": "50"}, BuyGet(2, 1, 5000)),
        ("buy_get", "line", {"buy": "1", "get": "2", "bought": "brand: Acme", "most_times": "3"},
         BuyGet(1, 2, 10_000, Scope(frozenset({"brand:acme"})), 3)),
        ("cheapest_free", "line", {"of": "3", "is_repeated": "on"}, CheapestFree(3, 1, True)),
        ("bundle_price", "line", {"prices": "20.00 USD", "set_size": "3"}, BundlePrice({"USD": 20_00}, 3)),
        ("bundle_price", "line", {"prices": "20.00 USD", "parts": "2 x tag: a\n1 × tag: b"},
         BundlePrice({"USD": 20_00}, 0, ((Scope(frozenset({"tag:a"})), 2), (Scope(frozenset({"tag:b"})), 1)))),
        ("tiers", "order", {"steps": "50.00 USD = 5 %\n100 USD = 15.00 USD\n"},
         Tiers((Step({"USD": 50_00}, 0, 500), Step({"USD": 100_00}, 0, 0, {"USD": 15_00})))),
        ("tiers", "line", {"steps": "3 units = 10 %"}, Tiers((Step({}, 3, 1000),))),
        ("free_shipping", "shipping", {}, FreeShipping()),
    ],
)  # fmt: skip
def test_every_kind_is_stored_as_typed_and_shown_again(
    merchant: Client, kind: str, lane: str, fields: dict[str, Any], expected: Any
) -> None:
    answer = merchant.post(ADD, data(kind, lane, **fields))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Promotion.objects.get()
    page = reverse("admin:cart_promotion_change", args=[row.pk])
    form = merchant.get(page).context["adminform"].form

    assert selectors.terms(row).kind == expected
    again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert merchant.post(page, {**data(kind, lane), **again}).status_code == 302
    row.refresh_from_db()
    assert selectors.terms(row).kind == expected
    assert row.version == 2


def test_ways_of_delivery_are_chosen_by_name_and_one_that_is_gone_stays(merchant: Client) -> None:
    assert merchant.post(ADD, data("free_shipping", "shipping", deliveries=["standard"])).status_code == 302
    row = Promotion.objects.get()
    assert selectors.terms(row).conditions.deliveries == {"standard"}
    row.conditions = {"deliveries": ["drone", "standard"]}
    services.save(row)
    page = reverse("admin:cart_promotion_change", args=[row.pk])
    form = merchant.get(page).context["adminform"].form

    assert form.fields["deliveries"].choices[:2] == [("drone", "drone"), ("standard", "Standard delivery")]
    assert merchant.post(page, data("free_shipping", "shipping", deliveries=["drone"])).status_code == 302
    row.refresh_from_db()
    assert row.conditions == {"deliveries": ["drone"]}


def test_a_gift_is_named_by_its_sku(merchant: Client) -> None:
    key = carts.variant_of(catalog.product(name="Socks", sku="SOCKS-1")).pk
    assert merchant.post(ADD, data("gift", "order", gift="SOCKS-1", per="2", most_gifts="4")).status_code == 302
    row = Promotion.objects.get()

    assert selectors.terms(row).kind == Gift(str(key), 1, 2, 4)
    page = reverse("admin:cart_promotion_change", args=[row.pk])
    assert merchant.get(page).context["adminform"].form["gift"].value() == "SOCKS-1"


def test_what_it_is_for_is_named_as_people_name_it(merchant: Client) -> None:
    lamps = catalog.category("Home", "Lamps")
    lamp = catalog.product(name="Lamp", sku="LAMP-1", category=lamps)
    key = carts.variant_of(lamp).pk
    text = (
        "category: home/lamps\nbrand: Acme\nproduct: LAMP-1\nvariant: LAMP-1\ntag: New in\n"
        "attribute: colour = red\nnot category: home"
    )
    answer = merchant.post(
        ADD, data("percent", "line", percent="5", what_for=text, countries="us, Canada, CA", minimum="10")
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Promotion.objects.get()

    assert row.scope == {
        "any_of": [
            f"category:{lamps.pk}", "brand:acme", f"product:{lamp.pk}", f"variant:{key}", "tag:New in",
            "attribute:colour=red",
        ],
        "none_of": [f"category:{type(lamps).objects.get(name='Home').pk}"],
    }  # fmt: skip
    assert row.conditions == {"minimum": {"USD": 10_00}, "countries": ["US", "CA"]}
    page = reverse("admin:cart_promotion_change", args=[row.pk])
    shown = merchant.get(page).context["adminform"].form["what_for"].value()
    assert shown == text.replace("Acme", "acme").replace("colour = red", "colour=red")


@pytest.mark.parametrize(
    ("kind", "lane", "fields", "field"),
    [
        ("percent", "order", {}, "percent"),
        ("percent", "order", {"percent": "0"}, "percent"),
        ("percent", "order", {"percent": "100.01"}, "percent"),
        ("percent", "order", {"percent": "ten"}, "percent"),
        ("amount", "order", {}, "amounts"),
        ("amount", "order", {"amounts": "-5 USD"}, "amounts"),
        ("amount", "order", {"amounts": "5.001 USD"}, "amounts"),
        ("amount", "order", {"amounts": "5 XXY"}, "amounts"),
        ("amount", "order", {"amounts": "5 XXX"}, "amounts"),
        ("amount", "order", {"amounts": "1,000 USD"}, "amounts"),
        ("percent", "order", {"percent": "5", "countries": "XX"}, "countries"),
        ("amount", "order", {"amounts": "99999999999999999999 USD"}, "amounts"),
        ("amount", "order", {"amounts": "5 USD, 6 USD"}, "amounts"),
        ("fixed_price", "order", {"prices": "5"}, "lane"),
        ("free_shipping", "order", {}, "lane"),
        ("percent", "order", {"percent": "5", "deliveries": ["express"]}, "deliveries"),
        ("free_shipping", "shipping", {"deliveries": ["drone"]}, "deliveries"),
        ("buy_get", "line", {}, "buy"),
        ("buy_get", "line", {"buy": "2", "bought": "nonsense"}, "bought"),
        ("cheapest_free", "line", {"of": "3", "free": "3"}, "free"),
        ("bundle_price", "line", {"prices": "5"}, "set_size"),
        ("bundle_price", "line", {"prices": "5", "parts": "two lamps"}, "parts"),
        ("gift", "order", {"gift": "NONE"}, "gift"),
        ("tiers", "order", {}, "steps"),
        ("tiers", "order", {"steps": "50 USD = 5 %\n20 USD = 9 %"}, "steps"),
        ("tiers", "order", {"steps": "much"}, "steps"),
        ("percent", "order", {"percent": "5", "what_for": "category: nowhere"}, "what_for"),
        ("percent", "order", {"percent": "5", "what_for": "colour red"}, "what_for"),
        ("percent", "order", {"percent": "5", "budget": "5 USD, 6 EUR"}, "budget"),
        ("percent", "order", {"percent": "5", "customer_limit": "0"}, "customer_limit"),
        ("percent", "order", {"percent": "5", "starts_at_0": "2026-12-02", "starts_at_1": "00:00",
                              "ends_at_0": "2026-12-01", "ends_at_1": "00:00"}, "ends_at"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field(
    merchant: Client, kind: str, lane: str, fields: dict[str, Any], field: str
) -> None:
    answer = merchant.post(ADD, data(kind, lane, **fields))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Promotion.objects.exists()


def test_coupons_are_typed_on_the_promotions_page(merchant: Client) -> None:
    coupons = {
        "coupons-TOTAL_FORMS": 1, "coupons-INITIAL_FORMS": 0, "coupons-0-code": " save 10 ",
        "coupons-0-usage_limit": "5", "coupons-0-is_active": "on",
    }  # fmt: skip
    answer = merchant.post(ADD, {**data("percent", "order", percent="10", needs_code="on"), **coupons})
    assert answer.status_code == 302

    assert list(Coupon.objects.values_list("code", "usage_limit", "promotion__needs_code")) == [("SAVE10", 5, True)]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"percent": "10.123456789"}, {"percent": ["From 0.01 to 100, with at most two digits after the point."]}),
        ({"percent": "5", "most_off": "5 USD, 6 USD"},
         {"most_off": ["Wanted: one amount of each currency; USD is there twice."]}),
        ({"percent": "5", "countries": "Utopia"},
         {"countries": ["Wanted: codes of countries like US, CA, not “Utopia”."]}),
    ],
)  # fmt: skip
def test_one_sentence_says_what_is_wanted(merchant: Client, fields: dict[str, Any], errors: dict[str, Any]) -> None:
    answer = merchant.post(ADD, data("percent", "order", **fields))
    assert answer.context["adminform"].form.errors == errors


def test_who_makes_one_by_coupon_without_any_is_told(merchant: Client) -> None:
    told = "Nobody can use it yet: it is by coupon only, and has no active coupon."
    page = merchant.post(ADD, data("percent", "order", percent="10", needs_code="on"), follow=True)
    assert told in [str(one) for one in page.context["messages"]]
    row = {"coupons-TOTAL_FORMS": 1, "coupons-0-code": "A", "coupons-0-is_active": "on"}
    page = merchant.post(ADD, {**data("percent", "order", percent="10", needs_code="on"), **row}, follow=True)
    assert told not in [str(one) for one in page.context["messages"]]


def test_a_code_that_is_taken_is_said_beside_it(merchant: Client) -> None:
    coupon("SAVE10", name="Autumn")
    row = {"coupons-TOTAL_FORMS": 3, "coupons-0-code": "save 10", "coupons-1-code": "B", "coupons-2-code": "b"}
    answer = merchant.post(ADD, {**data("percent", "order", percent="10", needs_code="on"), **row})
    assert answer.context["inline_admin_formsets"][0].formset.errors == [
        {"code": ["This code is taken by “Autumn”."]}, {}, {"code": ["This code stands here twice."]},
    ]  # fmt: skip


def test_a_batch_of_codes(merchant: Client, django_capture_on_commit_callbacks: Any, monkeypatch: Any) -> None:
    row = promotion(needs_code=True)
    asked: list[str] = []
    monkeypatch.setattr(tasks.make_codes, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        answer = merchant.post(
            "/admin/cart/codebatch/add/", {"promotion": str(row.pk), "prefix": "xmas-", "number": "20"}
        )
    assert answer.status_code == 302
    batch = CodeBatch.objects.get()

    assert asked == [str(batch.pk)]
    tasks.finish_batches()
    assert Coupon.objects.filter(code__startswith="XMAS-", batch=batch, usage_limit=1).count() == 20
    file = merchant.get(f"/admin/cart/codebatch/{batch.pk}/codes.csv")
    lines = b"".join(file).decode().split()  # type: ignore[arg-type]
    assert lines == [
        "code,used",
        *(f"{code},0" for code in Coupon.objects.order_by("pk").values_list("code", flat=True)),
    ]
    assert f"/{batch.pk}/codes.csv" in merchant.get("/admin/cart/codebatch/").content.decode()
    for number in ("0", "100001"):
        again = merchant.post("/admin/cart/codebatch/add/", {"promotion": str(row.pk), "number": number})
        assert "number" in again.context["adminform"].form.errors


@pytest.mark.parametrize("name", ["promotion", "coupon", "codebatch", "redemption"])
def test_the_lists_open(merchant: Client, name: str) -> None:
    promotion()
    assert merchant.get(f"/admin/cart/{name}/").status_code == 200


def test_conditions_on_who_buys_are_stored_as_chosen_and_shown_again(merchant: Client) -> None:
    CustomerGroup.objects.create(name="Trade", code="trade")
    chosen = {"groups": ["trade"], "channels": ["web"], "is_first_order": "on"}
    answer = merchant.post(ADD, data("percent", "order", percent="10", **chosen))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Promotion.objects.get()

    assert row.conditions == {"groups": ["trade"], "channels": ["web"], "is_first_order": True}
    form = merchant.get(reverse("admin:cart_promotion_change", args=[row.pk])).context["adminform"].form
    assert [form[name].value() for name in chosen] == [["trade"], ["web"], True]


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("percent", {"percent": "20"}, []),
        ("amount", {"amounts": "5 USD"}, []),
        ("fixed_price", {"prices": "5 USD", "what_for": "tag: sale"}, []),
        ("gift", {}, ["gift", "lane"]),
        ("percent", {"percent": "20", "minimum": "50 USD", "needs_code": "on"}, ["minimum", "needs_code"]),
        ("percent", {"percent": "20", "most_off": "5 USD", "budget": "9 USD"}, ["budget", "most_off"]),
        ("percent", {"percent": "20", "usage_limit": "5", "is_first_order": "on"}, ["is_first_order", "usage_limit"]),
    ],
)
def test_prices_in_lists_know_no_cart(merchant: Client, kind: str, fields: dict[str, Any], expected: list[str]) -> None:
    answer = merchant.post(ADD, data(kind, "catalogue", **fields))

    if expected:
        assert sorted(answer.context["adminform"].form.errors) == expected
    else:
        assert answer.status_code == 302
        assert [one.event_type for one in OutboxEvent.objects.all()] == ["PromotionChanged"]


def test_a_promotion_with_coupons_does_not_come_into_lists(merchant: Client) -> None:
    row = promotion(needs_code=True, scope={})
    Coupon.objects.create(promotion=row, code="A")
    page = reverse("admin:cart_promotion_change", args=[row.pk])
    inline = {"coupons-TOTAL_FORMS": 0, "coupons-INITIAL_FORMS": 0}
    answer = merchant.post(page, {**data("percent", "catalogue", percent="10"), **inline})
    assert sorted(answer.context["adminform"].form.errors) == ["lane"]
