"""How orders are paid in parts, with saved cards and on invoice: the whole way, with the sandbox for cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction

from checkout.cards import selectors as cards
from checkout.cards import services as card_services
from checkout.cards.models import SavedCard
from checkout.ledger import selectors as ledger
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import invariants, methods, reminding, selectors, ways
from checkout.payments import services as payments
from checkout.receivables.models import Receivable
from checkout.storecredit import selectors as credit
from checkout.storecredit import services as credit_services
from inventory.reservations import services as reservations
from shop.core import db
from shop.core.money import Money
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.accounts import UserFactory
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CARD, DECLINED, RunningSandbox

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def customer() -> Any:
    return UserFactory()


def give(customer_id: UUID, minor: int) -> None:
    credit_services.grant(customer_id=customer_id, amount=usd(minor), reason="Sorry", key=str(db.uuid7()), by="staff:1")


def left(customer: Any) -> int:
    return credit.balance(customer.pk, "USD").minor


def placed(customer: Any, *, provider: str = "stripe", token: str = CARD, **more: Any) -> Order:
    """An order of 30.00 USD that waits for its payment."""
    order_id, item = db.uuid7(), stocked(10)
    reservations.reserve(
        quantities={item.variant_id: 1}, reference=order_id, ttl=timedelta(minutes=15), by="guest"
    )  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        order = orders.place(
            order_id=order_id, cart_id=db.uuid7(), customer_id=customer.pk, email=customer.email, language="en",
            shipping_address=make.ADDRESS, billing_address={}, idempotency_key=str(order_id), by="guest",
            quote=make.quote([item]),
        )  # fmt: skip
        payments.open(order=order, provider=provider, token=token, by="guest", **more)
    order.refresh_from_db()
    return order


def done(order: Order) -> Order:
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    return order


class TestStoreCredit:
    def test_pays_a_part_and_the_card_the_rest(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 2000)
        order = done(placed(customer, use_credit=True))
        assert (order.status, order.captured_minor, left(customer)) == ("payment_confirmed", 3000, 0)
        assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [1000]
        assert violations() == []

    def test_pays_everything_without_anybody_else(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 5000)
        order = done(placed(customer, provider="store_credit", token="", use_credit=True))
        assert (order.status, order.captured_minor, left(customer)) == ("payment_confirmed", 3000, 2000)
        assert shop_sandbox.state()["charge"] == []

    def test_leaves_others_no_less_than_they_take(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 2990)
        order = done(placed(customer, use_credit=True))
        assert (order.status, left(customer)) == ("payment_confirmed", 90)
        assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [100]

    def test_stays_held_after_a_decline_and_pays_with_the_next_card(
        self, shop_sandbox: RunningSandbox, customer: Any
    ) -> None:
        give(customer.pk, 2000)
        order = done(placed(customer, token=DECLINED, use_credit=True))
        assert (order.status, left(customer)) == ("payment_pending", 0)
        assert (selectors.standing(order).state, selectors.still_due(order.pk)) == ("declined", usd(1000))
        payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
        assert (done(order).status, left(customer)) == ("payment_confirmed", 0)
        assert violations() == []

    def test_comes_back_when_the_order_is_cancelled(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 2000)
        order = done(placed(customer, token=DECLINED, use_credit=True))
        orders.cancel(order_id=order.pk, by="guest")
        assert (done(order).status, left(customer)) == ("cancelled", 2000)
        assert violations() == []

    def test_comes_back_when_nobody_pays_the_rest_in_time(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 2000)
        order = done(placed(customer, token=DECLINED, use_credit=True))
        assert payments.cancel_unpaid(order_id=order.pk, by="system")
        assert (done(order).status, left(customer)) == ("cancelled", 2000)

    def test_comes_back_when_a_paid_order_is_cancelled(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        give(customer.pk, 2000)
        order = done(placed(customer, use_credit=True))
        orders.cancel(order_id=order.pk, by="staff:1")
        assert (done(order).status, order.refunded_minor, left(customer)) == ("refunded", 3000, 2000)
        assert violations() == []

    def test_spent_elsewhere_meanwhile_the_card_is_not_charged(
        self, shop_sandbox: RunningSandbox, customer: Any
    ) -> None:
        give(customer.pk, 2000)
        order = placed(customer, use_credit=True)
        credit_services.withdraw(customer_id=customer.pk, amount=usd(1500), reason="x", key="w", by="staff:1")
        done(order)
        assert shop_sandbox.state()["charge"] == []
        standing = selectors.standing(order)
        assert (standing.state, order.status, left(customer)) == ("declined", "payment_pending", 500)
        assert "store credit" in standing.error

    def test_staff_give_a_refund_as_credit_and_not_the_money_as_well(
        self, shop_sandbox: RunningSandbox, customer: Any
    ) -> None:
        order = done(placed(customer))
        payments.request_refund(order_id=order.pk, amount=usd(1000), reason="Late", by="staff:1", to="store_credit")
        assert (done(order).refunded_minor, order.payment_state, left(customer)) == (1000, "partly_refunded", 1000)
        assert (shop_sandbox.state().get("refund", []), selectors.refundable(order.pk)) == ([], usd(2000))
        with pytest.raises(payments.RefundRefused):
            payments.request_refund(order_id=order.pk, amount=usd(2001), reason="", by="staff:1")
        orders.cancel(order_id=order.pk, by="staff:1")
        assert (done(order).refunded_minor, order.status, left(customer)) == (3000, "refunded", 1000)
        assert [(one["amount"]) for one in shop_sandbox.state()["refund"]] == [2000]
        assert violations() == []

    def test_all_of_it_as_credit_is_a_refund_in_full(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        order = done(placed(customer))
        payments.request_refund(order_id=order.pk, amount=usd(3000), reason="Late", by="staff:1", to="store_credit")
        assert (done(order).status, order.refunded_minor, left(customer)) == ("refunded", 3000, 3000)
        payment = make.payment_of(order)
        assert (payment.status, payment.credited_minor, payment.returned_minor) == ("refunded", 3000, 0)
        owed = {one.account: one.amount.minor for one in ledger.balances()}
        assert owed == {
            "customer_receivable": 0,
            "holds:stripe": 0,
            "promised": 0,
            "provider_clearing:stripe": 3000,
            "refunds_payable:store_credit": 0,
            "store_credit": -3000,
        }
        payments.fetch(payment_id=payment.pk, source="fetch")
        assert invariants.paid_is_captured() == []
        assert violations() == []

    def test_what_was_paid_with_credit_becomes_credit_once(self, customer: Any) -> None:
        give(customer.pk, 3000)
        order = done(placed(customer, provider="store_credit", token="", method="store_credit"))
        payments.request_refund(order_id=order.pk, amount=usd(1200), reason="Late", by="staff:1", to="store_credit")
        assert (done(order).refunded_minor, left(customer)) == (1200, 1200)
        owed = {one.account: one.amount.minor for one in ledger.balances()}
        assert (owed["store_credit"], owed["credit_given"]) == (-1200, 3000)
        assert owed["provider_clearing:store_credit"] == 0
        assert violations() == []

    def test_a_guest_is_given_none(self) -> None:
        order = make.paid()
        with pytest.raises(payments.RefundRefused, match="guest"):
            payments.request_refund(order_id=order.pk, amount=usd(1000), reason="", by="staff:1", to="store_credit")
        assert selectors.refundable(order.pk) == usd(3000)

    def test_a_guest_has_none(self) -> None:
        assert ways.usable_credit(methods.Shopper(None, usd(3000))) == usd(0)


class TestSavedCards:
    def saved(self, customer: Any) -> SavedCard:
        done(placed(customer, is_saving=True))
        [card] = cards.cards_of(customer.pk)
        return card

    def test_are_kept_when_asked_for(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        card = self.saved(customer)
        assert (card.brand, card.last4, card.is_default) == ("visa", "4242", True)
        assert card.token.startswith("pm_")
        done(placed(customer))
        assert cards.cards_of(customer.pk) == [card]

    def test_pay_the_next_order(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        card = self.saved(customer)
        way = ways.resolve(
            methods.Shopper(customer.pk, usd(3000), "US"), db.uuid7(), {"method": "card", "saved_card": str(card.pk)}
        )
        order = done(placed(customer, **way.wanted()))
        assert order.status == "payment_confirmed"
        assert len(shop_sandbox.server.box.store.newest("customer")) == 1

    def test_A05_another_customers_card_is_not_found_and_not_told(
        self, shop_sandbox: RunningSandbox, customer: Any
    ) -> None:
        card = self.saved(customer)
        for stranger in (UserFactory().pk, None):
            for card_id in (str(card.pk), str(db.uuid7()), "x"):
                with pytest.raises(ways.WayRefused) as refused:
                    ways.resolve(
                        methods.Shopper(stranger, usd(3000)), db.uuid7(), {"method": "card", "saved_card": card_id}
                    )
                assert (refused.value.part, card.last4 in str(refused.value)) == ("saved_card", False)

    def test_removed_ones_are_forgotten_by_the_provider(self, shop_sandbox: RunningSandbox, customer: Any) -> None:
        card = self.saved(customer)
        card_services.remove(customer_id=customer.pk, card_id=card.pk, by="customer:x")
        assert cards.cards_of(customer.pk) == []
        outbox.drain()
        assert not SavedCard.objects.exists()
        kept = shop_sandbox.server.box.store.find("payment_method", card.token)
        assert kept is not None
        assert kept["customer"] is None

    def test_the_default_passes_on(self, customer: Any) -> None:
        for number in range(3):
            card_services.keep(
                customer_id=customer.pk, provider="stripe", reference="cus", token=f"pm_{number}", brand="visa",
                last4="4242", expires="2031-04",
            )  # fmt: skip
        first, third, second = cards.cards_of(customer.pk)
        card_services.make_default(customer_id=customer.pk, card_id=second.pk, by="x")
        assert cards.cards_of(customer.pk)[0] == second
        card_services.remove(customer_id=customer.pk, card_id=second.pk, by="x")
        assert [(card.token, card.is_default) for card in cards.cards_of(customer.pk)] == [
            (third.token, True), (first.token, False)
        ]  # fmt: skip
        with pytest.raises(card_services.NoSuchCard):
            card_services.make_default(customer_id=UserFactory().pk, card_id=first.pk, by="x")

    def test_nobody_collects_them(self, customer: Any) -> None:
        for number in range(card_services.MOST + 3):
            card_services.keep(
                customer_id=customer.pk, provider="stripe", reference="cus", token=f"pm_{number}", brand="visa",
                last4="4242", expires="",
            )  # fmt: skip
        assert len(cards.cards_of(customer.pk)) == card_services.MOST


class TestInvoice:
    def order(self, customer: Any) -> Order:
        return done(placed(customer, provider="invoice", token="", method="invoice"))

    def test_the_promise_confirms_the_order_and_its_payment_settles_it(self, customer: Any) -> None:
        order = self.order(customer)
        payment = make.payment_of(order)
        assert (order.status, order.captured_minor, payment.status) == ("payment_confirmed", 0, "authorised")
        assert payment.instructions["reference"] == order.number
        for _twice in range(2):
            payments.record_transfer(
                payment_id=payment.pk, amount=usd(3000), statement_id="line 7", at=db.clock(), by="staff:1"
            )
        order.refresh_from_db()
        payment.refresh_from_db()
        assert (order.captured_minor, payment.status) == (3000, "paid")
        assert not Receivable.objects.get().open
        assert violations() == []

    def test_cancelled_the_customer_owes_nothing(self, customer: Any) -> None:
        order = self.order(customer)
        orders.cancel(order_id=order.pk, by="staff:1")
        assert done(order).status == "cancelled"
        assert not Receivable.objects.get().open
        assert violations() == []

    def test_an_overdue_one_is_reminded_of_once(self, customer: Any, settings: Any) -> None:
        settings.BANK_TRANSFER = {"account_holder": "Ada & Co", "iban": "GB33BUKB20201555555555"}
        self.order(customer)
        assert reminding.remind() == 0
        Receivable.objects.update(due_on=(db.clock() - timedelta(days=1)).date())
        assert (reminding.remind(), reminding.remind()) == (1, 0)
        assert Notification.objects.filter(template="invoice_overdue").count() == 1
        outbox.drain()
        assert not Notification.objects.exclude(status="sent").exists()
        (told,) = [one.body for one in mail.outbox if "is not paid yet" in one.subject]
        lines = told.splitlines()
        at = lines.index("Account holder: Ada & Co")
        assert lines[at + 1] == "IBAN: GB33 BUKB 2020 1555 5555 55"

    def test_is_refused_to_who_may_not(self, customer: Any) -> None:
        wish = {"method": "invoice", "provider": "invoice"}
        with pytest.raises(ways.WayRefused):
            ways.resolve(methods.Shopper(customer.pk, usd(3000), "US"), db.uuid7(), wish)
        customer.groups.add(Group.objects.create(name="Invoice customers"))
        way = ways.resolve(methods.Shopper(customer.pk, usd(3000), "US"), db.uuid7(), wish)
        assert (way.provider, way.is_hosted) == ("invoice", False)


def test_only_the_provider_that_made_a_token_gets_it() -> None:
    """The page's card fields are Stripe's: a token goes there, whatever the routes say of cards without one."""
    way = ways.resolve(methods.Shopper(None, usd(3000), "US"), db.uuid7(), {"method": "card", "token": "pm_x"})
    assert (way.provider, way.token, way.is_hosted) == ("stripe", "pm_x", False)
    hosted = ways.resolve(methods.Shopper(None, usd(3000), "US"), db.uuid7(), {"method": "card", "is_hosted": True})
    assert (hosted.provider, hosted.token, hosted.is_hosted) == ("stripe", "", True)
