"""The balance of a gift card over REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.giftcards import services
from checkout.giftcards.models import GiftCard
from shop.core import db
from tests.checkout.api.test_shopper import call
from tests.factories.giftcards import card, code

pytestmark = pytest.mark.django_db


def ask(client: Client, typed: Any) -> Any:
    url = reverse("api_gift_card_balance").removeprefix("/api/")
    return call(client, "POST", url, {"code": typed})


def test_what_is_left_is_told_to_whoever_has_the_code(client: Client) -> None:
    gift = card(2050)
    answer = ask(client, f" {code(gift).lower()} ")
    told = {"endsIn": gift.last4, "balance": "20.50", "currency": "USD", "validUntil": None, "problem": ""}
    assert (answer.status_code, answer.json()) == (200, told)
    assert answer["Cache-Control"] == "private, no-store"
    over = db.clock() - timedelta(days=1)
    GiftCard.objects.filter(pk=gift.pk).update(expires_at=over)
    assert ask(client, code(gift)).json()["problem"] == "This gift card has expired."


def test_unknown_and_ended_codes_are_answered_alike(client: Client) -> None:
    gift = card(2050)
    services.end(card_id=gift.pk, by="staff:1")
    answers = [ask(client, typed) for typed in (code(gift), "0000-0000-0000-0000", "x")]
    assert {(one.status_code, one.json()["error"]["code"]) for one in answers} == {(404, "gift_card_unknown")}
    assert len({one.content for one in answers}) == 1
    assert ask(client, "").json()["error"]["code"] == "validation_error"


def test_guesses_are_counted(client: Client, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = True
    known = code(card(100))
    assert [ask(client, known).status_code for _guess in range(11)] == [200] * 10 + [429]
    assert ask(client, known).json()["error"]["code"] == "rate_limited"
