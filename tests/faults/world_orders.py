"""What happens to orders in the world after they are placed: edits, parcels, shortages, returns, balances.

Whatever is refused must have changed nothing of the order; whatever is previewed must come true to the cent.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from uuid import UUID

from cart.tax.models import TaxRate
from checkout.changes import services as changes
from checkout.disputes import selectors as disputes
from checkout.disputes.models import Dispute
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import lines as order_lines
from checkout.orders.models import Order, OrderLine
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from checkout.returns import selectors as return_selectors
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnRule
from tests.factories import returns as returned
from tests.factories.checkout import ADDRESS
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED

REFUSALS: tuple[type[Exception], ...] = (
    changes.EditRefused, changes.OrderCancelled, fulfilment.ShipmentRefused, returns.ReturnRefused,
)  # fmt: skip
_MOVED = {**ADDRESS, "company": "", "address2": "", "phone": ""}
_ADDRESSES = (
    {**_MOVED, "address1": "2 Engine Road"},
    {**_MOVED, "city": "Chicago", "postal_code": "60601"},
    {**_MOVED, "state": "CA", "postal_code": "94105"},  # another tax
    {**_MOVED, "postal_code": "nowhere"},
)


class OrdersWorld:
    """Operations on placed orders; `World` has the rest."""

    rng: random.Random
    done: Counter[str]
    products: list[Any]
    variants: list[UUID]
    orders: list[UUID]

    def open_doors(self) -> None:
        returned.rule()
        TaxRate.objects.update(applies_to_shipping=True)
        self.kept: Counter[UUID] = Counter()  # the world's own book: delivery that returns kept, by order

    # --- changes

    def edit(self) -> None:
        """An edit as staff make it, right or wrong; sometimes by somebody who has not seen the last one."""
        order = self._alive()
        wanted = self._wish(order)
        seen = order.revision - (self.rng.random() < 0.1)
        before = self._told(order.pk)
        try:
            foreseen = changes.preview(order_id=order.pk, **wanted)
            done = changes.edit(order_id=order.pk, seen_revision=seen, reason="asked for", by="staff:1", **wanted)
        except changes.EditRefused:
            assert self._told(order.pk) == before
            raise
        after = Order.objects.get(pk=order.pk)
        assert (after.revision, seen) == (order.revision + 1, order.revision)
        assert foreseen.difference.minor == done.difference_minor == after.total_minor - order.total_minor
        assert foreseen.due.minor == after.due_minor
        if wanted.get("added") and after.delivery_option == order.delivery_option:
            assert after.shipping_minor == order.shipping_minor  # whatever made room for it

    def cancel_units(self) -> None:
        order = self._alive()
        lines = list(OrderLine.objects.filter(order=order))
        units = {line.pk: self.rng.randint(0, line.quantity + 1) for line in lines if self.rng.random() < 0.6}
        before = self._told(order.pk)
        try:
            changes.cancel_units(order_id=order.pk, units=units, reason="not wanted", by="staff:1")
        except changes.EditRefused:
            assert self._told(order.pk) == before
            raise

    def _wish(self, order: Order) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        lines = list(OrderLine.objects.filter(order=order, quantity__gt=0))
        if lines and self.rng.random() < 0.5:
            line = self.rng.choice(lines)
            wanted["removed"] = {line.pk: self.rng.randint(1, line.quantity + (self.rng.random() < 0.1))}
        if self.rng.random() < 0.5:
            wanted["added"] = {key: self.rng.randint(1, 3) for key in self.rng.sample(self.variants, 1)}
        if self.rng.random() < 0.2:
            wanted["delivery_option"] = self.rng.choice(["standard", "express", "balloon"])
        if self.rng.random() < 0.1:
            wanted["shipping_address"] = self.rng.choice(_ADDRESSES)
        if self.rng.random() < 0.1:
            wanted["fields"] = {"po_number": str(self.rng.randint(1, 3))}
        return wanted

    def _told(self, order_id: UUID) -> tuple[Any, ...]:
        """All that a refused change must leave as it was."""
        order = Order.objects.get(pk=order_id)
        lines = OrderLine.objects.filter(order=order).order_by("position")
        sums = (order.total_minor, order.allowed_minor, order.revision, order.status, order.changes.count())
        return (*sums, *lines.values_list("pk", "quantity", "removed", "total_minor", "shipping_minor", "tax_minor"))

    def pay_balance(self) -> None:
        """Somebody follows the link, with a good card or a bad one, or promises to pay, or sends it."""
        rows = Order.objects.filter(status__in=payment_selectors.GOES_ON, revision__gt=0).order_by("-id")[:60]
        owing = [order for order in rows if payment_selectors.balance_due(order)]
        if owing:
            order = self.rng.choice(owing)
            how = {"provider": "stripe", "token": self.rng.choice([CARD, CARD, CARD, DECLINED, CHALLENGED])}
            if self.rng.random() < 0.2:
                way = self.rng.choice(["invoice", "bank_transfer"])
                how = {"provider": way, "token": "", "method": way}
            elif order.customer_id and self.rng.random() < 0.5:
                how["use_credit"] = True
            payments.retry(order_id=order.pk, by="guest", **how)
            self.done["balance asked for"] += 1

    # --- parcels

    def begin_parcels(self) -> None:
        order = self._alive()
        fulfilment.start(order_id=order.pk, by="staff:1")

    def pick_parcel(self) -> None:
        parcel = self._parcel("open")
        if parcel:
            lines = ShipmentLine.objects.filter(shipment=parcel)
            units = {line.pk: self.rng.choice([line.quantity, line.quantity, 1]) for line in lines}
            fulfilment.pick_units(shipment_id=parcel.pk, units=units, by="staff:1")
            fulfilment.finish_picking(shipment_id=parcel.pk, by="staff:1")

    def split_parcel(self) -> None:
        parcel = self._parcel("open")
        if parcel:
            lines = list(ShipmentLine.objects.filter(shipment=parcel))
            fulfilment.split(shipment_id=parcel.pk, units={self.rng.choice(lines).pk: 1}, by="staff:1")

    def short_parcel(self) -> None:
        """Somebody stands before the shelf, and it is empty."""
        parcel = self._parcel("open")
        if parcel:
            line = self.rng.choice(list(ShipmentLine.objects.filter(shipment=parcel)))
            then = self.rng.choice(["refund", "refund", "wait", "elsewhere"])
            units = {line.pk: self.rng.randint(1, line.quantity)}
            fulfilment.short(shipment_id=parcel.pk, units=units, then=then, by="staff:1")
            self.done[f"short: {then}"] += 1

    def send_parcel(self) -> None:
        parcel = self._parcel("picked")
        if parcel:
            fulfilment.dispatch_one(
                shipment_id=parcel.pk, carrier="Post", tracking_number=f"T{parcel.number}", by="staff:1",
                made_for=parcel.order.revision,
            )  # fmt: skip
            self.done["parcel sent"] += 1

    def deliver_parcel(self) -> None:
        parcel = self._parcel("shipped")
        if parcel:
            fulfilment.deliver_one(shipment_id=parcel.pk, by="staff:1")
            self.done["parcel arrived"] += 1

    def _parcel(self, status: str) -> Shipment | None:
        return self._any(Shipment.objects.filter(status=status))

    # --- returns

    def ask_return(self) -> None:
        parcel = self._parcel("delivered")
        if parcel is None:
            return
        order = Order.objects.get(pk=parcel.order_id)
        rows = return_selectors.returnable(order)
        wish = self.rng.choice(["original", "original", "store_credit", "exchange"])
        found = [row for row in rows if row.units and (wish != "exchange" or row.exchanges)]
        if found:
            row = self.rng.choice(found)
            exchange = self.rng.choice(list(row.exchanges)) if wish == "exchange" else None
            ReturnRule.objects.update(refunds_delivery=self.rng.random() < 0.5)
            reason = "damaged" if exchange == row.line.variant_id else "changed_mind"
            asked = returned.wanted(row.line, self.rng.randint(1, row.units), exchange_for=exchange, reason=reason)
            returned.asked(order, asked, wish=wish)
            self.done["return asked for"] += 1

    def take_return(self) -> None:
        """Units of a return arrive, all or some, and are looked at."""
        found = self._any(Return.objects.filter(status__in=["approved", "in_transit", "partly_received"]))
        if found:
            units = {key: self.rng.randint(1, most) for key, most in returned.units_by_line(found).items()}
            returns.receive(return_id=found.pk, units=units, by="staff:1", location=self.rng.choice([None, "north"]))
            outcome = self.rng.choice(["restock", "restock", "damaged"])
            verdicts = [returns.Verdict(key, outcome, number, self.rng.random() < 0.9) for key, number in units.items()]
            returns.inspect(return_id=found.pk, verdicts=verdicts, by="staff:1")

    def settle_return(self) -> None:
        found = self._any(Return.objects.exclude(status__in=["refused", "cancelled"]))
        if found:
            foreseen = returns.simulate(return_id=found.pk, by="staff:1")
            done = returns.reimburse(return_id=found.pk, by="staff:1")
            assert foreseen.amount == done.amount
            self.kept[found.order_id] += sum(one.kept for one in done.lines)
            self.done["return settled"] += 1

    # --- the books

    def order_differences(self) -> list[str]:
        """Orders whose money is not what they cost, after everything was heard: owed to somebody, or unknown to him."""
        wrong = self._kept_otherwise()
        for order in Order.objects.filter(pk__in=self.orders).prefetch_related("payments"):
            kept = sum(_kept_for_the_bank(payment) for payment in order.payments.all())
            owed = -order.balance_minor - kept
            if owed > 0:
                wrong.append(f"order {order.number} ({order.status}) owes {owed}, and nobody gives it back:")
                wrong += _money_of(order)
            standing = payment_selectors.standing(order)
            asked = standing.amount.minor if standing.state == "balance" and standing.amount else 0
            uncovered = max(0, order.balance_minor - order.held_minor)
            if order.status in payment_selectors.GOES_ON and asked != uncovered:
                wrong.append(f"order {order.number} is to be paid {uncovered}, its page asks for {asked}")
        return wrong

    def _kept_otherwise(self) -> list[str]:
        """Lines of which no longer the delivery is kept that returns kept."""
        kept: Counter[UUID] = Counter()
        for line in OrderLine.objects.filter(order__in=self.orders):
            kept[line.order_id] += order_lines.kept(line).value
        return [
            f"order {key} keeps {kept[key]} of delivery, its returns kept {self.kept[key]}"
            for key in kept
            if kept[key] != self.kept[key]
        ]

    def _alive(self) -> Order:
        rows = Order.objects.filter(pk__in=self.orders[-60:], status__in=payment_selectors.GOES_ON)
        found = list(rows.exclude(status__in=["delivered", "returned"]).order_by("-id")[:20])
        if found and self.rng.random() < 0.9:
            return self.rng.choice(found)
        return Order.objects.get(pk=self._order())


def _kept_for_the_bank(payment: Payment) -> int:
    """What of a payment is not the shop's to give back: lost, or all that it has while the bank has still to decide."""
    if payment.disputed_minor and disputes.is_open(payment.pk):
        return payment.captured_minor - payment.refunded_minor
    return payment.disputed_minor


def _money_of(order: Order) -> list[str]:
    """Every payment, refund and dispute of an order, for whoever has to find out."""
    rows = [*order.payments.all(), *Refund.objects.filter(order_id=order.pk), *Dispute.objects.filter(order=order)]
    shown = ("status", "attempt", "retry_of", "payment_id", "reference", "reason", "created_at", "opened_at")
    told = []
    for row in rows:
        fields = {name: getattr(row, name) for name in shown if hasattr(row, name)}
        sums = {name: number for name, number in vars(row).items() if name.endswith("_minor")}
        told.append(f"    {type(row).__name__} {row.pk} {sums | fields}")
    return told


# How often each happens, beside the others, where orders are what it is about.
LIFE = {
    "place": 8, "place_with_credit": 2, "place_on_invoice": 1, "cancel": 1, "pay_again": 2, "answer_challenge": 2,
    "refund": 3, "receive_transfer": 1, "receive": 4, "adjust": 1, "expire": 1, "work": 16, "settle": 2, "hear": 3,
    "choose_capture": 1, "capture": 1, "dispute": 1, "trouble": 1, "edit": 14, "cancel_units": 4, "pay_balance": 6,
    "fulfil": 3, "begin_parcels": 6, "pick_parcel": 8, "split_parcel": 3, "short_parcel": 2, "send_parcel": 8,
    "deliver_parcel": 7, "ask_return": 5, "take_return": 5, "settle_return": 5, "refuse_refunds": 1,
    "try_refunds_again": 2, "refund_past_the_shop": 1, "reissue": 2, "issue_card": 3, "buy_cards": 5,
    "place_with_cards": 6, "expire_cards": 1,
}  # fmt: skip
