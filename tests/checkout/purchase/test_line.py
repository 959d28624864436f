"""The waiting line: in turn, once each, and nothing lost when a process ends."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import reverse

from cart.carts import services as cart_services
from cart.carts.models import Cart
from checkout.orders.models import Order
from checkout.purchase import line, selectors, services
from checkout.purchase.models import QueuedOrder
from shop.core import db
from shop.core.money import Money
from tests.checkout.purchase.test_views import enter, pay, put_in
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_slots", line._Slots())  # what one test made of the process is not the next one's
    carts.rates()


@pytest.fixture
def no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is as busy as it may be."""

    @contextmanager
    def none() -> Any:
        yield False

    monkeypatch.setattr(line, "slot", none)


def join(cart: Cart, key: str = "", total: Money | None = None) -> QueuedOrder:
    return line.join(
        cart=cart,
        details=carts.DETAILS,
        seen_total=total or carts.total(cart),
        key=key or f"key-{cart.pk}",
        by="guest",
    )


def numbers(**which: Any) -> list[int]:
    return list(QueuedOrder.objects.filter(**which).order_by("number").values_list("number", flat=True))


class TestSlots:
    def test_as_many_as_the_settings_say_and_they_come_back(self, settings: Any, monkeypatch: Any) -> None:
        settings.PLACE_ORDER_SLOTS = 2
        monkeypatch.setattr(line, "_slots", line._Slots())
        with line.slot() as first, line.slot() as second, line.slot() as third:
            assert (first, second, third) == (True, True, False)
        with line.slot() as again:
            assert again is True

    def test_nobody_overtakes_who_waits(self) -> None:
        join(carts.cart((carts.product(), 1)))
        with line.slot() as is_free:
            assert is_free is False
        line.serve()
        with line.slot() as is_free:
            assert is_free is True


class TestJoin:
    def test_the_same_click_keeps_its_place(self) -> None:
        first = carts.cart((carts.product(), 1))
        mine, other, again = join(first), join(carts.cart((carts.product(), 1))), join(first)
        assert again.number == mine.number < other.number
        assert [selectors.turn(token=one.token).place for one in (mine, other)] == [1, 2]  # type: ignore[union-attr]

    def test_a_full_line_keeps_nothing(self, settings: Any) -> None:
        settings.LINE_LIMIT = 1
        mine = join(carts.cart((carts.product(), 1)))
        with pytest.raises(line.LineFull):
            join(carts.cart((carts.product(), 1)))
        assert numbers() == [mine.number]

    def test_for_a_second_after_a_full_line_nobody_is_asked(
        self, settings: Any, monkeypatch: Any, django_assert_num_queries: Any
    ) -> None:
        monkeypatch.setattr(line, "_slots", line._Slots())
        line.check_room()
        settings.LINE_LIMIT = 0
        with pytest.raises(line.LineFull):
            join(carts.cart((carts.product(), 1)))
        with django_assert_num_queries(0), pytest.raises(line.LineFull):
            line.check_room()

    def test_after_a_refusal_it_queues_anew_at_the_end(self) -> None:
        cart = carts.cart((carts.product(units=1), 1))
        refused = join(cart, total=Money(1, "USD"))
        line.serve()
        assert selectors.turn(token=refused.token).code == "price_changed"  # type: ignore[union-attr]
        other = join(carts.cart((carts.product(), 1)))
        mine = join(cart)
        assert mine.pk == refused.pk
        assert mine.number > other.number
        assert (mine.status, mine.code, mine.message) == ("waiting", "", "")

    def test_nobody_waits_for_what_is_sold_out(self) -> None:
        product = carts.product(units=1, name="Gone")
        first, late = carts.cart((product, 1)), carts.cart((product, 1))
        carts.order(first)
        with pytest.raises(services.OutOfStock) as refusal:
            join(late)
        assert refusal.value.message == "“Gone” is no longer available."
        assert numbers() == []

    def test_costs_few_queries(self, django_assert_max_num_queries: Any) -> None:
        cart = carts.cart((carts.product(), 1))
        total = carts.total(cart)
        with django_assert_max_num_queries(8):
            join(cart, total=total)


class TestServe:
    def test_first_come_first_served_until_it_is_sold_out(self) -> None:
        product = carts.product(units=3, name="Drop")
        clicks = [join(carts.cart((product, 1))) for _ in range(5)]
        assert line.serve() == 5
        assert numbers(status="placed") == [click.number for click in clicks[:3]]
        late = QueuedOrder.objects.get(pk=clicks[4].pk)
        assert (late.code, late.message) == ("out_of_stock", "“Drop” is no longer available.")
        assert list(late.facts.values()) == [["0"]]
        assert [row.wish for row in QueuedOrder.objects.all()] == [{}] * 5
        assert Order.objects.count() == 3
        assert violations() == []

    def test_twelve_served_by_four_at_once_are_twelve_orders_in_turn(self, settings: Any) -> None:
        settings.LINE_SERVERS = 4
        product = carts.product(units=12)
        for _ in range(12):
            join(carts.cart((product, 1)))
        together([line.serve] * 4)
        rows = list(QueuedOrder.objects.order_by("number"))
        assert [row.status for row in rows] == ["placed"] * 12
        assert [row.attempts for row in rows] == [1] * 12
        assert sorted(rows, key=lambda row: row.started_at) == rows
        assert (Order.objects.count(), violations()) == (12, [])

    def test_a_click_that_is_served_twice_is_one_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        click = join(carts.cart((carts.product(units=2), 1)))
        served = []
        monkeypatch.setattr(line, "_claim", lambda: None if len(served) > 1 else served.append(1) or click)
        assert line.serve() == 2
        assert Order.objects.count() == 1

    def test_no_more_servers_than_the_settings_say(self, settings: Any) -> None:
        settings.LINE_SERVERS = 1
        join(carts.cart((carts.product(), 1)))
        join(carts.cart((carts.product(), 1)))
        assert line._claim() is not None
        assert line._claim() is None

    def test_no_faster_than_the_settings_say(self, settings: Any) -> None:
        settings.LINE_ORDERS_PER_SECOND, settings.LINE_SERVERS = 2, 9
        for _ in range(3):
            join(carts.cart((carts.product(), 1)))
        assert [line._claim() is not None for _ in range(3)] == [True, True, False]

    def test_who_serves_and_dies_is_replaced_after_a_minute(self) -> None:
        join(carts.cart((carts.product(), 1)))
        dead = line._claim()
        assert dead is not None
        assert line.serve() == 0
        QueuedOrder.objects.update(started_at=db.clock() - line.timedelta(seconds=61))
        assert line.serve() == 1
        assert QueuedOrder.objects.get().status == "placed"
        assert Order.objects.count() == 1

    def test_a_server_that_dies_after_the_order_makes_no_second_one(self) -> None:
        cart = carts.cart((carts.product(units=5), 1))
        click = join(cart)
        assert line._claim() is not None
        services.place_order(cart=cart, details=carts.DETAILS, seen_total=carts.total(cart), key=click.key, by="guest")
        QueuedOrder.objects.update(started_at=db.clock() - line.timedelta(seconds=61))
        line.serve()
        assert QueuedOrder.objects.get().order_id == Order.objects.get().pk

    def test_a_cart_that_changed_in_line_is_shown_again(self) -> None:
        cart = carts.cart((carts.product(), 1))
        join(cart)
        cart_services.add(cart=cart, variant_id=carts.product().variants.get().pk, quantity=1, by="guest")
        line.serve()
        row = QueuedOrder.objects.get()
        assert (row.status, row.code, Order.objects.count()) == ("refused", "cart_changed", 0)

    def test_units_that_stay_locked_are_asked_for_again_at_once(self, monkeypatch: Any) -> None:
        join(carts.cart((carts.product(), 1)))
        place, busy = services.place_order, [True, True]

        def locked(**given: Any) -> Order:
            if busy and busy.pop():
                raise services.Busy
            return place(**given)

        monkeypatch.setattr(services, "place_order", locked)
        assert line.serve() == 3
        assert QueuedOrder.objects.get().status == "placed"

    def test_a_turn_that_a_lost_database_ended_is_given_back_at_once(self, monkeypatch: Any) -> None:
        """Without that everybody behind it would wait until its lease is over."""
        place, tries = services.place_order, []

        def away_at_first(**what: Any) -> Any:
            tries.append(what)
            if len(tries) == 1:
                raise OperationalError("the connection is closed")
            return place(**what)

        monkeypatch.setattr(services, "place_order", away_at_first)
        click = join(carts.cart((carts.product(), 1)))
        line.serve()
        click.refresh_from_db()
        assert (len(tries), click.status, click.attempts) == (2, "placed", 1)

    def test_what_fails_again_and_again_is_refused_and_the_line_goes_on(self, monkeypatch: Any) -> None:
        bad, good = join(carts.cart((carts.product(), 1))), join(carts.cart((carts.product(), 1)))
        place = services.place_order

        def breaks(*, key: str, **given: Any) -> Order:
            if key == bad.key:
                raise RuntimeError("broken")
            return place(key=key, **given)

        monkeypatch.setattr(services, "place_order", breaks)
        for _ in range(line.MOST_ATTEMPTS):
            line.serve()
            QueuedOrder.objects.filter(status="working").update(started_at=db.clock() - line.timedelta(seconds=61))
        assert QueuedOrder.objects.get(pk=bad.pk).code == "failed"
        assert QueuedOrder.objects.get(pk=good.pk).status == "placed"

    def test_ended_rows_are_forgotten_after_a_day(self) -> None:
        join(carts.cart((carts.product(), 1)))
        line.serve()
        assert line.forget() == 0
        QueuedOrder.objects.update(ended_at=db.clock() - line.KEEP)
        assert line.forget() == 1


@pytest.mark.usefixtures("no_slot")
class TestPage:
    def test_shows_the_place_and_leads_on_to_the_order(self, client: Any) -> None:
        join(carts.cart((carts.product(), 1)))
        put_in(client, carts.product())
        enter(client)
        answer = pay(client)
        assert answer.status_code == 303
        url = answer["Location"]
        page = client.get(url)
        assert page.status_code == 200
        assert (page.context["place"], page["Cache-Control"].count("no-store")) == (2, 1)
        assert '<strong data-testid="line-place">2</strong>' in page.content.decode()
        assert pay(client)["Location"] == url  # a second click keeps the place
        line.serve()
        led = client.get(url)
        assert (led.status_code, led["Location"].split("?")[0]) == (
            303, reverse("order", args=[Order.objects.latest("placed_at").number]),
        )  # fmt: skip
        assert client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == led["Location"]

    def test_a_refusal_leads_back_to_the_payment_page_that_says_why(self, client: Any) -> None:
        product = carts.product(units=1, name="Gone")
        put_in(client, product)
        enter(client)
        url = pay(client)["Location"]
        join(carts.cart((product, 1)))
        QueuedOrder.objects.filter(token=url.split("/")[-2]).update(number=10**9)
        line.serve()
        back = client.get(url, follow=True)
        assert back.redirect_chain == [(reverse("payment"), 303)]
        assert "“Gone” is no longer available." in back.content.decode()

    def test_a_full_line_is_a_page_that_says_when_to_come_again(self, client: Any, settings: Any) -> None:
        settings.LINE_LIMIT = 0
        put_in(client, carts.product())
        enter(client)
        answer = pay(client)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert QueuedOrder.objects.count() == 0

    def test_a_token_that_is_none_leads_to_the_cart(self, client: Any) -> None:
        answer = client.get(reverse("checkout_turn", args=["x" * 43]))
        assert (answer.status_code, answer["Location"]) == (303, reverse("cart"))


def test_fifty_clicks_at_once_are_served_in_the_order_of_their_numbers() -> None:
    product = carts.product(units=10)
    made = [carts.cart((product, 1)) for _ in range(50)]
    total = carts.total(made[0])
    together([partial(join, cart, total=total) for cart in made], threads=10)
    assert QueuedOrder.objects.count() == 50
    line.serve(seconds=30)
    assert numbers(status="placed") == numbers()[:10]
    assert numbers(status="refused") == numbers()[10:]
    assert violations() == []
