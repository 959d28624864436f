"""Shoppers' calls: a quote for the cart, orders of one's own."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cart import api as cart_api
from cart import api_shapes
from cart.carts import access as cart_access
from cart.carts import selectors as cart_selectors
from cart.carts import services as carts
from checkout.api import changes, deliveries, documents, parcels, paying, shapes, turns
from checkout.archive import selectors as archive
from checkout.archive.reading import steadily
from checkout.giftcards import bought
from checkout.orders import access
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.payments import selectors as payments
from checkout.purchase import line
from checkout.purchase import selectors as purchase_selectors
from checkout.purchase import services as purchase
from shop.core import requests, rest
from shop.core.money import BadAmount, Money
from shop.currencies import api as currencies

_CART = OpenApiParameter(cart_access.HEADER, str, OpenApiParameter.HEADER, description="A guest's cart.")
_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
_ORDER = OpenApiParameter(access.HEADER, str, OpenApiParameter.HEADER, description="A guest's `accessToken`.")
_STATUS = {"cart_empty": 409, "not_deliverable": 422, "price_changed": 409, "out_of_stock": 409, "cart_changed": 409}


class ShopperView(APIView):
    """What these calls share: anybody may make them, with proof where a browser's cookies speak."""

    permission_classes = [cart_access.OwnCart]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "private, no-store"
        return answer


class QuoteResource(ShopperView):
    @extend_schema(request=shapes.QuoteIn, responses=shapes.QuoteOut, parameters=[_CART], operation_id="checkout_quote")
    @rest.idempotent()
    def post(self, request: Request) -> Response:
        """What the cart would cost delivered there, by each way of delivery on offer."""
        given = shapes.QuoteIn(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data.get("delivery_option")
        place = given.validated_data.get("shipping_address")
        if (cart := carts.current(request)) is not None:
            said = given.validated_data.get("currency") or request.query_params.get("currency", "")
            currencies.agreed(said, cart.currency)
        view = cart_selectors.view(
            cart,
            currency=settings.DEFAULT_CURRENCY,
            address=place,
            delivery_option=wanted,
            vat_id=paying.vat_id(request, given.validated_data["vat_id"], place),
            email=given.validated_data.get("email", ""),
        )
        if wanted and wanted not in {one.code for one in view.quote.delivery_options}:
            fields = {"delivery_option": [_("This way of delivery is not offered there.")]}
            raise rest.ApiError("not_deliverable", _("This way of delivery is not offered there."), 422, fields)
        return Response(
            {
                "delivery_options": [deliveries.delivery_option(one) for one in view.quote.delivery_options],
                "totals": cart_api.totals_of(view.summary),
                **api_shapes.explained(view.quote),
                "currency": view.quote.currency,
                "tax_note": view.summary.tax_note,
                "messages": list(view.notices),
            }
        )


class OrdersResource(ShopperView):
    @extend_schema(
        responses=shapes.OrderListOut,
        parameters=[OpenApiParameter("page", int), OpenApiParameter("limit", int)],
        operation_id="orders_list",
    )
    def get(self, request: Request) -> Response:
        """One's own orders, newest first."""
        customer_id = requests.customer_id(request)
        if customer_id is None:
            raise exceptions.NotAuthenticated
        page, limit = rest.page_of(request)
        found = archive.orders_of(customer_id=customer_id, page=page, size=limit)
        data = [shapes.order(one) for one in found.orders]
        return Response(rest.listing("data", data, total=found.total, page=page, limit=limit))

    @extend_schema(
        request=shapes.OrderIn,
        responses={201: shapes.OrderOut, 202: turns.TurnOut},
        parameters=[_KEY, _CART],
        operation_id="orders_create",
    )
    @rest.idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Order what is in the cart. The payment is taken after the answer; `GET orders/{number}` follows it.

        202 under overload: the call is in line (`Location` tells its place); the same call again, with the same key,
        answers 202 until its turn has come, then 201.
        """
        given = shapes.OrderIn(data=request.data)
        given.is_valid(raise_exception=True)
        key = _key(request)
        found = archive.by_key(key) or _in_line(key)
        if found is None:  # a new try; asking again what became of an old one costs nothing
            if is_ratelimited(request._request, group="place", key="ip", rate="30/10m", increment=True):
                raise rest.ApiError("rate_limited", _("Too many tries. Please wait a few minutes."), 429)
            try:
                line.check_room()
            except line.LineFull as full:
                raise _line_full() from full
            found = _place(request, given.validated_data, key)
        return found if isinstance(found, Response) else _placed(found)

    def replay(self, request: Request, resource: str) -> Response:
        """The answer to a call that was made before, from the order that it made."""
        found = archive.order(resource)
        if found is None:
            raise Http404
        return _placed(found)


class TurnResource(ShopperView):
    @extend_schema(responses=turns.TurnOut, operation_id="orders_line_retrieve")
    def get(self, request: Request, token: str) -> Response:
        """Where a call that was put in line stands: "waiting", "placed" (with the order) or "refused" (with why)."""
        mine = purchase_selectors.turn(token=token)
        if mine is None:
            raise Http404
        return Response(turns.turn(mine, order_selectors.by_id(mine.order_id) if mine.order_id else None))


class OrderResource(ShopperView):
    @extend_schema(responses=shapes.OrderOut, parameters=[_ORDER], operation_id="orders_retrieve")
    def get(self, request: Request, number: str) -> Response:
        """One's own order; anybody else's does not exist."""
        return steadily(lambda: order_of(request, number, archived=True), _shown)


class OrderCancel(ShopperView):
    @extend_schema(
        request=changes.CancelIn, responses=shapes.OrderOut, parameters=[_ORDER], operation_id="orders_cancel"
    )
    @rest.idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Cancel what has not been handed over. 409 `transition_refused` when it is too late.

        With `lines` units of it, until the warehouse begins: 409 `not_editable` then; refused as changes are. Staff who
        may cancel orders cancel anybody's, and units as long as they are here.
        """
        if changes.is_for_staff(request, number):
            return changes.cancel(request, number)
        found = order_of(request, number)
        try:
            if changes.has_lines(request):
                changes.cancel_own_units(request, found)
            else:
                bought.cancel_order(order_id=found.pk, by=requests.actor(request))
        except orders.TransitionRefused as refused:
            raise rest.ApiError("transition_refused", str(refused), 409) from refused
        response = _shown(order_of(request, number))
        response.resource = number  # type: ignore[attr-defined]
        return response

    def replay(self, request: Request, resource: str) -> Response:
        """The order as it is; it was cancelled by an earlier call."""
        if changes.is_for_staff(request, resource):
            return changes.answer(resource)
        return _shown(order_of(request, resource))


def _place(request: Request, given: dict[str, Any], key: str) -> Any:
    cart = carts.current(request)
    if cart is None:
        raise rest.ApiError("cart_empty", _("There is nothing in your cart that can be ordered."), 409)
    currencies.agreed(given.get("currency") or request.query_params.get("currency", ""), cart.currency)
    try:
        expected = Money.of(given["expected_total"].normalize(), cart.currency)
    except BadAmount as error:
        fields = {"expected_total": [_("Not an amount in %(currency)s.") % {"currency": cart.currency}]}
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields) from error
    details = purchase.Details(
        email=given["email"],
        shipping_address=given["shipping_address"],
        billing_address=given.get("billing_address") or given["shipping_address"],
        delivery_option=given["delivery_option"],
        language=get_language() or "en",
        gift_message=given["gift_message"],
        po_number=given["po_number"],
        vat_id=paying.vat_id(request, given["vat_id"], given["shipping_address"]),
        **paying.way(request, given, expected, cart.pk).wanted(),
    )
    with line.slot() as is_free:
        try:
            if not is_free:
                return _queue(request, cart, details, expected, key)
            return purchase.place_order(
                cart=cart, details=details, seen_total=expected, key=key, by=requests.actor(request)
            )
        except purchase.CouponUsedUp as error:
            raise rest.ApiError("coupon_used_up", error.message, 409) from error
        except purchase.Busy as error:
            text = _("Very many people are ordering at this moment. Please try again in a minute.")
            raise rest.ApiError("busy", text, 503) from error
        except (purchase.PurchaseRefused, purchase.CartChanged) as error:
            raise rest.ApiError(error.code, error.message, _STATUS[error.code], _facts(error)) from error


def _queue(request: Request, cart: Any, details: purchase.Details, expected: Money, key: str) -> Response:
    """Too much at once: to the end of the line."""
    try:
        click = line.join(cart=cart, details=details, seen_total=expected, key=key, by=requests.actor(request))
    except line.LineFull as full:
        raise _line_full() from full
    return _waiting(purchase_selectors.turn(token=click.token))


def _line_full() -> rest.ApiError:
    text = _("Very many people are ordering at this moment. Please try again in a minute.")
    return rest.ApiError("line_full", text, 503)


def _in_line(key: str) -> Response | None:
    """The place of a call that is in line already; None if it is not, or its turn is over."""
    mine = purchase_selectors.turn(key=key)
    return _waiting(mine) if mine and mine.status in {"waiting", "working"} else None


def _waiting(mine: Any) -> Response:
    headers = {"Location": requests.absolute(reverse("api_order_turn", args=[mine.token])), "Retry-After": "2"}
    return Response(turns.turn(mine, None), status=202, headers=headers)


def _facts(error: Any) -> dict[str, Any] | None:
    """What a program needs in order to go on: the new total, or how many units are left of what."""
    if isinstance(error, purchase.PriceChanged):
        return {"expected_total": [cart_api.amount(error.quote.total)]}
    if isinstance(error, purchase.OutOfStock):
        return {str(variant_id): [str(left)] for variant_id, left in error.shortages.items()}
    return None


def _key(request: Request) -> str:
    """The order's own key: one caller's keys are not another's."""
    text = f"{rest.scope(request)}\n{request.headers['Idempotency-Key']}"
    return "api:" + hashlib.sha256(text.encode()).hexdigest()


def _placed(found: Any) -> Response:
    whole = found if found.is_archived else order_selectors.by_id(found.pk)
    response = Response(shapes.placed(whole), status=201)
    response["Location"] = requests.absolute(reverse("api_order", args=[found.number]))
    response.resource = found.number  # type: ignore[attr-defined]
    return response


def _shown(found: Any) -> Response:
    full = order_selectors.by_id(found.pk)
    shown = shapes.order(full, shipments=parcels.of_order(found.pk))
    shown |= {"documents": documents.documents(full.pk, full.number)}
    return Response({**shown, "payment": shapes.payment(full, payments.standing(full))})


def order_of(request: Request, number: str, *, archived: bool = False) -> Any:
    """The order, for those who may see it; else `Http404`. `archived`: one that is in the archive as well, to read."""
    found = (archive.order if archived else order_selectors.order)(number[:20])
    if found is None or not access.allowed(request._request, found):
        raise Http404
    return found
