"""Suppliers and purchase orders as a merchant works with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse

from inventory.suppliers import screen, services
from inventory.suppliers.models import PurchaseOrder, Receipt, Supplier, SupplierItem
from shop.accounts.models import User
from shop.notifications.models import Notification
from tests import outbox
from tests.factories.inventory import stocked
from tests.factories.suppliers import SupplierFactory, drafted, offered, ordered
from tests.inventory.checks import counters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def page(order: PurchaseOrder, name: str = "change") -> str:
    return reverse(f"admin:inventory_purchaseorder_{name}", args=[order.pk])


def rows(prefix: str, *lines: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """An inline formset's fields."""
    data = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": initial}
    for number, line in enumerate(lines):
        data |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return data


def errors(answer: Any) -> list[dict[str, list[str]]]:
    return [dict(errors) for errors in answer.context["inline_admin_formsets"][0].formset.errors if errors]


def words(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def new(merchant: Client, supplier: Supplier, item: Any, *lines: dict[str, Any]) -> Any:
    form = {
        "supplier": supplier.pk,
        "location": item.location_id,
        "expected_on": "2026-12-24",
        "note": "to the back door",
    }
    return merchant.post(reverse("admin:inventory_purchaseorder_add"), {**form, **rows("lines", *lines)}, follow=True)


def test_a_purchase_order_is_drafted_by_sku(merchant: Client) -> None:
    supplier, one, other = SupplierFactory(), stocked(0), stocked(0)
    offered(other, supplier, cost_minor=199, supplier_sku="Z-9")
    assert merchant.get(reverse("admin:inventory_purchaseorder_add")).status_code == 200
    answer = new(
        merchant, supplier, one, {"sku": one.sku.lower(), "ordered": 12, "cost": "2.50"},
        {"sku": f" {other.sku} ", "ordered": 3, "cost": ""}, {"sku": "", "ordered": "", "cost": ""},
    )  # fmt: skip
    order = PurchaseOrder.objects.get()
    assert answer.redirect_chain == [(page(order), 302)]
    assert (order.status, str(order.expected_on), order.note) == ("draft", "2026-12-24", "to the back door")
    assert set(order.lines.values_list("sku", "variant_id", "ordered", "cost_minor", "supplier_sku")) == {
        (one.sku, one.variant_id, 12, 250, ""),
        (other.sku, other.variant_id, 3, 199, "Z-9"),
    }


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"sku": "NOBODY", "ordered": 1}, "sku"),
        ({"ordered": 0}, "ordered"),
        ({"ordered": "x"}, "ordered"),
        ({"ordered": 1_000_001}, "ordered"),
        ({"ordered": 1, "cost": "-1"}, "cost"),
        ({"ordered": 1, "cost": "1.005"}, "cost"),
    ],
)
def test_a_senseless_line_is_shown_again(merchant: Client, line: dict[str, Any], field: str) -> None:
    item = stocked(0)
    answer = new(merchant, SupplierFactory(), item, {"sku": item.sku, "cost": "", **line})
    assert [list(found) for found in errors(answer)] == [[field]]
    assert PurchaseOrder.objects.count() == 0


def test_the_same_sku_twice_is_shown_again(merchant: Client) -> None:
    item = stocked(0)
    line = {"sku": item.sku, "ordered": 1, "cost": ""}
    assert errors(new(merchant, SupplierFactory(), item, line, line)) == [{"sku": ["It is here twice."]}]
    assert PurchaseOrder.objects.count() == 0


def test_a_draft_is_edited_and_ordered(merchant: Client) -> None:
    item, other = stocked(0), stocked(0)
    order = drafted((item, 5))
    line = order.lines.get()
    assert merchant.get(page(order) + "?edit=1").status_code == 200
    form = {"location": item.location_id, "expected_on": "", "note": ""}
    lines = rows(
        "lines", {"id": line.pk, "order": order.pk, "sku": item.sku, "ordered": 7, "cost": "1.00"},
        {"sku": other.sku, "ordered": 2, "cost": "3"}, initial=1,
    )  # fmt: skip
    assert merchant.post(page(order) + "?edit=1", {**form, **lines}).status_code == 302
    assert set(order.lines.values_list("sku", "ordered", "cost_minor")) == {(item.sku, 7, 100), (other.sku, 2, 300)}
    answer = merchant.post(page(order, "act"), {"trigger": "place"}, follow=True)
    assert words(answer)[-1] == "Ordered. Its units count as incoming now."
    order.refresh_from_db()
    assert order.status == "ordered"
    assert b"?edit=1" not in merchant.get(page(order)).content
    merchant.post(page(order) + "?edit=1", {**form, **rows("lines")})
    assert order.lines.count() == 2


def test_a_draft_that_was_ordered_meanwhile_says_so(merchant: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from inventory.suppliers import services

    item = stocked(0)
    order = drafted((item, 5))
    revise = services.revise

    def late(**facts: Any) -> None:
        services.place(order_id=order.pk, by="staff:2")
        revise(**facts)

    monkeypatch.setattr(services, "revise", late)
    form = {"location": item.location_id, "expected_on": "", "note": ""}
    answer = merchant.post(page(order) + "?edit=1", {**form, **rows("lines")}, follow=True)
    assert words(answer) == [f"{order.number} was ordered meanwhile."]
    assert order.lines.count() == 1


def test_a_delivery_in_two_parts(merchant: Client) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    field = f"units-{order.lines.get().pk}"
    form = merchant.get(page(order, "receive")).context["form"]
    assert form.fields[field].initial == 10
    key = form.initial["key"]
    for _ in range(2):  # the same page sent twice
        answer = merchant.post(page(order, "receive"), {"key": key, field: "6", "note": "DN 1"}, follow=True)
        assert words(answer) == ["Receipt 1 is in stock."]
    assert counters(item) == (6, 0, 0, 0)
    merchant.post(page(order, "receive"), {"key": "second", field: "4"})
    order.refresh_from_db()
    assert (order.status, counters(item)) == ("received", (10, 0, 0, 0))
    shown = merchant.get(page(order)).content.decode()
    assert ("Receipt 1: DN 1" in shown, f"6 × {item.sku}" in shown, "Receipt 2" in shown) == (True, True, True)


def test_more_than_ordered_is_asked_about(merchant: Client) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    data = {"key": "a", f"units-{order.lines.get().pk}": "11"}
    answer = merchant.post(page(order, "receive"), data)
    assert answer.context["form"].non_field_errors() == [
        f"Of {item.sku} 10 are still to come. If more came, tick the box that says so, and save again."
    ]
    assert Receipt.objects.count() == 0
    merchant.post(page(order, "receive"), {**data, "is_more_confirmed": "on"})
    assert counters(item) == (11, 0, 0, 0)


@pytest.mark.parametrize("units", ["", "0", "-1", "x"])
def test_a_delivery_of_nothing_is_shown_again(merchant: Client, units: str) -> None:
    order = ordered((stocked(0), 10))
    answer = merchant.post(page(order, "receive"), {"key": "a", f"units-{order.lines.get().pk}": units})
    assert (answer.status_code, Receipt.objects.count()) == (200, 0)


def test_it_is_sent_to_the_supplier_once_per_click(merchant: Client) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    for _ in range(2):
        merchant.post(page(order, "send"), {"trigger": "0"})
    outbox.drain()
    assert Notification.objects.count() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([order.supplier.email], f"Purchase order {order.number}")
    assert f"10 x {item.sku}: $2.50 each, $25.00" in sent.body
    assert sent.attachments == [(f"{order.number}.csv", merchant.get(page(order, "csv")).content.decode(), "text/csv")]
    merchant.post(page(order, "send"), {"trigger": "1"})
    order.refresh_from_db()
    assert (order.sent, Notification.objects.count()) == (2, 2)


def test_what_cannot_be_sent_says_why(merchant: Client) -> None:
    draft, nowhere = drafted((stocked(0), 1)), ordered((stocked(0), 1))
    Supplier.objects.filter(pk=nowhere.supplier_id).update(email="")
    for order, sentence in (
        (draft, "Only what is ordered can be sent."),
        (nowhere, f"{nowhere.supplier.name} has no e-mail address."),
    ):
        assert words(merchant.post(page(order, "send"), {"trigger": "0"}, follow=True)) == [sentence]
    assert Notification.objects.count() == 0


def test_the_csv_holds_the_lines_and_no_formula(merchant: Client) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    order.lines.update(sku="=cmd|' /C calc'!A0")
    answer = merchant.get(page(order, "csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "purchase order,sku,supplier sku,quantity,unit cost,currency",
        f"{order.number},'=cmd|' /C calc'!A0,,10,2.50,USD",
    ]


def test_suggestions_become_drafts_with_one_click(merchant: Client) -> None:
    item = stocked(0, low=5)
    offered(item)
    url = reverse("admin:inventory_purchaseorder_suggestions")
    assert item.sku in merchant.get(url).content.decode()
    assert words(merchant.post(url, follow=True)) == ["1 draft was made."]
    assert words(merchant.post(url, follow=True)) == ["0 drafts were made."]
    assert PurchaseOrder.objects.get().lines.get().ordered == 10


def test_buttons_follow_the_status(merchant: Client) -> None:
    def labels(order: PurchaseOrder) -> list[str]:
        return [str(button["label"]) for button in merchant.get(page(order)).context["buttons"]]

    order = drafted((stocked(0), 5))
    assert labels(order) == ["Order", "Cancel order", "Edit"]
    merchant.post(page(order, "act"), {"trigger": "place"})
    assert labels(order) == ["Receive", "Send to supplier", "Cancel order"]
    merchant.post(page(order, "receive"), {"key": "a", f"units-{order.lines.get().pk}": "2"})
    assert labels(order) == ["Receive", "Send to supplier", "Close short"]
    merchant.post(page(order, "act"), {"trigger": "close_short"})
    assert labels(order) == []
    answer = merchant.post(page(order, "act"), {"trigger": "cancel"}, follow=True)
    assert words(answer) == [f"{order.number} is “Closed short”: that is not possible any more."]
    assert [merchant.get(page(order, name)).status_code for name in ("act", "send")] == [405, 405]


def test_who_may_only_look_changes_nothing(client: Client) -> None:
    item = stocked(0)
    order = ordered((item, 5))
    user = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_purchaseorder"))
    client.force_login(user)
    answer = client.get(page(order))
    assert (answer.status_code, answer.context["buttons"]) == (200, [])
    line = order.lines.get().pk
    attempts = [
        client.post(page(order, "act"), {"trigger": "cancel"}),
        client.post(page(order, "send"), {"trigger": "0"}),
        client.post(page(order, "receive"), {"key": "a", f"units-{line}": "5"}),
        client.post(reverse("admin:inventory_purchaseorder_suggestions")),
    ]
    assert {answer.status_code for answer in attempts} <= {403, 404}
    order.refresh_from_db()
    assert (order.status, counters(item), Notification.objects.count()) == ("ordered", (0, 0, 0, 0), 0)


def test_the_list_takes_the_same_queries_for_one_and_for_thirty(
    merchant: Client, django_assert_max_num_queries
) -> None:
    url, item = reverse("admin:inventory_purchaseorder_changelist"), stocked(0)
    ordered((item, 5))
    with django_assert_max_num_queries(15):
        assert b"0 of 5" in merchant.get(url).content
    for _ in range(29):
        ordered((item, 5))
    with django_assert_max_num_queries(15):
        merchant.get(url)


def test_a_supplier_and_what_they_offer(merchant: Client) -> None:
    item = stocked(0)
    form = {"name": "Mill & Co", "email": "mill@example.com", "currency": "eur", "lead_time_days": 3, "is_active": "on"}
    offer = {"sku": item.sku, "supplier_sku": "M1", "cost": "1.25", "pack_size": 6, "minimum": 12, "priority": 1}
    url = reverse("admin:inventory_supplier_add")
    bad = merchant.post(url, {**form, **rows("items", {**offer, "sku": "NOBODY"})})
    assert errors(bad) == [{"sku": ["Nothing in stock has the SKU NOBODY."]}]
    assert merchant.post(url, {**form, "currency": "???", **rows("items", offer)}).status_code == 200
    assert merchant.post(url, {**form, **rows("items", offer)}).status_code == 302
    supplier, row = Supplier.objects.get(), SupplierItem.objects.get()
    assert (supplier.currency, row.variant_id, row.cost_minor, row.pack_size) == ("EUR", item.variant_id, 125, 6)
    change = reverse("admin:inventory_supplier_change", args=[supplier.pk])
    assert merchant.get(change).status_code == 200
    lines = rows("items", {**offer, "id": row.pk, "supplier": supplier.pk, "cost": "1.5"}, initial=1)
    assert merchant.post(change, {**form, "currency": "USD", **lines}).status_code == 302
    row.refresh_from_db()
    supplier.refresh_from_db()
    assert (row.cost_minor, supplier.currency) == (150, "EUR")


def test_what_the_supplier_would_say_is_a_hint() -> None:
    supplier, few, none, fine = SupplierFactory(), stocked(1), stocked(1), stocked(1)
    for item in (few, fine):
        offered(item, supplier, minimum=10, pack_size=6)
    lines = [services.Wanted(item.variant_id, item.sku, units) for item, units in ((few, 8), (none, 1), (fine, 12))]
    assert screen.hints(supplier.pk, lines) == [
        f"Of {few.sku} the supplier sells at least 10.",
        f"{few.sku} comes in packs of 6.",
        f"The supplier does not offer {none.sku}, as far as you noted.",
    ]
