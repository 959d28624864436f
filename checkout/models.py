"""Table of contents of the checkout's tables; nobody imports through it."""

from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderLine, OrderStep
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent, Refund
from checkout.purchase.models import CheckoutDetails, QueuedOrder

__all__ = [
    "CheckoutDetails",
    "Order",
    "OrderLine",
    "OrderStep",
    "Payment",
    "PaymentEvent",
    "ProviderEvent",
    "QueuedOrder",
    "Refund",
    "Shipment",
    "ShipmentLine",
]
