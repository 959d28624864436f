"""Units between two locations: they leave once, come in parts, and none is lost from the books."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from inventory.reservations import services as reservations
from inventory.stock import locations
from inventory.stock import selectors as stock
from inventory.stock import services as stock_services
from inventory.stock.models import StockItem, StockMovement
from inventory.transfers import selectors, services
from inventory.transfers.models import Transfer, TransferLine
from shop.audit.models import AuditEntry
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.transfers import drafted, sent
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def whole() -> None:
    assert_adds_up()
    assert selectors.transfer_violations() == []


def movements(row: Transfer) -> list[tuple[str, str, int]]:
    found = StockMovement.objects.filter(document=row.document).order_by("id")
    return [(str(one.location_id), one.kind, one.quantity) for one in found]


def test_what_is_sent_is_nobodys_until_it_comes() -> None:
    item, place = stocked(10), LocationFactory()
    row = drafted(item, 4, place)
    assert counters(item) == (10, 0, 0, 0)
    assert services.send(transfer_id=row.pk, by="staff:7") is True
    assert counters(item) == (6, 0, 0, 0)
    assert stock.available([item.variant_id]) == {item.variant_id: 6}
    assert stock.under_way(variant_id=item.variant_id, location_id=place.pk) == 4
    assert stock.under_way(variant_id=item.variant_id, location_id=item.location_id) == 0
    movement = StockMovement.objects.get(document=row.document)
    assert (movement.kind, movement.quantity, movement.actor) == ("transfer", -4, "staff:7")
    whole()


def test_it_is_received_in_parts_and_complete_with_the_last() -> None:
    item, place = stocked(10), LocationFactory()
    row = sent(item, 4, place)
    part = {"transfer_id": row.pk, "by": "staff:1"}
    assert services.receive(units={item.variant_id: 1}, version=1, **part) is False
    assert stock.under_way(variant_id=item.variant_id, location_id=place.pk) == 3
    assert services.receive(units={item.variant_id: 3}, version=2, **part) is True
    row.refresh_from_db()
    assert (row.status, row.version, row.closed_at is not None) == ("received", 3, True)
    there = StockItem.objects.get(variant_id=item.variant_id, location=place)
    assert (counters(item), counters(there)) == ((6, 0, 0, 0), (4, 0, 0, 0))
    here, far = str(item.location_id), str(place.pk)
    assert movements(row) == [(here, "transfer", -4), (far, "transfer", 1), (far, "transfer", 3)]
    actions = AuditEntry.objects.using(db.INVENTORY).filter(object_type="transfer").order_by("id")
    assert [entry.action for entry in actions] == ["transfer.send", "transfer.receive", "transfer.receive"]
    whole()


def test_what_never_comes_is_written_off_for_a_reason() -> None:
    item, place = stocked(10), LocationFactory()
    row = sent(item, 4, place)
    services.receive(transfer_id=row.pk, units={item.variant_id: 3}, version=1, by="staff:1")
    assert services.close(transfer_id=row.pk, reason="fell off the lorry", version=2, by="staff:1") == 1
    line = TransferLine.objects.get()
    assert (line.received, line.written_off, line.open) == (3, 1, 0)
    there = StockItem.objects.get(variant_id=item.variant_id, location=place)
    assert counters(there) == (3, 0, 0, 0)
    lost = StockMovement.objects.get(kind="adjust")
    assert (lost.quantity, lost.reason, lost.document, lost.location_id) == (
        -1, "fell off the lorry", row.document, place.pk,
    )  # fmt: skip
    whole()


def test_the_same_step_twice_moves_units_once() -> None:
    item = stocked(10)
    row = sent(item, 4)
    assert services.send(transfer_id=row.pk, by="staff:1") is False
    assert counters(item) == (6, 0, 0, 0)
    services.receive(transfer_id=row.pk, units={item.variant_id: 1}, version=1, by="staff:1")
    with pytest.raises(services.TransferChanged):
        services.receive(transfer_id=row.pk, units={item.variant_id: 1}, version=1, by="staff:1")
    assert TransferLine.objects.get().received == 1
    services.close(transfer_id=row.pk, reason="gone", version=2, by="staff:1")
    with pytest.raises(services.TransferChanged):
        services.close(transfer_id=row.pk, reason="gone", version=2, by="staff:1")
    assert services.send(transfer_id=row.pk, by="staff:1") is False
    whole()


def test_only_units_that_nobody_was_promised_may_leave() -> None:
    item = stocked(5)
    reservations.reserve(quantities={item.variant_id: 2}, reference=uuid4(), ttl=timedelta(minutes=5), by="guest")
    stock_services.set_limits(stock_item_id=item.pk, low_stock_threshold=0, backorder_limit=50, by="staff:1")
    row = drafted(item, 4)
    with pytest.raises(services.NotFree) as refused:
        services.send(transfer_id=row.pk, by="staff:1")
    assert (refused.value.sku, refused.value.free) == (item.sku, 3)
    assert (Transfer.objects.get().status, counters(item)) == ("draft", (5, 2, 0, 0))
    whole()


def test_a_draft_is_cancelled_and_what_has_left_is_not() -> None:
    item = stocked(5)
    draft, gone = drafted(item, 1), sent(item, 1)
    assert services.cancel(transfer_id=draft.pk, by="staff:1") is True
    assert services.cancel(transfer_id=draft.pk, by="staff:1") is False
    for call, arguments in ((services.send, draft), (services.cancel, gone)):
        with pytest.raises(services.TransferRefused):
            call(transfer_id=arguments.pk, by="staff:1")
    with pytest.raises(services.TransferRefused):
        services.receive(transfer_id=draft.pk, units={item.variant_id: 1}, version=1, by="staff:1")
    assert counters(item) == (4, 0, 0, 0)


@pytest.mark.parametrize("units", [0, -1, True, 1.5, 10**12])
def test_a_number_of_units_that_is_none_is_refused(units: object) -> None:
    item, place = stocked(5), LocationFactory()
    with pytest.raises(stock_services.BadQuantity):
        services.draft(source="default", target=place.code, units={item.sku: units}, by="staff:1")  # type: ignore[dict-item]
    row = sent(item, 2, place)
    with pytest.raises(stock_services.BadQuantity):
        services.receive(transfer_id=row.pk, units={item.variant_id: units}, version=1, by="staff:1")  # type: ignore[dict-item]
    assert TransferLine.objects.get().received == 0


def test_unknown_places_skus_and_transfers_are_refused() -> None:
    item, place = stocked(5), LocationFactory()
    ask = {"source": "default", "target": place.code, "units": {item.sku: 1}, "by": "staff:1"}
    for wrong, error in (
        ({"source": "nowhere"}, locations.UnknownLocation),
        ({"target": "nowhere"}, locations.UnknownLocation),
        ({"target": "default"}, services.SameLocation),
        ({"units": {"nothing": 1}}, stock_services.UnknownStockItem),
        ({"units": {}}, services.NothingToSend),
    ):
        with pytest.raises(error):
            services.draft(**{**ask, **wrong})
    assert Transfer.objects.count() == 0
    for step, arguments in ((services.send, {}), (services.cancel, {})):
        with pytest.raises(services.UnknownTransfer):
            step(transfer_id=uuid4(), by="staff:1", **arguments)


def test_more_than_was_sent_cannot_come() -> None:
    item = stocked(5)
    row = sent(item, 2)
    for units in ({item.variant_id: 3}, {uuid4(): 1}):
        with pytest.raises(services.TooMany):
            services.receive(transfer_id=row.pk, units=units, version=1, by="staff:1")
    with pytest.raises(ValueError, match="reason"):
        services.close(transfer_id=row.pk, reason=" ", version=1, by="staff:1")
    assert TransferLine.objects.get().open == 2


def test_I1_sees_units_under_way_that_the_ledger_does_not_know() -> None:
    item = stocked(5)
    row = sent(item, 2)
    TransferLine.objects.update(received=1)
    assert selectors.transfer_violations() == [
        f"transfer {row.pk}: 1 units are under way, but the ledger says 2",
    ]
    TransferLine.objects.update(received=0)
    Transfer.objects.update(status="received", closed_at=db.clock(db.INVENTORY))
    assert selectors.transfer_violations() == [f"transfer {row.pk} is received, but 2 units are not accounted for"]
