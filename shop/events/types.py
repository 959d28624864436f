"""Every event of the shop. Events are facts in the past tense; they carry ids, never models or personal data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shop.events.base import Event
from shop.events.goods import (  # noqa: F401  (named here as all the others are)
    BrandChanged,
    CategoryChanged,
    CurrencyChanged,
    PriceChanged,
    PricesChanged,
    ProductChanged,
    ProductsImported,
    ProductTypeChanged,
    PromotionChanged,
    ReservationExpired,
    StockChanged,
    StockLow,
    StockReserved,
    TermsChanged,
    UnitHeld,
    UnitsMissed,
    UnitsReallotted,
    WaitingJoined,
)
from shop.events.parcels import (  # noqa: F401
    GiftCardSent,
    LabelForgotten,
    LabelKept,
    ParcelInTrouble,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentReady,
    UnitsDelayed,
    UnitsShort,
)


@dataclass(frozen=True, kw_only=True)
class CartAbandoned(Event):
    aggregate = "cart"
    cart_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """`payment_id` is None when there is nothing to pay."""

    aggregate = "order"
    order_id: UUID
    payment_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PaymentRetried(Event):
    """Another attempt to pay for a placed order was asked for."""

    aggregate = "order"
    order_id: UUID
    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class HoldMoved(Event):
    """Staff let go of held money, or what they asked to be taken of it has been answered."""

    aggregate = "order"
    order_id: UUID
    step_id: UUID


@dataclass(frozen=True, kw_only=True)
class BalancePaid(Event):
    """An order that goes on and had come to cost more than was paid is covered again, by this payment."""

    aggregate = "order"
    order_id: UUID
    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class CardRemoved(Event):
    """A customer took a saved card off the list: its provider is to forget it."""

    aggregate = "card"
    card_id: UUID


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    aggregate = "order"
    order_id: UUID
    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPaid(Event):
    aggregate = "order"
    order_id: UUID
    customer_id: UUID | None
    variant_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    aggregate = "order"
    order_id: UUID
    reason: str
    was_paid: bool


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """Lines, amounts, address or delivery of a placed order have changed."""

    aggregate = "order"
    order_id: UUID
    change_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderDelivered(Event):
    aggregate = "order"
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundRequested(Event):
    aggregate = "order"
    order_id: UUID
    refund_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundMade(Event):
    aggregate = "order"
    order_id: UUID
    refund_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundFailed(Event):
    """A refund did not arrive, and is not tried again by itself."""

    aggregate = "order"
    order_id: UUID
    refund_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaptureRequested(Event):
    aggregate = "order"
    order_id: UUID
    capture_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaptureFailed(Event):
    aggregate = "order"
    order_id: UUID
    capture_id: UUID


@dataclass(frozen=True, kw_only=True)
class VoidRequested(Event):
    """What is held for an order and not taken is to be let go."""

    aggregate = "order"
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeChanged(Event):
    aggregate = "order"
    order_id: UUID
    dispute_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Event):
    """All the money of an order has been given back."""

    aggregate = "order"
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(Event):
    """An order got an invoice or a credit note."""

    aggregate = "order"
    order_id: UUID
    document_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnRequested(Event):
    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnApproved(Event):
    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnRefused(Event):
    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnReceived(Event):
    """Units of a return have arrived; more of them may follow."""

    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnInspected(Event):
    """Units of a return were looked at: the good ones go back on the shelf."""

    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnRejected(Event):
    """All that came of a return was looked at, and nothing is given back for it."""

    aggregate = "order"
    order_id: UUID
    return_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnSettled(Event):
    """What units of a return were worth is given back."""

    aggregate = "order"
    order_id: UUID
    return_id: UUID
    reimbursement_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExchangeDone(Event):
    """What was wanted instead was added to the order, or could not be had and its money goes back."""

    aggregate = "order"
    order_id: UUID
    return_id: UUID
    reimbursement_id: UUID


@dataclass(frozen=True, kw_only=True)
class PrintAsked(Event):
    """Papers of parcels are to be drawn in the background."""

    aggregate = "print_job"
    job_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReviewPosted(Event):
    aggregate = "product"
    product_id: UUID
    review_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(Event):
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """A customer agrees to other uses of what is known of them than before: ask which (`shop.accounts`)."""

    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    aggregate = "customer"
    customer_id: UUID
