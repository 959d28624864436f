"""Table of contents of the checkout's tables; nobody imports through it."""

from checkout.archive.models import ArchivedOrder
from checkout.cards.models import SavedCard
from checkout.disputes.models import Dispute
from checkout.drafts.models import Draft
from checkout.fulfilment.models import ForgottenLabel, Shipment, ShipmentLine, TrackingEvent
from checkout.giftcards.models import GiftCard, GiftCardBatch, GiftCardEntry
from checkout.holds.models import HoldStep
from checkout.invoices.models import Document, DocumentCounter, InvoiceDetails
from checkout.ledger.models import LedgerEntry
from checkout.notes.models import OrderNote
from checkout.orders.models import Order, OrderChange, OrderLine, OrderStep
from checkout.payments.models import (
    Capture,
    Payment,
    PaymentEvent,
    PaymentOptions,
    PaymentRoute,
    ProviderEvent,
    Refund,
)
from checkout.purchase.models import CheckoutDetails, QueuedOrder
from checkout.receivables.models import Receivable, ReceivableEntry
from checkout.reconciliation.models import Difference, Reconciliation
from checkout.returns.models import (
    ReimbursedLine,
    Reimbursement,
    Return,
    ReturnLine,
    ReturnPhoto,
    ReturnRule,
    ReturnStep,
    ReturnUnit,
)
from checkout.simulation.models import Simulation
from checkout.storecredit.models import CreditAccount, CreditEntry
from checkout.warehouse.models import ParcelToPick, PickScan, PickWave, PrintJob, WaveParcel

__all__ = [
    "ArchivedOrder",
    "Capture",
    "CheckoutDetails",
    "CreditAccount",
    "CreditEntry",
    "Difference",
    "Dispute",
    "Document",
    "DocumentCounter",
    "Draft",
    "ForgottenLabel",
    "GiftCard",
    "GiftCardBatch",
    "GiftCardEntry",
    "HoldStep",
    "InvoiceDetails",
    "LedgerEntry",
    "Order",
    "OrderChange",
    "OrderLine",
    "OrderNote",
    "OrderStep",
    "ParcelToPick",
    "Payment",
    "PaymentEvent",
    "PaymentOptions",
    "PaymentRoute",
    "PickScan",
    "PickWave",
    "PrintJob",
    "ProviderEvent",
    "QueuedOrder",
    "Receivable",
    "ReceivableEntry",
    "Reconciliation",
    "Refund",
    "ReimbursedLine",
    "Reimbursement",
    "Return",
    "ReturnLine",
    "ReturnPhoto",
    "ReturnRule",
    "ReturnStep",
    "ReturnUnit",
    "SavedCard",
    "Shipment",
    "ShipmentLine",
    "Simulation",
    "TrackingEvent",
    "WaveParcel",
]
