"""What a shopper may ask for, what the merchant says to it, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.orders.models import OrderLine
from checkout.returns import selectors
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnUnit
from checkout.returns.services import ReturnRefused
from shop.core import db
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import catalog
from tests.factories import checkout as made
from tests.factories import returns as make
from tests.factories.accounts import UserFactory
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


def refusal(order: object, *what: returns.Wanted, **more: object) -> tuple[str, str]:
    """The code and the sentence with which a wish is refused; nothing is kept of it."""
    before = Return.objects.count()
    with pytest.raises(ReturnRefused) as refused:
        make.asked(order, *what, **more)  # type: ignore[arg-type]
    assert Return.objects.count() == before
    return refused.value.code, str(refused.value)


def history(found: Return) -> list[tuple[int, str, str, str]]:
    return [(step.position, step.trigger, step.status, step.actor) for step in selectors.steps_of(found.pk)]


class TestAsking:
    def test_what_the_rules_allow_is_approved_at_once(self) -> None:
        order = make.arrived(quantity=3)
        found = make.asked(order, make.wanted(make.lines(order)[0], 2), comment=" Too big ")
        assert (found.status, found.comment, found.label_paid_by) == ("approved", "Too big", "shop")
        assert found.number == f"RET-{db.clock().year}{int(found.number[8:]):06d}"
        assert [(unit.number, unit.acceptance) for unit in selectors.units_of(found.pk)] == [
            (1, "accepted"), (2, "accepted")
        ]  # fmt: skip
        assert history(found) == [(1, "request", "approved", "guest"), (2, "approve", "approved", "system")]
        outbox.drain(mails=False)
        assert set(Notification.objects.filter(template__startswith="return").values_list("template", flat=True)) == {
            "return_approved"
        }

    def test_a_person_decides_where_the_rule_says_so(self) -> None:
        make.rule(approval="person")
        found = make.asked(make.arrived())
        assert found.status == "requested"
        outbox.drain(mails=False)
        assert Notification.objects.filter(template="return_requested").count() == 1
        for _again in range(2):
            found = returns.approve(return_id=found.pk, by="staff:1", note="Fine")
        assert history(found) == [(1, "request", "requested", "guest"), (2, "approve", "approved", "staff:1")]
        outbox.drain(mails=False)
        assert Notification.objects.filter(template="return_approved").count() == 1

    def test_one_item_for_a_person_holds_the_whole_return(self) -> None:
        make.rule(conditions=["unopened"])
        order = make.arrived([stocked(3), stocked(3)])
        one, two = make.lines(order)
        found = make.asked(order, make.wanted(one), make.wanted(two, condition="used"))
        assert {unit.acceptance for unit in selectors.units_of(found.pk)} == {"manual"}

    def test_the_same_form_twice_is_one_return(self) -> None:
        order = make.arrived(quantity=2)
        first = make.asked(order, key="once")
        assert make.asked(order, key="once") == first
        other = make.arrived()
        assert refusal(other, key="once")[0] == "key_reused"

    def test_units_are_in_one_return_only(self) -> None:
        order = make.arrived(quantity=3)
        [line] = make.lines(order)
        make.asked(order, make.wanted(line, 2))
        assert refusal(order, make.wanted(line, 2)) == ("too_many_units", f"{line.name}: only 1 can be returned now.")
        second = make.asked(order, make.wanted(line))
        assert [unit.number for unit in selectors.units_of(second.pk)] == [3]
        code, text = refusal(order, make.wanted(line))
        assert (code, text) == (
            "too_many_units", f"{line.name}: none can be returned now; all that was sent is in a return already."
        )  # fmt: skip

    def test_units_that_have_not_been_sent_yet_cannot_come_back(self) -> None:
        order = make.arrived()
        [line] = make.lines(order)
        Shipment.objects.filter(order=order).update(status="picked", shipped_at=None, delivered_at=None)
        assert refusal(order, make.wanted(line)) == (
            "too_many_units", f"{line.name} has not been sent yet, so none of it can be returned."
        )  # fmt: skip

    def test_units_of_a_cancelled_return_are_free_again(self) -> None:
        order = make.arrived()
        first = make.asked(order)
        returns.cancel(return_id=first.pk, by="guest")
        assert make.asked(order).status == "approved"

    @pytest.mark.parametrize(
        ("about", "code"),
        [
            ({"quantity": 0}, "too_many_units"),
            ({"quantity": -1}, "too_many_units"),
            ({"reason": "because"}, "bad_reason"),
            ({"condition": "gone"}, "bad_reason"),
        ],
    )
    def test_bad_wishes(self, about: dict[str, object], code: str) -> None:
        order = make.arrived()
        assert refusal(order, make.wanted(make.lines(order)[0], **about))[0] == code  # type: ignore[arg-type]

    def test_lines_of_other_orders_and_twice_the_same(self) -> None:
        order, other = make.arrived(quantity=2), make.arrived()
        assert refusal(order, make.wanted(make.lines(other)[0]))[0] == "unknown_line"
        assert refusal(order, *[make.wanted(make.lines(order)[0])] * 2)[0] == "line_twice"
        with pytest.raises(ReturnRefused, match="Choose what you want to send back"):
            returns.request(order_id=order.pk, wanted=(), wish="original", key="none", by="guest")

    def test_a_guest_has_no_store_credit(self) -> None:
        assert refusal(make.arrived(), wish="store_credit")[0] == "no_account"
        order = make.arrived(customer_id=UserFactory().pk)
        assert make.asked(order, wish="store_credit").wish == "store_credit"
        assert refusal(make.arrived(), wish="gold")[0] == "bad_wish"

    def test_what_is_not_sent_cannot_come_back(self) -> None:
        order = made.paid()
        assert refusal(order)[0] == "too_many_units"
        [row] = selectors.returnable(order)
        assert (row.units, row.objection) == (0, "This item has not been sent yet.")

    def test_a_cancelled_order_has_nothing_to_return(self) -> None:
        order = orders.cancel(order_id=made.paid().pk, by="guest")
        assert refusal(order) == ("order_over", "This order is “Cancelled”: nothing of it can be returned.")
        assert not selectors.can_return(order)


class TestPolicy:
    def late(self, order: object, days: int) -> None:
        Shipment.objects.filter(order=order).update(delivered_at=F("delivered_at") - timedelta(days=days))

    def test_out_of_time(self) -> None:
        order = make.arrived()
        self.late(order, 30)
        [row] = selectors.returnable(order)
        assert (row.units, row.promise[:27]) == (1, "Can be returned until " + row.promise[22:27])
        self.late(order, 1)
        [row] = selectors.returnable(order)
        assert row.objection.startswith("Returns of this item were possible until ")
        code, text = refusal(order)
        assert (code, text) == ("too_late", f"{row.line.name}: {row.objection}")

    def test_without_a_delivery_the_day_it_left_counts(self) -> None:
        order = make.arrived()
        Shipment.objects.filter(order=order).update(
            delivered_at=None, status="shipped", shipped_at=F("shipped_at") - timedelta(days=31)
        )
        assert refusal(order)[0] == "too_late"

    def test_final_sale(self) -> None:
        make.rule(is_final_sale=True)
        order = make.arrived()
        [line] = make.lines(order)
        assert refusal(order) == ("final_sale", f"{line.name}: This item was a final sale and cannot be returned.")

    def test_rules_look_at_category_type_and_product(self) -> None:
        kind = catalog.ProductTypeFactory(code="shoe", name="Shoe")
        shoe = catalog.product(category=catalog.category("Clothes", "Shoes"), product_type=kind)
        make.add_rule(position=1, name="Shoes", category_path="clothes", window_days=14)
        item = stocked(1, variant_id=shoe.variants.get().pk)
        order = make.arrived([item])
        OrderLine.objects.filter(order=order).update(product_id=shoe.pk)
        assert selectors.returnable(order)[0].ruling.policy.name == "Shoes"
        make.add_rule(position=0, name="This shoe", product_id=shoe.pk)
        assert selectors.returnable(order)[0].ruling.policy.name == "This shoe"

    def test_without_a_rule_nothing_comes_back(self) -> None:
        make.rule(is_active=False)
        assert refusal(make.arrived())[0] == "no_rule"

    def test_who_pays_the_way_back(self) -> None:
        make.rule(label_paid_by="shopper")
        order = make.arrived(quantity=2)
        assert make.asked(order).label_paid_by == "shopper"
        assert make.asked(order, make.wanted(make.lines(order)[0], reason="damaged")).label_paid_by == "shop"

    @pytest.mark.parametrize("count", [1, 6])
    def test_the_same_queries_for_one_line_and_for_many(
        self, count: int, django_assert_max_num_queries: object
    ) -> None:
        order = make.arrived([stocked(2) for _ in range(count)])
        with django_assert_max_num_queries(8):  # type: ignore[operator]
            selectors.returnable(order)


class TestAnswers:
    def test_refused_with_a_reason(self) -> None:
        make.rule(approval="person")
        found = make.asked(make.arrived())
        with pytest.raises(ReturnRefused, match="Say why"):
            returns.refuse(return_id=found.pk, reason=" ", by="staff:1")
        for _again in range(2):
            found = returns.refuse(return_id=found.pk, reason="It was worn.", by="staff:1")
        assert (found.status, found.answer) == ("refused", "It was worn.")
        assert [step[1] for step in history(found)] == ["request", "refuse"]
        outbox.drain(mails=False)
        mail = Notification.objects.get(template="return_refused")
        assert mail.context["returned"]["answer"] == "It was worn."
        with pytest.raises(ReturnRefused, match="not possible any more"):
            returns.approve(return_id=found.pk, by="staff:1")

    def test_sent_then_received_can_no_longer_be_cancelled(self) -> None:
        found = make.asked(make.arrived())
        for _again in range(2):
            found = returns.note_sent(return_id=found.pk, by="guest", note="1Z9")
        assert found.status == "in_transit"
        returns.receive(return_id=found.pk, units=make.units_by_line(found), by="staff:1")
        for command in (returns.cancel, returns.note_sent):
            with pytest.raises(ReturnRefused, match="is “received”"):
                command(return_id=found.pk, by="guest")
        with pytest.raises(ReturnRefused, match="is “received”"):
            returns.refuse(return_id=found.pk, reason="No", by="staff:1")
        assert [step[1] for step in history(found)] == ["request", "approve", "send", "receive"]

    def test_cancelling_twice_is_once(self) -> None:
        found = make.asked(make.arrived())
        for _again in range(2):
            found = returns.cancel(return_id=found.pk, by="guest")
        assert found.status == "cancelled"
        assert [step[1] for step in history(found)] == ["request", "approve", "cancel"]
        assert set(ReturnUnit.objects.values_list("reception", flat=True)) == {"cancelled"}

    def test_what_waits_for_a_person_is_not_sent(self) -> None:
        make.rule(approval="person")
        found = make.asked(make.arrived())
        with pytest.raises(ReturnRefused, match="waits for approval"):
            returns.note_sent(return_id=found.pk, by="guest")
