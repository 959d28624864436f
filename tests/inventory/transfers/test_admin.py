"""A merchant moves units between locations in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.stock.models import StockItem
from inventory.transfers import selectors, services
from inventory.transfers.models import Transfer, TransferLine
from shop.accounts.models import User
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.transfers import drafted, sent
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db
ADD = "admin:inventory_transfer_add"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def page(row: Transfer, name: str) -> str:
    return reverse(f"admin:inventory_transfer_{name}", args=[row.pk])


def test_the_whole_way_of_a_transfer(merchant: Client) -> None:
    first, second, place = stocked(10), stocked(10), LocationFactory()
    lines = f"{first.sku} 4\n{second.sku}\t2\n\n{first.sku} 1"
    form = {"source": "default", "target": place.code, "lines": lines, "note": "for the shop"}
    assert merchant.get(reverse(ADD)).status_code == 200
    answer = merchant.post(reverse(ADD), form)
    row = Transfer.objects.get()
    assert answer["Location"] == page(row, "change")
    assert {line.sku: line.quantity for line in TransferLine.objects.all()} == {first.sku: 5, second.sku: 2}
    assert merchant.get(page(row, "send")).status_code == 200
    assert (counters(first)[0], merchant.post(page(row, "send")).status_code, counters(first)[0]) == (10, 302, 5)
    came = {f"line-{line.pk}": "2" for line in TransferLine.objects.all()}
    assert merchant.get(page(row, "receive")).context["form"].initial == {"version": 1}
    assert merchant.post(page(row, "receive"), {**came, "version": "1"}).status_code == 302
    again = merchant.post(page(row, "receive"), {**came, "version": "1"})
    assert again.status_code == 200
    assert merchant.post(page(row, "close"), {"version": "2", "reason": "lost"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, StockItem.objects.get(variant_id=first.variant_id, location=place).on_hand) == ("received", 2)
    assert merchant.get(merchant.get(page(row, "movements"))["Location"]).context["cl"].result_count == 6
    assert_adds_up()
    assert selectors.transfer_violations() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": "default"}, "target"), ({"source": "nowhere"}, "source"), ({"lines": ""}, "lines"),
        ({"lines": "no-such-sku 1"}, "lines"), ({"lines": "A"}, "lines"), ({"lines": "A -1"}, "lines"),
        ({"lines": "A 0"}, "lines"), ({"lines": "A ١"}, "lines"), ({"lines": "A 99999999999999"}, "lines"),
    ],
)  # fmt: skip
def test_a_senseless_transfer_is_shown_again(merchant: Client, change: dict[str, str], field: str) -> None:
    stocked(5)
    form = {"source": "default", "target": LocationFactory().code, "lines": "A 1", "note": "", **change}
    answer = merchant.post(reverse(ADD), form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert Transfer.objects.count() == 0


def test_what_is_promised_does_not_leave_and_the_merchant_reads_why(merchant: Client) -> None:
    item = stocked(3)
    row = drafted(item, 4)
    answer = merchant.post(page(row, "send"))
    assert answer.context["form"].non_field_errors() == [
        f"Only 3 of {item.sku} can be spared: the others are promised.",
    ]
    assert counters(item) == (3, 0, 0, 0)


@pytest.mark.parametrize("units", ["-1", "9", "x", ""])
def test_a_receipt_that_cannot_be_is_refused(merchant: Client, units: str) -> None:
    row = sent(stocked(5), 2)
    line = TransferLine.objects.get()
    answer = merchant.post(page(row, "receive"), {f"line-{line.pk}": units, "version": "1"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [f"line-{line.pk}"])
    line.refresh_from_db()
    assert line.received == 0


def test_a_draft_is_cancelled(merchant: Client) -> None:
    row = drafted(stocked(5), 2)
    assert merchant.post(page(row, "cancel")).status_code == 302
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert merchant.post(page(row, "send")).status_code == 200


def test_the_list_takes_the_same_queries_at_1_and_at_30_rows(
    merchant: Client, django_assert_max_num_queries: Any
) -> None:
    item, place = stocked(100), LocationFactory()
    for number in range(30):
        drafted(item, number + 1, place)
    url = reverse("admin:inventory_transfer_changelist")
    merchant.get(url)
    with django_assert_max_num_queries(11):
        assert merchant.get(url).status_code == 200


def test_staff_without_the_permission_move_nothing(client: Client) -> None:
    item = stocked(5)
    row = drafted(item, 2)
    client.force_login(User.objects.create_user("clerk@example.com", "a long password", is_staff=True))
    for url in (page(row, "send"), reverse(ADD)):
        assert client.post(url, {}).status_code in {302, 403}
    assert counters(item)[0] == 5


def test_a_transfer_that_is_over_asks_for_nothing(merchant: Client) -> None:
    row = sent(stocked(5), 4)
    services.close(transfer_id=row.pk, reason="lost", version=row.version, by="staff:1")
    for step in ("receive", "close", "send", "cancel"):
        answer = merchant.get(page(row, step), follow=True)
        assert answer.redirect_chain == [(page(row, "change"), 302)]
        assert [str(message) for message in answer.context["messages"]] == ["That is not possible: it is “received”."]


def test_a_transfer_closed_short_says_so(merchant: Client) -> None:
    short, whole = sent(stocked(5), 4), sent(stocked(5), 4)
    services.close(transfer_id=short.pk, reason="lost", version=short.version, by="staff:1")
    line = whole.lines.get()
    services.receive(transfer_id=whole.pk, units={line.variant_id: 4}, version=whole.version, by="staff:1")
    shown = merchant.get(reverse("admin:inventory_transfer_changelist"))
    admin_page = shown.context["cl"].model_admin
    assert {row.pk: admin_page.state(row)[0] for row in shown.context["cl"].result_list} == {
        short.pk: "short", whole.pk: "received",
    }  # fmt: skip
    assert "closed short" in merchant.get(page(short, "change")).content.decode()


def test_what_is_no_transfer_is_not_there(merchant: Client) -> None:
    answer = merchant.get("/admin/inventory/transfer/xyz/change/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))


def test_who_changed_it_is_told_by_name(merchant: Client) -> None:
    row = drafted(stocked(3), 1)
    person = User.objects.create_user("bert@example.com", "a long password")
    Transfer.objects.update(actor=f"staff:{person.pk}")
    html = merchant.get(page(row, "change")).content.decode()
    assert ("bert@example.com" in html, f"staff:{person.pk}" in html) == (True, False)
