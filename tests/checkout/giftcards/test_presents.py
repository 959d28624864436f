"""Gift cards for somebody else: asked on the page, sent on their day, once, and their buyer told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cart.carts import ownership
from cart.carts import services as cart_services
from catalog.customizations import gifts, rules
from checkout.giftcards import bought, selectors, services
from checkout.giftcards.models import GiftCard
from checkout.orders import lines as order_lines
from checkout.orders.models import Order
from shop.audit.models import AuditEntry
from shop.core import db
from tests import outbox
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.factories.giftcards import card, code, product
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)

FOR_BOB = {gifts.EMAIL: "bob@example.com", gifts.NAME: "Bob", gifts.MESSAGE: "Happy birthday,\r\nBob! <3"}


@pytest.fixture(autouse=True)
def _shop(shop_sandbox: RunningSandbox) -> None:
    carts.rates()


def today() -> date:
    return db.clock().date()


def buy(quantity: int = 1, **answers: str) -> Order:
    made = ownership.begin(None)
    variant = carts.variant_of(product())
    given = {name.replace("_", "-"): value for name, value in answers.items()}
    cart_services.add(cart=made, variant_id=variant.pk, quantity=quantity, by="guest", customizations=given)
    made.refresh_from_db()
    order = carts.order(made)
    outbox.drain()
    assert outbox.failures() == []
    return order


def present(day: date | None = None, quantity: int = 1) -> Order:
    return buy(quantity, **FOR_BOB, **({gifts.DATE: day.isoformat()} if day else {}))


def told() -> list[tuple[str, str]]:
    """Who got which e-mail about gift cards."""
    return sorted((one.to[0], one.subject) for one in mail.outbox if "gift card" in one.subject.lower())


def sent() -> int:
    number = services.send_due()
    outbox.drain()
    return number


def test_without_a_date_it_is_sent_at_once_and_the_buyer_told() -> None:
    order = present()
    [gift] = selectors.bought_with(order.pk)
    assert [one for one, _subject in told()] == ["ada@example.com", "bob@example.com"]
    message = next(one for one in mail.outbox if one.to == ["bob@example.com"])
    for text in ("Dear Bob,", "Ada Lovelace has a present for you.", "“Happy birthday,\nBob! <3”", code(gift)):
        assert text in message.body
    assert not any(code(gift) in one.body for one in mail.outbox if one.to == ["ada@example.com"])
    assert (gift.recipient, gift.mailed_at is not None) == ("bob@example.com", True)


def test_it_is_sent_on_its_day_and_once() -> None:
    [gift] = selectors.bought_with(present(today() + timedelta(days=3)).pk)
    assert (told(), gift.mailed_at, sent()) == ([], None, 0)
    GiftCard.objects.update(send_on=today())
    assert sum(together([services.send_due] * 3)) == 1
    outbox.drain()
    assert [one for one, _subject in told()] == ["ada@example.com", "bob@example.com"]
    assert (sent(), len(told())) == (0, 2)


def test_what_was_taken_back_or_ended_is_not_sent() -> None:
    order = present(today() + timedelta(days=3))
    bought.cancel_order(order_id=order.pk, by="guest")
    [other] = selectors.bought_with(present(today() + timedelta(days=3)).pk)
    services.end(card_id=other.pk, by="staff:1")
    GiftCard.objects.update(send_on=today())
    assert (sent(), told()) == (0, [])


def test_staff_correct_the_address_and_send_it_again() -> None:
    [gift] = selectors.bought_with(present(today() + timedelta(days=3)).pk)
    assert services.readdress(card_id=gift.pk, recipient="rob@example.com", by="staff:1")
    assert not services.readdress(card_id=gift.pk, recipient="rob@example.com", by="staff:1")
    GiftCard.objects.update(send_on=today())
    assert (sent(), [one for one, _subject in told()]) == (1, ["ada@example.com", "rob@example.com"])
    services.readdress(card_id=gift.pk, recipient="bobby@example.com", by="staff:1")
    assert [services.send_again(card_id=gift.pk, by="staff:1") for _again in range(2)] == [True, False]
    outbox.drain()
    assert [one for one, _subject in told()] == ["ada@example.com", "bobby@example.com", "rob@example.com"]
    changes = AuditEntry.objects.filter(action="giftcard.readdress").values_list("changes", flat=True)
    assert "example.com" not in str(list(changes))


def test_sent_by_hand_before_its_day_it_is_not_sent_again() -> None:
    [gift] = selectors.bought_with(present(today() + timedelta(days=3)).pk)
    assert services.send_again(card_id=gift.pk, by="staff:1")
    GiftCard.objects.update(send_on=today())
    assert sent() == 0


def test_cards_of_staff_are_mailed_as_before() -> None:
    gift = card(2000, recipient="eve@example.com")
    outbox.drain()
    assert [one for one, _subject in told()] == ["eve@example.com"]
    assert not GiftCard.objects.filter(pk=gift.pk, send_on__isnull=False).exists()


def test_the_page_asks_and_the_cart_tells(client: Client) -> None:
    gift = product()
    page = client.get(f"/products/{gift.slug}/").content.decode()
    for name in (gifts.EMAIL, gifts.NAME, gifts.MESSAGE, gifts.DATE):
        assert f'data-testid="custom-{name}"' in page
    variant = str(carts.variant_of(gift).pk)
    wrong = {"variant": variant, "quantity": "1", "custom-gift-message": "Hi", "custom-gift-date": "2020-01-01"}
    answer = client.post("/cart/add/", wrong)
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "This day is over. Please choose today or a later one." in said
    assert "Please fill this in." in said
    client.post("/cart/add/", {**wrong, "custom-gift-email": "bob@example.com", "custom-gift-date": str(today())})
    cart = client.get("/cart/").content.decode()
    assert "Recipient’s e-mail: bob@example.com" in cart
    other = client.get(f"/products/{carts.product().slug}/").content.decode()
    assert "custom-gift-email" not in other


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, {}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "2026-05-01"}, {}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "2027-05-01"}, {}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "2026-04-30"}, {gifts.DATE: "too_early"}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "2027-05-02"}, {gifts.DATE: "too_late"}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "2026-02-30"}, {gifts.DATE: "bad_date"}),
        ({gifts.EMAIL: "bob@example.com", gifts.DATE: "20260601"}, {gifts.DATE: "bad_date"}),
        ({gifts.EMAIL: "bob@example"}, {gifts.EMAIL: "bad_email"}),
        ({gifts.EMAIL: "bob@example.com, eve@example.com"}, {gifts.EMAIL: "bad_email"}),
        ({gifts.EMAIL: "bob@example.com\nBcc: x@example.com"}, {gifts.EMAIL: "bad_characters"}),
        ({gifts.NAME: "Bob"}, {gifts.EMAIL: "required"}),
        ({gifts.DATE: "2026-05-01"}, {gifts.EMAIL: "required"}),
        ({gifts.EMAIL: "bob@example.com", gifts.MESSAGE: "x" * 501}, {gifts.MESSAGE: "too_long"}),
    ],
)
def test_what_may_be_answered(given: dict[str, Any], problems: dict[str, str]) -> None:
    assert dict(rules.answers(gifts.fields(date(2026, 5, 1)), given).problems) == problems


def test_a_message_keeps_its_lines_wherever_it_is_told() -> None:
    order = present()
    ordered = next(one for one in mail.outbox if one.subject.startswith("We have your order"))
    asked = "\n  Recipient’s e-mail: bob@example.com\n  Recipient’s name: Bob\n  Message: Happy birthday,\n  Bob! <3\n"
    assert f": $50.00{asked}" in ordered.body
    [line] = order.lines.all()
    shown = "Recipient’s e-mail: bob@example.com\nRecipient’s name: Bob\nMessage: Happy birthday,\nBob! <3"
    assert order_lines.in_lines(line) == shown
    assert order_lines.about(line) == shown.replace(",\n", ", ").replace("\n", " · ")
    html = str(ordered.alternatives[0][0])
    assert "<bdi>Message: Happy birthday,</bdi></span><br>" in html
