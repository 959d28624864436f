"""How payments of an order begin: the first ones with the order itself, later ones after a decline.

An order may be paid in parts: gift cards and store credit are set aside for a payment each, another provider is asked
for the rest. They come first; only when they are held is the rest asked for, and they are taken when the rest is sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import locking, methods, providers, recording, rules, selectors
from checkout.payments.collecting import PaymentRefused
from checkout.payments.models import CaptureWhen, Payment
from checkout.storecredit import selectors as credit
from shop.audit import services as audit
from shop.core import db, formats
from shop.core.money import Money
from shop.events import bus, types


def open(
    *,
    order: Order,
    provider: str,
    token: str,
    by: str,
    method: str = "",
    is_saving: bool = False,
    use_credit: bool = False,
    gift_cards: Mapping[str, int] | None = None,
) -> Payment | None:
    """The first payments of an order that was just placed, in the caller's transaction; publishes `OrderPlaced`.

    `token` is the provider's name for the card, empty for its hosted page or a transfer. `method` is what the shopper
    chose (the provider's own if empty). None when there is nothing to pay: the order is paid at once; and without a
    `provider`: the shopper chooses later (`retry`). Else the payment that is asked for; before it what `gift_cards`
    (minor units by the card's id) and store credit pay is held. Raises `providers.UnknownProvider`.
    """
    if provider:
        providers.provider(provider)
    if not order.total_minor:
        orders.apply(order_id=order.pk, trigger="initiate_payment", by=by)
        orders.apply(order_id=order.pk, trigger="payment_success", by=by)
        return None
    if not provider:
        orders.apply(order_id=order.pk, trigger="initiate_payment", by=by)
        return None
    wanted = {"provider": provider, "token": token, "method": method, "is_saving": is_saving}
    payment = _parts(order, order.total_minor, wanted, use_credit=use_credit, gift_cards=gift_cards or {}, by=by)
    orders.apply(order_id=order.pk, trigger="initiate_payment", by=by, about=payment.pk)
    return payment


def retry(
    *,
    order_id: UUID,
    provider: str,
    token: str,
    by: str,
    method: str = "",
    is_saving: bool = False,
    use_credit: bool = False,
    gift_cards: Mapping[str, int] | None = None,
    seen: Money | None = None,
    is_here: bool = False,
) -> Payment:
    """Another attempt to pay what is still due of a placed order, or of one that goes on and costs more by now.

    `seen` is the sum that the shopper agreed to, where one did: exactly that is asked for or nothing. `is_here`: the
    money has come, and may take the place of what was promised on invoice. A worker charges it (`PaymentRetried`).
    Raises `PaymentRefused` when the order does not wait for money, another sum is due than was seen, an attempt is
    under way, or too many were made that brought none.
    """
    providers.provider(provider)
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        if order.status != Order.Status.PAYMENT_PENDING and order.status not in selectors.GOES_ON:
            raise PaymentRefused(_("This order does not wait for a payment."))
        if any(payment.status in recording.UNDER_WAY and not selectors.is_hosted(payment) for payment in payments):
            raise PaymentRefused(_("A payment is already under way. Please wait a moment."))
        if sum(not one.authorised_minor and not one.captured_minor for one in payments) >= rules.MAX_ATTEMPTS:
            raise PaymentRefused(_("There were too many attempts to pay this order. Please contact us."))
        due = selectors.due(order, payments)
        if is_here:
            promises = [one for one in payments if one.capture_when == CaptureWhen.PROMISE and not one.is_let_go]
            due += order.money(sum(one.held_minor for one in promises))
        if due.minor <= 0:
            raise PaymentRefused(_("This order is paid."))
        if seen is not None and seen != due:
            text = _("What is to be paid has changed from %(seen)s to %(due)s. Nothing was charged; please look again.")
            raise PaymentRefused(text % {"seen": formats.money(seen), "due": formats.money(due)})
        wanted = {"provider": provider, "token": token, "method": method, "is_saving": is_saving}
        payment = _parts(order, due.minor, wanted, use_credit=use_credit, gift_cards=gift_cards or {}, by=by)
        bus.publish(types.PaymentRetried(order_id=order.pk, payment_id=payment.pk), using=db.DEFAULT)
        return payment


def _parts(
    order: Order, minor: int, wanted: dict[str, object], *, use_credit: bool, gift_cards: Mapping[str, int], by: str
) -> Payment:  # fmt: skip
    """The payments for `minor`: of each gift card what was agreed to, of the customer's store credit what it has if
    wanted, and the rest; the last of them is returned."""
    parts: list[tuple[int, dict[str, object]]] = []
    for card_id, agreed in gift_cards.items():
        if part := min(agreed, minor):
            parts.append((part, {"provider": methods.GIFT_CARD, "method": methods.GIFT_CARD, "token": card_id}))
            minor -= part
    if use_credit and wanted["provider"] != methods.CREDIT:
        has = credit.balance(order.customer_id, order.currency).minor
        if part := rules.credit_part(due=minor, balance=has):
            parts.append((part, {"provider": methods.CREDIT, "method": methods.CREDIT}))
            minor -= part
    if minor:
        parts.append((minor, wanted))
    keys = sorted(db.uuid7() for _part in parts)  # the latest payment of an order is the one people see
    return [_create(key, order, part, how, by) for key, (part, how) in zip(keys, parts, strict=True)][-1]


def _create(key: UUID, order: Order, minor: int, wanted: dict[str, object], by: str) -> Payment:
    provider = str(wanted["provider"])
    payment = Payment.objects.create(
        id=key,
        order=order,
        method=str(wanted["method"]) or methods.of_provider(provider),
        provider=provider,
        amount_minor=minor,
        currency=order.currency,
        token=str(wanted.get("token", ""))[:255],
        is_saving=bool(wanted.get("is_saving")) and order.customer_id is not None,
    )
    audit.record(
        action="payment.open", by=by, object_type="order", object_id=order.pk,
        changes={"payment": str(payment.pk), "provider": provider, "amount_minor": minor}, using=db.DEFAULT,
    )  # fmt: skip
    return payment
