"""Where an order's payment stands, as its page shows it: the part that refreshes itself, and the form to pay with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout.desk import wording
from checkout.fulfilment import selectors as fulfilment
from checkout.giftcards import hand
from checkout.orders import selectors as orders
from checkout.orders import where
from checkout.payments import crediting, hints, methods, transfers, ways
from checkout.payments import selectors as payments
from checkout.payments import services as payment_services
from checkout.receivables import selectors as receivables
from inventory.reservations import selectors as reservations
from shop.core import formats, requests

_STAGES = (
    ("payment_confirmed", gettext_lazy("Payment Confirmed")),
    ("processing", gettext_lazy("Processing")),
    ("ready_to_ship", gettext_lazy("Ready to Ship")),
    ("shipped", gettext_lazy("Shipped")),
    ("delivered", gettext_lazy("Delivered")),
)
_MAILED = (_STAGES[0], ("delivered", gettext_lazy("Sent by e-mail")))  # all of it
_COLLECTED = (*_STAGES[:2], ("ready_to_ship", gettext_lazy("Ready to collect")), ("shipped", gettext_lazy("Collected")))
_SHIPPED, _GIVEN_BACK = 3, "refunded"  # the place of one stage, and the status that ends the way
SETTLED = {"confirmed", "balance"}  # states of an order that is paid for, or was until it was changed


def status_part(
    request: HttpRequest, order: Any, *, steps: Sequence[Any] | None = None, parcels: Sequence[Any] | None = None
) -> dict[str, Any]:
    """The context of the part that refreshes itself while a payment is under way; `steps` and `parcels` if known."""
    standing = payments.standing(order)
    step = step_of(standing)
    context: dict[str, Any] = {
        "order": head(order, query=query_of(request)),
        "state": standing.state,
        "step": step,
        "is_waiting": step == "pending",
        "is_new": "placed" in request.GET or "returned" in request.GET,
        "steps": [],
        "notices": [],
        **_step(request, order, standing, step),
    }
    if standing.state in SETTLED:
        steps = orders.steps_of(order.pk) if steps is None else steps
        parcels = fulfilment.shipments_of(order.pk) if parcels is None else parcels
        context |= _settled(order, standing, steps, parcels)
    elif standing.state == "cancelled":
        context["next_text"] = cancelled_text(order)
    return context


def step_of(standing: Any) -> str:
    """How far the payment is that the shopper has to do with: the order's, or the one of its balance."""
    return (standing.step or "unpaid") if standing.state == "balance" else str(standing.state)


def _step(request: HttpRequest, order: Any, standing: Any, step: str) -> dict[str, Any]:
    """What the page asks for or shows while something is to be paid."""
    if standing.is_delayed:
        return _delayed(request, order, standing)
    if step == "action":
        return _action(order, standing, query_of(request))
    if step == "declined":
        return _declined(request, order, standing)
    if step == "unpaid":
        texts = {"headline": _("Choose how to pay"), "next_text": _("We made this order for you. Please check it.")}
        return {"state": "declined", "step": "declined", **texts} | pay_again(request, order)
    if step == "awaiting_transfer":
        return {"transfer": {"rows": _rows(standing.instructions), "until": reservations.held_until(order.pk)}}
    return {}


def head(order: Any, *, query: str = "") -> dict[str, Any]:
    """The order itself, with the links that are open to its shopper. `query` carries the secret of a guest's link."""

    def url(name: str) -> str:
        return reverse(name, args=[order.number]) + query

    return {
        "number": order.number,
        "status_label": order.get_status_display(),
        "total": order.total,
        "url": url("order"),
        "status_url": url("order_status"),
        "created_at": order.placed_at,
        "email": order.email,
        "cancel_url": url("order_cancel") if orders.can_cancel(order) else None,
        "reorder_url": url("order_reorder"),
        "has_paid": order.captured_minor > order.refunded_minor,
    }


def query_of(request: HttpRequest) -> str:
    """The secret of a guest's link, for the links of the page it opened: "?key=…", or empty."""
    key = request.GET.get("key", "")
    return f"?key={key}" if key else ""


def cancelled_text(order: Any) -> str:
    """What a cancellation means for the shopper's money. At most one query."""
    if not order.captured_minor:
        return _(
            "Your order is cancelled. You had not paid for it; should a payment be under way, it is stopped or comes "
            "back."
        )
    is_back = order.refunded_minor >= order.captured_minor
    credit = order.money(crediting.given(order.pk)) if order.refunded_minor else None
    if not credit:
        is_back_text = _("Your order is cancelled. What you paid went back to you.")
        return is_back_text if is_back else _("Your order is cancelled. What you paid goes back to you.")
    told = {"amount": formats.money(credit)}
    if not is_back:
        return _("Your order is cancelled. %(amount)s is yours as store credit, the rest goes back to you.") % told
    if credit.minor >= order.refunded_minor:
        return _("Your order is cancelled. What you paid is yours as store credit.")
    return _("Your order is cancelled. What you paid went back to you, %(amount)s of it as store credit.") % told


def shopper(request: HttpRequest, order: Any) -> methods.Shopper:
    """Who wants to pay what is due of an order. Its link alone opens nobody's saved cards and store credit."""
    mine = requests.customer_id(request)
    customer_id = mine if mine is not None and mine == order.customer_id else None
    country, cards = where.address(order).get("country", ""), tuple(hand.cards(request))
    return methods.Shopper(customer_id, payments.still_due(order.pk), country, cards)


def pay_again(request: HttpRequest, order: Any, *, error: str = "") -> dict[str, Any]:
    """The payment form of an order whose payment was declined, that was made without one, or that costs more now."""
    who = shopper(request, order)
    form = ways.form_of(who, order.cart_id or order.pk, entered=request.POST)
    goes = {"is_by_email": where.is_by_email(order), "is_collected": where.is_collected(order)}
    return {
        **form,
        **hand.told(request),
        "methods": hints.told(form["methods"], **goes),
        "error": error,
        "seen_total": str(who.amount),
        "idempotency_key": "",
        "form_url": reverse("order_pay", args=[order.number]),
        "gift_next": reverse("order", args=[order.number]) + query_of(request),
        "hold_until": reservations.held_until(order.pk),
    }


def _settled(order: Any, standing: Any, steps: Sequence[Any], parcels: Sequence[Any]) -> dict[str, Any]:
    """The words and the way of an order that was paid; its balance, should it cost more now."""
    way = _timeline(
        steps,
        parcels,
        wording.replacement_stage(order, parcels, standing.amount),
        stages=_stages(order),
    )
    comes = _comes(order, way)
    if comes and not comes["at"] and not comes["note"]:
        comes["note"] = wording.ready_by(order, standing.amount) or wording.arrives(order, standing.amount)
    context = {
        "state": standing.state,
        "steps": way,
        "headline": wording.headline(order, parcels, standing.amount),
        "next_text": wording.what_next(order, parcels, standing.amount),
        "invoices": [_invoice(order, one) for one in receivables.open_of(order.pk)],
    }
    if standing.state == "balance":
        context["balance"] = {"amount": standing.amount, "text": wording.balance(order)}
    return context


def _stages(order: Any) -> Sequence[tuple[str, Any]]:
    if where.is_by_email(order):
        return _MAILED
    return _COLLECTED if where.is_collected(order) else _STAGES


def _comes(order: Any, way: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The stage for which a day was told: the last one; of what is collected, that it is ready."""
    if not where.is_collected(order):
        return way[-1]
    return next((one for one in way if one["label"] == str(_COLLECTED[_SHIPPED - 1][1])), None)


def _declined(request: HttpRequest, order: Any, standing: Any) -> dict[str, Any]:
    given_up = standing.payment is not None and standing.payment.status == "cancelled"
    text = (
        _("You did not finish the payment. You have not been charged.")
        if given_up
        else _("Your card was declined. You have not been charged.")
    )
    return pay_again(request, order, error=standing.error or text)


def _delayed(request: HttpRequest, order: Any, standing: Any) -> dict[str, Any]:
    """The provider does not answer: how long the items are kept, and the other ways to pay or why there are none yet.

    The form is on the page only when it was asked for: the page that waits is loaded again and again.
    """
    why_not = payment_services.why_not(standing.payment)
    if not why_not and "other" in request.GET:
        text = _("Choose another way to pay. The first payment is ended before the new one is made.")
        shown = {"state": "declined", "step": "declined", "headline": _("Pay in another way"), "next_text": text}
        return shown | pay_again(request, order, error=_("Our payment partner does not answer at the moment."))
    return {
        "is_delayed": True,
        "headline": _("Your payment has to wait a little"),
        "next_text": _("Your order is kept. You may close this page, we send you an e-mail."),
        "hold_until": reservations.held_until(order.pk),
        "why_no_other_way": why_not,
        "other_way_url": "" if why_not else _with(order, query_of(request), "other=1"),
    }


def _action(order: Any, standing: Any, query: str) -> dict[str, Any]:
    """What the shopper has to do: confirm at the bank, or pay on the provider's own page, which may be given up."""
    context: dict[str, Any] = {"action_url": standing.action_url or reverse("order_payment_page", args=[order.number])}
    if standing.is_hosted:
        context["other_way_url"] = _with(order, query, "returned=cancelled")
        context["headline"] = _("One more step: your payment")
        context["action_text"] = _("You pay on the payment provider's own page and come back here afterwards.")
        context["action_label"] = _("Go on to the payment page")
    return context


def _with(order: Any, query: str, more: str) -> str:
    return f"{reverse('order', args=[order.number])}{f'{query}&' if query else '?'}{more}"


def _timeline(
    steps: Sequence[Any],
    parcels: Sequence[Any],
    replacement: dict[str, Any] | None = None,
    *,
    stages: Sequence[tuple[str, Any]] = _STAGES,
) -> list[dict[str, Any]]:
    """The way of a paid order to its shopper: what is done, where it is, what comes.

    The first parcel's leaving is told although the order is not shipped before all have left, nor ready before all are.
    Where all was given back the way ends. `replacement`: the stage of what is sent in exchange.
    """
    reached = {step.to_status: step.at for step in steps}
    way = [{"label": str(label), "at": reached.get(status), "note": ""} for status, label in stages]
    sent = [one.shipped_at for one in parcels if one.shipped_at]
    if sent and "shipped" not in reached and len(way) > _SHIPPED:
        told = {"sent": len(sent), "count": len(parcels)}
        note = ngettext("%(sent)s of %(count)s parcel", "%(sent)s of %(count)s parcels", len(parcels)) % told
        label = _("Partly collected") if stages is _COLLECTED else _("Partly shipped")
        way[_SHIPPED] = {"label": label, "at": min(sent), "note": note}
        way = [one for n, one in enumerate(way) if n != _SHIPPED - 1 or one["at"]]
    if _GIVEN_BACK in reached:
        last = {"label": _("Given back"), "at": reached[_GIVEN_BACK], "note": ""}
        way = [*(one for one in way if one["at"]), last]
    current = max((n for n, one in enumerate(way) if one["at"]), default=0)
    if replacement:
        current += 1
        way.insert(current, replacement)
    return [{**one, "is_done": n < current, "is_current": n == current} for n, one in enumerate(way)]


def _invoice(order: Any, one: Any) -> dict[str, Any]:
    """What is still to be paid on invoice, and how."""
    rows = _rows({**settings.BANK_TRANSFER, "reference": order.number})
    return {"open": one.open, "due_on": one.due_on, "rows": rows}


def _rows(told: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in transfers.rows(told)]
