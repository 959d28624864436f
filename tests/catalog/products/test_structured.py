"""What search engines are told of a product as data, compared with what its page shows."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cart.shipping import calendars
from cart.shipping.models import ShippingMethod
from catalog.products.models import Product, ProductType
from checkout.returns import policies
from checkout.returns.models import ReturnRule
from shop.core import kept
from tests.factories import catalog, customizations, returns, shipping
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db
SITE, SCHEMA = "https://shop.test", "https://schema.org"
TEE = f"{SITE}/products/tee/"


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SITE_URL, settings.SHOP_NAME = SITE, "Holdfast"
    ShippingMethod.objects.all().delete()
    calendars.forget()
    returns.rule()


@pytest.fixture
def tee() -> Product:
    """Moss M and Moss L in stock, Navy M sold out; Navy alone has a picture of its own."""
    product = catalog.ProductFactory(name="Tee", slug="tee", options=["Colour", "Size", "Cut"])
    for sku, colour, size, units, amount in [
        ("T-MM", "Moss", "M", 20, 2500), ("T-ML", "Moss", "L", 20, 2700), ("T-NM", "Navy", "M", 0, 2500),
    ]:  # fmt: skip
        options = {"Colour": colour, "Size": size, "Cut": "Wide"}
        made = catalog.add_variant(product, sku=sku, options=options, units=units, amount=amount)
    catalog.ImageFactory(product=product, alt="Tee")
    catalog.ImageFactory(product=product, variant=made, alt="Tee, navy")
    return product


def _page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _data(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(re.findall(r"ld\+json\">(.*?)</script>", text, re.DOTALL)[0])
    return found


def _price(text: str) -> str:
    [found] = re.findall(r'data-testid="price"[^>]*>\$([\d.]+)<', text)
    return str(found)


def _said(text: str, testid: str) -> str:
    found = re.findall(rf'data-testid="{testid}">(.*?)</span></li>', text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", one)) for one in found).strip()


# --- Variants


def test_variants_are_a_group_each_at_the_price_of_its_own_page(tee: Product) -> None:
    group = _data(_page("/products/tee/"))
    own = {sku: _page(f"/products/tee/?variant={sku}") for sku in ("T-MM", "T-ML", "T-NM")}
    pictures = {picture for one in group["hasVariant"] if (picture := one["image"])}

    assert {name: group[name] for name in ("@type", "name", "url", "productGroupID", "variesBy")} == {
        "@type": "ProductGroup", "name": "Tee", "url": TEE, "productGroupID": str(tee.pk),
        "variesBy": [f"{SCHEMA}/color", f"{SCHEMA}/size"],
    }  # fmt: skip
    assert [one["name"] for one in group["hasVariant"]] == [
        "Tee – Moss, M, Wide", "Tee – Moss, L, Wide", "Tee – Navy, M, Wide",
    ]  # fmt: skip
    assert [(one["@type"], one["sku"], one["color"], one["size"]) for one in group["hasVariant"]] == [
        ("Product", "T-MM", "Moss", "M"), ("Product", "T-ML", "Moss", "L"), ("Product", "T-NM", "Navy", "M"),
    ]  # fmt: skip
    assert {one["sku"]: one["offers"] for one in group["hasVariant"]} == {
        sku: {
            "@type": "Offer",
            "price": _price(text),
            "priceCurrency": "USD",
            "availability": f"{SCHEMA}/{'OutOfStock' if 'Sold out' in text else 'InStock'}",
            "itemCondition": f"{SCHEMA}/NewCondition",
            "url": f"{TEE}?variant={sku}",
            "seller": {"@type": "Organization", "name": "Holdfast"},
            "hasMerchantReturnPolicy": group["hasVariant"][0]["offers"]["hasMerchantReturnPolicy"]
            if sku == "T-MM" else {"@id": f"{TEE}#returns"},
        }
        for sku, text in own.items()
    }  # fmt: skip
    assert [_price(text) for text in own.values()] == ["25.00", "27.00", "25.00"]
    assert (len(pictures), group["hasVariant"][0]["image"] == group["hasVariant"][1]["image"]) == (2, True)
    assert not {"offers", "sku"} & set(group)


def test_of_the_group_the_one_that_is_shown_says_how_it_is_delivered(tee: Product) -> None:
    shipping.method("post")
    told = {
        sku: [one["sku"] for one in _data(_page(f"/products/tee/?variant={sku}"))["hasVariant"]
              if "shippingDetails" in one["offers"]]
        for sku in ("T-MM", "T-ML", "T-NM")
    }  # fmt: skip

    assert told == {"T-MM": ["T-MM"], "T-ML": ["T-ML"], "T-NM": []}


def test_a_variant_without_a_price_is_not_offered(tee: Product) -> None:
    catalog.add_variant(tee, sku="T-NO", options={"Colour": "Navy", "Size": "L", "Cut": "Wide"}, amount=None)

    assert [one["sku"] for one in _data(_page("/products/tee/"))["hasVariant"]] == ["T-MM", "T-ML", "T-NM"]


def test_the_group_is_named_in_the_language_of_the_page(tee: Product) -> None:
    group = _data(_page("/de/products/tee/"))

    assert (group["url"], group["hasVariant"][0]["offers"]["url"]) == (
        f"{SITE}/de/products/tee/", f"{SITE}/de/products/tee/?variant=T-MM",
    )  # fmt: skip
    assert group["variesBy"] == [f"{SCHEMA}/color", f"{SCHEMA}/size"]


# --- Delivery and returns


def _lamp() -> Product:
    return catalog.product(name="Lamp", slug="lamp", amount=1000, units=20, indexed=False)


def test_delivery_is_as_the_page_says_it() -> None:
    shipping.method("post", price_minor=490, min_days=1, max_days=2)
    _lamp()
    text = _page("/products/lamp/")
    told = _data(text)["offers"]["shippingDetails"]
    waits = told["deliveryTime"]["handlingTime"]["maxValue"]

    assert told == {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": "4.90", "currency": "USD"},
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": "US"},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "handlingTime": {"@type": "QuantitativeValue", "minValue": 0, "maxValue": waits, "unitCode": "DAY"},
            "transitTime": {
                "@type": "QuantitativeValue", "unitCode": "DAY",
                "minValue": told["deliveryTime"]["transitTime"]["minValue"],
                "maxValue": told["deliveryTime"]["transitTime"]["maxValue"],
            },
        },
    }  # fmt: skip
    assert "costs $4.90." in _said(text, "delivery-promise")


RULES = [
    ({}, "30 days to change your mind Sending it back is free.",
     {"merchantReturnDays": 30, "returnFees": "FreeReturn"}),
    ({"window_days": 1}, "1 day to change your mind Sending it back is free.",
     {"merchantReturnDays": 1, "returnFees": "FreeReturn"}),
    ({"window_days": 14, "label_paid_by": "shopper"}, "14 days to change your mind You pay for sending it back.",
     {"merchantReturnDays": 14, "returnFees": "ReturnFeesCustomerResponsibility"}),
    ({"is_final_sale": True}, "Cannot be sent back: final sale", None),
]  # fmt: skip


def _policy(facts: dict[str, Any] | None) -> dict[str, Any]:
    told = {"@type": "MerchantReturnPolicy", "applicableCountry": "US"}
    if facts is None:
        return told | {"returnPolicyCategory": f"{SCHEMA}/MerchantReturnNotPermitted"}
    return told | {
        "returnPolicyCategory": f"{SCHEMA}/MerchantReturnFiniteReturnWindow",
        "returnMethod": f"{SCHEMA}/ReturnByMail",
        **facts,
        "returnFees": f"{SCHEMA}/{facts['returnFees']}",
    }


@pytest.mark.parametrize(("rule", "said", "facts"), RULES)
def test_returns_are_told_by_the_rule_of_the_product(
    rule: dict[str, Any], said: str, facts: dict[str, Any] | None
) -> None:
    returns.rule(**rule)
    _lamp()
    text = _page("/products/lamp/")

    assert " ".join(_said(text, "returns").split()) == said
    assert _data(text)["offers"]["hasMerchantReturnPolicy"] == _policy(facts)


def test_the_first_rule_that_fits_the_product_is_told() -> None:
    wear = catalog.category("Wear", "Tees")
    tee = catalog.product(name="Tee", slug="tee", category=wear, units=1, indexed=False)
    _lamp()
    for place, rule in enumerate([{"product_id": tee.pk, "window_days": 7}, {"category_path": wear.url_path}]):
        returns.add_rule(position=place, **rule)

    assert [_said(_page(f"/products/{slug}/"), "returns").split(" day")[0] for slug in ("tee", "lamp")] == ["7", "30"]


@pytest.mark.parametrize(
    ("days", "said"), [(2, "يومان (2)"), (7, "7 أيام"), (14, "14 يومًا"), (60, "60 يومًا"), (100, "100 يوم")]
)
def test_days_are_counted_as_arabic_counts_them(days: int, said: str) -> None:
    returns.rule(window_days=days)
    _lamp()

    assert f"{said} لتغيير رأيك" in _said(_page("/ar/products/lamp/"), "returns")


def test_nothing_is_said_of_sending_back_what_comes_by_e_mail() -> None:
    returns.rule()
    product = _lamp()
    ProductType.objects.filter(pk=product.product_type_id).update(tax_class="gift_card")
    text = _page("/products/lamp/")

    assert (_said(text, "returns"), "hasMerchantReturnPolicy" in text) == ("", False)


def test_where_no_rule_speaks_of_it_nothing_is_said() -> None:
    returns.rule(product_type="another")
    _lamp()
    text = _page("/products/lamp/")

    assert (_said(text, "returns"), "hasMerchantReturnPolicy" in _data(text)["offers"]) == ("", False)


def test_what_is_always_made_for_somebody_does_not_come_back() -> None:
    lamp = _lamp()
    customizations.engraving(lamp, is_required=True, is_final_sale=True)

    assert _said(_page("/products/lamp/"), "returns") == "Cannot be sent back: final sale"


def test_the_rules_are_read_once_for_all_pages(tee: Product) -> None:
    _lamp()
    asked = []
    for slug in ("lamp", "tee", "lamp"):
        with CaptureQueriesContext(connection) as queries:
            _page(f"/products/{slug}/")
        asked.append(sum("checkout_returnrule" in one["sql"] for one in queries))

    assert asked == [1, 0, 0]


# --- Changes


@pytest.fixture
def _is_kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.KEEP_PAGES = True
    monkeypatch.setattr(kept, "TRUSTED", 0)  # seconds: every page is looked at each time
    yield
    kept.memory.clear()


@pytest.mark.usefixtures("_is_kept")
@pytest.mark.django_db(transaction=True)
def test_a_changed_rule_is_on_a_kept_page_at_once(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    owner = Client()
    owner.force_login(StaffFactory(is_superuser=True))
    _lamp()
    row = ReturnRule.objects.get()
    before = _page("/products/lamp/")
    form = {
        "position": row.position, "is_active": "on", "name": row.name, "window_days": 45, "approval": row.approval,
        "label_paid_by": row.label_paid_by, "refunds_delivery": "on",
    }  # fmt: skip

    answer = owner.post(f"/admin/checkout/returnrule/{row.pk}/change/", form)
    after = _page("/products/lamp/")

    assert answer["Location"] == "/admin/checkout/returnrule/"
    assert [_data(text)["offers"]["hasMerchantReturnPolicy"]["merchantReturnDays"] for text in (before, after)] == [
        30, 45,
    ]  # fmt: skip
    assert [_said(text, "returns").split()[0] for text in (before, after)] == ["30", "45"]


@pytest.mark.usefixtures("_is_kept")
def test_a_changed_price_of_delivery_is_on_a_kept_page_at_once() -> None:
    method = shipping.method("post", price_minor=490)
    _lamp()
    told = []
    for minor in (490, 590):
        ShippingMethod.objects.filter(pk=method.pk).update(price_minor=minor)
        calendars.forget()  # as the admin does (cart/shipping/admin.py)
        text = _page("/products/lamp/")
        told.append((_data(text)["offers"]["shippingDetails"]["shippingRate"]["value"], "costs $" in text))

    assert told == [("4.90", True), ("5.90", True)]


def test_rules_are_read_anew_by_every_process() -> None:
    """By the version in the cache, not by what this process did."""
    known = policies.kept()
    ReturnRule.objects.update(window_days=99)
    still = policies.kept()
    policies.forget()

    assert [known[0].window_days, still[0].window_days, policies.kept()[0].window_days] == [30, 30, 99]
