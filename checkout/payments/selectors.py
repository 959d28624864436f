"""Reads of payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext

from checkout.orders import selectors as order_selectors
from checkout.orders.models import Order, OrderStep
from checkout.payments import calls, providers, rules
from checkout.payments.methods import BALANCES
from checkout.payments.models import Capture, Payment, PaymentEvent, Refund
from checkout.payments.providers import bank_transfer, cash
from shop.core import formats
from shop.core.money import Money
from shop.resilience import breaker

Status = Payment.Status
OPEN = (Status.PENDING, Status.PROCESSING, Status.ACTION_REQUIRED, Status.AUTHORISED)
WAITING = (Status.PENDING, Status.PROCESSING, Status.ACTION_REQUIRED)
ASKED = Q(status=Refund.Status.REQUESTED)  # refunds that no fact tells of yet
BY_HAND = ("bank_transfer", "cash", "invoice")  # a merchant records the coming of their money
BANK, CASH = bank_transfer.BankTransfer.code, cash.Cash.code
_NEVER_LEFT = ("unfulfilled", "picked")  # the parcels of what is over are given up, maybe a moment later
_PAYABLE = (Order.Status.PENDING, Order.Status.PAYMENT_PENDING)
GOES_ON = (  # was paid once; what it costs may have changed since
    Order.Status.PAYMENT_CONFIRMED,
    Order.Status.PROCESSING,
    Order.Status.READY_TO_SHIP,
    Order.Status.SHIPPED,
    Order.Status.DELIVERED,
    Order.Status.RETURNED,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands for the shopper: `state` is what the status page goes by.

    "pending" (with `is_delayed` the provider does not answer at the moment, and is asked again by itself),
    "action" (go to `action_url`; with `is_hosted` and no URL the provider's page is still to be opened),
    "declined" (`error` says why), "unpaid" (made at the desk: the shopper chooses how to pay), "awaiting_transfer"
    (`instructions`), "review", "confirmed", "cancelled", "expired".

    "balance": the order goes on and costs more than was paid; `amount` is to be paid. `step` is then the state of the
    latest attempt to pay it ("pending", "action", "declined", "awaiting_transfer"; empty: none was made), with all that
    belongs to that state.
    """

    state: str
    payment: Payment | None = None
    error: str = ""
    action_url: str = ""
    is_hosted: bool = False
    instructions: Mapping[str, str] = field(default_factory=dict)
    is_delayed: bool = False
    amount: Money | None = None
    step: str = ""


def standing(order: Order) -> Standing:
    """The order's standing, from its latest payment. One to three queries."""
    if order.status == Order.Status.PAYMENT_REVIEW:
        return Standing("review")
    if order.status == Order.Status.CANCELLED:
        last = OrderStep.objects.filter(order=order, to_status=Order.Status.CANCELLED).order_by("-position").first()
        return Standing("expired" if last and last.trigger == "reservation_expired" else "cancelled")
    if order.status not in _PAYABLE:
        was_cancelled = order.status == Order.Status.REFUNDED and order.fulfilment_state in _NEVER_LEFT
        return _of_balance(order) or Standing("cancelled" if was_cancelled else "confirmed")
    payment = Payment.objects.filter(order=order).order_by("-id").first()
    return _of_payment(order, payment) if payment else Standing("unpaid")


def _of_payment(order: Order, payment: Payment) -> Standing:
    hosted = is_hosted(payment)
    if payment.status == Status.PENDING and hosted:
        return Standing("action", payment, is_hosted=True)
    if payment.status == Status.ACTION_REQUIRED and payment.instructions:
        told = {**payment.instructions, "amount": formats.money(_rest(payment))}
        return Standing("awaiting_transfer", payment, instructions=told)
    if payment.status in WAITING and payment.provider == BANK and not waiting_credit(payment):
        told = bank_transfer.from_settings().instructions(order_number=order.number, amount=_rest(payment))
        return Standing("awaiting_transfer", payment, instructions=told)  # no worker need say so
    if payment.status in WAITING and payment.provider == CASH:
        return Standing("unpaid", payment)  # a part of it was paid at the desk; nobody takes the rest by itself
    if payment.status == Status.ACTION_REQUIRED and payment.action_url:
        return Standing("action", payment, action_url=payment.action_url, is_hosted=hosted)
    if payment.status in (Status.FAILED, Status.CANCELLED):
        return Standing("declined", payment, error=problem(payment))
    return Standing("pending", payment, is_delayed=is_delayed(payment))


def problem(payment: Payment) -> str:
    """Why a payment failed, for the shopper, in the current language; empty where nobody said."""
    return gettext(payment.message) if payment.message else ""


def _rest(payment: Payment) -> Money:
    """What has still to come of a payment of which a part may have come."""
    return Money(payment.amount_minor - payment.captured_minor, payment.currency)


def _of_balance(order: Order) -> Standing | None:
    """Of an order that goes on: what is still to be paid of it and how that goes, None for nothing. At most one query.

    An attempt that came to nothing counts only if it was for a balance: since the last payment that brought money.
    """
    if order.status not in GOES_ON or order.due_minor <= order.came_minor:
        return None
    payments = list(Payment.objects.filter(order=order).order_by("id"))
    amount = due(order, payments)
    if amount.minor <= 0:
        return None
    last = payments[-1] if payments else None
    if last is None or last.provider == CASH or last.status not in (*WAITING, Status.FAILED, Status.CANCELLED):
        return Standing("balance", amount=amount)
    found = _of_payment(order, last)
    told = found.instructions and {**found.instructions, "amount": formats.money(amount)}  # another one by now
    return replace(found, state="balance", step=found.state, amount=amount, instructions=told)


def balance_due(order: Order) -> Money | None:
    """What is still to be paid of an order that goes on, held money aside; None for nothing. At most one query."""
    found = _of_balance(order)
    return found.amount if found else None


def is_delayed(payment: Payment) -> bool:
    """Whether the provider of an open payment does not answer: its circuit is open, or it was asked in vain."""
    if payment.reference or payment.status not in (Status.PENDING, Status.PROCESSING):
        return False
    in_vain = payment.attempts > 1 or (payment.attempts == 1 and payment.answer_due_at is None)
    return in_vain or breaker.refuses(calls.circuit(payment.provider))


def due(order: Order, payments: Sequence[Payment]) -> Money:
    """What is still to be paid of an order: neither taken nor held for it. What is on its way back does not count."""
    unsure = [one for one in payments if one.status == Status.AUTHORISED and one.capture_when not in rules.SECURE]
    held = sum(one.held_minor for one in unsure if not one.is_let_go)
    return order.money(order.due_minor - order.came_minor - held)


def still_due(order_id: UUID) -> Money:
    """The same, read anew."""
    return due(Order.objects.get(pk=order_id), list(Payment.objects.filter(order_id=order_id)))


def waiting_credit(payment: Payment) -> list[Payment]:
    """Parts of the order that gift cards and store credit are to pay before `payment`, and that are not held yet."""
    waiting = Payment.objects.filter(order_id=payment.order_id, provider__in=BALANCES, status__in=WAITING)
    return list(waiting.filter(pk__lt=payment.pk).order_by("id"))


def is_a_part(payment: Payment) -> bool:
    """Whether it is one of the parts that are held before the payment which they belong to."""
    later = Payment.objects.filter(order_id=payment.order_id, status__in=WAITING, pk__gt=payment.pk)
    return payment.provider in BALANCES and later.exists()


def is_only_held(payment: Payment) -> bool:
    """A gift card or store credit for a part of an order is held until the rest is sure, so that it can come back
    without a trace."""
    return payment.provider in BALANCES and payment.amount_minor < payment.order.total_minor


def payment(payment_id: UUID) -> Payment:
    """A payment with its order. Raises `Payment.DoesNotExist`."""
    return Payment.objects.select_related("order").get(pk=payment_id)


def refund(refund_id: UUID) -> Refund:
    """With its payment and order. Raises `Refund.DoesNotExist`."""
    return Refund.objects.select_related("payment__order").get(pk=refund_id)


def capture(capture_id: UUID) -> Capture:
    """With its payment and order. Raises `Capture.DoesNotExist`."""
    return Capture.objects.select_related("payment__order").get(pk=capture_id)


def payments_of(order_id: UUID, *also: str) -> list[Payment]:
    """Oldest first, events and refunds prefetched, and what is named in `also` ("captures")."""
    rows = Payment.objects.filter(order_id=order_id).order_by("id")
    return list(rows.prefetch_related("events", "refunds", *also))


def open_payments(order_id: UUID) -> list[Payment]:
    """Those that may still bring money, oldest first."""
    return list(Payment.objects.filter(order_id=order_id, status__in=OPEN).order_by("id"))


def is_chargeable(payment: Payment) -> bool:
    """Whether the provider may be asked for it: not settled, and its order waits for it or goes on."""
    return payment.status in (Status.PENDING, Status.PROCESSING) and payment.order.status in (*_PAYABLE, *GOES_ON)


def is_for_balance(payment: Payment) -> bool:
    """Whether it is to pay what an order that goes on costs more by now. Then its units are no longer at stake."""
    return payment.order.status in GOES_ON


def is_hosted(payment: Payment) -> bool:
    """Whether the shopper pays it on the provider's own page: it was opened without a card."""
    return not payment.token and providers.provider(payment.provider).has_hosted_page


def waits_for_money(order_id: UUID) -> bool:
    return Order.objects.filter(pk=order_id, status__in=_PAYABLE).exists()


def refundable(order_id: UUID) -> Money:
    """What may still be given back of an order: captured, not refunded, not asked for."""
    order = Order.objects.get(pk=order_id)
    waiting = Refund.objects.filter(ASKED, order_id=order_id)
    requested = waiting.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    disputed = Payment.objects.filter(order_id=order_id).aggregate(sum=Sum("disputed_minor"))["sum"] or 0
    return order.money(max(0, order.captured_minor - order.refunded_minor - requested - disputed))


def refundable_of(order: Order, taken: Sequence[Payment]) -> Money | None:
    """The same for payments whose refunds are prefetched: no query. None when there is nothing."""
    refunds = (refund for payment in taken for refund in payment.refunds.all())
    requested = sum(refund.amount_minor for refund in refunds if refund.status == Refund.Status.REQUESTED)
    disputed = sum(payment.disputed_minor for payment in taken)
    minor = order.captured_minor - order.refunded_minor - requested - disputed
    return order.money(minor) if minor > 0 else None


def named(*, payment_id: UUID | None, provider: str, reference: str) -> Payment | None:
    """The payment a provider speaks of: by our id, else by its reference."""
    rows = Payment.objects.filter(provider=provider)
    by_id = rows.filter(pk=payment_id).first() if payment_id else None
    return by_id or (rows.filter(reference=reference).first() if reference else None)


def ids_named(term: str, *, limit: int = 50) -> list[UUID]:
    """Payments that a search means: by the provider's reference, or of the newest orders it names."""
    by_reference = Payment.objects.filter(provider__in=providers.PROVIDERS, reference=term.strip())
    found = list(by_reference.exclude(reference="").values_list("pk", flat=True))
    if found:
        return found
    orders = order_selectors.ids_named(term, limit=limit)
    return list(Payment.objects.filter(order_id__in=orders).values_list("pk", flat=True)) if orders else []


def overdue_payments(limit: int = 200) -> list[UUID]:
    """Payments of which nothing was heard for a minute, and those whose refund is under way, longest first.

    Transfers are left out: nobody but the merchant knows of them. Hosted pages that were never opened end with their
    order's reservation.
    """
    silent = Payment.objects.exclude(provider__in=BY_HAND).filter(updated_at__lte=Now() - timedelta(seconds=60))
    waiting = Q(status__in=WAITING) & ~Q(status=Status.PENDING, token="")
    refunding = Q(refunds__status=Refund.Status.REQUESTED) & ~Q(refunds__reference="")
    rows = silent.filter(waiting | refunding).order_by("updated_at").values_list("id", flat=True)
    return list(dict.fromkeys(rows[:limit]))


def waiting_captures(order_id: UUID) -> list[UUID]:
    """Captures of an order that were asked for and have no answer, oldest first."""
    rows = Capture.objects.filter(order_id=order_id, status=Capture.Status.REQUESTED).order_by("id")
    return list(rows.values_list("id", flat=True))


def holding(order_id: UUID) -> list[Payment]:
    """Payments of an order that hold money which is not taken, oldest first, with their order."""
    rows = Payment.objects.filter(order_id=order_id, authorised_minor__gt=F("captured_minor")).order_by("id")
    return list(rows.select_related("order"))


def void_key(payment: Payment) -> str:
    """The idempotency key under which a provider is asked to let go of a payment, given all that is known of it.

    It repeats its first answer to a key: that it could not while the payment was being processed would be its answer
    for ever.
    """
    return f"void:{payment.pk}:{PaymentEvent.objects.filter(payment=payment).count()}"


def caused(order_id: UUID) -> dict[UUID, int]:
    """What was asked to go back of an order, in minor units, by what it is a part of (`Refund.cause_id`). What failed
    and was asked for again counts once."""
    rows = Refund.objects.filter(order_id=order_id, cause_id__isnull=False, retry_of=None)
    return dict(rows.order_by().values_list("cause_id").annotate(Sum("amount_minor")))
