"""How papers are settled, as far as is known when they are issued: the lines of each add up to its amount.

The papers of an order share one account. What earlier ones came to is paid first; what is issued together is set off
against each other; what was told to go back and did not pays for what comes later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.invoices import rules, selectors
from checkout.orders.models import Order
from checkout.payments import covering, methods
from checkout.payments import selectors as payments
from checkout.payments.models import Payment, Refund

if TYPE_CHECKING:
    from checkout.invoices.models import Document

# "kind" and "minor"; "by" whom it was paid, "numbers" of other papers (None: `numbered` fills it)
Line = dict[str, Any]
_BACK = {"back": 1, "store_credit": 1, "earlier": -1}


@dataclass(frozen=True, slots=True)
class Account:
    """An order before its next papers, in minor units: what came, what went back or is on its way there, what its
    papers said that it costs, and what they told would be given back."""

    captured: int
    given: int
    said: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Of both papers `set_off`. Of an invoice also what is `paid`, set off from `earlier` credit notes, and `to_pay`
    (of `owed` for the whole order); of a credit note what was `unpaid` and what goes `back`."""

    set_off: int
    paid: int
    earlier: int
    to_pay: int
    owed: int
    unpaid: int
    back: int


def split(account: Account, *, invoiced: int, credited: int) -> Split:
    """How an invoice and a credit note of these amounts, either may be nought, are settled."""
    set_off = min(invoiced, credited)
    told = min(account.told, max(account.given, account.captured - account.said))  # the rest has paid for something
    free = account.captured - told - account.said  # below zero: what earlier papers asked for and did not get
    rest, over = invoiced - set_off, credited - set_off
    owed = max(0, account.said + invoiced - credited - account.captured + account.given)
    to_pay = min(rest, owed)
    paid = min(rest - to_pay, max(0, free))
    unpaid = min(over, max(0, -free))
    return Split(set_off, paid, rest - to_pay - paid, to_pay, owed, unpaid, over - unpaid)


def lines(
    order: Order, before: Sequence[Document], *, invoiced: int, credited: int, promised: int
) -> tuple[list[Line], list[Line]]:
    """The lines of an invoice and of a credit note that are issued together, for a locked order.

    `before` are the order's papers (content loaded), `promised` what its first one asks to be sent.
    """
    found = payments.payments_of(order.pk)
    said = rules.totals(selectors.issued(before)).gross
    account = Account(order.captured_minor, order.refunded_minor + _asked(found), said, told(before))
    parts = split(account, invoiced=invoiced, credited=credited)
    return _invoiced(parts, found, before, promised), _credited(parts, found, before)


def anew(order: Order, *, minor: int, promised: int) -> list[Line]:
    """The lines of an invoice over all of a locked order, which replaces its earlier ones."""
    found = payments.payments_of(order.pk)
    account = Account(order.captured_minor, order.refunded_minor + _asked(found))
    return _invoiced(split(account, invoiced=minor, credited=0), found, (), promised)


def replaced(minor: int) -> list[Line]:
    """The lines of the credit note for what is invoiced anew."""
    return _told(Line(kind="replaced", minor=minor, numbers=None))


def told(papers: Sequence[Document]) -> int:
    """What papers (content loaded) told would be given back, less what was set off from it since."""
    return sum(_told_by(one) for one in papers)


def _told_by(paper: Document) -> int:
    payment = paper.content["payment"]
    if "settled" in payment:
        return sum(line["minor"] * _BACK.get(line["kind"], 0) for line in payment["settled"])
    return max(0, min(paper.gross_minor, -payment["balance"])) if paper.is_credit else 0  # an older one


def numbered(content: Mapping[str, Any], numbers: Sequence[str]) -> dict[str, Any]:
    """What a paper says, with the `numbers` of those that are issued with it."""
    settled = [
        line | {"numbers": list(numbers)} if line.get("numbers", ()) is None else line
        for line in content["payment"]["settled"]
    ]
    return {**content, "payment": {**content["payment"], "settled": settled}}


def _invoiced(
    parts: Split, found: Sequence[Payment], before: Sequence[Document], promised: int
) -> list[Line]:  # fmt: skip
    kept = [(one.provider, one.captured_minor - one.refunded_minor - _asked([one])) for one in found]
    held = [(one.provider, covering.kept(one)) for one in found if one.capture_when != "promise"]
    waiting = _last([*held, ("", max(0, parts.owed - sum(minor for _by, minor in held)))], parts.to_pay)
    rest = sum(minor for by, minor in waiting if not by)
    asked = 0 if before else min(rest, promised)
    return _told(
        Line(kind="set_off", minor=parts.set_off, numbers=None),
        Line(kind="earlier", minor=parts.earlier, numbers=_credit_notes(before, parts.earlier)),
        *(Line(kind="paid", minor=minor, by=methods.label(by)) for by, minor in _last(kept, parts.paid)),
        *(Line(kind=_held(by), minor=minor, by=methods.label(by)) for by, minor in waiting if by),
        Line(kind="to_pay", minor=rest - asked),
        Line(kind="asked_for", minor=asked),
    )


def _held(by: str) -> str:
    """What is held of gift cards and store credit is taken as soon as the rest of the order is surely paid, as it is by
    now."""
    return "paid" if by in methods.BALANCES else "held"


def _credited(parts: Split, found: Sequence[Payment], before: Sequence[Document]) -> list[Line]:
    credit = _as_credit(found, before, parts.back)
    return _told(
        Line(kind="set_off", minor=parts.set_off, numbers=None),
        Line(kind="unpaid", minor=parts.unpaid),
        Line(kind="store_credit", minor=credit),
        Line(kind="back", minor=parts.back - credit),
    )


def _told(*found: Line) -> list[Line]:
    return [line for line in found if line["minor"]]


def _last(parts: Sequence[tuple[str, int]], minor: int) -> list[tuple[str, int]]:
    """The last `minor` of parts: earlier papers have the first of them."""
    found: list[tuple[str, int]] = []
    for by, most in reversed(parts):
        taken = max(0, min(most, minor))
        minor -= taken
        found[:0] = [(by, taken)] if taken else []
    return found


def _asked(found: Sequence[Payment]) -> int:
    """What is on its way back."""
    asked = (refund for one in found for refund in one.refunds.all() if refund.status == Refund.Status.REQUESTED)
    return sum(refund.amount_minor for refund in asked)


def _credit_notes(before: Sequence[Document], minor: int) -> list[str]:
    """The latest credit notes that told that so much would be given back."""
    numbers: list[str] = []
    for one in reversed(before):
        if minor > 0 and one.is_credit and (back := _told_by(one)) > 0:
            numbers.insert(0, one.number)
            minor -= back
    return numbers


def _as_credit(found: Sequence[Payment], before: Sequence[Document], back: int) -> int:
    """What of `back` is given as store credit, as far as that can be told: if all of it was asked for since the last
    paper, and nothing else."""
    going = {Refund.Status.REQUESTED, Refund.Status.DONE}
    fresh = [
        (one.provider, refund)
        for one in found
        for refund in one.refunds.all()
        if refund.status in going and before and refund.created_at > before[-1].issued_at
    ]
    if sum(refund.amount_minor for _by, refund in fresh) != back:
        return 0
    return sum(
        refund.amount_minor
        for by, refund in fresh
        if refund.destination == Refund.Destination.STORE_CREDIT or by == methods.CREDIT
    )
