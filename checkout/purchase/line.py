"""The waiting line of the checkout: what cannot be placed at once is placed in turn, at a rate the shop can sustain.

A click is placed at once while this process has a free slot and nobody waits. Otherwise it becomes a row; workers
serve the rows by number. Everything that must not be lost is in that table: a restart of every process loses nobody's
place. Serving is `place_order` under the click's own key, so a row that is served twice still makes one order.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from cart.carts import selectors as cart_selectors
from cart.carts.models import Cart
from catalog.bundles import selectors as bundles
from checkout.orders import selectors as order_selectors
from checkout.orders.models import Order
from checkout.purchase import selectors, services
from checkout.purchase.models import NextNumber, QueuedOrder
from inventory.stock import selectors as stock
from shop.core import cache, db
from shop.core.money import Money

log = structlog.get_logger("checkout.purchase")

Status = QueuedOrder.Status
LEASE = 15  # seconds after which whoever serves a click is taken for dead; those behind it wait for that
MOST_ATTEMPTS = 5
KEEP = timedelta(days=1)  # how long an ended row answers for the page of its shopper
_LOCK = 0x686F6C64  # of the claims: two workers must not both see the last free server

_BUSY = """
    SELECT count(*) FILTER (WHERE status = 'working' AND started_at > statement_timestamp() - %(lease)s),
           count(*) FILTER (WHERE started_at > statement_timestamp() - interval '1 second')
    FROM checkout_queuedorder WHERE started_at > statement_timestamp() - %(lease)s
"""
_CLAIM = """
    UPDATE checkout_queuedorder SET status = 'working', attempts = attempts + 1, started_at = statement_timestamp()
    WHERE id = (
        SELECT id FROM checkout_queuedorder
        WHERE status = 'waiting' OR (status = 'working' AND started_at <= statement_timestamp() - %(lease)s)
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


class LineFull(Exception):
    """More shoppers wait than can be served in a sensible time; nothing was kept. To be tried again later."""


class _Slots:
    """How many orders this process places at once; the size is read when the first one comes."""

    def __init__(self) -> None:
        self._made: threading.BoundedSemaphore | None = None
        self._lock = threading.Lock()
        self.full_until = 0.0  # by this process's monotonic clock

    def semaphore(self) -> threading.BoundedSemaphore:
        with self._lock:
            self._made = self._made or threading.BoundedSemaphore(settings.PLACE_ORDER_SLOTS)
            return self._made


_slots = _Slots()


def check_room() -> None:
    """Raise `LineFull` at once if this process saw a full line within the last second: it must not cost a query."""
    if time.monotonic() < _slots.full_until:
        raise LineFull


@contextmanager
def slot() -> Iterator[bool]:
    """Whether the caller may place an order now, holding a slot of this process until the block ends.

    False when all slots are taken, or when others wait: nobody overtakes them.
    """
    free = _slots.semaphore()
    if not free.acquire(blocking=False):
        yield False
        return
    try:
        yield not selectors.somebody_waits()
    finally:
        free.release()


def join(*, cart: Cart, details: services.Details, seen_total: Money, key: str, by: str) -> QueuedOrder:
    """Put a click on "Pay" at the end of the line. The same key again keeps its place; after a refusal it queues anew.

    Raises `LineFull`, and `services.OutOfStock` when it is sold out already: nobody waits for that.
    """
    wish = {"details": dataclasses.asdict(details), "minor": seen_total.minor, "currency": seen_total.currency}
    now = {"cart_id": cart.pk, "cart_version": cart.version, "wish": wish, "actor": by}
    with transaction.atomic(using=db.DEFAULT):
        mine = QueuedOrder.objects.filter(key=key).first()
        if mine is None:
            _refuse_sold_out(cart)
            if selectors.waiting() >= settings.LINE_LIMIT:
                _slots.full_until = time.monotonic() + 1
                raise LineFull
            QueuedOrder.objects.bulk_create([QueuedOrder(key=key, **now)], ignore_conflicts=True)
            mine = QueuedOrder.objects.get(key=key)
        if mine.status == Status.REFUSED:
            QueuedOrder.objects.filter(pk=mine.pk, status=Status.REFUSED).update(
                **now, status=Status.WAITING, number=NextNumber(), attempts=0, code="", message="", facts={},
                joined_at=Now(), started_at=None, ended_at=None,
            )  # fmt: skip
            mine.refresh_from_db()
        transaction.on_commit(call_for_service, using=db.DEFAULT, robust=True)
    return mine


def _refuse_sold_out(cart: Cart) -> None:
    """An unlocked look at what is free. Who comes with units that are held for them waits for their turn."""
    lines = cart_selectors.lines_of(cart.pk)
    if any(one.claim_id for one in lines):
        return
    wanted = Counter[UUID]()
    for one in lines:
        wanted[one.variant_id] += one.quantity
    free = stock.available(wanted)
    short = {key: free[key] for key, units in wanted.items() if free[key] < units}
    if short:  # or bundles, which have no units of their own
        free = bundles.available(short)
        short = {key: left for key, left in free.items() if left < wanted[key]}
    if short:
        raise services.OutOfStock(short, {one.variant_id: one.name for one in lines})


def serve(*, seconds: float = 5.0) -> int:
    """Place the orders of the line, the first come first, until nobody waits or the time is over; returns how many.

    At most `LINE_SERVERS` at a time in the whole shop and `LINE_ORDERS_PER_SECOND` a second (0: as fast as they go).
    """
    deadline, served = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        click = _claim()
        if click is not None:
            _serve(click)
            served += 1
        elif settings.LINE_ORDERS_PER_SECOND and selectors.somebody_waits():
            time.sleep(0.05)
        else:
            break
    return served


def forget() -> int:
    """Delete rows that ended a day ago; returns how many."""
    return QueuedOrder.objects.filter(ended_at__lt=Now() - KEEP).delete()[0]


def call_for_service() -> None:
    """Wake a worker, at most once a second however many join; the timetable does it when this gets lost."""
    from checkout.purchase import tasks  # noqa: PLC0415  (tasks import the services)

    if cache.LINE_CALL.add(1):
        tasks.serve_line.delay()


def _claim() -> QueuedOrder | None:
    """The click whose turn it is, marked as being served; None when nobody waits or all servers are busy."""
    given: dict[str, Any] = {"lease": timedelta(seconds=LEASE)}
    with transaction.atomic(using=db.DEFAULT), connections[db.DEFAULT].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_BUSY, given)
        serving, recent = cursor.fetchone()
        rate = settings.LINE_ORDERS_PER_SECOND
        if serving >= settings.LINE_SERVERS or (rate and recent >= rate):
            return None
        cursor.execute(_CLAIM, given)
        row = cursor.fetchone()
    return QueuedOrder.objects.get(pk=row[0]) if row else None


def _serve(click: QueuedOrder) -> None:
    try:
        with override(click.wish["details"]["language"]):
            order = _place(click)
    except (services.PurchaseRefused, services.CartChanged, services.CouponUsedUp) as refusal:
        _refuse(click, *_reason(refusal))
    except services.Busy:  # the units were locked for too long: the next server asks again
        QueuedOrder.objects.filter(pk=click.pk, status=Status.WORKING).update(status=Status.WAITING)
    except (OperationalError, InterfaceError) as error:
        log.warning("database away while serving", number=click.number, error=str(error))
        _give_back(click)
    except Exception as error:
        log.exception("order in line failed", number=click.number, attempt=click.attempts, error=str(error))
        if click.attempts >= MOST_ATTEMPTS:
            _refuse(click, "failed", _("Your order could not be placed. You have not been charged."), {})
    else:
        _end(click, status=Status.PLACED, order_id=order.pk)


def _give_back(click: QueuedOrder) -> None:
    """Let the next server have the turn as soon as the database answers: it need not wait for the lease to end."""
    mine = QueuedOrder.objects.filter(pk=click.pk, status=Status.WORKING, started_at=click.started_at)
    until = time.monotonic() + LEASE
    while time.monotonic() < until:
        try:
            mine.update(status=Status.WAITING, attempts=F("attempts") - 1)
        except (OperationalError, InterfaceError):
            connections[db.DEFAULT].close()
            time.sleep(0.3)
        else:
            return


def _place(click: QueuedOrder) -> Order:
    done = order_selectors.by_key(click.key)
    if done is not None:
        return done
    cart = Cart.objects.get(pk=click.cart_id)
    if cart.version != click.cart_version:
        raise services.CartChanged(_("Your cart has changed. Please check it before you order."))
    return services.place_order(
        cart=cart,
        details=services.Details(**click.wish["details"]),
        seen_total=Money(click.wish["minor"], click.wish["currency"]),
        key=click.key,
        by=click.actor,
    )


def _reason(refusal: Exception) -> tuple[str, str, dict[str, object]]:
    """A refusal's code, its sentence for the shopper, and the facts a program needs."""
    if isinstance(refusal, services.CouponUsedUp):
        return "coupon_used_up", refusal.message, {}
    facts: dict[str, object] = {}
    if isinstance(refusal, services.PriceChanged):
        facts = {"expected_total": [str(refusal.quote.total.decimal)]}
    elif isinstance(refusal, services.OutOfStock):
        facts = {str(variant_id): [str(left)] for variant_id, left in refusal.shortages.items()}
    return str(getattr(refusal, "code", "refused")), str(getattr(refusal, "message", refusal)), facts


def _refuse(click: QueuedOrder, code: str, message: str, facts: dict[str, object]) -> None:
    _end(click, status=Status.REFUSED, code=code, message=message[:1000], facts=facts)


def _end(click: QueuedOrder, *, status: str, **changes: object) -> None:
    """End the turn, unless another server took it over and ended it; what was entered is not needed any more."""
    QueuedOrder.objects.filter(pk=click.pk, status=Status.WORKING).update(
        status=status, wish={}, ended_at=Now(), **changes
    )
