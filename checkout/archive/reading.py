"""An archived order on the table: all its rows where every selector looks for them, for as long as a page is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError, connections, transaction
from django.http import Http404

from checkout.archive import contents, selectors
from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order
from shop.core import db

Answer = TypeVar("Answer")
TRIES = 3


class Moved(Http404):
    """The order was moved while it was read: who looks for it once more finds it where it is now."""


def steadily(find: Callable[[], Order], read: Callable[[Order], Answer]) -> Answer:
    """What `read` makes of the order that `find` finds, called under `opened`: all of it from one place.

    The order may be archived, or brought back, between two of its queries, and what is asked for is gone then: it is
    looked for and read anew. Raises what the two raise, and `Moved` for an order that never stays.
    """
    for _try in range(TRIES):
        order = find()
        try:
            with opened(order):
                answer = read(order)
        except Exception:
            if not _has_moved(order):
                raise
        else:
            if order.status not in selectors.ENDED or not _has_moved(order):  # only what is at an end is archived
                return answer
    raise Moved


def _has_moved(order: Order) -> bool:
    return Order.objects.filter(pk=order.pk).exists() == order.is_archived


@contextmanager
def opened(order: Order) -> Iterator[None]:
    """Inside, an archived order reads as it did before it was archived; with a live one nothing happens.

    Its rows are put into their tables in a transaction that is read-only from then on and always rolled back, so that
    nobody else ever sees them and nothing can be done with them. Render the page inside. Raises `Moved` for an order
    that is just being brought back.
    """
    if not order.is_archived:
        yield
        return
    with transaction.atomic(using=db.DEFAULT):
        try:
            lay_out(ArchivedOrder.objects.get(pk=order.pk))
        except (ArchivedOrder.DoesNotExist, IntegrityError) as moved:
            raise Moved from moved
        with connections[db.DEFAULT].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            transaction.set_rollback(True, using=db.DEFAULT)


@contextmanager
def return_opened(key: str, *, may_see: Callable[[Order], bool]) -> Iterator[bool]:
    """Inside, the return with this number or id reads as it did before its order was archived; False if there is none,
    or if `may_see` refuses its order."""
    order = selectors.of_return(key)
    if order is None or not may_see(order):
        yield False
        return
    with opened(order):
        yield True


def lay_out(archived: ArchivedOrder) -> None:
    """Put all rows of an archived order into their tables, in the caller's transaction. One statement."""
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(contents.put_back_sql(archived.content), {"id": archived.pk})
