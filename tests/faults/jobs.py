"""What processes that get killed do: each as a web process or a worker of the shop does it."""

from __future__ import annotations

from contextlib import nullcontext

from django.core.management import call_command
from django.db.models import F

from cart.carts.models import Cart
from checkout.archive import services as archive
from checkout.purchase import line, services
from shop.celery import app
from shop.core import db
from shop.core.money import Money
from shop.events import tasks as events
from shop.notifications import services as notifications
from tests.factories.cart import DETAILS


def click(cart_id: str, minor: str, key: str) -> str:
    """A click on "Place order" that is served at once; the order's number."""
    cart = Cart.objects.get(pk=cart_id)
    seen = Money(int(minor), "USD")
    return services.place_order(cart=cart, details=DETAILS, seen_total=seen, key=key, by="guest").number


def click_while_the_cart_changes(cart_id: str, minor: str, key: str) -> str:
    """The same, and in another tab the cart is changed after it was read."""
    cart = Cart.objects.get(pk=cart_id)
    Cart.objects.filter(pk=cart_id).update(version=F("version") + 1)
    seen = Money(int(minor), "USD")
    return services.place_order(cart=cart, details=DETAILS, seen_total=seen, key=key, by="guest").number


def queue(cart_id: str, minor: str, key: str) -> str:
    """A click that has to wait in the line; its number."""
    cart = Cart.objects.get(pk=cart_id)
    seen = Money(int(minor), "USD")
    return str(line.join(cart=cart, details=DETAILS, seen_total=seen, key=key, by="guest").number)


def deliver(using: str, delivery_id: str) -> None:
    """A worker's delivery of an event."""
    events.deliver(using=using, delivery_id=delivery_id)


def begin() -> None:
    """From here on the task works."""


def task(name: str, argument: str = "", value: str = "") -> None:
    """A worker's task by its name, with an argument."""
    begin()
    app.tasks[name](**({argument: value} if argument else {}))


def click_in_pieces(cart_id: str, minor: str, key: str) -> str:
    """What a purchase must not be: its parts are committed one by one."""
    services.transaction = _NoTransaction()  # type: ignore[assignment]
    return click(cart_id, minor, key)


class _NoTransaction:
    def atomic(self, **_which: object) -> nullcontext[None]:
        return nullcontext()


def deliver_one(using: str, delivery_id: str) -> str | None:
    """A worker's delivery of an event, without those behind it."""
    return events.deliver_one(using=using, delivery_id=delivery_id)


def deliver_one_unkeyed(using: str, delivery_id: str) -> str | None:
    """What a delivery must not be: its e-mail has another key on each try."""
    queue = notifications.queue
    notifications.queue = lambda **given: queue(**{**given, "key": str(db.uuid7())})
    return events.deliver_one(using=using, delivery_id=delivery_id)


def archive_orders(*options: str) -> None:
    """What the night, or a person, does with old orders."""
    call_command("archive_orders", *options)


def archive_in_pieces(*options: str) -> None:
    """What archiving must not be: its statements are committed one by one."""
    archive.transaction = _NoTransaction()  # type: ignore[assignment]
    archive.locking.free_of = list
    archive_orders(*options)
