"""What the page of a purchase order shows, and which buttons it has."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.suppliers import rules, selectors
from inventory.suppliers.models import PurchaseOrder
from shop.core.money import Money

TONES = {
    rules.DRAFT: "info",
    rules.ORDERED: "warning",
    rules.PARTLY: "warning",
    rules.RECEIVED: "success",
    rules.CLOSED_SHORT: "danger",
    rules.CANCELLED: "danger",
}
# Buttons that post a trigger: (trigger, its words). The first that is possible is the one to press.
TRIGGERS = (
    ("place", gettext_lazy("Order")),
    ("close_short", gettext_lazy("Close short")),
    ("cancel", gettext_lazy("Cancel order")),
)


def context_of(order: PurchaseOrder, *, may_change: bool) -> dict[str, Any]:
    """All that `page.html` needs."""
    lines = [
        {"line": line, "total": Money(line.cost_minor * line.ordered, order.currency)} for line in order.lines.all()
    ]
    return {
        "order": order,
        "tone": TONES[order.status],
        "lines": lines,
        "total": selectors.total(order),
        "receipts": selectors.receipts_of(order.pk),
        "buttons": buttons(order) if may_change else [],
        "csv_url": page(order, "csv"),
    }


def buttons(order: PurchaseOrder) -> list[dict[str, Any]]:
    """What can be done with the purchase order now: links, and forms that post a trigger."""
    possible = rules.possible(order.status)
    found: list[dict[str, Any]] = []
    if "receive_some" in possible:
        found.append({"label": _("Receive"), "url": page(order, "receive"), "variant": "primary"})
        again = _("Send to supplier again") if order.sent else _("Send to supplier")
        found.append({"label": again, "url": page(order, "send"), "trigger": str(order.sent), "variant": "default"})
    for trigger, label in TRIGGERS:
        if trigger in possible:
            variant = "primary" if trigger == "place" else "default"
            found.append({"label": label, "url": page(order, "act"), "trigger": trigger, "variant": variant})
    if order.status == rules.DRAFT:
        found.append({"label": _("Edit"), "url": f"{page(order, 'change')}?edit=1", "variant": "default"})
    return found


def page(order: PurchaseOrder, name: str) -> str:
    """The address of one of the order's pages."""
    return reverse(f"admin:inventory_purchaseorder_{name}", args=[order.pk])
