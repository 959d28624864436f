"""What staff change of placed orders over REST: units, address, delivery; what that would cost, and doing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cart import api as cart_api
from catalog.products import selectors as products
from checkout.api import parcels, shapes, staff
from checkout.api.staff import StaffView
from checkout.changes import services as changes
from checkout.desk import services as desk
from checkout.giftcards import bought
from checkout.orders import access, transitions
from checkout.orders import selectors as orders
from checkout.orders import services as order_services
from shop.core import requests
from shop.core.fields import LineIO, LinesIO
from shop.core.rest import ApiError, idempotent

EDIT = "checkout.edit_order"
_INPUT = {"nothing_changes", "address_invalid", "too_long"}  # wrong whatever the order is


class UnitsIn(serializers.Serializer[Any]):
    line_id = serializers.UUIDField()
    quantity = serializers.IntegerField(min_value=1, max_value=1_000_000)


class AddedIn(serializers.Serializer[Any]):
    """A variant by `variantId` or `sku`."""

    variant_id = serializers.UUIDField(required=False)
    sku = serializers.CharField(required=False, max_length=255)
    quantity = serializers.IntegerField(min_value=1, max_value=1_000_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("variant_id" in attrs) == ("sku" in attrs):
            raise serializers.ValidationError({"sku": [_("Name a variant by its id or its SKU.")]})
        return attrs


class ChangeIn(serializers.Serializer[Any]):
    """`seenRevision` is the order's `revision` that the change is made for. `preview` answers what it would do."""

    seen_revision = serializers.IntegerField(min_value=0)
    remove = UnitsIn(many=True, required=False, default=list)
    add = AddedIn(many=True, required=False, default=list)
    shipping_address = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    delivery_option = serializers.CharField(max_length=40, required=False)
    po_number = LineIO(max_length=60, required=False, allow_blank=True)
    gift_message = LinesIO(max_length=500, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    preview = serializers.BooleanField(required=False, default=False)


class PreviewLineOut(serializers.Serializer[Any]):
    line_id = serializers.UUIDField(allow_null=True)
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    change = serializers.IntegerField()
    total = serializers.CharField()


class PreviewOut(serializers.Serializer[Any]):
    """A `balance` above zero is to be paid, one below zero comes back; `toPay` is what the shopper is asked for."""

    difference = serializers.CharField()
    due = serializers.CharField()
    paid = serializers.CharField()
    balance = serializers.CharField()
    to_pay = serializers.CharField()
    currency = serializers.CharField()
    lines = PreviewLineOut(many=True)


CHANGED = PolymorphicProxySerializer(
    component_name="ChangedOrPreview", serializers=[shapes.OrderOut, PreviewOut], resource_type_field_name=None
)


class CancelIn(serializers.Serializer[Any]):
    """`lines`: units to cancel of an order that goes on; its shopper may until the warehouse begins. Without them the
    whole order is cancelled, which staff may do for customers. `reason` is kept of what staff cancel."""

    lines = UnitsIn(many=True, required=False)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class Changes(StaffView):
    @extend_schema(request=ChangeIn, responses=CHANGED, operation_id="orders_changes_create")
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Change a placed order: units off and on, address, delivery. The difference is asked for, or goes back.

        409 `changed_meanwhile`, `not_editable`, `too_many_units`, `already_shipped`, `out_of_stock`, `not_sellable`,
        `not_deliverable`, `tax_differs`, `tax_unknown`; 422 `nothing_changes`, `address_invalid`. When nothing is left
        of it, the whole order is cancelled: its status says so; 403 for staff who may not cancel orders.
        """
        self.allow(request, EDIT)
        given = ChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        order, wanted = self.order(number), given.validated_data
        wish = _wish(wanted)
        if wanted["preview"]:
            try:
                seen = changes.preview(order_id=order.pk, seen_revision=wanted["seen_revision"], **wish)
                return Response(_preview(seen))
            except changes.EditRefused as refusal:
                raise refused(refusal) from refusal
        _made(
            lambda: changes.edit(
                order_id=order.pk, seen_revision=wanted["seen_revision"], reason=wanted["reason"],
                by=requests.actor(request), may_cancel=request.user.has_perm(transitions.CANCEL), **wish,
            )
        )  # fmt: skip
        return answer(number)

    def replay(self, request: Request, resource: str) -> Response:
        """The order as it is; it was changed by an earlier call."""
        return answer(resource)


def is_for_staff(request: Request, number: str) -> bool:
    """Whether staff cancel this as such: the order of somebody else, or units as long as these are here."""
    if not request.user.is_staff:
        return False
    if has_lines(request) and request.user.has_perm(transitions.CANCEL):
        return True
    found = orders.order(number[:20])
    return found is not None and not access.allowed(request._request, found)


def has_lines(request: Request) -> bool:
    """Whether units are to be cancelled, and not all of an order."""
    return isinstance(request.data, dict) and "lines" in request.data


def cancel_own_units(request: Request, order: Any) -> None:
    """A shopper cancels the units of their own order that are named, as on its page. Raises `ApiError`."""
    given = CancelIn(data=request.data)
    given.is_valid(raise_exception=True)
    units = _units(given.validated_data["lines"])
    _made(lambda: desk.cancel_units(order_id=order.pk, units=units, by=requests.actor(request)))


def cancel(request: Request, number: str) -> Response:
    """Staff cancel an order, or the units of it that are named. Raises `ApiError`, `PermissionDenied`, `Http404`."""
    if not (request.user.is_staff and request.user.has_perm(transitions.CANCEL)):
        raise PermissionDenied
    given = CancelIn(data=request.data)
    given.is_valid(raise_exception=True)
    order = orders.order(number[:20])
    if order is None:
        raise Http404
    wanted, by = given.validated_data, requests.actor(request)
    if "lines" in wanted:
        units = _units(wanted["lines"])
        _made(lambda: changes.cancel_units(order_id=order.pk, units=units, reason=wanted["reason"], by=by))
        return answer(number)
    try:
        bought.cancel_order(order_id=order.pk, by=by, note=wanted["reason"])
    except order_services.TransitionRefused as refusal:
        raise staff.refused(refusal) from refusal
    return answer(number)


def answer(number: str) -> Response:
    """The order as it is now. Not stored with the call: it holds personal data."""
    order = orders.order(number[:20])
    if order is None:
        raise Http404
    response = Response(shapes.order(orders.by_id(order.pk), shipments=parcels.of_order(order.pk)))
    response.resource = number  # type: ignore[attr-defined]
    return response


def _made(change: Any) -> None:
    try:
        change()
    except changes.OrderCancelled:
        return  # its status says so
    except changes.MayNotCancel as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except changes.EditRefused as refusal:
        raise refused(refusal) from refusal


def refused(refusal: changes.EditRefused) -> ApiError:
    """A refused change as the API says it."""
    return ApiError(refusal.code, str(refusal), 422 if refusal.code in _INPUT else 409, refusal.fields or None)


def _wish(wanted: dict[str, Any]) -> dict[str, Any]:
    fields = {name: wanted[name] for name in ("po_number", "gift_message") if name in wanted}
    return {
        "removed": _units(wanted["remove"]),
        "added": _added(wanted["add"]),
        "shipping_address": wanted.get("shipping_address"),
        "delivery_option": wanted.get("delivery_option"),
        "fields": fields,
    }


def _units(rows: list[dict[str, Any]]) -> dict[UUID, int]:
    units: dict[UUID, int] = {}
    for row in rows:
        units[row["line_id"]] = units.get(row["line_id"], 0) + row["quantity"]
    return units


def _added(rows: list[dict[str, Any]]) -> dict[UUID, int]:
    units: dict[UUID, int] = {}
    for row in rows:
        key = products.variant_of(variant_id=row.get("variant_id"), sku=row.get("sku"))
        if key is None:
            fields = {"add": [_("There is no such variant.")]}
            raise ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
        units[key] = units.get(key, 0) + row["quantity"]
    return units


def _preview(found: changes.Preview) -> dict[str, Any]:
    amounts = {
        name: cart_api.amount(getattr(found, name)) for name in ("difference", "due", "paid", "balance", "to_pay")
    }
    lines = [
        {
            "line_id": str(line.line_id) if line.line_id else None,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "change": line.change,
            "total": cart_api.amount(line.total),
        }
        for line in found.lines
    ]
    return {**amounts, "currency": found.due.currency, "lines": lines}
