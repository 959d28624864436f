"""The ledger, the alerts and the choice of locations in the admin, and what a merchant may say of a stock item."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.stock import desk, services
from inventory.stock.models import StockAlert, StockItem, StockMovement, StockPolicy
from inventory.suppliers import receiving
from shop.accounts.models import User
from shop.core import db
from tests import outbox
from tests.factories.checkout import ready
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.suppliers import ordered
from tests.factories.transfers import sent
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def shown(merchant: Client, table: str, query: str = "") -> list[Any]:
    page = merchant.get(reverse(f"admin:inventory_{table}_changelist") + query)
    return [row.pk for row in page.context["cl"].result_list]


def low() -> StockAlert:
    item = stocked(5, low=3)
    services.adjust(stock_item_id=item.pk, change=-3, reason="broken", by="staff:1")
    outbox.drain()
    return StockAlert.objects.get(stock_item_id=item.pk)


def test_a_recount_says_how_many_are_there(merchant: Client) -> None:
    item = stocked(5)
    url = reverse("admin:inventory_stockitem_recount", args=[item.pk])
    assert merchant.get(url).status_code == 200
    assert merchant.post(url, {"units": "3", "reason": "yearly count"}).status_code == 302
    movement = StockMovement.objects.get(kind="adjust")
    assert (counters(item)[0], movement.quantity, movement.reason) == (3, -2, "yearly count")
    for wrong in ({"units": "-1", "reason": "x"}, {"units": "3"}, {"units": "99999999999", "reason": "x"}):
        assert merchant.post(url, wrong).status_code == 200
    assert counters(item)[0] == 3
    assert_adds_up()


def test_a_preorder_is_set_on_the_stock_item(merchant: Client) -> None:
    item = stocked(0)
    url = reverse("admin:inventory_stockitem_change", args=[item.pk])
    form = {
        "low_stock_threshold": "0", "backorder_limit": "20", "is_preorder": "on", "expected_on": "2027-03-12",
        "orders_until_0": "2027-03-01", "orders_until_1": "12:00:00",
    }  # fmt: skip
    assert merchant.post(url, form).status_code == 302
    item.refresh_from_db()
    assert (item.backorder_limit, item.is_preorder, item.expected_on, item.orders_until) == (
        20, True, date(2027, 3, 12), datetime(2027, 3, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    assert merchant.post(url, {**form, "expected_on": "soon"}).status_code == 200
    assert merchant.post(url, {**form, "backorder_limit": "-1"}).status_code == 200
    item.refresh_from_db()
    assert item.backorder_limit == 20


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"backorder_limit": "0"}, "Enter how many units may be pre-ordered; 0 would sell none."),
        ({"expected_on": "2020-01-01"}, "That day has passed: enter when the units are expected now."),
    ],
)
def test_a_senseless_preorder_is_refused(merchant: Client, wrong: dict[str, str], sentence: str) -> None:
    item = stocked(0)
    form = {"low_stock_threshold": "0", "backorder_limit": "20", "is_preorder": "on", "expected_on": "2099-03-12"}
    answer = merchant.post(url(item, "stockitem"), {**form, **wrong})
    assert (answer.status_code, answer.context["adminform"].form.errors) == (200, {next(iter(wrong)): [sentence]})
    item.refresh_from_db()
    assert (item.is_preorder, item.backorder_limit) == (False, 0)


def test_a_date_that_passed_by_itself_does_not_hinder(merchant: Client) -> None:
    item = stocked(0)
    StockItem.objects.filter(pk=item.pk).update(backorder_limit=5, expected_on=date(2020, 1, 1))
    form = {"low_stock_threshold": "3", "backorder_limit": "5", "expected_on": "2020-01-01"}
    assert merchant.post(url(item, "stockitem"), form).status_code == 302


@pytest.mark.parametrize(("expected_on", "levels"), [("", ["warning", "success"]), ("2099-01-01", ["success"])])
def test_a_backorder_without_a_date_is_warned_of(merchant: Client, expected_on: str, levels: list[str]) -> None:
    form = {"low_stock_threshold": "0", "backorder_limit": "2", "expected_on": expected_on}
    answer = merchant.post(url(stocked(4), "stockitem"), form, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == levels


def test_open_alerts_come_first_and_are_acknowledged(merchant: Client) -> None:
    closed, seen, new = low(), low(), low()
    services.adjust(stock_item_id=closed.stock_item_id, change=9, reason="found", by="staff:1")
    assert merchant.post(reverse("admin:inventory_stockalert_acknowledge_one", args=[seen.pk])).status_code == 302
    assert shown(merchant, "stockalert") == [new.pk, seen.pk, closed.pk]
    assert shown(merchant, "stockalert", "?state=new") == [new.pk]
    assert shown(merchant, "stockalert", "?state=closed") == [closed.pk]
    assert desk.open_alerts(None) == "1"  # type: ignore[arg-type]
    ticked = {"action": "acknowledge", "_selected_action": [str(new.pk), str(closed.pk)]}
    assert merchant.post(reverse("admin:inventory_stockalert_changelist"), ticked).status_code == 302
    assert desk.open_alerts(None) == ""  # type: ignore[arg-type]
    closed.refresh_from_db()
    assert closed.acknowledged_at is None


def test_the_badge_is_beside_the_page(merchant: Client) -> None:
    assert 'data-testid="badge"' not in merchant.get(reverse("admin:index")).content.decode()
    low()
    assert merchant.get(reverse("admin:index")).content.decode().count('data-testid="badge">1<') >= 1
    groups = merchant.get(reverse("admin:index")).context["sidebar_navigation"]
    badges = {
        str(item["title"]): str(item["badge_callback"])
        for group in groups
        for item in group["items"]
        if "badge" in item
    }
    assert badges == {"Low-stock alerts": "1", "Returns": "", "Reviews": ""}


def test_movements_are_found_by_sku_document_and_date(merchant: Client) -> None:
    item, other = stocked(5), stocked(5)
    services.receive(
        variant_id=item.variant_id, sku=item.sku, quantity=2, reason="delivery", by="staff:1", document="note:7"
    )
    found = StockMovement.objects.get(document="note:7")
    assert shown(merchant, "stockmovement", "?q=note:7") == [found.pk]
    assert len(shown(merchant, "stockmovement", f"?q={item.sku}")) == 2
    assert len(shown(merchant, "stockmovement", f"?q={other.sku}")) == 1
    assert len(shown(merchant, "stockmovement", "?days=7")) == 3
    old = db.uuid7_floor(db.clock() - timedelta(days=10))
    StockMovement.objects.filter(pk=found.pk).update(id=old)
    assert len(shown(merchant, "stockmovement", "?days=7")) == 2
    assert len(shown(merchant, "stockmovement", "?days=30")) == 3


def papers(merchant: Client) -> set[tuple[str, str, str]]:
    """Place, person and document of the ledger's rows, as its page has them."""
    page = merchant.get(reverse("admin:inventory_stockmovement_changelist")).content.decode()
    cells = [re.findall(rf"field-{name}[^>]*>(.*?)</td>", page, re.DOTALL) for name in ("place", "who", "paper")]
    return {tuple(re.sub(r"\s+", " ", cell).strip() for cell in row) for row in zip(*cells, strict=True)}  # type: ignore[misc]


def test_the_ledger_names_place_person_and_document(merchant: Client) -> None:
    person = User.objects.get(email="merchant@example.com")
    there, order, purchase, item = LocationFactory(name="Attic"), ready(), ordered((stocked(1), 5)), stocked(5)
    transfer = sent(item, 2, there)
    receiving.receive(order_id=purchase.pk, quantities={purchase.lines.get().pk: 5}, key="k", by=f"staff:{person.pk}")
    typed = {"variant_id": item.variant_id, "sku": item.sku, "quantity": 1, "location": there.code, "reason": "found"}
    services.receive(**typed, by="system", document=f"order:{order.pk}")
    services.receive(**typed, by=f"customer:{person.pk}", document="order:nonsense")
    pages = {
        "Transfer Main warehouse → Attic": url(transfer, "transfer"),
        f"{purchase.number}/1": url(purchase, "purchaseorder"),
        order.number: reverse("admin:checkout_order_change", args=[order.pk]),
    }
    links = {name: f'<a href="{page}">{name}</a>' for name, page in pages.items()}
    assert {row for row in papers(merchant) if row[1] != "test"} == {
        ("Main warehouse", "staff:1", links["Transfer Main warehouse → Attic"]),
        ("Main warehouse", "merchant@example.com", links[f"{purchase.number}/1"]),
        ("Attic", "the shop", links[order.number]),
        ("Attic", "merchant@example.com", "order:nonsense"),
    }
    assert len(shown(merchant, "stockmovement", f"?location={there.code}")) == 2


def url(row: Any, table: str) -> str:
    return reverse(f"admin:inventory_{table}_change", args=[row.pk])


def test_the_ledger_asks_as_much_for_many_rows(merchant: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert merchant.get(reverse("admin:inventory_stockmovement_changelist")).status_code == 200
        return len(seen)

    sent(stocked(5), 2)
    before = queries()
    for _times in range(3):
        sent(stocked(5), 2)
    assert queries() == before


def test_one_movement_names_them_too(merchant: Client) -> None:
    transfer = sent(stocked(5), 2)
    movement = StockMovement.objects.get(document=transfer.document)
    page = merchant.get(reverse("admin:inventory_stockmovement_change", args=[movement.pk])).content.decode()
    assert f'<a href="{url(transfer, "transfer")}">' in page


def test_the_strategy_is_one_choice(merchant: Client) -> None:
    url = reverse("admin:inventory_stockpolicy_change", args=[1])
    assert merchant.get(reverse("admin:inventory_stockpolicy_changelist"))["Location"] == url
    assert merchant.post(url, {"strategy": "highest_stock"}).status_code == 302
    assert StockPolicy.objects.get().strategy == "highest_stock"
    assert merchant.post(url, {"strategy": "cheapest"}).status_code == 200
    assert StockPolicy.objects.get().strategy == "highest_stock"
    assert merchant.get(reverse("admin:inventory_stockpolicy_add")).status_code == 403


def test_staff_without_the_permission_see_and_change_nothing(client: Client) -> None:
    client.force_login(User.objects.create_user("clerk@example.com", "a long password", is_staff=True))
    alert = low()
    for name, key in (("stockalert_acknowledge_one", alert.pk), ("stockitem_recount", alert.stock_item_id)):
        answer = client.post(reverse(f"admin:inventory_{name}", args=[key]), {"units": "1", "reason": "mine"})
        assert answer.status_code in {302, 403}
    assert client.get(reverse("admin:inventory_stockpolicy_changelist")).status_code in {302, 403}
    alert.refresh_from_db()
    assert (alert.acknowledged_at, StockItem.objects.get().on_hand) == (None, 2)
