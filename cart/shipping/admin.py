"""Zones, methods with their bands, points and holidays in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from cart.shipping import calendars
from cart.shipping.forms import MethodForm, RateForm, RateFormSet, ZoneForm
from cart.shipping.models import Holiday, ShippingMethod, ShippingPoint, ShippingRate, ShippingZone
from cart.shipping.point_form import HolidayForm, PointForm
from shop.core import db
from shop.core.money import Money


class KeptAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that processes keep: they are told when one changes."""

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(calendars.forget, using=db.DEFAULT)

    def delete_model(self, request: Any, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(calendars.forget, using=db.DEFAULT)

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(calendars.forget, using=db.DEFAULT)


class RateInline(TabularInline):  # type: ignore[misc]
    model = ShippingRate
    form = RateForm
    formset = RateFormSet
    extra = 0
    fields = ["up_to_typed", "price", "step_typed", "step_price"]
    verbose_name, verbose_name_plural = _("band"), _("bands: what it costs by weight, price or units")
    hide_title = True


class MethodInline(TabularInline):  # type: ignore[misc]
    """The methods of a zone, to be looked at; each has its own page."""

    model = ShippingMethod
    fields = readonly_fields = ["link", "currency", "basis", "is_active"]
    extra = 0
    can_delete = False
    hide_title = True

    @display(description=_("name"))
    def link(self, method: ShippingMethod) -> str:
        url = reverse("admin:cart_shippingmethod_change", args=[method.pk])
        return format_html('<a href="{}">{}</a>', url, method.name)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(ShippingZone)
class ShippingZoneAdmin(KeptAdmin):
    form = ZoneForm
    list_display = ["name", "position", "where", "postcodes"]
    inlines = [MethodInline]

    @display(description=_("countries"))
    def where(self, zone: ShippingZone) -> str:
        return ", ".join([*zone.countries[:8], *(["…"] if len(zone.countries) > 8 else []), *zone.states])

    @display(description=_("some postcodes only"), boolean=True)
    def postcodes(self, zone: ShippingZone) -> bool:
        return bool(zone.postal_codes or zone.but_not)


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ModelAdmin):  # type: ignore[misc]
    form = MethodForm
    list_display = ["name", "code", "zone", "basis", "price", "free_from", "min_days", "max_days", "is_active"]
    list_filter = ["is_active", "kind", "basis", "currency", "zone"]
    list_select_related = ["zone"]
    inlines = [RateInline]
    fieldsets = [
        (None, {"fields": ["name", "code", "position", "is_active"]}),
        (_("Where to"), {"fields": ["zone", "countries", "kind", "location_id"]}),
        (
            _("What it costs"),
            {"fields": ["currency", "basis", "price", "free_from", "is_per_parcel", "carrier", "service"]},
        ),
        (
            _("What it takes"),
            {"fields": ["least_weight", "most_weight", "divisor", "least_value", "most_value", "excluded"]},
        ),
        (_("When it comes"), {"fields": ["cut_off", "min_days", "max_days", "rest_days"]}),
    ]

    @display(description=_("price"))
    def price(self, method: ShippingMethod) -> str:
        is_flat = method.basis in (ShippingMethod.Basis.FLAT, ShippingMethod.Basis.CARRIER)
        return str(Money(method.price_minor, method.currency)) if is_flat else method.currency

    @display(description=_("free from"))
    def free_from(self, method: ShippingMethod) -> str:
        return "" if method.free_from_minor is None else str(Money(method.free_from_minor, method.currency))


@admin.register(ShippingPoint)
class ShippingPointAdmin(KeptAdmin):
    form = PointForm
    list_display = ["name", "time_zone", "cut_off", "handling_days", "opening_hours"]
    fieldsets = [
        (None, {"fields": ["location_id", "name"]}),
        (_("Address"), {"fields": ["address1", "address2", "city", "state", "postal_code", "country"]}),
        (
            _("When parcels leave"),
            {"fields": ["time_zone", "cut_off", "handling_days", "rest_days", "keeps_holidays"]},
        ),
        (_("For those who collect"), {"fields": ["opening_hours"]}),
    ]


@admin.register(Holiday)
class HolidayAdmin(KeptAdmin):
    form = HolidayForm
    list_display = ["name", "on", "country"]
    list_filter = ["country"]
    date_hierarchy = "on"
