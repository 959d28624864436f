"""Locations and stock items in the admin. Quantities change through the services only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from inventory.stock import locations, selectors, services
from inventory.stock.forms import AdjustForm, LimitsForm, ReceiveForm, RecountForm
from inventory.stock.models import Location, StockItem
from shop.core import requests
from shop.core.admin import is_in_use
from shop.core.links import links

_LIMITS = ["low_stock_threshold", "backorder_limit", "is_preorder", "expected_on", "orders_until"]


@admin.register(Location)
class LocationAdmin(ModelAdmin):
    list_display = ["name", "code", "priority", "is_default", "is_active"]
    search_fields = ["code", "name"]
    readonly_fields = ["is_active"]
    actions_detail = ["switch"]

    def has_delete_permission(self, request: HttpRequest, obj: Location | None = None) -> bool:
        """One by one, and only what nothing hangs on: others are switched off."""
        return bool(obj and not obj.is_default and super().has_delete_permission(request, obj) and not is_in_use(obj))

    @action(description=_lazy("Switch on or off"), url_path="switch", permissions=["change"])
    def switch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, then starts or stops selling from here."""
        location = self.get_object(request, object_id)
        if location is None:
            raise Http404
        if request.method == "POST":
            locations.switch(location_id=location.pk, is_active=not location.is_active, by=requests.actor(request))
            messages.success(request, _("%(name)s was switched.") % {"name": location.name})
            return HttpResponseRedirect(reverse("admin:inventory_location_change", args=[location.pk]))
        site = self.admin_site.each_context(request)
        context = {**site, "title": location.name, "location": location, "opts": self.opts}
        return TemplateResponse(request, "admin/inventory/location/switch.html", context)


class LevelFilter(admin.SimpleListFilter):
    title = _lazy("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _lazy("Low")), ("out", _lazy("Sold out")), ("short", _lazy("Promised beyond stock"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "low":
            return queryset.filter(units_available__lte=F("low_stock_threshold"))
        if self.value() == "out":
            return queryset.filter(units_available__lte=0)
        return queryset.filter(shortfall__gt=0) if self.value() == "short" else queryset


@admin.register(StockItem)
class StockItemAdmin(ModelAdmin):
    form = LimitsForm
    list_display = ["sku", "location", "available", "on_hand", "reserved", "allocated", "shortfall", "level"]
    list_filter = [LevelFilter, "location"]
    list_select_related = ["location"]
    search_fields = ["^sku"]
    search_help_text = _lazy("The beginning of a SKU")
    ordering = ["sku", "id"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": [("sku", "location"), "product"]}),
        (_lazy("Units"), {"fields": [("on_hand", "available", "incoming"), ("reserved", "allocated", "shortfall")]}),
        (_lazy("Alert"), {"fields": ["low_stock_threshold"]}),
        (
            _lazy("Selling more than is there"),
            {
                "fields": ["backorder_limit", "is_preorder", "expected_on", "orders_until"],
                "description": _lazy(
                    "Up to the backorder limit more units are sold than are on hand. Shoppers read when they are "
                    "expected; after the last moment only what is on hand is sold."
                ),
            },
        ),
    ]
    readonly_fields = [
        "sku", "product", "location", "on_hand", "reserved", "allocated", "shortfall", "available", "incoming",
    ]  # fmt: skip
    actions_detail = ["adjust", "recount", "receive", "movements"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        return super().get_queryset(request).annotate(units_available=selectors.AVAILABLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StockItem | None = None) -> bool:
        return False

    def has_ledger_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        # by method: Unfold looks a dotted permission up in the database while Django checks itself, before tables exist
        return request.user.has_perm("inventory.view_stockmovement")

    @display(description=_lazy("available"), ordering="units_available")
    def available(self, item: StockItem) -> int:
        return item.available

    @display(description=_lazy("product"))
    def product(self, item: StockItem) -> str:
        link = links([f"variant:{item.variant_id}"]).get(f"variant:{item.variant_id}")
        return link.html if link else "–"

    @display(description=_lazy("incoming"))
    def incoming(self, item: StockItem) -> int:
        return selectors.under_way(variant_id=item.variant_id, location_id=item.location_id)

    @display(description=_lazy("level"), label={"out": "danger", "low": "warning"})
    def level(self, item: StockItem) -> tuple[str, str] | None:
        if not item.available:
            return "out", _("Sold out")
        return ("low", _("Low")) if item.available <= item.low_stock_threshold else None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.IntegerField):
            field.min_value = 0
            field.validators.append(forms.IntegerField(min_value=0).validators[-1])
        return field

    def save_model(self, request: HttpRequest, obj: StockItem, form: Any, change: bool) -> None:
        """Two columns through the service: saving the row would write back its counters as they were when read."""
        try:
            services.set_limits(
                stock_item_id=obj.pk,
                by=requests.actor(request),
                **{name: getattr(obj, name) for name in _LIMITS},
            )
        except services.Promised:
            messages.error(request, _("More units are sold already than this backorder limit would allow."))
            return
        if obj.backorder_limit and obj.expected_on is None:  # allowed: a supplier may not know it himself
            messages.warning(
                request, _("Shoppers read no date for these units: enter when they are expected, if known.")
            )

    @action(description=_lazy("Adjust stock"), url_path="adjust", permissions=["change"])
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def save(item: StockItem, data: dict[str, Any]) -> None:
            services.adjust(
                stock_item_id=item.id,
                change=data["units"],
                reason=data["reason"],
                by=requests.actor(request),
                seen=data["seen"],
            )

        return self._units(request, object_id, AdjustForm, _("Adjust stock"), save)

    @action(description=_lazy("Recount"), url_path="recount", permissions=["change"])
    def recount(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def save(item: StockItem, data: dict[str, Any]) -> None:
            services.recount(
                stock_item_id=item.id,
                on_hand=data["units"],
                reason=data["reason"],
                by=requests.actor(request),
                seen=data["seen"],
            )

        return self._units(request, object_id, RecountForm, _("Recount"), save)

    @action(description=_lazy("Receive units"), url_path="receive", permissions=["change"])
    def receive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def save(item: StockItem, data: dict[str, Any]) -> None:
            services.receive(
                variant_id=item.variant_id,
                sku=item.sku,
                quantity=data["units"],
                location=data["location"],
                reason=data["reason"],
                by=requests.actor(request),
                document=data["document"],
                seen=data["seen"],
            )

        return self._units(request, object_id, ReceiveForm, _("Receive units"), save)

    @action(description=_lazy("Movements"), url_path="movements", permissions=["ledger"])
    def movements(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:inventory_stockmovement_changelist')}?stock_item_id={object_id}")

    def _units(
        self,
        request: HttpRequest,
        object_id: str,
        form_class: type[forms.Form],
        title: str,
        save: Callable[[StockItem, dict[str, Any]], None],
    ) -> HttpResponse:
        """A page that asks for units and hands them to `save`."""
        item = self.get_object(request, object_id)
        if item is None:
            raise Http404
        seen = selectors.mark(item.variant_id)
        form = form_class(request.POST or None, initial={"location": item.location.code, "seen": seen})
        if request.method == "POST" and form.is_valid():
            try:
                save(item, form.cleaned_data)
            except services.NotOnHand as refused:
                form.add_error("units", _("Only %(units)d on hand.") % {"units": refused.on_hand})
            except services.BadQuantity:
                form.add_error("units", _("That would be more units than can be counted."))
            except services.Moved as refused:
                form.data = {**request.POST.dict(), "seen": seen}  # saved once more, it is meant so
                form.add_error(
                    None,
                    _("The stock changed meanwhile: %(units)d on hand now. Was this done already? Save if not.")
                    % {"units": refused.on_hand},
                )
            else:
                messages.success(request, _("The stock of %(sku)s was changed.") % {"sku": item.sku})
                return HttpResponseRedirect(reverse("admin:inventory_stockitem_change", args=[item.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "item": item,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/inventory/stockitem/units.html", context)
