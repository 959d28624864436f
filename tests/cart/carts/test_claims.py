"""A line of the cart that claims what is held for its owner, and orders made of it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cart.carts import ownership, selectors, services
from cart.carts.models import Cart, CartLine
from catalog.products.models import Product
from checkout.orders import services as orders
from checkout.purchase import services as purchase
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from inventory.waitlist import services as waitlist
from shop.core import db
from tests.factories import cart as carts
from tests.factories.waitlist import joined, lapse, statuses
from tests.inventory.checks import assert_adds_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> Any:
    carts.rates()
    yield
    assert_adds_up()


@pytest.fixture
def product() -> Product:
    return carts.product(units=0)


def line_of(product: Product, number: int = 1, *, units: int = 1) -> list[UUID]:
    return joined(StockItem.objects.get(variant_id=carts.variant_of(product).pk), number, units=units)


def receive(product: Product, units: int) -> None:
    variant = carts.variant_of(product)
    stock.receive(variant_id=variant.pk, sku=variant.sku, quantity=units, reason="delivery", by="staff:1")


def held(product: Product, number: int = 1) -> list[UUID]:
    """So many entries, of which the first has a unit."""
    entries = line_of(product, number)
    receive(product, 1)
    waitlist.offer(variant_id=carts.variant_of(product).pk)
    return entries


def claim(cart: Cart, entry: UUID) -> CartLine:
    return services.claim(cart=cart, entry_id=entry, by="guest")


def shown(cart: Cart) -> Any:
    (line,) = selectors.view(cart, currency="USD").lines
    return line


def place(cart: Cart, key: str = "key-1") -> Any:
    return purchase.place_order(
        cart=cart, details=carts.DETAILS, seen_total=carts.total(cart, carts.DETAILS), key=key, by="guest"
    )


class TestCart:
    def test_what_is_held_can_be_ordered_though_nobody_else_can(self, product: Product) -> None:
        (entry,) = held(product)
        mine, other = carts.cart(), carts.cart()
        claim(mine, entry)
        line = shown(mine)
        assert (line.available, line.is_available, line.max_quantity) == (1, True, 1)
        assert line.notices[0].startswith("Held for you until ")
        with pytest.raises(services.NotEnoughStock):
            services.add(cart=other, variant_id=carts.variant_of(product).pk, quantity=1, by="guest")

    def test_who_opened_the_link_twice_reads_that_it_was_ordered(self, product: Product) -> None:
        (entry,) = held(product)
        first, second = carts.cart(), carts.cart()
        claim(first, entry)
        claim(second, entry)
        place(first)
        assert shown(second).notices == (
            "What your link held for you was ordered already, from another cart.",
            "Sold out: please remove it to go on.",
        )
        with pytest.raises(services.NothingHeld) as refused:
            claim(carts.cart(), entry)
        assert refused.value.message == "What this link held for you was ordered already."

    def test_twice_is_once(self, product: Product) -> None:
        (entry,) = held(product)
        cart = carts.cart()
        assert claim(cart, entry).pk == claim(cart, entry).pk
        assert CartLine.objects.get().quantity == 1

    def test_a_line_that_was_there_is_made_good(self, product: Product) -> None:
        receive(product, 1)
        cart = carts.cart((product, 1))
        item = StockItem.objects.get(variant_id=carts.variant_of(product).pk)
        stock.adjust(stock_item_id=item.pk, change=-1, reason="broken", by="staff:1")
        (entry,) = held(product)
        assert not shown(cart).is_available
        claim(cart, entry)
        assert (shown(cart).quantity, shown(cart).is_available) == (1, True)

    def test_more_than_is_held_must_be_there_for_everybody(self, product: Product) -> None:
        (entry,) = held(product)
        cart = carts.cart()
        line = claim(cart, entry)
        with pytest.raises(services.NotEnoughStock) as refused:
            services.set_quantity(cart=cart, line_id=line.pk, quantity=2, by="guest")
        assert refused.value.available == 1
        receive(product, 2)
        services.set_quantity(cart=cart, line_id=line.pk, quantity=3, by="guest")
        with pytest.raises(services.NotEnoughStock):
            services.add(cart=cart, variant_id=line.variant_id, quantity=1, by="guest")

    def test_nothing_is_held_any_more(self, product: Product) -> None:
        (entry,) = held(product)
        cart = carts.cart()
        claim(cart, entry)
        lapse(entry)
        waitlist.sweep()
        with pytest.raises(services.NothingHeld):
            claim(carts.cart(), entry)
        with pytest.raises(services.NothingHeld):
            claim(cart, uuid4())

    def test_one_claim_at_a_time(self, product: Product) -> None:
        first, second = line_of(product, 2)
        receive(product, 2)
        waitlist.offer(variant_id=carts.variant_of(product).pk)
        cart = carts.cart()
        claim(cart, first)
        with pytest.raises(services.NothingHeld, match="already"):
            claim(cart, second)
        lapse(first)
        assert claim(cart, second).claim_id == second

    def test_a_guest_who_signs_in_keeps_it(self, product: Product) -> None:
        (entry,) = held(product)
        person, guest = carts.customer(), carts.cart()
        claim(guest, entry)
        merged = ownership.merge(guest=guest, customer_id=person.pk)
        assert CartLine.objects.get(cart_id=merged.pk).claim_id == entry
        assert shown(merged).is_available

    def test_signing_in_with_the_same_thing_in_both_carts(self, product: Product) -> None:
        person = carts.customer()
        receive(product, 1)
        own = carts.cart((product, 1), customer_id=person.pk)
        item = StockItem.objects.get(variant_id=carts.variant_of(product).pk)
        stock.adjust(stock_item_id=item.pk, change=-1, reason="broken", by="staff:1")
        (entry,) = held(product)
        guest = carts.cart()
        claim(guest, entry)
        merged = ownership.merge(guest=guest, customer_id=person.pk)
        assert merged.pk == own.pk
        assert (shown(merged).quantity, shown(merged).is_available) == (1, True)

    def test_a_cart_without_a_claim_asks_nobody(self, product: Product, django_assert_num_queries) -> None:
        receive(product, 3)
        cart = carts.cart((product, 1))
        lines = selectors.lines_of(cart.pk)
        with django_assert_num_queries(0, using=db.INVENTORY):
            assert selectors.claims.held(lines) == {}


class TestOrder:
    def test_the_held_unit_is_ordered(self, product: Product) -> None:
        entry, following = held(product, 2)
        cart = carts.cart()
        claim(cart, entry)
        order = place(cart)
        assert statuses(entry, following) == ["taken", "waiting"]
        assert list(Reservation.objects.filter(status="open").values_list("reference", "quantity")) == [(order.pk, 1)]
        assert place(cart).pk == order.pk  # a second click

    def test_two_browsers_one_order(self, product: Product) -> None:
        (entry,) = held(product)
        first, second = carts.cart(), carts.cart()
        claim(first, entry)
        claim(second, entry)
        place(first)
        assert not shown(second).is_available
        with pytest.raises(purchase.OutOfStock):
            place(second, key="key-2")

    def test_a_cart_that_waited_too_long_is_refused(self, product: Product) -> None:
        entry, following = held(product, 2)
        cart = carts.cart()
        claim(cart, entry)
        lapse(entry)
        waitlist.sweep()
        with pytest.raises(purchase.OutOfStock):
            place(cart)
        assert statuses(entry, following) == ["passed", "offered"]

    def test_an_order_that_cannot_be_written_leaves_the_unit_with_its_owner(
        self, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry, following = held(product, 2)
        cart = carts.cart()
        claim(cart, entry)
        with monkeypatch.context() as patch:
            patch.setattr(purchase.carts, "close", _changed)
            with pytest.raises(purchase.CartChanged):
                place(cart)
        assert statuses(entry, following) == ["offered", "waiting"]
        assert place(cart, key="key-2")
        assert statuses(entry) == ["taken"]

    def test_an_order_given_up_passes_the_unit_on(self, product: Product) -> None:
        entry, following = held(product, 2)
        cart = carts.cart()
        claim(cart, entry)
        order = place(cart)
        orders.cancel(order_id=order.pk, by="guest")
        orders.give_back_stock(order_id=order.pk, by="system")
        purchase.give_back_cart(order_id=order.pk)
        waitlist.sweep()
        assert statuses(entry, following) == ["taken", "offered"]
        cart.refresh_from_db()
        assert not shown(cart).is_available

    def test_what_the_claim_does_not_cover_comes_from_public_stock(self, product: Product) -> None:
        (entry,) = held(product)
        receive(product, 1)
        cart = carts.cart()
        line = claim(cart, entry)
        services.set_quantity(cart=cart, line_id=line.pk, quantity=2, by="guest")
        order = place(cart)
        assert Reservation.objects.get(reference=order.pk).quantity == 2


def _changed(**_given: Any) -> None:
    raise services.CartChanged("another tab")
