"""Store credit as a provider: the customer's account is the outside."""

from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from checkout.payments.providers import base
from checkout.payments.providers.own_balance import BY, OwnBalance
from checkout.storecredit import selectors, services


def from_settings() -> "StoreCredit":
    """The provider; it needs no settings."""
    return StoreCredit()


class StoreCredit(OwnBalance):
    """The accounts of ``checkout.storecredit``."""

    code = "store_credit"
    label = cast(str, _("Store credit"))
    prefix = "sc_"
    decline_code = "insufficient_credit"
    services, selectors = services, selectors

    def why_not(self, request: base.ChargeRequest) -> str:
        return "" if request.customer_reference else cast(str, _("Please sign in to use your store credit."))

    def set_aside(self, request: base.ChargeRequest) -> None:
        services.hold(
            customer_id=UUID(request.customer_reference), payment_id=UUID(request.payment_id), amount=request.amount,
            document=request.order_number, key=request.idempotency_key, by=BY,
        )  # fmt: skip

    def not_enough(self) -> str:
        return cast(str, _("There is not enough store credit any more. Nothing was taken of it."))
