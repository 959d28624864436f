"""The packing desk and the arrivals in the admin: one scanned parcel after the other, or many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.fulfilment import carriers, labelling, slips
from checkout.fulfilment.models import Shipment
from checkout.orders import emails
from checkout.orders.transitions import FULFIL
from checkout.warehouse import dispatching, picking, printing, rules, selectors, wording
from checkout.warehouse.models import PrintJob
from checkout.warehouse.print_admin import print_papers
from inventory.stock import selectors as stock
from shop.core import requests

REFUSALS = (*dispatching.REFUSALS, dispatching.NotFound)


class DispatchScreens:
    """Pages that an admin class of the warehouse has besides its own."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        pages = {"pack": self.pack, "pack_many": self.pack_many, "arrivals": self.arrivals}
        own = [
            path(f"{name.replace('_', '-')}/", self.admin_site.admin_view(page), name=f"checkout_warehouse_{name}")
            for name, page in pages.items()
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def pack(self, request: HttpRequest) -> HttpResponse:
        """Scan a parcel: what is in it, its papers, and Enter hands it over."""
        _allow(request)
        if request.method == "POST":
            return self._packed(request)
        code = request.GET.get("parcel", "")
        shipment = selectors.parcel(code)
        if code and shipment is None:
            messages.error(request, _("No parcel has the number “%(code)s”.") % {"code": rules.shown(code)})
        location = _uuid(request.GET.get("location", ""))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pack and dispatch"),
            "opts": self.opts,
            "shipment": shipment,
            "address": emails.address_lines(shipment.order.shipping_address) if shipment else [],
            "wave": selectors.open_wave_of(shipment.pk) if shipment else None,
            "seen": labelling.address(shipment.order) if shipment else 0,
            "is_outdated": shipment is not None and labelling.is_outdated(shipment),
            "is_slip_outdated": shipment is not None and slips.is_outdated(shipment),
            "is_moved": shipment is not None and bool(labelling.moved(shipment.order, [shipment])),
            "held_up": wording.held_up(shipment.order) if shipment and selectors.is_held_up(shipment) else "",
            "carriers": carriers.names(),
            "ready": selectors.ready(location_id=location),
            "kept": [(one, wording.held_up(one.order)) for one in selectors.held_up(location_id=location)],
            "locations": stock.location_names(),
            "location": location,
        }
        return TemplateResponse(request, "admin/checkout/warehouse/pack.html", context)

    def _packed(self, request: HttpRequest) -> HttpResponse:
        code, shown = request.POST.get("code", "").strip(), request.POST.get("shown", "").strip()
        wanted = request.POST.get("do") or ("dispatch" if shown and code.upper() in ("", shown.upper()) else "show")
        if wanted == "show":
            if not code:
                messages.error(request, _("Scan a parcel, or type its number."))
            return _to_pack(code)
        by = requests.actor(request)
        try:
            shipment = dispatching.found(shown or code)
            if wanted == "print":
                return self._papers(shipment, request, by)
            if wanted == "picked":
                picking.pick_all(shipment_id=shipment.pk, seen=shipment.version, by=by)
                messages.success(request, _("Parcel %(number)s is finished.") % {"number": shipment.number})
                return _to_pack(shipment.number)
            return self._dispatched(shipment, request, by)
        except REFUSALS as refused:
            messages.error(request, str(refused))
            return _to_pack(shown)

    def _dispatched(self, shipment: Shipment, request: HttpRequest, by: str) -> HttpResponse:
        sent = dispatching.send(
            shipment_id=shipment.pk, by=by, carrier=request.POST.get("carrier", ""),
            other=request.POST.get("other", ""), tracking_number=request.POST.get("tracking_number", ""),
            seen=requests.whole(request.POST.get("address", "")),
            made_for=requests.whole(request.POST.get("made_for", "")),
        )  # fmt: skip
        words = {"number": sent.number, "carrier": sent.carrier, "tracking": sent.tracking_number}
        messages.success(request, _("Parcel %(number)s is handed to %(carrier)s: %(tracking)s.") % words)
        return _to_pack("")

    def _papers(self, shipment: Shipment, request: HttpRequest, by: str) -> HttpResponse:
        """Slip and label at once, the label made if it is not there."""
        content = printing.papers(
            shipment=shipment, kind=PrintJob.Kind.BOTH, carrier=request.POST.get("carrier", ""), by=by
        )
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{shipment.number}.pdf"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def pack_many(self, request: HttpRequest) -> HttpResponse:
        """Papers for the ticked parcels, or hand all of them over."""
        _allow(request)
        ids = [one for one in map(_uuid, request.POST.getlist("shipment")) if one]
        if request.method != "POST" or not ids:
            messages.error(request, _("Choose at least one parcel."))
            return _to_pack("")
        if request.POST.get("do") == "print":
            return print_papers(request, ids) or _to_pack("")
        outcome = dispatching.send_many(
            shipment_ids=ids, carrier=request.POST.get("carrier", ""), by=requests.actor(request)
        )
        if outcome.done:
            text = ngettext("%(count)d parcel is on its way.", "%(count)d parcels are on their way.", len(outcome.done))
            messages.success(request, text % {"count": len(outcome.done)})
        for number, sentence in outcome.refused:
            messages.error(request, f"{number}: {sentence}")
        return _to_pack("")

    def arrivals(self, request: HttpRequest) -> HttpResponse:
        """Scan parcels that have arrived."""
        _allow(request)
        if request.method == "POST":
            try:
                shipment = dispatching.arrive(code=request.POST.get("code", ""), by=requests.actor(request))
                messages.success(request, _("Parcel %(number)s has arrived.") % {"number": shipment.number})
            except dispatching.HasArrived as before:
                messages.warning(request, str(before))
            except REFUSALS as refused:
                messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:checkout_warehouse_arrivals"))
        context = {
            **self.admin_site.each_context(request), "title": _("Arrivals"), "opts": self.opts,
            "arrived": selectors.arrived(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/warehouse/arrivals.html", context)


def _allow(request: HttpRequest) -> None:
    if not request.user.has_perm(FULFIL):
        raise PermissionDenied


def _to_pack(number: str) -> HttpResponse:
    query = f"?{urlencode({'parcel': number})}" if number else ""
    return HttpResponseRedirect(reverse("admin:checkout_warehouse_pack") + query)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
