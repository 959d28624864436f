"""Suppliers and purchase orders in the admin. Status, receipts and stock change through the services only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from inventory.suppliers import emails, forms, receiving, rules, screen, selectors, services
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierItem
from inventory.suppliers.services import PurchaseRefused
from shop.core import requests
from shop.core.admin import is_in_use
from shop.core.money import Money

LIST = "admin:inventory_purchaseorder_changelist"


class SupplierItemInline(TabularInline):
    model = SupplierItem
    form, formset = forms.SupplierItemForm, forms.ItemFormSet
    fields = ["sku", "supplier_sku", "cost", "pack_size", "minimum", "priority"]
    extra = 1
    hide_title = True


@admin.register(Supplier)
class SupplierAdmin(ModelAdmin):
    form = forms.SupplierForm
    list_display = ["name", "email", "currency", "lead_time_days", "is_active"]
    search_fields = ["name", "items__sku__iexact"]
    search_help_text = _lazy("A name, or a SKU that they deliver")
    inlines = [SupplierItemInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Supplier | None = None) -> list[str]:
        return ["currency"] if obj else []  # the costs below are in it

    def has_delete_permission(self, request: HttpRequest, obj: Supplier | None = None) -> bool:
        """One by one, and only what nothing hangs on: others are switched off."""
        return bool(obj and super().has_delete_permission(request, obj) and not is_in_use(obj))


class LineInline(TabularInline):
    model = PurchaseOrderLine
    form, formset = forms.LineForm, forms.LineFormSet
    fields = ["sku", "ordered", "cost"]
    extra = 3
    hide_title = True
    verbose_name_plural = _lazy("Lines: without a cost, the supplier's own price counts")


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ModelAdmin):
    list_display = ["number", "supplier", "location", "status_badge", "expected_on", "progress", "total_text"]
    list_filter = ["status", "supplier", "location"]
    list_select_related = ["supplier", "location"]
    search_fields = ["number__istartswith"]
    search_help_text = _lazy("The beginning of a number")
    ordering = ["-id"]
    show_full_result_count = False
    fields = ["supplier", "location", "expected_on", "note"]
    inlines = [LineInline]
    actions_list = ["suggestions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PurchaseOrder]:
        lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
        sums = {
            "units_ordered": Sum("ordered"),
            "units_received": Sum("received"),
            "costs_minor": Sum(F("ordered") * F("cost_minor")),
        }
        parts = {
            name: Subquery(lines.annotate(**{name: what}).values(name), output_field=IntegerField())
            for name, what in sums.items()
        }
        return super().get_queryset(request).annotate(**parts)

    @display(description=_lazy("status"), ordering="status", label=screen.TONES)
    def status_badge(self, order: PurchaseOrder) -> tuple[str, str]:
        return order.status, str(order.get_status_display())

    @display(description=_lazy("received"))
    def progress(self, order: Any) -> str:
        numbers = {"received": order.units_received or 0, "ordered": order.units_ordered or 0}
        return _("%(received)d of %(ordered)d") % numbers

    @display(description=_lazy("total"))
    def total_text(self, order: Any) -> str:
        return Money(order.costs_minor or 0, order.currency).format()

    def get_readonly_fields(self, request: HttpRequest, obj: PurchaseOrder | None = None) -> list[str]:
        return ["supplier"] if obj else []  # the costs are in its currency

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"location": selectors.default_location_id(), **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        pages = {"act": self.act, "send": self.send, "receive": self.receive, "csv": self.csv}
        own = [
            path(f"<uuid:order_id>/{name}/", self.admin_site.admin_view(view), name=f"inventory_purchaseorder_{name}")
            for name, view in pages.items()
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The purchase order as it stands; a draft also as a form, on `?edit=1`."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return super().change_view(request, object_id, form_url, extra_context)
        if row.status == rules.DRAFT and "edit" in request.GET and self.has_change_permission(request, row):
            return super().change_view(request, object_id, form_url, extra_context)
        order = self._order(request, row.pk)
        context = screen.context_of(order, may_change=self.has_change_permission(request, order))
        return self._show(request, "page", order.number, context)

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """With one button: whatever is saved is shown as it stands then."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **buttons})

    def save_model(self, request: HttpRequest, obj: PurchaseOrder, form: Any, change: bool) -> None:
        """Nothing yet: `save_related` writes order and lines together, through the services."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        (lines,) = formsets
        lines.new_objects, lines.changed_objects, lines.deleted_objects = [], [], []  # what the admin's log asks for
        facts = {
            "location_id": form.cleaned_data["location"].pk,
            "expected_on": form.cleaned_data["expected_on"],
            "note": form.cleaned_data["note"],
            "lines": lines.wanted(),
            "by": requests.actor(request),
        }
        order: PurchaseOrder = form.instance
        try:
            if change:
                services.revise(order_id=order.pk, **facts)
            else:
                made = services.draft(supplier_id=order.supplier_id, **facts)
                order.pk, order.number = made.pk, made.number
        except PurchaseRefused as refused:
            request.refusal = str(refused)
        else:
            for hint in screen.hints(order.supplier_id, facts["lines"]):
                messages.warning(request, hint)

    def response_add(self, request: Any, obj: PurchaseOrder, post_url_continue: str | None = None) -> HttpResponse:
        return self._saved(request, obj, _("%(number)s is a draft. Order it when it is complete."))

    def response_change(self, request: Any, obj: PurchaseOrder) -> HttpResponse:
        return self._saved(request, obj, _("%(number)s was changed."))

    def _saved(self, request: Any, order: PurchaseOrder, sentence: str) -> HttpResponse:
        refusal = getattr(request, "refusal", None)
        if refusal:
            messages.error(request, refusal)
            return HttpResponseRedirect(screen.page(order, "change") if order.number else reverse(LIST))
        messages.success(request, sentence % {"number": order.number})
        return HttpResponseRedirect(screen.page(order, "change"))

    def act(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Pull a trigger: order, cancel, close short."""
        services_of = {"place": services.place, "cancel": services.cancel, "close_short": services.close_short}
        done = {
            "place": _("Ordered. Its units count as incoming now."),
            "cancel": _("The purchase order is cancelled."),
            "close_short": _("Closed. What has not come is not expected any more."),
        }
        trigger = request.POST.get("trigger", "")
        order = self._order(request, order_id, to_change=True)
        if request.method != "POST" or trigger not in services_of:
            return HttpResponseNotAllowed(["POST"])
        try:
            services_of[trigger](order_id=order.pk, by=requests.actor(request))
            messages.success(request, done[trigger])
        except PurchaseRefused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(screen.page(order, "change"))

    def send(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Mail it to the supplier; the button says how often that had been done, so that two clicks send one mail."""
        order = self._order(request, order_id, to_change=True)
        before = request.POST.get("trigger", "")
        if request.method != "POST" or not (before.isascii() and before.isdigit() and len(before) < 5):
            return HttpResponseNotAllowed(["POST"])
        try:
            emails.send(order_id=order.pk, before=int(before), by=requests.actor(request))
            messages.success(request, _("On its way to %(email)s.") % {"email": order.supplier.email})
        except PurchaseRefused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(screen.page(order, "change"))

    def receive(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask how many units of each line have come."""
        order = self._order(request, order_id, to_change=True)
        form = forms.ReceiveForm(request.POST or None, order=order)
        if request.method == "POST" and form.is_valid():
            try:
                receipt = receiving.receive(
                    order_id=order.pk,
                    quantities=form.quantities(),
                    key=form.cleaned_data["key"],
                    note=form.cleaned_data["note"],
                    is_more_confirmed=form.cleaned_data["is_more_confirmed"],
                    by=requests.actor(request),
                )
            except PurchaseRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Receipt %(number)d is in stock.") % {"number": receipt.number})
                return HttpResponseRedirect(screen.page(order, "change"))
        context = {"order": order, "form": form, "back": screen.page(order, "change")}
        return self._show(request, "receive", _("Receive %(number)s") % {"number": order.number}, context)

    def csv(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        order = self._order(request, order_id)
        headers = {"Content-Disposition": f'attachment; filename="{order.number}.csv"'}
        return HttpResponse(emails.as_csv(order), content_type="text/csv; charset=utf-8", headers=headers)

    @action(description=_lazy("Reorder suggestions"), url_path="suggestions", permissions=["change"])
    def suggestions(self, request: HttpRequest) -> HttpResponse:
        """What is low; one click makes drafts of it."""
        if request.method == "POST":
            made = services.reorder(by=requests.actor(request))
            text = ngettext("%(count)d draft was made.", "%(count)d drafts were made.", len(made))
            messages.success(request, text % {"count": len(made)})
            return HttpResponseRedirect(reverse(LIST))
        context = {"suggestions": selectors.suggestions(), "back": reverse(LIST)}
        return self._show(request, "suggestions", _("Reorder suggestions"), context)

    def _order(self, request: HttpRequest, order_id: UUID, *, to_change: bool = False) -> PurchaseOrder:
        order = selectors.order(order_id)
        may = self.has_change_permission if to_change else self.has_view_permission
        if order is None or not may(request, order):
            raise Http404
        return order

    def _show(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        site = self.admin_site.each_context(request)
        full = {**site, **context, "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/inventory/purchaseorder/{template}.html", full)
