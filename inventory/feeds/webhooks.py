"""Where warehouses and suppliers tell us what they moved: `POST /api/stock/movements`."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from inventory.feeds import rules, services
from shop.core import rest

RATE = "600/m"  # for one address; ten messages a second, each of up to 500 movements

# Every refusal: its HTTP status and its sentence. Who is not known by his signature learns no more than 400.
REFUSALS: dict[str, tuple[int, Promise]] = {
    "unknown_feed": (400, _("There is no such feed. Send its code as X-Feed.")),
    "bad_signature": (400, _("The signature is wrong.")),
    "bad_message_id": (400, _("A webhook-id has 1 to 64 letters, digits, “_”, “-” and “:”.")),
    "timestamp_too_old": (400, _("The timestamp is more than five minutes old.")),
    "timestamp_too_new": (400, _("The timestamp is more than five minutes ahead.")),
    "body_too_large": (400, _("The message is too large.")),
    "invalid_json": (400, _("The message is no JSON.")),
    "validation_error": (400, _("Some of the message is not valid.")),
    "too_many": (400, _("The message has too many movements.")),
    "bad_quantity": (400, _("A change is a whole number of units other than 0, up or down as its reason says.")),
    "unknown_reason": (400, _("There is no such reason.")),
    "feed_inactive": (403, _("This feed is switched off.")),
    "reason_not_allowed": (403, _("This feed may not move stock for this reason.")),
    "location_not_allowed": (403, _("This feed may not move stock at this location.")),
    "unknown_location": (404, _("There is no such location.")),
    "unknown_sku": (404, _("There is no such item.")),
    "would_go_below_zero": (409, _("Fewer units are on hand than would leave.")),
    "out_of_order": (409, _("A message with this sequence or a later one was accepted before.")),
    "still_running": (409, _("The same message is being taken in just now.")),
    "idempotency_mismatch": (422, _("Another message was sent with this id.")),
    "rate_limited": (429, _("Too many messages. Please wait a minute.")),
}


class StockMovementIn(serializers.Serializer[Any]):
    """Units in or out, of the variant with this id or SKU."""

    sku = serializers.CharField(required=False, max_length=rules.MAX_SKU)
    variant_id = serializers.UUIDField(required=False)
    location = serializers.CharField(max_length=rules.MAX_LOCATION, help_text="The location's code.")
    change = serializers.IntegerField(
        min_value=-rules.MAX_CHANGE, max_value=rules.MAX_CHANGE, help_text="Units in (+) or out (−), not 0."
    )
    reason = serializers.ChoiceField(choices=list(rules.REASONS))
    document = serializers.CharField(required=False, max_length=rules.MAX_DOCUMENT, help_text="Your own reference.")


class StockMessageIn(serializers.Serializer[Any]):
    """All of the movements are made, in their order, or none."""

    sequence = serializers.IntegerField(
        required=False, min_value=0, help_text="Must grow from message to message of a feed."
    )
    movements = serializers.ListField(child=StockMovementIn(), min_length=1, max_length=rules.MAX_MOVEMENTS)


class StockMovedOut(serializers.Serializer[Any]):
    """A movement that was made, and the units on hand after it."""

    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    location = serializers.CharField()
    change = serializers.IntegerField()
    on_hand = serializers.IntegerField()


class StockAnswerOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    sequence = serializers.IntegerField(allow_null=True)
    movements = StockMovedOut(many=True)


def _header(name: str, about: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True, description=about)


class StockMovements(APIView):
    """The signature is the only key: cookies and tokens mean nothing here."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="stock_movements_create",
        request=StockMessageIn,
        responses={
            200: StockAnswerOut,
            **{
                status: OpenApiResponse(
                    description="Nothing was done: "
                    + ", ".join(f"`{code}`" for code, (given, _text) in REFUSALS.items() if given == status)
                )
                for status in sorted({status for status, _text in REFUSALS.values()})
            },
        },
        parameters=[
            _header("X-Feed", "The feed's code."),
            _header("webhook-id", "Names this message: sent again, it is not done again."),
            _header("webhook-timestamp", "Unix seconds, at most five minutes from now."),
            _header("webhook-signature", "As Standard Webhooks says: `v1,` and the HMAC-SHA256 in base64."),
        ],
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        """Move stock by differences, signed by a warehouse or supplier (Standard Webhooks). All of it or nothing.

        The same `webhook-id` with the same body gets the same answer and moves nothing again.
        """
        headers = request.headers
        names = {"feed_code": headers.get("X-Feed", ""), "message_id": headers.get("webhook-id", "")}
        try:
            answer = services.accept(
                **names,
                timestamp=headers.get("webhook-timestamp", ""),
                signature=headers.get("webhook-signature", ""),
                body=_body(request, names),
            )
        except services.Refused as refused:
            raise _error(refused) from refused
        return HttpResponse(answer, content_type="application/json")


def _body(request: Request, names: dict[str, str]) -> bytes:
    """The raw body; one that says it is longer than allowed is not read at all, and no more of any than is allowed."""
    if is_ratelimited(request._request, group="feed", key="ip", rate=RATE, increment=True):
        raise services.refused("rate_limited", **names)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > rules.MAX_BYTES:
        raise services.refused("body_too_large", **names)
    return request._request.read(rules.MAX_BYTES)


def _error(refused: services.Refused) -> rest.ApiError:
    status, sentence = REFUSALS[refused.code]
    wait = 60 if status == 429 else None  # that many seconds `RATE` counts for
    return rest.ApiError(refused.code, str(sentence), status, _fields(refused, str(sentence)), wait=wait)


def _fields(refused: services.Refused, sentence: str) -> dict[str, Any] | None:
    """The movement at fault by its position, and the member of it that is, if one is."""
    if refused.position is None:
        return {refused.field: [sentence]} if refused.field else None
    return {"movements": {str(refused.position): {refused.field: [sentence]} if refused.field else [sentence]}}
