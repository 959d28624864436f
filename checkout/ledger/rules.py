"""Pure rules of the money ledger: between which accounts how much must have moved, given the sums of a payment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RECEIVABLE = "customer_receivable"  # what customers have paid us (credit) and got back (debit)
PROMISED = "promised"  # the other side of holds: money that is not ours yet
LOSSES = "dispute_losses"
STORE_CREDIT = "store_credit"  # what we owe customers as store credit: the sum of all their accounts, as a credit
CREDIT_GIVEN = "credit_given"  # what was given away as it, by staff
CREDIT_CLEARING = "provider_clearing:store_credit"  # what payments hold and spend of it
CREDIT_PAYABLE = "refunds_payable:store_credit"  # refunds on their way to it
GIFT_CARDS = "gift_cards"  # what we owe whoever has gift cards: the sum of all their balances, as a credit
GIFT_CARDS_GIVEN = "gift_cards_given"  # what staff put on them, or took off
GIFT_CARDS_SOLD = "gift_cards_sold"  # what was paid for them
GIFT_CARDS_EXPIRED = "gift_cards_expired"  # what nobody spent in time
GIFT_CLEARING = "provider_clearing:gift_card"  # what payments hold and spend of them

Pair = tuple[str, str]  # debit, credit


@dataclass(frozen=True, slots=True)
class Standing:
    """The sums of a payment in minor units. `disputed` is called back and undecided, `lost` was decided against us."""

    authorised: int = 0
    voided: int = 0
    captured: int = 0
    refund_pending: int = 0
    refunded: int = 0
    disputed: int = 0
    lost: int = 0
    fees: int = 0
    credited: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """One row: `minor` (positive) to `debit`, from `credit`. `is_reversal`: it takes an earlier one back."""

    debit: str
    credit: str
    minor: int
    is_reversal: bool = False


def positions(provider: str, standing: Standing) -> dict[Pair, int]:
    """What must have moved from each `credit` to each `debit` account in all, never negative; without empty pairs.

    A function of the sums alone, and those of the set of facts: in whatever order and how often they came.
    """
    clearing, payable = f"provider_clearing:{provider}", f"refunds_payable:{provider}"
    disputes = f"disputes:{provider}"
    held = max(0, standing.authorised - standing.voided)
    moved = {
        (f"holds:{provider}", PROMISED): max(0, held - standing.captured),
        (clearing, RECEIVABLE): standing.captured,
        (RECEIVABLE, payable): standing.refund_pending + standing.refunded,
        (payable, clearing): standing.refunded,
        (disputes, clearing): standing.disputed + standing.lost,
        (LOSSES, disputes): standing.lost,
        (f"fees:{provider}", clearing): standing.fees,
    }
    moved[RECEIVABLE, CREDIT_PAYABLE] = moved.get((RECEIVABLE, CREDIT_PAYABLE), 0) + standing.credited
    return {pair: minor for pair, minor in moved.items() if minor}


def credit_posting(change: int, against: str, owed: str = STORE_CREDIT) -> Posting:
    """The row of a change of what we owe (store credit, a gift card): more of it is owed more, less comes off that."""
    if change > 0:
        return Posting(against, owed, change)
    return Posting(owed, against, -change)


def postings(before: Mapping[Pair, int], after: Mapping[Pair, int]) -> list[Posting]:
    """The rows that lead from one position to another; what became less is posted the other way round."""
    rows = []
    for debit, credit in dict.fromkeys([*before, *after]):
        minor = after.get((debit, credit), 0) - before.get((debit, credit), 0)
        if minor > 0:
            rows.append(Posting(debit, credit, minor))
        elif minor < 0:
            rows.append(Posting(credit, debit, -minor, is_reversal=True))
    return rows


def net(rows: list[Posting]) -> dict[Pair, int]:
    """The position that rows come to: reversals taken off the pair that they reverse."""
    sums: dict[Pair, int] = {}
    for row in rows:
        pair = (row.credit, row.debit) if row.is_reversal else (row.debit, row.credit)
        sums[pair] = sums.get(pair, 0) + (-row.minor if row.is_reversal else row.minor)
    return {pair: minor for pair, minor in sums.items() if minor}


def balances(rows: list[Posting]) -> dict[str, int]:
    """Each account's balance: debits less credits. They sum to nothing."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.debit] = sums.get(row.debit, 0) + row.minor
        sums[row.credit] = sums.get(row.credit, 0) - row.minor
    return sums
