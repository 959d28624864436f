"""Orders that have arrived, and what comes back of them, made through the services."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from cart.carts import services as cart_services
from catalog.products.models import Product, Variant
from checkout.fulfilment import services as fulfilment
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from checkout.returns import policies
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnRule
from inventory.stock.models import StockItem
from shop.core import db
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories import checkout as make
from tests.factories.inventory import stocked


def rule(**fields: object) -> ReturnRule:
    """The only rule of the shop: everything, 30 days, automatically, unless told otherwise."""
    ReturnRule.objects.all().delete()
    return add_rule(**fields)


def add_rule(**fields: object) -> ReturnRule:
    made = ReturnRule.objects.create(**{"name": "Everything", **fields})
    policies.forget()
    return made


def arrived(items: Sequence[StockItem] | None = None, **details: object) -> Order:
    """An order that was paid, sent and delivered; its events are done."""
    return delivered(make.paid(items, **details))


def exchangeable() -> tuple[Order, Variant]:
    """An order that has arrived of a product with sizes: L may be had instead, XL is sold out."""
    product = catalog.product(units=3, indexed=False, options=["Size"])
    other = catalog.add_variant(product, units=1, options={"Size": "L"})
    catalog.add_variant(product, units=0, options={"Size": "XL"})
    order = arrived([stocked(1, variant_id=product.variants.order_by("id")[0].pk)])
    order.lines.update(product_id=product.pk)
    return order, other


def bought(*products: tuple[Product, int], coupon: str = "", **details: object) -> Order:
    """The same of products, as the checkout prices them: with tax, delivery and a coupon."""
    cart = carts.cart(*products, customer_id=details.get("customer_id"))  # type: ignore[arg-type]
    if coupon:
        cart_services.add_coupon(cart=cart, code=coupon, by="guest")
        cart.refresh_from_db()
    order = carts.order(cart, **{key: value for key, value in details.items() if key != "customer_id"})
    payment = make.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="charge")
    return delivered(order)


def delivered(order: Order) -> Order:
    """A paid order, sent and arrived; its events are done."""
    outbox.drain(mails=False)
    order.refresh_from_db()
    if order.status == Order.Status.DELIVERED:
        return order  # of gift cards alone: by itself
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number=f"1Z{order.number}", by="staff:1")
    fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    return order


def lines(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by("position"))


def wanted(line: OrderLine, quantity: int = 1, **about: object) -> returns.Wanted:
    given = {"reason": "changed_mind", "condition": "unopened", **about}
    return returns.Wanted(line.pk, quantity, **given)


def asked(order: Order, *what: returns.Wanted, wish: str = "original", **more: object) -> Return:
    """A return of these, or of one unit of the first line."""
    return returns.request(
        order_id=order.pk, wanted=what or (wanted(lines(order)[0]),), wish=wish,
        **{"key": str(db.uuid7()), "by": "guest", **more},
    )  # fmt: skip


def units_by_line(found: Return) -> dict[UUID, int]:
    return {line.pk: line.quantity for line in found.lines.order_by("position")}


def back(found: Return, *, outcome: str = "restock", is_accepted: bool = True) -> Return:
    """All of it has arrived and was looked at."""
    returns.receive(return_id=found.pk, units=units_by_line(found), by="staff:1")
    verdicts = [returns.Verdict(line, outcome, units, is_accepted) for line, units in units_by_line(found).items()]
    return returns.inspect(return_id=found.pk, verdicts=verdicts, by="staff:1")
