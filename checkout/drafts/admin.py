"""Drafts in the admin: one screen on which staff fill an order for somebody and send it off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.drafts import screen, selectors, services
from checkout.drafts.models import Draft
from checkout.orders.models import Order
from shop.core import requests
from shop.core.admin import KeysetAdmin, PeriodFilter
from shop.core.money import BadAmount, Money

EDIT = "checkout.edit_order"
RECORD = "checkout.record_payment"


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("placed", _("Placed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Draft]) -> QuerySet[Draft]:
        if self.value() not in ("open", "placed"):
            return queryset
        return queryset.filter(order_id__isnull=self.value() == "open")


@admin.register(Draft)
class DraftAdmin(KeysetAdmin):
    list_display = ["number_text", "email", "created_at", "updated_at", "state"]
    list_display_links = ["number_text"]
    list_filter = [StateFilter, PeriodFilter]
    sortable_by = ["created_at"]
    search_fields = ["number", "email"]
    search_help_text = gettext_lazy("A draft's number, or the beginning of an e-mail address")
    change_list_template = "admin/checkout/draft/list.html"

    def find(self, request: HttpRequest, queryset: QuerySet[Draft], term: str) -> QuerySet[Draft]:
        return selectors.named(queryset, term)

    @display(description=gettext_lazy("number"))
    def number_text(self, draft: Draft) -> str:
        return str(draft)

    @display(description=gettext_lazy("state"), label={"open": "warning", "placed": "success"})
    def state(self, draft: Draft) -> tuple[str, str]:
        return ("placed", _("placed")) if draft.order_id else ("open", _("open"))

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm(EDIT))

    has_module_permission = has_view_permission

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("new/", self.admin_site.admin_view(self.new), name="checkout_draft_new"),
            path("from/<uuid:order_id>/", self.admin_site.admin_view(self.from_order), name="checkout_draft_from"),
        ]
        return own + super().get_urls()

    def new(self, request: HttpRequest) -> HttpResponse:
        """A screen that is not kept yet; whatever is pressed first keeps it."""
        self._allow(request)
        return self._screen(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._allow(request)
        draft = self.get_object(request, object_id)
        if draft is None:
            return self._gone(request)
        look = selectors.look(draft)
        if look.order and request.method == "POST":
            return _to_order(look.order)
        return self._screen(request, look)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask whether the draft is to go; a POST lets it go."""
        self._allow(request)
        draft = self.get_object(request, object_id)
        if draft is None:
            return self._gone(request)
        look = selectors.look(draft)
        if look.order:
            return _to_draft(draft.pk)
        if request.method == "POST":
            return self._delete(request, draft)
        title = _("Delete %(number)s?") % {"number": draft}
        context = {
            **self.admin_site.each_context(request), "title": title, "opts": self.opts, "draft": draft, "look": look,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/draft/delete.html", context)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        """Somebody else has deleted it, or there was never such a draft."""
        messages.error(request, _("This draft is not there any more: it was deleted."))
        return HttpResponseRedirect(reverse("admin:checkout_draft_changelist"))

    def _delete(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        try:
            services.delete(draft_id=draft.pk, by=requests.actor(request))
        except services.DraftRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(number)s is deleted.") % {"number": draft})
        return HttpResponseRedirect(reverse("admin:checkout_draft_changelist"))

    def from_order(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """A new draft that says what an order says."""
        self._allow(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            draft, left_out = services.from_order(order_id=order_id, by=requests.actor(request))
        except Order.DoesNotExist:
            return HttpResponseRedirect(reverse("admin:checkout_order_changelist"))
        for sentence in left_out:
            messages.warning(request, sentence)
        return _to_draft(draft.pk)

    def _screen(self, request: HttpRequest, look: selectors.Look | None) -> HttpResponse:
        page = screen.screen(look, request.POST if request.method == "POST" else None)
        if request.method != "POST":
            page.query, page.people = (
                request.GET.get("q", "").strip(),
                screen.people(request.GET.get("who", "").strip()),
            )
        if request.method == "POST":
            step = request.POST.get("step", "save")
            try:
                answer = self._keep(request, page, step)
                if answer is not None:
                    return answer
            except (services.DraftRefused, BadAmount, *services.REFUSALS) as refusal:
                answer = self._refused(request, page, refusal)
                if answer is not None:
                    return answer
        return self._render(request, page)

    def _keep(self, request: HttpRequest, page: screen.Screen, step: str) -> HttpResponse | None:
        """Save what is entered and do what was pressed; None when something entered is wrong."""
        use = request.POST.get("use", "")
        if not (page.is_valid() and page.look_up_vat_id()):
            return None
        wish, by = _with_person(page.wish(), use), requests.actor(request)
        if page.look is None:
            draft = services.create(wish=wish, by=by)
        else:
            seen = requests.whole(request.POST.get("version", "")) or 0
            draft = services.save(draft_id=page.look.draft.pk, seen_version=seen, wish=wish, by=by)
        if step == "place":
            return self._place(request, page, draft)
        who = request.POST.get("email", "").strip() if step == "customer" and not use else ""
        return _to_draft(draft.pk, q=page.query if step == "find" else "", who=who)

    def _place(self, request: HttpRequest, page: screen.Screen, draft: Draft) -> HttpResponse:
        data, look = page.form.cleaned_data, selectors.look(draft)
        if data["way"] in services.HERE and not request.user.has_perm(RECORD):
            raise PermissionDenied
        try:
            order = services.place(
                draft_id=draft.pk, seen_version=look.cart.version, way=data["way"], receipt=data["receipt"],
                seen_total=_money(request.POST.get("seen_total", "")), by=requests.actor(request),
            )  # fmt: skip
        except (services.DraftRefused, BadAmount, *services.REFUSALS) as refusal:
            messages.error(request, str(refusal))
            return _to_draft(draft.pk)
        if order.pay_by and order.balance_minor > 0:
            words = _("%(number)s is placed. %(email)s is mailed the link to pay it; its units are kept for that long.")
        else:
            words = _("%(number)s is placed. %(email)s is mailed.")
        messages.success(request, words % {"number": order.number, "email": order.email})
        return _to_order(order)

    def _refused(self, request: HttpRequest, page: screen.Screen, refusal: Exception) -> HttpResponse | None:
        """Back onto the screen; to what is there now when somebody else was faster."""
        if not isinstance(refusal, services.DraftRefused) or refusal.code == "incomplete":
            page.problems.append(str(refusal))
            return None
        messages.error(request, str(refusal))
        if refusal.code == "gone" or page.look is None:
            return HttpResponseRedirect(reverse("admin:checkout_draft_changelist"))
        return _to_draft(page.look.draft.pk)

    def _render(self, request: HttpRequest, page: screen.Screen) -> HttpResponse:
        look = page.look
        title = str(look.draft) if look else _("New draft order")
        context = {
            **self.admin_site.each_context(request), **screen.shown(page), "title": title, "opts": self.opts,
            "look": look, "draft": look.draft if look else None,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/draft/page.html", context)

    def _allow(self, request: HttpRequest) -> None:
        if not request.user.has_perm(EDIT):
            raise PermissionDenied


def _with_person(wish: services.Wish, email: str) -> services.Wish:
    """With a customer that was picked from the list, and the address that is known of them if none was entered."""
    if not screen.is_known(email):
        return wish
    known = screen.address_known(email) if not wish.shipping_address.get("address1") else {}
    return replace(wish, email=email, shipping_address=known or wish.shipping_address)


def _money(text: str) -> Money:
    """The total that stood on the screen. Raises `BadAmount` with a sentence."""
    amount, _space, currency = text.partition(" ")
    try:
        return Money.of(amount, currency)
    except (BadAmount, ArithmeticError, LookupError, ValueError) as error:
        raise BadAmount(_("Please check the total before you place the order.")) from error


def _to_draft(draft_id: UUID, **looked_for: str) -> HttpResponse:
    """To the draft's screen, with what was looked for on it."""
    asked = urlencode({name: text for name, text in looked_for.items() if text})
    url = reverse("admin:checkout_draft_change", args=[draft_id])
    return HttpResponseRedirect(f"{url}?{asked}#{'add' if looked_for.get('q') else 'who'}" if asked else url)


def _to_order(order: Order) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:checkout_order_change", args=[order.pk]))
