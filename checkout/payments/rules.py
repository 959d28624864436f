"""Pure rules of payments: sums and states from facts. Any order and any repetition of facts ends the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

# How long stock is held from the moment a provider is asked, so that no answer comes too late for it.
CALL_HOLD = timedelta(minutes=60)
# A hosted page must be open at least 30 minutes. All that ask for one within the same span are given the same page,
# and the minute that is left over is for the way to the provider.
HOSTED_PAGE = timedelta(minutes=36)
HOSTED_SPAN = timedelta(minutes=5)
# A call is over by then, at our end and at the provider's: twice the longest wait of it and its one repetition.
ANSWER_TIME = timedelta(minutes=2)
KEY_TRIES = 3  # how often a payment is asked for under a key that only repeats a stored failure
LAST_TRY = 15  # of a webhook about a payment that nobody knows: after almost four days it is given up
LEAST_REST = 100  # minor units: providers refuse to be asked for less than about half of this
MAX_ATTEMPTS = 6  # payments per order: who tries more cards than this is testing them


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it counts: `kind` and `reference` name the happening, `minor` its amount."""

    kind: str
    reference: str
    minor: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Minor units. `refund_pending` is on its way back and not yet in `refunded`, which went through the provider.

    `credited` was given back as store credit. `disputed` is what card holders called back and nobody has decided on,
    `lost` what was decided against us.
    """

    authorised: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    refund_pending: int = 0
    credited: int = 0
    disputed: int = 0
    lost: int = 0
    fees: int = 0

    @property
    def given_back(self) -> int:
        """In whichever way."""
        return self.refunded + self.credited

    @property
    def counted_back(self) -> tuple[int, int]:
        """What of that counts, and of it what was given as credit: no more than came in. What was given both ways,
        once by the shop and once past it, is money lost (I7 tells)."""
        minor = min(self.given_back, self.captured)
        return minor, max(0, minor - self.refunded)


def sums(entries: Iterable[Entry]) -> Sums:
    """The sums of a payment's facts. A refund counts until it is known to have failed."""
    known: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.kind, happening(entry.reference))
        known[key] = max(entry.minor, known.get(key, 0))
    refunds, disputes = refund_states(known), dispute_states(known)
    return Sums(
        authorised=_sum(known, "authorised"),
        captured=_sum(known, "captured"),
        voided=_sum(known, "voided"),
        refunded=sum(known.get(("refunded", reference), 0) for reference, state in refunds.items() if state == "done"),
        refund_pending=sum(
            known["refund_pending", reference] for reference, state in refunds.items() if state == "requested"
        ),
        credited=_sum(known, "credited"),
        disputed=_called_back(known, disputes, "open"),
        lost=_called_back(known, disputes, "lost"),
        fees=_sum(known, "fee"),
    )


def _called_back(known: Mapping[tuple[str, str], int], disputes: Mapping[str, str], wanted: str) -> int:
    return sum(known.get(("disputed", reference), 0) for reference, state in disputes.items() if state == wanted)


def happening(reference: str) -> str:
    """What a fact's reference speaks of: the same for all sums of a hold that is captured in parts."""
    return reference.partition("#sum=")[0]


def added(entries: Sequence[Entry]) -> list[int]:
    """What each of these facts added. Of a hold that is captured in parts some providers tell what came of it in all,
    in whichever order; the parts sum to the most they told."""
    told: dict[tuple[str, str], list[int]] = {}
    for entry in entries:
        told.setdefault((entry.kind, happening(entry.reference)), []).append(entry.minor)
    found = []
    for entry in entries:
        sums = told[entry.kind, happening(entry.reference)]
        found.append(entry.minor - max((minor for minor in sums if minor < entry.minor), default=0))
    return found


def _sum(known: dict[tuple[str, str], int], kind: str) -> int:
    return sum(minor for (name, _reference), minor in known.items() if name == kind)


def refund_states(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What became of each refund, by its reference: `Refund.Status` values. `keys` are (kind, reference)."""
    meanings = {"refund_pending": "requested", "credited": "done", "refunded": "done", "refund_failed": "failed"}
    return _states(keys, meanings)


def dispute_states(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The same for disputes: `Dispute.Status` values. Decided both ways counts as lost."""
    return _states(keys, {"disputed": "open", "dispute_won": "won", "dispute_lost": "lost"})


def _states(keys: Iterable[tuple[str, str]], meanings: Mapping[str, str]) -> dict[str, str]:
    """For each reference, what its latest kind (in the order of `meanings`) means, whichever came first."""
    ranks = {kind: (rank, state) for rank, (kind, state) in enumerate(meanings.items(), start=1)}
    best: dict[str, tuple[int, str]] = {}
    for kind, reference in keys:
        if kind in ranks:
            best[reference] = max(best.get(reference, (0, "")), ranks[kind])
    return {reference: state for reference, (_rank, state) in best.items()}


_BY_STATE = {
    "declined": "failed",
    "cancelled": "cancelled",
    "requires_action": "action_required",
    "pending": "action_required",
    "processing": "processing",
    "succeeded": "processing",
    "authorised": "processing",
}
# What is over does not begin again: an old message cannot reopen a payment.
_RANK = {"pending": 0, "processing": 1, "action_required": 1, "failed": 2, "cancelled": 3}


def status(*, current: str, amount: int, known: Sums, state: str) -> str:
    """`Payment.Status` from the sums, or, where no money has moved, from what the provider last said (`state`)."""
    if known.captured:
        if known.given_back >= known.captured >= known.authorised - known.voided:
            return "refunded"  # and nothing more can be taken
        if known.captured >= amount or known.captured + known.voided >= known.authorised > 0:
            return "paid"
        if known.authorised:
            return "authorised"
    elif known.authorised:
        return "authorised" if known.authorised > known.voided else "cancelled"
    said = _BY_STATE[state]
    return current if _RANK[said] < _RANK.get(current, 0) else said


def excess(*, total: int, captured: int, refunded: int, requested: int, is_over: bool, disputed: int = 0) -> int:
    """What has to go back: everything of an order that is over, else what was paid beyond its total.

    What is disputed is not ours to give: the card's holder has taken it, or it comes back to us.
    """
    due = 0 if is_over else total
    return max(0, captured - refunded - requested - disputed - due)


PROMISES = frozenset({"invoice"})  # providers whose money nobody can take but the customer who sends it
SECURE = frozenset({"on_shipment", "promise", "with_rest"})  # `CaptureWhen`: held money of these is as good as paid


def capture_when(*, provider: str, is_part: bool, can_authorise: bool, option: str) -> str:
    """`CaptureWhen` of a payment at `provider`. `is_part`: credit beside another payment; `option`: the merchant's."""
    if provider in PROMISES:
        return "promise"
    if is_part:
        return "with_rest"
    return option if can_authorise else "at_once"


def secured(*, when: str, captured: int, held: int) -> int:
    """What of a payment is ours, or will be without the shopper's doing more."""
    return captured + (held if when in SECURE else 0)


def parcel_value(total: int, weights: Iterable[int], quantities: Iterable[int], sent: Iterable[int]) -> int:
    """What of an order's `total` the `sent` units of its lines are worth, each line weighing its share.

    Exact: nothing sent is nothing, everything sent is `total`, and more sent is never worth less. A pure function of
    what was sent in all, so that the parcels' values (its differences) sum to the total in whatever order they leave.
    """
    lines = list(zip(weights, quantities, sent, strict=True))
    if all(gone >= quantity for _weight, quantity, gone in lines):
        return total
    whole = sum(weight for weight, _quantity, _gone in lines) or 1
    # Each line's share is rounded down, so the rest of all roundings comes with the last parcel.
    return sum(total * weight * min(gone, quantity) // (whole * quantity) for weight, quantity, gone in lines)


MAX_REFUND_TRIES = 3


def refund_pause(attempt: int) -> timedelta:
    """How long after a failed refund it is tried again: two minutes, ten, fifty."""
    return timedelta(minutes=2 * 5 ** min(attempt - 1, 3))


def charge_key(payment_id: UUID, number: int) -> str:
    """The idempotency key of a payment; later ones (`number` 2, 3 …) after the one before is known to have done
    nothing and to do nothing any more."""
    return f"charge:{payment_id}" if number == 1 else f"charge:{payment_id}:{number}"


def is_spent(*, attempts: int, number: int) -> bool:
    """Whether a key that repeats a failure was tried often enough to look for what it did, and take the next."""
    return attempts >= KEY_TRIES * number


def capture_key(capture_id: UUID) -> str:
    """The idempotency key of a capture: as often as it is sent, it is taken once."""
    return f"capture:{capture_id}"


def credit_part(*, due: int, balance: int) -> int:
    """How much of what is due store credit pays: all it can, but what is left to others is not too small for them."""
    part = max(0, min(due, balance))
    return part if part == due else min(part, max(0, due - LEAST_REST))


def split(amount: int, available: Iterable[int]) -> list[int]:
    """`amount` over payments in turn, each giving at most what it has. Raises ValueError if it is more than all."""
    parts = []
    for limit in available:
        part = min(amount, max(0, limit))
        parts.append(part)
        amount -= part
    if amount:
        raise ValueError("more than there is")
    return parts


def retry_pause(attempts: int) -> timedelta:
    """How old a parked message is when it is tried again: ten seconds, doubled with each try."""
    return timedelta(seconds=10 * 2 ** min(attempts, LAST_TRY))


def hosted_page(*, opened: datetime, now: datetime) -> tuple[int, datetime]:
    """Which span of a payment opened at `opened` it is now (0, 1, …), and when a page asked for in it ends."""
    span = max(0, (now - opened) // HOSTED_SPAN)
    return span, opened + span * HOSTED_SPAN + HOSTED_PAGE


def refund_key(refund_id: UUID) -> str:
    """The idempotency key of a refund: as often as it is sent, it is made once."""
    return f"refund:{refund_id}"
