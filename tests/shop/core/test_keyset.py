"""Long lists by key: every row once, whatever comes meanwhile, and the same work on every page."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.stock.models import StockMovement
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db, keyset
from shop.core.admin import UncountedPaginator
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
LIST = "admin:shop_auditentry_changelist"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]


def rows(count: int) -> list[UUID]:
    """`count` rows; their keys, oldest first."""
    keys = sorted(db.uuid7() for _ in range(count))
    AuditEntry.objects.bulk_create(
        AuditEntry(id=key, action="test", actor="system", object_type="test", object_id="1") for key in keys
    )
    return keys


def walk(way: str, *, size: int, is_ascending: bool = False, start: str = "", between: object = None) -> list[UUID]:
    """The keys of all pages from `start` on, `way` ("next", "previous"); `between` is called after each page."""
    found: list[UUID] = []
    where: str | None = start
    while where is not None:
        position = keyset.Position.read(where, AuditEntry)
        page = keyset.page(AuditEntry.objects.all(), position, size=size, is_ascending=is_ascending)
        keys = [row.pk for row in page.rows]
        found = [*found, *keys] if way == "next" else [*keys, *found]
        where = getattr(page, way)
        if callable(between):
            between()
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 25), size=st.integers(1, 8), is_ascending=st.booleans())
def test_walking_visits_every_row_once_in_both_directions(count: int, size: int, is_ascending: bool) -> None:
    AuditEntry.objects.all().delete()
    keys = rows(count) if is_ascending else rows(count)[::-1]
    assert walk("next", size=size, is_ascending=is_ascending) == keys
    assert walk("previous", size=size, is_ascending=is_ascending, start="last") == keys


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 25), size=st.integers(1, 8), new=st.integers(1, 5))
def test_rows_that_come_meanwhile_neither_repeat_nor_hide_others(count: int, size: int, new: int) -> None:
    AuditEntry.objects.all().delete()
    keys = rows(count)[::-1]
    assert walk("next", size=size, between=lambda: rows(new)) == keys


def test_numbered_pages_would_repeat_rows() -> None:
    """The negative control: pages by number show rows again as soon as others come in front."""
    rows(6)
    first = list(AuditEntry.objects.order_by("-id")[0:3])
    rows(2)
    second = list(AuditEntry.objects.order_by("-id")[3:6])
    assert {row.pk for row in first} & {row.pk for row in second}


def test_an_address_that_means_nothing_is_the_first_page() -> None:
    for text in ("", "1", "after-", "after-7", "before-nonsense", "sideways-x", "after-\x00"):
        assert keyset.Position.read(text, AuditEntry) == keyset.Position()


def test_a_page_that_has_run_empty_leads_nowhere() -> None:
    oldest = rows(3)[0]
    page = keyset.page(AuditEntry.objects.all(), keyset.Position(keyset.NEXT, oldest), size=2)
    assert (page.rows, page.previous, page.next) == ([], None, None)


def test_a_table_says_about_how_long_it_is_from_its_partitions() -> None:
    assert keyset.about(AuditEntry, db.DEFAULT) is None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = 1234567 WHERE relname = (SELECT min(relname) FROM pg_class "
            "WHERE relkind = 'r' AND relname LIKE 'shop_auditentry_2%')"
        )
    assert keyset.about(AuditEntry, db.DEFAULT) == 1_200_000


def test_choices_come_in_pages_that_are_not_counted(django_assert_num_queries: object) -> None:
    rows(5)
    pages = UncountedPaginator(AuditEntry.objects.order_by("id"), 2)
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = [pages.page(number) for number in (1, 2, 3)]
    assert [len(page) for page in found] == [2, 2, 1]
    assert [page.has_next() for page in found] == [True, True, False]


def movements(client: Client, query: str = "") -> tuple[list[UUID], dict[str, str | None], list[str]]:
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("admin:inventory_stockmovement_changelist") + query)
    shown = page.context["cl"]
    return [row.pk for row in shown.result_list], shown.pages, [query["sql"] for query in queries]


def test_every_page_of_an_admin_list_takes_the_same_queries_and_counts_nothing(client: Client) -> None:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    item = stocked(1)
    first = StockMovement.objects.get(stock_item_id=item.pk)
    movements(client)
    few = movements(client)[2]
    values = {field.attname: getattr(first, field.attname) for field in StockMovement._meta.concrete_fields}
    StockMovement.objects.bulk_create(StockMovement(**{**values, "id": db.uuid7()}) for _ in range(130))
    everything = list(StockMovement.objects.order_by("-id").values_list("pk", flat=True))
    seen: list[UUID] = []
    pages, query = [], ""
    while query is not None:
        found, links, queries = movements(client, query)
        seen += found
        pages.append(queries)
        query = links["next_url"]  # type: ignore[assignment]
    assert seen == everything
    assert [len(queries) for queries in pages] == [len(few)] * 3
    assert [sql for sql in pages[0] if "COUNT(" in sql and "stockmovement" in sql] == []
    assert movements(client, "?p=last")[0] == everything[-50:]
    assert movements(client, "?o=1")[0] == everything[::-1][:50]
    assert movements(client, "?o=-1&p=nonsense")[0] == everything[:50]
    assert movements(client, f"?p=after-{everything[49]}&o=1")[0] == everything[:49][::-1]


def test_a_list_is_for_those_who_may_see_its_rows(client: Client) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    client.force_login(clerk)
    assert client.get(reverse(LIST)).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    assert client.get(reverse(LIST)).status_code == 200
