"""What the desk does over REST: notes on orders, drafts and the orders they become."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cart import api as cart_api
from catalog.products import selectors as products
from checkout.api import paying, places, shapes
from checkout.api.changes import EDIT, AddedIn
from checkout.api.staff import ORDER, StaffView, as_json
from checkout.drafts import selectors, services
from checkout.notes import services as notes
from checkout.purchase import services as purchase
from shop.core import requests
from shop.core.fields import LineIO, LinesIO
from shop.core.money import BadAmount, Money, exponent
from shop.core.rest import ApiError, idempotent

RECORD = "checkout.record_payment"
_INPUT = {
    "unknown_product", "not_sellable", "cart_full", "incomplete", "unknown_way", "not_deliverable",
    "currency_not_delivered",
}  # fmt: skip
_CODES = {purchase.CouponUsedUp: "coupon_used_up", purchase.Busy: "busy"}  # the others know their own


class NoteIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=notes.LONGEST)
    is_shown_to_customer = serializers.BooleanField(required=False, default=False)


class NoteOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    is_shown_to_customer = serializers.BooleanField()
    at = serializers.DateTimeField()


class DraftIn(serializers.Serializer[Any]):
    """Nothing is needed before the draft is placed."""

    email = serializers.EmailField(required=False, allow_blank=True, default="")
    items = AddedIn(many=True, required=False, default=list)
    shipping_address = places.AddressIO(required=False)
    billing_address = places.AddressIO(required=False)
    delivery_option = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    coupons = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True, default="")
    language = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    po_number = LineIO(max_length=60, required=False, allow_blank=True, default="")
    gift_message = LinesIO(max_length=500, required=False, allow_blank=True, default="")
    vat_id = shapes.VatIdIO()
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    def validate_currency(self, value: str) -> str:
        code = value.upper()
        try:
            exponent(code or settings.DEFAULT_CURRENCY)
        except BadAmount as error:
            raise serializers.ValidationError(_("There is no such currency.")) from error
        return code

    def validate_language(self, value: str) -> str:
        if value and value not in dict(settings.LANGUAGES):
            raise serializers.ValidationError(_("The shop does not speak this language."))
        return value


class DraftOut(serializers.Serializer[Any]):
    """`missing` and `short` say why it cannot be placed yet; `order` is the number of what it became."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    total = serializers.CharField()
    currency = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    short = serializers.ListField(child=serializers.CharField())
    order = serializers.CharField(allow_null=True)


class PlaceIn(serializers.Serializer[Any]):
    """`payment`: "link" mails the order's page, on which the customer chooses; "cash" and "received" say that the
    money is here, the latter with the line of the bank's statement as its `receipt`."""

    seen_version = serializers.IntegerField(min_value=1)
    expected_total = shapes.AmountField(max_digits=16, decimal_places=4, min_value=0)
    payment = serializers.ChoiceField(sorted(services.PROVIDERS))
    receipt = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class Notes(StaffView):
    @extend_schema(request=NoteIn, responses={201: NoteOut}, operation_id="orders_notes_create")
    @idempotent()
    def post(self, request: Request, number: str) -> Response:
        """Note something about an order; what is for the customer stands on its page and is mailed, once."""
        self.allow(request, EDIT)
        given = NoteIn(data=request.data)
        given.is_valid(raise_exception=True)
        order = self.order(number)
        try:
            note = notes.add(order_id=order.pk, by=requests.actor(request), **given.validated_data)
        except notes.NoteRefused as refused:
            raise ApiError("validation_error", str(refused), 400) from refused
        return Response(NoteOut(note).data, status=201)


class Drafts(StaffView):
    @extend_schema(request=DraftIn, responses={201: DraftOut}, operation_id="drafts_create")
    @idempotent()
    def post(self, request: Request) -> Response:
        """A new draft order. Nothing is held in stock before it is placed."""
        self.allow(request, EDIT)
        given = DraftIn(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        data["vat_id"] = paying.vat_id(request, data["vat_id"], data.get("shipping_address"))
        wish = services.Wish(units=_units(data.pop("items")), **data)
        try:
            draft = services.create(wish=wish, by=requests.actor(request))
        except services.REFUSALS as refused:
            raise _refused(refused) from refused
        return Response(_shown(draft), status=201)


class PlaceDraft(StaffView):
    @extend_schema(request=PlaceIn, responses={201: ORDER}, operation_id="drafts_place_create")
    @idempotent()
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Make the one order of a draft, however often asked.

        409 `changed_meanwhile`, `price_changed`, `out_of_stock`, `gone`; 422 `incomplete`, `not_deliverable`.
        """
        self.allow(request, EDIT)
        given = PlaceIn(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        if data["payment"] in services.HERE:
            self.allow(request, RECORD)
        draft = selectors.draft(draft_id)
        if draft is None:
            raise Http404
        try:
            order = services.place(
                draft_id=draft_id, seen_version=data["seen_version"], way=data["payment"], receipt=data["receipt"],
                seen_total=_total(data["expected_total"], selectors.currency_of(draft)), by=requests.actor(request),
            )  # fmt: skip
        except (services.DraftRefused, *services.REFUSALS) as refused:
            raise _refused(refused) from refused
        return Response(as_json(order), status=201)


def _units(rows: list[dict[str, Any]]) -> dict[UUID, int]:
    units: dict[UUID, int] = {}
    for row in rows:
        key = products.variant_of(variant_id=row.get("variant_id"), sku=row.get("sku"))
        if key is None:
            fields = {"items": [_("There is no such variant.")]}
            raise ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
        units[key] = units.get(key, 0) + row["quantity"]
    return units


def _total(amount: Any, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except BadAmount as error:
        raise ApiError("validation_error", str(error), 400) from error


def _refused(refused: Exception) -> ApiError:
    """A refusal as the API says it: 400 for what is no number, 422 for what is wrong in itself, 409 for the rest."""
    code = str(_CODES.get(type(refused)) or getattr(refused, "code", "refused"))
    status = 400 if code == "validation_error" else 422 if code in _INPUT else 409
    return ApiError(code, str(refused), status)


def _shown(draft: Any) -> dict[str, Any]:
    look = selectors.look(draft)
    return {
        "id": str(draft.pk),
        "number": str(draft),
        "version": look.cart.version,
        "total": cart_api.amount(look.total),
        "currency": look.cart.currency,
        "missing": list(look.missing),
        "short": list(look.short),
        "order": look.order.number if look.order else None,
    }
