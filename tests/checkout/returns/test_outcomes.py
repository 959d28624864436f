"""What an inspection finds, and what follows of it: stock where it should be, money to the cent, papers that agree."""

from __future__ import annotations

import pytest

from checkout.invoices import invariants as papers
from checkout.invoices import selectors as documents
from checkout.orders import revising
from checkout.orders.models import Order
from checkout.payments.models import Refund
from checkout.returns import invariants, pages, screen, selectors
from checkout.returns import services as returns
from checkout.returns.models import Return
from checkout.returns.services import ReturnRefused, Verdict
from inventory.stock.models import StockItem, StockMovement
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import returns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Five units of 9.99 with a tenth off, tax and delivery; nothing is left on the shelf."""
    make.rule()
    carts.rates()
    carts.coupon("SAVE10")
    return make.bought((carts.product(amount=999, units=5), 5), coupon="SAVE10")


def looked_at(order: Order, outcome: str, *, is_accepted: bool) -> Return:
    """Two of three units that were to come are found to be so; those that never came are not received first."""
    [line] = make.lines(order)
    found = make.asked(order, make.wanted(line, 3))
    [key] = make.units_by_line(found)
    if outcome not in ("lost", "short"):
        returns.receive(return_id=found.pk, units={key: 2}, by="staff:1")
    returns.inspect(return_id=found.pk, verdicts=[Verdict(key, outcome, 2, is_accepted)], by="staff:1")
    outbox.drain(mails=False)
    return found


def on_hand() -> int:
    return StockItem.objects.get().on_hand


def checks() -> list[str]:
    found = (
        invariants.units_come_back_once, invariants.worth_is_given_back, invariants.histories_have_no_gaps,
        invariants.good_units_are_stock, papers.documents_agree,
    )  # fmt: skip
    return [sentence for check in found for sentence in check()]


@pytest.mark.parametrize(
    ("outcome", "is_accepted", "shelf"),
    [
        ("restock", True, 2),
        ("restock", False, 2),  # kept, though nothing is given back: the merchant's own decision, seen in the history
        ("damaged", True, 0),
        ("damaged", False, 0),
        ("lost", True, 0),
        ("lost", False, 0),
        ("wrong_item", True, 0),
        ("wrong_item", False, 0),
    ],
)
def test_stock_and_money_of_each_outcome(order: Order, outcome: str, is_accepted: bool, shelf: int) -> None:
    [line] = make.lines(order)
    worth, before, shelf_before = revising.worth(line, 2).value, order.due_minor, on_hand()
    found = looked_at(order, outcome, is_accepted=is_accepted)
    if is_accepted:
        assert returns.reimburse(return_id=found.pk, by="staff:1").amount.minor == worth
    else:
        with pytest.raises(ReturnRefused) as refused:
            returns.reimburse(return_id=found.pk, by="staff:1")
        assert refused.value.code == "nothing_to_settle"
    outbox.drain(mails=False)
    order.refresh_from_db()
    given = worth if is_accepted else 0
    assert (before - order.due_minor, on_hand() - shelf_before) == (given, shelf)
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == given
    assert StockMovement.objects.filter(kind="return").count() == shelf
    notes = [one.gross_minor for one in documents.documents_of(order.pk) if one.is_credit]
    assert notes == ([worth] if is_accepted else [])
    assert checks() == []


@pytest.mark.parametrize(
    ("outcome", "is_accepted", "told", "state"),
    [
        ("restock", False, "2 were not accepted: nothing is given back for them.", ""),
        ("wrong_item", True, "For 2 another item came; the worth is given back all the same.", ""),
        ("wrong_item", False, "For 2 another item came: nothing is given back for that.", ""),
        ("lost", True, "2 got lost on the way; the worth is given back all the same.", ""),
        ("lost", False, "2 did not arrive: nothing is given back for that.", ""),
        (
            "short",
            True,
            "2 were not in the parcel. If you still have them, you can send them back another time.",
            "was not in the parcel",
        ),
    ],
)
def test_the_shopper_is_told_what_became_of_each(
    order: Order, outcome: str, is_accepted: bool, told: str, state: str
) -> None:
    """On the page, and in the mail about what was settled; staff do not read of what never came that it is accepted."""
    found = looked_at(order, outcome, is_accepted=is_accepted)
    [key] = make.units_by_line(found)
    returns.receive(return_id=found.pk, units={key: 1}, by="staff:1")
    returns.inspect(return_id=found.pk, verdicts=[Verdict(key, "restock", 1, True)], by="staff:1")
    returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    [line] = pages.return_page(selectors.one(found.pk), query="")["lines"]
    mail = Notification.objects.get(template="return_settled").context["settled"]
    assert (line["outcomes"], mail["outcomes"]) == ([told], [f"{line['name']}: {told}"])
    texts = [one["text"] for one in screen.context_of(found, may=False)["lines"][0]["states"]]
    assert [text for text in texts if text.startswith("was not")] == ([state] if state else [])


def test_what_was_short_is_neither_money_nor_stock_and_may_come_another_time(order: Order) -> None:
    before, shelf = order.due_minor, on_hand()
    found = looked_at(order, "short", is_accepted=True)
    with pytest.raises(ReturnRefused, match="nothing to settle"):
        returns.reimburse(return_id=found.pk, by="staff:1")
    order.refresh_from_db()
    assert (order.due_minor, on_hand(), Refund.objects.count()) == (before, shelf, 0)
    [row] = selectors.returnable(order)
    assert row.units == 4  # five were sent, one is still on its way in the first return
    again = make.back(make.asked(order, make.wanted(row.line, 4)))
    assert returns.reimburse(return_id=again.pk, by="staff:1").amount.minor == revising.worth(row.line, 4).value
    outbox.drain(mails=False)
    assert on_hand() == shelf + 4
    assert checks() == []


def test_all_outcomes_of_one_return_come_to_what_the_order_was(order: Order) -> None:
    [line] = make.lines(order)
    paid = order.captured_minor
    found = make.asked(order, make.wanted(line, 5))
    [key] = make.units_by_line(found)
    returns.receive(return_id=found.pk, units={key: 3}, by="staff:1")
    outcomes = ["restock", "damaged", "wrong_item", "lost", "short"]
    for outcome in outcomes:
        returns.inspect(return_id=found.pk, verdicts=[Verdict(key, outcome, 1, True)], by="staff:1")
        if outcome != "short":
            returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    last = make.back(make.asked(order, make.wanted(line, 1)))
    returns.reimburse(return_id=last.pk, by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert (order.due_minor, order.status) == (0, "returned")
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == paid
    assert on_hand() == 2  # the good one, and the one that came later
    assert checks() == []
