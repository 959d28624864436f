"""The nightly checks in the admin, to read."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import action, display

from inventory.drift import tasks
from inventory.drift.models import StockCheck
from shop.core.admin import ReadOnlyAdmin


@admin.register(StockCheck)
class StockCheckAdmin(ReadOnlyAdmin):
    list_display = ["at", "outcome", "drift"]
    ordering = ["-id"]
    actions_list = ["run_now"]
    fields = ["at", "drift", "sentences"]
    readonly_fields = fields

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("inventory.change_stockitem")

    @action(description=_lazy("Check now"), url_path="run", permissions=["run"])
    def run_now(self, request: HttpRequest) -> HttpResponse:
        """Asks; a POST has it done by a worker, as a big ledger takes long."""
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": _("Check now"), "opts": self.opts}
            return TemplateResponse(request, "admin/inventory/stockcheck/run.html", context)
        tasks.run.delay()
        messages.success(request, _("The check is running; its outcome will be here in a moment."))
        return HttpResponseRedirect(reverse("admin:inventory_stockcheck_changelist"))

    @display(description=_lazy("outcome"), label={"good": "success", "bad": "danger"})
    def outcome(self, check: StockCheck) -> tuple[str, str]:
        return ("bad", _("Does not add up")) if check.drift else ("good", _("Everything adds up"))

    @display(description=_lazy("found"))
    def sentences(self, check: StockCheck) -> SafeString | str:
        return format_html_join("", "<p>{}</p>", ((finding,) for finding in check.findings)) or "–"
