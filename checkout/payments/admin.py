"""Payments, refunds and providers' messages in the admin: to look at. Money moves on the order's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentEvent, PaymentOptions, ProviderEvent, Refund
from shop.core import db, requests
from shop.core.admin import ReadOnlyAdmin


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "order", "provider", "amount_text", "status", "reference"]
    list_filter = ["status", "provider"]
    list_select_related = ["order"]
    search_fields = ["order__number__istartswith", "=reference"]
    ordering = ["-id"]
    exclude = ["token"]

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, payment: Payment) -> str:
        return payment.amount.format()


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "amount_minor", "currency", "reference", "source"]
    list_filter = ["kind", "source"]
    search_fields = ["=reference"]
    ordering = ["-id"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "order_number", "amount_text", "status", "reason", "actor"]
    list_filter = ["status"]
    list_select_related = ["payment__order"]
    search_fields = ["=reference", "payment__order__number__istartswith"]
    ordering = ["-id"]
    actions = ["record_sent", "try_again"]

    @display(description=gettext_lazy("order"))
    def order_number(self, refund: Refund) -> str:
        return refund.payment.order.number

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, refund: Refund) -> str:
        return refund.amount.format()

    def has_record_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("checkout.record_payment"))

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("checkout.refund_order"))

    @admin.action(description=gettext_lazy("Try again"), permissions=["refund"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Ask once more for these refunds that failed."""
        for refund in queryset:
            try:
                again = payments.try_again(refund_id=refund.pk, by=requests.actor(request))
            except payments.RefundRefused as refusal:
                messages.error(request, str(refusal))
            else:
                told = {"refund": refund.amount.format()}
                sentence = _("%(refund)s is asked for again.") if again else _("%(refund)s was left as it is.")
                messages.success(request, sentence % told)

    @admin.action(description=gettext_lazy("Record as sent by bank transfer"), permissions=["record"])
    def record_sent(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The merchant has sent these refunds from the bank account."""
        for refund in queryset:
            try:
                payments.record_returned(refund_id=refund.pk, at=db.clock(), by=requests.actor(request))
            except payments.PaymentRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("%(refund)s is recorded as sent.") % {"refund": refund.amount.format()})


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "order_number", "amount_text", "is_final", "status", "problem", "actor"]
    list_filter = ["status"]
    list_select_related = ["payment__order"]
    search_fields = ["payment__order__number__istartswith"]
    ordering = ["-id"]

    @display(description=gettext_lazy("order"))
    def order_number(self, capture: Capture) -> str:
        return capture.payment.order.number

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, capture: Capture) -> str:
        return capture.amount.format()


@admin.register(PaymentOptions)
class PaymentOptionsAdmin(ModelAdmin):  # type: ignore[misc]
    """The merchant's choices for all payments: one row, changed and never deleted."""

    list_display = ["__str__", "capture_when"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not PaymentOptions.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PaymentOptions, form: Any, change: bool) -> None:
        payments.choose_capture(when=obj.capture_when, by=requests.actor(request))


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "provider", "event_type", "reference", "processed_at", "attempts", "last_error"]
    list_filter = ["provider", ("processed_at", admin.EmptyFieldListFilter)]
    search_fields = ["=event_id", "=reference"]
    ordering = ["-id"]
