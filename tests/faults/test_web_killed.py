"""F26: the web process is killed with -9 between two steps of the purchase. What it held comes back by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from cart.carts.models import Cart
from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.purchase import services as purchase
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from shop.core import db
from shop.management.commands import verify_invariants
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.faults.test_worker_killed import url_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
ROOT = Path(__file__).resolve().parents[2]

# What a web process does for a click on "Place order", and where it dies: right before the named step, or after all.
SCRIPT = """
import os, signal, sys

import django

django.setup()

from cart.carts.models import Cart
from checkout.purchase import services
from shop.core.money import Money
from tests.factories.cart import DETAILS

cart_id, minor, key, step = sys.argv[1:]

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

if step:
    setattr(services, step, die)
cart = Cart.objects.get(pk=cart_id)
order = services.place_order(cart=cart, details=DETAILS, seen_total=Money(int(minor), "USD"), key=key, by="guest")
print(order.number)
"""


def place_elsewhere(cart: Cart, *, dies_before: str = "") -> subprocess.CompletedProcess[str]:
    """Place the order of `cart` in a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(db.DEFAULT),
        "CATALOG_DATABASE_URL": url_of(db.CATALOG) if db.CATALOG != db.DEFAULT else "",
        "INVENTORY_DATABASE_URL": url_of(db.INVENTORY) if db.INVENTORY != db.DEFAULT else "",
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_BROKER_URL": "memory://",  # whatever is announced there dies with the process
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "1",
    }
    words = [str(cart.pk), str(carts.total(cart, carts.DETAILS).minor), "key-1", dies_before]
    command = [sys.executable, "-c", SCRIPT, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def violations() -> dict[str, list[str]]:
    return {finding.code: finding.violations for finding in verify_invariants.verify() if finding.violations}


def available(variant_id: object) -> int:
    return stock.available([variant_id])[variant_id]  # type: ignore[list-item,index]


def test_F26_killed_between_the_hold_and_the_order() -> None:
    carts.rates()
    product = catalog.product(units=3, amount=2500)
    variant_id = carts.variant_of(product).pk
    cart = carts.cart((product, 2))
    killed = place_elsewhere(cart, dies_before="_write")
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    # The units were held for an order that never came to be; whatever is kept agrees with that.
    (hold,) = Reservation.objects.all()
    assert (hold.status, hold.quantity, available(variant_id)) == ("open", 2, 1)
    assert (Order.objects.count(), Payment.objects.count()) == (0, 0)
    cart.refresh_from_db()
    assert cart.status == Cart.Status.OPEN
    assert violations() == {}

    # Nobody comes back. The hold runs out, and the timetable's sweep lets go of it.
    assert reservations.expire() == 0
    Reservation.objects.filter(pk=hold.pk).update(expires_at=db.clock() - timedelta(seconds=1))
    assert available(variant_id) == 3
    assert reservations.expire() == 1
    outbox.drain()
    assert outbox.failures() == []
    hold.refresh_from_db()
    assert (hold.status, available(variant_id), Order.objects.count()) == ("expired", 3, 0)
    assert purchase.sweep_unpaid() == 0
    assert violations() == {}


def test_F26_the_shopper_who_clicks_again_gets_one_order_and_one_hold() -> None:
    carts.rates()
    product = catalog.product(units=3, amount=2500)
    cart = carts.cart((product, 2))
    assert place_elsewhere(cart, dies_before="_write").returncode == -signal.SIGKILL
    again = place_elsewhere(cart)
    assert again.returncode == 0, again.stderr
    order = Order.objects.get()
    assert again.stdout.strip() == order.number
    held = Reservation.objects.filter(status="open").values_list("reference", "quantity")
    assert (list(held), available(carts.variant_of(product).pk)) == ([(order.pk, 2)], 1)
    assert violations() == {}
