"""Who waits for what, for the merchant: to look at, and to take somebody out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.views import ChangeList as UnfoldChangeList

from catalog.restock import selectors, services
from catalog.restock.models import RestockRequest
from inventory.waitlist import selectors as waitlist
from shop.core import formats, requests
from shop.core.admin import ReadOnlyAdmin

_LABELS = {"offered": "success", "waiting": "warning", "passed": "danger", "left": "danger"}


class Page(UnfoldChangeList):  # type: ignore[misc]
    """Brings along how the places stand, in two queries for all rows: they live in the inventory's database."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        entries = waitlist.entries([row.pk for row in rows])
        for row in rows:
            row.entry = entries.get(row.pk)
        self.result_list = rows


@admin.register(RestockRequest)
class RestockRequestAdmin(ReadOnlyAdmin):
    list_display = ["email", "sku", "product", "standing", "place", "created_at"]
    list_select_related = ["variant__product"]
    list_before_template = "admin/catalog/restockrequest/lines.html"
    search_fields = ["^email", "=variant__sku"]
    search_help_text = _lazy("The beginning of an e-mail address, or a whole SKU")
    ordering = ["id"]
    fields = ["email", "sku", "product", "standing", "place", "language", "created_at"]
    actions = ["remove"]

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalog.delete_restockrequest"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Page  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "lines": selectors.lines()})

    @display(description="SKU", ordering="variant__sku")
    def sku(self, row: RestockRequest) -> str:
        return row.variant.sku

    @display(description=_lazy("product"))
    def product(self, row: RestockRequest) -> str:
        return row.variant.product.name

    @display(description=_lazy("standing"), label=_LABELS)
    def standing(self, row: RestockRequest) -> tuple[str, str] | None:
        entry = _entry(row)
        if entry is None:
            return None
        if entry.expires_at is not None:
            until = formats.moment(entry.expires_at)
            return entry.status, _("held until %(until)s") % {"until": until}
        return entry.status, str(waitlist.Status(entry.status).label)

    @display(description=_lazy("place in line"))
    def place(self, row: RestockRequest) -> int | None:
        entry = _entry(row)
        return entry.place if entry else None

    @action(description=_lazy("Take out of the line"), permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: QuerySet[RestockRequest]) -> None:
        ids: list[UUID] = list(queryset.values_list("pk", flat=True))
        for entry_id in ids:
            services.leave(entry_id=entry_id, by=requests.actor(request))
        text = ngettext("%(count)d request was removed.", "%(count)d requests were removed.", len(ids))
        messages.success(request, text % {"count": len(ids)})


def _entry(row: RestockRequest) -> waitlist.Entry | None:
    """As the list has brought it along, or looked up for a page of one."""
    if not hasattr(row, "entry"):
        row.entry = waitlist.entries([row.pk]).get(row.pk)  # type: ignore[attr-defined]
    entry: waitlist.Entry | None = row.entry  # type: ignore[attr-defined]
    return entry
