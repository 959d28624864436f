"""The merchant's page of return rules: the first one that fits an item decides."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from checkout.returns import policies
from checkout.returns.merchant_forms import RuleForm
from checkout.returns.models import ReturnRule
from shop.core import requests


@admin.register(ReturnRule)
class ReturnRuleAdmin(ModelAdmin):  # type: ignore[misc]
    form = RuleForm
    list_display = ["name", "scope", "position", "is_active", "says"]
    list_display_links = ["name"]
    list_filter = ["is_active"]
    ordering = ["position", "id"]
    list_per_page = 200
    fields = [
        "position", "is_active", "name", "category_path", "sku", "product_type", "is_final_sale", "window_days",
        "conditions", "approval", "label_paid_by", "refunds_delivery",
    ]  # fmt: skip

    @display(description=gettext_lazy("for"))
    def scope(self, rule: ReturnRule) -> str:
        """What the rule is about, in words."""
        product = _("one product") if rule.product_id else ""
        return ", ".join(filter(None, [rule.category_path, product, rule.product_type])) or _("everything")

    @display(description=gettext_lazy("says"))
    def says(self, rule: ReturnRule) -> str:
        if rule.is_final_sale:
            return _("final sale")
        days = ngettext("%(n)d day", "%(n)d days", rule.window_days) % {"n": rule.window_days}
        delivery = _("with delivery") if rule.refunds_delivery else _("without delivery")
        return f"{days}, {rule.get_approval_display()}, {delivery}"

    def save_model(self, request: HttpRequest, obj: ReturnRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        policies.note_change(obj, what="change" if change else "add", by=requests.actor(request))

    def delete_model(self, request: HttpRequest, obj: ReturnRule) -> None:
        policies.note_change(obj, what="delete", by=requests.actor(request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for rule in queryset:
            self.delete_model(request, rule)
