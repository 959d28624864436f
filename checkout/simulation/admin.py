"""Simulations in the admin: ask for one, see how far it is and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import display

from cart.promotions import replays
from cart.promotions.trace import REASONS
from checkout.orders import selectors as orders
from checkout.simulation import services
from checkout.simulation.forms import SimulationForm
from checkout.simulation.models import Simulation
from shop.accounts import selectors as accounts
from shop.core import db, formats, requests
from shop.core.admin import KeysetAdmin
from shop.core.links import Link
from shop.core.money import Money

Status = Simulation.Status
MAY = "cart.view_promotion"


@admin.register(Simulation)
class SimulationAdmin(KeysetAdmin):
    list_display = ["name", "days", "state", "uses", "cost", "asked_at"]
    sortable_by = ["asked_at"]
    change_form_template = "admin/checkout/simulation/page.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(MAY))

    has_module_permission = has_view_permission
    has_add_permission = has_view_permission

    @display(
        description=_lazy("status"),
        label={"waiting": "info", "running": "warning", "done": "success", "failed": "danger"},
    )
    def state(self, row: Simulation) -> tuple[str, str]:
        return row.status, str(row.get_status_display())

    @display(description=_lazy("uses in orders"))
    def uses(self, row: Simulation) -> str:
        return f"{row.result['orders']['uses']:,}" if row.result else ""

    @display(description=_lazy("cost in orders"))
    def cost(self, row: Simulation) -> str:
        return ", ".join(_amounts(row.result["orders"]["extra"])) if row.result else ""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Which promotion, and of how many days."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        initial = {"promotion": request.GET.get("promotion"), "days": 30}
        form = SimulationForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                row = services.ask(promotion_id=data["promotion"], days=data["days"], by=requests.actor(request))
            except services.SimulationRefused as refused:
                form.add_error(None, str(refused))
            else:
                return HttpResponseRedirect(reverse("admin:checkout_simulation_change", args=[row.pk]))
        context = {
            **self.admin_site.each_context(request), "title": _("Try a promotion"), "form": form, "opts": self.opts,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/simulation/ask.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, and what came of it. Asked by htmx, only the part that changes."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return super().change_view(request, object_id, form_url, extra_context)
        context = {
            "row": row, "is_under_way": row.status in (Status.WAITING, Status.RUNNING), "opts": self.opts,
            "percent": 100 * row.done // row.total if row.total else 0, "title": row.name,
            "parts": [_part(name, row.result[key]) for key, name in _PARTS if key in row.result],
            "is_at_most": row.status == Status.DONE and replays.is_at_most(row.promotion_id),
        }  # fmt: skip
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/checkout/simulation/_result.html", context)
        context |= {**self.admin_site.each_context(request), "actor": accounts.names_of([row.actor])[row.actor]}
        return TemplateResponse(request, self.change_form_template, context)


_PARTS = [("orders", _lazy("Orders")), ("carts", _lazy("Carts that were left"))]


def _part(name: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """What `rules.Tally.facts` says, in words."""
    named = [key.removeprefix("order:") for _worth, key, _currency in found["most"]]
    links = orders.links(named)
    return {
        "name": name,
        "looked": found["looked"],
        "uses": found["uses"],
        "share": f"{found['uses'] / found['looked']:.1%}" if found["looked"] else "",
        "given": _amounts(found["given"]),
        "extra": _amounts(found["extra"]),
        "goods": _amounts(found["goods"]),
        "of_goods": _shares(found["extra"], found["goods"]),
        "free": found["free"],
        "refused": sorted(
            ((str(REASONS.get(why, why)), count) for why, count in found["refused"].items()), key=lambda one: -one[1]
        ),
        "rivals": [
            (key, one["name"], one["baskets"], _amounts(one["lost"]))
            for key, one in sorted(found["rivals"].items(), key=lambda one: -one[1]["baskets"])
        ],
        "most": [
            (links.get(key.removeprefix("order:")) or _cart(key), Money(worth, currency).format())
            for worth, key, currency in found["most"]
        ],
    }


def _cart(key: str) -> Link | None:
    """A cart has no number: when it was begun, which is in its key, tells it from others."""
    what, _colon, cart_id = key.partition(":")
    if what != "cart":
        return None
    began = formats.moment(db.uuid7_time(UUID(cart_id)))
    return Link(_("cart of %(moment)s") % {"moment": began}, reverse("admin:cart_cart_change", args=[cart_id]))


def _amounts(found: Mapping[str, int]) -> list[str]:
    return [Money(minor, currency).format() for currency, minor in sorted(found.items())]


def _shares(part: Mapping[str, int], whole: Mapping[str, int]) -> list[str]:
    return [f"{part.get(currency, 0) / minor:.1%}" for currency, minor in sorted(whole.items()) if minor]
