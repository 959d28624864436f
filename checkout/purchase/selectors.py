"""Reads of what was entered on the way to an order."""

from __future__ import annotations

from uuid import UUID

from checkout.purchase.models import CheckoutDetails


def details_of(cart_id: UUID) -> CheckoutDetails | None:
    """What was entered for this cart; None before the first step was completed."""
    found = CheckoutDetails.objects.filter(cart_id=cart_id).first()
    return found if found and found.email and found.shipping_address else None
