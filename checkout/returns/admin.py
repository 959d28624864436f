"""The merchant's returns: the list, one page for each, and the small pages that approve, receive, inspect and settle.

Nothing is edited here: forms post to services. All of it needs the permission to handle returns.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.orders import selectors as orders
from checkout.returns import merchant_forms, screen, selectors, wishes, wording
from checkout.returns import services as returns
from checkout.returns.models import Return
from checkout.returns.rule_admin import ReturnRuleAdmin
from shop.core import requests
from shop.core.admin import KeysetAdmin

__all__ = ["ReturnAdmin", "ReturnRuleAdmin"]
HANDLE = "checkout.handle_return"


@admin.register(Return)
class ReturnAdmin(KeysetAdmin):
    list_display = ["number", "order_number", "status_badge", "wanted", "created_at"]
    list_display_links = ["number"]
    list_filter = ["status"]
    list_select_related = ["order"]
    search_fields = ["=number", "=order__number"]
    search_help_text = gettext_lazy(
        "The number of a return or of an order, typed or scanned, or the beginning of an e-mail address"
    )
    change_form_template = "admin/checkout/return/page.html"

    @display(description=gettext_lazy("order"))
    def order_number(self, found: Return) -> str:
        return found.order.number

    @display(description=gettext_lazy("status"), label=screen.TONES)
    def status_badge(self, found: Return) -> tuple[str, str]:
        return found.status, str(found.get_status_display())

    @display(description=gettext_lazy("wanted for it"))
    def wanted(self, found: Return) -> str:
        return wishes.wish(found, found.lines.all())

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(HANDLE) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(HANDLE) or super().has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Return]:
        rows = super().get_queryset(request).defer("order__shipping_address", "order__billing_address", "comment")
        return rows.prefetch_related("lines__order_line")  # which say whether the same is wanted again

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Return], search_term: str
    ) -> tuple[QuerySet[Return], bool]:
        """By the whole number, of the return or of its order, or by the beginning of the order's e-mail address."""
        number = search_term.strip().upper()[:20]
        if not number:
            return queryset, False
        if not number.startswith(("RET-", "ORD-")):
            return selectors.of_email(queryset, search_term), False
        order = orders.order(number)
        return queryset.filter(order=order) if order else queryset.filter(number=number), False

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "approve": self.approve, "refuse": self.refuse, "receive": self.receive, "scan": self.scan,
            "inspect": self.inspect, "decide": self.decide, "settle": self.settle,
        }  # fmt: skip
        own = [
            path(f"<uuid:return_id>/{name}/", self.admin_site.admin_view(page), name=f"checkout_return_{name}")
            for name, page in pages.items()
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A whole number, as a scanner types it, leads to its return at once."""
        number = request.GET.get("q", "").strip().upper()[:20]
        found = selectors.by_number(number)
        if found is None and number:
            with self._archived(request, number) as is_there:
                found = selectors.by_number(number) if is_there else None
        if found is not None and self.has_view_permission(request):
            return HttpResponseRedirect(screen.url(found, "change"))
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None:
            with self._archived(request, object_id) as is_there:
                archived = selectors.by_id(object_id) if is_there else None
                if archived is not None:
                    context = screen.context_of(archived, may=False)
                    return self._show(request, "page", archived.number, context).render()
        if found is None or not self.has_view_permission(request, found):
            return super().change_view(request, object_id, form_url, extra_context)
        context = screen.context_of(selectors.one(found.pk), may=request.user.has_perm(HANDLE))
        return self._show(request, "page", found.number, context)

    def approve(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Ask whether, with a note."""
        return self._ask(
            request, return_id, merchant_forms.NoteForm, _("Approve"), _("Approved. The shopper gets the label."),
            lambda data, by: returns.approve(return_id=return_id, by=by, note=data["note"]),
        )  # fmt: skip

    def refuse(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Ask why."""
        return self._ask(
            request, return_id, merchant_forms.RefuseForm, _("Refuse"), _("Refused. The shopper is told why."),
            lambda data, by: returns.refuse(return_id=return_id, by=by, reason=data["reason"]), "danger",
        )  # fmt: skip

    def receive(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Ask what has come, by numbers; `scan` takes one unit at a time."""
        found = self._found(request, return_id)
        lines = selectors.lines_of(return_id)
        form = merchant_forms.ReceiveForm(_posted(request), lines=lines, initial=_last_place(request) | _seen(found))
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            done = self._do(request, form, lambda by: returns.receive(
                return_id=return_id, units=form.units(), location=given["location"], by=by, note=given["note"],
                seen=given["seen"],
            ))  # fmt: skip
            if done:
                return self._back(request, found, _("Received. Now look at what came."))
        scan = merchant_forms.ScanForm(initial=_last_place(request), auto_id="scan_%s")
        context = {"found": found, "form": form, "scan": scan, "scan_url": screen.url(found, "scan")}
        return self._show(request, "receive", _("Receive %(number)s") % {"number": found.number}, context)

    def scan(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """POST `code, location`: one unit has come. Back to the page that waits for the next one."""
        found = self._found(request, return_id)
        form = merchant_forms.ScanForm(request.POST)
        if request.method == "POST" and form.is_valid():
            code, place = form.cleaned_data["code"], form.cleaned_data["location"]
            try:
                line = returns.receive_code(
                    return_id=return_id, code=code, location=place, by=requests.actor(request)
                )  # fmt: skip
                messages.success(request, _("1 × %(name)s received.") % {"name": line.order_line.name})
            except returns.ReturnRefused as refused:
                messages.error(request, str(refused))
            return HttpResponseRedirect(f"{screen.url(found, 'receive')}?location={place}")
        return HttpResponseRedirect(screen.url(found, "receive"))

    def inspect(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Ask what was found."""
        found = self._found(request, return_id)
        lines = selectors.lines_of(return_id)
        form = merchant_forms.InspectForm(_posted(request), lines=lines, initial=_seen(found))
        if request.method == "POST" and form.is_valid():
            done = self._do(request, form, lambda by: returns.inspect(
                return_id=return_id, verdicts=form.verdicts(), by=by, note=form.cleaned_data["note"],
                seen=form.cleaned_data["seen"],
            ))  # fmt: skip
            if done:
                return self._back(request, found, _("Noted. What is good goes back on the shelf."))
        title = _("Inspect %(number)s") % {"number": found.number}
        return self._show(request, "inspect", title, {"found": found, "form": form})

    def decide(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Ask for another decision about units that were looked at."""
        lines = selectors.lines_of(return_id)

        def save(data: dict[str, Any], by: str) -> Any:
            units = {UUID(data["line"]): data["units"]}
            return returns.decide(
                return_id=return_id, units=units, is_accepted=data["is_accepted"], by=by, note=data["note"]
            )  # fmt: skip

        return self._ask(
            request, return_id, lambda data: merchant_forms.DecideForm(data, lines=lines), _("Decide anew"),
            _("Noted."), save,
        )  # fmt: skip

    def settle(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """GET `?to=` shows exactly what would happen; POST has that done, once."""
        found = self._found(request, return_id)
        by, form, refusal = requests.actor(request), merchant_forms.SettleForm(request.POST), ""
        if request.method == "POST" and form.is_valid():
            to, seen = form.cleaned_data["to"], form.cleaned_data["seen"]
            try:
                done = returns.reimburse(return_id=return_id, by=by, destination=to, seen=seen)
                row = next(one for one in selectors.reimbursements_of(return_id) if one.pk == done.reimbursement_id)
                return self._back(request, found, wording.settled(row))  # as it is once what is sent instead was added
            except returns.ReturnRefused as refused:
                refusal = str(refused)
        to = request.POST.get("to") or request.GET.get("to") or found.wish
        context: dict[str, Any] = {"found": found, "order": found.order, "to": to, "settlement": None}
        try:
            seen_now = returns.simulate(return_id=return_id, destination=to, by=by)
            context["settlement"] = screen.settlement(found.order, seen_now)
        except returns.ReturnRefused as refused:
            context["problem"] = str(refused)
        if refusal and refusal != context.get("problem"):  # once, where what was refused cannot be looked at either
            messages.error(request, refusal)
        context |= {"destinations": screen.destinations(found, to), "wish": screen.wish(found)}
        return self._show(request, "settle", _("Settle %(number)s") % {"number": found.number}, context)

    def _ask(
        self,
        request: HttpRequest,
        return_id: UUID,
        form_class: Callable[..., forms.Form],
        title: str,
        done: str,
        save: Callable[[dict[str, Any], str], Any],
        variant: str = "",
    ) -> HttpResponse:
        """A small page with a form; its answer goes to `save`, and a refusal back onto the page."""
        found = self._found(request, return_id)
        form = form_class(_posted(request))
        is_given = request.method == "POST" and form.is_valid()
        if is_given and self._do(request, form, lambda by: save(form.cleaned_data, by)):
            return self._back(request, found, done)
        context = {"found": found, "order": found.order, "form": form, "action": title, "variant": variant}
        return self._show(request, "ask", f"{title} · {found.number}", context)

    def _do(self, request: HttpRequest, form: forms.Form, command: Callable[[str], Any]) -> bool:
        try:
            command(requests.actor(request))
        except returns.ReturnRefused as refused:
            form.add_error(None, str(refused))
            return False
        return True

    def _found(self, request: HttpRequest, return_id: UUID) -> Return:
        if not request.user.has_perm(HANDLE):
            raise PermissionDenied
        try:
            return selectors.one(return_id)
        except Return.DoesNotExist as missing:
            raise Http404 from missing

    def _back(self, request: HttpRequest, found: Return, text: str) -> HttpResponse:
        messages.success(request, text)
        return HttpResponseRedirect(reverse("admin:checkout_return_change", args=[found.pk]))

    def _archived(self, request: HttpRequest, key: str) -> AbstractContextManager[bool]:
        """Inside, the archived return with this number or id can be read, and nothing can be done with it."""
        may_see = self.has_view_permission(request)
        archived: AbstractContextManager[bool] = import_string(settings.ARCHIVED_RETURN)(
            key, may_see=lambda _order: may_see
        )
        return archived

    def _show(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> TemplateResponse:
        full = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/checkout/return/{template}.html", full)


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, also when it is nothing."""
    return request.POST if request.method == "POST" else None


def _last_place(request: HttpRequest) -> dict[str, Any]:
    return {"location": request.GET["location"]} if "location" in request.GET else {}


def _seen(found: Return) -> dict[str, Any]:
    """What a form says of when it was opened: the same one sent twice, or from two tabs, is done once."""
    return {"seen": len(selectors.steps_of(found.pk))}
