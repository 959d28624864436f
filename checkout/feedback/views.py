"""The page where a shopper says how it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_ratelimit.core import is_ratelimited

from catalog.reviews import services as reviews
from checkout.feedback import forms, selectors, services
from checkout.orders import access, where
from checkout.orders import selectors as orders
from shop.core import requests
from shop.core.responses import SeeOther


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/feedback/ asks about each product; POST keeps the answer about one of them."""
    order = _order(request, number)
    if request.GET.get("key"):
        access.remember(request, order)
    if request.method != "POST":
        return _page(request, order)
    form = forms.FeedbackForm(request.POST, auto_id=_ids(request.POST.get("product", "")))
    if is_ratelimited(request, group="feedback", key="ip", rate="30/10m", increment=True):
        form.add_error(None, _("Too many tries. Please wait a few minutes."))
        return _page(request, order, bound=form, status=429)
    if not form.is_valid():
        return _page(request, order, bound=form, status=422)
    return _answer(request, order, form)


def _order(request: HttpRequest, number: str) -> Any:
    """The order with its lines; of an archived one there is all that is asked about."""
    order = access.order_for(request, number, archived=True)
    if order.is_archived:
        return order
    try:
        return orders.by_id(order.pk)
    except ObjectDoesNotExist:  # it has just been archived
        return access.order_for(request, number, archived=True)


def _answer(request: HttpRequest, order: Any, form: forms.FeedbackForm) -> HttpResponse:
    given, mine = form.cleaned_data, requests.customer_id(request)
    customer_id = mine if mine is not None and mine == order.customer_id else None
    try:
        is_shown = services.answer(
            order=order, product_id=given["product"], customer_id=customer_id, author=given["author"],
            rating=given["rating"], body=given["body"], by=requests.actor(request),
        )  # fmt: skip
    except services.NotInOrder:
        form.add_error(None, _not_here())
        return _page(request, order, bound=form, status=409)
    except reviews.AlreadyReviewed:
        messages.info(request, _("You have reviewed this product before. Thank you."))
    except reviews.BadReview as error:
        for name, problem in error.fields.items():
            form.add_error(name if name in form.fields else None, problem)
        return _page(request, order, bound=form, status=422)
    else:
        shown, read = _("Thank you. Your review is in the shop now."), _("Thank you. We read it before we show it.")
        messages.success(request, shown if is_shown else read)
    query = "" if customer_id else f"?key={order.access_key}"
    return SeeOther(reverse("order_feedback", args=[order.number]) + query)


def _page(
    request: HttpRequest, order: Any, *, bound: forms.FeedbackForm | None = None, status: int = 200
) -> HttpResponse:
    items = selectors.items(order)
    done = selectors.answered(order, items)
    forms_of = [(item, _form(order, item.product_id, bound)) for item in items]
    context = {
        "number": order.number,
        "order_url": reverse("order", args=[order.number]),
        "rows": [
            {
                "item": item,
                "is_done": item.product_id in done,
                "form": form,
                "fields": [form[name] for name in ("rating", "body", "author")],
            }
            for item, form in forms_of
        ],
        "problems": _stray(bound) if bound and bound not in [form for _item, form in forms_of] else [],
    }
    response = render(request, "checkout/feedback/page.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # the address may hold the secret of a guest's link
    return response


def _stray(bound: forms.FeedbackForm) -> list[str]:
    """What is wrong with an answer about a product that is not on the page."""
    return [str(problem) for problem in list(bound.non_field_errors())] or [_not_here()]


def _not_here() -> str:
    return _("This product cannot be reviewed here: it has not arrived, or is not sold any more.")


def _form(order: Any, product_id: UUID, bound: forms.FeedbackForm | None) -> forms.FeedbackForm:
    """The form about a product: the one that was sent, or a new one."""
    if bound is not None and bound["product"].value() == str(product_id):
        return bound
    address = where.address(order)
    name = f"{address.get('first_name', '')} {address.get('last_name', '')[:1]}".strip()
    return forms.FeedbackForm(initial={"product": product_id, "author": name}, auto_id=_ids(product_id))


def _ids(product_id: object) -> str:
    """The fields of several forms on one page need ids of their own."""
    return f"id_%s_{str(product_id)[:36]}"
