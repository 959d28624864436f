"""The cart over REST: `GET cart`, `POST cart/items` and so on. Every answer is the whole cart.

Guests keep it by the `X-Cart-Token` that the first answer carries (header, and `token` in the body). Prices that a
client sends are ignored, because no field reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cart.api_shapes import (
    CouponIn,
    CurrencyIn,
    CustomizationOut,
    ExplainedOut,
    GiftOut,
    PartOut,
    QuantityIn,
    TotalsOut,
    amount,
    customizations_of,
    explained,
    gift,
    part,
)  # fmt: skip
from cart.carts import access, choosing, rules, selectors, services, sums
from cart.promotions import rules as codes
from catalog.customizations import rules as customizing
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core import requests, rest
from shop.core.money import Money
from shop.currencies import api as paying
from shop.currencies import selectors as currencies

if TYPE_CHECKING:
    from cart.carts.models import Cart

_STATUS = {
    services.BadQuantity: 400,
    services.BadCustomizations: 400,
    services.UnknownVariant: 404,
    services.UnknownLine: 404,
    services.NotSellable: 409,
    services.NotEnoughStock: 409,
    services.CartFull: 409,
    services.CartClosed: 409,
}
_CURRENCY = OpenApiParameter("currency", str, description="Of a cart that begins with this call (ISO 4217).")
_TOKEN = OpenApiParameter(access.HEADER, str, OpenApiParameter.HEADER, description="A guest's cart.")


class ItemIn(serializers.Serializer[Any]):
    """What to put in: `productId` (its default variant), `variantId` or `sku`. `customizations` answer what the product
    asks (`customFields` of a product), by code: a text, one of the choices, or true.
    """

    product_id = serializers.UUIDField(required=False)
    variant_id = serializers.UUIDField(required=False)
    sku = serializers.CharField(required=False, max_length=255)
    quantity = serializers.IntegerField(min_value=1, max_value=rules.MAX_QUANTITY, default=1)
    customizations = serializers.JSONField(required=False, default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"product_id", "variant_id", "sku"} & set(attrs):
            raise serializers.ValidationError({"product_id": [_("Send productId, variantId or sku.")]})
        if not isinstance(attrs["customizations"], dict):
            raise serializers.ValidationError({"customizations": [_("Send an object: answers by code.")]})
        return attrs


class ItemOut(serializers.Serializer[Any]):
    """A line; `available` is how many units of it can be had now."""

    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    options = serializers.CharField()
    customizations = CustomizationOut(many=True)
    parts = PartOut(many=True)
    quantity = serializers.IntegerField()
    unit_price = serializers.CharField()
    line_total = serializers.CharField()
    currency = serializers.CharField(help_text="The cart's, but of what is not sold in that.")
    available = serializers.IntegerField()
    availability = serializers.ChoiceField(["in_stock", "preorder", "backorder", "out"])
    expected_on = serializers.DateField(allow_null=True)
    messages = serializers.ListField(child=serializers.CharField())


class CartOut(ExplainedOut):
    """The whole cart. `token` is a guest's `X-Cart-Token`; customers have none. `hints` say which promotions are nearly
    reached.
    """

    items = ItemOut(many=True)
    gifts = GiftOut(many=True)
    totals = TotalsOut()
    currency = serializers.CharField()
    coupons = serializers.ListField(child=serializers.CharField())
    messages = serializers.ListField(child=serializers.CharField())
    hints = serializers.ListField(child=serializers.CharField())
    token = serializers.CharField(allow_null=True)


def totals_of(summary: sums.Summary) -> dict[str, str | None]:
    """The sums of a quote as the API gives them."""
    return {
        "subtotal": amount(summary.subtotal),
        "discounts": amount(summary.discount or Money.zero(summary.total.currency)),
        "shipping": amount(summary.shipping) if summary.shipping is not None else None,
        "tax": amount(summary.tax) if summary.tax is not None else None,
        "total": amount(summary.total),
    }


class CartView(APIView):
    """What all calls on the cart share."""

    permission_classes = [access.OwnCart]

    def open_cart(self, request: Request) -> Cart:
        """The caller's cart. Raises 404 when there is none."""
        found = services.current(request)
        if found is None:
            raise rest.ApiError("not_found", _("There is no such line in your cart."), 404)
        return found

    def answer(self, request: Request) -> Response:
        """The cart as it is now."""
        found = services.current(request)
        view = selectors.view(found, currency=currencies.of(request), standing=accounts.standing_of(request))
        token = found.token if found is not None and found.customer_id is None else None
        headers = {"Cache-Control": "private, no-store", "Vary": f"Cookie, Authorization, {access.HEADER}"}
        if token:
            headers[access.HEADER] = token
        return Response(_body(view, token), headers=headers)


class CartResource(CartView):
    @extend_schema(responses=CartOut, parameters=[_TOKEN], operation_id="cart_retrieve")
    def get(self, request: Request) -> Response:
        """The cart; an empty one for a visitor without."""
        paying.paid_in(request)
        if (found := services.current(request)) is not None:
            services.prolong(cart=found)
        return self.answer(request)

    @extend_schema(request=CurrencyIn, responses=CartOut, parameters=[_TOKEN], operation_id="cart_partial_update")
    @rest.idempotent()
    def patch(self, request: Request) -> Response:
        """Pay in another currency: the whole cart changes. 400 `unknown_currency` for one that the shop has not."""
        given = CurrencyIn(data=request.data)
        given.is_valid(raise_exception=True)
        currency = paying.checked(given.validated_data["currency"])
        services.begun(request)
        currencies.choose(request, currency)
        kept = Response()
        choosing.remember(request, kept, currency)
        answer = self.answer(request)
        answer.cookies = kept.cookies
        return answer

    @extend_schema(responses=CartOut, parameters=[_TOKEN])
    @rest.idempotent()
    def delete(self, request: Request) -> Response:
        """Take everything out."""
        if (found := services.current(request)) is not None:
            do(lambda: services.clear(cart=found, by=requests.actor(request)))
        return self.answer(request)


class CartItems(CartView):
    @extend_schema(request=ItemIn, responses=CartOut, parameters=[_TOKEN, _CURRENCY])
    @rest.idempotent()
    def post(self, request: Request) -> Response:
        """Put units in. 409 `out_of_stock` when fewer are available; then nothing is changed."""
        given = ItemIn(data=request.data)
        given.is_valid(raise_exception=True)
        item = given.validated_data
        variant_id = products.variant_of(
            product_id=item.get("product_id"), variant_id=item.get("variant_id"), sku=item.get("sku")
        )
        if variant_id is None:
            raise rest.ApiError("not_found", _("This product does not exist."), 404)
        paying.paid_in(request)  # it is one that there is
        found = services.begun(request)
        paying.agreed(request.query_params.get("currency", ""), found.currency)
        by = requests.actor(request)
        wanted = {"quantity": item["quantity"], "customizations": item["customizations"]}
        do(lambda: services.add(cart=found, variant_id=variant_id, by=by, **wanted))
        return self.answer(request)


class CartItem(CartView):
    @extend_schema(request=QuantityIn, responses=CartOut, parameters=[_TOKEN])
    @rest.idempotent()
    def patch(self, request: Request, line_id: UUID) -> Response:
        """Make a line hold `quantity` units; 0 removes it."""
        given = QuantityIn(data=request.data)
        given.is_valid(raise_exception=True)
        quantity, found, by = given.validated_data["quantity"], self.open_cart(request), requests.actor(request)
        do(lambda: services.set_quantity(cart=found, line_id=line_id, quantity=quantity, by=by))
        return self.answer(request)

    @extend_schema(responses=CartOut, parameters=[_TOKEN])
    @rest.idempotent()
    def delete(self, request: Request, line_id: UUID) -> Response:
        """Take a line out."""
        found, by = self.open_cart(request), requests.actor(request)
        do(lambda: services.remove(cart=found, line_id=line_id, by=by))
        return self.answer(request)


class CartCoupons(CartView):
    @extend_schema(request=CouponIn, responses=CartOut, parameters=[_TOKEN])
    @rest.idempotent()
    def post(self, request: Request) -> Response:
        """Add a coupon. 409 `coupon_not_applicable` with the reason when it takes nothing off."""
        given = CouponIn(data=request.data)
        given.is_valid(raise_exception=True)
        if is_ratelimited(request._request, group="coupon", key="ip", rate="15/10m", increment=True):
            raise rest.ApiError("rate_limited", _("Too many tries. Please wait a few minutes."), 429)
        code = codes.canonical(given.validated_data["code"])
        found = services.current(request)
        view = selectors.view(found, currency=currencies.of(request), with_code=code)
        code = selectors.coupon_of(view, code)
        problem = selectors.objection(view, code)
        if found is None or problem:
            raise rest.ApiError("coupon_not_applicable", problem or _("Your cart is empty."), 409)
        do(lambda: services.add_coupon(cart=found, code=code, by=requests.actor(request)))
        return self.answer(request)


class CartCoupon(CartView):
    @extend_schema(responses=CartOut, parameters=[_TOKEN])
    @rest.idempotent()
    def delete(self, request: Request, code: str) -> Response:
        """Take a coupon off."""
        if (found := services.current(request)) is not None:
            do(lambda: services.remove_coupon(cart=found, code=codes.canonical(code), by=requests.actor(request)))
        return self.answer(request)


def do(change: Callable[[], object]) -> None:
    """Run a command of the cart; its refusals become the API's."""
    try:
        change()
    except services.CartRefused as refused:
        fields = {"quantity": [refused.message]} if isinstance(refused, services.BadQuantity) else None
        if isinstance(refused, services.BadCustomizations):
            fields = {f"customizations.{code}": [text] for code, text in refused.fields.items()}
        raise rest.ApiError(refused.code, refused.message, _STATUS[type(refused)], fields) from refused


def _body(view: selectors.CartView, token: str | None) -> dict[str, Any]:
    return {
        "items": [_item(line) for line in view.lines],
        "gifts": [gift(line) for line in view.gifts],
        "totals": totals_of(view.summary),
        **explained(view.quote),
        "currency": view.quote.currency,
        "coupons": [row.code for row in view.coupons],
        "messages": list(view.notices),
        "hints": list(view.quote.hints),
        "token": token,
    }


def _item(line: selectors.LineView) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "product_id": str(line.product_id),
        "variant_id": str(line.variant_id),
        "sku": line.sku,
        "name": line.name,
        "options": line.options,
        "parts": [part(one) for one in line.parts],
        "customizations": customizations_of(customizing.kept(line.customizations), line.unit_price.currency),
        "quantity": line.quantity,
        "unit_price": amount(line.unit_price),
        "line_total": amount(line.line_total),
        "currency": line.unit_price.currency,
        "available": line.available,
        "availability": line.availability,
        "expected_on": line.expected_on.isoformat() if line.expected_on else None,
        "messages": list(line.notices),
    }
