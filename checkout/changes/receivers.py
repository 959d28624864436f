"""What follows from a change. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.changes import emails
from checkout.changes import services as changes

BY = "system"


def settle_units(data: dict[str, Any]) -> None:
    """Give the order the units that were added to it, and the stock those that were taken off."""
    changes.settle_units(order_id=UUID(data["order_id"]), by=BY)


def cancel_short(data: dict[str, Any]) -> None:
    """Take units off the order that could not be found for it; their money goes back."""
    changes.cancel_short(
        order_id=UUID(data["order_id"]),
        units={UUID(key): units for key, units in data["units"].items()},
        short_id=UUID(data["short_id"]),
        by=data["actor"],
    )


def mail_order_changed(data: dict[str, Any]) -> None:
    """Tell the shopper what has changed, and what is to be paid or comes back."""
    emails.order_changed(order_id=UUID(data["order_id"]), change_id=UUID(data["change_id"]))
