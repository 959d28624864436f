"""How papers are settled: whatever comes and goes, the lines of each add up to it, and each of them is true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.models import Product, Variant
from checkout.changes import services as changes
from checkout.invoices import content, selectors, services, settling
from checkout.invoices.models import Document
from checkout.invoices.settling import Account, Split
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import services as returns
from checkout.storecredit import services as storecredit
from shop.core.money import Money
from tests import outbox
from tests.checkout.invoices.test_pdf import lines as printed
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories import invoices as factory
from tests.factories import returns as make
from tests.factories.accounts import UserFactory
from tests.factories.changes import bought, line_of, now
from tests.factories.invoices import VAT
from tests.fakes.sandbox import RunningSandbox

WORDS = ("This takes", "Set off", "Paid by", "Still to be paid", "We give back", "Given to you", "Invoice INV")


class TestSplit:
    @pytest.mark.parametrize(
        ("account", "invoiced", "credited", "is_split"),
        [
            pytest.param(Account(57057, 0), 57057, 0, {"paid": 57057}, id="plain"),
            pytest.param(Account(0, 0), 5500, 0, {"to_pay": 5500, "owed": 5500}, id="promised"),
            pytest.param(
                Account(57057, 0, 57057), 49228, 57057, {"set_off": 49228, "back": 7829},
                id="exchanged for a cheaper one",
            ),
            pytest.param(
                Account(49228, 0, 49228), 57057, 49228, {"set_off": 49228, "to_pay": 7829, "owed": 7829},
                id="exchanged for a dearer one",
            ),
            pytest.param(Account(57057, 0, 57057), 57057, 57057, {"set_off": 57057}, id="exchanged for the same"),
            pytest.param(
                Account(49228, 0, 57057), 0, 12763, {"unpaid": 7829, "back": 4934},
                id="returned while some is to be paid",
            ),
            pytest.param(
                Account(9000, 1000, 9000, 1000), 0, 500, {"unpaid": 500, "owed": 500}, id="what was never paid"
            ),
            pytest.param(
                Account(10000, 0, 9000, 1000), 1500, 0, {"earlier": 1000, "to_pay": 500, "owed": 500},
                id="what was told to go back and did not",
            ),
            pytest.param(Account(10000, 3000), 7000, 0, {"paid": 7000}, id="first paper after some went back"),
            pytest.param(
                Account(57057, 7829, 49228, 57057), 0, 1000, {"back": 1000}, id="older papers that told too much"
            ),
        ],
    )  # fmt: skip
    def test_what_is_known(self, account: Account, invoiced: int, credited: int, is_split: dict[str, int]) -> None:
        nothing = dict.fromkeys(("set_off", "paid", "earlier", "to_pay", "owed", "unpaid", "back"), 0)
        assert settling.split(account, invoiced=invoiced, credited=credited) == Split(**nothing | is_split)

    @given(
        st.lists(
            st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), max_size=12
        )
    )
    def test_lines_add_up_whatever_happens(self, steps: list[tuple[int, int, int, int]]) -> None:
        captured = given_back = said = told = 0
        for invoiced, taken, pays, goes in steps:
            credited = min(taken, said)
            one = settling.split(Account(captured, given_back, said, told), invoiced=invoiced, credited=credited)
            assert min(vars_of(one).values()) >= 0
            assert one.set_off + one.paid + one.earlier + one.to_pay == invoiced
            assert one.set_off + one.unpaid + one.back == credited
            said, told = said + invoiced - credited, told + one.back - one.earlier
            captured += pays
            given_back += min(goes, captured - given_back)

    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12))
    def test_of_an_order_that_is_always_paid_exactly_what_is_told_to_go_back_goes(
        self, steps: list[tuple[int, int]]
    ) -> None:
        captured = given_back = said = told = 0
        for invoiced, taken in steps:
            credited = min(taken, said)
            one = settling.split(Account(captured, given_back, said, told), invoiced=invoiced, credited=credited)
            assert (one.unpaid, one.earlier, one.paid) == (0, 0, 0)
            said, told = said + invoiced - credited, told + one.back
            captured = max(captured, said + given_back)
            given_back = max(given_back, captured - said)
            assert told == given_back


def vars_of(one: Split) -> dict[str, int]:
    return {name: getattr(one, name) for name in one.__slots__}


def told(order: Order) -> list[list[str]]:
    """What each paper says of how it is settled, oldest first."""
    return [[line for line in printed(one) if line.startswith(WORDS)] for one in selectors.documents_of(order.pk)]


def check(order: Order) -> None:
    """The lines of every paper add up to it."""
    papers = selectors.complete(order.pk)
    assert [sum(line["minor"] for line in one.content["payment"]["settled"]) for one in papers] == [
        one.gross_minor for one in papers
    ]


def numbers(order: Order) -> list[str]:
    return [one.number for one in selectors.documents_of(order.pk)]


def sizes(amount: int) -> tuple[Product, Variant]:
    """A product at 20.00, and its other size at `amount` cents."""
    product = carts.product(amount=2000)
    return product, catalog.add_variant(product, units=2, amount=amount, options={"Size": "L"}, position=5)


def exchanged(amount: int) -> Order:
    """Its one unit came back and was exchanged for the other size; what follows has happened."""
    product, other = sizes(amount)
    order = make.bought((product, 1))
    found = make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange")
    returns.reimburse(return_id=make.back(found).pk, by="staff:1")
    outbox.drain(rounds=50, mails=False)
    return now(order)


@pytest.fixture
def rates() -> None:
    make.rule()
    carts.rates()


@pytest.mark.django_db
@pytest.mark.usefixtures("rates")
class TestExchanges:
    def test_a_cheaper_one(self) -> None:
        order = exchanged(1000)
        first, note, invoice = selectors.documents_of(order.pk)
        back = order.money(note.gross_minor - invoice.gross_minor)
        assert [back.minor] == list(Refund.objects.values_list("amount_minor", flat=True))
        assert told(order)[1:] == [
            [
                f"This takes {note.gross.format()} off {first.number}.",
                f"Set off against invoice {invoice.number}: {invoice.gross.format()}",
                f"We give back to you: {back.format()}",
            ],
            [f"Set off from credit note {note.number}: {invoice.gross.format()}"],
        ]
        check(order)

    def test_a_dearer_one(self) -> None:
        order = exchanged(3000)
        first, note, invoice = selectors.documents_of(order.pk)
        rest = order.money(invoice.gross_minor - note.gross_minor)
        assert rest.minor == order.balance_minor > 0
        assert told(order)[1:] == [
            [
                f"This takes {note.gross.format()} off {first.number}.",
                f"Set off against invoice {invoice.number}: {note.gross.format()}",
            ],
            [
                f"Set off from credit note {note.number}: {note.gross.format()}",
                f"Still to be paid: {rest.format()}",
            ],
        ]
        check(order)

    def test_one_at_the_same_price(self) -> None:
        order = exchanged(2564)  # 20.00 and its delivery of 5.64, which came back with it, before tax
        _first, note, invoice = selectors.documents_of(order.pk)
        assert told(order)[1][1:] == [f"Set off against invoice {invoice.number}: {note.gross.format()}"]
        assert told(order)[2] == [f"Set off from credit note {note.number}: {note.gross.format()}"]
        assert order.balance_minor == Refund.objects.count() == 0
        check(order)


@pytest.mark.django_db
class TestLines:
    def test_a_plain_invoice_says_how_it_was_paid(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        order = bought((carts.product(amount=2000), 1))
        assert told(order) == [[f"Paid by Card: {order.total.format()}"]]
        check(order)

    def test_store_credit_and_card(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        user = UserFactory()
        gift = Money(700, "USD")
        storecredit.grant(customer_id=user.pk, amount=gift, reason="gift", key="gift", by="staff:1")
        order = bought((carts.product(amount=2000), 1), customer_id=user.pk, use_credit=True)
        rest = order.money(order.total_minor - 700)
        assert told(order) == [[f"Paid by Card: {rest.format()}", "Paid by Store credit: $7.00"]]
        check(order)

    def test_what_came_back_in_part_and_then_an_edit(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=500)
        order = bought((mug, 2))
        changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="", by="staff:1")
        outbox.drain(rounds=50, mails=False)
        back = now(order).money(now(order).refunded_minor)
        changes.edit(
            order_id=order.pk, seen_revision=1, added={carts.variant_of(bowl).pk: 1}, reason="", by="staff:1"
        )  # fmt: skip
        outbox.drain(rounds=50, mails=False)
        more = now(order).money(now(order).balance_minor)
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
        outbox.drain(rounds=50, mails=False)
        changes.cancel_units(order_id=order.pk, units={line_of(order, bowl).pk: 1}, reason="", by="staff:1")
        outbox.drain(rounds=50, mails=False)
        first, _note, second, _last = numbers(order)
        assert told(order) == [
            [f"Paid by Card: {order.total.format()}"],
            [f"This takes {back.format()} off {first}.", f"We give back to you: {back.format()}"],
            [f"Still to be paid: {more.format()}"],
            [f"This takes {more.format()} off {second}.", f"We give back to you: {more.format()}"],
        ]
        check(order)

    def test_the_unpaid_part_is_set_off_and_the_rest_told_where_it_goes(self) -> None:
        order = factory.paid([(1, 57057, "standard")], [VAT])
        services.settle(order.pk)
        factory.add(order, [(1, 7829, "standard")], [VAT])
        services.settle(order.pk)
        factory.take_back(order, {order.lines.order_by("position")[1].pk: 1})
        factory.allow(order, 4934)
        services.settle(order.pk)
        assert [line for line in told(order)[2] if "takes" not in line] == [
            "Set off against what was still to be paid: €78.29",
            "We give back to you: €49.34",
        ]
        assert settling.told(selectors.complete(order.pk)) == 4934

    def test_a_paper_issued_anew_says_how_all_of_it_was_paid(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        order = bought((carts.product(amount=2000), 1))
        services.reissue(
            order_id=order.pk, seen=numbers(order)[-1], billing_address={**order.shipping_address, "company": "Ltd"},
            reason="Wrong name", by="staff:1",
        )  # fmt: skip
        first, _note, invoice = numbers(order)
        assert told(order)[1:] == [
            [
                f"This takes {order.total.format()} off {first}.",
                f"Invoice {invoice} takes its place: {order.total.format()}",
            ],
            [f"Paid by Card: {order.total.format()}"],
        ]
        check(order)

    def test_an_older_paper_reads_as_it_did(self, monkeypatch: Any) -> None:
        snapshot = content.snapshot

        def as_it_was(*args: Any, **how: Any) -> dict[str, Any]:
            found = snapshot(*args, **how)
            found["payment"].pop("settled")
            return found

        order = factory.paid([(2, 1000, "standard")], [VAT])
        monkeypatch.setattr(content, "snapshot", as_it_was)
        monkeypatch.setattr(settling, "numbered", lambda told, _numbers: told)
        services.settle(order.pk)
        factory.remove(order, {order.lines.get().pk: 1})
        services.settle(order.pk)
        [invoice, note] = selectors.documents_of(order.pk)
        assert told(order) == [[], [f"This takes €10.00 off {invoice.number}.", "We give back to you: €10.00"]]
        assert settling.told([Document.objects.get(pk=note.pk)]) == 1000
