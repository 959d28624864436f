"""The table is the contract's, row by row."""

from checkout.orders import effects, rules, transitions
from checkout.orders.models import Order

CONTRACT = {
    "initiate_payment": ({"pending"}, "payment_pending"),
    "payment_success": ({"payment_pending"}, "payment_confirmed"),
    "payment_failed": ({"payment_pending"}, "payment_pending"),
    "hold_for_review": ({"payment_pending"}, "payment_review"),
    "approve_review": ({"payment_review"}, "payment_confirmed"),
    "reject_review": ({"payment_review"}, "cancelled"),
    "reservation_expired": ({"pending", "payment_pending"}, "cancelled"),
    "start_fulfillment": ({"payment_confirmed"}, "processing"),
    "items_picked": ({"processing"}, "ready_to_ship"),
    "package_dispatched": ({"ready_to_ship"}, "shipped"),
    "delivery_confirmed": ({"shipped"}, "delivered"),
    "cancel": (
        {"pending", "payment_pending", "payment_review", "payment_confirmed", "processing", "ready_to_ship"},
        "cancelled",
    ),
    "return_received": ({"shipped", "delivered"}, "returned"),
    "refund": (
        {"payment_confirmed", "processing", "shipped", "delivered", "cancelled", "returned"},
        "refunded",
    ),
}
LABELS = [
    "Pending",
    "Payment Pending",
    "Under Review",
    "Payment Confirmed",
    "Processing",
    "Ready to Ship",
    "Shipped",
    "Delivered",
    "Cancelled",
    "Refunded",
    "Returned",
]


def test_the_table_is_the_contract() -> None:
    *rows, mailed = sorted(transitions.TRANSITIONS, key=lambda row: row.guard == "is_mailed")
    assert {row.trigger: (set(row.sources), row.target) for row in rows} == CONTRACT
    assert len(rows) == len(CONTRACT)
    assert (mailed.trigger, set(mailed.sources), mailed.target) == ("cancel", {"shipped", "delivered"}, "cancelled")


def test_every_name_in_the_table_means_something() -> None:
    statuses = set(Order.Status.values)
    for row in transitions.TRANSITIONS:
        assert {*row.sources, row.target} <= statuses
        assert row.guard in rules.GUARDS
        assert set(row.effects) <= set(effects.EFFECTS)
    assert {row.guard for row in transitions.TRANSITIONS} == set(rules.GUARDS)
    assert {name for row in transitions.TRANSITIONS for name in row.effects} == set(effects.EFFECTS)


def test_the_labels_are_the_contracts() -> None:
    assert [str(label) for label in Order.Status.labels] == LABELS


def test_looking_rows_up() -> None:
    assert transitions.find("cancel", "processing") is transitions.named("cancel")
    assert transitions.find("cancel", "returned") is None
    assert transitions.named("nonsense") is None
    assert [row.trigger for row in transitions.from_status("shipped")] == [
        "delivery_confirmed",
        "cancel",
        "return_received",
        "refund",
    ]
    assert transitions.from_status("refunded") == ()
