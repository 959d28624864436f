"""Gift cards as a provider: a payment's token is the id of the card that it is paid with."""

from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from checkout.giftcards import selectors
from checkout.giftcards import spending as services
from checkout.payments.providers import base
from checkout.payments.providers.own_balance import BY, OwnBalance


def from_settings() -> "GiftCard":
    """The provider; it needs no settings."""
    return GiftCard()


class GiftCard(OwnBalance):
    """The cards of ``checkout.giftcards``."""

    code = "gift_card"
    label = cast(str, _("Gift card"))
    prefix = "gc_"
    decline_code = "insufficient_gift_card"
    services, selectors = services, selectors

    def why_not(self, request: base.ChargeRequest) -> str:
        return "" if request.token else cast(str, _("Please enter the code of your gift card."))

    def set_aside(self, request: base.ChargeRequest) -> None:
        services.hold(
            card_id=UUID(request.token), payment_id=UUID(request.payment_id), amount=request.amount,
            document=request.order_number, key=request.idempotency_key, by=BY,
        )  # fmt: skip

    def not_enough(self) -> str:
        return cast(str, _("There is not enough on the gift card any more. Nothing was taken of it."))
