"""A refund that fails is asked for three times; then staff are told, and may try again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from checkout.orders.models import Order
from checkout.payments import lingering, rules, selectors, tasks
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from shop.accounts.models import User
from shop.core import db
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def refuse(_self: Stripe, _reference: str, _amount: object, _key: str) -> base.Outcome:
    raise base.ProviderRefused("the balance is too low", "balance_insufficient")


@pytest.fixture
def order(shop_sandbox: RunningSandbox) -> Order:
    made = make.placed()
    outbox.drain()
    return made


def tried_thrice(order: Order) -> list[Refund]:
    """Its refund of 10.00 USD after the timetable has come by often enough."""
    payments.request_refund(order_id=order.pk, amount=order.money(1000), reason="late", by="staff:1")
    for _round in range(rules.MAX_REFUND_TRIES + 1):
        outbox.drain()
        Refund.objects.update(created_at=db.clock() - timedelta(hours=2))
        for refund_id in lingering.failed_refunds():
            tasks.try_again(refund_id=str(refund_id))
    return list(Refund.objects.filter(order_id=order.pk).order_by("attempt"))


def test_three_tries_then_staff_are_told(
    order: Order, settings: object, monkeypatch: pytest.MonkeyPatch, shop_sandbox: RunningSandbox
) -> None:
    User.objects.create_superuser("merchant@example.com", "a long password")
    monkeypatch.setattr(Stripe, "refund", refuse)
    tries = tried_thrice(order)
    assert [(one.attempt, one.status, one.amount_minor) for one in tries] == [
        (1, "failed", 1000),
        (2, "failed", 1000),
        (3, "failed", 1000),
    ]
    assert [one.retry_of for one in tries] == [None, tries[0].pk, tries[1].pk]
    mails = Notification.objects.exclude(template__startswith="order").values_list("key", flat=True)
    assert [key for key in mails if str(tries[2].pk) in key]
    assert not [key for key in mails if str(tries[0].pk) in key]
    order.refresh_from_db()
    assert (order.refunded_minor, selectors.refundable(order.pk)) == (0, order.money(3000))


def test_try_again_sends_it_once(
    order: Order,
    client: Client,
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
    shop_sandbox: RunningSandbox,
) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]
    with monkeypatch.context() as broken:
        broken.setattr(Stripe, "refund", refuse)
        last = tried_thrice(order)[-1]
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    wish = {"action": "try_again", "_selected_action": [str(last.pk)]}
    for _click in range(2):
        assert client.post(reverse("admin:checkout_refund_changelist"), wish).status_code == 302
    outbox.drain()
    order.refresh_from_db()
    assert (order.refunded_minor, len(shop_sandbox.state()["refund"])) == (1000, 1)
    assert Refund.objects.filter(retry_of=last.pk).get().status == "done"
    assert violations() == []
