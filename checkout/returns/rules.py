"""Pure rules of returns: what the policy says of an item, how its units may move, what a return's status is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from checkout.orders.rules import Amounts, part

OURS = frozenset({"defective", "damaged", "wrong_item", "not_as_described"})  # reasons that are the shop's fault
AGAIN = frozenset({"defective", "damaged", "wrong_item"})  # of them, those for which the same item may be sent again


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked about: an order line. `category` is the path of the product's category, "computers/laptops"."""

    product_id: str
    product_type: str
    category: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule of the merchant. An empty scope fits every item."""

    name: str
    window_days: int
    category: str = ""
    product_id: str = ""
    product_type: str = ""
    is_final_sale: bool = False
    conditions: tuple[str, ...] = ()  # accepted ones; none named: any
    is_automatic: bool = True
    is_label_paid: bool = True
    refunds_delivery: bool = True

    def fits(self, item: Item) -> bool:
        return (
            (not self.product_id or self.product_id == item.product_id)
            and (not self.product_type or self.product_type == item.product_type)
            and (not self.category or f"{item.category}/".startswith(f"{self.category}/"))
        )


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy says: `objection` is "" or one of "final_sale", "too_late", "no_rule", "condition".

    `until` is the last day for returns of the item, None while it has not left yet.
    """

    policy: Policy | None
    until: date | None = None
    objection: str = ""

    @property
    def is_possible(self) -> bool:
        return not self.objection


def first(item: Item, policies: Sequence[Policy]) -> Policy | None:
    """The policy that decides on an item."""
    return next((policy for policy in policies if policy.fits(item)), None)


def rule(
    item: Item, policies: Sequence[Policy], *, since: datetime | None, now: datetime, is_final: bool = False
) -> Ruling:
    """What the first policy that fits says of an item that arrived (or left, if that is all that is known) at `since`.

    Whole days count: what arrived on the 3rd, with 30 days, may be returned all through the 2nd or 3rd of next month.
    `is_final`: what was made to order is not taken back, whatever the policy says of its product.
    """
    found = first(item, policies)
    if found is None:
        return Ruling(None, objection="no_rule")
    if is_final or found.is_final_sale:
        return Ruling(found, objection="final_sale")
    until = (since + timedelta(days=found.window_days)).date() if since else None
    return Ruling(found, until, "too_late" if until and now.date() > until else "")


def judge(ruling: Ruling, *, reason: str, condition: str) -> tuple[str, str]:
    """(acceptance, objection) of units asked for: "accepted" or "manual"; the objection "condition" asks a person.

    What is the shop's fault is returned in whatever condition it is.
    """
    policy = ruling.policy
    if policy is None:
        return "manual", "no_rule"
    if reason not in OURS and policy.conditions and condition not in policy.conditions:
        return "manual", "condition"
    return ("accepted" if policy.is_automatic else "manual"), ""


def gives_delivery(*, refunds_delivery: bool, reason: str) -> bool:
    """Whether the share of delivery goes back as well: if the policy says so, or if it was the shop's fault."""
    return refunds_delivery or reason in OURS


# Two machines. A row is (sources, trigger, target); whatever is not in a table cannot happen.
Row = tuple[tuple[str, ...], str, str]
RECEPTION: tuple[Row, ...] = (
    (("awaiting",), "send", "in_transit"),
    (("awaiting", "in_transit", "lost"), "receive", "received"),
    (("awaiting", "in_transit"), "lose", "lost"),
    (("awaiting", "in_transit"), "miss", "short"),
    (("awaiting", "in_transit", "received"), "mistake", "wrong_item"),
    (("awaiting", "in_transit"), "cancel", "cancelled"),
)
ACCEPTANCE: tuple[Row, ...] = (
    (("pending",), "ask", "manual"),
    (("pending", "manual", "rejected"), "accept", "accepted"),
    (("pending", "manual", "accepted"), "reject", "rejected"),
    (("accepted",), "question", "manual"),
)
GONE = frozenset({"short", "cancelled"})  # such units are not in the return any more: they may be in another one
HERE = frozenset({"received", "wrong_item"})
CLOSED = frozenset({"received", "lost", "wrong_item", "short", "cancelled"})  # nothing more is expected of the carrier


def target(table: Sequence[Row], trigger: str, source: str) -> str | None:
    """Where `trigger` leads from `source`; None if it leads nowhere."""
    return next((to for sources, name, to in table if name == trigger and source in sources), None)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as far as the status of its return goes."""

    reception: str
    acceptance: str
    is_settled: bool = False

    @property
    def is_over(self) -> bool:
        """Nothing more happens to it: settled, or refused and not on its way, or never come."""
        if self.is_settled or self.reception in GONE:
            return True
        return self.acceptance == "rejected" and self.reception in CLOSED


def status(units: Iterable[Unit]) -> str:
    """The status of a return with these units (`Return.Status`)."""
    known = list(units)
    left = [unit for unit in known if unit.reception not in GONE]
    if not left:
        is_refused = any(unit.acceptance == "rejected" for unit in known)
        return "refused" if is_refused else "cancelled"
    if all(unit.is_over for unit in left):
        return "settled" if any(unit.is_settled for unit in left) else "refused"
    if all(unit.reception in CLOSED for unit in left):
        return "received"
    if any(unit.reception in CLOSED for unit in left):
        return "partly_received"
    if any(unit.acceptance in {"pending", "manual"} for unit in left):
        return "requested"
    return "in_transit" if any(unit.reception == "in_transit" for unit in left) else "approved"


def free_numbers(*, shipped: int, taken: Iterable[int], wanted: int) -> list[int]:
    """Which of a line's units 1 … `shipped` a new return may name: the lowest that no other return has."""
    used = set(taken)
    return [number for number in range(1, shipped + 1) if number not in used][:wanted]


def given_back(
    rest: Amounts, delivery: Amounts, *, units: int, of: int, with_delivery: bool
) -> tuple[Amounts, Amounts]:  # fmt: skip
    """What `units` of the `of` units left of a line give back, and what of their worth is delivery and the tax on it.

    `rest` is what those left are worth, without what earlier returns kept of delivery; `delivery` the part of it that
    is delivery. Parts are taken from the rest each time, so that all of them come to the whole.
    """
    mine = Amounts(*(max(0, amount) for amount in astuple(rest)))
    capped = (max(0, min(one, most)) for one, most in zip(astuple(delivery), astuple(mine), strict=True))
    share = part(mine, units=units, of=of)
    carried = part(Amounts(*capped), units=units, of=of)
    return (share if with_delivery else share - carried), carried


def number(year: int, position: int) -> str:
    """ "RET-2026000001": the year and at least six digits."""
    return f"RET-{year}{position:06d}"
