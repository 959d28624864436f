"""Who may see an order: its customer, and whoever has the secret of its link.

Everyone else, and everyone with a wrong or shortened secret, gets the same 404 as for an order that does not exist.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from checkout.orders import selectors
from checkout.orders.models import Order
from shop.core import requests

HEADER = "X-Order-Token"
_SESSION = "order_keys"
_REMEMBERED = 20  # orders a guest's session keeps the keys of


def url(order: Order) -> str:
    """The order's page with its secret, for guests and mails: a path on the shop's own address."""
    return f"{reverse('order', kwargs={'number': order.number})}?key={order.access_key}"


def allowed(request: HttpRequest, order: Order) -> bool:
    """Whether this person may see the order: it is theirs, or they hold its secret (link, API header or session)."""
    customer_id = requests.customer_id(request)
    if customer_id is not None and order.customer_id == customer_id:
        return True
    given = request.GET.get("key") or request.headers.get(HEADER) or _remembered(request).get(str(order.pk), "")
    return constant_time_compare(given, order.access_key)


def order_for(request: HttpRequest, number: str, *, archived: bool = False) -> Order:
    """The order if this person may see it; else `Http404`, the same for a wrong secret as for no such order.

    `archived`: also one that is in the archive (`order.is_archived`), to be read under its `reading.opened`.
    """
    order = (import_string(settings.ALL_ORDERS) if archived else selectors.order)(number[:20])
    if order is None:
        constant_time_compare(request.GET.get("key", ""), "x" * 32)
        raise Http404
    if not allowed(request, order):
        raise Http404
    return order


def remember(request: HttpRequest, order: Order) -> None:
    """Keep the secret in the guest's session, so that links on the page need not carry it."""
    keys = _remembered(request)
    if keys.get(str(order.pk)) != order.access_key:
        kept = {**keys, str(order.pk): order.access_key}
        request.session[_SESSION] = dict(list(kept.items())[-_REMEMBERED:])


def unpaid(request: HttpRequest) -> Order | None:
    """The last order of this guest's session, if it waits for its payment."""
    key = next(reversed(_remembered(request)), None)
    last = Order.objects.filter(pk=key).first() if key else None
    return last if last is not None and last.status == Order.Status.PAYMENT_PENDING else None


def _remembered(request: HttpRequest) -> dict[str, str]:
    session = getattr(request, "session", None)
    keys: dict[str, str] = session.get(_SESSION, {}) if session is not None else {}
    return keys
