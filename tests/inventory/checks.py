"""What every test of the stock ends with."""

from inventory.reservations import selectors as reservations
from inventory.stock import selectors as stock
from inventory.stock.models import StockItem
from inventory.waitlist import selectors as waitlist
from shop.core import db
from shop.events.models import OutboxEvent


def assert_adds_up() -> None:
    """I1 and I2."""
    assert stock.stock_violations() == []
    assert reservations.reservation_violations() == []
    assert waitlist.line_violations() == []


def counters(item: StockItem) -> tuple[int, int, int, int]:
    """(on hand, reserved, allocated, shortfall) as the database has them."""
    item.refresh_from_db()
    return item.on_hand, item.reserved, item.allocated, item.shortfall


def events(name: str) -> list[dict[str, object]]:
    """The data of the published events of a type, in order."""
    rows = OutboxEvent.objects.using(db.INVENTORY).filter(event_type=name).order_by("id")
    return list(rows.values_list("data", flat=True))
