"""An order that is moved while somebody reads it is shown as it was before or as it is after, and whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.archive import reading, selectors, services
from checkout.desk import pages
from checkout.orders import access
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from checkout.returns import selectors as returns
from tests.checkout.archive.test_pages import text
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import returns as returned
from tests.factories.archive import archive_all, delivered

pytestmark = pytest.mark.django_db
Move = Callable[[Order], object]


def to_archive(_order: Order) -> None:
    assert archive_all() == 1


def back(order: Order) -> None:
    services.restore(number=order.number, by="system")


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str, Callable[[], object]], list[int]]:
    """Have something happen just before `module.name` is called, once. Returns how often it was called, as a length."""

    def interleave(module: Any, name: str, happen: Callable[[], object]) -> list[int]:
        real, calls = getattr(module, name), []  # type: ignore[var-annotated]

        def late(*arguments: Any, **named: Any) -> Any:
            calls.append(len(calls))
            if len(calls) == 1:
                happen()
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, late)
        return calls

    return interleave


READS = [
    (orders, "lines_of"),
    (pages.payments, "payments_of"),
    (pages.fulfilment, "shipments_of"),
    (pages.notes, "for_customer"),
    (returns, "history_of"),
]


@pytest.mark.parametrize(("module", "name"), READS)
def test_a_page_is_whole_whatever_was_read_when_its_order_went(
    client: Client, before: Any, module: Any, name: str
) -> None:
    order = delivered()
    url = access.url(order)
    whole = client.get(url)
    calls = before(module, name, lambda: to_archive(order))
    answer = client.get(url)
    assert (answer.status_code, len(calls)) == (200, 2)
    assert text(answer.content) == text(whole.content)


def test_a_parcels_page_is_there_although_its_order_went(client: Client, before: Any) -> None:
    order = delivered()
    parcel = reverse("order_parcel", args=[order.number, order.shipments.get().number])
    client.get(access.url(order))
    whole = client.get(parcel)
    before(pages.fulfilment, "shipments_of", lambda: to_archive(order))
    answer = client.get(parcel)
    assert (answer.status_code, text(answer.content)) == (200, text(whole.content))


def test_the_page_that_asks_how_it_was_is_there_although_its_order_went(client: Client, before: Any) -> None:
    carts.rates()
    order = returned.bought((carts.product(name="Lamp"), 1))
    url = f"{reverse('order_feedback', args=[order.number])}?key={order.access_key}"
    whole = client.get(url)
    before(orders, "by_id", lambda: to_archive(order))
    answer = client.get(url)
    assert (answer.status_code, text(answer.content)) == (200, text(whole.content))


def test_programs_get_all_of_an_order_that_went(client: Client, before: Any) -> None:
    order = delivered()
    where, header = reverse("api_order", args=[order.number]), {access.HEADER: order.access_key}
    told = client.get(where, headers=header).json()
    before(orders, "by_id", lambda: to_archive(order))
    assert client.get(where, headers=header).json() == told


def test_an_order_that_comes_back_while_its_page_is_made(client: Client, before: Any) -> None:
    order = delivered()
    url = access.url(order)
    whole = client.get(url)
    archive_all()
    before(reading, "opened", lambda: back(order))
    answer = client.get(url)
    assert (answer.status_code, text(answer.content)) == (200, text(whole.content))
    assert not selectors.order(order.number).is_archived  # type: ignore[union-attr]


def test_an_order_that_comes_back_while_it_is_looked_for(before: Any) -> None:
    order = delivered()
    archive_all()
    calls = before(selectors, "_made", lambda: back(order))
    assert (selectors.order(order.number), len(calls)) == (order, 1)


def test_what_is_just_being_brought_back_is_not_found_rather_than_an_error() -> None:
    order = delivered()
    archive_all()
    found = selectors.order(order.number)
    assert found is not None
    back(order)
    with pytest.raises(reading.Moved), reading.opened(found):
        pass


def test_an_order_that_never_stays_is_not_found() -> None:
    order = delivered()
    tries: list[Order] = []

    def find() -> Order:
        if tries:
            back(order)
        tries.append(Order.objects.get(pk=order.pk))
        return tries[-1]

    with pytest.raises(reading.Moved):
        reading.steadily(find, to_archive)
    assert len(tries) == reading.TRIES


def test_what_else_goes_wrong_is_told_at_once() -> None:
    order, tries = delivered(), []

    def read(_order: Order) -> None:
        tries.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reading.steadily(lambda: order, read)
    assert tries == [1]


def test_an_order_that_goes_on_is_read_without_a_further_query(django_assert_num_queries: Any) -> None:
    order = make.placed()
    with django_assert_num_queries(0):
        assert reading.steadily(lambda: order, lambda found: found.pk) == order.pk
