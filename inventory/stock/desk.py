"""The ledger, the alerts and the choice of locations in the admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from inventory.stock import alerts, services
from inventory.stock.models import Location, StockAlert, StockItem, StockMovement, StockPolicy
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.core.admin import KeysetAdmin, KeysetList, PeriodFilter, ReadOnlyAdmin
from shop.core.links import links


class PlaceFilter(admin.SimpleListFilter):
    """The ledger has no foreign key to its locations."""

    title = _lazy("location")
    parameter_name = "location"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Location.objects.values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(location_id__in=Location.objects.filter(code=self.value()).values("pk"))


class MovementList(KeysetList):
    """Names who and what the rows of one page speak of: a query for people and one for each kind of document."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = _named(self.result_list)


def _named(movements: list[Any]) -> list[Any]:
    names, found = (
        accounts.names_of([movement.actor for movement in movements]),
        links([movement.document for movement in movements]),
    )
    for movement in movements:
        movement.who, movement.link = names[movement.actor], found.get(movement.document)
    return movements


@admin.register(StockMovement)
class StockMovementAdmin(KeysetAdmin):
    list_display = ["at", "sku", "place", "kind", "quantity", "on_hand_after", "reason", "who", "paper"]
    list_display_links = sortable_by = ["at"]
    list_filter = ["kind", PlaceFilter, PeriodFilter]
    fields = [("sku", "place"), ("kind", "quantity", "on_hand_after"), ("at", "who"), "reason", "paper"]
    readonly_fields = ["sku", "place", "kind", "quantity", "on_hand_after", "at", "who", "reason", "paper"]
    search_fields = ["=document"]
    search_help_text = _lazy("The beginning of a SKU, or a whole document such as order:<id> or transfer:<id>")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        skus = StockItem.objects.filter(pk=OuterRef("stock_item_id")).values("sku")
        places = Location.objects.filter(pk=OuterRef("location_id")).values("name")
        return (
            super()
            .get_queryset(request)
            .annotate(
                item_sku=Subquery(skus, output_field=CharField()), place_name=Subquery(places, output_field=CharField())
            )
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return MovementList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> StockMovement | None:
        found = super().get_object(request, object_id, from_field)
        return _named([found])[0] if found else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StockMovement], search_term: str
    ) -> tuple[QuerySet[StockMovement], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term and ":" not in search_term:
            items: list[UUID] = list(
                StockItem.objects.filter(sku__istartswith=search_term).values_list("pk", flat=True)[:200]
            )
            found = found | queryset.filter(stock_item_id__in=items)
        return found, may_repeat

    @display(description="SKU")
    def sku(self, movement: StockMovement) -> str:
        return str(movement.item_sku or "")  # type: ignore[attr-defined]  # annotated

    @display(description=_lazy("location"))
    def place(self, movement: StockMovement) -> str:
        return str(movement.place_name or "")  # type: ignore[attr-defined]  # annotated

    @display(description=_lazy("by"))
    def who(self, movement: StockMovement) -> str:
        return str(movement.who)  # type: ignore[attr-defined]  # named with its page

    @display(description=_lazy("document"))
    def paper(self, movement: StockMovement) -> str:
        link = movement.link  # type: ignore[attr-defined]  # named with its page
        return link.html if link else movement.document


class OpenFilter(admin.SimpleListFilter):
    title = _lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _lazy("Open")), ("new", _lazy("Open, nobody looks after it")), ("closed", _lazy("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "new":
            return queryset.filter(closed_at=None, acknowledged_at=None)
        if self.value() in {"open", "closed"}:
            return queryset.filter(closed_at__isnull=self.value() == "open")
        return queryset


@admin.register(StockAlert)
class StockAlertAdmin(ReadOnlyAdmin):
    """Open ones first; acknowledging is the only thing that is done here."""

    list_display = ["sku", "location", "available", "threshold", "state", "opened_at", "closed_at", "acknowledged_by"]
    list_filter = [OpenFilter, "location"]
    list_select_related = ["location"]
    search_fields = ["^sku"]
    search_help_text = _lazy("The beginning of a SKU")
    ordering = [F("closed_at").desc(nulls_first=True), "-id"]
    actions = ["acknowledge"]
    actions_detail = ["acknowledge_one", "stock_item"]

    def has_acknowledge_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("inventory.change_stockalert")

    @display(description=_lazy("state"), label={"open": "danger", "seen": "warning", "closed": "success"})
    def state(self, alert: StockAlert) -> tuple[str, str]:
        if alert.closed_at is not None:
            return "closed", _("Stock is back")
        return ("seen", _("Acknowledged")) if alert.acknowledged_at else ("open", _("Open"))

    @admin.action(description=_lazy("Acknowledge"), permissions=["acknowledge"])
    def acknowledge(self, request: HttpRequest, queryset: QuerySet[StockAlert]) -> None:
        """All that are ticked."""
        count = alerts.acknowledge(alert_ids=list(queryset.values_list("pk", flat=True)), by=requests.actor(request))
        text = ngettext("%(count)d alert was acknowledged.", "%(count)d alerts were acknowledged.", count)
        messages.success(request, text % {"count": count})

    @action(description=_lazy("Acknowledge"), url_path="acknowledge", permissions=["acknowledge"])
    def acknowledge_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """This one; acknowledging twice does no harm, so it asks nothing."""
        alert = self.get_object(request, object_id)
        if alert is None:
            raise Http404
        if alerts.acknowledge(alert_ids=[alert.pk], by=requests.actor(request)):
            messages.success(request, _("The alert was acknowledged."))
        return HttpResponseRedirect(reverse("admin:inventory_stockalert_change", args=[alert.pk]))

    @action(description=_lazy("See the stock item"), url_path="item", permissions=["view"])
    def stock_item(self, request: HttpRequest, object_id: str) -> HttpResponse:
        alert = self.get_object(request, object_id)
        if alert is None:
            raise Http404
        return HttpResponseRedirect(reverse("admin:inventory_stockitem_change", args=[alert.stock_item_id]))


@admin.register(StockPolicy)
class StockPolicyAdmin(ModelAdmin):
    """One row, opened at once."""

    fields = ["strategy"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StockPolicy | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_view_permission(request):
            StockPolicy.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:inventory_stockpolicy_change", args=[1]))

    def save_model(self, request: HttpRequest, obj: StockPolicy, form: Any, change: bool) -> None:
        services.choose_strategy(strategy=obj.strategy, by=requests.actor(request))


def open_alerts(request: HttpRequest) -> str:
    """How many alerts nobody looks after yet, beside their page's name; empty for none."""
    return str(alerts.count_open() or "")
