"""What goes back: exactly its share, exactly what was seen, and once."""

from __future__ import annotations

import pytest

from checkout.invoices import selectors as invoices
from checkout.orders import revising
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.receivables.models import Receivable
from checkout.returns import invariants, pages, selectors
from checkout.returns import services as returns
from checkout.returns.models import ReimbursedLine, Reimbursement, Return
from checkout.returns.services import ReturnRefused
from checkout.storecredit import selectors as credit
from shop.core.money import Money
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories import checkout as made
from tests.factories import returns as make
from tests.factories.accounts import UserFactory
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


def came_back(order: Order, units: int = 1, **more: object) -> Return:
    return make.back(make.asked(order, make.wanted(make.lines(order)[0], units), **more))


def settle(found: Return, **how: object) -> int:
    """Settle it as simulated; what was given back."""
    seen = returns.simulate(return_id=found.pk, by="staff:1", **how)  # type: ignore[arg-type]
    done = returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark, **how)  # type: ignore[arg-type]
    assert (seen.lines, seen.goings, seen.due, seen.balance, seen.mark) == (
        done.lines, done.goings, done.due, done.balance, done.mark
    )  # fmt: skip
    return done.amount.minor


def refunds(order: Order) -> list[tuple[int, str]]:
    return list(Refund.objects.filter(order_id=order.pk).order_by("id").values_list("amount_minor", "destination"))


def everything() -> list[str]:
    checks = (
        invariants.units_come_back_once, invariants.worth_is_given_back, invariants.histories_have_no_gaps,
        invariants.good_units_are_stock, invariants.returns_move_on,
    )  # fmt: skip
    return [sentence for check in checks for sentence in check()]


class TestMoney:
    def test_all_of_it_returns_the_order(self) -> None:
        order = make.arrived(quantity=2)
        assert settle(came_back(order, 2)) == 5500
        order.refresh_from_db()
        assert (order.status, order.fulfilment_state, order.due_minor) == ("returned", "returned", 0)
        assert refunds(order) == [(5500, "original")]
        assert everything() == []

    def test_a_part_of_it_only_changes_how_far_it_is(self) -> None:
        order = make.arrived(quantity=2)
        assert settle(came_back(order)) == 2750
        order.refresh_from_db()
        assert (order.status, order.fulfilment_state, order.due_minor) == ("delivered", "partly_returned", 2750)
        assert settle(came_back(order)) == 2750
        order.refresh_from_db()
        assert (order.status, order.due_minor, sum(minor for minor, _to in refunds(order))) == ("returned", 0, 5500)

    def test_each_unit_gives_back_its_share_of_discount_tax_and_delivery(self) -> None:
        carts.rates()
        carts.coupon("SAVE10")
        order = make.bought((carts.product(amount=1999), 3), coupon="SAVE10")
        [line] = make.lines(order)
        assert (line.discount_minor, order.shipping_minor) == (600, 599)
        parts = [settle(came_back(order)) for _turn in range(3)]
        assert sum(parts) == order.total_minor
        assert max(parts) - min(parts) <= 3  # what does not divide by three goes with the last ones
        line.refresh_from_db()
        assert (line.returned_discount_minor, line.returned_shipping_minor, line.returned_tax_minor) == (
            line.discount_minor, line.shipping_minor, line.tax_minor
        )  # fmt: skip
        assert revising.live(line).value == 0
        assert everything() == []

    def test_delivery_that_is_kept(self) -> None:
        make.rule(refunds_delivery=False)
        carts.rates()
        order = make.bought((carts.product(amount=1000), 2))
        [line] = make.lines(order)
        on_delivery = sum(tax["amount_minor"] for tax in line.taxes if tax["on_shipping"])
        kept = line.shipping_minor + on_delivery
        assert settle(came_back(order, 2)) == order.total_minor - kept
        order.refresh_from_db()
        assert (order.status, order.due_minor, order.balance_minor) == ("returned", kept, kept - order.total_minor)
        assert everything() == []

    def test_what_is_our_fault_gives_delivery_back_whatever_the_rule(self) -> None:
        make.rule(refunds_delivery=False)
        order = make.arrived(quantity=2)
        [line] = make.lines(order)
        first = make.back(make.asked(order, make.wanted(line)))
        second = make.back(make.asked(order, make.wanted(line, reason="damaged")))
        assert (settle(first), settle(second)) == (2500, 2750)
        assert everything() == []

    def test_only_what_is_accepted_and_back(self) -> None:
        order = make.arrived(quantity=3)
        found = make.asked(order, make.wanted(make.lines(order)[0], 3))
        [line] = selectors.lines_of(found.pk)
        with pytest.raises(ReturnRefused, match="nothing to settle"):
            returns.simulate(return_id=found.pk, by="staff:1")
        returns.receive(return_id=found.pk, units={line.pk: 2}, by="staff:1")
        verdicts = [returns.Verdict(line.pk, "restock", 1, True), returns.Verdict(line.pk, "damaged", 1, False)]
        returns.inspect(return_id=found.pk, verdicts=verdicts, by="staff:1")
        assert settle(found) == 2666  # a third of 80.00, rounded down: the rest is in the other two
        assert selectors.one(found.pk).status == "partly_received"

    def test_store_credit(self) -> None:
        customer = UserFactory().pk
        order = make.arrived(customer_id=customer)
        found = came_back(order, wish="store_credit")
        assert settle(found) == 3000
        assert credit.balance(customer, "USD") == Money(3000, "USD")
        assert refunds(order) == [(3000, "store_credit")]
        order.refresh_from_db()
        assert (order.status, order.refunded_minor) == ("refunded", 3000)
        assert everything() == []

    def test_the_merchant_may_choose_another_way(self) -> None:
        order = make.arrived(customer_id=UserFactory().pk)
        found = came_back(order, wish="store_credit")
        assert settle(found, destination="original") == 3000
        assert refunds(order) == [(3000, "original")]

    @pytest.mark.parametrize(
        ("to", "code"), [("store_credit", "no_account"), ("exchange", "bad_exchange"), ("x", "bad_wish")]
    )
    def test_ways_that_are_not_open(self, to: str, code: str) -> None:
        found = came_back(make.arrived())
        with pytest.raises(ReturnRefused) as refused:
            returns.reimburse(return_id=found.pk, destination=to, by="staff:1")
        assert refused.value.code == code
        assert Reimbursement.objects.count() == 0

    def test_what_was_given_as_goodwill_is_not_given_again(self) -> None:
        """10.00 of 30.00 went back before: the return is worth 30.00, and 20.00 of them are still here."""
        order = make.arrived()
        payments.request_refund(order_id=order.pk, amount=Money(1000, "USD"), reason="sorry", by="staff:1")
        seen = returns.simulate(return_id=came_back(order).pk, by="staff:1")
        assert [going.amount.minor for going in seen.goings] == [2000]

    def test_nothing_is_sent_of_what_was_never_paid(self) -> None:
        order = make.arrived()
        Order.objects.filter(pk=order.pk).update(captured_minor=0)
        seen = returns.simulate(return_id=came_back(order).pk, by="staff:1")
        assert (seen.amount.minor, seen.goings, seen.due.minor) == (3000, (), 0)

    def test_the_credit_notes_say_what_went_back(self) -> None:
        carts.rates()
        carts.coupon("SAVE10")
        order = make.bought((carts.product(amount=1999), 3), coupon="SAVE10", customer_id=UserFactory().pk)
        parts = []
        for units in (1, 2):
            parts.append(settle(came_back(order, units), destination="store_credit"))
            outbox.drain(mails=False)
        papers = invoices.documents_of(order.pk)
        assert [(paper.kind, paper.gross_minor) for paper in papers] == [
            ("invoice", order.total_minor), ("credit_note", parts[0]), ("credit_note", parts[1])
        ]  # fmt: skip
        assert sum(parts) == order.total_minor


class TestOnce:
    def test_a_simulation_writes_nothing(self) -> None:
        order = make.arrived()
        found = came_back(order)
        events = OutboxEvent.objects.count()
        returns.simulate(return_id=found.pk, by="staff:1")
        order.refresh_from_db()
        assert (order.allowed_minor, refunds(order), ReimbursedLine.objects.count()) == (0, [], 0)
        assert OutboxEvent.objects.count() == events
        assert selectors.one(found.pk).status == "received"

    def test_a_second_settlement_finds_nothing(self) -> None:
        order = make.arrived(quantity=2)
        found = came_back(order)
        settle(found)
        with pytest.raises(ReturnRefused) as refused:
            returns.reimburse(return_id=found.pk, by="staff:1")
        assert (refused.value.code, refunds(order)) == ("nothing_to_settle", [(2750, "original")])

    def test_what_has_changed_since_it_was_seen_is_not_done(self) -> None:
        order = make.arrived(quantity=2)
        found = came_back(order)
        seen = returns.simulate(return_id=found.pk, by="staff:1")
        payments.request_refund(order_id=order.pk, amount=Money(5000, "USD"), reason="", by="staff:1")
        with pytest.raises(ReturnRefused) as refused:
            returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
        assert (refused.value.code, Reimbursement.objects.count()) == ("changed_meanwhile", 0)

    @pytest.mark.parametrize("wish", ["original", "exchange", "store_credit"])
    def test_of_an_order_that_was_given_back_it_is_settled_and_nothing_more_goes_out(self, wish: str) -> None:
        """Somebody gives all of it back while its return is on the table: it ends, whatever was wished for it."""
        carts.rates()
        product = carts.product(amount=2000)
        other = catalog.add_variant(product, units=2, amount=500, options={"Size": "L"}, position=5)
        customer = UserFactory().pk
        order = make.bought((product, 1), customer_id=customer)
        swap = {"exchange_for": other.pk} if wish == "exchange" else {}
        found = make.back(make.asked(order, make.wanted(make.lines(order)[0], **swap), wish=wish))
        payments.request_refund(
            order_id=order.pk, amount=order.total, reason="sorry", to="store_credit", by="staff:2"
        )  # fmt: skip
        order.refresh_from_db()
        assert (order.status, selectors.one(found.pk).status) == ("refunded", "received")
        assert settle(found) == order.total_minor
        order.refresh_from_db()
        assert (order.status, order.fulfilment_state, order.due_minor, order.balance_minor) == (
            "refunded", "returned", 0, 0
        )  # fmt: skip
        assert (selectors.one(found.pk).status, selectors.settleable(found.pk)) == ("settled", [])
        assert refunds(order) == [(order.total_minor, "store_credit")]
        assert credit.balance(customer, "USD") == order.total
        outbox.drain(mails=False)
        papers = invoices.documents_of(order.pk)
        assert sum(one.gross_minor if one.kind == "invoice" else -one.gross_minor for one in papers) == 0
        [mail] = Notification.objects.filter(template="return_settled")
        told = mail.context["settled"]
        assert (told["destination"], told["refunded"], told["went_before"]) == ("original", None, True)
        [paid] = pages.return_page(selectors.one(found.pk), query="")["paid"]
        assert (paid["amount"], paid["to"]) == (order.total, "given back to you before")
        assert everything() == []

    def test_an_order_that_was_cancelled_gives_nothing_more(self) -> None:
        order = make.arrived()
        found = came_back(order)
        Order.objects.filter(pk=order.pk).update(status="cancelled", fulfilment_state="unfulfilled")
        with pytest.raises(ReturnRefused) as refused:
            returns.reimburse(return_id=found.pk, by="staff:1")
        assert refused.value.code == "order_over"


class TestTelling:
    def test_the_mail_says_what_went_where(self) -> None:
        order = make.arrived(quantity=2, customer_id=UserFactory().pk)
        found = came_back(order, wish="store_credit")
        settle(found)
        for _again in range(2):
            outbox.drain()
        mail = Notification.objects.get(template="return_settled")
        assert mail.status == "sent"
        told = mail.context["settled"]
        assert (told["amount"], told["refunded"], told["destination"]) == ("$27.50", "$27.50", "store_credit")
        assert told["items"] == [{"units": 1, "name": make.lines(order)[0].name, "amount": "$27.50"}]

    def test_every_mail_renders(self, mailoutbox: list[object]) -> None:
        make.rule(approval="person")
        order = make.arrived(quantity=2, customer_id=UserFactory().pk)
        [line] = make.lines(order)
        found = make.asked(order, make.wanted(line), wish="store_credit")
        outbox.drain()
        returns.approve(return_id=found.pk, by="staff:1")
        make.back(found)
        settle(found)
        refused = make.asked(order, make.wanted(line))
        returns.refuse(return_id=refused.pk, reason="Worn & torn", by="staff:1")
        outbox.drain()
        mails = {
            mail.subject: mail  # type: ignore[attr-defined]
            for mail in mailoutbox
            if "return" in mail.subject.lower()  # type: ignore[attr-defined]
        }
        assert set(mails) == {
            f"We have your wish to return something (order {order.number})",
            f"Your return is approved (order {order.number})",
            f"Your return has arrived (order {order.number})",
            f"Your return is done (order {order.number})",
            f"About your return (order {order.number})",
        }
        for mail in mails.values():
            html = mail.alternatives[0][0]
            assert found.number in mail.body + html or refused.number in mail.body + html
            assert "{{" not in mail.body + html
        assert "Worn &amp; torn" in mails[f"About your return (order {order.number})"].alternatives[0][0]
        assert "Worn & torn" in mails[f"About your return (order {order.number})"].body
        approved = mails[f"Your return is approved (order {order.number})"].body
        assert f"/returns/{found.number}/label.pdf?key={order.access_key}" in approved


def test_the_checks_find_what_is_wrong() -> None:
    order = make.arrived(quantity=2)
    found = came_back(order)
    settle(found)
    [row] = ReimbursedLine.objects.all()
    ReimbursedLine.objects.filter(pk=row.pk).update(total_minor=row.total_minor + 1)
    assert invariants.worth_is_given_back() == [
        f"I6 order line {row.order_line_id}: what came back of it is not what its reimbursements gave back",
        f"I6 reimbursement {row.reimbursement_id} of 2750, but its lines come to 2751",
    ]


def test_a_lost_unit_may_be_given_back() -> None:
    order = made.paid([stocked(1)])
    order = make.delivered(order)
    found = make.asked(order)
    [line] = selectors.lines_of(found.pk)
    verdict = returns.Verdict(line.pk, "lost", 1, True)
    returns.inspect(return_id=found.pk, verdicts=[verdict], by="staff:1")
    assert settle(found) == 3000
    assert everything() == []


def test_an_exchange_sends_what_is_shown_while_other_money_is_on_its_way_back() -> None:
    carts.rates()
    product = carts.product(amount=2000)
    other = catalog.add_variant(product, units=2, amount=500, options={"Size": "L"}, position=5)
    order = make.bought((product, 1))
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    payments.request_refund(order_id=order.pk, amount=Money(700, "USD"), reason="late", by="staff:1")
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    assert [(minor, "original") for minor in (700, *(going.amount.minor for going in seen.goings))] == refunds(order)
    assert (len(seen.goings), seen.balance.minor) == (1, 0)


@pytest.mark.parametrize(("units", "state"), [(1, "authorised"), (2, "voided")])
def test_of_an_invoice_that_nobody_has_paid_what_came_back_is_not_due(units: int, state: str) -> None:
    """Two units of 25.00, with 5.00 of delivery, promised and sent."""
    order = make.delivered(made.placed(provider="invoice", token="", quantity=2, customer_id=UserFactory().pk))
    settle(came_back(order, units))
    outbox.drain(mails=False)
    order.refresh_from_db()
    rest = 5500 - 2750 * units
    assert (order.payment_state, order.due_minor, order.held_minor, order.balance_minor) == (state, rest, rest, rest)
    assert (order.status, refunds(order)) == ("returned" if units == 2 else "delivered", [])
    assert Receivable.objects.get().open.minor == rest
    assert everything() == []
