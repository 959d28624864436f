"""Old messages go, what they moved stays known, and nobody can use them again meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory.feeds import forgetting, invariants
from inventory.feeds.models import Feed, FeedMessage
from inventory.stock.models import StockMovement
from shop.core import db
from shop.events import tasks as events
from tests.factories.feeds import feed as registered
from tests.factories.inventory import stocked
from tests.fakes import partner
from tests.fakes.partner import movement
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def age(message_id: str, days: float) -> None:
    """As if it had come so many days ago: a key holds its moment."""
    row = FeedMessage.objects.get(message_id=message_id)
    then = db.clock(db.INVENTORY) - timedelta(days=days)
    FeedMessage.objects.filter(pk=row.pk).update(id=db.uuid7_floor(then), received_at=then)


def test_old_messages_go_and_the_sums_still_agree() -> None:
    (feed, secret), item = registered(), stocked(6)
    for number, change in enumerate((3, -2, 4, 1)):
        answer = partner.send(feed.code, secret, f"m-{number}", {"movements": [movement(item.sku, change)]})
        assert answer.status_code == 200
    partner.send(feed.code, secret, "refused", {"movements": [movement(item.sku, -99)]})
    for message_id, days in (("m-0", 400), ("m-1", 90.1), ("m-2", 89.9), ("refused", 91)):
        age(message_id, days)
    assert forgetting.forget_old(batch=2) == 3
    assert set(FeedMessage.objects.values_list("message_id", flat=True)) == {"m-2", "m-3"}
    assert Feed.objects.get(pk=feed.pk).forgotten_units == 1
    assert forgetting.forget_old() == 0
    assert (counters(item)[0], invariants.messages_moved_once()) == (12, [])
    assert StockMovement.objects.filter(actor=f"feed:{feed.code}").count() == 4
    assert_adds_up()


def test_the_check_still_sees_what_the_ledger_does_not_have() -> None:
    (feed, _secret), _item = registered(), stocked(6)
    Feed.objects.filter(pk=feed.pk).update(forgotten_units=1)
    assert invariants.messages_moved_once() == [
        f"feed {feed.code}: its accepted messages moved 1 units, but the ledger has 0 of it"
    ]


def test_they_are_kept_as_long_as_other_messages_that_may_come_again() -> None:
    assert forgetting.KEEP >= events.KEEP


def test_one_that_is_kept_is_answered_as_it_was() -> None:
    (feed, secret), item = registered(), stocked(6)
    sent = {"movements": [movement(item.sku, 3)]}
    first = partner.send(feed.code, secret, "m", sent)
    age("m", 89)
    forgetting.forget_old()
    again = partner.send(feed.code, secret, "m", sent)
    assert (again.content, counters(item)[0]) == (first.content, 9)
