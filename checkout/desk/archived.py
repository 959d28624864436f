"""An archived order on the merchant's desk: the same page as when it was live, to look at and to bring back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from checkout.archive import reading, selectors, services
from checkout.archive.admin import ArchivedOrderAdmin
from checkout.archive.models import ArchivedOrder
from checkout.desk import screen
from checkout.orders import selectors as orders
from shop.core import requests

BRING_BACK = "checkout.edit_order"
SEE_RETURNS = ("checkout.handle_return", "checkout.view_return")


@admin.register(ArchivedOrder)
class ArchivedOrderPages(ArchivedOrderAdmin):
    def get_urls(self) -> list[URLPattern]:
        bring_back = self.admin_site.admin_view(self.bring_back)
        own = path("<uuid:order_id>/bring-back/", bring_back, name="checkout_archivedorder_bring_back")
        return [own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        order = selectors.by_id(_key(object_id))
        if order is None:
            raise Http404
        with reading.opened(order):
            shown = orders.by_id(order.pk)
            context = {
                **self.admin_site.each_context(request),
                **screen.context_of(shown, AnonymousUser()),  # who may do nothing: no button of the page works here
                "title": shown.number,
                "opts": self.opts,
                "may_see_returns": any(request.user.has_perm(one) for one in SEE_RETURNS),
                "can_bring_back": request.user.has_perm(BRING_BACK),
            }
            return TemplateResponse(request, "admin/checkout/order/archived.html", context).render()

    def bring_back(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Back among the live orders, where everything can be done with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(BRING_BACK):
            raise PermissionDenied
        order = selectors.by_id(order_id)
        if order is None:
            raise Http404
        try:
            services.restore(number=order.number, by=requests.actor(request))
        except services.ArchiveRefused:  # somebody else has just done it
            messages.info(request, _("The order was already brought back."))
        else:
            messages.success(request, _("The order is back among the live ones."))
        return HttpResponseRedirect(reverse("admin:checkout_order_change", args=[order_id]))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except (ValueError, ValidationError) as error:
        raise Http404 from error
