"""Sums and states: whatever order facts come in, and however often, they end the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.payments import rules
from checkout.payments.rules import Entry, Sums

KINDS = ["authorised", "captured", "voided", "refunded", "refund_pending", "refund_failed", "failed", "processing"]
entries = st.lists(
    st.builds(Entry, st.sampled_from(KINDS), st.sampled_from(["a", "b", "c"]), st.just(0)).map(
        # one happening has one amount, as the provider's protocol promises
        lambda entry: Entry(entry.kind, entry.reference, {"a": 100, "b": 250, "c": 7}[entry.reference])
    ),
    max_size=20,
)


@given(entries, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_repetition_change_nothing(facts: list[Entry], random: object, copies: int) -> None:
    shuffled = facts * copies
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.sums(shuffled) == rules.sums(facts)
    known = rules.sums(facts)
    for state in ("succeeded", "cancelled"):
        statuses = {
            rules.status(current=current, amount=100, known=known, state=state)
            for current in ("pending", "processing", "action_required")
        }
        assert len(statuses) == 1


def test_captures_that_are_told_as_sums_are_parts() -> None:
    told = [
        Entry("authorised", "ch", 300), Entry("captured", "ch#sum=100", 100), Entry("captured", "ch#sum=250", 250),
        Entry("captured", "ch#sum=150", 150), Entry("captured", "other", 90), Entry("refunded", "re", 40),
    ]  # fmt: skip
    assert rules.added(told) == [300, 100, 100, 50, 90, 40]


@given(st.lists(st.integers(1, 50), unique=True), st.randoms(use_true_random=False))
def test_the_parts_come_to_the_most_that_was_told(sums: list[int], random: object) -> None:
    random.shuffle(sums)  # type: ignore[attr-defined]
    told = [Entry("captured", f"ch#sum={minor}", minor) for minor in sums]
    assert sum(rules.added(told)) == rules.sums(told).captured


@given(entries)
def test_a_refund_is_counted_once_and_in_one_place(facts: list[Entry]) -> None:
    known = rules.sums(facts)
    states = rules.refund_states((entry.kind, entry.reference) for entry in facts)
    amounts = {"a": 100, "b": 250, "c": 7}
    assert known.refunded + known.refund_pending == sum(
        amounts[reference] for reference, state in states.items() if state != "failed"
    )


def test_a_refund_that_failed_counts_no_more() -> None:
    facts = [Entry("captured", "ch", 100), Entry("refunded", "re", 40), Entry("refund_failed", "re", 40)]
    assert rules.sums(facts) == Sums(captured=100)
    assert rules.refund_states((fact.kind, fact.reference) for fact in facts) == {"re": "failed"}


@pytest.mark.parametrize(
    ("current", "known", "state", "expected"),
    [
        ("pending", Sums(), "processing", "processing"),
        ("processing", Sums(), "requires_action", "action_required"),
        ("action_required", Sums(), "processing", "processing"),
        ("processing", Sums(), "declined", "failed"),
        ("failed", Sums(), "processing", "failed"),
        ("failed", Sums(), "requires_action", "failed"),
        ("failed", Sums(), "cancelled", "cancelled"),
        ("cancelled", Sums(), "declined", "cancelled"),
        ("cancelled", Sums(), "processing", "cancelled"),
        ("cancelled", Sums(authorised=10, captured=10), "succeeded", "paid"),
        ("failed", Sums(captured=10), "processing", "paid"),
        ("processing", Sums(authorised=10), "authorised", "authorised"),
        ("processing", Sums(authorised=10, voided=10), "cancelled", "cancelled"),
        ("processing", Sums(authorised=10, captured=6, voided=4), "succeeded", "paid"),
        ("action_required", Sums(captured=6), "pending", "action_required"),
        ("paid", Sums(captured=10, refunded=10), "succeeded", "refunded"),
        ("refunded", Sums(captured=10, refunded=4), "succeeded", "paid"),
        ("authorised", Sums(authorised=10, captured=4, refunded=4), "succeeded", "authorised"),  # the rest is held
        ("authorised", Sums(authorised=10, captured=4, refunded=4, voided=6), "succeeded", "refunded"),
        ("pending", Sums(), "succeeded", "processing"),
    ],
)
def test_status(current: str, known: Sums, state: str, expected: str) -> None:
    assert rules.status(current=current, amount=10, known=known, state=state) == expected


@pytest.mark.parametrize(
    ("captured", "refunded", "requested", "is_over", "excess"),
    [(0, 0, 0, True, 0), (10, 0, 0, False, 0), (20, 0, 0, False, 10), (20, 4, 6, False, 0), (10, 3, 2, True, 5)],
)
def test_excess(captured: int, refunded: int, requested: int, is_over: bool, excess: int) -> None:
    found = rules.excess(total=10, captured=captured, refunded=refunded, requested=requested, is_over=is_over)
    assert found == excess


@given(st.lists(st.integers(-5, 50), max_size=5), st.integers(0, 100))
def test_split_gives_all_of_it_and_nobody_more_than_he_has(available: list[int], amount: int) -> None:
    limits = [max(0, limit) for limit in available]
    if amount > sum(limits):
        with pytest.raises(ValueError, match="more than there is"):
            rules.split(amount, available)
    else:
        parts = rules.split(amount, available)
        assert sum(parts) == amount
        assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


@pytest.mark.parametrize(("seconds", "span"), [(-1, 0), (0, 0), (299, 0), (300, 1), (301, 1), (3599, 11)])
def test_a_hosted_page_is_the_same_within_a_span_and_always_long_enough(seconds: int, span: int) -> None:
    opened = datetime(2026, 5, 1, 12, tzinfo=UTC)
    now = opened + timedelta(seconds=seconds)
    found, end = rules.hosted_page(opened=opened, now=now)
    assert (found, end) == (span, opened + timedelta(minutes=5 * span + 36))
    assert end - max(now, opened) > timedelta(minutes=31) - timedelta(seconds=1)


lines_of = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 6)), min_size=1, max_size=5)


@given(st.integers(0, 100_000), lines_of, st.data())
def test_the_parcels_of_any_split_come_to_the_order_exactly(
    total: int, lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    weights, quantities = [weight for weight, _units in lines], [units for _weight, units in lines]
    units = [number for number, quantity in enumerate(quantities) for _unit in range(quantity)]
    sent, before, shares = [0] * len(lines), 0, []
    for number in data.draw(st.permutations(units)):  # a parcel for each unit; any other split joins some of these
        sent[number] += 1
        worth = rules.parcel_value(total, weights, quantities, sent)
        shares.append(worth - before)
        before = worth
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)


@given(lines_of, st.integers(1, 100_000))
def test_nothing_sent_is_worth_nothing(lines: list[tuple[int, int]], total: int) -> None:
    weights, quantities = [weight for weight, _units in lines], [units for _weight, units in lines]
    assert rules.parcel_value(total, weights, quantities, [0] * len(lines)) == 0
