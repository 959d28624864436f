"""What an item of the feed says, by the pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import XML
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.merchantfeed import rules
from catalog.merchantfeed.rules import MOST, Price, Sold
from catalog.products.charging import Priced, Row, Rule
from catalog.products.rules import Terms

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sold(**fields: Any) -> Sold:
    known: dict[str, Any] = {
        "key": "0192f0c1-7d3a-7c44-9d5e-3f1f5b0f9a11", "sku": "CUP-1", "name": "Cup", "currency": "USD",
        "link": "https://shop.example/products/cup/?variant=CUP-1", "price": Price(1500), "state": "in_stock",
        "pictures": ["https://shop.example/media/cup.webp"],
    }  # fmt: skip
    return Sold(**{**known, **fields})


def values(**fields: Any) -> dict[str, Any]:
    return dict(rules.item(sold(**fields)))


def test_a_plain_item() -> None:
    assert rules.item(sold()) == [
        ("id", "CUP-1"),
        ("title", "Cup"),
        ("description", "Cup"),
        ("link", "https://shop.example/products/cup/?variant=CUP-1"),
        ("image_link", "https://shop.example/media/cup.webp"),
        ("availability", "in_stock"),
        ("price", "15.00 USD"),
        ("identifier_exists", "no"),
        ("condition", "new"),
    ]


def test_all_that_may_be_said() -> None:
    item = rules.item(
        sold(
            price=Price(1500, 1200, (NOW, NOW + DAY)), state="preorder", expected_on=date(2026, 7, 1),
            pictures=["https://a/1", "https://a/2", "https://a/3"], group="0192", brand="Acme", gtin="4006381333931",
            description="<p>Thick &amp; blue.</p><ul><li>Glazed</li><li>For <b>tea</b></li></ul>",
            categories=["Kitchen", "Cups"], options={"Colour": "Moss", "Size": "M", "Handle": "Left"},
            attributes={"material": "Clay", "mpn": "C-1", "condition": "Used", "gender": "Unisex",
                        "warranty": "2 years", "google_product_category": "2169"},
            grams=350, is_bundle=True,
        )
    )  # fmt: skip
    assert item == [
        ("id", "CUP-1"),
        ("title", "Cup - Moss, M, Left"),
        ("description", "Thick & blue.\nGlazed\nFor tea"),
        ("link", "https://shop.example/products/cup/?variant=CUP-1"),
        ("image_link", "https://a/1"),
        ("additional_image_link", "https://a/2"),
        ("additional_image_link", "https://a/3"),
        ("availability", "preorder"),
        ("availability_date", "2026-07-01T00:00+0000"),
        ("price", "15.00 USD"),
        ("sale_price", "12.00 USD"),
        ("sale_price_effective_date", "2026-06-01T12:00:00+0000/2026-06-02T12:00:00+0000"),
        ("brand", "Acme"),
        ("gtin", "4006381333931"),
        ("mpn", "C-1"),
        ("condition", "used"),
        ("item_group_id", "0192"),
        ("google_product_category", "2169"),
        ("product_type", "Kitchen > Cups"),
        ("shipping_weight", "350 g"),
        ("is_bundle", "yes"),
        ("color", "Moss"),
        ("gender", "unisex"),
        ("material", "Clay"),
        ("size", "M"),
        ("product_detail", {"attribute_name": "Handle", "attribute_value": "Left"}),
    ]


def test_without_a_picture_it_cannot_be_listed() -> None:
    assert rules.item(sold(pictures=[])) == []


@pytest.mark.parametrize(
    ("state", "expected_on", "said"),
    [
        ("in_stock", None, {"availability": "in_stock"}),
        ("out", None, {"availability": "out_of_stock"}),
        ("backorder", date(2026, 7, 1), {"availability": "backorder", "availability_date": "2026-07-01T00:00+0000"}),
        ("preorder", None, {"availability": "out_of_stock"}),
    ],
)
def test_stock(state: str, expected_on: date | None, said: dict[str, str]) -> None:
    found = values(state=state, expected_on=expected_on)
    assert {name: value for name, value in found.items() if name.startswith("avail")} == said


@pytest.mark.parametrize(
    ("fields", "is_known"),
    [
        ({}, False),
        ({"brand": "Acme"}, False),
        ({"attributes": {"mpn": "C-1"}}, False),
        ({"brand": "Acme", "attributes": {"mpn": "C-1"}}, True),
        ({"gtin": "4006381333931"}, True),
        ({"gtin": "2500227678955"}, False),  # its own number within a shop
        ({"gtin": "0412345678905", "brand": "Acme"}, False),
    ],
)
def test_who_has_no_number_says_so(fields: dict[str, Any], is_known: bool) -> None:
    assert values(**fields).get("identifier_exists") == (None if is_known else "no")


def test_a_long_sku_is_no_id() -> None:
    assert values(sku="S" * 51)["id"] == sold().key
    assert values(sku="S" * 50)["id"] == "S" * 50


@pytest.mark.parametrize(("currency", "price"), [("JPY", "1500 JPY"), ("EUR", "15.00 EUR"), ("KWD", "1.500 KWD")])
def test_prices_have_the_digits_of_their_currency(currency: str, price: str) -> None:
    assert values(currency=currency)["price"] == price


anything = st.text(max_size=40) | st.builds(lambda text, times: text * times, st.text(max_size=9), st.just(900))


@given(anything, anything, st.dictionaries(anything.filter(bool), anything, max_size=3))
def test_no_text_breaks_the_file_or_is_too_long(name: str, description: str, options: dict[str, str]) -> None:
    for key, value in rules.item(sold(name=name or "x", description=description, options=options)):
        for one in [value] if isinstance(value, str) else value.values():
            assert len(one) <= MOST.get(key, len(one))
            assert (XML(f"<a>{escape(one)}</a>").text or "") == one


# --- Prices


def usd(*rows: Row, rules: tuple[Rule, ...] = ()) -> Priced:
    return Priced("USD", rows, rules)


SPAN = (NOW - DAY, NOW + DAY)


@pytest.mark.parametrize(
    ("priced", "expected"),
    [
        (usd(), None),
        (usd(Row(Terms(1000), "trade")), None),
        (usd(Row(Terms(1000))), Price(1000)),
        (usd(Row(Terms(1000, 700))), Price(1000, 700)),
        (usd(Row(Terms(1000, 700, *SPAN))), Price(1000, 700, SPAN, SPAN[1])),
        (usd(Row(Terms(1000, 700, None, SPAN[1]))), Price(1000, 700, (NOW - 12 * HOUR, SPAN[1]), SPAN[1])),
        (usd(Row(Terms(1000, 700, SPAN[0], None))), Price(1000, 700)),
        (usd(Row(Terms(1000, 700, NOW + HOUR, NOW + DAY))), Price(1000, 700, (NOW + HOUR, NOW + DAY), NOW + HOUR)),
        (usd(Row(Terms(1000, 700, NOW + HOUR))), Price(1000, changes_at=NOW + HOUR)),
        (usd(Row(Terms(1000, 700, NOW - DAY, NOW - HOUR))), Price(1000)),
        (
            usd(Row(Terms(1000)), rules=(Rule("1", "A fifth off", points=2000, starts=NOW, ends=NOW + DAY),)),
            Price(1000, 800, (NOW, NOW + DAY), NOW + DAY),
        ),
        (  # two sales, one in the other
            usd(Row(Terms(1000, 700, *SPAN)), rules=(Rule("1", "Half", points=5000, starts=NOW + HOUR),)),
            Price(1000, 700, (SPAN[0], NOW + HOUR), NOW + HOUR),
        ),
    ],
)
def test_prices_are_those_of_the_page_and_sales_have_their_dates(priced: Priced, expected: Price | None) -> None:
    assert rules.price(priced, NOW) == expected


moments = st.none() | st.integers(-48, 48).map(lambda hours: NOW + hours * HOUR)


@given(
    st.integers(2, 100), st.integers(1, 99), st.tuples(moments, moments), st.tuples(moments, moments),
    st.integers(1, 9000), st.integers(0, 96),
)  # fmt: skip
def test_what_is_told_beforehand_comes_true(
    amount: int, sale: int, on_sale: Any, ruled: Any, points: int, later: int
) -> None:
    """Until the feed has to be made anew, who reads it knows what the page says at any moment."""
    rule = Rule("1", "Off", points=points, starts=ruled[0], ends=ruled[1])
    priced = usd(Row(Terms(amount * 100, min(sale, amount - 1) * 100, *on_sale)), rules=(rule,))
    told = rules.price(priced, NOW)
    assert told is not None

    moment = NOW + later * HOUR / 2
    is_known = told.changes_at is None or moment < told.changes_at or (told.span and moment < told.span[1])
    if is_known:
        is_off = told.sale is not None and (told.span is None or told.span[0] <= moment < told.span[1])
        charge = priced.at(moment)
        assert charge is not None
        assert (charge.amount, charge.regular) == (told.sale if is_off else told.regular, told.regular)
