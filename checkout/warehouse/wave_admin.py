"""Waves in the admin: the list, and the page on which a wave is picked by scanner and keyboard."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.decorators import display

from checkout.fulfilment import slips
from checkout.orders.transitions import FULFIL
from checkout.warehouse import filling, picking, selectors, services, wording
from checkout.warehouse.forms import NextWaveForm, ShortForm
from checkout.warehouse.models import PickWave, PrintJob
from checkout.warehouse.print_admin import chosen, print_papers
from inventory.stock import selectors as stock
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.core.admin import KeysetAdmin


@admin.register(PickWave)
class PickWaveAdmin(KeysetAdmin):
    list_display = ["number", "place", "state", "parcel_count", "units", "created_at", "closed_at"]
    list_display_links = ["number"]
    list_filter = ["status"]
    search_fields = ["number__startswith"]
    search_help_text = _lazy("The beginning of a wave's number, W-…")
    sortable_by = ["created_at"]
    change_form_template = "admin/checkout/warehouse/wave.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(FULFIL))

    has_module_permission = has_view_permission

    def get_urls(self) -> list[URLPattern]:
        steps = {
            "scan": self.scan, "undo": self.undo, "finish": self.finish, "short": self.short, "close": self.close,
            "print": self.print,
        }  # fmt: skip
        own = [
            path(f"<uuid:wave_id>/{name}/", self.admin_site.admin_view(step), name=f"checkout_pickwave_{name}")
            for name, step in steps.items()
        ]
        return own + super().get_urls()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what the columns tell of the waves on this page, read at once."""
        found = super().get_changelist_instance(request)
        places, progress = stock.location_names(), selectors.progress(wave.pk for wave in found.result_list)
        for wave in found.result_list:
            wave.told = (places.get(wave.location_id, "–"), *progress[wave.pk])
        return found

    @display(description=_lazy("location"))
    def place(self, wave: Any) -> str:
        return str(wave.told[0])

    @display(
        description=_lazy("status"),
        label={"open": "warning", "picked": "success", "closed": "info"},
    )  # fmt: skip
    def state(self, wave: PickWave) -> tuple[str, str]:
        return wave.status, str(wave.get_status_display())

    @display(description=_lazy("parcels"))
    def parcel_count(self, wave: Any) -> int:
        return int(wave.told[1])

    @display(description=_lazy("picked"))
    def units(self, wave: Any) -> str:
        _place, _parcels, picked, quantity = wave.told
        text = ngettext("%(picked)d of %(quantity)d unit", "%(picked)d of %(quantity)d units", quantity)
        return text % {"picked": picked, "quantity": quantity}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A wave of the oldest parcels of a location, or of those that were ticked in another list."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if request.method == "POST" and "_selected_action" in request.POST:
            return self._of_chosen(request)
        waiting = selectors.waiting()
        form = NextWaveForm(request.POST if request.method == "POST" else None, waiting=waiting)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                wave = services.next_wave(
                    location_id=data["location"], most=data["most"], delivery_option=data["delivery"],
                    by=requests.actor(request),
                )  # fmt: skip
                return self._back(wave.pk)
            except services.WaveRefused as refused:
                form.add_error(None, str(refused))
        context = {
            **self.admin_site.each_context(request), "title": _("Start a wave"), "form": form, "opts": self.opts,
            "is_empty": not waiting,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/warehouse/next_wave.html", context)

    def _of_chosen(self, request: HttpRequest) -> HttpResponse:
        try:
            wave = services.start_wave(shipment_ids=chosen(request), by=requests.actor(request))
        except services.WaveRefused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:checkout_parceltopick_changelist"))
        return self._back(wave.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of a wave: scan, see what is to be fetched and what stands in which box."""
        wave = self.get_object(request, object_id)
        if wave is None or not self.has_view_permission(request, wave):
            return super().change_view(request, object_id, form_url, extra_context)
        contents = selectors.contents(wave)
        is_open = wave.status == services.Status.OPEN
        rows = [row for row in contents.rows if is_open or row.open]  # of a wave that is over: what it left
        names = accounts.names_of([wave.actor])
        context = {
            **self.admin_site.each_context(request),
            "title": wave.number,
            "wave": wave,
            "place": filling.location_name(wave),
            "actor": names[wave.actor],
            "rows": sorted(rows, key=lambda row: not row.open),  # what is fetched goes to the end
            "boxes": contents.boxes,
            "units": contents.quantity,
            "picked": contents.picked,
            "complete": [box for box in contents.boxes if box.is_complete],
            "scans": selectors.last_scans(wave.pk),
            "nonce": secrets.token_hex(16),
            "is_open": is_open,
            "opts": self.opts,
        }
        return TemplateResponse(request, self.change_form_template, context)

    def scan(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """Count what was scanned."""

        def step(by: str) -> str:
            code, nonce = request.POST.get("code", ""), request.POST.get("nonce", "")
            return wording.counted(picking.scan(wave_id=wave_id, text=code, by=by, nonce=nonce))

        return self._step(request, wave_id, step)

    def undo(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """Take the last scan back."""
        return self._step(request, wave_id, lambda by: wording.undone(picking.undo(wave_id=wave_id, by=by)))

    def finish(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """Finish one parcel, or all that have everything."""
        chosen = request.POST.get("parcel", "")

        def step(by: str) -> str:
            return wording.finished(
                picking.finish(wave_id=wave_id, shipment_id=UUID(chosen) if chosen else None, by=by)
            )

        return self._step(request, wave_id, step)

    def short(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """Units that are not on the shelf."""
        form = ShortForm(request.POST)

        def step(by: str) -> str:
            if not form.is_valid():
                raise picking.ScanRefused(_("Say how many units are missing, and what becomes of them."), "bad_units")
            data = form.cleaned_data
            line = picking.short(
                wave_id=wave_id, line_id=data["line"], units=data["units"], then=data["then"], seen=data["seen"], by=by
            )
            left = next((one for one in selectors.parcels([line.shipment_id]) if slips.is_outdated(one)), None)
            return wording.missing(line.sku, data["units"], data["then"], outdated=left.number if left else "")

        return self._step(request, wave_id, step)

    def close(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """The round is over."""

        def step(by: str) -> str:
            services.close_wave(wave_id=wave_id, by=by)
            return _("The wave is closed. What is not picked is among the parcels to pick again.")

        return self._step(request, wave_id, step)

    def print(self, request: HttpRequest, wave_id: UUID) -> HttpResponse:
        """The pick list, or slips and labels of all of its parcels."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        wave = selectors.wave(wave_id)
        if wave is None:
            raise Http404
        kind = request.POST.get("kind", "")
        if kind == PrintJob.Kind.PICKLIST:
            return print_papers(request, [], wave=wave, kind=kind) or self._back(wave_id)
        ids = [box.shipment.pk for box in selectors.contents(wave).boxes]
        return print_papers(request, ids, kind=kind) or self._back(wave_id)

    def _step(self, request: HttpRequest, wave_id: UUID, step: Callable[[str], str]) -> HttpResponse:
        """One call, and back to the page that tells what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if selectors.wave(wave_id) is None:
            raise Http404
        try:
            messages.success(request, step(requests.actor(request)))
        except wording.REFUSALS as refused:
            messages.error(request, str(refused))
        except ValueError:
            messages.error(request, _("That was not understood."))
        return self._back(wave_id)

    def _back(self, wave_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:checkout_pickwave_change", args=[wave_id]))
