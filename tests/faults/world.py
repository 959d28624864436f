"""A small shop in which anything may happen next: the operations of the long property test, and what it must add up to.

Every operation calls the services that doors and workers call, with random arguments, right and wrong ones. What the
shop refuses it refuses with an exception of its own (`REFUSALS`); anything else that is raised fails the test. Beside
the shop's tables the world keeps two books of its own: units that came and went by location, and what the payment
sandbox has really taken and given back.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from cart.carts import services as carts_services
from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import calls, lingering
from checkout.payments import services as payments
from checkout.payments.models import Payment, ProviderEvent, Refund
from checkout.payments.providers import base
from checkout.payments.sandbox import webhooks
from checkout.purchase import line, tasks
from checkout.purchase import services as purchase
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import StockItem, StockMovement
from inventory.waitlist import services as waitlist
from inventory.waitlist.models import WaitingEntry
from shop.core import db
from shop.core.money import Money
from shop.events import tasks as events
from shop.events.models import Delivery
from shop.resilience import breaker
from tests import outbox
from tests.factories import cart as carts
from tests.factories.inventory import LocationFactory
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, POOR, Receiver, RunningSandbox
from tests.faults import world_gifts, world_money, world_orders, world_stock, world_trouble
from tests.faults.world_gifts import GiftsWorld
from tests.faults.world_money import MoneyWorld
from tests.faults.world_orders import OrdersWorld
from tests.faults.world_stock import StockWorld
from tests.faults.world_trouble import TroubleWorld

TOKENS = (CARD, CARD, CARD, CARD, DECLINED, POOR, CHALLENGED)
REFUSALS: tuple[type[Exception], ...] = (
    purchase.PurchaseRefused, purchase.CartChanged, purchase.CouponUsedUp, carts_services.CartRefused,
    orders.TransitionRefused, payments.PaymentRefused, payments.RefundRefused, payments.ProviderUnavailable,
    base.ProviderRefused, base.BadSignature, fulfilment.TrackingRefused, reservations.OutOfStock,
    stock.NotOnHand, stock.BadQuantity, stock.Promised, stock.NotAllocated, waitlist.NotSoldOut,
    line.LineFull, *world_stock.REFUSALS, *world_money.REFUSALS,
    *world_orders.REFUSALS, *world_trouble.REFUSALS, *world_gifts.REFUSALS,
)  # fmt: skip


class World(StockWorld, MoneyWorld, GiftsWorld, OrdersWorld, TroubleWorld):
    """One shop with a few variants at two locations, a sandbox, and hands that do whatever `seed` says."""

    def __init__(self, sandbox: RunningSandbox, hooks: Receiver) -> None:
        self.sandbox, self.hooks = sandbox, hooks
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        carts.rates()
        carts.coupon("SAVE10", usage_limit=200)
        LocationFactory(code="north", priority=1)
        self.products = [carts.product(units=units, amount=amount) for units, amount in _GOODS]
        self.products.append(self.open_drawer())
        self.variants = [carts.variant_of(product).pk for product in self.products]
        self.open_shelf()
        for variant in self.variants[:3]:
            self._receive(variant, 20, "north")
        self.units: Counter[UUID] = Counter(self._on_hand())  # the world's own book: on hand by stock item
        self.orders: list[UUID] = []
        self.skus: dict[UUID, str] = {}
        self.open_gates()
        self.open_till()
        self.open_doors()
        self.used_hooks: list[tuple[bytes, dict[str, str]]] = []

    def count(self) -> int:
        """Operations so far: what was done, events that subscribers heard, webhooks that were kept and processed."""
        return self.done.total()

    def fresh(self) -> str:
        """A name that nothing had before, also when the same seed comes again."""
        return f"k{self.count()}-{self.rng.getrandbits(32)}"

    def do(self, name: str, seed: int) -> None:
        """One operation by its name; what it chooses follows from `seed` and from what there is."""
        self.rng = random.Random(seed)
        self.done[name] += 1
        try:
            getattr(self, name)()
        except REFUSALS as refusal:
            self.refused[type(refusal).__name__] += 1

    # --- shoppers

    def place(self) -> None:
        wanted = self.rng.sample(self.products, self.rng.randint(1, 2))
        cart = carts.cart(*[(product, self.rng.randint(1, 3)) for product in wanted])
        if self.rng.random() < 0.2:
            carts_services.add_coupon(cart=cart, code="SAVE10", by="guest")
            cart.refresh_from_db()
        provider = "bank_transfer" if self.rng.random() < 0.1 else "stripe"
        token = "" if provider == "bank_transfer" else self.rng.choice(TOKENS)
        self.orders.append(carts.order(cart, provider=provider, token=token).pk)

    def place_twice(self) -> None:
        """A double click: the same key again gives the same order."""
        cart = carts.cart((self.rng.choice(self.products), 1))
        seen, key = carts.total(cart), f"key-{cart.pk}"
        first = [
            purchase.place_order(cart=cart, details=carts.DETAILS, seen_total=seen, key=key, by="guest").pk
            for _click in range(2)
        ]
        assert first[0] == first[1]
        self.orders.append(first[0])

    def place_in_line(self) -> None:
        cart = carts.cart((self.rng.choice(self.products), self.rng.randint(1, 2)))
        click = line.join(
            cart=cart, details=carts.DETAILS, seen_total=carts.total(cart), key=f"key-{cart.pk}", by="guest"
        )
        line.serve()
        click.refresh_from_db()
        if click.order_id:
            self.orders.append(click.order_id)

    def pay_again(self) -> None:
        payments.retry(order_id=self._order(), provider="stripe", token=self.rng.choice(TOKENS), by="guest")

    def answer_challenge(self) -> None:
        waiting = self._any(Payment.objects.filter(status="action_required", provider="stripe").exclude(reference=""))
        if waiting:
            with suppress(HTTPError):  # it is over, and nobody has told the shop yet
                self.sandbox.challenge(waiting.reference, self.rng.choice(["complete", "fail"]))
            payments.fetch(payment_id=waiting.pk, source="fetch")

    def wait_for_units(self) -> None:
        variant = self.rng.choice(self.variants)
        waitlist.join(entry_id=db.uuid7(), variant_id=variant, sku=self._sku(variant), by="guest")

    def leave_line(self) -> None:
        entry = self._any(WaitingEntry.objects.filter(status__in=["waiting", "offered"]))
        if entry:
            waitlist.leave(entry_id=entry.pk, by="guest")

    def claim(self) -> None:
        """Somebody who waited orders what is held for them."""
        entry = self._any(WaitingEntry.objects.filter(status="offered"))
        if entry is None:
            return
        reference = db.uuid7()
        waitlist.reserve(
            quantities={entry.variant_id: entry.units}, reference=reference, ttl=timedelta(minutes=15),
            claims=[entry.pk], by="guest",
        )  # fmt: skip
        reservations.release(reference=reference, by="guest")  # and changes their mind

    # --- merchants

    def refund(self) -> None:
        order = Order.objects.get(pk=self._order())
        most = order.captured_minor - order.refunded_minor
        minor = self.rng.choice([1, most, most // 3, most + 1, 0, -5])
        before = (order.refunded_minor, order.captured_minor)
        try:
            to = self.rng.choice(["original", "original", "store_credit"])
            payments.request_refund(
                order_id=order.pk, amount=Money(minor, order.currency), reason="", to=to, by="staff:1"
            )
        except payments.RefundRefused:
            order.refresh_from_db()
            assert (order.refunded_minor, order.captured_minor) == before
            raise
        assert 0 < minor <= most

    def receive_transfer(self) -> None:
        payment = self._any(
            Payment.objects.filter(
                provider__in=["bank_transfer", "invoice"], status__in=["action_required", "authorised"]
            )
        )
        if payment:
            minor = self.rng.choice([payment.amount_minor, payment.amount_minor // 2, payment.amount_minor + 100])
            payments.record_transfer(
                payment_id=payment.pk, amount=Money(minor, payment.currency), statement_id=self.fresh(),
                at=db.clock(), by="staff:1",
            )  # fmt: skip

    def fulfil(self) -> None:
        order = self._order()
        step = self.rng.choice(["start", "pick", "dispatch", "deliver"])
        if step == "dispatch":
            now = Order.objects.get(pk=order).revision
            fulfilment.dispatch(
                order_id=order, carrier="Post", tracking_number=str(order), made_for=now, by="staff:1"
            )  # fmt: skip
        else:
            getattr(fulfilment, step)(order_id=order, by="staff:1")

    def receive(self) -> None:
        self._receive(self.rng.choice(self.variants), self.rng.randint(1, 12), self.rng.choice([None, "north"]))

    def adjust(self) -> None:
        item = self._item()
        change = self.rng.choice([-30, -3, -1, 0, 1, 4])
        stock.adjust(stock_item_id=item.pk, change=change, reason="count", by="staff:1")
        self.units[item.pk] += change

    def recount(self) -> None:
        item = self._item()
        level = self.rng.randint(0, 25)
        stock.set_on_hand(
            levels={item.variant_id: level}, skus={item.variant_id: item.sku}, location=item.location.code,
            reason="count", by="staff:1",
        )  # fmt: skip
        self.units[item.pk] = level - self._by_orders()[item.pk]

    # --- time and noise

    def expire(self) -> None:
        """Time passes for one reference: its hold is over, and the sweep comes by or not."""
        row = self._any(Reservation.objects.filter(status="open"))
        if row:
            held = row.reference
            past = Now() - timedelta(seconds=1)
            Reservation.objects.filter(reference=held, status="open").update(expires_at=past)
            WaitingEntry.objects.filter(pk=held, status="offered").update(expires_at=past)
        if self.rng.random() < 0.7:
            reservations.expire()
            waitlist.sweep()

    def work(self) -> None:
        """The workers hear some events, not in the order in which they were told."""
        for alias in db.databases():
            due = list(
                Delivery.objects.using(alias).filter(status="pending").order_by("id").values_list("pk", flat=True)[:40]
            )
            for key in self.rng.sample(due, min(len(due), self.rng.randint(3, 15))):
                events.deliver_one(using=alias, delivery_id=str(key))
                self.done["event heard"] += 1

    def settle(self) -> None:
        payment = self._any(Payment.objects.filter(status__in=["processing", "action_required"], provider="stripe"))
        if payment:
            payments.bring_up_to_date(payment_id=payment.pk)

    def hear(self) -> None:
        """Webhooks come: new ones, old ones again, newest first, each signed when it is sent."""
        fresh, self.hooks.got = self.hooks.got, []
        some = fresh + (self.rng.sample(self.used_hooks, min(3, len(self.used_hooks))))
        self.rng.shuffle(some)
        for body, _old in some:
            signed = webhooks.signature(body, settings.STRIPE_WEBHOOK_SECRET, int(db.clock().timestamp()))
            payments.receive(provider="stripe", body=body, headers={"Stripe-Signature": signed})
            self.done["webhook kept"] += 1
        self.used_hooks = (self.used_hooks + fresh)[-300:]
        for key in lingering.parked_events(20):
            payments.process(event_id=key)
            self.done["webhook processed"] += 1

    def noise(self) -> None:
        """Messages that nobody signed, or that say nothing we know. Nothing of ours may change."""
        before = ProviderEvent.objects.count()
        body = json.dumps({"id": f"evt_{self.fresh()}", "type": "charge.succeeded", "data": {"object": {}}})
        try:
            payments.receive(
                provider="stripe", body=body.encode(), headers={"Stripe-Signature": f"t={self.rng.random()},v1=00"}
            )
        finally:
            assert ProviderEvent.objects.count() == before

    def trouble(self) -> None:
        """The provider loses answers, fails, or takes its time; or heals."""
        now = self.rng.choice([{"lost_replies": 1}, {"errors": 2}, {"processing": 1}, {"errors": 0, "lost_replies": 0}])
        self.sandbox.faults(path="", status=500, **now)

    # --- the end of it

    def quiesce(self) -> None:
        """Everything heals and every event is heard."""
        self.sandbox.faults()
        breaker.reset(calls.circuit("stripe"))
        for _round in range(12):
            for alias in db.databases():
                Delivery.objects.using(alias).filter(status="pending").update(due_at=Now())
            while self._deliver_all():
                pass
            self.rng = random.Random(1)
            self.hear()
            for payment in Payment.objects.filter(status="processing"):
                self._settle(payment)
            for refund in Refund.objects.filter(payment__provider__in=["bank_transfer", "invoice"], status="requested"):
                payments.record_returned(refund_id=refund.pk, at=db.clock(), by="staff:1")
            self._quietly(self.hear_of_the_past)
            self.try_all_refunds_again()
            reservations.expire()
            waitlist.sweep()
            tasks.cancel_unpaid()
            if not any(Delivery.objects.using(a).filter(status="pending").exists() for a in db.databases()):
                break
        outbox.drain()

    def _settle(self, payment: Payment) -> None:
        if payment.reference.startswith("pi_") and payment.attempts:
            self._quietly(lambda: self.sandbox.settle(payment.reference))
        self._quietly(lambda: payments.bring_up_to_date(payment_id=payment.pk))

    def _quietly(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except (*REFUSALS, OSError):
            pass

    def _deliver_all(self) -> int:
        made = 0
        for alias in db.databases():
            due = Delivery.objects.using(alias).filter(status="pending", due_at__lte=Now()).order_by("id")
            for key in due.values_list("pk", flat=True)[:500]:
                events.deliver_one(using=alias, delivery_id=str(key))
                self.done["event heard"] += 1
                made += 1
        return made

    def differences(self) -> list[str]:
        """What the world's own books and the shop's disagree on; nothing, after `quiesce`."""
        shipped = self._by_orders()
        wrong = [
            f"stock item {key}: {units} on hand, {self.units[key] + shipped[key]} expected"
            for key, units in self._on_hand().items()
            if units != self.units[key] + shipped[key]
        ]
        wrong += self.money_differences() + self.gift_differences() + self.order_differences()
        overpaid = Order.objects.filter(status="cancelled", captured_minor__gt=F("refunded_minor")).exclude(
            payments__disputed_minor__gt=0  # the bank has it, or decides
        )
        wrong += [
            f"order {number} is cancelled and not refunded" for number in overpaid.values_list("number", flat=True)
        ]
        missing = set(self.orders) - set(Order.objects.values_list("pk", flat=True))
        return wrong + [f"order {key} is lost" for key in missing]

    # --- what there is

    def _order(self) -> UUID:
        if not self.orders:
            raise reservations.OutOfStock({})
        return self.rng.choice(self.orders[-60:] if self.rng.random() < 0.9 else self.orders)

    def _any(self, rows: QuerySet[Any]) -> Any:
        """One of the newest rows; None if there is none."""
        found = list(rows.order_by("-pk")[:30])
        return self.rng.choice(found) if found else None

    def _item(self) -> StockItem:
        return self.rng.choice(list(StockItem.objects.filter(variant_id__in=self.variants).select_related("location")))

    def _receive(self, variant: UUID, quantity: int, location: str | None) -> None:
        sku = StockItem.objects.filter(variant_id=variant).values_list("sku", flat=True)[0]
        stock.receive(
            variant_id=variant, sku=sku, quantity=quantity, location=location, reason="delivery", by="staff:1"
        )
        if hasattr(self, "units"):
            item = StockItem.objects.filter(variant_id=variant)
            item = item.filter(location__code=location) if location else item.filter(location__is_default=True)
            self.units[item.get().pk] += quantity

    def _by_orders(self) -> Counter[UUID]:
        """Units by stock item that orders moved: sent, sent back, or not on the shelf when they were to be sent."""
        moved: Counter[UUID] = Counter()
        rows = StockMovement.objects.filter(Q(kind__in=["ship", "return"]) | Q(document__startswith="shipment:"))
        rows = rows.exclude(document__startswith="feed-message:")  # what a warehouse tells is in the book already
        for key, units in rows.values_list("stock_item_id", "quantity"):
            moved[key] += units
        return moved

    def _on_hand(self) -> dict[UUID, int]:
        return dict(StockItem.objects.filter(variant_id__in=self.variants).values_list("pk", "on_hand"))


_GOODS = ((30, 2500), (12, 999), (5, 10_000), (1, 4999), (0, 1250), (60, 333))

# How often each happens, beside the others.
WEIGHTS = {
    "place": 14, "place_twice": 2, "place_in_line": 3, "pay_again": 4, "answer_challenge": 3, "cancel": 5,
    "wait_for_units": 3, "leave_line": 1, "claim": 1, "refund": 5, "receive_transfer": 2, "fulfil": 10, "receive": 6,
    "adjust": 5, "recount": 3, "set_limits": 1, "expire": 4, "work": 16, "settle": 3, "hear": 5, "noise": 2,
    "trouble": 2, "draft_transfer": 2, "move_transfer": 4, "order_goods": 1, "receive_goods": 2, "warehouse_tells": 4,
    "warehouse_repeats": 1, "stranger_tells": 1, "close_orders": 1, "choose_strategy": 1, "choose_capture": 1,
    "capture": 4, "void": 1, "edit": 4, "cancel_units": 1, "pay_balance": 3, "begin_parcels": 2, "pick_parcel": 2,
    "split_parcel": 1, "short_parcel": 1, "send_parcel": 2, "deliver_parcel": 2, "ask_return": 2, "take_return": 2,
    "settle_return": 2, "give_credit": 1, "place_with_credit": 3, "place_on_invoice": 1, "dispute": 2, "reissue": 1,
    "refuse_refunds": 1, "try_refunds_again": 1, "refund_past_the_shop": 2, "issue_card": 3, "buy_cards": 4,
    "place_with_cards": 4, "expire_cards": 1,
}  # fmt: skip
