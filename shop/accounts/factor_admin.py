"""Second factors in the admin: who has one, and taking it off for somebody who lost the phone. Never what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from shop.accounts import selectors, services
from shop.accounts.models import User
from shop.core import requests


class FactorFilter(admin.SimpleListFilter):
    """Whose signing in takes more than the password."""

    title = gettext_lazy("second factor")
    parameter_name = "factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        wanted = {"1": True, "0": False}.get(str(self.value()))
        return queryset if wanted is None else queryset.filter(has_factor=wanted)  # type: ignore[misc]  # annotated


class FactorPages(ModelAdmin):  # type: ignore[misc]
    """The part of the people's admin that shows and takes off second factors; its rows have `has_factor`."""

    actions_detail = ["take_off_factor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return selectors.with_factor(super().get_queryset(request))

    @display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, person: User) -> bool:
        return bool(person.has_factor)  # type: ignore[attr-defined]  # annotated

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The button, for somebody who has something to take off."""
        person = self.get_object(request, str(object_id))
        return list(super().get_actions_detail(request, object_id)) if person and self.second_factor(person) else []

    def has_factor_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether this person's may be taken off. One's own is switched off in the account, which asks who it is."""
        person = self.get_object(request, str(object_id))
        return person is not None and person != request.user and self.has_change_permission(request, person)

    @action(description=gettext_lazy("Take off the second factor"), url_path="factor", permissions=["factor"])
    def take_off_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks whether, then does it."""
        person = self.get_object(request, object_id)
        if person is None:
            raise PermissionDenied
        if request.method == "POST":
            if services.take_off_factor(user_id=person.pk, by=requests.actor(request)):
                messages.success(request, _("The second factor is off. Its owner is told by e-mail."))
            else:
                messages.info(request, _("There is no second factor any more."))
            return HttpResponseRedirect(reverse("admin:shop_user_change", args=[person.pk]))
        context = {
            **self.admin_site.each_context(request), "title": _("Take off the second factor"), "opts": self.opts,
            "person": person,
        }  # fmt: skip
        return TemplateResponse(request, "admin/shop/user/factor.html", context)
