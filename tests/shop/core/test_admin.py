"""The admin's long lists: by key, nothing counted, filtered and searched by what an index serves; and empty ones."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cart.carts.models import Cart
from checkout.drafts.models import Draft
from checkout.ledger.models import LedgerEntry
from checkout.receivables.models import Receivable
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db, keyset
from shop.events.models import Delivery, OutboxEvent
from shop.notifications.models import Notification

pytestmark = pytest.mark.django_db
ID = UUID("01900000-0000-7000-8000-000000000001")  # of an order, a payment, a customer: of whatever rows speak of


def _entry(key: UUID) -> CreditEntry:
    account, _is_new = CreditAccount.objects.get_or_create(customer_id=ID, currency="USD")
    facts = {"kind": "granted", "amount_minor": 1, "balance_minor": 1, "document": "CASE-7"}
    return CreditEntry(id=key, account=account, key=str(key), actor="system", **facts)


def _event(key: UUID) -> OutboxEvent:
    return OutboxEvent(id=key, event_type="OrderPaid", aggregate_type="order", aggregate_id=str(ID))


def _delivery(key: UUID) -> Delivery:
    event = _event(db.uuid7())
    event.save()
    facts = {"event_type": "OrderPaid", "aggregate_type": "order", "aggregate_id": str(ID), "subscriber": "a.b"}
    return Delivery(id=key, event_id=event.pk, **facts)


# A row of each list with this key, and searches that find it; filters that do, and some of either that do not.
MADE: dict[str, Any] = {
    "checkout_ledgerentry": lambda key: LedgerEntry(
        id=key, order_id=ID, payment_id=ID, event_id=key, debit="holds:stripe", credit="promised", amount_minor=1,
        currency="USD",
    ),
    "shop_notification": lambda key: Notification(
        id=key, key=f"order_paid:{key}", template="order_paid", recipient="Ada@example.com"
    ),
    "shop_outboxevent": _event,
    "shop_delivery": _delivery,
    "shop_auditentry": lambda key: AuditEntry(
        id=key, action="order.cancel", actor="staff:7", object_type="order", object_id=str(ID)
    ),
    "checkout_draft": lambda key: Draft(id=key, cart_id=key, email="ada@example.com", actor="system"),
    "cart_cart": lambda key: Cart(id=key, currency="USD", customer_id=ID, status="ordered", expires_at=db.clock()),
    "checkout_receivable": lambda key: Receivable(
        id=key, payment_id=key, order_id=key, order_number="ORD-20260000001", amount_minor=100, currency="USD",
        due_on="2026-01-01",
    ),
    "checkout_creditentry": _entry,
    "checkout_creditaccount": lambda key: CreditAccount(id=key, customer_id=key, currency="USD"),
}  # fmt: skip
FOUND = {
    "checkout_ledgerentry": [f"q={ID}", "q=holds:stripe", "q=promised", "debit=holds:stripe", "currency=USD"],
    "shop_notification": ["q=ada@EXAMPLE.com", "template=order_paid", "status__exact=queued"],
    "shop_outboxevent": [f"q={ID}", "event_type=OrderPaid"],
    "shop_delivery": [f"q={ID}", "subscriber=a.b", "status__exact=pending"],
    "shop_auditentry": [f"q={ID}", "q=staff:7", "object_type=order"],
    "checkout_draft": ["q=ada@", "q=ADA@example.com", "state=open"],
    "cart_cart": [f"q={ID}", "status__exact=ordered"],
    "checkout_receivable": ["q=ord-2026", "q=ORD-20260000001", "standing=overdue", "standing=open", "currency=USD"],
    "checkout_creditentry": [f"q={ID}", "q=CASE-7", "kind__exact=granted"],
    "checkout_creditaccount": ["currency=USD"],
}
NOT_FOUND = {
    "checkout_ledgerentry": [f"q={ID}1", "q=holds", "debit=promised", "is_reversal__exact=1"],
    "shop_notification": ["q=ada", "q=order_paid:", "status__exact=failed", "template=account"],
    "shop_outboxevent": ["q=order", "event_type=OrderPlaced"],
    "shop_delivery": ["q=order", "subscriber=a.c", "status__exact=dead"],
    "shop_auditentry": ["q=staff:8", "q=system", "q=order", "object_type=payment"],
    "checkout_draft": ["q=bob@", "q=D-0", "q=99999999999999999999", "state=placed"],
    "cart_cart": ["q=web", f"q={db.uuid7()}", "status__exact=open"],
    "checkout_receivable": ["q=20260000001", "q=ORD-2025", "currency=EUR"],
    "checkout_creditentry": ["q=CASE", "q=ada@example.com", "kind__exact=held"],
    "checkout_creditaccount": [f"q={ID}", "q=ada@example.com", "currency=EUR"],
}


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def made(name: str, count: int) -> list[UUID]:
    """`count` rows of the list `name`, and no others; their keys, oldest first."""
    keys = sorted(db.uuid7() for _ in range(count))
    rows = [MADE[name](key) for key in keys]
    model = type(rows[0])
    with connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
    model.objects.bulk_create(rows)
    return keys


def opened(client: Client, name: str, query: str = "") -> tuple[list[UUID], Any, list[str]]:
    """The keys on a page, its change list, and what was asked of the database for it."""
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse(f"admin:{name}_changelist") + query)
    assert page.status_code == 200, query
    shown = page.context["cl"]
    return [row.pk for row in shown.result_list], shown, [query["sql"] for query in queries]


@pytest.mark.parametrize("name", MADE)
def test_a_list_goes_by_key_and_counts_nothing(merchant: Client, name: str) -> None:
    newest_first = made(name, 120)[::-1]
    seen: list[UUID] = []
    asked, query = [], ""
    opened(merchant, name)
    while query is not None:
        found, shown, queries = opened(merchant, name, query)
        seen += found
        asked.append(queries)
        query = shown.pages["next_url"]
    assert seen == newest_first
    assert len({len(queries) for queries in asked}) == 1
    table = shown.model._meta.db_table
    counts = [sql for sql in asked[0] if table in sql and ("COUNT(" in sql or "DISTINCT" in sql or "OFFSET" in sql)]
    assert counts == []
    assert opened(merchant, name, "?p=last")[0] == newest_first[-50:]


@pytest.mark.parametrize("name", MADE)
def test_what_is_offered_finds_what_is_meant(merchant: Client, name: str) -> None:
    keys = made(name, 1)
    for query in ("", "q=%20", "days=365", *FOUND[name]):
        assert opened(merchant, name, f"?{query}")[0] == keys, query
    for query in NOT_FOUND[name]:
        assert opened(merchant, name, f"?{query}")[0] == [], query


def test_drafts_are_found_by_number_mails_by_key_and_carts_by_theirs(merchant: Client) -> None:
    (draft, _other), (mail, _another), (cart, _third) = (
        made(name, 2) for name in ("checkout_draft", "shop_notification", "cart_cart")
    )
    number = str(Draft.objects.get(pk=draft))
    for term in (number, number.lower(), number.removeprefix("D-").lstrip("0")):
        assert opened(merchant, "checkout_draft", f"?q={term}")[0] == [draft], term
    assert opened(merchant, "shop_notification", f"?q=order_paid:{mail}")[0] == [mail]
    assert opened(merchant, "cart_cart", f"?q={cart}")[0] == [cart]


def test_of_what_is_to_come_the_oldest_promise_is_first(merchant: Client) -> None:
    keys = made("checkout_receivable", 3)
    for query, expected in (
        ("", keys[::-1]), ("?o=2", keys), ("?standing=overdue", keys), ("?standing=open&o=-2", keys[::-1]),
    ):  # fmt: skip
        assert opened(merchant, "checkout_receivable", query)[0] == expected, query


def test_audit_entries_tell_by_name_who_did_it_and_are_found_by_it(merchant: Client) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    ada = User.objects.create_user("ada@example.com", "a long password")
    actors = [f"staff:{clerk.pk}", f"customer:{ada.pk}", "guest", "system", "staff:7"]
    for actor in actors:
        AuditEntry.objects.create(action="a", actor=actor, object_type="order", object_id="1")

    def told(query: str = "") -> list[str]:
        html = merchant.get(reverse("admin:shop_auditentry_changelist") + query).content.decode()
        return sorted(re.findall(r"field-who[^>]*>\s*([^<]*?)\s*<", html))

    assert told() == ["a guest", "ada@example.com", "clerk@example.com", "staff:7", "the shop"]
    assert told("?q=CLERK@example.com") == ["clerk@example.com"]
    assert told("?q=ada@example.com") == ["ada@example.com"]
    assert told("?q=nobody@example.com") == []
    entry = AuditEntry.objects.get(actor=actors[0])
    html = merchant.get(reverse("admin:shop_auditentry_change", args=[entry.pk])).content.decode()
    assert ("clerk@example.com" in html, actors[0] in html) == (True, True)


def test_balances_have_a_page_of_their_own(merchant: Client, client: Client) -> None:
    made("checkout_ledgerentry", 2)
    html = merchant.get("/admin/checkout/ledgerentry/balances/").content.decode()
    assert len(re.findall("<tr><td", html)) == 2
    queries = opened(merchant, "checkout_ledgerentry")[2]
    assert [sql for sql in queries if "SUM(" in sql and 'FROM "checkout_ledgerentry"' in sql] == []
    client.force_login(User.objects.create_user("clerk@example.com", "a long password", is_staff=True))
    assert client.get("/admin/checkout/ledgerentry/balances/").status_code == 403


def test_the_values_of_a_field_come_each_once_from_an_index() -> None:
    made("shop_auditentry", 3)
    AuditEntry.objects.create(action="a", actor="system", object_type="cart", object_id="1")
    assert keyset.values(AuditEntry, "object_type", db.DEFAULT) == ["cart", "order"]
    AuditEntry.objects.all().delete()
    assert keyset.values(AuditEntry, "object_type", db.DEFAULT) == []


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Notification.objects.filter(status="failed"), "notification_unsent"),
        (Notification.objects.filter(template="account"), "notification_template"),
        (Notification.objects.filter(recipient__iexact="ada@example.com"), "notification_recipient"),
        (OutboxEvent.objects.filter(event_type="OrderPaid"), "_event_type_id_idx|outbox_type"),
        (Delivery.objects.filter(subscriber="a.b"), "delivery_subscriber"),
        (AuditEntry.objects.filter(actor="staff:7"), "_actor_id_idx|audit_actor"),
        (Draft.objects.filter(order_id__isnull=True), "draft_open"),
        (Draft.objects.filter(email__startswith="ada@").order_by("email"), "draft_email"),
        (Cart.objects.filter(status="merged"), "cart_status"),
        (Cart.objects.filter(customer_id=ID).order_by("customer_id"), "cart_customer"),
        (Receivable.objects.filter(order_number__startswith="ORD-1").order_by("order_number"), "_order_number"),
        (Receivable.objects.filter(currency="USD"), "receivable_currency"),
        (CreditEntry.objects.filter(kind="held"), "credit_entry_kind"),
        (CreditEntry.objects.filter(document="CASE-7").order_by("document"), "credit_entry_document"),
        (CreditAccount.objects.filter(currency="USD"), "credit_account_currency"),
        (User.objects.filter(email__startswith="ada").order_by("email"), "shop_user_email"),
        (User.objects.alias(name=Lower("last_name")).filter(name__startswith="love").order_by("name"), "user_surname"),
        (LedgerEntry.objects.filter(currency="USD"), "ledger_currency"),
        (LedgerEntry.objects.filter(is_reversal=True), "ledger_reversals"),
    ],
)
def test_what_is_offered_has_an_index(rows: QuerySet[Any], index: str) -> None:
    """With whole tables and sorting put out of the question, the planner takes the index that was made for it."""
    with connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE "{rows.model._meta.db_table}" CASCADE')
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    rows = rows if rows.query.order_by else rows.order_by("-id")
    assert re.search(index, rows[:51].explain())


@pytest.mark.parametrize(("index", "table"), [("outbox_type", "shop_outboxevent"), ("audit_actor", "shop_auditentry")])
def test_an_index_that_came_later_is_on_every_partition(index: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [index])
        assert cursor.fetchall() == [(True,)]
        cursor.execute(
            "SELECT part.inhrelid::regclass::text, count(pg_index.indexrelid) FROM pg_inherits part "
            "LEFT JOIN pg_index ON indrelid = part.inhrelid AND indisvalid AND EXISTS (SELECT FROM pg_inherits "
            "WHERE inhrelid = indexrelid AND inhparent = %s::regclass) WHERE part.inhparent = %s::regclass GROUP BY 1",
            [index, table],
        )
        found = cursor.fetchall()
    assert len(found) >= 14
    assert {count for _partition, count in found} == {1}


@pytest.mark.parametrize("name", ["checkout_archivedorder", "checkout_receivable", "shop_notification"])
def test_a_list_without_rows_speaks_of_filters_only_where_some_are_set(merchant: Client, name: str) -> None:
    def told(query: str) -> tuple[list[str], bool]:
        html = merchant.get(reverse(f"admin:{name}_changelist") + query).content.decode()
        part = html.split('data-testid="empty-list"')[1].split("</div>")[0]
        return re.findall(r"<p[^>]*>(.*?)</p>", part), 'href="?"' in part

    assert told("") == (["Nothing here yet."], False)
    for query in ("?q=nobody@example.com", "?days=7", f"?p=after-{ID}"):
        assert told(query) == (["Nothing found."], True), query


def test_a_list_without_rows_offers_to_add_what_can_be_added(merchant: Client) -> None:
    html = merchant.get(reverse("admin:cart_coupon_changelist")).content.decode()
    part = html.split('data-testid="empty-list"')[1].split("</div>")[0]
    assert re.findall(r'href="([^"]*)"', part) == [reverse("admin:cart_coupon_add")]
