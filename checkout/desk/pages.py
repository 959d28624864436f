"""What an order's page shows, put together from the order, its payments, its parcels and what came of it since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cart.tax import words as tax_words
from checkout.changes import rules as change_rules
from checkout.desk import collecting, items, parcels, paying, story, sums, wording
from checkout.fulfilment import selectors as fulfilment
from checkout.invoices import selectors as invoices
from checkout.notes import selectors as notes
from checkout.orders import emails, where
from checkout.orders import lines as order_lines
from checkout.orders import selectors as orders
from checkout.payments import covering, holding, methods, shares
from checkout.payments import selectors as payments
from checkout.returns import selectors as returns
from shop.core import formats

_NOT_GIVEN_BACK = {"failed", "replaced"}


def order_page(request: HttpRequest, order: Any) -> dict[str, Any]:
    """The context of the whole page."""
    query = paying.query_of(request)
    lines, steps = orders.lines_of(order.pk), orders.steps_of(order.pk)
    shipments = fulfilment.shipments_of(order.pk)
    paid, changes = payments.payments_of(order.pk), list(orders.changes_of(order.pk))
    refunds = [refund for one in paid for refund in one.refunds.all() if refund.status not in _NOT_GIVEN_BACK]
    status = paying.status_part(request, order, steps=steps, parcels=shipments)
    owing = status.get("balance", {}).get("amount")
    return {
        **status,
        "lines": items.rows(order, lines),
        "cancel_units_url": _cancel_units_url(order, lines, query),
        "totals": totals(order, paid),
        "shipping_address": emails.address_lines(order.shipping_address),
        "billing_address": emails.address_lines(order.billing_address),
        "delivery": {"name": order.delivery_name, "arrives": wording.arrives(order, owing)},
        "collect": collecting.place(order, wording.ready_by(order, owing)),
        "is_collected": where.is_collected(order),
        "notes": notes.for_customer(order.pk),
        "gift_message": order.gift_message,
        "po_number": order.po_number,
        "payment_text": _payment_text(order, paid),
        "shipments": [] if where.is_by_email(order) else parcels.rows(order, shipments, query=query, owing=owing),
        "documents": _documents(order, query),
        "returns": [_return(order, one, query) for one in returns.returns_of(order.pk)],
        "return_url": _return_url(order, shipments, query),
        "story": story.of(
            order,
            lines=lines,
            steps=steps,
            parcels=shipments,
            changes=changes,
            refunds=refunds,
            returns=returns.history_of(order.pk),
            settled=returns.settled_of(order.pk) if any(one.cause_id for one in refunds) else {},
            swaps=returns.swaps_of(order.pk) if any(one.kind == "exchange" for one in changes) else {},
            moves=holding.moves_of(order.pk, paid),
        ),
    }


def parcel_page(request: HttpRequest, order: Any, number: str) -> dict[str, Any] | None:
    """The context of one parcel's page; None if the order has no such parcel."""
    query, owing = paying.query_of(request), payments.balance_due(order)
    for position, one in enumerate(fulfilment.shipments_of(order.pk), start=1):
        if one.number == number:
            return {
                "order": paying.head(order, query=query),
                "parcel": parcels.row(order, one, position, query=query, owing=owing),
                "collect": collecting.place(order, ""),
                "news": parcels.news(order, one, fulfilment.events_of(one.pk)),
                "address": emails.address_lines(order.shipping_address),
                "arrives": "" if one.delivered_at else wording.arrives(order, None if one.shipped_at else owing),
            }
    return None


def cancel_page(request: HttpRequest, order: Any) -> dict[str, Any]:
    """The context of the page that asks whether to cancel the whole order."""
    back = order.captured_minor - order.refunded_minor + min(0, order.balance_minor)  # some may be on its way back
    return {
        "order": paying.head(order, query=paying.query_of(request)),
        "form_url": request.get_full_path(),
        "comes_back": order.money(back) if back > 0 else None,
    }


def can_cancel_units(order: Any) -> bool:
    """Whether single units may be cancelled as far as one can see now."""
    return change_rules.is_unpicked(order.status)


def units_page(request: HttpRequest, order: Any, form: Any) -> dict[str, Any]:
    """The context of the page that asks which units to cancel."""
    rows = [{**row, "about": _about(order, row["line"])} for row in form.rows]
    head = paying.head(order, query=paying.query_of(request))
    return {"order": head, "form": form, "rows": rows, "form_url": _units_url(order)}


def sure_page(request: HttpRequest, order: Any, form: Any, preview: Any) -> dict[str, Any]:
    """The context of the page that says what cancelling these units does."""
    chosen = form.units
    back = min(0, order.balance_minor) - min(0, preview.balance.minor)  # without what is on its way back already
    return {
        **units_page(request, order, form),
        "form_url": _units_url(order) + paying.query_of(request),
        "chosen": [
            {
                "name": line.name,
                "about": _about(order, line),
                "quantity": chosen[line.pk],
                "field": f"units-{line.pk.hex}",
            }
            for line in form.lines
            if line.pk in chosen
        ],
        "revision": order.revision,
        "total": preview.due,
        "comes_back": order.money(back) if back > 0 else None,
    }


def _about(order: Any, line: Any) -> str:
    """What tells a line from another one of the same product."""
    told = (order_lines.about(line), line.sku, formats.money(order.money(line.unit_price_minor)))
    return " · ".join(filter(None, told))


def _units_url(order: Any) -> str:
    return reverse("order_cancel_units", args=[order.number])


def totals(order: Any, paid: Sequence[Any]) -> dict[str, Any]:
    """The sums of an order, down to what is still to be paid or comes back. `paid`: its payments."""

    def shown(minor: int) -> Any:
        return order.money(minor) if minor else None

    is_begun = order.status not in {"pending", "payment_pending", "payment_review"}
    has_paid = order.captured_minor > order.refunded_minor
    gift = 0 if is_begun else shares.gift(paid)
    return {
        "subtotal": order.money(order.subtotal_minor),
        "discount": shown(order.discount_minor),
        "discounts": emails.discounts(order),
        "shipping": order.money(order.shipping_minor),
        "is_by_email": where.is_by_email(order),
        "is_collected": where.is_collected(order),
        "tax": order.money(order.tax_minor),
        "tax_label": emails.tax_label(order),
        "tax_note": tax_words.of_paper(order.tax_facts),
        "total": order.total,
        "gift": shown(gift),
        "left": order.money(max(0, order.due_minor - gift)),
        "allowed": shown(order.allowed_minor),
        "now": order.money(order.due_minor) if order.allowed_minor else None,
        "paid": shown(order.captured_minor),
        "refunded": shown(order.refunded_minor),
        "held": shown(sums.held(paid)) if is_begun else None,
        "promised": shown(sums.promised(paid)) if is_begun else None,
        "to_pay": sums.to_pay(order, paid) if is_begun or has_paid else None,
        "comes_back": order.money(-order.balance_minor) if order.balance_minor < 0 else None,
    }


def _documents(order: Any, query: str) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{one.get_kind_display()} {one.number}",
            "url": reverse("order_document", args=[order.number, one.number]) + query,
            "issued_on": one.issued_on,
        }
        for one in invoices.documents_of(order.pk)
    ]


def _return(order: Any, one: Any, query: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": reverse("return", args=[one.number]) + query,
        "text": ", ".join(f"{line.quantity} × {line.order_line.name}" for line in one.lines.all()),
        "status_label": one.get_status_display(),
    }


def _return_url(order: Any, shipments: Sequence[Any], query: str) -> str | None:
    """Where to ask for a return: once something has left and as long as something of it may come back."""
    if order.is_archived or not any(one.shipped_at for one in shipments) or not returns.can_return(order):
        return None
    return reverse("order_return", args=[order.number]) + query


def _cancel_units_url(order: Any, lines: Sequence[Any], query: str) -> str | None:
    """Where single units can be cancelled: as long as nobody picks them, and there is more than one."""
    if not can_cancel_units(order) or sum(line.quantity - line.returned for line in lines) < 2:
        return None
    return _units_url(order) + query


def _payment_text(order: Any, paid: Sequence[Any]) -> str:
    """What it was paid with; each part with its amount where there are several, or where not all is taken."""
    parts = [one for one in paid if one.captured_minor or one.held_minor]
    if len(parts) == 1 and order.balance_minor <= 0 and not parts[0].held_minor:
        return str(methods.label(parts[0].provider))
    return ", ".join(text for one in parts for text in _part_texts(order, one))


def _part_texts(order: Any, one: Any) -> list[str]:
    name, told = methods.label(one.provider), []
    if one.captured_minor:
        told.append(
            _("%(name)s: %(amount)s paid") % {"name": name, "amount": formats.money(order.money(one.captured_minor))}
        )
    if held := covering.kept(one):
        told.append(_("%(name)s: %(amount)s held") % {"name": name, "amount": formats.money(order.money(held))})
    return told
