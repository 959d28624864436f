"""Guards, derived states and numbers."""

import pytest

from checkout.orders import rules
from checkout.orders.rules import Facts


@pytest.mark.parametrize(
    ("guard", "facts", "objection"),
    [
        ("always", Facts(total=5), None),
        ("is_paid", Facts(total=5, captured=5, secured=5), None),
        ("is_paid", Facts(total=5, captured=4, secured=4), "not_paid"),
        ("is_paid", Facts(total=5, captured=6, secured=6, refunded=2), "not_paid"),
        ("is_paid", Facts(total=0), None),
        ("is_covered", Facts(total=5), "not_covered"),
        ("is_covered", Facts(total=5, authorised=5, held=5), "not_covered"),  # held for review: not ours yet
        ("is_covered", Facts(total=5, authorised=5, held=5, secured=5), None),
        ("is_covered", Facts(total=5, authorised=2, captured=2, secured=2), "not_covered"),  # the rest was let go
        ("is_covered", Facts(total=5, captured=5, secured=5, refunded=4, allowed=4), None),  # goodwill
        ("is_covered", Facts(total=5, captured=5, secured=5, refunded=5), "not_covered"),
        ("is_covered", Facts(total=5, captured=5), "not_covered"),  # asked to go back
        ("is_covered", Facts(total=0), None),
        ("is_picked", Facts(total=5, fulfilment="picked"), "not_covered"),
        ("is_picked", Facts(total=5, captured=5, secured=5), "not_picked"),
        ("is_picked", Facts(total=5, captured=5, secured=5, fulfilment="picked"), None),
        ("is_handed_over", Facts(total=5, captured=5, secured=5, fulfilment="partly_shipped"), "not_handed_over"),
        ("is_handed_over", Facts(total=5, captured=5, refunded=5, allowed=5, fulfilment="shipped"), None),
        ("is_handed_over", Facts(total=5, captured=5, secured=5, fulfilment="picked"), "not_handed_over"),
        ("is_handed_over", Facts(total=5, captured=5, secured=5, fulfilment="shipped"), None),
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
        ("is_refunded", Facts(total=5, captured=5, refunded=5), "not_refunded"),  # all of it is still due
        ("is_refunded", Facts(total=5, captured=5, refunded=5, allowed=5), None),
        ("is_refunded", Facts(total=5, captured=5, refunded=5, is_over=True), None),
    ],
)
def test_guards(guard: str, facts: Facts, objection: str | None) -> None:
    assert rules.GUARDS[guard](facts) == objection


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(total=5), "due"),
        (Facts(total=0), "paid"),  # it costs nothing
        (Facts(total=0, is_over=True), "voided"),
        (Facts(total=5, is_over=True), "voided"),
        (Facts(total=5, authorised=5), "authorised"),
        (Facts(total=5, authorised=4), "due"),
        (Facts(total=5, allowed=5), "voided"),  # all of it came back before anything was paid
        (Facts(total=5, allowed=5, authorised=5), "authorised"),  # and the promise has not been let go yet
        (Facts(total=5, captured=3), "partly_paid"),
        (Facts(total=5, captured=5), "paid"),
        (Facts(total=5, captured=5, refunded=1, is_over=True), "partly_refunded"),
        (Facts(total=5, captured=5, refunded=5, is_over=True), "refunded"),
        (Facts(total=5, captured=5, refunded=5, allowed=5), "refunded"),
        (Facts(total=5, captured=2, refunded=2, held=3, authorised=5, allowed=2), "authorised"),  # the rest is held
        (Facts(total=5, captured=2, refunded=2, held=2, authorised=4, allowed=2), "due"),  # a part of the rest is
        (Facts(total=5, captured=3, refunded=3), "due"),  # what came went back, and it became dearer since
        (Facts(total=4, captured=5, refunded=1), "partly_refunded"),  # one that costs less now
        (Facts(total=6, captured=5, refunded=1), "partly_paid"),  # and one that costs more
    ],
)
def test_payment_state(facts: Facts, state: str) -> None:
    assert rules.payment_state(facts) == state


def test_numbers_go_on_past_six_digits() -> None:
    assert rules.number(2026, 1) == "ORD-2026000001"
    assert rules.number(2026, 999_999) == "ORD-2026999999"
    assert rules.number(2026, 1_000_000) == "ORD-20261000000"
