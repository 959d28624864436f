from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inventory.reservations import services as reservations
from inventory.stock.models import StockItem, StockMovement
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters
from tests.inventory.reservations.test_services import TTL

DELIVERY = {"units": "4", "reason": "delivery", "document": "note 7"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def page(item: StockItem, name: str) -> str:
    return reverse(f"admin:inventory_stockitem_{name}", args=[item.pk])


def test_adjusting_asks_for_a_difference_and_a_reason(merchant: Client) -> None:
    item = stocked(5)
    assert merchant.get(page(item, "adjust")).status_code == 200
    answer = merchant.post(page(item, "adjust"), {"units": "-2", "reason": "broken"})
    assert (answer.status_code, answer["Location"]) == (302, page(item, "change"))
    assert counters(item) == (3, 0, 0, 0)
    movement = StockMovement.objects.get(stock_item_id=item.id, kind="adjust")
    staff = User.objects.get()
    assert (movement.quantity, movement.reason, movement.actor) == (-2, "broken", f"staff:{staff.pk}")


@pytest.mark.parametrize(
    ("units", "reason"), [("0", "why"), ("-6", "why"), ("2", ""), ("x", "why"), ("1.5", "why"), ("9999999999", "why")]
)
def test_a_senseless_adjustment_is_shown_again_and_changes_nothing(merchant: Client, units: str, reason: str) -> None:
    item = stocked(5)
    answer = merchant.post(page(item, "adjust"), {"units": units, "reason": reason})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["reason" if not reason else "units"]
    assert counters(item) == (5, 0, 0, 0)


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        ("0", "Enter a number of units other than 0."),
        ("99999999999", "At most 1,000,000,000 units at a time."),
        ("-1000000001", "At most 1,000,000,000 units at a time."),
        ("1000000000", "That would be more units than can be counted."),
    ],
)
def test_a_refused_number_of_units_says_why(merchant: Client, units: str, sentence: str) -> None:
    answer = merchant.post(page(stocked(5), "adjust"), {"units": units, "reason": "why"})
    assert answer.context["form"].errors == {"units": [sentence]}


def test_receiving_adds_units_with_their_document(merchant: Client) -> None:
    item = stocked(5)
    merchant.post(page(item, "receive"), {**DELIVERY, "location": "default"})
    assert counters(item) == (9, 0, 0, 0)
    assert StockMovement.objects.filter(document="note 7", quantity=4).count() == 1


def test_receiving_at_another_location_opens_the_stock_there(merchant: Client) -> None:
    item, other = stocked(5), LocationFactory()
    merchant.post(page(item, "receive"), {**DELIVERY, "location": other.code})
    assert counters(StockItem.objects.get(variant_id=item.variant_id, location=other)) == (4, 0, 0, 0)
    answer = merchant.post(page(item, "receive"), {**DELIVERY, "location": "nowhere"})
    assert list(answer.context["form"].errors) == ["location"]
    assert counters(item) == (5, 0, 0, 0)


def test_a_location_is_switched_off_after_a_question(merchant: Client) -> None:
    place = LocationFactory()
    url = reverse("admin:inventory_location_switch", args=[place.pk])
    assert merchant.get(url).status_code == 200
    place.refresh_from_db()
    assert place.is_active is True
    merchant.post(url)
    place.refresh_from_db()
    assert place.is_active is False
    assert AuditEntry.objects.using(db.INVENTORY).get().changes == {"is_active": False}


def test_saving_the_page_never_writes_counters(merchant: Client) -> None:
    item = stocked(5)
    answer = merchant.post(
        page(item, "change"), {"low_stock_threshold": "3", "backorder_limit": "1", "on_hand": "99", "reserved": "9"}
    )
    assert answer.status_code == 302
    assert counters(item) == (5, 0, 0, 0)
    assert (item.low_stock_threshold, item.backorder_limit) == (3, 1)
    assert AuditEntry.objects.using(db.INVENTORY).get().action == "stock.set_limits"


def test_a_backorder_limit_does_not_fall_below_what_is_sold_on_it(merchant: Client) -> None:
    item = stocked(1)
    StockItem.objects.filter(pk=item.pk).update(backorder_limit=5)
    reservations.reserve(quantities={item.variant_id: 3}, reference=uuid4(), ttl=TTL, by="guest")
    answer = merchant.post(page(item, "change"), {"low_stock_threshold": "3", "backorder_limit": "1"}, follow=True)
    assert "More units are sold already" in answer.content.decode()
    item.refresh_from_db()
    assert item.backorder_limit == 5
    merchant.post(page(item, "change"), {"low_stock_threshold": "3", "backorder_limit": "-1"})
    item.refresh_from_db()
    assert item.backorder_limit == 5
    assert_adds_up()


def test_the_lists_search_by_sku_and_show_what_is_low(merchant: Client) -> None:
    low, plenty = stocked(2, low=3), stocked(50, low=3)
    url = reverse("admin:inventory_stockitem_changelist")

    def shown(query: str) -> list[UUID]:
        return [row.pk for row in merchant.get(f"{url}?{query}").context["cl"].result_list]

    assert shown("level=low") == [low.pk]
    assert shown("level=out") == shown("level=short") == []
    assert shown(f"q={plenty.sku.lower()}") == [plenty.pk]
    ledger = merchant.get(reverse("admin:inventory_stockmovement_changelist") + f"?q={low.sku}")
    assert [row.stock_item_id for row in ledger.context["cl"].result_list] == [low.pk]
    ledger = merchant.get(merchant.get(page(plenty, "movements"))["Location"])
    assert [row.stock_item_id for row in ledger.context["cl"].result_list] == [plenty.pk]


@pytest.mark.parametrize("table", ["stockitem", "stockmovement", "reservation", "location"])
def test_a_list_takes_the_same_queries_at_1_and_at_30_rows(
    merchant: Client, table: str, django_assert_max_num_queries
) -> None:
    for number in range(30):
        item = stocked(5, location=LocationFactory().code if number < 15 else None)
        reservations.reserve(quantities={item.variant_id: 1}, reference=uuid4(), ttl=TTL, by="guest")
    url = reverse(f"admin:inventory_{table}_changelist")
    merchant.get(url)
    with django_assert_max_num_queries(12):
        assert merchant.get(url).status_code == 200


@pytest.mark.parametrize("table", ["stockmovement", "reservation"])
def test_ledger_and_reservations_are_only_read(merchant: Client, table: str) -> None:
    stocked(1)
    assert merchant.get(reverse(f"admin:inventory_{table}_add")).status_code == 403
    movement = StockMovement.objects.get()
    if table == "stockmovement":
        url = reverse("admin:inventory_stockmovement_change", args=[movement.pk])
        assert merchant.post(url, {"quantity": "5"}).status_code == 403


def test_customers_and_staff_without_the_permission_are_refused(client: Client) -> None:
    item = stocked(5)
    for is_staff in (False, True):
        client.force_login(User.objects.create_user(f"{is_staff}@example.com", "a long password", is_staff=is_staff))
        answer = client.post(page(item, "adjust"), {"units": "5", "reason": "mine"})
        assert answer.status_code in {302, 403}
    assert counters(item) == (5, 0, 0, 0)


@pytest.mark.parametrize(
    ("step", "form", "units"),
    [
        ("adjust", {"units": "2", "reason": "found"}, 7),
        ("receive", {**DELIVERY, "location": "default"}, 9),
        ("recount", {"units": "8", "reason": "yearly"}, 8),
    ],
)
def test_sent_again_after_back_it_is_shown_again_and_done_once(
    merchant: Client, step: str, form: dict[str, str], units: int
) -> None:
    item = stocked(5)
    sent = {**form, "seen": merchant.get(page(item, step)).context["form"]["seen"].value()}
    assert merchant.post(page(item, step), sent).status_code == 302
    again = merchant.post(page(item, step), sent)
    assert again.context["form"].non_field_errors() == [
        f"The stock changed meanwhile: {units} on hand now. Was this done already? Save if not."
    ]
    assert counters(item) == (units, 0, 0, 0)
    meant = again.context["form"]["seen"].value()
    assert f'name="seen" value="{meant}"' in again.content.decode()
    assert merchant.post(page(item, step), {**sent, "seen": meant}).status_code == 302


def test_a_recount_is_not_hindered_by_what_is_only_promised(merchant: Client) -> None:
    item = stocked(5)
    seen = merchant.get(page(item, "recount")).context["form"]["seen"].value()
    reservations.reserve(quantities={item.variant_id: 2}, reference=uuid4(), ttl=TTL, by="guest")
    assert merchant.post(page(item, "recount"), {"units": "4", "reason": "count", "seen": seen}).status_code == 302
    assert counters(item) == (4, 2, 0, 0)


def test_only_a_location_that_was_never_used_is_deleted(merchant: Client) -> None:
    unused, used = LocationFactory(), stocked(0).location
    other = stocked(0, location=LocationFactory().code).location
    answers = {
        place.pk: merchant.post(
            reverse("admin:inventory_location_delete", args=[place.pk]), {"post": "yes"}
        ).status_code
        for place in (unused, used, other)
    }
    assert answers == {unused.pk: 302, used.pk: 403, other.pk: 403}
    delete = reverse("admin:inventory_location_delete", args=[other.pk])
    assert delete not in merchant.get(reverse("admin:inventory_location_change", args=[other.pk])).content.decode()
