"""The saga that turns a cart into an order, and the ends of it that lead back.

No network call is made here and no transaction spans two databases: units are held in a short transaction of the
inventory, then the order is written in one of the default database; if that fails the hold is let go, and if the
process dies in between the hold expires by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cart.carts import selectors as cart_selectors
from cart.carts import services as carts
from cart.carts import wording
from cart.carts.models import Cart, CartLine
from cart.pricing import selectors as pricing
from cart.promotions import services as promotions
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import providers
from checkout.payments import services as payments
from checkout.purchase import attempts, selectors
from checkout.purchase.models import CheckoutDetails, new_key
from inventory.reservations import selectors as reservation_selectors
from inventory.reservations import services as reservations
from inventory.stock import selectors as stock
from inventory.waitlist import services as waitlist
from shop.core import db
from shop.core.money import Money

log = structlog.get_logger("checkout.purchase")

KEEP_DETAILS = timedelta(days=60)  # of carts that never became an order: longer than any cart lives

CartChanged = carts.CartChanged
CouponUsedUp = promotions.CouponUsedUp
Busy = reservations.Busy  # others keep the units locked for too long; to be tried again


class PurchaseRefused(Exception):
    """An order that cannot be placed; nothing was done. `code` is stable, `message` is for the shopper."""

    code = "purchase_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CartEmpty(PurchaseRefused):
    """There is nothing in the cart that can be ordered."""

    code = "cart_empty"


class NotDeliverable(PurchaseRefused):
    """No delivery method, or not the chosen one, serves the address."""

    code = "not_deliverable"


class PriceChanged(PurchaseRefused):
    """The total is not the one that the shopper saw; `quote` is the present one, to be shown and confirmed."""

    code = "price_changed"

    def __init__(self, quote: pricing.Quote) -> None:
        changed = _("The total has changed to %(total)s. Please confirm it.") % {"total": quote.total.format()}
        super().__init__(" ".join([changed, *wording.coupons(quote.coupon_problems)]))
        self.quote = quote


class OutOfStock(PurchaseRefused):
    """Units are gone. `shortages`: how many are left, by variant id; the message names the products."""

    code = "out_of_stock"

    def __init__(self, shortages: Mapping[UUID, int], names: Mapping[UUID, str]) -> None:
        super().__init__(" ".join(shortage(names[one], left) for one, left in shortages.items() if one in names))
        self.shortages = dict(shortages)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an order needs besides a cart. Addresses as `shop.core.addresses.clean` gives them; `token` is the
    provider's name for the card, empty when the shopper pays on the provider's page or sends the money; `provider`,
    `method`, `token`, `is_saving`, `use_credit` and `gift_cards` come from `payments.ways`, which has checked them.

    An order made at the desk says for whom it is (`customer_id`; else the cart's) and may leave open how it is paid
    (`provider` ""): its units are kept for `hold` then, and the shopper chooses on the order's page. `receipt`: all of
    its money is in the hands of staff, as this says."""

    email: str
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    delivery_option: str
    provider: str
    token: str = ""
    method: str = ""
    is_saving: bool = False
    use_credit: bool = False
    gift_cards: Mapping[str, int] = field(default_factory=dict)
    language: str = "en"
    channel: str = "web"
    customer_id: UUID | None = None
    hold: timedelta | None = None
    receipt: str = ""
    po_number: str = ""
    gift_message: str = ""
    vat_id: str = ""


def shortage(name: str, left: int) -> str:
    """One product that is short, in a sentence."""
    if left == 0:
        return _("“%(name)s” is no longer available.") % {"name": name}
    return _("“%(name)s” is no longer available in this quantity: %(left)s left.") % {"name": name, "left": left}


def save_details(
    *,
    cart: Cart,
    email: str,
    shipping_address: Mapping[str, str],
    billing_address: Mapping[str, str],
    delivery_option: str,
    by: str,
    gift_message: str = "",
    po_number: str = "",
    vat_id: str = "",
) -> CheckoutDetails:
    """Keep what was entered on the first step, for the cart; replaces what was entered before."""
    found, _created = CheckoutDetails.objects.update_or_create(
        cart_id=cart.pk,
        defaults={
            "email": email.strip(),
            "shipping_address": dict(shipping_address),
            "billing_address": dict(billing_address),
            "delivery_option": delivery_option,
            "gift_message": gift_message,
            "po_number": po_number,
            "vat_id": vat_id,
        },
    )
    return found


def place_order(*, cart: Cart, details: Details, seen_total: Money, key: str, by: str) -> Order:
    """Make one order of `cart` for `key`, however often called; payment goes on in a worker.

    `key` is the purchase's own secret (unguessable, at most 255 characters), `seen_total` what the shopper agreed to
    pay. Raises `CartEmpty`, `NotDeliverable`, `PriceChanged`, `OutOfStock`, `CartChanged`, `CouponUsedUp`, and
    `Busy`, which is worth another try; then no unit is held and no order exists.
    """
    try:
        return _place(cart, details, seen_total, key, by)
    except (PurchaseRefused, Busy, CartChanged, CouponUsedUp, IntegrityError):
        done = order_selectors.by_key(key)  # this click came second: its refusal is the first one's success
        if done is None:
            raise
        return done


def _place(cart: Cart, details: Details, seen_total: Money, key: str, by: str) -> Order:
    lines = cart_selectors.lines_of(cart.pk)
    quote = _quote(cart, details, lines)
    _check(quote, details, seen_total)
    order_id = attempts.begin(cart, key)
    _hold(quote, order_id, details, [line.claim_id for line in lines if line.claim_id], by)
    try:
        return _write(cart, details, quote, key, order_id, by)
    except BaseException:
        attempts.undo(cart, order_id, key, by)
        raise


def cancel_unpaid(*, order_id: UUID, by: str = "system") -> bool:
    """End an order whose hold ran out unpaid: its payment is cancelled at the provider and asked for once more first.

    Called outside of transactions. True if the order is cancelled now; False if there is none, it was paid after all,
    its units are held still (a challenge is open), or it was over already. May be called twice.
    """
    if not selectors.is_unpaid(order_id):
        return False
    if reservation_selectors.held_until(order_id) is not None:
        return False
    return payments.cancel_unpaid(order_id=order_id, by=by)


def sweep_unpaid(*, limit: int = 200) -> int:
    """`cancel_unpaid` for orders past every hold whose event got lost; returns how many were cancelled."""
    cancelled = 0
    for order_id in selectors.overdue(limit=limit):
        try:
            cancelled += cancel_unpaid(order_id=order_id)
        except payments.ProviderUnavailable as error:  # this one next time; the others need not wait for it
            log.warning("unpaid order not cancelled", order=str(order_id), error=str(error))
    return cancelled


def give_back_cart(*, order_id: UUID) -> bool:
    """After a cancellation: return coupon uses, and the cart to a shopper who had not paid. May be called twice."""
    promotions.give_back(order_id=order_id)
    order = order_selectors.by_id(order_id)
    if order.cart_id is None or order.captured_minor:
        return False
    with transaction.atomic(using=db.DEFAULT):
        CheckoutDetails.objects.filter(cart_id=order.cart_id).update(
            idempotency_key=new_key(), attempt="", order_id=None
        )
        return carts.reopen(cart_id=order.cart_id)


def forget_stale_details() -> int:
    """Delete what was entered for purchases that came to nothing, after 60 days; returns how many."""
    gone, _by_table = CheckoutDetails.objects.filter(updated_at__lt=Now() - KEEP_DETAILS).delete()
    return gone


def _quote(cart: Cart, details: Details, lines: Sequence[CartLine]) -> pricing.Quote:
    return pricing.quote(
        lines=[pricing.QuoteLine(line.variant_id, line.quantity, line.customizations) for line in lines],
        currency=cart.currency,
        address=details.shipping_address,
        delivery_option=details.delivery_option,
        coupons=cart.coupons,
        customer_id=details.customer_id or cart.customer_id,
        email=details.email,
        vat_id=details.vat_id,
        channel=cart.channel,
    )


def _check(quote: pricing.Quote, details: Details, seen_total: Money) -> None:
    if not quote.lines:
        raise CartEmpty(_("There is nothing in your cart that can be ordered."))
    if quote.delivery is None or quote.delivery.code != details.delivery_option:
        raise NotDeliverable(_("This delivery is not offered for your address. Please choose another one."))
    if quote.total != seen_total:
        raise PriceChanged(quote)


def _hold(quote: pricing.Quote, order_id: UUID, details: Details, claims: Sequence[UUID], by: str) -> None:
    try:
        waitlist.reserve(
            quantities=quote.units,
            reference=order_id,
            ttl=details.hold or providers.provider(details.provider).reservation_ttl,
            claims=claims,
            by=by,
            at=quote.delivery.location_id if quote.delivery else None,
        )
    except reservations.OutOfStock as error:
        raise OutOfStock(error.shortages, {line.variant_id: line.name for line in quote.lines}) from error
    except reservations.OtherUnits as error:
        raise CartChanged(_("Your cart has changed. Please check it before you order.")) from error


def _write(cart: Cart, details: Details, quote: pricing.Quote, key: str, order_id: UUID, by: str) -> Order:
    """Everything or nothing, in the default database: lock order cart, order, payment."""
    expected = stock.expected(order_id)
    customer_id = details.customer_id or cart.customer_id
    with transaction.atomic(using=db.DEFAULT):
        carts.close(cart_id=cart.pk, version=cart.version)
        promotions.redeem(
            applied=quote.outcome.applied, order_id=order_id, customer_id=customer_id, email=details.email,
            currency=quote.currency,
        )  # fmt: skip
        order = orders.place(
            order_id=order_id, cart_id=cart.pk, customer_id=customer_id, email=details.email,
            language=details.language,
            shipping_address=details.shipping_address,
            billing_address=details.billing_address,
            quote=quote,
            idempotency_key=key,
            by=by,
            expected=expected,
            channel=details.channel,
            po_number=details.po_number,
            gift_message=details.gift_message,
            pay_by=reservation_selectors.held_until(order_id) if details.hold else None,
        )  # fmt: skip
        payment = payments.open(
            order=order, provider=details.provider, token=details.token, method=details.method,
            is_saving=details.is_saving, use_credit=details.use_credit, gift_cards=details.gift_cards, by=by,
        )  # fmt: skip
        if payment is not None and details.receipt:
            payments.record_transfer(
                payment_id=payment.pk, amount=payment.amount, statement_id=details.receipt, at=db.clock(), by=by
            )
    return order
