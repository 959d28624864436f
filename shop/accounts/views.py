"""A customer's own pages: addresses and preferences. The account's first page is put together at the roof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts import selectors, services
from shop.accounts.forms import BookForm, PreferencesForm
from shop.core import languages, requests
from shop.notifications import optout

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
@login_required
def address_list(request: HttpRequest) -> HttpResponse:
    """GET /account/addresses/"""
    return render(request, "account/addresses.html", {"addresses": selectors.addresses_of(_customer(request))})


@never_cache
@require_http_methods(METHODS)
@login_required
def address_add(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST saves the address."""
    form = _entered(request)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_address(
                customer_id=_customer(request),
                address=form.address,
                is_default=form.cleaned_data["is_default"],
                by=requests.actor(request),
            )
        except services.AddressBookFull:
            form.add_error(None, _("Your address book is full."))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("address_list")
    return _form(request, form, _("Add an address"))


@never_cache
@require_http_methods(METHODS)
@login_required
def address_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows one of the customer's own addresses, POST changes it; anybody else's is not found."""
    saved = _own(request, pk)
    form = _entered(request, {**saved.address, "is_default": saved.is_default})
    if request.method == "POST" and form.is_valid():
        services.change_address(
            customer_id=_customer(request),
            address_id=pk,
            address=form.address,
            is_default=form.cleaned_data["is_default"],
            by=requests.actor(request),
        )
        messages.success(request, _("The address is saved."))
        return redirect("address_list")
    return _form(request, form, _("Change the address"))


@never_cache
@require_http_methods(METHODS)
@login_required
def address_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET asks, POST deletes."""
    saved = _own(request, pk)
    if request.method == "POST":
        services.delete_address(customer_id=_customer(request), address_id=pk, by=requests.actor(request))
        messages.success(request, _("The address is deleted."))
        return redirect("address_list")
    return render(request, "account/address_delete.html", {"address": saved})


@never_cache
@require_http_methods(METHODS)
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """GET shows what the customer chose, POST keeps it."""
    customer_id = _customer(request)
    chosen = selectors.preferences_of(customer_id)
    names = ("language", "has_marketing_consent", "has_profiling_consent")
    initial = {name: getattr(chosen, name) for name in names}
    initial["language"] = chosen.language or languages.current()
    initial |= {"first_name": request.user.first_name, "last_name": request.user.last_name}  # type: ignore[union-attr]
    wish = optout.about(topic=optout.FEEDBACK, address=request.user.email)  # type: ignore[union-attr]
    initial["may_ask_for_feedback"] = not optout.is_stopped(wish)
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, requests.actor(request)
        services.save_name(customer_id=customer_id, first_name=given["first_name"], last_name=given["last_name"], by=by)
        services.save_preferences(customer_id=customer_id, by=by, **{name: given[name] for name in names})
        (optout.resume if given["may_ask_for_feedback"] else optout.stop)(wish, by=by)
        with translation.override(given["language"]):  # from here on the page is in that one
            messages.success(request, _("Your preferences are saved."))
            return redirect("preferences")
    return render(request, "account/preferences.html", {"form": form}, status=_status(form.is_bound))


def _entered(request: HttpRequest, initial: dict[str, Any] | None = None) -> BookForm:
    """What was sent; with `update` it is not to be kept yet, but shown with the fields of the country in it."""
    if "update" in request.POST:
        return BookForm(initial=request.POST.dict())
    return BookForm(request.POST or None, initial=initial)


def _form(request: HttpRequest, form: BookForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "account/address_form.html", context, status=_status(form.is_bound))


def _status(is_refused: bool) -> int:
    return 422 if is_refused else 200


def _customer(request: HttpRequest) -> UUID:
    return UUID(str(request.user.pk))  # signed in, says login_required


def _own(request: HttpRequest, address_id: UUID) -> selectors.Saved:
    saved = selectors.address_of(customer_id=_customer(request), address_id=address_id)
    if saved is None:
        raise Http404
    return saved
