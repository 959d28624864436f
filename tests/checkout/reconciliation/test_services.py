"""The provider's list beside our books, with the sandbox as the provider."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from checkout.archive import books
from checkout.archive import services as archive
from checkout.archive.models import ArchivedOrder
from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import providers
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentEvent, Refund
from checkout.payments.providers import base
from checkout.reconciliation import invariants, services, tasks
from checkout.reconciliation.models import Difference, Reconciliation
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.accounts import StaffFactory
from tests.fakes.sandbox import CARD, RunningSandbox

pytestmark = pytest.mark.django_db


def reconciled() -> tuple[str, list[tuple[str, str, str]]]:
    now = db.clock()
    made = services.reconcile(provider="stripe", since=now - timedelta(hours=1), until=now + timedelta(minutes=1))
    return made.status, [(one.kind, one.ours, one.theirs) for one in made.differences.all()]


def charged(sandbox: RunningSandbox, *, shop: str = "", payment_id: str = "") -> str:
    """Money that the provider took without our knowing; its reference."""
    request = base.ChargeRequest(
        payment_id=payment_id or str(db.uuid7()), order_number="ORD-2026999999", amount=Money(700, "USD"), token=CARD,
        idempotency_key=str(db.uuid7()), return_url="https://shop.example/", metadata={"shop": shop},
    )  # fmt: skip
    return sandbox.provider().charge(request).reference


def intent(sandbox: RunningSandbox, reference: str) -> dict[str, object]:
    return next(one for one in sandbox.state()["payment_intent"] if one["id"] == reference)


def test_equal_books_are_clean(shop_sandbox: RunningSandbox) -> None:
    paid, refunded, declined = make.placed(), make.placed(), make.placed(token="pm_card_chargeDeclined")
    outbox.drain()
    payments.request_refund(order_id=refunded.pk, amount=Money(500, "USD"), reason="", by="staff:1")
    outbox.drain()
    assert (Order.objects.get(pk=paid.pk).status, Order.objects.get(pk=declined.pk).status) == (
        "payment_confirmed", "payment_pending",
    )  # fmt: skip
    assert reconciled() == ("clean", [])


def test_another_shops_payments_are_none_of_ours(shop_sandbox: RunningSandbox) -> None:
    charged(shop_sandbox, shop="https://other.example")
    assert reconciled() == ("clean", [])
    charged(shop_sandbox, shop=settings.SITE_URL)
    assert reconciled() == ("different", [("missing_here", "", "700 USD paid")])


def test_every_difference_is_named_kept_and_mailed(shop_sandbox: RunningSandbox, mailoutbox: list[object]) -> None:
    merchant = StaffFactory(is_superuser=True)
    kept = [make.placed() for _ in range(4)]
    outbox.drain()
    mailoutbox.clear()
    amount, refund, state, gone = (make.payment_of(order) for order in kept)
    Payment.objects.filter(pk=amount.pk).update(captured_minor=2999)
    shop_sandbox.provider().refund(refund.reference, Money(100, "USD"), "elsewhere")
    Payment.objects.filter(pk=state.pk).update(status="authorised")
    Payment.objects.filter(pk=gone.pk).update(reference="pi_nowhere")
    charged(shop_sandbox)
    status, found = reconciled()
    assert status == "different"
    assert sorted(found) == [
        ("amount", "2999", "3000"),
        ("missing_here", "", "3000 USD paid"),
        ("missing_here", "", "700 USD paid"),
        ("missing_there", "3000 USD paid", ""),
        ("refunded", "0", "100"),
        ("state", "authorised", "paid"),
    ]
    outbox.drain()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [  # type: ignore[attr-defined]
        ([merchant.email], "6 differences with stripe's books")
    ]


def test_one_difference_is_told_as_one(shop_sandbox: RunningSandbox, mailoutbox: list[object]) -> None:
    StaffFactory(is_superuser=True)
    charged(shop_sandbox)
    assert reconciled() == ("different", [("missing_here", "", "700 USD paid")])
    outbox.drain()
    assert [mail.subject for mail in mailoutbox] == ["1 difference with stripe's books"]  # type: ignore[attr-defined]


def test_a_provider_that_does_not_answer_is_noted_as_that(shop_sandbox: RunningSandbox) -> None:
    make.placed()
    outbox.drain()
    shop_sandbox.faults(errors=5)
    assert reconciled() == ("unreachable", [])


def test_the_command_names_differences_and_fails(
    shop_sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    order = make.placed()
    outbox.drain()
    call_command("reconcile_payments")
    assert capsys.readouterr().out == "stripe: 1 payments, clean\n"
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(captured_minor=2999)
    with pytest.raises(SystemExit, match="1"):
        call_command("reconcile_payments")
    assert capsys.readouterr().out == (
        f"stripe: 1 payments, different\n  {payment.reference}: amount (ours: 2999, theirs: 3000)\n"
    )


@pytest.mark.parametrize("options", [{"since": "yesterday"}, {"since": "2026-01-02", "until": "2026-01-01"}])
def test_the_command_refuses_what_is_no_span(options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("reconcile_payments", **options)


@pytest.fixture
def archived(shop_sandbox: RunningSandbox) -> Order:
    """A paid order that is over and in the archive. Its payment is of this very hour."""
    order = make.placed()
    outbox.drain()
    payments.request_refund(order_id=order.pk, amount=Money(1000, "USD"), reason="late", by="staff:1")
    outbox.drain()
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="DHL", tracking_number="1", by="staff:1")
    fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert sum(archive.archive(before=db.clock() + timedelta(days=40), by="system")) == 1
    assert not Payment.objects.exists()
    return order


def test_money_of_an_archived_order_is_not_without_an_order(
    archived: Order, shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "GRACE", timedelta(0))
    assert reconciled() == ("clean", [])
    assert (services.sweep(provider="stripe"), ArchivedOrder.objects.count()) == (0, 1)
    [there] = shop_sandbox.state()["charge"]
    assert there["amount_refunded"] == 1000
    with monkeypatch.context() as without:  # the control: who does not look into the archive gives it all back
        without.setattr(books, "payments", lambda provider, references: [])
        assert reconciled() == ("different", [("missing_here", "", "3000 USD paid")])
        assert services.sweep(provider="stripe") == 1
    assert shop_sandbox.state()["charge"][0]["amount_refunded"] == 3000


def test_a_sweep_brings_an_order_back_of_which_its_provider_has_news(
    archived: Order, shop_sandbox: RunningSandbox
) -> None:
    [there] = shop_sandbox.state()["payment_intent"]
    shop_sandbox.provider().refund(there["id"], Money(500, "USD"), "elsewhere")
    assert reconciled() == ("different", [("refunded", "1000", "1500")])
    assert (services.sweep(provider="stripe"), services.sweep(provider="stripe")) == (1, 0)
    assert not ArchivedOrder.objects.exists()
    assert Order.objects.get(pk=archived.pk).refunded_minor == 1500
    outbox.drain()
    assert violations() == []


def test_a_sweep_records_what_nobody_told(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    charged(shop_sandbox, shop=settings.SITE_URL, payment_id=str(payment.pk))
    Payment.objects.filter(pk=payment.pk).update(amount_minor=3000, status="processing", attempts=1)
    assert services.sweep(provider="stripe") == 1
    assert services.sweep(provider="stripe") == 0
    payment.refresh_from_db()
    assert (payment.captured_minor, PaymentEvent.objects.filter(kind="captured").count()) == (700, 1)
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    assert [(one.amount_minor, one.status) for one in Refund.objects.all()] == [(700, "done")]


def test_money_with_our_mark_and_no_order_goes_back_and_is_told(
    shop_sandbox: RunningSandbox, mailoutbox: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant = StaffFactory(is_superuser=True)
    make.placed()
    outbox.drain()
    mailoutbox.clear()
    ours = charged(shop_sandbox, shop=settings.SITE_URL)
    foreign = charged(shop_sandbox, shop="https://another.example")
    unmarked = charged(shop_sandbox)
    tasks.sweep()
    assert intent(shop_sandbox, ours)["status"] == "succeeded"  # may still find its order
    assert shop_sandbox.state()["refund"] == []
    monkeypatch.setattr(services, "GRACE", timedelta(0))
    tasks.sweep()
    tasks.sweep()
    outbox.drain()
    assert [(one["payment_intent"], one["amount"]) for one in shop_sandbox.state()["refund"]] == [(ours, 700)]
    assert AuditEntry.objects.filter(action="payment.stray").count() == 1
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [  # type: ignore[attr-defined]
        ([merchant.email], "$7.00 without an order given back at stripe")
    ]
    assert {foreign, unmarked}.isdisjoint(one["payment_intent"] for one in shop_sandbox.state()["refund"])


def test_I4_names_unknown_money_until_it_is_back(shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    make.placed()
    outbox.drain()
    stray = charged(shop_sandbox, shop=settings.SITE_URL)
    assert invariants.no_unknown_money() == []
    for module, name in ((invariants, "DEADLINE"), (services, "GRACE")):
        monkeypatch.setattr(module, name, timedelta(seconds=-2))
    assert invariants.no_unknown_money() == [f"I4 stripe {stray}: 700 taken, and no payment here"]
    tasks.sweep()
    assert invariants.no_unknown_money() == []
    assert violations() == []


def test_I4_is_skipped_while_the_provider_does_not_answer(shop_sandbox: RunningSandbox) -> None:
    make.placed()
    outbox.drain()
    shop_sandbox.server.stop()
    providers.provider.cache_clear()
    with pytest.raises(invariants.invariants.Skipped, match="stripe does not answer"):
        invariants.no_unknown_money()


def test_the_timetable_compares_each_provider_in_use(shop_sandbox: RunningSandbox) -> None:
    make.placed(provider="bank_transfer", token="")
    tasks.reconcile()
    assert not Reconciliation.objects.exists()
    make.placed()
    outbox.drain()
    tasks.reconcile()
    assert [(one.provider, one.status) for one in Reconciliation.objects.all()] == [("stripe", "clean")]
    assert not Difference.objects.exists()
