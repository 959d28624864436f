"""What happens in a shop, told event by event: each story makes the events of some subscribers and waits for workers.

`work` stands for the workers; a test passes its own, in which somebody dies. Told twice in one database, undisturbed
and disturbed, a story must leave the same behind (`facts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from cart.promotions import services as promotion_services
from catalog.products.models import Brand, Category, Product, ProductType
from catalog.products.price_models import PriceRule
from catalog.recommendations import behaviour
from catalog.recommendations.models import PastOrder, Profile, View
from catalog.restock import services as restock
from catalog.reviews import services as reviews
from catalog.reviews import votes
from catalog.reviews.models import Review
from catalog.search.models import Listing
from checkout.cards import services as saved_cards
from checkout.cards.models import SavedCard
from checkout.changes import services as changes
from checkout.disputes.models import Dispute
from checkout.fulfilment import labelling
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import ForgottenLabel, Shipment
from checkout.giftcards import bought
from checkout.invoices.models import Document
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderStep
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentEvent, PaymentOptions, Refund
from checkout.returns import services as returns
from checkout.warehouse import printing
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import StockAlert, StockItem, StockMovement
from inventory.waitlist.models import WaitingEntry
from shop.accounts import services as accounts
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests.factories import cart as carts
from tests.factories import catalog, giftcards, promotions
from tests.factories import changes as made
from tests.factories import checkout as make
from tests.factories import parcels as packed
from tests.factories import recommendations as past
from tests.factories import returns as back
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, RunningSandbox

Work = Callable[[], None]
BY = "staff:1"


def facts(sandbox: RunningSandbox) -> Counter[tuple[Any, ...]]:
    """All that an event can have changed, without the ids."""
    found: Counter[tuple[Any, ...]] = Counter()
    for model, names in _TOLD.items():
        using = dict.fromkeys((Listing, PastOrder, Profile, View), db.CATALOG).get(
            model, db.INVENTORY if model._meta.app_label == "inventory" else db.DEFAULT
        )
        found.update((model.__name__, *row) for row in model.objects.using(using).values_list(*names))
    for using in db.databases():
        found.update(("event", kind) for kind in OutboxEvent.objects.using(using).values_list("event_type", flat=True))
        for action, actor in AuditEntry.objects.using(using).values_list("action", "actor"):
            found["audit", action, actor.partition(":")[0]] += 1
    state = sandbox.state()
    for kind in ("charge", "refund"):
        found.update((f"sandbox's {kind}", one["amount"], one["status"]) for one in state[kind])
    return found


_TOLD: dict[Any, tuple[str, ...]] = {
    Order: ("status", "payment_state", "fulfilment_state", "captured_minor", "refunded_minor", "version"),
    OrderStep: ("trigger", "from_status", "to_status"),
    Payment: ("status", "captured_minor", "refunded_minor", "provider"),
    PaymentEvent: ("kind", "amount_minor"),
    Refund: ("status", "amount_minor"),
    Capture: ("status", "amount_minor"),
    Dispute: ("status",),
    Document: ("kind", "gross_minor"),
    Shipment: ("status",),
    ForgottenLabel: ("status",),
    SavedCard: ("is_default",),
    Reservation: ("status", "quantity"),
    StockItem: ("on_hand", "reserved", "allocated"),
    StockMovement: ("kind", "quantity"),
    StockAlert: ("available",),
    WaitingEntry: ("status",),
    Notification: ("template", "status"),
    Listing: ("is_sellable",),
    PastOrder: ("product_ids__len", "is_withdrawn"),
    Profile: ("is_stale",),
    View: ("device",),
}


def _take_money(when: str) -> None:
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": when})


def order_shipped(work: Work, sandbox: RunningSandbox) -> None:
    """Held, shipped, taken, delivered; a part goes back."""
    _take_money("on_shipment")
    order = make.placed([stocked(5)])
    work()
    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by=BY)
    work()
    fulfilment.deliver(order_id=order.pk, by=BY)
    payments.request_refund(order_id=order.pk, amount=Money(500, "USD"), reason="", by=BY)
    work()


def order_collected(work: Work, sandbox: RunningSandbox) -> None:
    """Packed, and its buyer is told to come for it."""
    _take_money("at_once")
    order = make.collected(make.placed([stocked(5)]))
    work()
    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    work()


def parcels_arrive(work: Work, sandbox: RunningSandbox) -> None:
    """Packed at two locations, sent and delivered one after the other."""
    _take_money("at_once")
    here, _there = packed.two_places(1, 2)
    order = make.placed([here], quantity=3)
    work()
    for parcel in Shipment.objects.filter(order=order).order_by("id"):
        packed.sent(packed.picked(parcel))
        fulfilment.deliver_one(shipment_id=parcel.pk, by=BY)
        work()


def order_cancelled(work: Work, sandbox: RunningSandbox) -> None:
    """Paid, then cancelled: units, money and cart go back, and the label that its parcel had; staff hear of another."""
    _take_money("at_once")
    order = make.placed([stocked(5)], quantity=2)
    work()
    label = labelling.make(shipment_id=Shipment.objects.get(order=order).pk, by=BY)
    orders.cancel(order_id=order.pk, by="guest")
    work()
    assert (settings.CARRIER_FOLDER / "labels" / "void" / f"{label.tracking_number}.json").exists()
    forgotten = ForgottenLabel.objects.get(order_id=order.pk)
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(types.LabelKept(order_id=order.pk, label_id=forgotten.pk), using=db.DEFAULT)
    work()


def order_with_another_card(work: Work, sandbox: RunningSandbox) -> None:
    """Declined, then paid with another card."""
    order = make.placed([stocked(5)], token=DECLINED)
    work()
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    work()


def hold_let_go(work: Work, sandbox: RunningSandbox) -> None:
    """Held; a part is taken, the rest let go."""
    _take_money("on_shipment")
    order = make.placed([stocked(5)])
    work()
    payments.request_capture(order_id=order.pk, amount=Money(1000, "USD"), by=BY)
    payments.request_void(order_id=order.pk, by=BY)
    work()


def order_expired(work: Work, sandbox: RunningSandbox) -> None:
    """The shopper never comes back from 3-D Secure."""
    order = make.placed([stocked(5)], token=CHALLENGED)
    work()
    Reservation.objects.filter(reference=order.pk).update(expires_at=Now() - timedelta(seconds=1))
    reservations.expire()
    work()


def money_called_back(work: Work, sandbox: RunningSandbox) -> None:
    """A dispute; and staff hear of a refund and of a capture that failed."""
    _take_money("at_once")
    order = make.placed([stocked(5)])
    work()
    payment = make.payment_of(order)
    sandbox.control("dispute", {"payment_intent": payment.reference})
    payments.fetch(payment_id=payment.pk, source="webhook")
    refund = Refund.objects.create(payment=payment, order_id=order.pk, amount_minor=1, status="failed", attempt=9)
    capture = Capture.objects.create(
        payment=payment, order_id=order.pk, amount_minor=1, status="failed", problem="declined"
    )
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(types.RefundFailed(order_id=order.pk, refund_id=refund.pk), using=db.DEFAULT)
        bus.publish(types.CaptureFailed(order_id=order.pk, capture_id=capture.pk), using=db.DEFAULT)
    work()


def customer_comes(work: Work, sandbox: RunningSandbox) -> None:
    """A guest's order is claimed, a customer buys, saves a card and takes it off the list."""
    email = f"ada-{db.uuid7().hex}@example.com"
    make.placed([stocked(5)], email=email)
    customer = carts.customer(email)
    EmailAddress.objects.create(user=customer, email=email, verified=True, primary=True)
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(types.CustomerRegistered(customer_id=customer.pk), using=db.DEFAULT)
    order = make.placed([stocked(5)], customer_id=customer.pk, email=email)
    Payment.objects.filter(order=order).update(is_saving=True)
    work()
    card = SavedCard.objects.get(customer_id=customer.pk, removed_at=None)
    saved_cards.remove(customer_id=customer.pk, card_id=card.pk, by="guest")
    work()


def units_come_back(work: Work, sandbox: RunningSandbox) -> None:
    """Two wait for a sold-out variant, one unit comes."""
    variant_id = carts.variant_of(catalog.product(units=0)).pk
    for name in ("ada", "bob"):
        email = f"{name}-{db.uuid7().hex}@example.com"
        restock.ask(variant_id=variant_id, email=email, language="en", customer_id=None, by="guest")
    work()
    sku = StockItem.objects.values_list("sku", flat=True).get(variant_id=variant_id)
    stock.receive(variant_id=variant_id, sku=sku, quantity=1, reason="delivery", by=BY)
    work()


def stock_runs_low(work: Work, sandbox: RunningSandbox) -> None:
    """A reservation makes an item low."""
    item = stocked(5, low=3)
    make.placed([item], quantity=3)
    work()


def catalogue_changes(work: Work, sandbox: RunningSandbox) -> None:
    """Everything that the list of products shows is changed, without telling the list but by events."""
    mark = db.uuid7().hex
    product = catalog.product(units=3)
    Product.objects.filter(pk=product.pk).update(name=f"Oak {mark}")
    with transaction.atomic(using=db.CATALOG):
        for event in _of_catalogue(product.pk):
            bus.publish(event, using=db.CATALOG)
    work()
    assert Listing.objects.using(db.CATALOG).get(product_id=product.pk).name == f"Oak {mark}"
    half = promotions.promotion("percent", "catalogue", terms={"percent": "50"}, scope={"any_of": ["tag:none"]})
    for status in ("active", "ended"):
        half.status = status
        promotion_services.save(half)
        work()
        assert PriceRule.objects.using(db.CATALOG).get(pk=half.pk).is_active == (status == "active")


def _of_catalogue(product_id: UUID) -> list[types.Event]:
    product = Product.objects.get(pk=product_id)
    brand, category = Brand.objects.first(), Category.objects.first()
    kind = ProductType.objects.get(pk=product.product_type_id)
    return [
        types.ProductChanged(product_id=product_id),
        types.PriceChanged(product_id=product_id),
        types.PricesChanged(product_ids=[product_id]),
        types.ProductsImported(job_id=db.uuid7(), product_ids=[product_id]),
        types.CategoryChanged(category_id=category.pk if category else db.uuid7()),
        types.BrandChanged(brand_id=brand.pk if brand else db.uuid7()),
        types.ProductTypeChanged(product_type_id=kind.pk),
        types.TermsChanged(texts=["Moss"]),
        types.CurrencyChanged(currency_id=db.uuid7(), code="GBP"),
        types.ReviewPosted(product_id=product_id, review_id=db.uuid7()),
    ]


def customer_forgotten(work: Work, sandbox: RunningSandbox) -> None:
    """Whoever has bought and reviewed something, and found another review helpful, is forgotten."""
    customer_id = db.uuid7()
    mine, other = (catalog.ReviewFactory(product=catalog.product(), customer_id=one) for one in (customer_id, None))
    votes.vote(review_id=other.pk, customer_id=customer_id)
    past.bought([mine.product], customer_id=customer_id)
    customer = carts.customer(f"{customer_id.hex}@example.com")
    agree = {"language": "en", "has_marketing_consent": False}
    accounts.save_preferences(customer_id=customer.pk, by="guest", has_profiling_consent=True, **agree)
    work()
    behaviour.look(customer_id=customer.pk, product_id=other.product_id, device="phone")
    accounts.save_preferences(customer_id=customer.pk, by="guest", has_profiling_consent=False, **agree)
    work()
    with transaction.atomic(using=db.CATALOG):
        reviews.rate([mine.product_id, other.product_id])
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(types.CustomerErased(customer_id=customer_id), using=db.DEFAULT)
    work()
    assert Review.objects.values_list("author", "customer_id").get(pk=mine.pk) == ("", None)
    assert Review.objects.values_list("helpful_count", flat=True).get(pk=other.pk) == 0
    assert not PastOrder.objects.filter(customer_id=customer_id).exists()


def order_changed(work: Work, sandbox: RunningSandbox) -> None:
    """One unit is taken off, one cannot be found, one is waited for; a carrier loses the parcel of the last one."""
    _take_money("at_once")
    order = make.placed([stocked(9)], quantity=4)
    work()
    line = order.lines.get()
    changes.cancel_units(order_id=order.pk, units={line.pk: 1}, reason="", by=BY)
    work()
    fulfilment.start(order_id=order.pk, by=BY)
    for then in ("refund", "wait"):
        parcel = Shipment.objects.filter(order=order, status="open").earliest("id")
        fulfilment.short(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, then=then, by=BY)
        work()
    with transaction.atomic(using=db.DEFAULT):
        lost = types.ParcelInTrouble(order_id=order.pk, shipment_id=parcel.pk, what="lost")
        bus.publish(lost, using=db.DEFAULT)
    printing.ask(kind="slips", shipment_ids=[parcel.pk], by=BY)
    work()


def balance_paid(work: Work, sandbox: RunningSandbox) -> None:
    """It is to come faster than what was paid for, and the difference is paid."""
    _take_money("at_once")
    order = made.bought((carts.product(), 1), is_drained=False)
    work()
    changes.edit(order_id=order.pk, seen_revision=0, delivery_option="express", reason="", by=BY)
    work()
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    work()


def order_refunded(work: Work, sandbox: RunningSandbox) -> None:
    """Paid, and all of it given back before anything left."""
    _take_money("at_once")
    order = make.placed([stocked(5)])
    work()
    payments.request_refund(order_id=order.pk, amount=Money(3000, "USD"), reason="", by=BY)
    work()


def units_returned(work: Work, sandbox: RunningSandbox) -> None:
    """Three units are sent back: one return is refused, one taken in, looked at and paid, one looked at in vain."""
    _take_money("at_once")
    back.rule(approval="person")
    order = make.placed([stocked(5)], quantity=3)
    work()
    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by=BY)
    fulfilment.deliver(order_id=order.pk, by=BY)
    work()
    refused, taken = back.asked(order), back.asked(order)
    returns.refuse(return_id=refused.pk, reason="worn", by=BY)
    returns.approve(return_id=taken.pk, by=BY)
    work()
    back.back(taken)
    returns.reimburse(return_id=taken.pk, by=BY)
    work()
    worn = back.asked(order)
    returns.approve(return_id=worn.pk, by=BY)
    back.back(worn, outcome="damaged", is_accepted=False)
    work()


def cards_mailed(work: Work, sandbox: RunningSandbox) -> None:
    """Nothing but gift cards: the order ends when they were sent. One order stays, one is cancelled after all."""
    _take_money("at_once")
    orders_made = [carts.order(carts.cart((giftcards.product(), 2))) for _ in range(2)]
    work()
    bought.cancel_order(order_id=orders_made[1].pk, by=BY)
    work()


STORIES: dict[str, Callable[[Work, RunningSandbox], None]] = {
    story.__name__: story
    for story in (
        order_shipped, order_collected, parcels_arrive, order_cancelled, order_with_another_card, hold_let_go,
        order_expired, money_called_back, customer_comes, units_come_back, stock_runs_low, catalogue_changes,
        order_changed, customer_forgotten,
        balance_paid, order_refunded, units_returned, cards_mailed,
    )
}  # fmt: skip


def staff() -> None:
    """Somebody who is told what staff must know."""
    StaffFactory(is_superuser=True, email="merchant@example.com")
