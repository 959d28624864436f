"""What staff do with orders over REST: pull a trigger, give money back, dispatch a parcel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from checkout.api import shapes
from checkout.desk import staff as desk
from checkout.fulfilment import selectors as parcels
from checkout.fulfilment import services as fulfilment
from checkout.orders import selectors as orders
from checkout.orders import services as order_services
from checkout.orders import transitions
from checkout.payments import services as payments
from shop.core import requests
from shop.core.money import BadAmount, Money
from shop.core.rest import ApiError, idempotent


class TransitionInput(serializers.Serializer[Any]):
    trigger = serializers.ChoiceField(choices=[row.trigger for row in transitions.TRANSITIONS if row.permission])
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RefundInput(serializers.Serializer[Any]):
    amount = shapes.AmountField(max_digits=16, decimal_places=4, min_value=0)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    to = serializers.ChoiceField(["original", "store_credit"], required=False, default="original")


class CaptureInput(serializers.Serializer[Any]):
    amount = shapes.AmountField(max_digits=16, decimal_places=4, min_value=0)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True, default="")
    is_final = serializers.BooleanField(required=False, default=False)


class ShipmentInput(serializers.Serializer[Any]):
    """Without `shipmentId`: all that is picked leaves as one."""

    shipment_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    carrier = serializers.CharField(max_length=60)
    tracking_number = serializers.CharField(max_length=80)
    tracking_url = serializers.URLField(max_length=500, required=False, allow_blank=True, default="")
    made_for = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text="The order's `revision` that a label from elsewhere was made for; needed once it goes elsewhere.",
    )


ORDER = inline_serializer(
    "StaffOrder",
    {
        "number": serializers.CharField(),
        "status": serializers.CharField(),
        "paymentState": serializers.CharField(),
        "fulfilmentState": serializers.CharField(),
        "possible": serializers.ListField(child=serializers.CharField()),
    },
)
REFUNDS = inline_serializer(
    "StaffRefunds",
    {
        "refunds": inline_serializer(
            "StaffRefund",
            {"id": serializers.UUIDField(), "amount": serializers.CharField(), "status": serializers.CharField()},
            many=True,
        )
    },
)


CAPTURES = inline_serializer(
    "StaffCaptures",
    {
        "captures": inline_serializer(
            "StaffCapture",
            {
                "id": serializers.UUIDField(),
                "amount": serializers.CharField(),
                "status": serializers.CharField(),
                "isFinal": serializers.BooleanField(),
            },
            many=True,
        )
    },
)


class StaffView(APIView):
    """Staff only; each call asks for the permission of what it does."""

    permission_classes = [IsAdminUser]

    def allow(self, request: Request, permission: str | None) -> None:
        if not permission or not request.user.has_perm(permission):
            raise PermissionDenied

    def order(self, number: str) -> Any:
        order = orders.order(number[:20])
        if order is None:
            raise Http404
        return order


def as_json(order: Any) -> dict[str, Any]:
    """An order as staff calls answer it."""
    return {
        "number": order.number,
        "status": order.status,
        "payment_state": order.payment_state,
        "fulfilment_state": order.fulfilment_state,
        "possible": list(order_services.possible(order)),
    }


class Transitions(StaffView):
    @extend_schema(request=TransitionInput, responses=ORDER)
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Pull a trigger. 409 `transition_refused` with what is possible instead; dispatching needs a shipment."""
        given = TransitionInput(data=request.data)
        given.is_valid(raise_exception=True)
        trigger = given.validated_data["trigger"]
        row = transitions.named(trigger)
        self.allow(request, row.permission if row else None)
        if trigger == "package_dispatched":
            raise ApiError("shipment_required", _("Post a shipment with carrier and tracking number."), 409)
        order = self.order(number)
        try:
            order = desk.pull(
                order_id=order.pk, trigger=trigger, note=given.validated_data["note"], by=requests.actor(request)
            )
        except order_services.TransitionRefused as refusal:
            raise refused(refusal) from refusal
        except fulfilment.ShipmentRefused as refusal:
            raise ApiError(refusal.code, str(refusal), 409) from refusal
        return Response(as_json(order))


class Refunds(StaffView):
    @extend_schema(request=RefundInput, responses=REFUNDS)
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Ask for money to be given back; a worker sends it. `to` "store_credit": it is the customer's credit at once.

        409 `refund_too_large` beyond what was captured, `amount_invalid`, `currency_mismatch`, `no_account` for a
        guest's store credit.
        """
        self.allow(request, transitions.REFUND)
        given = RefundInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = self.order(number)
        try:
            made = payments.request_refund(
                order_id=order.pk, amount=_amount(given.validated_data, order),
                reason=given.validated_data["reason"], by=requests.actor(request), to=given.validated_data["to"],
            )  # fmt: skip
        except payments.RefundRefused as refusal:
            raise ApiError(refusal.code, str(refusal), 409) from refusal
        body = [{"id": str(one.pk), "amount": str(one.amount.decimal), "status": one.status} for one in made]
        return Response({"refunds": body}, status=201)


class Captures(StaffView):
    @extend_schema(request=CaptureInput, responses=CAPTURES)
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Ask for money that is held to be taken; a worker sends it. `isFinal` lets the rest go.

        409 `capture_too_large` beyond what is held and due, `not_capturable`, `amount_invalid`, `currency_mismatch`.
        """
        self.allow(request, transitions.REVIEW)
        given = CaptureInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = self.order(number)
        try:
            made = payments.request_capture(
                order_id=order.pk, amount=_amount(given.validated_data, order), by=requests.actor(request),
                is_final=given.validated_data["is_final"],
            )  # fmt: skip
        except payments.CaptureRefused as refusal:
            raise ApiError(refusal.code, str(refusal), 409) from refusal
        body = [
            {"id": str(one.pk), "amount": str(one.amount.decimal), "status": one.status, "is_final": one.is_final}
            for one in made
        ]
        return Response({"captures": body}, status=201)


class Voids(StaffView):
    @extend_schema(request=None, responses=ORDER)
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Let go of what is held and not taken; a worker does it. 409 `not_capturable` when nothing is."""
        self.allow(request, transitions.REVIEW)
        order = self.order(number)
        try:
            payments.request_void(order_id=order.pk, by=requests.actor(request))
        except payments.CaptureRefused as refusal:
            raise ApiError(refusal.code, str(refusal), 409) from refusal
        return Response(as_json(order), status=202)


def _amount(given: dict[str, Any], order: Any) -> Money:
    """The amount of a request, in the order's currency unless it names another one. 400 when that has no such unit."""
    try:
        return Money.of(given["amount"], given["currency"].upper() or order.currency)
    except (BadAmount, ValueError) as error:
        fields = {"amount": [_("Not an amount in %(currency)s.") % {"currency": given["currency"] or order.currency}]}
        raise ApiError("validation_error", _("Some of the input is not valid."), 400, fields) from error


class Shipments(StaffView):
    @extend_schema(request=ShipmentInput, responses={201: ORDER})
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Hand one parcel, or all, to a carrier. 409 `transition_refused` unless the order is ready to ship.

        A parcel by itself may leave as soon as it is picked: 409 `not_picked`, `already_shipped`, `not_on_hand`. Where
        it goes was changed: 409 `label_outdated` for the label from before, `label_unconfirmed` without `madeFor`.
        """
        self.allow(request, transitions.FULFIL)
        given = ShipmentInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = self.order(number)
        told = dict(given.validated_data)
        shipment_id = told.pop("shipment_id")
        try:
            if shipment_id is None:
                order = fulfilment.dispatch(order_id=order.pk, by=requests.actor(request), **told)
            else:
                _own(order, shipment_id)
                fulfilment.dispatch_one(shipment_id=shipment_id, by=requests.actor(request), **told)
                order = self.order(number)
        except order_services.TransitionRefused as refusal:
            raise refused(refusal) from refusal
        except fulfilment.ShipmentRefused as refusal:
            raise ApiError(refusal.code, str(refusal), 409) from refusal
        except fulfilment.TrackingRefused as refusal:
            raise ApiError("validation_error", str(refusal), 400) from refusal
        return Response(as_json(order), status=201)


def _own(order: Any, shipment_id: UUID) -> None:
    """A parcel of this order, and no other. Raises `Http404`."""
    if shipment_id not in {one.pk for one in parcels.shipments_of(order.pk)}:
        raise Http404


def refused(refusal: order_services.TransitionRefused) -> ApiError:
    """A refused transition as the API says it."""
    return ApiError("transition_refused", str(refusal), 409, {"possible": list(refusal.allowed)})
