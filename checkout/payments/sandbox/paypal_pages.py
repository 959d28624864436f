"""PayPal's page for the shopper: pay, or go back. A plain form, no scripts."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from checkout.payments.sandbox import pages, wire
from checkout.payments.sandbox import paypal_orders as orders
from checkout.payments.sandbox.box import Box, Call
from checkout.payments.sandbox.store import Object


def answer(box: Box, request: wire.Request) -> wire.Response:
    """``GET`` or ``POST /paypal/checkoutnow?token=<order>``"""
    id = parse_qs(request.query).get("token", [""])[0]
    order = box.store.find("paypal.order", id)
    if order is None or request.method not in ("GET", "POST"):
        return pages.notice("This payment page is not open", "PayPal does not know this order.", 404)
    if request.method == "POST":
        form = wire.decode(request.body.decode("utf-8", "replace"))
        with box.store.transaction():
            return _decided(Call(box, form, request.origin), box.store.load("paypal.order", id), form)
    if order["status"] == "COMPLETED":
        return wire.redirect(_back(order))
    return _page(order)


def _decided(call: Call, order: Object, form: dict[str, Any]) -> wire.Response:
    if wire.text(form, "result", "cancel") != "pay":
        return wire.redirect(_to(order["_cancel_url"], token=order["id"]))
    if order["status"] != "COMPLETED":
        funding = "declined" if wire.text(form, "funding", "") == "declined" else "balance"
        order = orders.approve(call, order, funding)
    return wire.redirect(_back(order))


def _page(order: Object) -> wire.Response:
    unit = order["purchase_units"][0]
    amount = f"{unit['amount']['value']} {unit['amount']['currency_code']}"
    return pages.page(
        "paypal",
        f"Pay {amount}",
        (order["_return_url"], order["_cancel_url"]),
        amount=amount,
        action=f"/paypal/checkoutnow?{urlencode({'token': order['id']})}",
        order=unit.get("description", ""),
        shop=order["_brand"] or "the shop",
    )


def _back(order: Object) -> str:
    return _to(order["_return_url"], token=order["id"], PayerID="SANDBOXSHOPPER")


def _to(url: str, **added: str) -> str:
    """The shop's address with what PayPal adds to it."""
    parts = urlsplit(url)
    query = urlencode(added)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))
