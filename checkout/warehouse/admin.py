"""Parcels to pick, in the admin: the list from which waves are made. Waves and print jobs have files of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import action, display

from cart.shipping import selectors as deliveries
from checkout.orders.transitions import FULFIL
from checkout.warehouse import selectors, services
from checkout.warehouse.dispatch_admin import DispatchScreens
from checkout.warehouse.models import ParcelToPick
from checkout.warehouse.print_admin import print_papers
from inventory.stock import selectors as stock
from shop.core import db, requests
from shop.core.admin import KeysetAdmin, KeysetList

_AGES = {"1": timedelta(days=1), "3": timedelta(days=3), "7": timedelta(days=7)}


class LocationFilter(admin.SimpleListFilter):
    title = _lazy("location")
    parameter_name = "location"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(key), name) for key, name in sorted(stock.location_names().items(), key=lambda one: one[1])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            return queryset.filter(location_id=UUID(self.value() or "")) if self.value() else queryset
        except ValueError:
            return queryset.none()


class AgeFilter(admin.SimpleListFilter):
    title = _lazy("waiting for")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _lazy("more than a day")), ("3", _lazy("more than three days")), ("7", _lazy("more than a week")),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        age = _AGES.get(self.value() or "")
        return queryset.filter(created_at__lt=db.clock() - age) if age else queryset


class StockFilter(admin.SimpleListFilter):
    """Those whose units are not there are hidden unless asked for: nobody can pick them."""

    title = _lazy("units")
    parameter_name = "units"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _lazy("wait for stock")), ("all", _lazy("all"))]

    def choices(self, changelist: Any) -> Any:
        for position, choice in enumerate(super().choices(changelist)):
            yield choice if position else {**choice, "display": _lazy("here")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(is_waiting=self.value() == "waiting")


class DeliveryFilter(admin.SimpleListFilter):
    title = _lazy("delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(deliveries.delivery_names().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(order__delivery_option=self.value()) if self.value() else queryset


class OldestFirst(KeysetList):
    """Whoever waits longest is at the top, unless asked otherwise."""

    def is_ascending(self) -> bool:
        return not self.params.get(ORDER_VAR, "").startswith("-")

    def get_results(self, request: HttpRequest) -> None:
        """With what the columns tell of the parcels on this page, read at once."""
        super().get_results(request)
        shown = [one.pk for one in self.result_list]
        places, units, missing = stock.location_names(), selectors.units(shown), selectors.missing(shown)
        for one in self.result_list:
            one.told = (places.get(one.location_id, "–"), units.get(one.pk, 0), missing.get(one.pk, 0))


@admin.register(ParcelToPick)
class ParcelToPickAdmin(DispatchScreens, KeysetAdmin):
    list_display = ["number", "created_at", "place", "units", "way", "promised", "gift"]
    sortable_by = ["created_at"]
    list_display_links = None
    list_filter = [LocationFilter, DeliveryFilter, AgeFilter, StockFilter]
    search_fields = ["number__startswith"]
    search_help_text = _lazy("The beginning of a parcel's number, ORD-…")
    list_per_page = 100
    actions = ["start_wave", "print_both"]
    actions_list = ["next_wave"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParcelToPick]:
        return selectors.to_pick(super().get_queryset(request)).select_related("order")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return OldestFirst

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(FULFIL))

    has_module_permission = has_view_permission

    def has_fulfil_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm(FULFIL))

    @display(description=_lazy("location"))
    def place(self, parcel: Any) -> str:
        return str(parcel.told[0])

    @display(description=_lazy("units"))
    def units(self, parcel: Any) -> str:
        _place, units, missing = parcel.told
        if not missing:
            return str(units)
        return _("%(units)d, %(missing)d not there") % {"units": units, "missing": missing}

    @display(description=_lazy("delivery"))
    def way(self, parcel: ParcelToPick) -> str:
        return parcel.order.delivery_name

    @display(description=_lazy("promised for"))
    def promised(self, parcel: ParcelToPick) -> Any:
        return parcel.order.delivery_on

    @display(description=_lazy("gift"))
    def gift(self, parcel: ParcelToPick) -> str:
        return _("gift") if parcel.order.gift_message else ""

    @admin.action(description=_lazy("Make a wave of these"), permissions=["fulfil"])
    def start_wave(self, request: HttpRequest, queryset: QuerySet[ParcelToPick]) -> HttpResponse | None:
        ids = list(queryset.order_by("id").values_list("pk", flat=True))
        try:
            wave = services.start_wave(shipment_ids=ids, by=requests.actor(request))
        except services.WaveRefused as refused:
            messages.error(request, str(refused))
            return None
        return HttpResponseRedirect(reverse("admin:checkout_pickwave_change", args=[wave.pk]))

    @admin.action(description=_lazy("Print slips and labels"), permissions=["fulfil"])
    def print_both(self, request: HttpRequest, queryset: QuerySet[ParcelToPick]) -> HttpResponse | None:
        return print_papers(request, list(queryset.order_by("id").values_list("pk", flat=True)))

    @action(description=_lazy("Start a wave with the oldest"), url_path="next-wave", permissions=["fulfil"])
    def next_wave(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:checkout_pickwave_add"))
