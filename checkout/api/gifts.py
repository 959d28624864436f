"""What is left on a gift card, for whoever has its code."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cart import api as cart_api
from checkout.api.shopper import ShopperView
from checkout.giftcards import selectors, views, wording
from shop.core import rest


class CodeIn(serializers.Serializer[Any]):
    """The code of a card in any case, with or without spaces and hyphens."""

    code = serializers.CharField(max_length=40)


class BalanceOut(serializers.Serializer[Any]):
    """`problem` says why nothing can be paid with it now; empty if something can."""

    ends_in = serializers.CharField()
    balance = serializers.CharField()
    currency = serializers.CharField()
    valid_until = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()


class Balance(ShopperView):
    @extend_schema(request=CodeIn, responses=BalanceOut, operation_id="gift_cards_balance")
    def post(self, request: Request) -> Response:
        """What is left on a gift card. 404 `gift_card_unknown` for a code that there is not, or that was ended; 429
        `rate_limited` after ten codes in ten minutes."""
        given = CodeIn(data=request.data)
        given.is_valid(raise_exception=True)
        if views.is_guessing(request._request):
            raise rest.ApiError("rate_limited", views.too_many(), 429)
        card = selectors.with_code(given.validated_data["code"])
        if card is None:
            raise rest.ApiError("gift_card_unknown", wording.unknown(), 404)
        return Response(
            {
                "ends_in": card.last4,
                "balance": cart_api.amount(card.balance),
                "currency": card.balance.currency,
                "valid_until": card.expires_at.isoformat() if card.expires_at else None,
                "problem": wording.why_not(card, card.balance.currency),
            }
        )
