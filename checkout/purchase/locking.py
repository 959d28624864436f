"""The row lock on what a shopper has entered."""

from __future__ import annotations

from uuid import UUID

from checkout.purchase.models import CheckoutDetails


def details(cart_id: UUID) -> CheckoutDetails:
    """The cart's checkout, locked until the transaction ends; made if there is none yet."""
    CheckoutDetails.objects.get_or_create(cart_id=cart_id)
    return CheckoutDetails.objects.select_for_update().get(cart_id=cart_id)
