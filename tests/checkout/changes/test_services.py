"""Edits of placed orders: amounts, units, money and who is told, against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from cart.tax.models import TaxRate
from checkout.changes import emails, planning, writing
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.selectors import shipments_of
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from checkout.receivables.models import Receivable
from checkout.storecredit import services as credit
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from shop.core import db
from shop.core.money import Money
from shop.notifications import services
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories.changes import bought, line_of, money, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture(autouse=True)
def rates() -> None:
    carts.rates()


def edit(order: Order, **wanted: object) -> OrderChange:
    """Edited by staff who has just looked; what follows has happened."""
    seen = now(order).revision
    change = changes.edit(order_id=order.pk, seen_revision=seen, reason="asked for", by=BY, **wanted)  # type: ignore[arg-type]
    outbox.drain(rounds=50)
    return change


def sent(order: Order) -> None:
    """All of it is picked and handed over."""
    fulfilment.start(order_id=order.pk, by=BY)
    fulfilment.pick(order_id=order.pk, by=BY)
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1Z", by=BY)
    outbox.drain(rounds=50)


def clean() -> bool:
    return (violations(), outbox.failures()) == ([], [])


def test_a_unit_taken_off_gives_its_share_back(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 3))
    assert money(order) == (6974, 6974, 0, 0)  # 60.00 + 5.99, and 6.25 % of the goods
    edit(order, removed={line_of(order, mug).pk: 1})
    # a third of each: price 20.00, delivery 1.99, tax 1.25
    assert money(order) == (6974 - 2324, 6974, 2324, 0)
    line = line_of(order, mug)
    assert (line.quantity, line.removed, line.shipping_minor, line.tax_minor) == (2, 1, 400, 250)
    assert stock.available([line.variant_id]) == {line.variant_id: 8}
    assert (now(order).revision, now(order).payment_state) == (1, "partly_refunded")
    assert clean()


def test_all_units_one_after_the_other_give_back_exactly_what_they_cost(shop_sandbox: RunningSandbox) -> None:
    mug, bowl = carts.product(units=10, amount=333), carts.product(units=10, amount=999)
    carts.coupon()
    order = bought((mug, 3), (bowl, 2), coupons=("SAVE10",))
    paid = order.total_minor
    for product in (mug, bowl, mug, bowl):
        edit(order, removed={line_of(order, product).pk: 1})
    due, captured, refunded, balance = money(order)
    assert (captured, due + refunded, balance) == (paid, paid, 0)
    assert now(order).discount_lines[0]["amount_minor"] == now(order).discount_minor
    with pytest.raises(changes.OrderCancelled, match="cancelled as a whole"):
        edit(order, removed={line_of(order, mug).pk: 1})
    outbox.drain(rounds=50)
    assert (now(order).status, now(order).refunded_minor) == ("refunded", paid)
    assert clean()


def test_an_added_unit_is_the_orders_at_once_and_paid_by_the_link(shop_sandbox: RunningSandbox) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=3, amount=1000)
    order = bought((mug, 1))
    variant = carts.variant_of(bowl).pk
    foreseen = changes.preview(order_id=order.pk, added={variant: 2})
    assert (foreseen.difference.minor, foreseen.to_pay.minor) == (2125, 2125)  # 20.00 and its tax, no delivery
    assert stock.available([variant]) == {variant: 3}  # a preview holds nothing
    edit(order, added={variant: 2})
    assert stock.available([variant]) == {variant: 1}
    assert money(order)[3] == 2125
    standing = payment_selectors.standing(now(order))
    assert (standing.state, standing.amount and standing.amount.minor, standing.step) == ("balance", 2125, "")
    [mail] = Notification.objects.filter(template="order_changed")
    assert (mail.status, mail.context["to_pay"], mail.context["comes_back"]) == ("sent", "$21.25", None)
    assert mail.context["order"]["arrives"] is None  # it leaves once that is paid
    [row] = mail.context["added"]
    new = line_of(order, bowl)
    assert (row["name"], row["options"], row["quantity"]) == (new.name, " · ".join(new.options.values()), 2)
    with pytest.raises(orders.TransitionRefused, match="not all of what it costs is taken or held"):
        orders.apply(order_id=order.pk, trigger="start_fulfillment", by=BY)
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(rounds=50)
    assert (money(order)[3], now(order).status, now(order).payment_state) == (0, "payment_confirmed", "paid")
    assert [payment.amount_minor for payment in Payment.objects.order_by("id")] == [order.total_minor, 2125]
    assert [step.trigger for step in now(order).steps.all()].count("payment_success") == 1
    assert clean()


@pytest.mark.parametrize(("by", "told"), [("staff:1", ""), ("guest", "I have two")])
def test_what_staff_note_with_units_that_they_cancel_is_theirs(
    shop_sandbox: RunningSandbox, by: str, told: str
) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2))
    changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="I have two", by=by)
    outbox.drain(rounds=50)
    [mail] = Notification.objects.filter(template="order_changed")
    assert (mail.context["reason"], [row["quantity"] for row in mail.context["removed"]]) == (told, [1])


def test_a_declined_balance_cancels_nothing_and_may_be_tried_again(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1))
    edit(order, added={carts.variant_of(mug).pk: 1})
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_chargeDeclined", by="guest")
    outbox.drain(rounds=50)
    standing = payment_selectors.standing(now(order))
    assert (standing.state, standing.step, now(order).status) == ("balance", "declined", "payment_confirmed")
    assert standing.error.startswith("Your bank declined this card. Nothing was charged.")
    assert not Notification.objects.filter(template__in=["payment_failed", "order_cancelled"]).exists()
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(rounds=50)
    assert (money(order)[3], payment_selectors.standing(now(order)).state) == (0, "confirmed")
    with pytest.raises(payments.PaymentRefused, match="This order is paid"):
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    assert clean()


def test_a_balance_that_shrank_before_it_was_asked_for_is_not_taken(shop_sandbox: RunningSandbox) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=9, amount=1000)
    order = bought((mug, 1))
    edit(order, added={carts.variant_of(bowl).pk: 2})
    payment = payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    seen = now(order).revision
    changes.edit(
        order_id=order.pk, seen_revision=seen, removed={line_of(order, bowl).pk: 1}, reason="", by=BY
    )  # before any worker has asked for the money
    outbox.drain(rounds=50)
    payment.refresh_from_db()
    assert (payment.status, payment.attempts, money(order)[3]) == ("cancelled", 0, 1063)
    assert clean()


def test_a_balance_is_paid_with_store_credit(shop_sandbox: RunningSandbox) -> None:
    person = carts.customer()
    credit.grant(customer_id=person.pk, amount=Money(1000, "USD"), reason="Sorry", key="k", by=BY)
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1), customer_id=person.pk)
    edit(order, added={carts.variant_of(mug).pk: 1})
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", use_credit=True, by="guest")
    outbox.drain(rounds=50)
    taken = [(payment.provider, payment.captured_minor) for payment in Payment.objects.order_by("id")]
    assert taken == [("stripe", order.total_minor), ("store_credit", 1000), ("stripe", 1125)]
    assert money(order)[3] == 0
    edit(order, removed={line_of(order, mug).pk: 1})  # the first card pays back first
    refunds = Refund.objects.order_by("id").values_list("payment__provider", "amount_minor", "status")
    assert [(provider, status) for provider, _minor, status in refunds] == [("stripe", "done")]
    assert money(order)[3] == 0
    assert clean()


def test_an_invoice_shrinks_with_its_order(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), provider="invoice", token="", method="invoice")
    assert (order.status, order.captured_minor, order.held_minor) == ("payment_confirmed", 0, 4849)
    edit(order, removed={line_of(order, mug).pk: 1})
    receivable = Receivable.objects.get(order_id=order.pk)
    assert (receivable.open.minor, now(order).held_minor, now(order).due_minor) == (2425, 2425, 2425)
    assert payment_selectors.balance_due(now(order)) is None  # promised: nothing to ask for
    assert not Refund.objects.exists()
    [mail] = Notification.objects.filter(template="order_changed")
    assert (mail.context["to_pay"], mail.context["comes_back"], mail.context["is_less"]) == (None, None, True)
    payment = Payment.objects.get()
    payments.record_transfer(
        payment_id=payment.pk, amount=Money(2425, "USD"), statement_id="1", at=db.clock(), by=BY
    )  # fmt: skip
    assert (money(order), now(order).payment_state) == ((2425, 2425, 0, 0), "paid")
    assert clean()


def test_a_hold_is_only_taken_as_far_as_it_is_needed(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), capture_when="on_shipment")
    edit(order, removed={line_of(order, mug).pk: 1})
    assert (money(order), now(order).held_minor) == ((2425, 0, 0, 2425), 4849)
    assert payment_selectors.standing(now(order)).state == "confirmed"
    sent(order)
    assert (money(order), now(order).held_minor) == ((2425, 2425, 0, 0), 0)
    assert clean()


def test_taking_off_what_is_left_ends_a_partly_sent_order(shop_sandbox: RunningSandbox) -> None:
    """What is still held for it is let go, and the order is as far as what has left of it."""
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), capture_when="on_shipment")
    fulfilment.start(order_id=order.pk, by=BY)
    [parcel] = shipments_of(order.pk)
    [content] = parcel.lines.all()
    fulfilment.split(shipment_id=parcel.pk, units={content.pk: 1}, by=BY)
    fulfilment.pick_units(shipment_id=parcel.pk, units={content.pk: 1}, by=BY)
    fulfilment.finish_picking(shipment_id=parcel.pk, by=BY)
    fulfilment.dispatch_one(shipment_id=parcel.pk, carrier="UPS", tracking_number="1Z", by=BY)
    outbox.drain(rounds=50)
    assert (now(order).fulfilment_state, now(order).status) == ("partly_shipped", "processing")
    with pytest.raises(changes.EditRefused) as refused:
        edit(order, removed={line_of(order, mug).pk: 2})
    assert (refused.value.code, str(refused.value)) == (
        "already_shipped", f"Of “{mug.name}” only 1 can be taken off: the others have left.",
    )  # fmt: skip
    changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="", by=BY)
    outbox.drain(rounds=50)
    assert (now(order).status, now(order).held_minor, money(order)) == ("shipped", 0, (2425, 2425, 0, 0))
    assert clean()


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("unfulfilled", "We send the order as soon as that is paid."),
        ("partly_shipped", "We send what has not left us yet as soon as that is paid."),
    ],
)
def test_the_mail_says_what_waits_for_the_rest_of_the_money(
    shop_sandbox: RunningSandbox, state: str, waits: str
) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=3, amount=1000)
    order = bought((mug, 1))
    change = changes.edit(
        order_id=order.pk, seen_revision=0, added={carts.variant_of(bowl).pk: 1}, reason="", by=BY
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(fulfilment_state=state)
    emails.order_changed(order_id=order.pk, change_id=change.pk)
    row = Notification.objects.get(template="order_changed")
    assert (row.context["waits"], row.context["to_pay"]) == (waits, "$10.63")
    message = services.render(template=row.template, language="en", context=row.context)
    assert f"$10.63 is still to be paid. {waits}" in message.body.splitlines()


@pytest.mark.parametrize(("minutes", "kinds", "left"), [(5, ["edit"], 0), (-5, ["edit", "sold_out"], 0)])
def test_units_that_are_gone_before_they_are_the_orders_are_taken_off_again(
    shop_sandbox: RunningSandbox, minutes: int, kinds: list[str], left: int
) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=1, amount=1000)
    order = bought((mug, 1))
    variant = carts.variant_of(bowl).pk
    change = changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="", by=BY)
    held = Reservation.objects.filter(reference=change.pk)
    held.update(expires_at=db.clock() + timedelta(minutes=minutes))
    if minutes < 0:  # the workers come late, and somebody else has bought it
        reservations.expire()
        bought((bowl, 1), is_drained=False)
    outbox.drain(rounds=50)
    assert [one.kind for one in now(order).changes.all()] == kinds
    assert stock.available([variant]) == {variant: left}
    assert (money(order)[3] == 0) == ("sold_out" in kinds)
    assert Notification.objects.filter(template="order_changed").count() == len(kinds)
    assert clean()


@pytest.mark.parametrize(("others", "kinds", "left"), [(0, ["edit"], 9), (10, ["edit", "sold_out"], 0)])
def test_units_whose_hold_was_let_go_of_are_had_anew_or_taken_off_again(
    shop_sandbox: RunningSandbox, others: int, kinds: list[str], left: int
) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=1000)
    order = bought((mug, 1))
    variant = carts.variant_of(bowl).pk
    change = changes.edit(order_id=order.pk, seen_revision=0, added={variant: 2}, reason="", by=BY)
    changes.edit(order_id=order.pk, seen_revision=1, removed={line_of(order, bowl).pk: 1}, reason="", by=BY)
    reservations.release(reference=change.pk, by=BY)
    if others:
        bought((bowl, others), is_drained=False)
    for _twice in range(2):
        changes.settle_units(order_id=order.pk, by="system")
    outbox.drain(rounds=50)
    assert [one.kind for one in now(order).changes.order_by("revision") if one.kind != "edit" or one.added] == kinds
    assert stock.available([variant]) == {variant: left}
    assert clean()


@pytest.mark.django_db(transaction=True)
def test_a_change_whose_answer_is_lost_keeps_its_units(shop_sandbox: RunningSandbox) -> None:
    """The database has committed it and the connection breaks: it is a change like any other."""
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=1, amount=1000)
    order = bought((mug, 1))
    variant = carts.variant_of(bowl).pk
    with connection.execute_wrapper(_lost), pytest.raises(OperationalError):
        changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="", by=BY)
    assert [one.kind for one in now(order).changes.all()] == ["edit"]
    assert [one.status for one in Reservation.objects.filter(variant_id=variant)] == ["open"]
    outbox.drain(rounds=50)
    payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    outbox.drain(rounds=50)
    packed = [content for parcel in shipments_of(order.pk) for content in parcel.lines.all()]
    assert sorted(str(content.order_line_id) for content in packed) == sorted(
        str(line.pk) for line in order.lines.all()
    )
    assert (money(order)[3], stock.available([variant])) == (0, {variant: 0})
    assert clean()


def _lost(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Once a change was written, its transaction ends well and nobody hears of it."""
    if sql.startswith('INSERT INTO "checkout_orderchange"'):
        transaction.on_commit(_break, using=db.DEFAULT)
    return execute(sql, params, many, context)


def _break() -> None:
    raise OperationalError("server closed the connection unexpectedly")


def test_a_change_that_cannot_be_written_holds_nothing() -> None:
    bowl = carts.product(units=3, amount=1000)
    order = bought((bowl, 1), is_drained=False)
    variant = carts.variant_of(bowl).pk
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed")
    plan = planning.plan(now(order), list(order.lines.all()), planning.Wish(added={variant: 1}))
    Order.objects.filter(pk=order.pk).update(revision=1)
    with pytest.raises(changes.EditRefused) as refused:
        changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="", by=BY)
    assert refused.value.code == "changed_meanwhile"
    with pytest.raises(changes.EditRefused):
        writing.write(order_id=order.pk, plan=plan, by=BY, reason="", change_id=db.uuid7(), seen_revision=0)
    assert stock.available([variant]) == {variant: 2}
    assert not OrderChange.objects.exists()


def test_another_delivery_is_spread_over_the_lines_with_its_tax(shop_sandbox: RunningSandbox) -> None:
    TaxRate.objects.update(applies_to_shipping=True)
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=1000)
    order = bought((mug, 1), (bowl, 1))
    assert (order.shipping_minor, order.total_minor) == (599, 3824)
    edit(order, delivery_option="express")
    # 14.99 instead of 5.99, and 6.25 % of the goods and of it
    assert (now(order).shipping_minor, now(order).tax_minor, now(order).total_minor) == (1499, 281, 4780)
    assert [line.shipping_minor for line in order.lines.order_by("position")] == [999, 500]
    edit(order, delivery_option="standard")
    assert (now(order).shipping_minor, now(order).total_minor, money(order)[3]) == (599, 3824, 0)
    assert clean()


@pytest.mark.parametrize(("is_taxed", "tax"), [(False, 94), (True, 131)])
def test_swapped_for_something_else_it_is_delivered_all_the_same(
    shop_sandbox: RunningSandbox, is_taxed: bool, tax: int
) -> None:
    """40.00 of mugs for a bowl of 15.00: the delivery of 5.99 goes on to it, with its tax."""
    TaxRate.objects.update(applies_to_shipping=is_taxed)
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=1500)
    order = bought((mug, 2))
    wanted = {"removed": {line_of(order, mug).pk: 2}, "added": {carts.variant_of(bowl).pk: 1}}
    seen = changes.preview(order_id=order.pk, **wanted)
    change = edit(order, **wanted)
    due = 1500 + 599 + tax
    assert (seen.due.minor, seen.difference.minor) == (due, change.difference_minor)
    assert (now(order).shipping_minor, now(order).tax_minor, money(order)) == (
        599, tax, (due, order.total_minor, order.total_minor - due, 0)
    )  # fmt: skip
    sent(order)
    assert (now(order).status, money(order)[3]) == ("shipped", 0)
    assert clean()


def test_it_goes_to_another_address_where_the_same_tax_applies() -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed", captured_minor=order.total_minor)
    home = carts.DETAILS.shipping_address
    with pytest.raises(changes.EditRefused) as refused:
        edit(order, shipping_address={**home, "state": "CA", "postal_code": "94105", "city": "San Francisco"})
    assert refused.value.code == "tax_differs"
    with pytest.raises(changes.EditRefused) as refused:
        edit(order, shipping_address={**home, "postal_code": "nowhere"})
    assert (refused.value.code, refused.value.fields) == ("address_invalid", {"postal_code": "invalid"})
    with pytest.raises(changes.EditRefused) as refused:
        edit(order, shipping_address=home, fields={"po_number": "\r\n", "gift_message": "\x07"})
    assert refused.value.code == "nothing_changes"
    change = edit(order, shipping_address={**home, "address1": "2 Engine Road"}, fields={"po_number": " 4\r\n7\x1b "})
    assert (now(order).shipping_address["address1"], now(order).po_number) == ("2 Engine Road", "4 7")
    assert (change.difference_minor, change.before["po_number"], change.after["po_number"]) == (0, "", "4 7")


@pytest.mark.parametrize(
    "status", ["pending", "payment_pending", "payment_review", "shipped", "delivered", "cancelled"]
)
def test_only_an_order_that_is_being_prepared_can_be_changed(status: str) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status=status)
    for wanted in ({"fields": {"po_number": "47"}}, {"added": {line_of(order, mug).variant_id: 1}}):
        with pytest.raises(changes.EditRefused) as refused:
            edit(order, **wanted)
        assert refused.value.code == "not_editable"


@pytest.mark.parametrize("status", ["pending", "payment_pending", "payment_review", "cancelled"])
def test_nothing_is_taken_off_an_order_that_is_not_paid_or_over(status: str) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status=status)
    with pytest.raises(changes.EditRefused) as refused:
        changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="", by=BY)
    assert refused.value.code == "not_editable"


def test_nothing_is_taken_off_an_order_that_has_left_as_a_whole(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2))
    sent(order)
    units = {line_of(order, mug).pk: 1}
    for act in (
        lambda: changes.preview(order_id=order.pk, removed=units, kind="cancel"),
        lambda: changes.cancel_units(order_id=order.pk, units=units, reason="", by=BY),
    ):
        with pytest.raises(changes.EditRefused, match="Shipped") as refused:
            act()
        assert refused.value.code == "not_editable"


@pytest.mark.parametrize(("units", "code"), [(3, "too_many_units"), (-1, "too_many_units"), (0, "nothing_changes")])
def test_units_that_there_are_not_cannot_be_taken_off(units: int, code: str) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status="processing")
    with pytest.raises(changes.EditRefused) as refused:
        changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: units}, reason="", by=BY)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("quantity", "text"), [(1, "There is 1 of “%s” to take off."), (2, "Take off 1 to 2 of “%s”.")]
)
def test_a_refusal_tells_one_from_many(quantity: int, text: str) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, quantity), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status="processing")
    with pytest.raises(changes.EditRefused) as refused:
        changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 3}, reason="", by=BY)
    assert str(refused.value) == text % mug.name


def test_units_that_are_short_cannot_be_added_and_unsold_ones_neither() -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=1, amount=1000)
    order = bought((mug, 1), is_drained=False)
    Order.objects.filter(pk=order.pk).update(status="processing")
    variant = carts.variant_of(bowl).pk
    for ask in (changes.preview, lambda **wanted: changes.edit(seen_revision=0, reason="", by=BY, **wanted)):
        with pytest.raises(changes.EditRefused, match="only 1 can be had") as refused:
            ask(order_id=order.pk, added={variant: 2})
        assert (refused.value.code, refused.value.fields) == ("out_of_stock", {str(variant): ["1"]})
    with pytest.raises(changes.EditRefused) as refused:
        changes.preview(order_id=order.pk, added={db.uuid7(): 1})
    assert refused.value.code == "not_sellable"


def test_events_of_changes_may_come_late_twice_and_in_any_order(shop_sandbox: RunningSandbox) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=9, amount=1000)
    order = bought((mug, 2), is_drained=False)
    payment = Payment.objects.get()
    payments.charge(payment_id=payment.pk)  # paid; nobody has heard of it yet
    variant = carts.variant_of(bowl).pk
    changes.edit(order_id=order.pk, seen_revision=0, added={variant: 3}, reason="", by=BY)
    changes.edit(order_id=order.pk, seen_revision=1, removed={line_of(order, bowl).pk: 2}, reason="", by=BY)
    changes.edit(order_id=order.pk, seen_revision=2, removed={line_of(order, mug).pk: 1}, reason="", by=BY)
    for _twice in range(2):
        changes.settle_units(order_id=order.pk, by="system")
    outbox.drain(rounds=50)
    changes.settle_units(order_id=order.pk, by="system")
    left = stock.available([variant, carts.variant_of(mug).pk])
    assert left == {variant: 8, carts.variant_of(mug).pk: 9}
    assert clean()


def test_a_change_of_an_order_that_was_cancelled_meanwhile_keeps_no_unit(shop_sandbox: RunningSandbox) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=9, amount=1000)
    order = bought((mug, 1))
    variant = carts.variant_of(bowl).pk
    changes.edit(order_id=order.pk, seen_revision=0, added={variant: 3}, reason="", by=BY)
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain(rounds=50)
    assert stock.available([variant]) == {variant: 9}
    assert now(order).status == "refunded"
    assert clean()
