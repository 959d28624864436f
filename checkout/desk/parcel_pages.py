"""What staff do with single parcels on an order's page."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from checkout.desk import adding, merchant_forms, parcel_screen, staff
from checkout.desk.asking import REFUSALS, AskPages
from checkout.fulfilment import selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import transitions
from checkout.orders.models import Order
from shop.core import requests


class ParcelPages(AskPages):
    """Mixed into the orders' `ModelAdmin`."""

    def pick_parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
        """Every unit of it is in it: of those that the page has shown."""
        pick = partial(staff.pick_parcel, seen=requests.whole(request.POST.get("version", "")))
        return self._post(request, order_id, shipment_id, pick, _("The parcel is packed."))

    def deliver_parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
        """It has arrived."""
        return self._post(request, order_id, shipment_id, fulfilment.deliver_one, _("The parcel has arrived."))

    def dispatch_all(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """All that is picked leaves: by its labels, and ask for carrier and tracking number of what has none."""
        is_typed = "carrier" in request.POST or parcel_screen.asks_for_tracking(order_id)
        form = merchant_forms.DispatchForm if is_typed else merchant_forms.LabelledForm

        def send(order: Order, data: dict[str, Any], by: str) -> None:
            fulfilment.dispatch(order_id=order.pk, by=by, is_by_label=True, **data, **parcel_screen.seen(request.POST))

        return self._ask(
            request, order_id, form, _("Dispatch"), transitions.FULFIL, send,
            _("Dispatched. The shopper gets a mail with the tracking number."), shown=parcel_screen.leaving,
        )  # fmt: skip

    def dispatch_parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
        """Ask for carrier and tracking number."""
        parcel = self._parcel(request, order_id, shipment_id)
        known = {name: getattr(parcel, name) for name in ("carrier", "tracking_number", "tracking_url")}
        form = merchant_forms.RelabelForm if parcel.tracking_number else merchant_forms.DispatchForm

        def send(_order: Order, data: dict[str, Any], by: str) -> None:
            fulfilment.dispatch_one(shipment_id=parcel.pk, by=by, **data, **parcel_screen.seen(request.POST))

        return self._ask(
            request, order_id, form, _("Dispatch %(number)s") % {"number": parcel.number},
            transitions.FULFIL, send, _("Dispatched. The shopper gets a mail with the tracking number."), known,
            shown=lambda order: parcel_screen.leaving(order, only=parcel.pk),
        )  # fmt: skip

    def move_parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
        """Ask where it is packed instead."""
        parcel = self._parcel(request, order_id, shipment_id)
        choices = parcel_screen.elsewhere(parcel)

        class Form(merchant_forms.LocationForm):
            places = choices

        def save(_order: Order, data: dict[str, Any], by: str) -> None:
            fulfilment.reassign(shipment_id=parcel.pk, location_id=UUID(data["location"]), by=by)

        title = _("Pack %(number)s elsewhere") % {"number": parcel.number}
        return self._ask(request, order_id, Form, title, transitions.FULFIL, save, _("It is packed there now."))

    def split_parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
        """Ask which units go into a parcel of their own."""
        parcel = self._parcel(request, order_id, shipment_id)
        problems = []
        if request.method == "POST":
            try:
                units = {key: count for key, count in adding.counts(request.POST, "units-").items() if count}
                seen = requests.whole(request.POST.get("version", ""))
                made = fulfilment.split(shipment_id=parcel.pk, units=units, seen=seen, by=requests.actor(request))
                messages.success(request, _("%(number)s is a parcel of its own.") % {"number": made.number})
                return self._back(order_id)
            except (adding.BadCount, *REFUSALS) as refusal:
                problems = [str(refusal)]
                parcel = self._parcel(request, order_id, shipment_id)
        title = _("Split %(number)s") % {"number": parcel.number}
        rows = [(line, request.POST.get(f"units-{line.pk}", "0")) for line in parcel.lines.all()]
        return self._page(
            request, self._order(order_id), "split", title, parcel=parcel, action=title, rows=rows, problems=problems
        )

    def _post(
        self, request: HttpRequest, order_id: UUID, shipment_id: UUID, act: Any, done: str
    ) -> HttpResponse:  # fmt: skip
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        parcel = self._parcel(request, order_id, shipment_id)
        try:
            act(shipment_id=parcel.pk, by=requests.actor(request))
            messages.success(request, done)
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        return self._back(order_id)

    def _parcel(self, request: HttpRequest, order_id: UUID, shipment_id: UUID) -> Shipment:
        """The order's parcel, for those who may send it."""
        self._allow(request, transitions.FULFIL)
        found = [one for one in selectors.shipments_of(order_id) if one.pk == shipment_id]
        if not found:
            raise Http404
        return found[0]
