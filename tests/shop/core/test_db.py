"""Keys with time in them, partitions, and which table lives where."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from shop.core import db

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
moments = st.integers(int(FIRST.timestamp()), int(LAST.timestamp())).map(lambda s: datetime.fromtimestamp(s, UTC))


def test_keys_are_version_7_and_ordered_by_time():
    keys = [db.uuid7() for _ in range(200)]
    assert {key.version for key in keys} == {7}
    assert len(set(keys)) == 200
    assert [db.uuid7_time(key) for key in keys] == sorted(db.uuid7_time(key) for key in keys)


def test_keys_of_one_millisecond_are_in_the_order_in_which_they_were_made(monkeypatch):
    start = 1_800_000_000_000_000_000
    moments = iter(range(start, start + 1_000_000, 1_000))
    monkeypatch.setattr(db.time, "time_ns", lambda: next(moments))
    keys = [db.uuid7() for _ in range(1_000)]
    assert keys == sorted(keys)
    assert {db.uuid7_time(key) for key in keys} == {datetime.fromtimestamp(1_800_000_000, UTC)}
    assert db.uuid7_floor(datetime.fromtimestamp(1_800_000_000, UTC)) <= keys[0]


@given(moments)
def test_floor_is_the_smallest_key_of_its_millisecond(moment):
    floor = db.uuid7_floor(moment)
    assert abs(db.uuid7_time(floor) - moment) < timedelta(milliseconds=2)
    assert db.uuid7_floor(moment + timedelta(milliseconds=2)) > floor


def test_a_key_of_words_is_the_same_each_time():
    key = db.uuid7()
    made = db.uuid7_of(key, "a", 1)
    assert made == db.uuid7_of(key, "a", 1)
    assert (made.version, db.uuid7_time(made)) == (7, db.uuid7_time(key))
    assert len({key, made, db.uuid7_of(key, "a", 2), db.uuid7_of(db.uuid7(), "a", 1)}) == 4


def test_months_cross_the_year():
    assert db.months(datetime(2026, 11, 21, tzinfo=UTC), 3) == [
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["shop_outboxevent", "shop_auditentry"])
def test_append_only_tables_are_partitioned_a_year_ahead(table):
    for alias in db.databases():
        assert _partitions(alias, table) >= 13


@pytest.mark.django_db
def test_more_partitions_can_be_made_and_making_them_twice_is_fine():
    before = _partitions(db.INVENTORY, "inventory_stockmovement")
    later = db.clock(db.INVENTORY) + timedelta(days=400)
    for _ in range(2):
        db.ensure_partitions(db.INVENTORY, "inventory_stockmovement", first=later, ahead=1)
    assert _partitions(db.INVENTORY, "inventory_stockmovement") - before in {1, 2}


def _partitions(alias: str, table: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_clock_is_the_databases_and_aware():
    assert db.clock().tzinfo is not None
