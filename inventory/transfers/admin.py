"""Transfers in the admin: write down, send, receive in parts, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from inventory.stock import selectors as stock
from inventory.stock.locations import UnknownLocation
from inventory.stock.services import BadQuantity, UnknownStockItem
from inventory.transfers import selectors, services
from inventory.transfers.forms import AskForm, CloseForm, DraftForm, ReceiveForm
from inventory.transfers.models import Transfer, TransferLine
from shop.core import actors, requests
from shop.core.admin import ReadOnlyAdmin
from shop.core.links import Link, ids, links

REFUSALS = (
    services.TransferRefused, services.TransferChanged, services.TooMany, services.NotFree, services.NothingToSend,
    services.SameLocation, UnknownLocation, UnknownStockItem, BadQuantity,
)  # fmt: skip


class LineInline(TabularInline):
    model = TransferLine
    fields = ["sku", "product", "quantity", "received", "written_off", "under_way"]
    readonly_fields = fields
    extra = 0
    hide_title = True
    can_delete = False
    _products: dict[str, Link] | None = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[TransferLine]:
        return super().get_queryset(request).select_related("transfer")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_lazy("product"))
    def product(self, line: TransferLine) -> str:
        if self._products is None:  # an inline lives as long as its request: one query names all of its products
            variants = [one.variant_id for one in selectors.lines_of(line.transfer_id)]
            self._products = links([f"variant:{key}" for key in variants])
        link = self._products.get(f"variant:{line.variant_id}")
        return link.html if link else "–"

    @display(description=_lazy("under way"))
    def under_way(self, line: TransferLine) -> int:
        return line.open if line.transfer.status == Transfer.Status.SENT else 0


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "source", "target", "state", "units", "received", "sent_at", "note"]
    list_filter = ["status", "source", "target"]
    list_select_related = ["source", "target"]
    search_fields = ["^lines__sku"]
    search_help_text = _lazy("The beginning of a SKU")
    ordering = ["-id"]
    fields = [("source", "target"), ("state", "note"), ("created_at", "who"), ("sent_at", "closed_at")]
    readonly_fields = ["source", "target", "state", "note", "created_at", "sent_at", "closed_at", "who"]
    inlines = [LineInline]
    actions_detail = ["send", "receive", "close", "cancel", "movements"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        sums = {
            "units_sent": Sum("lines__quantity"),
            "units_received": Sum("lines__received"),
            "units_lost": Sum("lines__written_off"),
        }
        return super().get_queryset(request).annotate(**sums)

    @display(description=_lazy("by"))
    def who(self, row: Transfer) -> str:
        return actors.names([row.actor])[row.actor]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("inventory.add_transfer")

    def has_send_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may(request, object_id, Transfer.Status.DRAFT)

    def has_receive_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may(request, object_id, Transfer.Status.SENT)

    def _may(self, request: HttpRequest, object_id: str | None, status: str) -> bool:
        """Buttons that cannot do anything are not shown; a page that was open too long says why it cannot."""
        if not request.user.has_perm("inventory.change_transfer"):
            return False
        match = request.resolver_match
        is_page = match is not None and match.url_name == "inventory_transfer_change"
        if not is_page or object_id is None:
            return True
        return Transfer.objects.filter(pk__in=ids([object_id]), status=status).exists()

    @display(
        description=_lazy("status"),
        label={"draft": "info", "sent": "warning", "received": "success", "short": "danger", "cancelled": "danger"},
        ordering="status",
    )
    def state(self, transfer: Transfer) -> tuple[str, str]:
        if transfer.units_lost and transfer.status == Transfer.Status.RECEIVED:  # type: ignore[attr-defined]  # annotated
            return "short", _("closed short")
        return transfer.status, str(transfer.get_status_display())

    @display(description=_lazy("units"), ordering="units_sent")
    def units(self, transfer: Transfer) -> int:
        return transfer.units_sent or 0  # type: ignore[attr-defined]  # annotated

    @display(description=_lazy("received"), ordering="units_received")
    def received(self, transfer: Transfer) -> int:
        return transfer.units_received or 0  # type: ignore[attr-defined]  # annotated

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a transfer down; it moves nothing before it is sent."""
        if not self.has_add_permission(request):
            return HttpResponse(status=403)
        places = stock.locations()
        form = DraftForm(_posted(request), initial={"target": places[1][0]} if len(places) > 1 else {})
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                row = services.draft(
                    source=data["source"], target=data["target"], units=data["lines"], note=data["note"],
                    by=requests.actor(request),
                )  # fmt: skip
            except REFUSALS as refused:
                form.add_error("lines", sentence(refused))
            else:
                messages.success(request, _("Written down. Send it when the parcel leaves."))
                return HttpResponseRedirect(reverse("admin:inventory_transfer_change", args=[row.pk]))
        return self._page(request, _("New transfer"), form, None)

    @action(description=_lazy("Send"), url_path="send", permissions=["send"])
    def send(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def save(row: Transfer, form: Any) -> str:
            services.send(transfer_id=row.pk, by=requests.actor(request))
            return _("The units have left.")

        return self._step(request, object_id, _("Send these units?"), lambda row: AskForm(_posted(request)), save)

    @action(description=_lazy("Receive"), url_path="receive", permissions=["receive"])
    def receive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def make(row: Transfer) -> ReceiveForm:
            lines = selectors.lines_of(row.pk)
            return ReceiveForm(_posted(request), lines=lines, initial={"version": row.version})

        def save(row: Transfer, form: Any) -> str:
            is_complete = services.receive(
                transfer_id=row.pk,
                units=form.units(),
                version=form.cleaned_data["version"],
                by=requests.actor(request),
            )
            return _("Received. The transfer is complete.") if is_complete else _("Received; more is under way.")

        return self._step(request, object_id, _("What has come?"), make, save, has_left=True)

    @action(description=_lazy("Close short"), url_path="close", permissions=["receive"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def make(row: Transfer) -> CloseForm:
            return CloseForm(_posted(request), initial={"version": row.version})

        def save(row: Transfer, form: Any) -> str:
            data = form.cleaned_data
            lost = services.close(
                transfer_id=row.pk, reason=data["reason"], version=data["version"], by=requests.actor(request)
            )
            return _("Closed; %(units)d units were written off.") % {"units": lost}

        return self._step(request, object_id, _("Write off what has not come?"), make, save, has_left=True)

    @action(description=_lazy("Cancel"), url_path="cancel", permissions=["send"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def save(row: Transfer, form: Any) -> str:
            services.cancel(transfer_id=row.pk, by=requests.actor(request))
            return _("Cancelled; nothing has moved.")

        return self._step(request, object_id, _("Cancel this transfer?"), lambda row: AskForm(_posted(request)), save)

    @action(description=_lazy("Movements"), url_path="movements", permissions=["view"])
    def movements(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:inventory_stockmovement_changelist')}?q=transfer:{object_id}")

    def _step(
        self,
        request: HttpRequest,
        object_id: str,
        title: str,
        make: Callable[[Transfer], forms.Form],
        save: Callable[[Transfer, Any], str],
        *,
        has_left: bool = False,
    ) -> HttpResponse:
        """A page that asks, and then makes one call. Of a transfer that `has_left`, or of a draft."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        wanted = Transfer.Status.SENT if has_left else Transfer.Status.DRAFT
        if request.method != "POST" and row.status != wanted:
            messages.warning(request, sentence(services.TransferRefused(row.status)))
            return HttpResponseRedirect(reverse("admin:inventory_transfer_change", args=[row.pk]))
        form = make(row)
        if request.method == "POST" and form.is_valid():
            try:
                done = save(row, form)
            except REFUSALS as refused:
                form.add_error(None, sentence(refused))
            else:
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:inventory_transfer_change", args=[row.pk]))
        return self._page(request, title, form, row)

    def _page(self, request: HttpRequest, title: str, form: forms.Form, row: Transfer | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "transfer": row,
            "lines": selectors.lines_of(row.pk) if row else [],
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/inventory/transfer/step.html", context)


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None for a page that was only opened."""
    return request.POST if request.method == "POST" else None


def sentence(refused: Exception) -> str:
    """What a merchant reads of a refusal."""
    if isinstance(refused, services.NotFree):
        return _("Only %(units)d of %(sku)s can be spared: the others are promised.") % {
            "units": refused.free, "sku": refused.sku,
        }  # fmt: skip
    if isinstance(refused, services.TooMany):
        return _("Only %(units)d of %(sku)s are under way.") % {"units": refused.open, "sku": refused.sku}
    if isinstance(refused, UnknownStockItem):
        return _("There is no stock of %(sku)s at that location.") % {"sku": str(refused)}
    if isinstance(refused, services.TransferChanged):
        return _("Somebody else has received some of it meanwhile. Please open the page anew.")
    if isinstance(refused, services.TransferRefused):
        return _("That is not possible: it is “%(status)s”.") % {"status": Transfer.Status(refused.status).label}
    if isinstance(refused, BadQuantity):
        return _("Enter how many units have come.")
    return _("That is not possible.")
