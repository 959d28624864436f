"""How a paper says that it is settled."""

from __future__ import annotations

from checkout.invoices import sentences


def test_what_is_held_is_told_as_it_was_when_the_paper_was_issued() -> None:
    """It is kept as it is, and what was held may be taken or let go at any time since."""
    settled = [{"kind": "paid", "minor": 1000, "by": "Card"}, {"kind": "held", "minor": 2000, "by": "Card"}]
    assert sentences.of(settled, is_credit=False, money=lambda minor: f"${minor / 100:.2f}") == [
        "Paid by Card: $10.00",
        "Card: $20.00 was held when this was issued, to be taken when your parcels leave.",
    ]
