"""Talking to a provider: every test drives the shop's own Stripe provider against the sandbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import translation

from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import collecting, selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from checkout.payments.providers import base
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from shop.core import db
from shop.core.money import Money
from shop.events.models import Delivery
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from shop.resilience import breaker
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, RunningSandbox

pytestmark = pytest.mark.django_db


def status(order: Order) -> str:
    return Order.objects.values_list("status", flat=True).get(pk=order.pk)


def test_a_good_card_pays_the_order_and_everything_follows(shop_sandbox: RunningSandbox) -> None:
    item = stocked(3)
    order = make.placed([item], quantity=2)
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    assert (order.status, order.payment_state, order.captured_minor) == ("payment_confirmed", "paid", 5500)
    item.refresh_from_db()
    assert (item.on_hand, item.reserved, item.allocated) == (3, 0, 2)
    assert [shipment.number for shipment in order.shipments.all()] == [f"{order.number}-1"]
    assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [5500]
    sent = Notification.objects.order_by("id").values_list("template", "status")
    assert sorted(sent) == [("invoice", "sent"), ("order_paid", "sent"), ("order_placed", "sent")]


def test_a_declined_card_leaves_the_order_open_for_another(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=DECLINED)
    outbox.drain()
    standing = selectors.standing(Order.objects.get(pk=order.pk))
    assert (standing.state, standing.error) == (
        "declined",
        "Your bank declined this card. Nothing was charged. Please use another card or ask your bank.",
    )
    assert Notification.objects.filter(template="payment_failed").count() == 1
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    outbox.drain()
    assert status(order) == "payment_confirmed"
    assert [step.trigger for step in order.steps.all()] == [
        "place",
        "initiate_payment",
        "payment_failed",
        "payment_success",
    ]
    assert outbox.failures() == []


def test_the_order_is_told_of_before_its_payment_failed(shop_sandbox: RunningSandbox) -> None:
    """Though the subscriber that tells of it comes later, and another worker sends the second mail first."""
    order = make.placed(token=DECLINED)
    late = Delivery.objects.filter(subscriber="checkout.payments.receivers.mail_order_placed")
    assert late.update(due_at=Now() + timedelta(hours=1), attempts=1) == 1
    outbox.drain(mails=False)

    failed = Notification.objects.get(template="payment_failed")
    assert notifications.send(notification_id=failed.pk) is False
    outbox.drain()
    assert [message.subject for message in mail.outbox] == [
        f"We have your order {order.number}",
        f"The payment for order {order.number} did not go through",
    ]


def test_why_a_card_was_declined_is_said_in_the_readers_language(shop_sandbox: RunningSandbox) -> None:
    """Whoever hears of it first, and in which language: the page says it in its own, the mail in the order's."""
    order = make.placed(token=DECLINED)
    Order.objects.filter(pk=order.pk).update(language="es")
    outbox.drain()
    with translation.override("de"):
        collecting.fetch(payment_id=Payment.objects.get(order=order).pk, source="fetch")
    order.refresh_from_db()

    said = {}
    for language in ("en", "de", "es", "ar"):
        with translation.override(language):
            said[language] = selectors.standing(order).error
    assert said["en"].startswith("Your bank declined this card. Nothing was charged.")
    assert said["de"].startswith("Ihre Bank hat diese Karte abgelehnt.")
    assert len(set(said.values())) == 4
    reason = Notification.objects.get(template="payment_failed").context["reason"]
    assert reason == said["es"]


@pytest.mark.parametrize("token", [DECLINED, CHALLENGED])
def test_what_is_up_to_the_shopper_is_held_for_fifteen_minutes_again(shop_sandbox: RunningSandbox, token: str) -> None:
    order = make.placed(token=token)
    outbox.drain()
    [reservation] = Reservation.objects.filter(reference=order.pk)
    left = reservation.expires_at - db.clock()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_the_units_are_held_beyond_the_call_while_its_answer_is_unknown(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    shop_sandbox.faults(lost_replies=2)
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=make.payment_of(order).pk)
    [reservation] = Reservation.objects.filter(reference=order.pk)
    assert reservation.expires_at - db.clock() > timedelta(minutes=59)


def test_a_hosted_retry_ends_the_challenge_too(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    payments.retry(order_id=order.pk, provider="stripe", token="", by="guest")
    outbox.drain()
    assert [intent["status"] for intent in shop_sandbox.state()["payment_intent"]] == ["canceled"]


def test_a_retry_ends_the_challenge_that_is_still_open(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    first = make.payment_of(order)
    assert selectors.standing(Order.objects.get(pk=order.pk)).state == "action"
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    outbox.drain()
    first.refresh_from_db()
    assert (first.status, status(order)) == ("cancelled", "payment_confirmed")
    assert {intent["status"] for intent in shop_sandbox.state()["payment_intent"]} == {"canceled", "succeeded"}


def test_a_challenge_that_was_passed_is_seen_when_the_shopper_is_back(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    shop_sandbox.challenge(make.payment_of(order).reference)
    payments.refresh(order_id=order.pk)
    assert status(order) == "payment_confirmed"


def test_F13_F14_the_timetable_finds_a_payment_that_nobody_told_of(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    payment = make.payment_of(order)
    shop_sandbox.challenge(payment.reference)  # the browser never returns, and no webhook is sent
    assert selectors.overdue_payments() == []
    Payment.objects.filter(pk=payment.pk).update(updated_at=db.clock() - timedelta(minutes=2))
    assert selectors.overdue_payments() == [payment.pk]
    payments.bring_up_to_date(payment_id=payment.pk)
    assert status(order) == "payment_confirmed"
    assert selectors.overdue_payments() == []


def test_F19_a_lost_reply_is_one_charge(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    shop_sandbox.faults(lost_replies=2)  # the client's own retry loses its reply too
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.reference, status(order)) == ("processing", "", "payment_pending")
    payments.charge(payment_id=payment.pk)
    assert status(order) == "payment_confirmed"
    assert len(shop_sandbox.state()["charge"]) == 1


def test_F19_control_another_key_for_each_try_charges_twice(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    provider = shop_sandbox.provider()
    shop_sandbox.faults(lost_replies=1)
    asked = collecting.request_for(selectors.payment(payment.pk))
    with pytest.raises(payments.ProviderUnavailable):
        provider.charge(asked)
    provider.charge(replace(asked, idempotency_key="another"))
    assert len(shop_sandbox.state()["charge"]) == 2


def test_a_lost_reply_before_cancelling_is_found_by_our_name_for_the_payment(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    shop_sandbox.faults(lost_replies=2)
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=make.payment_of(order).pk)
    assert payments.cancel_unpaid(order_id=order.pk, by="system") is False
    assert status(order) == "payment_confirmed"


def test_F11_paid_after_the_order_was_cancelled_is_refunded(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    orders.cancel(order_id=order.pk, by="guest")
    outcome = shop_sandbox.provider().charge(_request(payment))
    payments.record(payment_id=payment.pk, outcome=outcome, source="charge")
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    assert (order.status, order.captured_minor, order.refunded_minor) == ("refunded", 3000, 3000)
    assert [refund["amount"] for refund in shop_sandbox.state()["refund"]] == [3000]


def test_F11_paid_when_the_units_are_gone_is_cancelled_and_refunded(shop_sandbox: RunningSandbox) -> None:
    item = stocked(1)
    order = make.placed([item], token=CHALLENGED)
    outbox.drain()
    _expire(order)
    rival = make.placed([item])
    shop_sandbox.challenge(make.payment_of(order).reference)
    payments.refresh(order_id=order.pk)
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("refunded", "refunded")
    assert status(rival) == "payment_confirmed"
    mail = Notification.objects.get(template="order_cancelled")
    assert mail.context["refund"] == "$30.00"
    assert mail.context["reason"].startswith("The items sold out")


def test_no_charge_when_the_units_cannot_be_held(shop_sandbox: RunningSandbox) -> None:
    item = stocked(1)
    order = make.placed([item])
    _expire(order)
    make.placed([item], email="rival@example.com")
    payments.charge(payment_id=make.payment_of(order).pk)
    assert status(order) == "cancelled"
    assert make.payment_of(order).status == "cancelled"
    assert shop_sandbox.state()["charge"] == []


def test_unpaid_orders_are_cancelled_after_their_payment_is(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    assert payments.cancel_unpaid(order_id=order.pk, by="system") is True
    assert status(order) == "cancelled"
    assert [intent["status"] for intent in shop_sandbox.state()["payment_intent"]] == ["canceled"]
    assert payments.cancel_unpaid(order_id=order.pk, by="system") is False
    assert selectors.standing(Order.objects.get(pk=order.pk)).state == "expired"


def test_an_order_paid_at_the_last_moment_is_confirmed_instead(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    shop_sandbox.challenge(make.payment_of(order).reference)
    assert payments.cancel_unpaid(order_id=order.pk, by="system") is False
    assert status(order) == "payment_confirmed"


def test_a_paid_order_cancelled_gets_its_money_and_stock_back(shop_sandbox: RunningSandbox) -> None:
    item = stocked(4)
    order = make.placed([item], quantity=3)
    outbox.drain()
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    item.refresh_from_db()
    assert (order.status, item.on_hand, item.allocated, item.reserved) == ("refunded", 4, 0, 0)
    assert [refund.status for refund in Refund.objects.all()] == ["done"]
    assert {shipment.status for shipment in order.shipments.all()} == {"cancelled"}


def test_a_refund_whose_reply_is_lost_is_made_once(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    [refund] = payments.request_refund(order_id=order.pk, amount=Money(1000, "USD"), reason="", by="staff:1")
    shop_sandbox.faults(lost_replies=2)
    with pytest.raises(payments.ProviderUnavailable):
        payments.refund(refund_id=refund.pk)
    payments.refund(refund_id=refund.pk)
    payments.refund(refund_id=refund.pk)
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.refunded_minor, order.payment_state) == ("done", 1000, "partly_refunded")
    assert len(shop_sandbox.state()["refund"]) == 1


def test_F20_an_open_circuit_keeps_the_order_and_asks_nobody(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    shop_sandbox.faults(error_percent=100)
    for _ in range(breaker.FAILURES):
        with pytest.raises(payments.ProviderUnavailable):
            payments.charge(payment_id=make.payment_of(order).pk)
    assert breaker.state("payments.stripe") == "open"
    with pytest.raises(payments.ProviderUnavailable, match="does not answer at present"):
        payments.charge(payment_id=make.payment_of(order).pk)
    assert status(order) == "payment_pending"
    shop_sandbox.faults()
    breaker.reset("payments.stripe")
    payments.charge(payment_id=make.payment_of(order).pk)
    assert status(order) == "payment_confirmed"


def test_a_hosted_page_pays_an_order_without_a_card(shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token="")
    outbox.drain()  # charging waits for the page
    payment = make.payment_of(order)
    standing = selectors.standing(Order.objects.get(pk=order.pk))
    assert (payment.status, standing.state, standing.is_hosted) == ("pending", "action", True)
    url = payments.hosted_url(payment_id=payment.pk, success_url="http://shop/ok", cancel_url="http://shop/no")
    assert url == payments.hosted_url(payment_id=payment.pk, success_url="http://shop/ok", cancel_url="http://shop/no")
    payment.refresh_from_db()
    assert (payment.status, payment.action_url) == ("action_required", url)
    assert len(shop_sandbox.state()["checkout.session"]) == 1


@pytest.mark.parametrize("minutes", [0, 4, 5, 6, 14])
def test_a_hosted_page_is_opened_for_a_shopper_who_comes_late(shop_sandbox: RunningSandbox, minutes: int) -> None:
    payment = make.payment_of(make.placed(token=""))
    Payment.objects.filter(pk=payment.pk).update(created_at=db.clock() - timedelta(minutes=minutes, seconds=1))
    urls = {"success_url": "http://shop/ok", "cancel_url": "http://shop/no"}
    first = payments.hosted_url(payment_id=payment.pk, **urls)
    Payment.objects.filter(pk=payment.pk).update(action_url="", reference="", status="pending")  # the answer was lost
    assert payments.hosted_url(payment_id=payment.pk, **urls) == first
    (session,) = shop_sandbox.state()["checkout.session"]
    (hold,) = Reservation.objects.filter(reference=payment.order_id)
    ahead = session["expires_at"] - db.clock().timestamp()
    assert 30 * 60 < ahead <= 36 * 60
    assert hold.expires_at.timestamp() > session["expires_at"]


def test_a_page_whose_opening_failed_is_opened_by_a_later_visit(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed(token=""))
    urls = {"success_url": "http://shop/ok", "cancel_url": "http://shop/no"}
    first = payments.hosted_url(payment_id=payment.pk, **urls)
    opened = db.clock() - timedelta(minutes=6)  # as if that had been six minutes ago
    Payment.objects.filter(pk=payment.pk).update(action_url="", reference="", status="pending", created_at=opened)
    assert payments.hosted_url(payment_id=payment.pk, **urls) != first
    assert len(shop_sandbox.state()["checkout.session"]) == 2


def test_a_provider_is_never_asked_inside_a_transaction(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    with transaction.atomic(using=db.DEFAULT), pytest.raises(RuntimeError, match="durable"):
        payments.charge(payment_id=payment.pk)


def _request(payment: Payment) -> base.ChargeRequest:
    return collecting.request_for(selectors.payment(payment.pk))


def _expire(order: Order) -> None:
    Reservation.objects.filter(reference=order.pk).update(expires_at=db.clock() - timedelta(seconds=1))
    reservations.expire()


def test_F20_the_page_says_that_the_provider_does_not_answer_and_a_healed_one_is_paid_once(
    shop_sandbox: RunningSandbox, client: Client
) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    shop_sandbox.faults(error_percent=100.0, path="payment_intents")
    for _ in range(2):
        with pytest.raises(payments.ProviderUnavailable):
            payments.charge(payment_id=payment.pk)
    assert selectors.standing(Order.objects.get(pk=order.pk)).is_delayed
    page = client.get(access.url(order), follow=True).content.decode()
    assert "Our payment partner does not answer at the moment; we keep your items until" in page
    assert "<h1>Your payment has to wait a little</h1>" in page
    assert "few seconds" not in page
    url = reverse("api_order", args=[order.number])
    told = client.get(url, headers={access.HEADER: order.access_key}).json()
    assert (told["payment"]["state"], told["payment"]["isDelayed"]) == ("pending", True)
    assert told["payment"]["message"] == "Our payment partner does not answer at the moment; we try again."
    [held] = Reservation.objects.filter(reference=order.pk)
    assert held.expires_at > db.clock() + timedelta(minutes=59)
    shop_sandbox.faults()
    breaker.reset("payments.stripe")
    payments.bring_up_to_date(payment_id=payment.pk)
    assert status(order) == "payment_confirmed"
    assert len(shop_sandbox.state()["charge"]) == 1
    assert not selectors.standing(Order.objects.get(pk=order.pk)).is_delayed
    assert violations() == []
