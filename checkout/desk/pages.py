"""What an order's page shows, put together from the order, its payments and its parcels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cart.carts import selectors as carts
from catalog.products import selectors as products
from checkout.fulfilment import selectors as fulfilment
from checkout.orders import emails
from checkout.orders import selectors as orders
from checkout.payments import methods, ways
from checkout.payments import selectors as payments
from checkout.payments import services as payment_services
from checkout.receivables import selectors as receivables
from inventory.reservations import selectors as reservations
from inventory.stock import wording
from shop.core import requests

_STAGES = (
    ("payment_confirmed", gettext_lazy("Payment Confirmed")),
    ("processing", gettext_lazy("Processing")),
    ("shipped", gettext_lazy("Shipped")),
    ("delivered", gettext_lazy("Delivered")),
)


def order_page(request: HttpRequest, order: Any, *, error: str = "") -> dict[str, Any]:
    """The context of the whole page."""
    lines = orders.lines_of(order.pk)
    offers = products.offers([line.variant_id for line in lines], currency=order.currency)
    return {
        **status_part(request, order, error=error),
        "lines": [_line(order, line, offers.get(line.variant_id)) for line in lines],
        "totals": {
            "subtotal": order.money(order.subtotal_minor),
            "discount": order.money(order.discount_minor) if order.discount_minor else None,
            "shipping": order.money(order.shipping_minor),
            "tax": order.money(order.tax_minor),
            "total": order.total,
            "paid": order.money(order.captured_minor) if order.captured_minor else None,
            "refunded": order.money(order.refunded_minor) if order.refunded_minor else None,
        },
        "shipping_address": emails.address_lines(order.shipping_address),
        "billing_address": emails.address_lines(order.billing_address),
        "delivery": {"name": order.delivery_name, "arrives": _arrives(order)},
        "payment_text": _payment_text(order),
        "shipments": [_parcel(one) for one in parcels(order.pk)],
    }


def status_part(request: HttpRequest, order: Any, *, error: str = "") -> dict[str, Any]:
    """The context of the part that refreshes itself while the payment is under way."""
    standing = payments.standing(order)
    key = request.GET.get("key", "")
    context: dict[str, Any] = {
        "order": head(order, query=f"?key={key}" if key else ""),
        "state": standing.state,
        "is_new": "placed" in request.GET or "returned" in request.GET,
        "steps": _timeline(order) if standing.state == "confirmed" else [],
        "notices": [error] if error else [],
    }
    if standing.is_delayed:
        context |= _delayed(request, order, standing)
    elif standing.state == "action":
        context |= _action(order, standing, key)
    elif standing.state == "declined":
        given_up = _("You did not finish the payment. You have not been charged.")
        is_given_up = standing.payment is not None and standing.payment.status == "cancelled"
        declined = given_up if is_given_up else _("Your card was declined. You have not been charged.")
        context |= pay_again(request, order, error=standing.error or declined)
    elif standing.state == "unpaid":
        texts = {"headline": _("Choose how to pay"), "next_text": _("We made this order for you. Please check it.")}
        context |= {"state": "declined", **texts} | pay_again(request, order)
    elif standing.state == "awaiting_transfer":
        rows = [{"label": _transfer_label(name), "value": value} for name, value in standing.instructions.items()]
        context["transfer"] = {"rows": rows, "until": reservations.held_until(order.pk)}
    elif standing.state == "confirmed":
        context["invoices"] = [_invoice(order, one) for one in receivables.open_of(order.pk)]
    return context


def _delayed(request: HttpRequest, order: Any, standing: Any) -> dict[str, Any]:
    """The provider does not answer: how long the items are kept, and the other ways to pay or why there are none yet.

    The form is on the page only when it was asked for: the page that waits is loaded again and again.
    """
    why_not = payment_services.why_not(standing.payment)
    if not why_not and "other" in request.GET:
        text = _("Choose another way to pay. The first payment is ended before the new one is made.")
        return {"state": "declined", "headline": _("Pay in another way"), "next_text": text} | pay_again(
            request, order, error=_("Our payment partner does not answer at the moment.")
        )
    key = request.GET.get("key", "")
    url = reverse("order", args=[order.number])
    return {
        "is_delayed": True,
        "headline": _("Your payment has to wait a little"),
        "next_text": _("Your order is kept. You may close this page, we send you an e-mail."),
        "hold_until": reservations.held_until(order.pk),
        "why_no_other_way": why_not,
        "other_way_url": "" if why_not else f"{url}?{f'key={key}&' if key else ''}other=1",
    }


def _invoice(order: Any, one: Any) -> dict[str, Any]:
    """What is still to be paid on invoice, and how."""
    account = [{"label": _transfer_label(name), "value": value} for name, value in settings.BANK_TRANSFER.items()]
    return {
        "open": one.open,
        "due_on": one.due_on,
        "rows": [*account, {"label": _("Reference"), "value": order.number}],
    }


def _action(order: Any, standing: Any, key: str) -> dict[str, Any]:
    """What the shopper has to do: confirm at the bank, or pay on the provider's own page, which may be given up."""
    context: dict[str, Any] = {"action_url": standing.action_url or reverse("order_payment_page", args=[order.number])}
    if standing.is_hosted:
        url = reverse("order", args=[order.number])
        context["other_way_url"] = f"{url}?{f'key={key}&' if key else ''}returned=cancelled"
        context["headline"] = _("One more step: your payment")
        context["action_text"] = _("You pay on the payment provider's own page and come back here afterwards.")
        context["action_label"] = _("Go on to the payment page")
    return context


def head(order: Any, *, query: str = "") -> dict[str, Any]:
    """The order itself, with the links that are open to its shopper. `query` carries the secret of a guest's link."""
    can_cancel = orders.can_cancel(order)
    return {
        "number": order.number,
        "status_label": order.get_status_display(),
        "total": order.total,
        "url": reverse("order", args=[order.number]) + query,
        "status_url": reverse("order_status", args=[order.number]) + query,
        "created_at": order.placed_at,
        "email": order.email,
        "cancel_url": reverse("order_cancel", args=[order.number]) + query if can_cancel else None,
        "return_url": None,
        "invoice_url": None,
        "is_cancelled": order.status == "cancelled",
        "is_paid": order.payment_state == "paid",
        "has_paid": order.captured_minor > order.refunded_minor,
    }


def cancelled_text(order: Any) -> str:
    """What a cancellation means for the shopper's money."""
    if order.captured_minor > order.refunded_minor:
        return _("Your order is cancelled. What you paid goes back to you.")
    return _(
        "Your order is cancelled. You had not paid for it; should a payment be under way, it is stopped or comes back."
    )


def shopper(request: HttpRequest, order: Any) -> methods.Shopper:
    """Who wants to pay what is due of an order. Its link alone opens nobody's saved cards and store credit."""
    mine = requests.customer_id(request)
    customer_id = mine if mine is not None and mine == order.customer_id else None
    return methods.Shopper(customer_id, payments.still_due(order.pk), order.shipping_address.get("country", ""))


def pay_again(request: HttpRequest, order: Any, *, error: str = "") -> dict[str, Any]:
    """The payment form of an order whose payment was declined, or that was made without one."""
    who = shopper(request, order)
    return {
        **ways.form_of(who, order.cart_id or order.pk, entered=request.POST),
        "error": error,
        "seen_total": str(who.amount),
        "idempotency_key": "",
        "form_url": reverse("order_pay", args=[order.number]),
        "hold_until": reservations.held_until(order.pk),
    }


def rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Orders as the history lists them (lines prefetched)."""
    return [
        {
            "number": order.number,
            "url": reverse("order", args=[order.number]),
            "created_at": order.placed_at,
            "status_label": order.get_status_display(),
            "total": order.total,
            "unit_count": sum(line.quantity for line in order.lines.all()),
            "pictures": [],
        }
        for order in found
    ]


def parcels(order_id: UUID) -> list[Any]:
    """The parcels that have left."""
    return [one for one in fulfilment.shipments_of(order_id) if one.shipped_at]


def page_links(number: int, total: int, size: int) -> dict[str, Any]:
    """Previous, next and the numbers around."""
    last = max(1, -(-total // size))
    near = [n for n in range(1, last + 1) if n in {1, last} or abs(n - number) <= 2]
    links: list[dict[str, Any] | None] = []
    for before, n in zip([0, *near], near, strict=False):
        if n > before + 1:
            links.append(None)
        links.append({"number": n, "url": f"?page={n}", "is_current": n == number})
    return {
        "number": number,
        "count": last,
        "previous_url": f"?page={number - 1}" if number > 1 else None,
        "next_url": f"?page={number + 1}" if number < last else None,
        "links": links,
    }


def _line(order: Any, line: Any, offer: Any) -> dict[str, Any]:
    """A line as it was bought; picture and link as the catalogue has them now."""
    return {
        "name": line.name,
        "options": carts.options_text(line.options),
        "quantity": line.quantity,
        "expected": wording.promise(line.expected_on),
        "unit_price": order.money(line.unit_price_minor),
        "line_total": order.money(line.total_minor),
        "picture": offer.picture if offer else None,
        "url": offer.url if offer and offer.is_sellable else None,
    }


def _timeline(order: Any) -> list[dict[str, Any]]:
    """The way of a paid order to its shopper: what is done, where it is, what comes."""
    reached = {step.to_status: step.at for step in orders.steps_of(order.pk)}
    current = max((n for n, (status, _label) in enumerate(_STAGES) if status in reached), default=0)
    return [
        {"label": str(label), "at": reached.get(status), "is_done": n < current, "is_current": n == current}
        for n, (status, label) in enumerate(_STAGES)
    ]


def _parcel(parcel: Any) -> dict[str, Any]:
    return {
        "number": parcel.number,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
        "shipped_at": parcel.shipped_at,
        "delivered_at": parcel.delivered_at,
    }


def _arrives(order: Any) -> str:
    if order.delivery_on is None or order.status in {"cancelled", "delivered", "returned", "refunded"}:
        return ""
    return _("Arrives %(date)s") % {"date": date_format(order.delivery_on, "D, N j")}


def _payment_text(order: Any) -> str:
    """What it was paid with; each part with its amount where there are several, or where money is only held."""
    parts = [one for one in payments.payments_of(order.pk) if one.captured_minor or one.held_minor]
    if len(parts) == 1 and not parts[0].held_minor:
        return str(methods.label(parts[0].provider))
    return ", ".join(text for one in parts for text in _part_texts(order, one))


def _part_texts(order: Any, one: Any) -> list[str]:
    name, told = methods.label(one.provider), []
    if one.captured_minor:
        told.append(_("%(name)s: %(amount)s paid") % {"name": name, "amount": order.money(one.captured_minor).format()})
    if one.held_minor:
        told.append(_("%(name)s: %(amount)s held") % {"name": name, "amount": order.money(one.held_minor).format()})
    return told


def _transfer_label(name: str) -> str:
    known = {
        "account_holder": _("Account holder"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "bank": _("Bank"),
        "reference": _("Reference"),
        "amount": _("Amount"),
    }
    return known.get(name, name.replace("_", " ").capitalize())
