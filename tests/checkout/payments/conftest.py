from collections.abc import Callable, Iterator

import pytest

from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from shop.core.money import Money
from tests.fakes.sandbox import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def provider(sandbox: RunningSandbox) -> Stripe:
    return sandbox.provider()


@pytest.fixture
def request_for() -> Callable[..., base.ChargeRequest]:
    """A charge request of 19.99 USD for a token; every field can be named."""

    def make(token: str | None, **given: object) -> base.ChargeRequest:
        values: dict[str, object] = {
            "payment_id": "pay-1",
            "order_number": "ORD-2026000001",
            "amount": Money(1999, "USD"),
            "token": token,
            "idempotency_key": f"key-{token}",
            "return_url": "https://shop.example/orders/ORD-2026000001/?from=bank",
        }
        return base.ChargeRequest(**(values | given))  # type: ignore[arg-type]

    return make
