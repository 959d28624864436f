"""What the small pages of an order's admin share: who may, which order, a form with a refusal back onto it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.notes import services as notes
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from shop.core import requests
from shop.core.money import BadAmount, Money

REFUSALS = (
    orders.TransitionRefused,
    changes.EditRefused,
    payments.CaptureRefused,
    payments.PaymentRefused,
    payments.RefundRefused,
    fulfilment.TrackingRefused,
    fulfilment.ShipmentRefused,
    notes.NoteRefused,
    BadAmount,
)


class AskPages:
    """Mixed into the orders' `ModelAdmin`."""

    admin_site: Any
    opts: Any

    def _ask(
        self,
        request: HttpRequest,
        order_id: UUID,
        form_class: type[forms.Form],
        title: str,
        permission: str,
        save: Callable[[Order, dict[str, Any], str], Any],
        done: str,
        initial: dict[str, Any] | None = None,
        shown: Callable[[Order], dict[str, Any]] | None = None,
    ) -> HttpResponse:
        """A small page with a form; its answer goes to `save`, and a refusal back onto the page.

        `shown`: what else stands on it, as it is when the page is made.
        """
        self._allow(request, permission)
        order = self._order(order_id)
        form = form_class(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                save(order, form.cleaned_data, requests.actor(request))
                messages.success(request, done)
                return self._back(order_id)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
                order = self._order(order_id)  # it may have changed since the page was made: shown as it is now
        told = shown(order) if shown else {}
        return self._page(request, order, "ask", title, action=title, form=form, **told)

    def _page(self, request: HttpRequest, order: Order, template: str, title: str, **context: Any) -> HttpResponse:
        """One of the order's pages: templates/admin/checkout/order/<template>.html."""
        shared = self.admin_site.each_context(request)
        full = {**shared, "title": f"{title} · {order.number}", "order": order, "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/checkout/order/{template}.html", full)

    def _allow(self, request: HttpRequest, *permissions: str) -> None:
        """Any one of the permissions will do."""
        if not any(request.user.has_perm(one) for one in permissions):
            raise PermissionDenied

    def _order(self, order_id: UUID) -> Order:
        order = Order.objects.filter(pk=order_id).first()
        if order is None:
            raise Http404
        return order

    def _back(self, order_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:checkout_order_change", args=[order_id]))


def amount_of(amount: Decimal, order: Order) -> Money:
    """What was typed, in the order's currency. Raises `BadAmount` with a sentence for people."""
    try:
        return Money.of(amount, order.currency)
    except BadAmount as error:
        text = _("That has more digits than an amount in %(currency)s: the smallest is %(least)s.")
        raise BadAmount(text % {"currency": order.currency, "least": order.money(1).decimal}) from error
