"""Table of contents of the checkout's admin pages; nobody imports through it."""

from checkout.desk.admin import OrderAdmin
from checkout.fulfilment.admin import ShipmentAdmin
from checkout.payments.admin import PaymentAdmin, PaymentEventAdmin, ProviderEventAdmin, RefundAdmin
from checkout.purchase.admin import QueuedOrderAdmin

__all__ = [
    "OrderAdmin",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "ProviderEventAdmin",
    "QueuedOrderAdmin",
    "RefundAdmin",
    "ShipmentAdmin",
]
