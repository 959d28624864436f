"""Drafts: what they keep, what they become, and that each becomes one order at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db.models.functions import Now

from cart.carts import services as cart_services
from cart.carts.models import Cart
from cart.promotions.models import Redemption
from cart.shipping.models import ShippingMethod
from catalog.products import services as products
from catalog.products.models import Price, Product
from checkout.drafts import screen, selectors, services
from checkout.drafts.models import Draft
from checkout.invoices import selectors as invoices
from checkout.ledger import selectors as ledger
from checkout.notes.models import OrderNote
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.purchase import services as purchase
from inventory.reservations import selectors as reservations
from inventory.reservations import services as reservation_services
from inventory.reservations.models import Reservation
from shop.accounts.models import User
from shop.core import db
from shop.core.money import Money
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.factories.checkout import ADDRESS
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)
BY = "staff:1"


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def wish(*wanted: tuple[Product, int], **fields: Any) -> services.Wish:
    units = {carts.variant_of(one).pk: count for one, count in wanted}
    base = services.Wish(
        email="ada@example.com", units=units, shipping_address=ADDRESS, delivery_option="standard",
        currency="USD", language="en",
    )  # fmt: skip
    return replace(base, **fields)


def drafted(*wanted: tuple[Product, int], **fields: Any) -> Draft:
    return services.create(wish=wish(*wanted, **fields), by=BY)


def place(draft: Draft, *, way: str = "link", version: int | None = None, **more: Any) -> Order:
    look = selectors.look(draft)
    given = {"seen_total": look.total, **more}
    return services.place(draft_id=draft.pk, seen_version=version or look.cart.version, way=way, by=BY, **given)


def test_a_draft_is_priced_as_a_cart_is_and_holds_nothing() -> None:
    product = carts.product(units=5, amount=2500)
    draft = drafted((product, 2))
    look = selectors.look(draft)
    assert (str(draft)[:2], look.total, look.missing, look.short) == ("D-", Money(5912, "USD"), (), ())
    assert not Reservation.objects.exists()
    assert (look.cart.channel, look.cart.customer_id) == ("desk", None)


def test_what_was_pasted_into_it_is_kept_as_it_can_stand_in_a_mail() -> None:
    draft = drafted((carts.product(), 1), po_number="PO\r\n 7\x1b", gift_message="Happy\r\n\x07birthday")
    assert (draft.po_number, draft.gift_message) == ("PO 7", "Happy\n birthday")


def test_what_is_missing_is_said() -> None:
    draft = services.create(wish=services.Wish(), by=BY)
    assert selectors.look(draft).missing == (
        "Whose order is it? Give an e-mail address.",
        "There is nothing in it that can be ordered.",
        "The delivery address is not complete.",
    )
    with pytest.raises(services.DraftRefused, match="Give an e-mail address") as refused:
        place(draft)
    assert refused.value.code == "incomplete"
    draft = drafted((carts.product(), 1), shipping_address={**ADDRESS, "country": "FR", "state": ""})
    assert selectors.look(draft).missing == ("Nothing is delivered to this address in this currency.",)


def test_a_delivery_that_does_not_serve_the_country_is_said_before_it_is_refused() -> None:
    method = ShippingMethod.objects.get(code="standard")
    ShippingMethod.objects.create(
        code="overseas", name="Overseas", currency="USD", countries=["CA"], price_minor=900, min_days=3, max_days=9
    )
    address = {**ADDRESS, "country": "CA", "state": "ON", "postal_code": "K1A 0B1", "city": "Ottawa"}
    draft = drafted((carts.product(), 1), shipping_address=address, delivery_option="standard")
    look = selectors.look(draft)
    assert (look.missing, look.unserved) == (
        (), f"“{method.name}” is not offered for this address. Choose another delivery.",
    )  # fmt: skip
    assert dict(screen.screen(look, None).form.fields["delivery_option"].widget.choices) == {
        "overseas": "Overseas – $9.00", "standard": f"{method.name} – not offered for this address",
    }  # fmt: skip
    with pytest.raises(purchase.PurchaseRefused) as refused:
        place(draft)
    assert refused.value.code == "not_deliverable"
    assert selectors.look(drafted((carts.product(), 1))).unserved == ""


def test_a_draft_says_what_is_short_and_is_kept_all_the_same() -> None:
    draft = drafted((carts.product(units=2, name="Lamp"), 3))
    assert selectors.look(draft).short == ("“Lamp” is short: 2 can be had.",)
    with pytest.raises(purchase.OutOfStock, match="2 left"):
        place(draft)
    assert (Order.objects.count(), Reservation.objects.count()) == (0, 0)


class TestByLink:
    def test_the_customer_is_mailed_the_link_and_units_are_kept_for_days(self, settings: Any) -> None:
        settings.DRAFT_HOLD = timedelta(days=3)
        draft = drafted((carts.product(units=5), 2), note="Called at noon", po_number="PO 7", gift_message="Enjoy")
        order = place(draft)
        assert (order.status, order.channel, order.payments.count()) == ("payment_pending", "desk", 0)
        assert (order.po_number, order.gift_message, order.idempotency_key) == ("PO 7", "Enjoy", draft.key)
        held = reservations.held_until(order.pk)
        assert order.pay_by == held
        assert timedelta(days=2, hours=23) < held - db.clock() <= timedelta(days=3)
        draft.refresh_from_db()
        assert (draft.order_id, selectors.look(draft).order) == (order.pk, order)
        assert OrderNote.objects.values_list("text", "is_shown_to_customer").get() == ("Called at noon", False)
        outbox.drain()
        assert [row.template for row in Notification.objects.all()] == ["order_to_pay"]
        assert order.access_key in Notification.objects.get().context["order"]["url"]
        [sent] = mail.outbox
        assert f"We have made order {order.number} for you" in sent.body
        assert order.access_key in sent.body

    def test_a_second_click_is_the_same_order(self) -> None:
        draft = drafted((carts.product(units=5), 2), note="Once")
        first = place(draft)
        again = services.place(draft_id=draft.pk, seen_version=99, seen_total=Money(1, "USD"), way="link", by=BY)
        assert again == first
        assert (Order.objects.count(), OrderNote.objects.count()) == (1, 1)

    def test_it_is_not_cut_short_by_a_declined_card(self, shop_sandbox: RunningSandbox) -> None:
        order = place(drafted((carts.product(units=5), 1)))
        promised = reservations.held_until(order.pk)
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_chargeDeclined", by="guest")
        outbox.drain()
        assert Payment.objects.get().status == "failed"
        assert reservations.held_until(order.pk) >= promised - timedelta(seconds=1)
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
        outbox.drain()
        order.refresh_from_db()
        assert (order.status, order.payment_state) == ("payment_confirmed", "paid")

    def test_it_is_swept_only_when_its_time_is_over(self) -> None:
        product = carts.product(units=5)
        order = place(drafted((product, 1)))
        Order.objects.update(placed_at=Now() - timedelta(days=1))
        assert purchase.sweep_unpaid() == 0
        Reservation.objects.update(expires_at=Now() - timedelta(seconds=1))
        reservation_services.expire()
        outbox.drain()
        order.refresh_from_db()
        assert order.status == "cancelled"
        assert [row.template for row in Notification.objects.order_by("created_at")][-1] == "order_cancelled"
        draft = Draft.objects.get()
        assert selectors.look(draft).order == order
        with pytest.raises(services.DraftRefused, match="is an order already"):
            services.save(draft_id=draft.pk, seen_version=2, wish=wish((product, 2)), by=BY)


class TestOtherWays:
    def test_by_transfer(self) -> None:
        order = place(drafted((carts.product(), 1)), way="bank_transfer")
        assert [one.provider for one in order.payments.all()] == ["bank_transfer"]
        assert (order.pay_by, order.status) == (None, "payment_pending")

    def test_on_invoice_whoever_the_customer_is(self) -> None:
        order = place(drafted((carts.product(), 1)), way="invoice")
        outbox.drain()
        order.refresh_from_db()
        assert (order.status, order.payment_state) == ("payment_confirmed", "authorised")

    def test_cash_is_booked_as_cash_with_the_order(self) -> None:
        draft = drafted((carts.product(), 1))
        order = place(draft, way="cash")  # no worker has run
        assert (order.status, order.captured_minor) == ("payment_confirmed", order.total_minor)
        payment = Payment.objects.get()
        assert (payment.provider, payment.status, payment.captured_minor) == ("cash", "paid", order.total_minor)
        assert [(row.debit, row.credit, row.amount_minor) for row in ledger.entries_of(order.pk)] == [
            ("provider_clearing:cash", "customer_receivable", order.total_minor)
        ]
        assert payment.events.get().reference == f"cash_{payment.pk}:{draft}"
        outbox.drain()
        assert place(draft, way="cash").captured_minor == order.total_minor
        assert (Payment.objects.count(), violations(), outbox.failures()) == (1, [], [])

    def test_cash_stands_on_the_invoice_and_the_mail_says_who_made_the_order(self) -> None:
        order = place(drafted((carts.product(), 1)), way="cash", receipt="Till 2, 0815")
        outbox.drain(rounds=50)
        assert Payment.objects.get().events.get().reference.endswith(":Till 2, 0815")
        [invoice] = invoices.complete(order.pk)
        assert invoice.content["payment"]["paid"] == [{"by": "Cash", "minor": order.total_minor}]
        assert [row.template for row in Notification.objects.order_by("created_at")] == ["order_paid", "invoice"]
        paid = next(message for message in mail.outbox if message.subject.startswith("Paid:"))
        assert f"We have made order {order.number} for you" in paid.body

    def test_cash_goes_back_as_cash(self) -> None:
        order = place(drafted((carts.product(), 1)), way="cash")
        outbox.drain(rounds=50)
        [refund] = payments.request_refund(order_id=order.pk, amount=order.total, reason="", by=BY)
        outbox.drain(rounds=50)
        refund.refresh_from_db()
        assert refund.status == "requested"  # until somebody has handed it out
        payments.record_returned(refund_id=refund.pk, at=db.clock(), by=BY)
        outbox.drain(rounds=50)
        order.refresh_from_db()
        assert (order.status, order.refunded_minor) == ("refunded", order.total_minor)
        told = Notification.objects.get(template="refund_made").context
        assert (told["to"][:21], told["takes"]) == ("You get it in cash, a", "")
        assert (violations(), outbox.failures()) == ([], [])

    def test_a_transfer_that_has_arrived_is_recorded_with_the_order(self) -> None:
        order = place(drafted((carts.product(), 1)), way="received", receipt="line 7")
        payment = Payment.objects.get()
        assert (order.status, payment.provider, payment.status) == ("payment_confirmed", "bank_transfer", "paid")
        assert payment.events.get().reference == f"bt_{payment.pk}:line 7"

    def test_a_transfer_that_has_arrived_needs_its_line(self) -> None:
        with pytest.raises(services.DraftRefused, match="which line of the bank's statement"):
            place(drafted((carts.product(), 1)), way="received", receipt=" ")

    @pytest.mark.parametrize("way", ["bank_transfer", "invoice"])
    def test_the_mail_says_who_made_the_order_and_links_to_what_is_to_be_paid(self, way: str) -> None:
        order = place(drafted((carts.product(), 1)), way=way)
        outbox.drain(rounds=50)
        first = mail.outbox[0]
        assert first.subject == f"Your order {order.number}, made for you"
        for body in (first.body, str(first.alternatives[0][0])):
            assert f"We have made order {order.number} for you, as you asked us to on the phone" in body
            assert f"{order.total.format()} is to be paid" in body
            assert order.access_key in body
            assert "We are taking the payment" not in body

    def test_another_way_is_none(self) -> None:
        with pytest.raises(services.DraftRefused) as refused:
            place(drafted((carts.product(), 1)), way="stripe")
        assert (refused.value.code, Order.objects.count()) == ("unknown_way", 0)


class TestTwoAtOnce:
    def test_an_older_look_changes_nothing(self) -> None:
        product = carts.product()
        draft = drafted((product, 1))
        version = selectors.look(draft).cart.version
        services.save(draft_id=draft.pk, seen_version=version, wish=wish((product, 2)), by=BY)
        with pytest.raises(services.DraftRefused) as refused:
            services.save(draft_id=draft.pk, seen_version=version, wish=wish((product, 9)), by=BY)
        assert refused.value.code == "changed_meanwhile"
        assert services.units_of(draft) == {carts.variant_of(product).pk: 2}
        with pytest.raises(services.DraftRefused) as refused:
            place(draft, version=version)
        assert (refused.value.code, Order.objects.count()) == ("changed_meanwhile", 0)

    def test_another_price_is_confirmed_first(self) -> None:
        product = carts.product(amount=2500)
        draft = drafted((product, 1))
        seen = selectors.look(draft).total
        Price.objects.update(amount_minor=2600)
        with pytest.raises(purchase.PriceChanged):
            place(draft, seen_total=seen)
        assert not Order.objects.exists()

    def test_a_deleted_draft_is_gone(self) -> None:
        product = carts.product()
        draft = drafted((product, 1))
        services.delete(draft_id=draft.pk, by=BY)
        assert not Draft.objects.exists()
        assert Cart.objects.get(pk=draft.cart_id).status == "expired"
        for act in (
            lambda: services.delete(draft_id=draft.pk, by=BY),
            lambda: services.save(draft_id=draft.pk, seen_version=1, wish=wish((product, 1)), by=BY),
            lambda: services.place(draft_id=draft.pk, seen_version=1, seen_total=Money(1, "USD"), way="link", by=BY),
        ):
            with pytest.raises(services.DraftRefused) as refused:
                act()
            assert refused.value.code == "gone"

    def test_a_placed_draft_cannot_be_deleted(self) -> None:
        draft = drafted((carts.product(), 1))
        place(draft)
        with pytest.raises(services.DraftRefused) as refused:
            services.delete(draft_id=draft.pk, by=BY)
        assert (refused.value.code, Draft.objects.count()) == ("placed", 1)


class TestBadInput:
    def test_what_is_not_sold(self) -> None:
        product = carts.product(name="Lamp")
        with pytest.raises(cart_services.UnknownVariant):
            services.create(wish=services.Wish(units={UUID(int=1): 1}), by=BY)
        products.archive(product_id=product.pk, by="test")
        with pytest.raises(cart_services.NotSellable, match="“Lamp”"):
            drafted((product, 1))
        assert not Draft.objects.exists()

    @pytest.mark.parametrize("count", [0, -1, 1000, 10**9])
    def test_quantities_that_are_none(self, count: int) -> None:
        with pytest.raises(cart_services.BadQuantity):
            drafted((carts.product(), count))

    def test_another_currency_has_no_price(self) -> None:
        with pytest.raises(cart_services.NotSellable):
            drafted((carts.product(), 1), currency="EUR")


class TestWhose:
    def test_an_account_gets_its_order_if_its_address_is_proven(self) -> None:
        person = User.objects.create_user("ada@example.com", "a long password")
        assert drafted((carts.product(), 1)).customer_id is None
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        draft = drafted((carts.product(), 1), coupons=["save10"])
        assert draft.customer_id == person.pk
        carts.coupon()
        order = place(draft)
        assert (order.customer_id, order.discount_minor) == (person.pk, 250)
        assert Redemption.objects.get().customer_id == person.pk

    def test_a_draft_says_what_an_order_says(self) -> None:
        kept, gone = carts.product(units=9, amount=1000), carts.product(units=9, name="Gone")
        order = place(drafted((kept, 2), (gone, 1), po_number="PO 9"))
        products.archive(product_id=gone.pk, by="test")
        draft, left_out = services.from_order(order_id=order.pk, by=BY)
        assert left_out == ["“Gone” is not sold any more and was left out."]
        assert services.units_of(draft) == {carts.variant_of(kept).pk: 2}
        assert (draft.email, draft.po_number, draft.billing_address) == (order.email, "PO 9", {})
        assert draft.shipping_address == order.shipping_address
        assert place(draft).number != order.number


def test_F05_clicks_at_once_are_one_order() -> None:
    draft = drafted((carts.product(units=40), 2), note="Once")
    look = selectors.look(draft)

    def click() -> Any:
        return services.place(
            draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="link", by=BY
        )

    orders = together([click] * 6)
    assert len({order.pk for order in orders}) == 1
    assert (Order.objects.count(), OrderNote.objects.count()) == (1, 1)
    assert sum(row.quantity for row in Reservation.objects.filter(status="open")) == 2
