"""Signed messages over HTTP: what they move, and what they must not."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inventory.feeds import invariants, partners, webhooks
from inventory.feeds.models import Feed, FeedMessage
from inventory.stock.models import StockItem, StockMovement
from tests.factories.feeds import feed as registered
from tests.factories.inventory import LocationFactory, stocked
from tests.fakes import partner
from tests.fakes.partner import movement
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def send(one: tuple[Feed, str], message_id: str, *movements: dict[str, Any], **rest: Any) -> Any:
    feed, secret = one
    return partner.send(feed.code, secret, message_id, {"movements": list(movements), **rest})


def test_the_address_is_the_documented_one() -> None:
    assert reverse("api_stock_movements") == partner.URL


def test_a_message_moves_stock_and_says_what_is_there_now() -> None:
    feed = registered()
    item, other, place = stocked(5), stocked(5), LocationFactory()
    answer = send(
        feed,
        "m1",
        movement(item.sku, 3, document="DN-7"),
        movement("whatever", -2, variantId=str(other.variant_id)),
        movement(item.sku, 4, location=place.code, reason="returned"),
        movement(item.sku, -8, reason="sold"),
        sequence=4,
    )
    there = StockItem.objects.get(variant_id=item.variant_id, location=place)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {
        "id": "m1",
        "sequence": 4,
        "movements": [
            {"variantId": str(one.variant_id), "sku": one.sku, "location": code, "change": change, "onHand": units}
            for one, code, change, units in [
                (item, "default", 3, 8), (other, "default", -2, 3), (there, place.code, 4, 4), (item, "default", -8, 0),
            ]
        ],
    }  # fmt: skip
    assert (counters(item), counters(other), counters(there)) == ((0, 0, 0, 0), (3, 0, 0, 0), (4, 0, 0, 0))
    message = FeedMessage.objects.get()
    assert (message.is_accepted, message.movements, message.units_in, message.units_out) == (True, 4, 7, 10)
    rows = StockMovement.objects.filter(actor=f"feed:{feed[0].code}")
    assert {(row.kind, row.quantity, row.on_hand_after, row.reason, row.document) for row in rows} == {
        ("receive", 3, 8, "received", f"feed:{feed[0].code}/DN-7"),
        ("adjust", -2, 3, "damaged", f"feed-message:{message.pk}"),
        ("return", 4, 4, "returned", f"feed-message:{message.pk}"),
        ("adjust", -8, 0, "sold", f"feed-message:{message.pk}"),
    }
    assert_adds_up()


def test_the_same_message_again_gets_the_same_bytes_and_moves_nothing() -> None:
    feed, item = registered(), stocked(5)
    first = send(feed, "m1", movement(item.sku, 3), sequence=1)
    assert send(feed, "m2", movement(item.sku, 1), sequence=2).status_code == 200
    again = send(feed, "m1", movement(item.sku, 3), sequence=1)
    assert (again.status_code, again.content) == (200, first.content)
    assert counters(item) == (9, 0, 0, 0)


def test_an_id_names_one_body_and_belongs_to_one_feed() -> None:
    feed, other, item = registered(), registered(), stocked(5)
    assert send(feed, "m1", movement(item.sku, 3)).status_code == 200
    assert code(send(feed, "m1", movement(item.sku, 4))) == (422, "idempotency_mismatch")
    assert send(other, "m1", movement(item.sku, 4)).status_code == 200
    assert counters(item) == (12, 0, 0, 0)


def test_a_refused_message_may_be_sent_again_with_the_same_id_and_body() -> None:
    feed, item = registered(), stocked(2)
    assert code(send(feed, "m1", movement(item.sku, -3), sequence=5)) == (409, "would_go_below_zero")
    message = FeedMessage.objects.get()
    assert (message.is_accepted, message.code, message.units_out, message.sequence) == (
        False, "would_go_below_zero", 0, 5,
    )  # fmt: skip
    assert code(send(feed, "m1", movement(item.sku, -2), sequence=5)) == (422, "idempotency_mismatch")
    assert send(feed, "m2", movement(item.sku, 1), sequence=1).status_code == 200
    assert send(feed, "m1", movement(item.sku, -3), sequence=5).status_code == 200
    message.refresh_from_db()
    assert (message.is_accepted, message.code, message.units_out, message.attempts) == (True, "", 3, 2)
    assert counters(item) == (0, 0, 0, 0)


@pytest.mark.parametrize("sequence", [0, 6, 7])
def test_an_earlier_message_comes_too_late(sequence: int) -> None:
    feed, item = registered(), stocked(5)
    assert send(feed, "m1", movement(item.sku, 1), sequence=7).status_code == 200
    assert code(send(feed, "m2", movement(item.sku, 1), sequence=sequence)) == (409, "out_of_order")
    assert send(feed, "m3", movement(item.sku, 1), sequence=8).status_code == 200
    assert send(feed, "m4", movement(item.sku, 1)).status_code == 200  # without a number there is no order
    assert counters(item) == (8, 0, 0, 0)


def test_less_than_is_promised_becomes_a_shortfall() -> None:
    feed, item = registered(), stocked(5)
    StockItem.objects.filter(pk=item.pk).update(reserved=4)
    assert send(feed, "m1", movement(item.sku, -3)).status_code == 200
    assert counters(item) == (2, 4, 0, 2)


class TestWhatAPartnerMayDo:
    def test_a_feed_that_is_off_moves_nothing(self) -> None:
        feed, item = registered(is_active=False), stocked(5)
        assert code(send(feed, "m1", movement(item.sku, 3))) == (403, "feed_inactive")
        assert counters(item) == (5, 0, 0, 0)

    def test_other_reasons_than_its_own_are_refused(self) -> None:
        feed, item = registered(reasons=["received"]), stocked(5)
        assert code(send(feed, "m1", movement(item.sku, -3))) == (403, "reason_not_allowed")

    def test_other_locations_than_its_own_are_refused(self) -> None:
        place = LocationFactory()
        feed, item = registered(location=place), stocked(5)
        assert code(send(feed, "m1", movement(item.sku, 3))) == (403, "location_not_allowed")
        assert send(feed, "m1x", movement(item.sku, 3, location=place.code)).status_code == 200

    def test_what_the_merchant_changes_holds_from_the_next_message_on(self) -> None:
        (feed, secret), item = registered(), stocked(5)
        partners.allow(
            feed_id=feed.pk, name="East", location_id=None, allowed_reasons=["found"], is_active=True, by="staff:1"
        )
        assert code(send((feed, secret), "m1", movement(item.sku, 3))) == (403, "reason_not_allowed")
        assert send((feed, secret), "m2", movement(item.sku, 3, reason="found")).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"sku": "NOBODY"}, (404, "unknown_sku")),
        ({"variantId": str(uuid4())}, (404, "unknown_sku")),
        ({"location": "nowhere"}, (404, "unknown_location")),
        ({"change": -8, "reason": "lost"}, (409, "would_go_below_zero")),
        ({"change": 0}, (400, "bad_quantity")),
        ({"reason": "stolen"}, (400, "unknown_reason")),
        ({"sku": 5}, (400, "validation_error")),
    ],
)
def test_one_bad_movement_undoes_the_whole_message(wrong: dict[str, Any], expected: tuple[int, str]) -> None:
    feed, item = registered(), stocked(5)
    answer = send(feed, "m1", movement(item.sku, 2), {**movement(item.sku, 1), **wrong}, sequence=1)
    assert code(answer) == expected
    assert list(answer.json()["error"]["fields"]["movements"]) == ["1"]
    feed[0].refresh_from_db()
    assert (counters(item), feed[0].last_sequence) == ((5, 0, 0, 0), None)
    assert StockMovement.objects.filter(actor__startswith="feed:").count() == 0
    assert FeedMessage.objects.get().code == expected[1]
    assert_adds_up()


def test_more_than_can_be_counted_is_refused() -> None:
    feed, item = registered(), stocked(999_999_990)
    assert code(send(feed, "m1", movement(item.sku, 11))) == (400, "bad_quantity")
    assert send(feed, "m2", movement(item.sku, 10)).status_code == 200


def test_movements_are_judged_in_their_order() -> None:
    feed, item = registered(), stocked(5)
    assert code(send(feed, "m1", movement(item.sku, -6), movement(item.sku, 2))) == (409, "would_go_below_zero")
    assert send(feed, "m2", movement(item.sku, 2), movement(item.sku, -6)).status_code == 200
    assert counters(item) == (1, 0, 0, 0)


def test_units_leave_no_place_where_none_have_been() -> None:
    feed, item, place = registered(), stocked(5), LocationFactory()
    assert code(send(feed, "m1", movement(item.sku, -1, location=place.code))) == (409, "would_go_below_zero")
    assert StockItem.objects.filter(location=place).count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"movements": [NaN]}', b"null", b'"x"'])
def test_a_body_that_is_no_message_is_refused(body: bytes) -> None:
    feed, secret = registered()
    answer = partner.send(feed.code, secret, "m1", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"invalid_json", "validation_error"}


def test_neither_cookie_nor_token_opens_the_door(admin_client: Client) -> None:
    feed, item = registered()[0], stocked(5)
    body = json.dumps({"movements": [movement(item.sku, 3)]})
    answer = admin_client.post(partner.URL, body, content_type="application/json", headers={"X-Feed": feed.code})
    assert code(answer) == (400, "bad_message_id")
    assert Client().get(partner.URL).status_code == 405


def test_a_message_takes_the_same_queries_for_one_and_for_many(django_assert_max_num_queries) -> None:
    feed, items = registered(), [stocked(15) for _ in range(30)]
    with django_assert_max_num_queries(30):
        assert send(feed, "m1", *(movement(item.sku, 1) for item in items for _ in range(3))).status_code == 200
    assert {counters(item) for item in items} == {(18, 0, 0, 0)}


def test_a_flood_is_slowed_down(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setattr(webhooks, "RATE", "3/h")
    feed, item = registered(), stocked(5)
    answers = [Client().post(partner.URL, b"{}", content_type="application/json") for _ in range(3)]
    assert {answer.json()["error"]["code"] for answer in answers} == {"unknown_feed"}
    refused = send(feed, "m1", movement(item.sku, 3))
    assert (code(refused), refused["Retry-After"]) == ((429, "rate_limited"), "60")
    assert counters(item) == (5, 0, 0, 0)


def test_the_invariant_names_a_feed_whose_units_are_not_in_the_ledger() -> None:
    feed, item = registered(), stocked(5)
    send(feed, "m1", movement(item.sku, 3))
    assert invariants.messages_moved_once() == []
    FeedMessage.objects.update(units_in=4)
    assert invariants.messages_moved_once() == [
        f"feed {feed[0].code}: its accepted messages moved 4 units, but the ledger has 3 of it"
    ]
