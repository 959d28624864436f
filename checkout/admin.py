"""Table of contents of the checkout's admin pages; nobody imports through it."""

from checkout.desk.admin import OrderAdmin
from checkout.fulfilment.admin import ShipmentAdmin
from checkout.payments.admin import PaymentAdmin, PaymentEventAdmin, ProviderEventAdmin, RefundAdmin
from checkout.payments.route_admin import PaymentRouteAdmin
from checkout.purchase.admin import QueuedOrderAdmin
from checkout.receivables.admin import ReceivableAdmin
from checkout.storecredit.admin import CreditAccountAdmin, CreditEntryAdmin

__all__ = [
    "CreditAccountAdmin",
    "CreditEntryAdmin",
    "OrderAdmin",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "PaymentRouteAdmin",
    "ProviderEventAdmin",
    "QueuedOrderAdmin",
    "ReceivableAdmin",
    "RefundAdmin",
    "ShipmentAdmin",
]
