"""Issuing: papers follow the order, each number is used once, files are made once."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout.invoices import content, invariants, rules, selectors, services
from checkout.invoices.models import Document, DocumentCounter, InvoiceDetails
from checkout.orders import locking, revising
from checkout.orders import services as orders
from checkout.orders.models import Order
from shop.core import db
from tests import outbox
from tests.factories import checkout as shop
from tests.factories import invoices as factory
from tests.factories.invoices import SALES, SALES_FOOD, VAT, VAT_FOOD, ZERO
from tests.faults.report import LONG

pytestmark = pytest.mark.django_db


def line_ids(order):
    return list(order.lines.order_by("position").values_list("pk", flat=True))


def told(documents):
    return [(one.number, one.net_minor, one.tax_minor, one.gross_minor) for one in documents]


def check(order):
    """Papers say what is due and what each line comes to, and the invariants hold."""
    order = Order.objects.get(pk=order.pk)
    papers = selectors.complete(order.pk)
    assert sum(-one.gross_minor if one.is_credit else one.gross_minor for one in papers) == order.due_minor
    assert selectors.issued(papers) == selectors.standing(order, list(order.lines.order_by("position")))
    for told in (one.content for one in papers):
        assert sum(row["total"] - row["discount"] for row in content.printed(told)) == told["totals"]["goods"]
    assert invariants.numbers_have_no_gaps() == []
    outbox.drain(mails=False)
    assert invariants.documents_agree() == []


YEAR = 2026


@pytest.fixture(autouse=True)
def year(monkeypatch):
    """The clock stands in the year of the numbers that these tests expect."""
    monkeypatch.setattr(services.db, "clock", lambda: datetime(YEAR, 11, 21, 12, tzinfo=UTC))


class TestSettle:
    def test_a_paid_order_is_invoiced_once(self):
        order = factory.paid([(2, 1200, "standard"), (1, 500, "food")], [VAT, VAT_FOOD], discount=290, shipping=600)
        (invoice,) = services.settle(order.pk)
        assert told([invoice]) == [("INV-2026-000001", 2746, 464, 3210)]
        assert services.settle(order.pk) == []
        check(order)

    def test_its_content_is_all_that_is_printed(self):
        order = factory.paid([(2, 1200, "standard")], [VAT], discount=400, shipping=600)
        (invoice,) = services.settle(order.pk)
        (line,) = invoice.content["lines"]
        names = ("units", "unit_price", "total", "discount", "shipping", "net", "tax", "gross")
        assert [line[name] for name in names] == [2, 1200, 2400, 400, 600, 2167, 433, 2600]
        assert invoice.content["taxes"] == [
            {"name": "VAT", "rate": "0.20", "is_included": True, "base": 2167, "tax": 433}
        ]
        assert invoice.content["totals"] == {
            "goods": 2000, "delivery": 600, "added_tax": 0, "net": 2167, "tax": 433, "gross": 2600,
        }  # fmt: skip
        assert invoice.content["billing_address"] == shop.ADDRESS
        assert invoice.content["order"]["number"] == order.number == invoice.order_number

    def test_tax_on_top_of_the_price_and_delivery_without_tax(self):
        order = factory.paid([(3, 1000, "standard"), (1, 999, "books")], [SALES, ZERO], shipping=500, currency="USD")
        (invoice,) = services.settle(order.pk)
        assert [(tax["rate"], tax["base"], tax["tax"]) for tax in invoice.content["taxes"]] == [
            ("0.0825", 3000, 248), ("0", 375 + 125, 0), ("0", 999, 0),
        ]  # fmt: skip
        check(order)

    def test_before_it_is_paid_there_is_none(self):
        order = factory.paid(is_paid=False)
        assert services.settle(order.pk) == []
        orders.cancel(order_id=order.pk, by="staff:1")
        assert services.settle(order.pk) == []
        assert Document.objects.count() == 0

    def test_units_that_were_taken_off_are_credited_and_name_their_invoice(self):
        order = factory.paid([(3, 1000, "standard"), (1, 700, "food")], [VAT, VAT_FOOD], shipping=500)
        (invoice,) = services.settle(order.pk)
        factory.remove(order, {line_ids(order)[0]: 1})
        (note,) = services.settle(order.pk)
        assert (note.number, note.kind) == ("CN-2026-000001", "credit_note")
        assert note.content["corrects"] == [{"number": invoice.number, "issued_on": "2026-11-21"}]
        assert [(line["units"], line["total"]) for line in note.content["lines"]] == [(1, 1000)]
        check(order)

    def test_no_line_of_a_paper_is_below_nought_when_units_go_and_delivery_becomes_dearer(self):
        order = factory.paid([(3, 100, "standard"), (1, 700, "food")], [VAT, VAT_FOOD], shipping=599)
        services.settle(order.pk)
        with transaction.atomic(using=db.DEFAULT):
            locked = locking.order(order.pk)
            revising.revise(
                order=locked, kind="edit", by="staff:1", removed={line_ids(order)[0]: 1}, delivery_minor=1599
            )  # fmt: skip
        note, invoice = services.settle(order.pk)
        assert [(row["units"], row["total"]) for row in note.content["lines"]] == [(3, 300)]
        assert [(row["units"], row["total"]) for row in invoice.content["lines"]] == [(2, 200), (0, 0)]
        rows = note.content["lines"] + invoice.content["lines"]
        assert min(row[name] for row in rows for name in ("shipping", "tax", "net", "gross")) >= 0
        check(order)
        assert services.settle(order.pk) == []

    def test_what_goes_and_what_comes_are_two_papers(self):
        order = factory.paid([(3, 1000, "standard")], [VAT])
        services.settle(order.pk)
        factory.swap(order, {line_ids(order)[0]: 2}, [(1, 4500, "food")], [VAT_FOOD])
        assert [(one.number, one.gross_minor) for one in services.settle(order.pk)] == [
            ("CN-2026-000001", 2000),
            ("INV-2026-000002", 4500),
        ]
        check(order)

    def test_returned_units_and_goodwill_are_credited(self):
        order = factory.paid([(2, 1000, "standard"), (2, 500, "food")], [VAT, VAT_FOOD], discount=300, shipping=400)
        services.settle(order.pk)
        factory.allow(order, 350)
        (goodwill,) = services.settle(order.pk)
        assert (goodwill.gross_minor, [content.is_goodwill(line) for line in goodwill.content["lines"]]) == (
            350,
            [True],
        )
        factory.take_back(order, {line_ids(order)[0]: 2})
        services.settle(order.pk)
        factory.take_back(order, {line_ids(order)[1]: 1})
        services.settle(order.pk)
        check(order)

    def test_a_cancelled_order_is_credited_whole(self):
        order = factory.paid([(2, 1000, "standard")], [SALES], shipping=400)
        (invoice,) = services.settle(order.pk)
        orders.cancel(order_id=order.pk, by="staff:1")
        (note,) = services.settle(order.pk)
        assert (note.net_minor, note.tax_minor) == (invoice.net_minor, invoice.tax_minor)
        assert services.settle(order.pk) == []
        check(order)

    def test_an_order_that_costs_nothing_has_its_invoice(self):
        order = factory.paid([(1, 1000, "standard")], [VAT], discount=1000)
        (invoice,) = services.settle(order.pk)
        assert invoice.gross_minor == 0
        assert services.settle(order.pk) == []

    def test_an_older_order_whose_lines_know_no_rates_has_them_from_its_own(self):
        order = factory.paid([(1, 1000, "standard")], [SALES])
        order.lines.update(taxes=[])
        (invoice,) = services.settle(order.pk)
        assert [(tax["name"], tax["base"], tax["tax"]) for tax in invoice.content["taxes"]] == [("Sales tax", 1000, 83)]

    def test_one_wish_of_the_merchant_is_to_wait_for_the_first_parcel(self):
        services.save_details(details=InvoiceDetails(name="Shop", issue_when="shipped"), by="staff:1")
        order = factory.paid()
        assert services.settle(order.pk) == []
        Order.objects.filter(pk=order.pk).update(fulfilment_state="partly_shipped")
        assert [one.number for one in services.settle(order.pk)] == ["INV-2026-000001"]

    def test_what_it_says_of_the_merchant_stays_as_it_was(self):
        services.save_details(details=InvoiceDetails(name="Old name", vat_id="DE123456789"), by="staff:1")
        order = factory.paid()
        (invoice,) = services.settle(order.pk)
        services.save_details(details=InvoiceDetails(name="New name"), by="staff:1")
        assert selectors.whole(invoice.pk).content["seller"]["name"] == "Old name"

    @settings(
        max_examples=200 if LONG else 6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.data())
    def test_papers_follow_whatever_happens_to_an_order(self, data):
        with transaction.atomic(using=db.DEFAULT):
            rates = data.draw(st.sampled_from([[VAT, VAT_FOOD, ZERO], [SALES, SALES_FOOD], [], [SALES, VAT_FOOD]]))
            classes = st.sampled_from(["standard", "food", "books"])
            wanted = st.tuples(st.integers(1, 4), st.integers(1, 9_999), classes)
            order = factory.paid(
                data.draw(st.lists(wanted, min_size=1, max_size=3)), rates,
                discount=data.draw(st.integers(0, 3000)), shipping=data.draw(st.integers(0, 900)),
            )  # fmt: skip
            services.settle(order.pk)
            for _step in range(data.draw(st.integers(1, 5))):
                self.happens(order, rates, data)
                if data.draw(st.booleans()):
                    services.settle(order.pk)
            services.settle(order.pk)
            check(order)
            assert services.settle(order.pk) == []
            transaction.set_rollback(True, using=db.DEFAULT)

    def happens(self, order, rates, data):
        order.refresh_from_db()
        lines = list(order.lines.order_by("position"))
        line = data.draw(st.sampled_from(lines))
        left = line.quantity - line.returned
        what = data.draw(st.sampled_from(["remove", "return", "goodwill", "add"]))
        if what == "goodwill":
            factory.allow(order, data.draw(st.integers(0, order.due_minor)))
        elif what == "add":
            factory.add(order, [(1, data.draw(st.integers(1, 5000)), "standard")], rates)
        elif what == "return" and left:
            factory.take_back(order, {line.pk: data.draw(st.integers(1, left))})
        elif left > 1 or (left and len(lines) > 1 and line.quantity > 1):
            factory.remove(order, {line.pk: data.draw(st.integers(1, max(1, left - 1)))})


class TestNumbers:
    def test_they_are_counted_by_series_and_year_of_the_merchants_time_zone(self, monkeypatch):
        services.save_details(details=InvoiceDetails(name="Shop", time_zone="Asia/Tokyo"), by="staff:1")
        moments = [datetime(2026, 12, 31, 14, 59, tzinfo=UTC), datetime(2026, 12, 31, 15, 0, tzinfo=UTC)]
        numbers = []
        for moment in moments:
            order = factory.paid()
            monkeypatch.setattr(services.db, "clock", lambda moment=moment: moment)
            (invoice,) = services.settle(order.pk)
            numbers.append((invoice.number, invoice.issued_on.isoformat()))
        assert numbers == [("INV-2026-000001", "2026-12-31"), ("INV-2027-000001", "2027-01-01")]

    def test_who_waits_past_midnight_takes_a_number_of_the_new_year(self, monkeypatch):
        order = factory.paid()
        moments = [datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), *[datetime(2027, 1, 1, tzinfo=UTC)] * 3]
        monkeypatch.setattr(services.db, "clock", lambda: moments.pop(0))
        (invoice,) = services.settle(order.pk)
        assert (invoice.number, invoice.year) == ("INV-2027-000001", 2027)
        assert dict(DocumentCounter.objects.values_list("year", "last")) == {2026: 0, 2027: 1}
        assert invariants.numbers_have_no_gaps() == []

    def test_what_is_rolled_back_leaves_no_gap(self):
        one, two = factory.paid(), factory.paid()
        with transaction.atomic(using=db.DEFAULT):
            assert [one.number for one in services.settle(one.pk)] == ["INV-2026-000001"]
            transaction.set_rollback(True, using=db.DEFAULT)
        assert [services.settle(order.pk)[0].number for order in (two, one)] == ["INV-2026-000001", "INV-2026-000002"]

    def test_both_kinds_may_share_a_series(self):
        details = InvoiceDetails(name="Shop", invoice_series="R", credit_note_series="R")
        services.save_details(details=details, by="staff:1")
        order = factory.paid([(2, 1000, "standard")])
        services.settle(order.pk)
        factory.swap(order, {line_ids(order)[0]: 1}, [(1, 300, "standard")])
        assert sorted(one.number for one in services.settle(order.pk)) == ["R-2026-000002", "R-2026-000003"]
        check(order)


class TestKept:
    @pytest.mark.parametrize(
        "change",
        [{"number": "INV-2026-000009"}, {"content": {}}, {"gross_minor": 1, "net_minor": 1}, {"order_number": "x"}],
    )
    def test_a_paper_is_never_changed(self, change):
        (invoice,) = services.settle(factory.paid().pk)
        with pytest.raises(DatabaseError, match="kept as issued"), transaction.atomic(using=db.DEFAULT):
            Document.objects.filter(pk=invoice.pk).update(**change)

    def test_a_paper_is_never_deleted(self):
        (invoice,) = services.settle(factory.paid().pk)
        with pytest.raises(DatabaseError, match="kept as issued"), transaction.atomic(using=db.DEFAULT):
            Document.objects.filter(pk=invoice.pk).delete()

    def test_its_file_is_set_once(self):
        (invoice,) = services.settle(factory.paid().pk)
        made = services.pdf(invoice)
        with pytest.raises(DatabaseError, match="kept as issued"), transaction.atomic(using=db.DEFAULT):
            Document.objects.filter(pk=invoice.pk).update(pdf=b"other", pdf_sha256="0" * 64)
        row = Document.objects.get(pk=invoice.pk)
        assert (bytes(row.pdf), row.pdf_sha256) == (made, sha256(made).hexdigest())

    def test_it_is_reprinted_byte_for_byte_whatever_the_printer_has_become(self, monkeypatch):
        (invoice,) = services.settle(factory.paid().pk)
        first = services.pdf(invoice)
        monkeypatch.setattr(services.paper, "render", lambda document: b"%PDF of a newer printer")
        assert services.pdf(invoice) == first


class TestInvariants:
    def test_a_missing_credit_note_is_told(self):
        order = factory.paid([(2, 1000, "standard")])
        services.settle(order.pk)
        outbox.drain(mails=False)
        Order.objects.filter(pk=order.pk).update(allowed_minor=300)
        assert invariants.documents_agree() == [
            f"I7 {order.number}: its invoices less credit notes come to 2000, 1700 is due"
        ]

    def test_a_line_that_is_not_what_was_charged_is_told(self):
        order = factory.paid([(2, 1000, "standard"), (1, 500, "food")], [VAT, VAT_FOOD])
        services.settle(order.pk)
        outbox.drain(mails=False)
        order.lines.filter(position=2).update(tax_minor=60, included_tax_minor=60)
        assert invariants.documents_agree() == [
            f"I7 {order.number}, line 2: units, tax and price are [1, 60, 500], its documents say [1, 24, 500]"
        ]

    def test_a_gap_is_told(self):
        services.settle(factory.paid().pk)
        DocumentCounter.objects.update(last=3)
        assert invariants.numbers_have_no_gaps() == [
            "I7 series INV of 2026: 1 documents up to number 1, the counter says 3"
        ]


def test_rates_are_told_apart_on_a_paper():
    order = factory.paid([(1, 1000, "standard"), (1, 1000, "food")], [VAT, VAT_FOOD])
    (invoice,) = services.settle(order.pk)
    assert rules.taxes(content.lines(invoice.content)) == {
        ("VAT", "0.20", True): rules.Sums(833, 167),
        ("VAT", "0.05", True): rules.Sums(952, 48),
    }
