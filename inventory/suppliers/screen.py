"""What the page of a purchase order shows, and which buttons it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.suppliers import rules, selectors
from inventory.suppliers.models import PurchaseOrder
from inventory.suppliers.services import Wanted
from shop.core.links import links
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
    products = links([f"variant:{line.variant_id}" for line in order.lines.all()])
    lines = [
        {
            "line": line,
            "product": products.get(f"variant:{line.variant_id}"),
            "total": Money(line.cost_minor * line.ordered, order.currency),
        }
        for line in order.lines.all()
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


def hints(supplier_id: UUID, lines: Iterable[Wanted]) -> list[str]:
    """What the supplier would say of the lines: nothing is refused for it, he may agree all the same."""
    lines = list(lines)
    offers = selectors.offers(supplier_id, [line.variant_id for line in lines])
    found = []
    for line in lines:
        offer, facts = offers.get(line.variant_id), {"sku": line.sku}
        if offer is None:
            found.append(_("The supplier does not offer %(sku)s, as far as you noted.") % facts)
            continue
        if line.quantity < offer.minimum:
            found.append(_("Of %(sku)s the supplier sells at least %(units)d.") % {**facts, "units": offer.minimum})
        if not rules.is_whole(line.quantity, offer.pack_size):
            found.append(_("%(sku)s comes in packs of %(units)d.") % {**facts, "units": offer.pack_size})
    return found
