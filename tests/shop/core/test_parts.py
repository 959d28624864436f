"""Parts of pages that Jinja2 draws."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.template import Context, Template
from django.utils import translation

from catalog.products.cards import Card
from shop.core.money import Money

CARD = Card(
    product_id=UUID(int=1), url="/products/mug/", name="Mug & <saucer>", brand="Ada's", picture=None,
    price=Money(1250, "USD"), regular_price=Money(1500, "USD"), price_from=True, rating_average=4.25, rating_count=1,
    is_in_stock=False, is_sellable=True,
)  # fmt: skip


def drawn(source: str, **context: object) -> str:
    return Template("{% load parts %}" + source).render(Context(context))


def test_what_is_shown_is_escaped() -> None:
    html = drawn('{% part "card" card=card currency="USD" %}', card=CARD)

    assert "Mug &amp; &lt;saucer&gt;" in html
    assert "Ada&#39;s" in html
    assert "<saucer>" not in html


def test_a_price_before_and_now() -> None:
    source = '{% part "price" price=price regular_price=before is_from=True %}'

    assert drawn(source, price=CARD.price, before=CARD.regular_price) == (
        '<span class="price"><span class="price__from">From</span><span class="visually-hidden">Now</span>'
        '<span class="price__sale">$12.50</span><span class="visually-hidden">before</span><del>$15.00</del></span>'
    )  # fmt: skip


def test_a_price_alone_with_a_test_id() -> None:
    html = drawn('{% part "price" price=price testid="price" %}', price=Money(100, "USD"))

    assert html == '<span class="price"><span data-testid="price">$1.00</span></span>'


@pytest.mark.parametrize(("count", "word"), [(1, "review"), (2, "reviews")])
def test_one_review_and_two(count: int, word: str) -> None:
    html = drawn('{% part "rating" average=4.25 count=count %}', count=count)

    assert f'<span>({count}<span class="visually-hidden"> {word}</span>)</span>' in html
    assert "</span>4.3<span" in html


def test_each_language_has_its_own() -> None:
    source = '{% part "price" price=price %}'
    with translation.override("de"):
        german = drawn(source, price=Money(123450, "EUR"))
    english = drawn(source, price=Money(123450, "EUR"))

    assert "<span>1.234,50\xa0€</span>" in german
    assert "<span>€1,234.50</span>" in english


def test_a_decoration_has_no_words() -> None:
    source = '{% part "picture" picture=picture is_decoration=True %}'

    assert 'alt=""' in drawn(source, picture={"src": "/a.png", "alt": "A mug"})


def test_a_card_is_drawn_once_until_anything_of_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    source = '{% part "cards" cards=cards currency="USD" %}'
    card = replace(CARD, name="Remembered", picture={"src": "/a.webp", "alt": "A"})
    first = drawn(source, cards=[card])
    monkeypatch.setattr(Money, "format", lambda *_asked: pytest.fail("drawn once more"))

    assert drawn(source, cards=[replace(card, picture={"src": "/a.webp", "alt": "A"})]) == first
    assert first.count("<article") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"price": Money(1251, "USD")}, {"name": "Remembered <b>"}, {"is_in_stock": True}, {"rating_count": 2},
        {"picture": {"src": "/a.webp", "alt": "B"}}, {"name_parts": [("Remem", True), ("bered", False)]},
    ],
)  # fmt: skip
def test_another_card_is_another_card(changed: dict[str, Any]) -> None:
    source = '{% part "cards" cards=cards currency="USD" %}'
    card = replace(CARD, name="Remembered", picture={"src": "/a.webp", "alt": "A"})

    assert drawn(source, cards=[replace(card, **changed)]) != drawn(source, cards=[card])


def test_a_frame_without_a_shop_is_empty_and_no_error() -> None:
    assert drawn('{% part "frame.header" shop=shop path="/" %}').count("<header") == 1
    assert drawn('{% part "frame.footer" shop=shop address="/" %}').count("<footer") == 1
