"""What mails about returns say of money."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.returns import services as returns
from checkout.storecredit import selectors as credit
from tests import outbox
from tests.factories import cart as carts
from tests.factories import returns as make
from tests.factories.changes import bought, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("provider", "token", "units", "told"),
    [
        ("stripe", "pm_card_visa", 1, "is in your account as store credit now."),
        ("invoice", "", 0, "less now."),
    ],
)
def test_nobody_is_told_of_credit_that_is_not_there(
    shop_sandbox: RunningSandbox, mailoutbox: list[Any], provider: str, token: str, units: int, told: str
) -> None:
    """Where nothing was paid yet, there is nothing to be given: the order costs less."""
    carts.rates()
    make.rule()
    customer = carts.customer()
    order = make.delivered(
        bought((carts.product(amount=2000), 2), customer_id=customer.pk, provider=provider, token=token)
    )
    found = make.back(make.asked(now(order), make.wanted(make.lines(order)[0]), wish="store_credit"))
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(rounds=50)
    [mail] = [one for one in mailoutbox if done.amount.format() in one.body and found.number in one.body]
    assert (told in mail.body, credit.balance(customer.pk, "USD").minor) == (True, units * done.amount.minor)
