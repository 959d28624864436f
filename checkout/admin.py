"""Table of contents of the checkout's admin pages; nobody imports through it."""

from checkout.desk.admin import OrderAdmin
from checkout.desk.archived import ArchivedOrderPages
from checkout.disputes.admin import DisputeAdmin
from checkout.drafts.admin import DraftAdmin
from checkout.fulfilment.admin import ForgottenLabelAdmin, ShipmentAdmin
from checkout.giftcards.admin import GiftCardAdmin
from checkout.giftcards.batch_admin import GiftCardBatchAdmin
from checkout.invoices.admin import DocumentAdmin, InvoiceDetailsAdmin
from checkout.ledger.admin import LedgerEntryAdmin
from checkout.payments.admin import (
    CaptureAdmin,
    PaymentAdmin,
    PaymentEventAdmin,
    PaymentOptionsAdmin,
    ProviderEventAdmin,
    RefundAdmin,
)
from checkout.payments.route_admin import PaymentRouteAdmin
from checkout.purchase.admin import QueuedOrderAdmin
from checkout.receivables.admin import ReceivableAdmin
from checkout.reconciliation.admin import DifferenceAdmin, ReconciliationAdmin
from checkout.returns.admin import ReturnAdmin, ReturnRuleAdmin
from checkout.simulation.admin import SimulationAdmin
from checkout.storecredit.admin import CreditAccountAdmin, CreditEntryAdmin
from checkout.warehouse.admin import ParcelToPickAdmin
from checkout.warehouse.print_admin import PrintJobAdmin
from checkout.warehouse.wave_admin import PickWaveAdmin

__all__ = [
    "ArchivedOrderPages",
    "CaptureAdmin",
    "CreditAccountAdmin",
    "CreditEntryAdmin",
    "DifferenceAdmin",
    "DisputeAdmin",
    "DocumentAdmin",
    "DraftAdmin",
    "ForgottenLabelAdmin",
    "GiftCardAdmin",
    "GiftCardBatchAdmin",
    "InvoiceDetailsAdmin",
    "LedgerEntryAdmin",
    "OrderAdmin",
    "ParcelToPickAdmin",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "PaymentOptionsAdmin",
    "PaymentRouteAdmin",
    "PickWaveAdmin",
    "PrintJobAdmin",
    "ProviderEventAdmin",
    "QueuedOrderAdmin",
    "ReceivableAdmin",
    "ReconciliationAdmin",
    "RefundAdmin",
    "ReturnAdmin",
    "ReturnRuleAdmin",
    "ShipmentAdmin",
    "SimulationAdmin",
]
