"""An archived order on the table: all its rows where every selector looks for them, for as long as a page is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from checkout.archive import contents, selectors
from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order
from shop.core import db


@contextmanager
def opened(order: Order) -> Iterator[None]:
    """Inside, an archived order reads as it did before it was archived; with a live one nothing happens.

    Its rows are put into their tables in a transaction that is read-only from then on and always rolled back, so that
    nobody else ever sees them and nothing can be done with them. Render the page inside.
    """
    if not order.is_archived:
        yield
        return
    with transaction.atomic(using=db.DEFAULT):
        lay_out(ArchivedOrder.objects.get(pk=order.pk))
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
