"""The merchant's page of payment routes, and the small question "what would happen?"."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from checkout.payments import choosing, methods, route_forms, routing
from checkout.payments.models import PaymentRoute
from shop.audit import services as audit
from shop.core import db, requests
from shop.core.money import Money


@admin.register(PaymentRoute)
class PaymentRouteAdmin(ModelAdmin):  # type: ignore[misc]
    form = route_forms.RouteForm
    list_display = ["conditions", "position", "is_active", "share", "provider"]
    list_editable = ["position", "is_active", "share"]
    list_filter = ["is_active", "provider"]
    ordering = ["position", "id"]
    list_per_page = 200
    fields = [
        "position", "is_active", "method", "currency", "countries", "minimum", "maximum", "share", "provider"
    ]  # fmt: skip
    change_list_template = "admin/checkout/paymentroute/list.html"

    @display(description=gettext_lazy("for"))
    def conditions(self, route: PaymentRoute) -> str:
        """The conditions in words: "Card, USD, US CA, $50.00 to $500.00"."""
        label = next((str(one.label) for one in methods.METHODS if one.id == route.method), route.method)
        return ", ".join(filter(None, [label, route.currency, route.countries, _amounts(route)]))

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, **{**kwargs, "formset": route_forms.RouteFormSet})

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        from django.forms import ModelForm  # noqa: PLC0415  (the list edits three columns, not the whole route)

        return super().get_changelist_form(request, **{**kwargs, "form": ModelForm})

    def save_model(self, request: HttpRequest, obj: PaymentRoute, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit.record(
            action="route.change" if change else "route.add", by=requests.actor(request), object_type="payment_route",
            object_id=obj.pk, changes={"provider": obj.provider, "share": obj.share, "is_active": obj.is_active},
            using=db.DEFAULT,
        )  # fmt: skip
        if choosing.gaps(list(PaymentRoute.objects.all())):
            messages.warning(request, _("Some routes' shares do not come to 100 % yet; they count in proportion."))

    def delete_model(self, request: HttpRequest, obj: PaymentRoute) -> None:
        audit.record(
            action="route.delete", by=requests.actor(request), object_type="payment_route", object_id=obj.pk,
            changes={"provider": obj.provider}, using=db.DEFAULT,
        )  # fmt: skip
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for route in queryset:
            self.delete_model(request, route)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and choosing.gaps(list(PaymentRoute.objects.all())):
            text = _("Shares of active routes with the same conditions do not come to 100 %.")
            messages.warning(request, text)
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.simulate)
        return [path("simulate/", page, name="checkout_paymentroute_simulate"), *super().get_urls()]

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """GET: which providers a payment of this method, currency, country and amount would be asked of."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = route_forms.SimulatorForm(request.GET or None)
        context = {
            **self.admin_site.each_context(request), "title": _("What would happen?"), "form": form,
            "opts": self.opts, "result": _simulated(form.cleaned_data) if form.is_valid() else None,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/paymentroute/simulate.html", context)


def _amounts(route: PaymentRoute) -> str:
    least = Money(route.minimum_minor, route.currency).format() if route.minimum_minor is not None else ""
    most = Money(route.maximum_minor, route.currency).format() if route.maximum_minor is not None else ""
    if least and most:
        return _("%(least)s to %(most)s") % {"least": least, "most": most}
    if most:
        return _("up to %(most)s") % {"most": most}
    return _("from %(least)s") % {"least": least} if least else ""


def _simulated(wish: dict[str, Any]) -> list[dict[str, Any]]:
    """Each possible order of providers, with the share of payments that it gets."""
    rules, is_open = choosing.rules(), choosing.refusing(wish["method"])
    default = next(one.provider for one in methods.METHODS if one.id == wish["method"])
    found: dict[tuple[str, ...], int] = {}
    step = routing.PARTS // 100
    for number in range(0, routing.PARTS, step):
        asked = routing.Wish(wish["method"], wish["currency"], wish["country"], wish["money"].minor, number)
        order = routing.order(asked, rules, default=default, is_open=is_open)
        found[order] = found.get(order, 0) + 1
    return [
        {
            "share": share,
            "providers": [{"label": methods.label(code), "code": code, "is_open": code in is_open} for code in order],
        }
        for order, share in sorted(found.items(), key=lambda pair: -pair[1])
    ]
