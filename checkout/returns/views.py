"""The shopper's pages of returns. Whoever may see the order may see its returns; all others get 404."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from cart.carts import services as carts
from checkout.orders import access
from checkout.returns import forms, keeping, label, pages, photos, selectors
from checkout.returns import services as returns
from shop.core import requests
from shop.core.responses import SeeOther

STAFF = ("checkout.handle_return", "checkout.view_return")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/return/ shows what may come back; POST asks for it, once for each form."""
    order = _order(request, number)
    if order.is_archived:
        context = pages.archived_page(order, query=_query(request))
        return render(
            request, "checkout/returns/archived.html", context, status=409 if request.method == "POST" else 200
        )
    rows = selectors.returnable(order)
    about: dict[str, Any] = {
        "rows": rows, "has_account": order.customer_id is not None,
        "differences": selectors.exchange_differences(order, rows),
    }  # fmt: skip
    if request.method != "POST":
        return _form(request, order, rows, forms.RequestForm(**about))
    done = selectors.by_key(request.POST.get("key", ""))
    if done is not None and done.order_id == order.pk:  # a second click: its units are in the first one's return
        return _to(request, done)
    form = forms.RequestForm(request.POST, request.FILES, **about)
    if is_ratelimited(request, group="return", key="ip", rate="20/10m", increment=True):
        form.add_error(None, _("Too many tries. Please wait a few minutes."))
        return _form(request, order, rows, form, status=429)
    if not form.is_valid():
        return _form(request, order, rows, form, status=422)
    try:
        made = returns.request(
            order_id=order.pk, wanted=form.wanted(), wish=form.cleaned_data["wish"], key=form.cleaned_data["key"],
            by=requests.actor(request), comment=form.cleaned_data["comment"], pictures=form.cleaned_data["photos"],
        )  # fmt: skip
    except returns.ReturnRefused as refused:
        form.add_error("photos" if refused.code == "bad_photo" else None, str(refused))
        return _form(request, order, rows, form, status=409)
    return _to(request, made)


def _form(
    request: HttpRequest, order: Any, rows: Any, form: forms.RequestForm, *, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = pages.ask_page(order, rows, form, query=_query(request))
    return render(request, "checkout/returns/ask.html", context, status=status)


@never_cache
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """GET /returns/<number>/: where the return stands and what is to be done."""
    with _kept(request, number) as found:
        response = render(request, "checkout/returns/page.html", pages.return_page(found, query=_query(request)))
    response["Referrer-Policy"] = "same-origin"  # the address may hold the secret of a guest's link
    return response


@never_cache
@require_safe
def label_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """GET /returns/<number>/label.pdf: what goes onto and into the parcel. 404 until it is approved."""
    found = _return(request, number)  # none of an archived order: nothing of it is on its way
    if not pages.has_label(found):
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return HttpResponse(label.pdf(found), content_type="application/pdf", headers=headers)


@never_cache
@require_safe
def photo(request: HttpRequest, number: str, photo_id: UUID) -> HttpResponse:
    """GET /returns/<number>/photos/<id>/: a photo, for the shopper who sent it and for staff."""
    with _kept(request, number) as found:
        row = selectors.photo(return_id=found.pk, photo_id=photo_id)
    if row is None:
        raise Http404
    try:
        content = photos.read(row.name)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@never_cache
@require_POST
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """POST /returns/<number>/sent/: it is on its way."""
    if selectors.by_number(number) is None:
        return _over(request, number)
    found = _return(request, number, is_own=True)
    form = forms.SentForm(request.POST)
    try:
        note = form.cleaned_data["note"] if form.is_valid() else ""
        returns.note_sent(return_id=found.pk, by=requests.actor(request), note=note)
        messages.success(request, _("Thank you. We write when it has arrived."))
    except returns.ReturnRefused as refused:
        messages.error(request, str(refused))
    return _to(request, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """GET asks, POST cancels a return of which nothing has arrived."""
    if selectors.by_number(number) is None:
        return _over(request, number)
    found = _return(request, number, is_own=True)
    if request.method != "POST":
        return render(request, "checkout/returns/cancel.html", pages.return_page(found, query=_query(request)))
    try:
        returns.cancel(return_id=found.pk, by=requests.actor(request))
        messages.success(request, _("Your return is cancelled. You keep the items."))
    except returns.ReturnRefused as refused:
        messages.error(request, str(refused))
    return _to(request, found)


def _order(request: HttpRequest, number: str) -> Any:
    found = access.order_for(request, number, archived=True)
    if request.GET.get("key"):
        access.remember(request, found)
    return found


def _return(request: HttpRequest, number: str, *, is_own: bool = False) -> Any:
    """The return, for those who may see its order, and (unless `is_own`) for staff. Raises `Http404`."""
    found = selectors.by_number(number)
    if found is None or not _may_see(request, found.order, is_own=is_own):
        raise Http404
    return found


def _may_see(request: HttpRequest, order: Any, *, is_own: bool = False) -> bool:
    """Whether this person may see the order's returns. The secret of a guest's link is kept in the session."""
    if access.allowed(request, order):
        if request.GET.get("key"):
            access.remember(request, order)
        return True
    return not is_own and request.user.is_staff and any(request.user.has_perm(one) for one in STAFF)


@contextmanager
def _kept(request: HttpRequest, number: str, *, is_own: bool = False) -> Iterator[Any]:
    """As `_return`; a return of an archived order can be read inside as well, and nothing can be written then."""
    if (live := selectors.by_number(number)) is not None:
        if not _may_see(request, live.order, is_own=is_own):
            raise Http404
        yield live
        return

    def may_see(order: Any) -> bool:
        carts.current(request)  # the page's cart: looking it up may join two carts
        return _may_see(request, order, is_own=is_own)

    with import_string(settings.ARCHIVED_RETURN)(number[:20].upper(), may_see=may_see) as is_there:
        if not is_there:
            raise Http404
        yield selectors.by_number(number)


def _over(request: HttpRequest, number: str) -> HttpResponse:
    """To the page of a return whose order is archived, with why nothing can be done with it any more."""
    with _kept(request, number, is_own=True) as found:
        messages.error(request, str(keeping.too_late(found)))
        return _to(request, found)


def _query(request: HttpRequest) -> str:
    key = request.GET.get("key", "")
    return f"?key={key}" if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else ""


def _to(request: HttpRequest, found: Any) -> HttpResponse:
    return SeeOther(reverse("return", args=[found.number]) + _query(request))
