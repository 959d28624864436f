"""The merchant's order screens: the list, and one page with everything of an order and what can be done with it.

Buttons post to services, and only those that table, guard and permission allow are shown. Status, amounts and stock
are never typed in.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from checkout.desk import merchant_forms, screen, staff, sums
from checkout.desk.asking import REFUSALS, AskPages, amount_of
from checkout.desk.edit_pages import EditPages
from checkout.desk.order_list import OrderList
from checkout.desk.parcel_pages import ParcelPages
from checkout.giftcards import bought
from checkout.orders import diagram, transitions
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import methods
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from shop.core import db, requests

VIEW = "checkout.view_order"
DANGER = {"variant": "danger"}  # the button of what cannot be taken back


@admin.register(Order)
class OrderAdmin(EditPages, ParcelPages, AskPages, OrderList):
    change_form_template = "admin/checkout/order/page.html"
    change_list_template = "admin/checkout/order/list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "pull": self.pull,
            "dispatch": self.dispatch_all,
            "cancel": self.cancel,
            "reject": self.reject,
            "capture": self.capture,
            "void": self.void,
            "refund": self.refund,
            "transfer": self.transfer,
            "edit": self.edit,
            "cancel_units": self.cancel_units,
            "note": self.add_note,
            "send_link": self.send_link,
            "renew_link": self.renew_link,
        }
        own = [
            path(f"<uuid:order_id>/{name}/", self.admin_site.admin_view(page), name=f"checkout_order_{name}")
            for name, page in pages.items()
        ]
        parcels = {
            "pick": self.pick_parcel,
            "dispatch": self.dispatch_parcel,
            "deliver": self.deliver_parcel,
            "split": self.split_parcel,
            "move": self.move_parcel,
        }
        own += [
            path(
                f"<uuid:order_id>/parcels/<uuid:shipment_id>/{name}/", self.admin_site.admin_view(page),
                name=f"checkout_order_parcel_{name}",
            )
            for name, page in parcels.items()
        ]  # fmt: skip
        sent = path(
            "<uuid:order_id>/refunds/<uuid:refund_id>/sent/", self.admin_site.admin_view(self.refund_sent),
            name="checkout_order_refund_sent",
        )  # fmt: skip
        states = path("states/", self.admin_site.admin_view(self.states), name="checkout_order_states")
        return [states, sent, *own, *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Order | None:
        """All of an order at once: the list leaves out what makes its rows heavy, and the page shows it."""
        try:
            return Order.objects.filter(pk=object_id).first()
        except (ValidationError, ValueError):
            return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        if order is None or not self.has_view_permission(request, order):
            return super().change_view(request, object_id, form_url, extra_context)
        context = {
            **self.admin_site.each_context(request),
            **screen.context_of(order, request.user),
            "title": order.number,
            "opts": self.opts,
        }
        return TemplateResponse(request, self.change_form_template, context)

    def states(self, request: HttpRequest) -> HttpResponse:
        """How orders move: the table of transitions as a picture, `?at=` a status marked in it."""
        self._allow(request, VIEW)
        context = {
            **self.admin_site.each_context(request), "title": _("How orders move"), "opts": self.opts,
            "picture": mark_safe(diagram.svg(request.GET.get("at", ""))),  # noqa: S308  (it escapes its words itself)
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/order/states.html", context)

    def pull(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Pull a trigger that needs no words."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        trigger = request.POST.get("trigger", "")
        row = transitions.named(trigger)
        self._allow(request, row.permission if row and row.permission else VIEW)
        order = self._order(order_id)
        try:
            if row is None or row.permission is None:  # no button has it: the shop's own, or none at all
                raise orders.TransitionRefused(trigger=trigger, status=order.status, allowed=orders.possible(order))
            order = staff.pull(order_id=order_id, trigger=trigger, by=requests.actor(request))
            messages.success(request, _("The order is “%(status)s” now.") % {"status": order.get_status_display()})
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        return self._back(order_id)

    def cancel(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask whether, and why."""
        return self._ask(
            request, order_id, merchant_forms.CancelForm, _("Cancel order"), transitions.CANCEL,
            lambda order, data, by: bought.cancel_order(order_id=order.pk, by=by, note=data["note"]),
            _("The order is cancelled."), shown=self._cancelled,
        )  # fmt: skip

    def _cancelled(self, order: Order) -> dict[str, Any]:
        """What becomes of its money when it is cancelled."""
        back, held = payment_selectors.refundable(order.pk), order.money(order.held_minor)
        told = [
            (back, _("%(amount)s goes back the way it was paid.")), (held, _("%(amount)s that is held is let go."))
        ]  # fmt: skip
        return DANGER | {"told": [words % {"amount": amount.format()} for amount, words in told if amount]}

    def reject(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask whether a payment that is being reviewed is turned down, and why."""
        return self._ask(
            request, order_id, merchant_forms.RejectForm, _("Reject payment"), transitions.REVIEW,
            lambda order, data, by: staff.pull(order_id=order.pk, trigger="reject_review", by=by, note=data["note"]),
            _("The payment is rejected and the order cancelled."), shown=lambda _order: DANGER,
        )  # fmt: skip

    def capture(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask how much of the held money is taken, and whether the rest is let go."""

        def save(order: Order, data: dict[str, Any], by: str) -> None:
            amount, seen = amount_of(data["amount"], order), amount_of(data["seen"], order)
            payments.request_capture(
                order_id=order.pk, amount=amount, is_final=data["is_final"], seen=seen, note=data["note"], by=by
            )  # fmt: skip

        order = self._order(order_id)
        most = payments.takeable(order_id=order.pk).decimal
        return self._ask(
            request, order_id, merchant_forms.CaptureForm, _("Take money"), transitions.REVIEW, save,
            _("The money is being taken."), {"amount": most, "seen": most},
        )  # fmt: skip

    def void(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask whether what is held is let go."""
        return self._ask(
            request, order_id, merchant_forms.VoidForm, _("Let go of held money"), transitions.REVIEW,
            lambda order, data, by: payments.request_void(order_id=order.pk, note=data["note"], by=by),
            _("What is held is being let go."), shown=lambda _order: DANGER,
        )  # fmt: skip

    def refund(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask how much goes back, and why."""

        def save(order: Order, data: dict[str, Any], by: str) -> None:
            amount = amount_of(data["amount"], order)
            to = data["to"] or "original"
            payments.request_refund(
                order_id=order.pk, amount=amount, reason=data["reason"], by=by, to=to, key=data["key"]
            )  # fmt: skip

        most = payment_selectors.refundable(order_id).decimal if self._order(order_id) else None
        return self._ask(
            request, order_id, merchant_forms.RefundForm, _("Refund"), transitions.REFUND, save,
            _("The refund is on its way."), {"amount": most},
        )  # fmt: skip

    def refund_sent(self, request: HttpRequest, order_id: UUID, refund_id: UUID) -> HttpResponse:
        """Ask whether a refund was sent from the bank account, or handed out."""
        self._allow(request, screen.RECORD)
        paid = payment_selectors.payments_of(order_id)
        refund = next((row for one in paid for row in one.refunds.all() if row.pk == refund_id), None)
        if refund is None or not screen.is_sent_by_hand(refund):
            raise Http404
        told = {"refund": refund.amount.format(), "by": methods.label(refund.payment.provider)}
        words = _("%(refund)s, paid by %(by)s. Record it once it was sent, or handed out: the customer gets a mail.")
        return self._ask(
            request, order_id, merchant_forms.SentForm, _("Record it as sent"), screen.RECORD,
            lambda _order, _data, by: payments.record_returned(refund_id=refund_id, at=db.clock(), by=by),
            _("%(refund)s is recorded as given back.") % told, shown=lambda _order: {"told": [words % told]},
        )  # fmt: skip

    def transfer(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask what has come, and how."""

        def save(order: Order, data: dict[str, Any], by: str) -> None:
            receipt = data["statement_id"] or f"{order.number}-{data['key'] or db.uuid7()}"
            payments.record_received(
                order_id=order.pk, provider=data["way"], amount=amount_of(data["amount"], order), receipt=receipt, by=by
            )

        order = self._order(order_id)
        taken = payment_selectors.payments_of(order_id, "captures")
        due = order.money(max(0, order.balance_minor - sums.held(taken))).decimal  # what we hold nobody brings
        return self._ask(
            request, order_id, merchant_forms.ReceivedForm, _("Record payment received"), screen.RECORD, save,
            _("The payment is recorded."), {"amount": due},
        )  # fmt: skip
