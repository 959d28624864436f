"""A36 at the stock's door: bad signatures, old timestamps, other secrets, huge bodies. Nothing may change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from inventory.feeds import partners, signatures
from inventory.feeds.models import Feed
from shop.core import db
from tests.factories.feeds import feed as registered
from tests.factories.inventory import stocked
from tests.fakes import partner
from tests.fakes.partner import movement
from tests.inventory.checks import counters

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024


def rows() -> dict[str, tuple[int, str]]:
    """Every table of the shop: how many rows it has, and a digest of them."""
    found = {}
    for alias in db.databases():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
                found[f"{alias}.{table}"] = cursor.fetchone()
    return found


def count(code: str) -> float:
    return REGISTRY.get_sample_value("shop_feed_messages_total", {"outcome": code}) or 0


@contextmanager
def refused_without_a_trace(code: str) -> Iterator[None]:
    """The message inside is refused with this code, which is logged and counted, and no row of any table changes."""
    before, counted = rows(), count(code)
    with capture_logs() as logs:
        yield
    assert [entry["code"] for entry in logs if entry["event"] == "stock feed refused"] == [code]
    assert count(code) == counted + 1
    assert rows() == before


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def post(body: bytes, headers: dict[str, str]) -> Any:
    return Client().post(partner.URL, body, content_type="application/json", headers=headers)


@pytest.fixture
def signed() -> tuple[Feed, str, bytes, dict[str, str]]:
    """A good message: feed, secret, body, headers."""
    feed, secret = registered()
    body = json.dumps({"movements": [movement(stocked(5).sku, 3)]}).encode()
    return feed, secret, body, partner.headers(feed.code, secret, "m1", body)


def test_the_good_message_is_good(signed) -> None:
    _feed, _secret, body, headers = signed
    assert post(body, headers).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,ÄÖÜ"},
        {"webhook-signature": "v1," + "A" * 44},
        {"webhook-signature": ", , ,"},
        {"webhook-id": "m2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e400"},
        {"webhook-timestamp": "soon"},
    ],
)
def test_a_bad_signature_is_refused(signed, changes: dict[str, str]) -> None:
    _feed, _secret, body, headers = signed
    with refused_without_a_trace("bad_signature"):
        assert code(post(body, {**headers, **changes})) == (400, "bad_signature")


@pytest.mark.parametrize("name", ["", "m.1", "ä", "m" * 65])
def test_a_message_without_a_proper_id_is_refused(signed, name: str) -> None:
    _feed, _secret, body, headers = signed
    with refused_without_a_trace("bad_message_id"):
        assert code(post(body, {**headers, "webhook-id": name})) == (400, "bad_message_id")


def test_a_changed_body_is_refused(signed) -> None:
    _feed, _secret, body, headers = signed
    with refused_without_a_trace("bad_signature"):
        assert code(post(body.replace(b"3", b"9"), headers)) == (400, "bad_signature")
    with refused_without_a_trace("bad_signature"):
        assert code(post(b"\xff" + body, headers)) == (400, "bad_signature")


def test_an_asymmetric_or_another_version_of_signature_is_refused(signed) -> None:
    _feed, _secret, body, headers = signed
    versions = headers["webhook-signature"].replace("v1,", "v1a,")
    with refused_without_a_trace("bad_signature"):
        assert code(post(body, {**headers, "webhook-signature": versions})) == (400, "bad_signature")
    several = "v1a,AAAA v1," + "A" * 44 + " " + headers["webhook-signature"]
    assert post(body, {**headers, "webhook-signature": several}).status_code == 200


@pytest.mark.parametrize(("age", "expected"), [(301, "timestamp_too_old"), (-310, "timestamp_too_new")])
def test_a_timestamp_far_from_now_is_refused(signed, age: int, expected: str) -> None:
    feed, secret, body, _headers = signed
    with refused_without_a_trace(expected):
        assert code(post(body, partner.headers(feed.code, secret, "m1", body, age=age))) == (400, expected)
    assert post(body, partner.headers(feed.code, secret, "m1", body, age=290 if age > 0 else -290)).status_code == 200


def test_another_secret_and_another_feeds_secret_are_refused(signed) -> None:
    feed, _secret, body, _headers = signed
    _other, others = registered()
    for secret in (others, signatures.new_secret()):
        with refused_without_a_trace("bad_signature"):
            assert code(post(body, partner.headers(feed.code, secret, "m1", body))) == (400, "bad_signature")


@pytest.mark.parametrize("name", ["", "nobody", "x" * 500, "a\tb"])
def test_an_unknown_feed_is_refused(signed, name: str) -> None:
    _feed, _secret, body, headers = signed
    with refused_without_a_trace("unknown_feed"):
        assert code(post(body, {**headers, "X-Feed": name})) == (400, "unknown_feed")


def test_a_body_of_ten_megabytes_is_refused_unread(signed) -> None:
    """The body is a stream that fails as soon as somebody reads from it."""

    class Unread:
        def read(self, *args: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    feed, secret, body, _headers = signed
    headers = partner.headers(feed.code, secret, "m1", body)
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    with refused_without_a_trace("body_too_large"):
        answer = Client().request(
            REQUEST_METHOD="POST",
            PATH_INFO=partner.URL,
            CONTENT_TYPE="application/json",
            CONTENT_LENGTH=str(10 * MEGABYTE),
            **{"wsgi.input": Unread(), **environ},
        )
    assert code(answer) == (400, "body_too_large")


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_body_over_the_limit_is_refused_whatever_it_says_it_is(signed, kind: str) -> None:
    feed, secret, body, _headers = signed
    padded = body + b" " * (256 * 1024 + 1 - len(body))
    with refused_without_a_trace("body_too_large"):
        headers = partner.headers(feed.code, secret, "m1", padded)
        assert code(Client().post(partner.URL, padded, content_type=kind, headers=headers)) == (400, "body_too_large")
    exact = padded[:-1]
    headers = partner.headers(feed.code, secret, "m1", exact)
    assert Client().post(partner.URL, exact, content_type=kind, headers=headers).status_code == 200


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("ten", 400), ("9" * 30, 413), ("٣", 400)])
def test_a_length_that_is_none_or_that_nothing_takes_is_refused(signed, length: str, status: int) -> None:
    _feed, _secret, body, headers = signed
    answer = Client().post(
        partner.URL, body, content_type="application/json", headers=headers, CONTENT_LENGTH=length
    )  # fmt: skip
    assert code(answer) == (status, "body_too_large")


class TestRotatedSecrets:
    def test_both_are_good_for_a_day_and_then_only_the_new_one(self) -> None:
        (feed, old), item = registered(), stocked(5)
        new = partners.rotate(feed_id=feed.pk, by="staff:1")
        message = {"movements": [movement(item.sku, 1)]}
        assert partner.send(feed.code, old, "m1", message).status_code == 200
        assert partner.send(feed.code, new, "m2", message).status_code == 200
        feed.refresh_from_db()
        assert timedelta(hours=23) < feed.previous_until - db.clock(db.INVENTORY) <= timedelta(hours=24)
        Feed.objects.filter(pk=feed.pk).update(previous_until=db.clock(db.INVENTORY))
        with refused_without_a_trace("bad_signature"):
            assert code(partner.send(feed.code, old, "m3", message)) == (400, "bad_signature")
        assert partner.send(feed.code, new, "m3", message).status_code == 200
        assert counters(item) == (8, 0, 0, 0)

    def test_the_overlap_can_be_ended_at_once(self) -> None:
        (feed, old), item = registered(), stocked(5)
        new = partners.rotate(feed_id=feed.pk, by="staff:1")
        partners.end_overlap(feed_id=feed.pk, by="staff:1")
        message = {"movements": [movement(item.sku, 1)]}
        assert code(partner.send(feed.code, old, "m1", message)) == (400, "bad_signature")
        assert partner.send(feed.code, new, "m1", message).status_code == 200

    def test_a_second_rotation_ends_the_first_secret(self) -> None:
        (feed, first), item = registered(), stocked(5)
        second = partners.rotate(feed_id=feed.pk, by="staff:1")
        third = partners.rotate(feed_id=feed.pk, by="staff:1")
        message = {"movements": [movement(item.sku, 1)]}
        answers = [
            partner.send(feed.code, secret, f"m{number}", message).status_code
            for number, secret in enumerate([first, second, third])
        ]
        assert answers == [400, 200, 200]


def test_the_spelling_of_the_secret_and_the_id_leave_one_reading() -> None:
    """With a dot in the id, "<id>.<timestamp>.<body>" could be read in two ways."""
    feed, secret = registered()
    body, now = b"{}", int(time.time())
    headers = {
        "X-Feed": feed.code,
        "webhook-id": f"m1.{now}",
        "webhook-timestamp": str(now),
        "webhook-signature": partner.signature(secret, f"m1.{now}", now, body),
    }
    with refused_without_a_trace("bad_message_id"):
        assert code(post(body, headers)) == (400, "bad_message_id")


@pytest.mark.parametrize(
    "wrong", [{"sku": "NOBODY"}, {"change": -9, "reason": "lost"}, {"location": "nowhere"}, {"change": 0}]
)
def test_a_signed_message_that_is_refused_leaves_only_its_own_line_in_the_log(wrong: dict[str, Any]) -> None:
    (feed, secret), item = registered(), stocked(5)
    before = rows()
    payload = {"sequence": 1, "movements": [movement(item.sku, 2), {**movement(item.sku, 1), **wrong}]}
    assert partner.send(feed.code, secret, "m1", payload).status_code >= 400
    after = rows()
    assert {table for table in after if after[table] != before.get(table)} == {f"{db.INVENTORY}.inventory_feedmessage"}
