"""Refunds beside others: of two payments, given once more as credit, or made at the provider's own page as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from checkout.changes import services as changes
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import invariants, selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentOptions, Refund
from checkout.payments.providers import base
from checkout.payments.providers.paypal_client import Client
from shop.core.money import Money
from tests import outbox
from tests.checkout.payments.test_refunding import BY, closed_account, credit, refunds, try_until_it_is_given_up
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.accounts import UserFactory
from tests.factories.changes import bought, money, now
from tests.fakes.sandbox import RunningSandbox
from tests.invariants import violations

pytestmark = pytest.mark.django_db


def past_the_shop(payment: Payment, minor: int, kind: base.FactKind = "refunded") -> None:
    """Staff give money back at the provider's own page; it tells us."""
    fact = base.Fact(kind, "re_past_the_shop", Money(minor, "USD"))
    outcome = base.Outcome(reference=payment.reference, state="succeeded", facts=(fact,))
    payments.record(payment_id=payment.pk, outcome=outcome, source="webhook")
    outbox.drain(mails=False)


def sums(payment_id: UUID) -> tuple[int, int, int]:
    """Captured, refunded and, of that, given as credit."""
    found = Payment.objects.get(pk=payment_id)
    return found.captured_minor, found.refunded_minor, found.credited_minor


def test_all_of_an_order_given_as_credit_after_it_failed_is_no_more_than_was_taken(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carts.rates()
    order = bought((carts.product(amount=2000), 1), customer_id=carts.customer().pk)
    with closed_account(monkeypatch):
        orders.cancel(order_id=order.pk, by=BY)
        try_until_it_is_given_up()
    credit(order, order.total_minor)
    assert refunds(order.pk)[-2:] == [(order.total_minor, "replaced"), (order.total_minor, "done")]
    assert (money(order)[3], violations()) == (0, [])


def paid_twice(amount: int) -> Order:
    """An order of one unit at `amount`, made dearer by two more, which were paid by themselves."""
    carts.rates()
    mug = carts.product(amount=amount)
    order = bought((mug, 1), customer_id=carts.customer().pk)
    changes.edit(
        order_id=order.pk, seen_revision=0, added={carts.variant_of(mug).pk: 2}, reason="", by=BY
    )  # fmt: skip
    outbox.drain(mails=False)
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(mails=False)
    return now(order)


def take_off(order: Order) -> None:
    """One of the units that were added."""
    line = order.lines.get(position=2)
    changes.edit(
        order_id=order.pk, seen_revision=now(order).revision, removed={line.pk: 1}, reason="", by=BY
    )  # fmt: skip


def test_what_failed_stands_for_no_more_than_its_payment_still_has(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff have given a part of it otherwise, of the same payment: what comes to be owed then, the other one gives."""
    order = paid_twice(2000)
    first, second = Payment.objects.filter(order=order).order_by("id")
    with closed_account(monkeypatch):
        take_off(order)
        try_until_it_is_given_up()
    assert refunds(order.pk)[-1] == (2125, "failed")
    credit(order, 1000)
    assert sums(first.pk) == (2724, 1000, 1000)
    take_off(order)
    outbox.drain(mails=False)
    assert sums(second.pk)[1] == 2 * 2125 - first.amount_minor  # all that the first one cannot give
    failed = Refund.objects.filter(order_id=order.pk, status="failed").latest("id")
    payments.try_again(refund_id=failed.pk, by=BY)
    outbox.drain(mails=False)
    assert (money(order)[3], sums(first.pk)[1]) == (0, first.amount_minor)
    assert violations() == []


def test_a_refund_at_the_provider_that_is_still_under_way_is_on_the_papers() -> None:
    order = make.paid()
    outbox.drain(mails=False)
    past_the_shop(make.payment_of(order), 700, "refund_pending")
    assert (now(order).due_minor, refunds(order.pk)) == (2300, [(700, "requested")])
    assert violations() == []


def test_what_is_given_as_credit_and_at_the_provider_as_well_is_kept_as_it_is() -> None:
    """A mistake of staff, and theirs to see: the payment counts as given back, once, and takes in what comes next."""
    order = make.paid(customer_id=UserFactory().pk)
    outbox.drain(mails=False)
    payment = make.payment_of(order)
    credit(order, 2000)
    past_the_shop(payment, 3000)
    assert sums(payment.pk) == (3000, 3000, 0)
    assert (money(order), now(order).status) == ((0, 3000, 3000, 0), "refunded")
    assert invariants.ledger_balances() == [f"I7 payment {payment.pk}: more went back than came in"]
    assert len(invariants.refunds_fit()) == 1


def test_what_goes_back_twice_is_not_given_for_nothing_once_more() -> None:
    """Of two payments: one was given as credit, and at the provider again. The other one stays with the shop."""
    order = make.placed(provider="bank_transfer", token="", customer_id=UserFactory().pk)
    first = make.payment_of(order)
    payments.record(payment_id=first.pk, outcome=make.captured(first, 1000), source="charge")
    second = payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    payments.record(payment_id=second.pk, outcome=make.captured(second), source="charge")
    outbox.drain(mails=False)
    credit(order, 1000)
    assert (money(order), sums(first.pk)) == ((2000, 3000, 1000, 0), (1000, 1000, 1000))
    past_the_shop(Payment.objects.get(pk=first.pk), 1000)
    assert (money(order), sums(first.pk), sums(second.pk)) == (
        (2000, 3000, 1000, 0), (1000, 1000, 0), (2000, 0, 0),
    )  # fmt: skip


def paid_parcel_by_parcel(shop_sandbox: RunningSandbox, *parts: int) -> tuple[Order, Payment]:
    """An order that PayPal holds the money of, and so much of it taken, part by part."""
    carts.rates()
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    cart = carts.cart((carts.product(amount=2000), 2))
    order = carts.order(cart, provider="paypal", token="", method="paypal")
    outbox.drain(mails=False)
    payment = make.payment_of(order)
    payments.hosted_url(payment_id=payment.pk, success_url="http://shop.test/1", cancel_url="http://shop.test/2")
    payment.refresh_from_db()
    shop_sandbox.approve(payment.reference)
    payments.refresh(order_id=order.pk)
    for minor in parts:
        payments.request_capture(order_id=order.pk, amount=Money(minor, "USD"), by=BY)
        outbox.drain(mails=False)
    return now(order), payment


def went_back(shop_sandbox: RunningSandbox) -> list[str]:
    return sorted(one["amount"]["value"] for one in shop_sandbox.state()["paypal.refund"])


def test_a_refund_of_two_captures_is_one_refund(shop_sandbox: RunningSandbox) -> None:
    """PayPal gives back capture by capture: the second part is no gift of the merchant's besides."""
    order, _payment = paid_parcel_by_parcel(shop_sandbox, 2000, 2849)
    assert money(order) == (4849, 4849, 0, 0)
    payments.request_refund(order_id=order.pk, amount=Money(3500, "USD"), reason="late", by=BY)
    outbox.drain(mails=False)
    assert (money(order), refunds(order.pk)) == ((1349, 4849, 3500, 0), [(3500, "done")])
    assert went_back(shop_sandbox) == ["15.00", "20.00"]
    assert violations() == []


def test_the_first_part_of_a_refund_that_is_heard_of_before_the_answer_is_a_part_of_it(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, payment = paid_parcel_by_parcel(shop_sandbox, 2000, 2849)
    send, sent = Client.refund, 0

    def only_once(client: Client, *about: Any) -> dict[str, Any]:
        nonlocal sent
        sent += 1
        if sent == 2:
            raise base.ProviderUnavailable("no answer")
        return send(client, *about)

    [refund] = payments.request_refund(order_id=order.pk, amount=Money(3500, "USD"), reason="late", by=BY)
    with monkeypatch.context() as patch:
        patch.setattr(Client, "refund", only_once)
        with pytest.raises(base.ProviderUnavailable):
            payments.refund(refund_id=refund.pk)
    payments.fetch(payment_id=payment.pk, source="webhook")
    assert (went_back(shop_sandbox), money(order)[0]) == (["20.00"], 1349)
    payments.refund(refund_id=refund.pk)
    outbox.drain(mails=False)
    assert (money(order), refunds(order.pk)) == ((1349, 4849, 3500, 0), [(3500, "done")])
    assert (went_back(shop_sandbox), violations()) == (["15.00", "20.00"], [])


def test_an_order_that_was_free_and_costs_something_now_waits_for_its_money(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    order = make.placed(price=0, shipping=0)
    outbox.drain(mails=False)
    assert (now(order).status, Payment.objects.count()) == ("payment_confirmed", 0)
    variant = carts.variant_of(carts.product(amount=2000)).pk
    changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="", by=BY)
    outbox.drain(mails=False)
    assert (selectors.standing(now(order)).state, money(order)[3], violations()) == ("balance", 2125, [])
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(mails=False)
    assert (money(order), violations()) == ((2125, 2125, 0, 0), [])
    orders.cancel(order_id=order.pk, by=BY)
    outbox.drain(mails=False)
    assert (money(order)[1:], now(order).status, violations()) == ((2125, 2125, 0), "refunded", [])
