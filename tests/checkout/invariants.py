"""What every test of a fault ends with."""

from checkout.orders import invariants as of_orders
from checkout.payments import invariants as of_payments


def violations(*, ask_provider: bool = True) -> list[str]:
    """All sentences of the checkout's invariants; `ask_provider`: the sandbox runs, and must agree too."""
    checks = {**of_orders.INVARIANTS, **of_payments.INVARIANTS}
    if not ask_provider:
        del checks["I3"]
    return [sentence for check in checks.values() for sentence in check()]
