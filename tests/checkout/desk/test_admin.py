"""The merchant's order screens: what is shown, to whom, and what the buttons do."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import get_args
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.desk import screen
from checkout.disputes import services as disputes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.ledger import rules as accounts
from checkout.ledger.models import LedgerEntry
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.payments.providers.base import FactKind
from shop.accounts.models import User
from shop.core import db
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import DECLINED, RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]


@pytest.fixture
def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def page(order: Order, name: str = "change") -> str:
    return reverse(f"admin:checkout_order_{name}", args=[order.pk])


def buttons(client: Client, order: Order) -> list[str]:
    html = client.get(page(order)).content.decode()
    block = html.split('<div class="order-buttons">')[1].split("</header>")[0]
    found = re.findall(r"<(?:button|a)\b[^>]*>(.*?)</(?:button|a)>", block, re.DOTALL)
    return [" ".join(text.split()) for text in found]


def test_the_buttons_are_the_legal_steps(merchant: Client) -> None:
    order = make.placed()
    assert buttons(merchant, order) == ["Cancel order"]
    order = make.paid()
    assert buttons(merchant, order) == ["Start processing", "Cancel order", "Refund"]
    fulfilment.start(order_id=order.pk, by="staff:1")
    assert buttons(merchant, order) == ["Mark as picked", "Cancel order", "Refund"]
    fulfilment.pick(order_id=order.pk, by="staff:1")
    assert buttons(merchant, order) == ["Dispatch", "Cancel order", "Refund"]
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by="staff:1")
    assert buttons(merchant, order) == ["Mark as delivered", "Refund"]
    transfer = make.placed(provider="bank_transfer", token="")
    assert buttons(merchant, transfer) == ["Cancel order", "Record payment received"]


def test_a_merchant_takes_an_order_from_paid_to_delivered(merchant: Client) -> None:
    order = make.paid()
    for trigger in ("start_fulfillment", "items_picked"):
        assert merchant.post(page(order, "pull"), {"trigger": trigger}).status_code == 302
    assert merchant.get(page(order, "dispatch")).status_code == 200
    given = {"carrier": "UPS", "tracking_number": "1Z999", "tracking_url": "ups.example/1Z999"}
    assert merchant.post(page(order, "dispatch"), given)["Location"] == page(order)
    html = merchant.get(page(order)).content.decode()
    assert '<a href="https://ups.example/1Z999" rel="noopener">1Z999</a>' in html
    merchant.post(page(order, "pull"), {"trigger": "delivery_confirmed"})
    order.refresh_from_db()
    assert order.status == "delivered"
    assert {step.actor.split(":")[0] for step in order.steps.filter(position__gt=3)} == {"staff"}


def test_A27_nothing_happens_by_looking(merchant: Client) -> None:
    order = make.paid()
    before = Order.objects.values().get(pk=order.pk)
    assert merchant.get(page(order, "pull")).status_code == 405
    for name in ("dispatch", "cancel", "refund", "transfer", "change"):
        assert merchant.get(page(order, name)).status_code == 200
    assert Order.objects.values().get(pk=order.pk) == before


def test_A09_each_button_asks_for_its_own_permission(client: Client) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_order", "fulfil_order"]))
    client.force_login(clerk)
    order = make.paid()
    assert buttons(client, order) == ["Start processing"]
    for name in ("cancel", "refund", "transfer"):
        assert client.post(page(order, name), {"amount": "1", "reason": "x"}).status_code == 403
    assert client.post(page(order, "pull"), {"trigger": "cancel"}).status_code == 403
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("payment_confirmed", 0)
    assert client.post(page(order, "pull"), {"trigger": "start_fulfillment"}).status_code == 302


def test_a_refused_step_says_why(merchant: Client) -> None:
    order = make.ready()
    orders.cancel(order_id=order.pk, by="guest")
    answer = merchant.post(page(order, "dispatch"), {"carrier": "UPS", "tracking_number": "1"})
    assert "“Dispatch” is not possible: the order is “Cancelled”." in answer.content.decode()
    answer = merchant.post(page(order, "pull"), {"trigger": "items_picked"}, follow=True)
    assert "“Mark as picked” is not possible" in answer.content.decode()


@pytest.mark.parametrize(
    ("trigger", "sentence"),
    [
        ("payment_success", "“Confirm payment” is not possible: the order is “Payment Confirmed”."),
        ("refund", "“Note full refund” is not possible: the order is “Payment Confirmed”."),
        ("return_received", "“Note return” is not possible: the order is “Payment Confirmed”."),
        ("zzz", "There is no such step. The order is “Payment Confirmed”."),
        ("", "There is no such step. The order is “Payment Confirmed”."),
    ],
)
def test_a_step_that_no_button_has_is_answered_with_what_is_possible(
    merchant: Client, trigger: str, sentence: str
) -> None:
    order = make.paid()
    before = Order.objects.values().get(pk=order.pk)
    answer = merchant.post(page(order, "pull"), {"trigger": trigger}, follow=True)
    assert answer.redirect_chain == [(page(order), 302)]
    told = [str(message) for message in answer.context["messages"]]
    assert told == [f"{sentence} Possible now: Start processing, Cancel order."]
    assert Order.objects.values().get(pk=order.pk) == before


@pytest.mark.parametrize("trigger", ["start_fulfillment", "payment_success", "zzz"])
def test_without_permission_nothing_is_told_of_an_order(client: Client, trigger: str) -> None:
    client.force_login(User.objects.create_user("clerk@example.com", "a long password", is_staff=True))
    assert client.post(page(make.paid(), "pull"), {"trigger": trigger}).status_code == 403


@pytest.mark.parametrize("name", ["pull", "dispatch", "cancel", "refund", "transfer"])
def test_an_order_that_is_not_there_is_not_found(merchant: Client, name: str) -> None:
    url = reverse(f"admin:checkout_order_{name}", args=[UUID(int=0)])
    assert merchant.post(url, {"trigger": "start_fulfillment"}).status_code == 404


def test_who_did_what_is_told_by_name(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    merchant.post(page(order, "cancel"), {"note": "rev"})
    outbox.drain()
    answer = merchant.get(page(order))
    actors = [(step["label"], step["actor"]) for step in answer.context["timeline"]]
    assert actors == [
        ("Note full refund", "the shop"),
        ("Cancel order", "merchant@example.com"),
        ("Confirm payment", "the shop"),
        ("Start payment", "a guest"),
        ("Placed", "a guest"),
    ]
    assert "The order was cancelled. rev · merchant@example.com</span>" in answer.content.decode()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount_minor, refund.actor) == ("done", 3000, f"staff:{User.objects.get().pk}")


def test_money_of_an_order_that_runs_out_goes_back_by_the_shop(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    orders.apply(order_id=order.pk, trigger="reservation_expired", by="system")
    payment = make.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="webhook")  # too late
    refund = Refund.objects.get()
    assert (refund.reason, refund.actor) == ("The order was cancelled.", "system")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0.001", "That has more digits than an amount in USD: the smallest is 0.01."),
        ("0", "Give back at least $0.01."),
        ("30.01", "At most $30.00 can be given back."),
    ],
)
def test_a_refused_amount_says_what_would_do(merchant: Client, amount: str, sentence: str) -> None:
    answer = merchant.post(page(make.paid(), "refund"), {"amount": amount, "reason": "late"})
    assert answer.context["form"].non_field_errors() == [sentence]


@pytest.mark.parametrize("amount", ["", "0", "-1", "30.01", "1.001", "NaN", "1e9", "abc"])
def test_A11_wrong_amounts_are_not_given_back(merchant: Client, amount: str) -> None:
    order = make.paid()
    assert merchant.post(page(order, "refund"), {"amount": amount, "reason": "late"}).status_code == 200
    assert Refund.objects.count() == 0


def test_part_of_the_money_goes_back(merchant: Client) -> None:
    order = make.paid()
    assert 'value="30.00"' in merchant.get(page(order, "refund")).content.decode()
    assert merchant.post(page(order, "refund"), {"amount": "12.50", "reason": "late"}).status_code == 302
    assert [(refund.amount_minor, refund.reason) for refund in Refund.objects.all()] == [(1250, "late")]


def test_a_refund_that_is_clicked_twice_is_one(merchant: Client) -> None:
    order = make.paid()
    form = merchant.get(page(order, "refund")).context["form"]
    given = {"amount": "20.00", "reason": "late", "key": form["key"].value()}
    for _click in range(2):
        assert merchant.post(page(order, "refund"), given).status_code == 302
    assert [refund.amount_minor for refund in Refund.objects.all()] == [2000]
    answer = merchant.post(page(order, "refund"), given | {"amount": "5.00"})
    said = "$20.00 was given back by this form already. Open it anew to give back more."
    assert answer.context["form"].non_field_errors() == [said]
    other = merchant.get(page(order, "refund")).context["form"]["key"].value()
    assert merchant.post(page(order, "refund"), given | {"amount": "5.00", "key": other}).status_code == 302
    assert [refund.amount_minor for refund in Refund.objects.order_by("amount_minor")] == [500, 2000]


def held(sandbox: RunningSandbox, when: str = "on_shipment") -> Order:
    """An order of 30.00 USD whose money is held."""
    payments.choose_capture(when=when, by="staff:1")
    order = make.placed()
    outbox.drain()
    return Order.objects.get(pk=order.pk)


def asked(client: Client, order: Order, name: str) -> tuple[list[str], str]:
    """What the page that asks says of money, and what kind of button it has."""
    context = client.get(page(order, name)).context
    return context.get("told", []), context.get("variant", "")


def test_who_cancels_reads_what_becomes_of_the_money(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = held(shop_sandbox)
    assert asked(merchant, order, "cancel") == (["$30.00 that is held is let go."], "danger")
    merchant.post(page(order, "capture"), {"amount": "12.50", "seen": "30.00"})
    outbox.drain()
    told = ["$12.50 goes back the way it was paid.", "$17.50 that is held is let go."]
    assert asked(merchant, order, "cancel") == (told, "danger")
    assert [asked(merchant, order, name) for name in ("void", "capture")] == [([], "danger"), ([], "")]
    red = r'<button type="submit"[^>]*bg-red-600[^>]*>\s*Cancel order'
    assert len(re.findall(red, merchant.get(page(order, "cancel")).content.decode())) == 1
    assert asked(merchant, make.placed(), "cancel") == ([], "danger")


def test_held_money_is_taken_in_part_and_the_rest_let_go(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = held(shop_sandbox)
    assert buttons(merchant, order)[-1] == "Take money"  # all of it is let go by cancelling the order
    assert 'value="30.00"' in merchant.get(page(order, "capture")).content.decode()
    answer = merchant.post(page(order, "capture"), {"amount": "30.01", "seen": "30.00"})
    assert answer.context["form"].non_field_errors() == ["At most $30.00 can be taken."]
    given = {"amount": "12.50", "seen": "30.00"}
    assert merchant.post(page(order, "capture"), given).status_code == 302
    again = merchant.post(page(order, "capture"), given)  # pressed twice, or from a second tab
    assert again.context["form"].non_field_errors() == [
        "$30.00 could be taken then, $17.50 now. Please open this page again."
    ]
    outbox.drain()
    order.refresh_from_db()
    assert (order.captured_minor, order.held_minor) == (1250, 1750)
    assert buttons(merchant, order)[-3:] == ["Take money", "Let go of held money", "Refund"]
    assert merchant.post(page(order, "void"), {"is_sure": "on"}).status_code == 302
    outbox.drain()
    order.refresh_from_db()
    assert (order.captured_minor, order.held_minor) == (1250, 0)
    assert buttons(merchant, order)[-1] == "Refund"


def test_a_last_capture_lets_the_rest_go(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = held(shop_sandbox)
    merchant.post(page(order, "capture"), {"amount": "20.00", "seen": "30.00", "is_final": "on"})
    outbox.drain()
    order.refresh_from_db()
    assert (order.captured_minor, order.held_minor) == (2000, 0)
    table = merchant.get(page(order)).content.decode().split('data-testid="admin-order-ledger"')[1].split("</table>")[0]
    pairs = re.findall(r"</td><td>([^<]*)</td><td>([^<]*?) ?<", table)
    assert pairs == [
        ("Held (Stripe)", "Promised"),
        ("Promised", "Held (Stripe)"),
        ("Received (Stripe)", "Customers"),
        ("Promised", "Held (Stripe)"),
    ]


def test_approving_a_payment_takes_it(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = held(shop_sandbox, "after_review")
    assert (order.status, order.held_minor) == ("payment_review", 3000)
    merchant.post(page(order, "pull"), {"trigger": "approve_review"})
    outbox.drain()
    order.refresh_from_db()
    assert (order.status, order.captured_minor, order.held_minor) == ("payment_confirmed", 3000, 0)


def test_a_payment_is_rejected_after_a_question(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    order = held(shop_sandbox, "after_review")
    assert "Reject payment" in buttons(merchant, order)
    assert merchant.get(page(order, "reject")).status_code == 200
    order.refresh_from_db()
    assert order.status == "payment_review"
    merchant.post(page(order, "reject"), {"note": "Name and card differ"})
    outbox.drain()
    order.refresh_from_db()
    step = order.steps.get(trigger="reject_review")
    assert (order.status, order.held_minor, step.note) == ("cancelled", 0, "Name and card differ")


def test_what_is_known_of_a_payment_stands_there_in_words(merchant: Client) -> None:
    assert set(screen.FACTS) == set(get_args(FactKind))
    html = merchant.get(page(make.paid())).content.decode()
    assert "<span>Card</span>" in html
    assert "<span>taken</span>" in html


@pytest.mark.parametrize("name", ["capture", "void", "reject"])
def test_A09_money_is_taken_by_those_who_may(client: Client, shop_sandbox: RunningSandbox, name: str) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_order", "fulfil_order"]))
    client.force_login(clerk)
    order = held(shop_sandbox)
    assert client.post(page(order, name), {"amount": "1", "is_sure": "on"}).status_code == 403
    assert "Take money" not in buttons(client, order)


def test_a_dispute_is_on_the_page(merchant: Client) -> None:
    order = make.paid()
    disputes.note(
        order_id=order.pk, payment_id=make.payment_of(order).pk, reference="dp_1", amount=order.money(3000),
        status="open", reason="fraudulent",
    )  # fmt: skip
    html = merchant.get(page(order)).content.decode()
    assert "<code>dp_1</code>" in html


def test_a_transfer_is_recorded(merchant: Client) -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    given = {"way": "bank_transfer", "amount": "30.00", "statement_id": "7"}
    assert merchant.post(page(order, "transfer"), given).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.payments.count()) == ("payment_confirmed", 1)


@pytest.mark.parametrize("provider", ["bank_transfer", "invoice"])
@pytest.mark.parametrize("is_paid", [True, False])
def test_money_that_comes_too_late_or_twice_is_booked_and_goes_back(
    merchant: Client, provider: str, is_paid: bool
) -> None:
    order = make.placed(provider=provider, token="", customer_id=db.uuid7())
    outbox.drain()
    given = {"way": "bank_transfer", "amount": "30.00", "statement_id": "7"}
    if is_paid:
        merchant.post(page(order, "transfer"), given)
    else:
        orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    assert "Record late payment" in buttons(merchant, order)
    for _twice in range(2):
        assert merchant.post(page(order, "transfer"), given | {"statement_id": "8"}).status_code == 302
    outbox.drain()
    order.refresh_from_db()
    came = 6000 if is_paid else 3000
    assert (order.captured_minor, order.payments.count()) == (came, 1)
    [refund] = Refund.objects.filter(order_id=order.pk)
    assert (refund.amount_minor, refund.status) == (3000, "requested")
    assert (violations(), outbox.failures()) == ([], [])


def test_a_refund_by_transfer_leads_to_where_it_is_recorded_as_sent(merchant: Client) -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    merchant.post(page(order, "transfer"), {"way": "bank_transfer", "amount": "30.00", "statement_id": "7"})
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()

    def leads_to() -> list[str]:
        return re.findall(r'href="([^"]*)" data-testid="record-refund"', merchant.get(page(order)).content.decode())

    [url] = leads_to()
    refund = Refund.objects.get()
    asked = merchant.get(url)
    assert asked.context["told"] == [
        "$30.00, paid by Bank transfer. Record it once it was sent, or handed out: the customer gets a mail."
    ]
    form = asked.content.decode().split('class="order-card order-ask"')[1].split("</form>")[0]
    assert re.findall(r'<button[^>]*type="submit"[^>]*>\s*(.*?)\s*</button>', form) == ["Record it as sent"]
    for _twice in range(2):  # in another tab too: once
        assert merchant.post(url, {"csrfmiddlewaretoken": "-"}).headers["Location"] == page(order)
    outbox.drain()
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.refunded_minor, leads_to()) == ("done", 3000, [])
    assert Notification.objects.filter(template="refund_made").count() == 1


def test_the_facts_of_a_payment_do_not_repeat_its_name(merchant: Client) -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    merchant.post(page(order, "transfer"), {"way": "bank_transfer", "amount": "30.00", "statement_id": "S-7"})
    outbox.drain()
    told = re.findall(r"<code>([^<]*)</code>", merchant.get(page(order)).content.decode())
    assert (told.count(make.payment_of(order).reference), "S-7" in told) == (1, True)


@pytest.mark.parametrize("kind", ["of another order", "as store credit"])
def test_only_what_goes_by_hand_is_recorded_as_sent(merchant: Client, kind: str) -> None:
    order, other = (make.placed(provider="bank_transfer", token="") for _one in range(2))
    outbox.drain()
    merchant.post(page(order, "transfer"), {"way": "bank_transfer", "amount": "30.00", "statement_id": "7"})
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()
    refund = Refund.objects.get()
    if kind == "as store credit":
        other = order
        Refund.objects.update(destination="store_credit")
    url = reverse("admin:checkout_order_refund_sent", args=[other.pk, refund.pk])
    assert merchant.post(url, {"csrfmiddlewaretoken": "-"}).status_code == 404


def test_who_may_not_record_payments_records_no_refund(client: Client) -> None:
    client.force_login(User.objects.create_user("clerk@example.com", "a long password", is_staff=True))
    url = reverse("admin:checkout_order_refund_sent", args=[db.uuid7(), db.uuid7()])
    assert client.get(url).status_code == 403


def test_a_line_that_was_recorded_with_another_amount_is_refused(merchant: Client) -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    given = {"way": "bank_transfer", "amount": "10.00", "statement_id": "7"}
    merchant.post(page(order, "transfer"), given)
    answer = merchant.post(page(order, "transfer"), given | {"amount": "12.00", "statement_id": " 7 "})
    assert "“7” was recorded before, with $10.00." in answer.content.decode()
    order.refresh_from_db()
    assert order.captured_minor == 1000


def test_money_for_an_invoice_is_recorded_once(merchant: Client) -> None:
    order = make.placed(provider="invoice", token="", customer_id=db.uuid7())
    outbox.drain()
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_confirmed", 0)
    assert "Record payment received" in buttons(merchant, order)
    assert "Take money" not in buttons(merchant, order)
    given = {"way": "bank_transfer", "amount": "12.00", "statement_id": "7"}
    for _twice in range(2):
        merchant.post(page(order, "transfer"), given)
    order.refresh_from_db()
    assert order.captured_minor == 1200
    merchant.post(page(order, "transfer"), given | {"amount": "18.00", "statement_id": "8"})
    order.refresh_from_db()
    assert (order.captured_minor, order.payment_state) == (3000, "paid")
    assert "Record payment received" not in buttons(merchant, order)
    assert order.payments.count() == 1


class TestMoneyThatIsBroughtToTheDesk:
    def given(self, **more: str) -> dict[str, str]:
        return {"way": "cash", "amount": "30.00", "statement_id": "", **more}

    def test_cash_instead_of_a_declined_card(self, merchant: Client, shop_sandbox: RunningSandbox) -> None:
        order = make.placed(token=DECLINED)
        assert "Record payment received" not in buttons(merchant, order)  # the card is just being asked for
        outbox.drain()
        assert "Record payment received" in buttons(merchant, order)
        assert merchant.get(page(order, "transfer")).context["form"]["amount"].value() == Decimal("30.00")
        merchant.post(page(order, "transfer"), self.given())
        order.refresh_from_db()
        payment = make.payment_of(order)
        assert (order.status, payment.provider, payment.captured_minor) == ("payment_confirmed", "cash", 3000)
        assert payment.events.get().reference.startswith(f"cash_{payment.pk}:{order.number}-")
        merchant.post(page(order, "transfer"), self.given())
        outbox.drain()
        order.refresh_from_db()
        assert (order.captured_minor, order.balance_minor) == (3000, 0)
        assert "Record payment received" not in buttons(merchant, order)
        assert (violations(), outbox.failures()) == ([], [])

    def test_a_transfer_needs_its_line(self, merchant: Client, shop_sandbox: RunningSandbox) -> None:
        order = make.placed(token=DECLINED)
        outbox.drain()
        answer = merchant.post(page(order, "transfer"), self.given(way="bank_transfer"))
        assert list(answer.context["form"].errors) == ["statement_id"]
        merchant.post(page(order, "transfer"), self.given(way="bank_transfer", statement_id="7"))
        assert make.payment_of(order).provider == "bank_transfer"

    def test_how_it_came_is_said_each_time_and_booked(self, merchant: Client) -> None:
        """A part in cash, the rest to the bank, whatever was waited for first."""
        for first, bank in (("", "bank_transfer"), ("bank_transfer", "bank_transfer"), ("invoice", "invoice")):
            order = make.placed(provider=first, token="", customer_id=db.uuid7())
            outbox.drain()
            part = self.given(amount="12.00", key=str(db.uuid7()))
            for _twice in range(2):
                merchant.post(page(order, "transfer"), part)
            form = merchant.get(page(order, "transfer")).context["form"]
            assert (list(form.fields)[:2], form["way"].value(), form["amount"].value()) == (
                ["way", "amount"], None, Decimal("18.00"),
            )  # fmt: skip
            rest = {"amount": "18.00", "statement_id": "7"}
            assert list(merchant.post(page(order, "transfer"), rest).context["form"].errors) == ["way"]
            merchant.post(page(order, "transfer"), rest | {"way": "bank_transfer"})
            outbox.drain()
            order.refresh_from_db()
            assert (order.payment_state, order.captured_minor, order.balance_minor) == ("paid", 3000, 0)
            booked = LedgerEntry.objects.filter(order_id=order.pk, credit=accounts.RECEIVABLE)
            assert list(booked.order_by("id").values_list("debit", "amount_minor")) == [
                ("provider_clearing:cash", 1200), (f"provider_clearing:{bank}", 1800),
            ]  # fmt: skip
            assert [one.status for one in order.payments.all()] == ["paid", "paid"]
            assert "Record payment received" not in buttons(merchant, order)
        assert (violations(), outbox.failures()) == ([], [])

    def test_a_transfer_that_was_waited_for_and_paid_in_cash_is_over(self, merchant: Client) -> None:
        order = make.placed(provider="bank_transfer", token="")
        outbox.drain()
        merchant.post(page(order, "transfer"), self.given())
        outbox.drain()
        assert list(order.payments.order_by("id").values_list("provider", "status", "captured_minor")) == [
            ("bank_transfer", "cancelled", 0), ("cash", "paid", 3000),
        ]  # fmt: skip
        assert "Record payment received" not in buttons(merchant, order)
        assert (violations(), outbox.failures()) == ([], [])

    @pytest.mark.parametrize("given", [{"amount": "0"}, {"way": "stripe"}, {"way": ""}, {"amount": "1.001"}])
    def test_what_it_cannot_be_is_refused(
        self, merchant: Client, shop_sandbox: RunningSandbox, given: dict[str, str]
    ) -> None:
        order = make.placed(token=DECLINED)
        outbox.drain()
        assert merchant.post(page(order, "transfer"), self.given(**given)).context["form"].errors
        assert order.payments.count() == 1


def test_the_page_takes_the_same_queries_for_one_line_and_for_many(
    merchant: Client, django_assert_max_num_queries: object
) -> None:
    small, large = make.ready([stocked(5)]), make.ready([stocked(5) for _ in range(12)])
    for order in (small, large):
        with django_assert_max_num_queries(24):  # type: ignore[operator]
            assert merchant.get(page(order)).status_code == 200


def test_the_page_takes_the_same_queries_for_one_parcel_and_for_many(
    merchant: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    order = make.ready([stocked(9)], quantity=5)
    merchant.get(page(order))
    with CaptureQueriesContext(connection) as one:
        merchant.get(page(order))
    for _ in range(3):
        whole = Shipment.objects.filter(order=order).earliest("id")
        fulfilment.split(shipment_id=whole.pk, units={whole.lines.get().pk: 1}, by="staff:1")
    with django_assert_num_queries(len(one)):
        assert len(merchant.get(page(order)).context["parcels"]) == 4


def test_the_list_takes_the_same_queries_for_one_order_and_for_many(
    merchant: Client, django_assert_max_num_queries: object
) -> None:
    url = reverse("admin:checkout_order_changelist")
    make.placed()
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert merchant.get(url).status_code == 200
    for _ in range(6):
        make.placed()
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert merchant.get(url).status_code == 200


def test_orders_are_found_by_number_and_mail(merchant: Client) -> None:
    mine, other = make.placed(email="ada@example.com"), make.placed(email="bob@example.com")
    url = reverse("admin:checkout_order_changelist")
    for query, found in ((mine.number, [mine]), ("ADA@", [mine]), ("nobody", []), ("ORD-", [other, mine])):
        answer = merchant.get(url, {"q": query})
        assert list(answer.context["cl"].result_list) == found


def test_A28_what_shoppers_wrote_is_inert(merchant: Client) -> None:
    order = make.placed(email="ada@example.com")
    evil = "<script>alert(1)</script>"
    Order.objects.filter(pk=order.pk).update(shipping_address={"first_name": evil, "city": evil, "country": evil})
    order.lines.update(name=evil, picture='"><script>alert(1)</script>', options={"x": evil})
    assert "<script>alert(1)" not in merchant.get(page(order)).content.decode()


@pytest.mark.parametrize("model", ["payment", "paymentevent", "refund", "providerevent", "shipment"])
def test_ledgers_are_only_looked_at(merchant: Client, model: str) -> None:
    make.ready()
    assert merchant.get(reverse(f"admin:checkout_{model}_changelist")).status_code == 200
    assert merchant.get(reverse(f"admin:checkout_{model}_add")).status_code == 403


def test_orders_are_not_edited_or_deleted(merchant: Client) -> None:
    order = make.placed()
    assert merchant.get(page(order, "delete")).status_code == 403
    assert merchant.get(reverse("admin:checkout_order_add")).status_code == 403
    merchant.post(page(order), {"status": "delivered", "total_minor": "1"})
    order.refresh_from_db()
    assert (order.status, order.total_minor) == ("payment_pending", 3000)


def test_only_the_admin_has_the_looser_script_policy_that_its_look_needs(merchant: Client) -> None:
    def policy(url: str) -> str:
        found = merchant.get(url)["Content-Security-Policy"]
        return next(part for part in found.split("; ") if part.startswith("script-src "))

    assert "'unsafe-eval'" in policy(page(make.placed()))
    assert policy(reverse("cart")) == "script-src 'self'"
