"""Guards, derived states and numbers."""

import pytest

from checkout.orders import rules
from checkout.orders.rules import Facts


@pytest.mark.parametrize(
    ("guard", "facts", "objection"),
    [
        ("always", Facts(total=5), None),
        ("is_paid", Facts(total=5, captured=5), None),
        ("is_paid", Facts(total=5, captured=4), "not_paid"),
        ("is_paid", Facts(total=5, captured=6, refunded=2), "not_paid"),
        ("is_paid", Facts(total=0), None),
        ("is_covered", Facts(total=5), "not_covered"),
        ("is_covered", Facts(total=5, authorised=5, held=5), "not_covered"),  # held for review: not ours yet
        ("is_covered", Facts(total=5, authorised=5, held=5, secured=5), None),
        ("is_covered", Facts(total=5, authorised=2, captured=2, secured=2), "not_covered"),  # the rest was let go
        ("is_covered", Facts(total=5, captured=5, secured=5, refunded=4, allowed=4), None),  # goodwill
        ("is_covered", Facts(total=5, captured=5, secured=5, refunded=5), "not_covered"),
        ("is_covered", Facts(total=0), None),
        ("is_picked", Facts(total=5, fulfilment="picked"), "not_covered"),
        ("is_picked", Facts(total=5, captured=5), "not_picked"),
        ("is_picked", Facts(total=5, captured=5, fulfilment="picked"), None),
        ("is_handed_over", Facts(total=5, fulfilment="shipped"), "not_covered"),
        ("is_handed_over", Facts(total=5, captured=5, fulfilment="picked"), "not_handed_over"),
        ("is_handed_over", Facts(total=5, captured=5, fulfilment="shipped"), None),
        ("is_unpaid", Facts(total=5), None),
        ("is_unpaid", Facts(total=5, captured=1), "paid"),
        ("is_unpaid", Facts(total=5, captured=5, refunded=5), None),
        ("is_authorised", Facts(total=5, authorised=5), None),
        ("is_authorised", Facts(total=5, authorised=4), "not_authorised"),
        ("is_delivered", Facts(total=5, fulfilment="shipped"), "not_delivered"),
        ("is_delivered", Facts(total=5, fulfilment="delivered"), None),
        ("is_here", Facts(total=5, fulfilment="picked"), None),
        ("is_here", Facts(total=5, fulfilment="partly_shipped"), "handed_over"),
        ("is_back", Facts(total=5, fulfilment="partly_returned"), "not_back"),
        ("is_back", Facts(total=5, fulfilment="returned"), None),
        ("is_refunded", Facts(total=5), "not_refunded"),
        ("is_refunded", Facts(total=5, captured=5, refunded=4), "not_refunded"),
        ("is_refunded", Facts(total=5, captured=5, refunded=5), None),
    ],
)
def test_guards(guard: str, facts: Facts, objection: str | None) -> None:
    assert rules.GUARDS[guard](facts) == objection


@pytest.mark.parametrize(
    ("facts", "is_over", "state"),
    [
        (Facts(total=5), False, "due"),
        (Facts(total=5), True, "voided"),
        (Facts(total=5, authorised=5), False, "authorised"),
        (Facts(total=5, captured=3), False, "partly_paid"),
        (Facts(total=5, captured=5), False, "paid"),
        (Facts(total=5, captured=5, refunded=1), True, "partly_refunded"),
        (Facts(total=5, captured=5, refunded=5), True, "refunded"),
    ],
)
def test_payment_state(facts: Facts, is_over: bool, state: str) -> None:
    assert rules.payment_state(facts, is_over=is_over) == state


def test_numbers_go_on_past_six_digits() -> None:
    assert rules.number(2026, 1) == "ORD-2026000001"
    assert rules.number(2026, 999_999) == "ORD-2026999999"
    assert rules.number(2026, 1_000_000) == "ORD-20261000000"
