"""The nightly checks in the admin, to read."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import display

from inventory.drift.models import StockCheck
from shop.core.admin import ReadOnlyAdmin


@admin.register(StockCheck)
class StockCheckAdmin(ReadOnlyAdmin):
    list_display = ["at", "outcome", "drift"]
    ordering = ["-id"]
    fields = ["at", "drift", "sentences"]
    readonly_fields = fields

    @display(description=_lazy("outcome"), label={"good": "success", "bad": "danger"})
    def outcome(self, check: StockCheck) -> tuple[str, str]:
        return ("bad", _("Does not add up")) if check.drift else ("good", _("Everything adds up"))

    @display(description=_lazy("found"))
    def sentences(self, check: StockCheck) -> SafeString | str:
        return format_html_join("", "<p>{}</p>", ((finding,) for finding in check.findings)) or "–"
