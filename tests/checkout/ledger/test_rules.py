"""Postings balance whatever the sums are, and the same facts in any order end in the same books."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger import rules
from checkout.ledger.rules import Posting, Standing
from checkout.payments import rules as payments
from checkout.payments.rules import Entry

AMOUNTS = st.integers(0, 10_000)
STANDINGS = st.builds(Standing, **dict.fromkeys(Standing.__slots__, AMOUNTS))
KINDS = ["authorised", "captured", "voided", "refunded", "refund_pending", "refund_failed"]
KINDS += ["disputed", "dispute_won", "dispute_lost", "fee", "failed", "processing"]
FACTS = st.lists(
    st.builds(
        Entry, st.sampled_from(KINDS), st.sampled_from(["a", "b", "c#sum=4", "c#sum=9"]), st.sampled_from([4, 9])
    ),
    max_size=8,
    unique_by=lambda fact: (fact.kind, fact.reference),
)


def standing(facts: list[Entry]) -> Standing:
    known = payments.sums(facts)
    return Standing(
        authorised=known.authorised, voided=known.voided, captured=known.captured, refunded=known.refunded,
        refund_pending=known.refund_pending, disputed=known.disputed, lost=known.lost, fees=known.fees,
    )  # fmt: skip


def posted(facts: list[Entry]) -> list[Posting]:
    rows: list[Posting] = []
    for count in range(len(facts)):
        before, after = standing(facts[:count]), standing(facts[: count + 1])
        rows += rules.postings(rules.positions("stripe", before), rules.positions("stripe", after))
    return rows


@given(STANDINGS, STANDINGS)
def test_a_step_leads_from_one_position_to_the_next_and_back(before: Standing, after: Standing) -> None:
    first, second = rules.positions("stripe", before), rules.positions("stripe", after)
    there = rules.postings(first, second)
    assert rules.net([*rules.postings({}, first), *there]) == second
    assert rules.net([*rules.postings({}, first), *there, *rules.postings(second, first)]) == first
    assert all(row.minor > 0 and row.debit != row.credit for row in there)


@given(FACTS.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_any_order_of_facts_ends_in_the_same_books(both: tuple[list[Entry], list[Entry]]) -> None:
    facts, shuffled = both
    assert rules.net(posted(shuffled)) == rules.net(posted(facts)) == rules.positions("stripe", standing(facts))
    balances = rules.balances(posted(shuffled))
    assert sum(balances.values()) == 0
    assert {account: minor for account, minor in balances.items() if minor} == {
        account: minor for account, minor in rules.balances(posted(facts)).items() if minor
    }


def test_a_life_of_a_payment_in_rows() -> None:
    facts = [
        Entry("authorised", "ch", 100),
        Entry("captured", "ch#sum=60", 60),
        Entry("voided", "ch", 40),
        Entry("refund_pending", "re", 10),
        Entry("refunded", "re", 10),
        Entry("disputed", "dp", 50),
        Entry("dispute_won", "dp", 50),
    ]
    assert posted(facts) == [
        Posting("holds:stripe", "promised", 100),
        Posting("promised", "holds:stripe", 60, is_reversal=True),
        Posting("provider_clearing:stripe", "customer_receivable", 60),
        Posting("promised", "holds:stripe", 40, is_reversal=True),
        Posting("customer_receivable", "refunds_payable:stripe", 10),
        Posting("refunds_payable:stripe", "provider_clearing:stripe", 10),
        Posting("disputes:stripe", "provider_clearing:stripe", 50),
        Posting("provider_clearing:stripe", "disputes:stripe", 50, is_reversal=True),
    ]
    assert rules.balances(posted(facts))["provider_clearing:stripe"] == 50


def test_a_failed_refund_is_taken_back_and_a_lost_dispute_is_a_loss() -> None:
    paid = [Entry("captured", "ch", 100)]
    assert rules.net(posted([*paid, Entry("refunded", "re", 30), Entry("refund_failed", "re", 30)])) == rules.net(
        posted(paid)
    )
    lost = rules.balances(posted([*paid, Entry("disputed", "dp", 100), Entry("dispute_lost", "dp", 100)]))
    assert {account: minor for account, minor in lost.items() if minor} == {
        "customer_receivable": -100,
        "dispute_losses": 100,
    }
