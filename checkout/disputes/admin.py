"""Disputes in the admin: to look at, with a link to the order. They are answered at the provider."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.disputes.models import Dispute
from shop.core.admin import ReadOnlyAdmin


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["opened_at", "order_link", "amount_text", "status", "reason", "due_at", "closed_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["order"]
    search_fields = ["=reference", "order__number__istartswith"]
    ordering = ["-id"]

    @display(description=gettext_lazy("order"), ordering="order__number")
    def order_link(self, dispute: Dispute) -> SafeString:
        url = reverse("admin:checkout_order_change", args=[dispute.order_id])
        return format_html('<a href="{}">{}</a>', url, dispute.order.number)

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, dispute: Dispute) -> str:
        return dispute.amount.format()
