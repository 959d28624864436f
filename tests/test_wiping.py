"""A test that commits leaves nothing behind, not even what nobody may delete."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections

from checkout.ledger.models import LedgerEntry
from shop.core import db
from tests import wiping
from tests.factories.archive import delivered

pytestmark = pytest.mark.django_db(transaction=True)


def rows(alias: str) -> dict[str, int]:
    """How many rows the tables of the models have that have any."""
    connection = connections[alias]
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return {table: number for table, number in cursor.fetchall() if number}


@pytest.mark.parametrize("large", [wiping.LARGE, 0], ids=["few rows are deleted", "many are truncated"])
def test_only_what_the_code_says_is_left(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiping, "LARGE", large)
    delivered()
    assert sum(len(rows(alias)) for alias in db.databases()) > 20
    with pytest.raises(DatabaseError, match="append-only"):
        LedgerEntry.objects.all().delete()
    for alias in db.databases():
        wiping.wipe(alias)
        assert set(rows(alias)) <= wiping.KEPT
    assert rows(db.DEFAULT).keys() == wiping.KEPT
