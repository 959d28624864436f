"""The mails about an order: what their templates are told. Each is queued at most once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from cart.tax import words
from catalog.translations import selectors as translations
from checkout.orders import access, bundled, selectors, where
from checkout.orders import lines as order_lines
from checkout.orders.models import OVER, Order, OrderLine
from inventory.stock import wording
from shop.accounts import selectors as accounts
from shop.core import addresses, formats, requests
from shop.core.money import Money
from shop.notifications import services as notifications

_ADDRESS = ("company", "address1", "address2")
_ARRIVED = (*OVER, Order.Status.DELIVERED, Order.Status.RETURNED)
_UNPAID = (Order.Status.PENDING, Order.Status.PAYMENT_PENDING, Order.Status.PAYMENT_REVIEW)


def order_placed(*, order_id: UUID, about_payment: str = "", shares: Sequence[Mapping[str, str]] = ()) -> None:
    """What the shopper ordered, with a sentence `about_payment` in the order's language, if there is one, and what pays
    how much of it, if several things do (`shares`: label and amount each); of an order that the desk made for them,
    that it did, and the link to what is to be paid. One that was paid there and then is told of by
    `payments.emails.order_paid`."""
    order = selectors.by_id(order_id)
    if not order.is_from_desk:
        send(order, "order_placed", about_payment=about_payment, shares=list(shares))
    elif order.pay_by:
        if (lacks := order.due_minor - order.came_minor) > 0:
            to_pay(order, amount=order.money(lacks), key="")
    elif order.balance_minor > 0:
        with translation.override(order.language):
            amount = formats.money(order.money(order.balance_minor))
        send(order, "order_placed", to_pay=amount)


def to_pay(order: Order, *, amount: Money, key: object) -> bool:
    """The link to the order's page (lines prefetched) to pay `amount` of it; `key` tells mails apart."""
    with translation.override(order.language):
        told = formats.money(amount)
        is_kept = order.pay_by and order.status == Order.Status.PAYMENT_PENDING
        until = formats.moment(order.pay_by) if is_kept else ""
    is_new = order.is_from_desk and order.status == Order.Status.PAYMENT_PENDING
    return send(order, "order_to_pay", key=key, amount=told, until=until, is_made_for_you=is_new)


def order_delivered(*, order_id: UUID) -> None:
    """That all of it has arrived; not of what was sent by e-mail, which says so itself."""
    order = selectors.by_id(order_id)
    if not where.is_by_email(order):
        send(order, "order_delivered")


def order_cancelled(*, order_id: UUID, reason: str) -> None:
    """With the reason in words, and the amount that comes back if something was paid."""
    order = selectors.by_id(order_id)
    with translation.override(order.language):
        rest = order.captured_minor - order.refunded_minor  # some of it may have gone back before
        refund = formats.money(order.money(rest)) if rest > 0 else None
        send(order, "order_cancelled", reason=reason_text(reason), refund=refund, cart_url=None)


def to_staff(*, key: str, subject: str, lines: Sequence[str], order: Order | None = None, page: str = "") -> int:
    """Queue a mail to everybody of the staff who may move money, once for `key`; returns how many were new.

    It links to `order`, else to the list `page` of the admin ("checkout_refund").
    """
    if order is not None:
        url = reverse("admin:checkout_order_change", args=[order.pk])
    else:
        url = reverse(f"admin:{page}_changelist" if page else "admin:index")
    context = {"subject": subject, "lines": list(lines), "url": requests.absolute(url)}
    return sum(
        notifications.queue(
            key=f"staff:{key}:{person}",
            template="staff_notice",
            to=email,
            language=settings.LANGUAGE_CODE,
            context=context,
        )
        for person, email in accounts.staff_with("checkout.refund_order")
    )


def send(order: Order, template: str, *, key: object = "", **extra: Any) -> bool:
    """Queue the mail `template` about the order (lines prefetched); `key` tells several of a kind apart. None goes out
    before the one that says that we have the order."""
    with translation.override(order.language):
        context = {"order": context_of(order), **extra}
    own, first = ":".join(filter(None, (template, str(order.pk), str(key)))), f"order_placed:{order.pk}"
    return notifications.queue(
        key=own,
        after="" if own == first else first,
        template=template,
        to=order.email,
        language=order.language,
        context=context,
    )


def _item(order: Order, item: bundled.Item) -> dict[str, Any]:
    """What was bought, with what it is made like; of a bundle, what is in it."""
    return {
        **(_bundle(item) if item.bundle else _line(item.lines[0])),
        "line_total": formats.money(order.money(item.total_minor)),
    }


def _line(line: OrderLine) -> dict[str, Any]:
    """What was bought, and what it is made like behind its name; or below, where somebody wrote several lines."""
    told = order_lines.in_lines(line)
    about = {"options": "", "rows": told.splitlines()} if "\n" in told else {"options": told, "rows": []}
    return {"name": line.name, **about, "quantity": line.quantity, "expected": wording.promise(line.expected_on)}


def _bundle(item: bundled.Item) -> dict[str, Any]:
    told: Any = item.bundle
    rows = [
        " · ".join(_nonempty((f"{part.quantity} × {part.name}", part.options, wording.promise(part.expected_on))))
        for part in item.parts
        if part.quantity
    ]
    return {"name": told["name"], "options": "", "rows": rows, "quantity": told["quantity"], "expected": ""}


def context_of(order: Order) -> dict[str, Any]:
    """The order as its mails show it: JSON, texts in the active language."""
    return {
        "number": order.number,
        "status_label": str(order.get_status_display()),
        "url": requests.absolute(access.url(order)),
        "created_at": formats.moment(order.placed_at),
        "lines": [_item(order, item) for item in bundled.items(order.lines.all()) if not item.is_gone],
        "subtotal": formats.money(order.money(order.subtotal_minor)),
        "discount": formats.money(order.money(order.discount_minor)) if order.discount_minor else None,
        "discounts": [f"{one['name']}: {formats.money(one['amount'])}" for one in discounts(order)],
        "shipping": formats.money(order.money(order.shipping_minor)) if order.shipping_minor else _("Free"),
        "tax": formats.money(order.money(order.tax_minor)),
        "tax_label": tax_label(order),
        "total": formats.money(order.total),
        **_still_to_pay(order),
        "shipping_address": address_lines(order.shipping_address),
        "delivery_name": order.delivery_name,
        "is_by_email": where.is_by_email(order),
        "collect": _collect(order),
        "arrives": _arrives(order),
        "gift_message": order.gift_message,
        "po_number": order.po_number,
    }


def _arrives(order: Order) -> str | None:
    """The day that was told for it, of what is collected with what it is; None once that holds no more: what has not
    left waits for money or is sent in exchange, nothing is on its way, or the day is over."""
    is_waiting = order.status not in _UNPAID and order.came_minor < order.due_minor
    is_on_its_way = not is_waiting and not selectors.is_replacing(order) and order.status not in _ARRIVED
    if order.delivery_on is None or not is_on_its_way or order.delivery_on < formats.today():
        return None
    if not where.is_collected(order):
        return formats.day(order.delivery_on)
    if order.status in (Order.Status.READY_TO_SHIP, Order.Status.SHIPPED):
        return None  # it is ready, or was collected
    return _("Ready to collect by %(date)s") % {"date": formats.weekday(order.delivery_on)}


def _collect(order: Order) -> dict[str, Any] | None:
    """Where it is collected; None of what is sent."""
    place = where.place(order)
    return {"lines": [place.name, *place.lines], "opening_hours": place.opening_hours} if place else None


def _still_to_pay(order: Order) -> dict[str, str | None]:
    """Of an order that is paid in part, the lines below its total down to what is still to be paid."""
    paid, lacks = order.captured_minor - order.refunded_minor, order.due_minor - order.came_minor
    rows = {"allowed": order.allowed_minor, "paid": paid, "held": order.came_minor - paid, "to_pay": lacks}
    is_in_part = lacks > 0 and (paid > 0 or (order.came_minor > 0 and order.status not in _UNPAID))
    return {
        name: formats.money(order.money(minor)) if is_in_part and minor > 0 else None for name, minor in rows.items()
    }


def tax_label(order: Order) -> str:
    """The names of the order's taxes; tax that is in the prices is not added to them."""
    names = [one["name"] for one in order.tax_lines if one["amount_minor"]]
    is_included = bool(order.tax_minor) and order.tax_minor == order.included_tax_minor
    return words.label(*names, is_included=is_included)


def discounts(order: Order) -> list[dict[str, Any]]:
    """What made the order cheaper, each with its name and amount (`Money`); nothing of what takes nothing off."""
    return [
        {"name": translations.said(one["name"]), "amount": order.money(one["amount_minor"])}
        for one in order.discount_lines
        if one["amount_minor"]
    ]


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """A stored address as the lines of a label."""
    name = _joined(address.get("first_name"), address.get("last_name"))
    town = addresses.town(address)
    country = dict(countries).get(address.get("country", ""), address.get("country"))
    return [str(line) for line in (name, *(address.get(part) for part in _ADDRESS), town, country) if line]


def _joined(*parts: Any) -> str:
    return " ".join(_nonempty(parts))


def _nonempty(parts: Iterable[Any]) -> list[str]:
    return [str(part) for part in parts if part]


def reason_text(reason: str) -> str:
    """Why an order was cancelled, in words; empty when there is nothing to explain."""
    sentences = {
        "reservation_expired": _("The payment did not arrive in time, so we could not hold the items any longer."),
        "out_of_stock": _("The items sold out before your payment arrived. We are sorry."),
        "reject_review": _("We could not accept the payment."),
    }
    return sentences.get(reason, "")
