"""Table of contents of the checkout's tables; nobody imports through it."""

from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderLine, OrderStep
from checkout.payments.models import Payment, PaymentEvent, PaymentRoute, ProviderEvent, Refund, SavedCard
from checkout.purchase.models import CheckoutDetails, QueuedOrder
from checkout.receivables.models import Receivable, ReceivableEntry
from checkout.storecredit.models import CreditAccount, CreditEntry

__all__ = [
    "CheckoutDetails",
    "CreditAccount",
    "CreditEntry",
    "Order",
    "OrderLine",
    "OrderStep",
    "Payment",
    "PaymentEvent",
    "PaymentRoute",
    "ProviderEvent",
    "QueuedOrder",
    "Receivable",
    "ReceivableEntry",
    "Refund",
    "SavedCard",
    "Shipment",
    "ShipmentLine",
]
