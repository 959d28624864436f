"""Returns of an order: what may come back, what does, and asking for it, with photos."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.api.shopper import ShopperView, order_of
from checkout.archive.reading import return_opened, steadily
from checkout.orders import access
from checkout.returns import pages, selectors, wording
from checkout.returns import services as returns
from shop.core import db, photos, requests, rest
from shop.core.parsers import JSONParser

_ORDER = OpenApiParameter(access.HEADER, str, OpenApiParameter.HEADER, description="A guest's `accessToken`.")


class ReturnLineIn(serializers.Serializer[Any]):
    """Units of an order line. `exchangeFor` is a variant's id, with the wish "exchange"."""

    line_id = serializers.UUIDField()
    quantity = serializers.IntegerField(min_value=1, max_value=10_000)
    reason = serializers.ChoiceField(choices=wording.reasons())
    condition = serializers.ChoiceField(choices=wording.conditions())
    exchange_for = serializers.UUIDField(required=False, allow_null=True)


class ReturnIn(serializers.Serializer[Any]):
    lines = ReturnLineIn(many=True, allow_empty=False, max_length=200)  # type: ignore[call-arg]
    wish = serializers.ChoiceField(choices=wording.wishes(), default="original")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A variant without the wish for an exchange, or this wish without any variant, contradict each other."""
        has_variant = any(line.get("exchange_for") for line in attrs["lines"])
        if attrs["wish"] == "exchange" and not has_variant:
            raise serializers.ValidationError({"wish": [wording.nothing_instead()]})
        if attrs["wish"] != "exchange" and has_variant:
            raise serializers.ValidationError({"wish": [wording.not_wished()]})
        return attrs


class ReturnForm(serializers.Serializer[Any]):
    """The same as a form, with photos: at most 4, of at most 10 MB each (JPEG, PNG or WebP)."""

    lines = serializers.CharField(help_text="The lines as JSON text.")
    wish = serializers.ChoiceField(choices=wording.wishes(), default="original")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    photos = serializers.ListField(child=serializers.FileField(), required=False)


class ReturnedLineOut(serializers.Serializer[Any]):
    line_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    reason = serializers.CharField()
    condition = serializers.CharField()


class ReturnOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.CharField()
    wish = serializers.CharField()
    answer = serializers.CharField()
    created_at = serializers.DateTimeField()
    lines = ReturnedLineOut(many=True)
    label_url = serializers.CharField(allow_null=True)
    photos = serializers.ListField(child=serializers.CharField())


class ReturnableOut(serializers.Serializer[Any]):
    line_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    until = serializers.DateField(allow_null=True)
    message = serializers.CharField()


class ReturnsOut(serializers.Serializer[Any]):
    """`returnable`: how many units of each line may come back now; `message` says until when, or why none."""

    returns = ReturnOut(many=True)
    returnable = ReturnableOut(many=True)


class Returns(ShopperView):
    parser_classes = [*ShopperView.parser_classes, MultiPartParser]

    @extend_schema(responses=ReturnsOut, parameters=[_ORDER], operation_id="orders_returns_retrieve")
    def get(self, request: Request, number: str) -> Response:
        """The returns of one's own order, and what else of it may come back."""
        return steadily(lambda: order_of(request, number, archived=True), _returns)

    @extend_schema(
        request={"application/json": ReturnIn, "multipart/form-data": ReturnForm},
        responses={201: ReturnOut},
        parameters=[_ORDER],
        operation_id="orders_returns_create",
    )
    @rest.idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Ask to send units back, as JSON or, with photos, as a form. 409 with the reason as `code` when that is not
        possible now: "too_late", "final_sale", "too_many_units", "order_over", "bad_exchange", "bad_photo",
        "too_many_photos", "archived" and so on.
        """
        order = order_of(request, number, archived=True)
        if order.is_archived:
            raise rest.ApiError("archived", wording.archived(), 409)
        given = ReturnIn(data=_data(request))
        given.is_valid(raise_exception=True)
        if is_ratelimited(request._request, group="return", key="ip", rate="20/10m", increment=True):
            raise rest.ApiError("rate_limited", _("Too many tries. Please wait a few minutes."), 429)
        wanted = [
            returns.Wanted(
                one["line_id"], one["quantity"], one["reason"], one["condition"], one.get("exchange_for")
            )
            for one in given.validated_data["lines"]
        ]  # fmt: skip
        try:
            made = returns.request(
                order_id=order.pk, wanted=wanted, wish=given.validated_data["wish"], key=_key(request),
                by=requests.actor(request), comment=given.validated_data["comment"],
                pictures=photos.taken(request.FILES.getlist("photos")),
            )  # fmt: skip
        except (returns.ReturnRefused, photos.BadPhoto) as refused:
            raise rest.ApiError(refused.code, str(refused), 409) from refused
        return _made(made.number)

    def replay(self, request: Request, resource: str) -> Response:
        """The return that an earlier call asked for, as it is now."""
        return _made(resource)


def _made(number: str) -> Response:
    found = selectors.by_number(number)
    if found is None:
        with return_opened(number, may_see=lambda _order: True) as is_there:  # an earlier call of its own
            if not is_there:
                raise Http404
            return _made(number)
    response = Response(_return(selectors.whole(found.pk), found.order.number), status=201)
    response["Location"] = requests.absolute(reverse("return", args=[found.number]))
    response.resource = found.number  # type: ignore[attr-defined]
    return response


def _returns(order: Any) -> Response:
    returnable = [_returnable(row, is_archived=order.is_archived) for row in selectors.returnable(order)]
    made = [_return(one, order.number) for one in selectors.whole_of(order.pk)]
    return Response({"returns": made, "returnable": returnable})


def _returnable(row: Any, *, is_archived: bool) -> dict[str, Any]:
    return {
        "line_id": row.line.pk, "sku": row.line.sku, "name": row.line.name,
        "quantity": 0 if is_archived else row.units, "until": row.ruling.until,
        "message": wording.archived() if is_archived else row.objection or row.promise,
    }  # fmt: skip


def _data(request: Request) -> Any:
    """What was sent, as JSON says it: in a form the lines are JSON text. Raises `ParseError`."""
    if not isinstance(request.data, QueryDict):
        return request.data
    data = request.data.dict()
    if "lines" in data:
        data["lines"] = JSONParser().parse(io.BytesIO(str(data["lines"]).encode()))
    return data


def _return(found: Any, order_number: str) -> dict[str, Any]:
    shown = sorted(found.photos.all(), key=lambda one: one.pk)
    label = requests.absolute(reverse("return_label", args=[found.number])) if pages.has_label(found) else None
    return {
        "number": found.number, "status": found.status, "wish": found.wish, "answer": found.answer,
        "created_at": found.created_at, "label_url": label,
        "photos": [
            requests.absolute(reverse("api_order_return_photo", args=[order_number, found.number, one.pk]))
            for one in shown
        ],
        "lines": [
            {
                "line_id": line.order_line_id, "sku": line.order_line.sku, "name": line.order_line.name,
                "quantity": line.quantity, "reason": line.reason, "condition": line.condition,
            }
            for line in found.lines.all()
        ],
    }  # fmt: skip


def _key(request: Request) -> str:
    """One caller's keys are not another's; without one every call is a new one."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        return f"api:{db.uuid7()}"
    return "api:" + hashlib.sha256(f"{rest.scope(request)}\n{given}".encode()).hexdigest()
