"""Invoices and credit notes of an order, as its calls tell of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers

from cart import api as cart_api
from checkout.invoices import selectors
from shop.core import requests


class DocumentOut(serializers.Serializer[Any]):
    """An invoice or credit note. `url` is the PDF, for whoever may see the order."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=["invoice", "credit_note"])
    issued_on = serializers.DateField()
    total = serializers.CharField()
    url = serializers.CharField()


def documents(order_id: UUID, number: str) -> list[dict[str, Any]]:
    """An order's documents in the API's shape, oldest first. One query."""
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "issued_on": one.issued_on.isoformat(),
            "total": cart_api.amount(one.gross),
            "url": requests.absolute(reverse("api_order_document", args=[number, one.number])),
        }
        for one in selectors.documents_of(order_id)
    ]
