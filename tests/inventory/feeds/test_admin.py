"""Feeds as a merchant sets them up: the secret is shown once, and what was sent can be looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.feeds.models import Feed, FeedMessage
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db
from tests.factories.feeds import feed as registered
from tests.factories.inventory import LocationFactory, stocked
from tests.fakes import partner
from tests.fakes.partner import movement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def page(feed: Feed, name: str = "change") -> str:
    return reverse(f"admin:inventory_feed_{name}", args=[feed.pk])


def secrets_in(answer: Any) -> list[str]:
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())


def test_a_new_feed_shows_its_secret_once(merchant: Client) -> None:
    place = LocationFactory()
    data = {
        "code": "east",
        "name": "East",
        "location": place.pk,
        "allowed_reasons": ["received", "lost"],
        "is_active": "on",
    }
    url = reverse("admin:inventory_feed_add")
    assert merchant.get(url).status_code == 200
    answer = merchant.post(url, data)
    (secret,) = secrets_in(answer)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    feed = Feed.objects.get()
    assert (feed.secret, feed.location, feed.allowed_reasons) == (secret, place, ["received", "lost"])
    for address in (page(feed), reverse("admin:inventory_feed_changelist")):
        assert secrets_in(merchant.get(address)) == []
    assert secret not in str(AuditEntry.objects.using(db.INVENTORY).values_list("changes", flat=True))
    item = stocked(0)
    payload = {"movements": [movement(item.sku, 3, location=place.code)]}
    assert partner.send("east", secret, "m1", payload).status_code == 200


def test_a_feed_without_reasons_or_with_a_used_code_is_shown_again(merchant: Client) -> None:
    feed, _secret = registered()
    url = reverse("admin:inventory_feed_add")
    answer = merchant.post(url, {"code": feed.code, "name": "East", "allowed_reasons": []})
    assert sorted(answer.context["adminform"].form.errors) == ["allowed_reasons", "code"]
    assert Feed.objects.count() == 1


def test_changing_a_feed_leaves_secret_and_sequence_alone(merchant: Client) -> None:
    feed, secret = registered()
    Feed.objects.filter(pk=feed.pk).update(last_sequence=7)
    data = {"name": "East", "location": "", "allowed_reasons": ["sold"]}
    assert merchant.get(page(feed)).status_code == 200
    assert merchant.post(page(feed), data).status_code == 302
    feed.refresh_from_db()
    assert (feed.name, feed.allowed_reasons, feed.is_active) == ("East", ["sold"], False)
    assert (feed.secret, feed.last_sequence) == (secret, 7)


def test_a_new_secret_is_asked_about_and_overlaps(merchant: Client) -> None:
    feed, old = registered()
    assert secrets_in(merchant.get(page(feed, "rotate"))) == []
    feed.refresh_from_db()
    assert feed.secret == old
    (new,) = secrets_in(merchant.post(page(feed, "rotate")))
    feed.refresh_from_db()
    assert (feed.secret, feed.previous_secret) == (new, old)
    assert merchant.get(page(feed, "end_overlap")).status_code == 200
    assert merchant.post(page(feed, "end_overlap")).status_code == 302
    feed.refresh_from_db()
    assert (feed.secret, feed.previous_secret, feed.previous_until) == (new, None, None)


def test_what_was_sent_can_be_looked_at(merchant: Client, django_assert_max_num_queries) -> None:
    (feed, secret), item = registered(), stocked(5)
    partner.send(feed.code, secret, "good", {"movements": [movement(item.sku, 3)]})
    partner.send(feed.code, secret, "bad", {"movements": [movement(item.sku, -9)]})
    moved = merchant.get(page(feed, "messages_of"), follow=True)
    shown = moved.content.decode()
    assert [name in shown for name in ("good", "bad", "would_go_below_zero")] == [True, True, True]
    assert secrets_in(moved) == []
    with django_assert_max_num_queries(15):
        merchant.get(reverse("admin:inventory_feedmessage_changelist"))
    for number in range(10):
        partner.send(feed.code, secret, f"m{number}", {"movements": [movement(item.sku, 3)]})
    with django_assert_max_num_queries(15):
        merchant.get(reverse("admin:inventory_feedmessage_changelist"))
    message = FeedMessage.objects.get(message_id="good")
    assert merchant.get(reverse("admin:inventory_feedmessage_change", args=[message.pk])).status_code == 200
