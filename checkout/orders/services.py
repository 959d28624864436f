"""What can be done to an order. `apply` is the only code that assigns its status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import connections, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from checkout.orders import effects, lines, locking, rules, transitions, where
from checkout.orders.models import OVER, Order, OrderLine, OrderStep, new_access_key
from inventory.reservations import services as reservations
from inventory.stock import services as stock
from shop.audit import services as audit
from shop.core import db
from shop.events import bus

if TYPE_CHECKING:
    from cart.pricing.selectors import Quote

UNPAID = (Order.Status.PENDING, Order.Status.PAYMENT_PENDING, Order.Status.PAYMENT_REVIEW)  # nothing of them is sold
OBJECTIONS = {
    "not_paid": gettext_lazy("it is not fully paid"),
    "not_covered": gettext_lazy("not all of what it costs is taken or held; cancel what will not be paid for"),
    "paid": gettext_lazy("it is paid"),
    "not_authorised": gettext_lazy("its amount is not authorised"),
    "not_picked": gettext_lazy("not every unit is picked"),
    "not_handed_over": gettext_lazy("nothing has been handed to a carrier"),
    "not_delivered": gettext_lazy("not every parcel has arrived"),
    "handed_over": gettext_lazy("a parcel is already on its way; take off what is still here"),
    "has_left": gettext_lazy("it has left"),
    "in_return": gettext_lazy("a gift card that was bought with it is being returned"),
    "card_used": gettext_lazy("a gift card that was bought with it has been used"),
    "not_back": gettext_lazy("not every unit is back"),
    "not_refunded": gettext_lazy("not all of its money has been given back"),
}


class TransitionRefused(Exception):
    """The order cannot do this now. `str()` is a sentence for people that says what it can do instead."""

    def __init__(self, *, trigger: str, status: str, allowed: tuple[str, ...], why: str = "") -> None:
        self.trigger, self.status, self.why = trigger, status, why
        self.allowed = tuple(one for one in allowed if one != trigger)  # not what is being refused
        super().__init__(trigger, status)

    def __str__(self) -> str:
        row = transitions.named(self.trigger)
        names = {"trigger": row.label if row else "", "status": Order.Status(self.status).label}
        if row is None:
            text = _("There is no such step. The order is “%(status)s”.") % names
        elif self.why:
            names["why"] = OBJECTIONS[self.why]
            text = _("“%(trigger)s” is not possible: the order is “%(status)s” and %(why)s.") % names
        else:
            text = _("“%(trigger)s” is not possible: the order is “%(status)s”.") % names
        if not self.allowed:
            return text
        labels = [str(row.label) for row in transitions.from_status(self.status) if row.trigger in self.allowed]
        return text + " " + _("Possible now: %(labels)s.") % {"labels": ", ".join(labels)}


def place(
    *,
    order_id: UUID,
    cart_id: UUID | None,
    customer_id: UUID | None,
    email: str,
    language: str,
    shipping_address: Mapping[str, Any],
    billing_address: Mapping[str, Any],
    quote: Quote,
    idempotency_key: str,
    by: str,
    channel: str = "web",
    expected: Mapping[UUID, date] | None = None,
    po_number: str = "",
    gift_message: str = "",
    pay_by: datetime | None = None,
) -> Order:
    """Write the order `order_id` (the reference its units are reserved under) as `quote` says; status pending.

    `expected`: by variant, when units come that are sold before. `pay_by`: until when its units are kept for it, where
    that was promised. Belongs to the caller's transaction, which goes on with `payments.open`. Raises
    `IntegrityError` when the key or the cart has an order already.
    """
    delivery = quote.delivery
    order = Order.objects.create(
        id=order_id,
        number=_next_number(),
        channel=channel,
        currency=quote.currency,
        language=language,
        cart_id=cart_id,
        customer_id=customer_id,
        email=email.strip().lower(),
        shipping_address=dict(shipping_address),
        billing_address=dict(billing_address),
        delivery_option=delivery.code if delivery else "",
        delivery_name=delivery.label if delivery else "",
        delivery_on=delivery.arrives_on if delivery and not delivery.is_by_email else None,
        collection_place=where.kept(delivery),
        idempotency_key=idempotency_key,
        po_number=po_number,
        gift_message=gift_message,
        pay_by=pay_by,
        **lines.amounts(quote),
    )
    OrderLine.objects.bulk_create(
        lines.line(order, position, line, (expected or {}).get(line.variant_id))
        for position, line in enumerate(quote.lines, start=1)
    )
    OrderStep.objects.create(order=order, position=1, trigger="place", to_status=order.status, actor=by)
    audit.record(
        action="order.place", by=by, object_type="order", object_id=order.id, using=db.DEFAULT,
        changes={"number": order.number, "total_minor": order.total_minor, "currency": order.currency},
    )  # fmt: skip
    return order


def _next_number() -> str:
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int, nextval('checkout_order_number')")
        return rules.number(*cursor.fetchone())


def apply(
    *, order_id: UUID, trigger: str, by: str, note: str = "", about: UUID | None = None, reason: str = ""
) -> Order:
    """Take the order over `trigger`: lock, guard, status, step, audit and events, in one transaction.

    `note` is for people (kept in the history), `about` the payment concerned, `reason` what a cancellation's event
    says (the trigger if empty). Raises `TransitionRefused` and changes nothing if the table or the guard says no.
    """
    with transaction.atomic(using=db.DEFAULT):
        order = locking.order(order_id)
        row = transitions.find(trigger, order.status)
        objection = rules.GUARDS[row.guard](facts(order)) if row else ""
        if row is None or objection:
            raise TransitionRefused(trigger=trigger, status=order.status, allowed=possible(order), why=objection or "")
        source, order.status, order.version = order.status, row.target, order.version + 1
        order.payment_state = payment_state(order)
        if row.guard == "is_mailed":  # nothing is with the customer any more
            order.fulfilment_state = Order.FulfilmentState.UNFULFILLED
        Order.objects.filter(pk=order.pk).update(
            status=order.status, version=order.version, payment_state=order.payment_state,
            fulfilment_state=order.fulfilment_state, updated_at=Now(),
        )  # fmt: skip
        _step(order, row, source=source, by=by, note=note)
        for effect in row.effects:
            bus.publish(effects.EFFECTS[effect](order, about, reason or trigger), using=db.DEFAULT)
        return order


def _step(order: Order, row: transitions.Transition, *, source: str, by: str, note: str) -> None:
    OrderStep.objects.create(
        order=order,
        position=order.version,  # every step raises the version by one, and nothing else does
        trigger=row.trigger,
        from_status=source,
        to_status=row.target,
        actor=by,
        note=note[:500],
    )
    audit.record(
        action=f"order.{row.trigger}", by=by, object_type="order", object_id=order.pk,
        changes={"from": source, "to": row.target}, using=db.DEFAULT,
    )  # fmt: skip


def facts(order: Order) -> rules.Facts:
    """What the guards look at, from the order's own row."""
    return rules.Facts(
        total=order.total_minor,
        authorised=order.authorised_minor,
        captured=order.captured_minor,
        refunded=order.refunded_minor,
        held=order.held_minor,
        secured=order.secured_minor,
        fulfilment=order.fulfilment_state,
        allowed=order.allowed_minor,
        to_pick=order.to_pick,
        is_over=order.is_over,
        is_by_email=where.is_by_email(order),
    )


def possible(order: Order) -> tuple[str, ...]:
    """The triggers that staff may pull now: buttons, answers and refusals all say these. Who may, is another matter.
    What is sent by e-mail needs nobody who packs it."""
    known = facts(order)
    return tuple(
        row.trigger
        for row in transitions.from_status(order.status)
        if row.permission and rules.GUARDS[transitions.COMMANDS.get(row.trigger, row.guard)](known) is None
        if not (known.is_by_email and row.permission == transitions.FULFIL)
    )


def cancel(*, order_id: UUID, by: str, note: str = "") -> Order:
    """Cancel what has not been handed over. Stock, money and cart follow by events. Raises `TransitionRefused`."""
    return apply(order_id=order_id, trigger="cancel", by=by, note=note)


def note_money(
    *, order: Order, authorised: int, captured: int, refunded: int, held: int = 0, secured: int = 0
) -> None:  # fmt: skip
    """Keep the sums over the order's payments (minor units). `order` is locked by the caller."""
    order.authorised_minor, order.captured_minor, order.refunded_minor = authorised, captured, refunded
    order.held_minor, order.secured_minor = held, secured
    order.payment_state = payment_state(order)
    Order.objects.filter(pk=order.pk).update(
        authorised_minor=authorised, captured_minor=captured, refunded_minor=refunded, held_minor=held,
        secured_minor=secured, payment_state=order.payment_state, updated_at=Now(),
    )  # fmt: skip


def note_secured(*, order: Order, minor: int) -> None:
    """Keep what is sure of a locked order's money by now (minor units; `Order.secured_minor`)."""
    order.secured_minor = minor
    Order.objects.filter(pk=order.pk).update(secured_minor=minor)


def payment_state(order: Order) -> str:
    """`Order.PaymentState` as its sums say."""
    return rules.payment_state(facts(order))


def note_fulfilment(*, order: Order, state: str, to_pick: int = 0) -> None:
    """Keep how far the order's parcels are (`Order.FulfilmentState`), and how many units are still to be picked.

    `order` is locked by the caller.
    """
    order.fulfilment_state, order.to_pick = state, to_pick
    Order.objects.filter(pk=order.pk).update(fulfilment_state=state, to_pick=to_pick, updated_at=Now())


def commit_stock(*, order_id: UUID, by: str) -> bool:
    """Turn the paid order's held units into sold ones. Idempotent; False if that is not wanted or not possible.

    Not before it is paid: until then its units are held for it, and the hold may run out. Paid after that, and nothing
    is left: the order is cancelled, which gives the money back.
    """
    if not _wants_stock(order_id):
        return False
    try:
        reservations.commit(reference=order_id, by=by)
    except reservations.OutOfStock:
        with override(Order.objects.values_list("language", flat=True).get(pk=order_id)):
            note = _("Sold out before the payment arrived.")
        apply(order_id=order_id, trigger="cancel", by=by, reason="out_of_stock", note=note)
        return False
    if _wants_stock(order_id):
        return True
    give_back_stock(order_id=order_id, by=by)  # cancelled meanwhile, and that event may have come before this one
    return False


def _wants_stock(order_id: UUID) -> bool:
    return Order.objects.values_list("status", flat=True).get(pk=order_id) not in (*UNPAID, *OVER)


def give_back_stock(*, order_id: UUID, by: str) -> None:
    """Let go of what is held for the order and not shipped. Idempotent."""
    reservations.release(reference=order_id, by=by)
    stock.deallocate(reference=order_id, by=by)


def claim(*, email: str, customer_id: UUID) -> int:
    """Give the guest orders placed with `email` (proven to be theirs) to a customer; returns how many."""
    with transaction.atomic(using=db.DEFAULT):
        count = Order.objects.filter(email=email.strip().lower(), customer_id=None).update(
            customer_id=customer_id, updated_at=Now()
        )
        if count:
            audit.record(
                action="order.claim", by=f"customer:{customer_id}", object_type="customer", object_id=customer_id,
                changes={"count": count}, using=db.DEFAULT,
            )  # fmt: skip
    return count


def renew_link(*, order_id: UUID, by: str) -> None:
    """Give an order another secret: by the one that it had nobody sees it any more, nor who came by it before."""
    with transaction.atomic(using=db.DEFAULT):
        Order.objects.filter(pk=order_id).update(access_key=new_access_key(), updated_at=Now())
        audit.record(action="order.renew_link", by=by, object_type="order", object_id=order_id, using=db.DEFAULT)


def claim_proven(*, customer_id: UUID) -> int:
    """Give a customer the guest orders of every e-mail address that they have proven; returns how many."""
    proven = EmailAddress.objects.filter(user_id=customer_id, verified=True).values_list("email", flat=True)
    return sum(claim(email=email, customer_id=customer_id) for email in proven)
