"""What the ledger's accounts are called."""

from __future__ import annotations

import pytest

from checkout.ledger import labels, rules


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("customer_receivable", "Customers"),
        ("holds:stripe", "Held (Stripe)"),
        ("provider_clearing:bank_transfer", "Received (Bank transfer)"),
        ("refunds_payable:paypal", "Refunds under way (PayPal)"),
        ("something_new", "something_new"),
        ("something:new", "something:new"),
    ],
)
def test_an_account_is_called_by_its_name(code: str, name: str) -> None:
    assert labels.account(code) == name


def test_every_account_of_the_rules_has_a_name() -> None:
    everything = rules.Standing(
        authorised=90, voided=10, captured=50, refund_pending=1, refunded=2, disputed=3, lost=4, fees=5, credited=6
    )
    codes = {code for pair in rules.positions("stripe", everything) for code in pair}
    codes |= {rules.STORE_CREDIT, rules.CREDIT_GIVEN, rules.CREDIT_CLEARING, rules.CREDIT_PAYABLE}
    assert {code for code in codes if labels.account(code) == code} == set()
