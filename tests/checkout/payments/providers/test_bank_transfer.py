from datetime import UTC, datetime

import pytest

from checkout.payments.providers import bank_transfer, base
from shop.core.money import Money

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEN = Money(1000, "EUR")


@pytest.fixture
def bank():
    return bank_transfer.BankTransfer(account={"iban": "DE02 1203 0000 0000 2020 51"})


def test_a_charge_waits_and_says_where_to_send_the_money(bank, request_for):
    outcome = bank.charge(request_for(None, amount=TEN))
    assert (outcome.reference, outcome.state, outcome.facts) == ("bt_pay-1", "pending", ())
    assert outcome.instructions == {
        "iban": "DE02 1203 0000 0000 2020 51",
        "reference": "ORD-2026000001",
        "amount": "€10.00",
    }
    assert bank.charge(request_for(None, amount=TEN)) == outcome
    assert bank.fetch("bt_pay-1").state == "pending"
    assert bank.find("pay-1").reference == "bt_pay-1"


def test_the_same_line_of_the_statement_is_the_same_fact(bank):
    first = bank.received(reference="bt_1", key="line 7", amount=TEN, at=AT)
    again = bank.received(reference="bt_1", key="line 7", amount=TEN, at=AT)
    assert first == again == base.Fact("captured", "bt_1:line 7", TEN, AT)


def test_money_that_moved_is_positive(bank):
    with pytest.raises(ValueError, match="positive"):
        bank.received(reference="bt_1", key="x", amount=Money(0, "EUR"), at=AT)


def test_a_refund_waits_for_a_merchant_and_is_one_with_its_end(bank):
    asked = bank.refund("bt_1", TEN, "key")
    sent = bank.returned(reference="bt_1", key="key", amount=TEN, at=AT)
    assert (asked.state, asked.facts[0].kind, sent.kind) == ("processing", "refund_pending", "refunded")
    assert asked.facts[0].reference == sent.reference


def test_void_is_at_once(bank):
    assert bank.void("bt_1", "key").state == "cancelled"


def test_what_a_transfer_cannot_do_is_refused(bank, request_for):
    with pytest.raises(base.ProviderRefused):
        bank.capture("bt_1", TEN, "key")
    with pytest.raises(base.ProviderRefused):
        bank.hosted_session(request_for(None), success_url="https://a/", cancel_url="https://b/")
    with pytest.raises(base.ProviderRefused):
        bank.fetch("pi_1")
    with pytest.raises(base.BadSignature):
        bank.parse_webhook(b"{}", {})
