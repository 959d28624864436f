"""The merchant's pages that change a placed order: edit with a preview, cancel units, write a note, mail the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.translation import gettext as _

from checkout.changes import services as changes
from checkout.desk import adding, editing, merchant_forms, staff
from checkout.desk.asking import AskPages
from checkout.notes import services as notes
from checkout.orders import transitions
from checkout.orders.models import Order
from shop.core import requests

EDIT = "checkout.edit_order"


class EditPages(AskPages):
    """Mixed into the orders' `ModelAdmin`."""

    def edit(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Enter what changes, look at what it would do, apply it. `step` says which button was pressed."""
        self._allow(request, EDIT)
        order = self._order(order_id)
        if editing.seen_revision(order, request.POST) != order.revision:  # said at once, whichever button it was
            return self._renewed(request, order, changes.changed_meanwhile())
        page = editing.screen(order, request.POST if request.method == "POST" else None)
        step = _step(request)
        if step not in ("preview", "apply") or not page.is_valid():
            return self._edit_form(request, page)
        try:
            if step == "apply":
                return self._apply(request, page)
            context = editing.shown(self._previewed(page), page)
        except changes.EditRefused as refusal:
            return self._refused(request, page, refusal)
        return self._page(
            request, order, "preview", _("Check the change"), kept=_kept(request), page=page, **context
        )  # fmt: skip

    def _previewed(self, page: editing.Screen) -> changes.Preview:
        return changes.preview(order_id=page.order.pk, seen_revision=page.revision, **page.arguments())

    def _apply(self, request: HttpRequest, page: editing.Screen) -> HttpResponse:
        def apply() -> Any:
            return changes.edit(
                order_id=page.order.pk, seen_revision=page.revision, reason=page.form.cleaned_data["reason"],
                by=requests.actor(request), may_cancel=request.user.has_perm(transitions.CANCEL), **page.arguments(),
            )  # fmt: skip

        return self._done(request, page.order.pk, apply)

    def _done(self, request: HttpRequest, order_id: UUID, act: Callable[[], Any]) -> HttpResponse:
        try:
            change = act()
            messages.success(request, _said(change.order, change.difference_minor))
        except changes.OrderCancelled as over:
            messages.warning(request, str(over))
        except changes.MayNotCancel as refused:
            raise PermissionDenied(str(refused)) from refused
        return self._back(order_id)

    def _refused(self, request: HttpRequest, page: editing.Screen, refusal: changes.EditRefused) -> HttpResponse:
        if refusal.code == "changed_meanwhile":
            return self._renewed(request, self._order(page.order.pk), refusal)
        page.problems.append(str(refusal))
        return self._edit_form(request, page)

    def _renewed(self, request: HttpRequest, order: Order, refusal: changes.EditRefused) -> HttpResponse:
        """What was entered was meant for another order: the form of the one that it is now, with what was typed."""
        messages.error(request, str(refusal))
        return self._edit_form(request, editing.renewed(order, request.POST))

    def _edit_form(self, request: HttpRequest, page: editing.Screen) -> HttpResponse:
        currency = page.order.currency
        there = adding.chosen(page.adding, currency=currency)
        found = adding.found(page.query, currency=currency, without=[one.variant_id for one in there])
        return self._page(
            request, page.order, "edit", _("Change the order"), page=page, chosen=there, found=found,
        )  # fmt: skip

    def cancel_units(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask which units and why, look at what that would do, do it. `step` says which button was pressed."""
        self._allow(request, transitions.CANCEL, EDIT)
        order = self._order(order_id)
        data = request.POST if request.method == "POST" else None
        form = merchant_forms.ReasonForm(data)
        problems: list[str] = []
        if data is not None and _step(request) != "back" and form.is_valid():
            try:
                units = {key: count for key, count in adding.counts(data, "units-").items() if count}
                if units:
                    return self._cancel(request, order, units, form.cleaned_data["reason"])
                problems = [_("Say how many units of which line.")]
            except adding.BadCount as bad:
                problems = [str(bad)]
            except changes.EditRefused as refusal:
                if refusal.code == "changed_meanwhile":  # what was entered was meant for another order
                    messages.error(request, str(refusal))
                    return HttpResponseRedirect(request.path)
                problems = [str(refusal)]
        title = _("Cancel units")
        rows = [(row, request.POST.get(f"units-{row.line.pk}", "")) for row in editing.rows(order)]
        return self._page(
            request, order, "cancel_units", title, rows=rows, form=form, problems=problems, revision=order.revision
        )  # fmt: skip

    def _cancel(self, request: HttpRequest, order: Order, units: dict[UUID, int], reason: str) -> HttpResponse:
        seen = editing.seen_revision(order, request.POST)
        if _step(request) == "apply":
            by = requests.actor(request)
            return self._done(
                request, order.pk,
                lambda: changes.cancel_units(
                    order_id=order.pk, units=units, reason=reason, by=by, seen_revision=seen,
                    may_cancel=request.user.has_perm(transitions.CANCEL),
                ),
            )  # fmt: skip
        preview = changes.preview(order_id=order.pk, removed=units, kind="cancel", seen_revision=seen)
        context = editing.told(preview, order)
        title = _("Cancel these units?")
        return self._page(request, order, "preview", title, kept=_kept(request), is_cancel=True, **context)

    def add_note(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask what, and for whom."""
        self._allow(request, EDIT, transitions.FULFIL)
        return self._ask(
            request, order_id, merchant_forms.NoteForm, _("Add a note"), "checkout.view_order",
            lambda order, data, by: notes.add(order_id=order.pk, by=by, **data), _("The note is kept."),
        )  # fmt: skip

    def send_link(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Mail the link to what is still to be paid, again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._allow(request, EDIT)
        order = self._order(order_id)
        if staff.send_payment_link(order_id=order_id, by=requests.actor(request)):
            messages.success(request, _("The link to pay is on its way to %(email)s.") % {"email": order.email})
        else:
            messages.warning(request, _("Nothing was sent: nothing is to be paid, or it was mailed a moment ago."))
        return self._back(order_id)

    def renew_link(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Ask whether links that somebody has are to open nothing any more."""
        return self._ask(
            request, order_id, merchant_forms.RenewLinkForm, _("New link"), EDIT,
            lambda order, _data, by: staff.renew_link(order_id=order.pk, by=by),
            _("The customer gets a mail with the new link."),
        )  # fmt: skip


def _step(request: HttpRequest) -> str:
    """Which button was pressed. Enter in the search field presses the first one and means the search."""
    step = str(request.POST.get("step", ""))
    searches = step == "preview" and request.POST.get("q", "").strip() != request.POST.get("searched", "").strip()
    return "find" if searches else step


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was entered, to be sent again with the next step."""
    return [(name, str(value)) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "step")]


def _said(order: Order, difference_minor: int) -> str:
    amount = order.money(abs(difference_minor)).format()
    if difference_minor > 0:
        return _("The order is changed. It costs %(amount)s more.") % {"amount": amount}
    if difference_minor < 0:
        return _("The order is changed. It costs %(amount)s less.") % {"amount": amount}
    return _("The order is changed. It costs the same.")
