"""Another variant instead: what came back is settled, the order gets the new units, the difference finds its way."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cart.shipping.models import ShippingMethod
from cart.tax.models import TaxRate
from catalog.products.models import Price, Product, Variant
from checkout.changes import services as changes
from checkout.changes import writing
from checkout.desk import screen
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.invariants import parcels_hold_the_order
from checkout.fulfilment.models import Shipment
from checkout.orders.invariants import units_are_sold
from checkout.orders.models import Order, OrderChange
from checkout.orders.services import TransitionRefused
from checkout.payments import refunding
from checkout.payments import selectors as money_selectors
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import exchanging, forms, instead, invariants, pages, selectors, wording
from checkout.returns import screen as returned
from checkout.returns import services as returns
from checkout.returns.models import Reason, Reimbursement, Return
from checkout.returns.services import ReturnRefused
from inventory.stock.models import StockItem
from shop.accounts.models import CustomerGroup, User
from shop.core.money import Money
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories import returns as make
from tests.factories.parcels import BY, only_line, parcels, picked, sent, told
from tests.faults.report import LONG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()
    carts.rates()


def sizes(*, amount: int) -> tuple[Product, Variant]:
    """A product at 20.00, and its other variant at `amount` cents."""
    product = carts.product(amount=2000)
    return product, catalog.add_variant(product, units=2, amount=amount, options={"Size": "L"}, position=5)


def came_back(product: Product, other: Variant, units: int = 1) -> tuple[Order, Return]:
    order = make.bought((product, units))
    line = make.lines(order)[0]
    found = make.asked(order, make.wanted(line, exchange_for=other.pk), wish="exchange")
    return order, make.back(found)


def refunds(order: Order) -> list[int]:
    return list(Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True))


def test_a_dearer_one_leaves_a_balance_to_pay() -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    assert [(one.sku, one.units, one.price.minor) for one in seen.added] == [(other.sku, 1, 3000)]
    assert seen.goings == ()
    done = returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    assert done.mark == seen.mark
    order.refresh_from_db()
    assert (order.balance_minor, order.due_minor) == (seen.balance.minor, seen.due.minor)
    assert order.balance_minor > 0
    assert refunds(order) == []
    [change] = OrderChange.objects.filter(order=order)
    assert (change.kind, change.reason) == ("exchange", f"Exchange for {found.number}/1")
    assert Reimbursement.objects.get().change_id == change.pk
    assert [(line.sku, line.quantity, line.returned) for line in make.lines(order)][1:] == [(other.sku, 1, 0)]
    assert order.status != "returned"
    outbox.drain(mails=False)
    assert StockItem.objects.get(variant_id=other.pk).available == 1
    assert selectors.one(found.pk).status == "settled"


def test_a_dearer_one_that_is_never_paid_for_is_taken_off_again() -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    new, units = order.lines.get(variant_id=other.pk), {order.lines.get(variant_id=other.pk).pk: 1}
    staff = User.objects.create_superuser("boss@example.com", "a long password")
    order.refresh_from_db()
    assert (order.status, order.balance_minor > 0, offers_to_cancel(order, staff)) == ("delivered", True, True)
    for more in ({"added": {other.pk: 1}}, {"fields": {"po_number": "47"}}, {"removed": {make.lines(order)[0].pk: 1}}):
        with pytest.raises(changes.EditRefused):  # with nothing else, and nothing that has left
            changes.preview(order_id=order.pk, **{"removed": units, **more})
    seen = changes.preview(order_id=order.pk, removed=units, kind="cancel")
    changes.cancel_units(order_id=order.pk, units=units, reason="never paid", by=BY)
    outbox.drain(mails=False)
    order.refresh_from_db()
    new.refresh_from_db()
    assert (new.quantity, told(order)) == (0, ("returned", "returned", 0))
    assert seen.balance.minor == order.balance_minor == -sum(refunds(order)) < 0
    assert StockItem.objects.get(variant_id=other.pk).available == 2
    assert offers_to_cancel(order, staff) is False
    assert (parcels_hold_the_order(), units_are_sold()) == ([], [])


def offers_to_cancel(order: Order, staff: User) -> bool:
    return "Cancel units" in [str(button.label) for button in screen.context_of(order, staff)["desk_buttons"]]


def test_a_cheaper_one_gives_the_difference_back() -> None:
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    order.refresh_from_db()
    assert refunds(order) == [going.amount.minor for going in seen.goings]
    assert order.due_minor == order.captured_minor - sum(refunds(order))
    assert seen.balance.minor == 0


def test_what_the_warehouse_cannot_find_of_an_exchange_is_given_back() -> None:
    """The order has left long ago: its new parcel is short, and the money for it goes back all the same."""
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    parcel = Shipment.objects.get(order=order, status="open")
    [content] = parcel.lines.all()
    fulfilment.short(shipment_id=parcel.pk, units={content.pk: 1}, then="refund", by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert [(line.sku, line.quantity) for line in make.lines(order)][1:] == [(other.sku, 0)]
    assert [change.kind for change in OrderChange.objects.filter(order=order).order_by("revision")] == [
        "exchange", "short",
    ]  # fmt: skip
    assert order.due_minor == order.captured_minor - sum(refunds(order))
    assert Shipment.objects.get(pk=parcel.pk).status == "cancelled"


def test_simulating_holds_and_writes_nothing() -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    returns.simulate(return_id=found.pk, by="staff:1")
    order.refresh_from_db()
    assert (OrderChange.objects.count(), Reimbursement.objects.count(), order.allowed_minor) == (0, 0, 0)
    assert StockItem.objects.get(variant_id=other.pk).available == 2


def test_sold_out_before_it_is_simulated_is_said() -> None:
    product, other = sizes(amount=3000)
    _order, found = came_back(product, other)
    catalog.put_in_stock({other.pk: 0})
    with pytest.raises(ReturnRefused):
        returns.simulate(return_id=found.pk, by="staff:1")
    assert returns.simulate(return_id=found.pk, destination="original", by="staff:1").amount.minor > 0


def test_whoever_stops_in_between_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the return is settled: the event makes the exchange, and once."""
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "complete", lambda **_given: None)
        returns.reimburse(return_id=found.pk, by="staff:1")
    row = Reimbursement.objects.get()
    assert not row.is_complete
    outbox.drain(mails=False)
    for _again in range(2):
        exchanging.complete(reimbursement_id=row.pk, by="system")
    row.refresh_from_db()
    assert (row.is_complete, OrderChange.objects.filter(order=order).count()) == (True, 1)
    assert [step.trigger for step in selectors.steps_of(found.pk)][-1] == "exchange"
    assert invariants.returns_move_on() == []


def test_the_change_that_was_made_is_found_again() -> None:
    """It dies after the change and before it is noted: the second try finds the change, in whatever words its reason
    was written."""
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by="staff:1")
    assert OrderChange.objects.filter(order=order).update(reason=f"Umtausch zu {found.number}/1") == 1
    Reimbursement.objects.update(is_complete=False, change_id=None)
    exchanging.complete(reimbursement_id=Reimbursement.objects.get().pk, by="system")
    assert OrderChange.objects.filter(order=order).count() == 1
    assert Reimbursement.objects.get().change_id is not None


def test_whoever_comes_second_tells_of_the_change_that_the_other_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker hears of a settlement while the merchant's page still makes the exchange."""
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    edit = changes.edit

    def overtaken(**asked: Any) -> OrderChange:
        edit(**asked)
        raise changes.EditRefused("Somebody else has changed this order meanwhile.", "changed_meanwhile")

    monkeypatch.setattr(changes, "edit", overtaken)

    returns.reimburse(return_id=found.pk, by=BY)

    row = Reimbursement.objects.get()
    assert (row.is_complete, row.change_id) == (True, OrderChange.objects.get(order=order).pk)
    assert wording.settled(row) == "Settled: $10.63 in goods, back in money: $16.61."


def test_what_went_back_by_it_is_counted_once_however_often_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reason says each time why it failed. It dies before the change is noted; the amount is what was asked for."""
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    payments.request_refund(order_id=order.pk, amount=order.money(100), reason="late", by=BY)
    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "note_back", lambda *_given, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            returns.reimburse(return_id=found.pk, by=BY)
    row = Reimbursement.objects.get()
    first = Refund.objects.exclude(reason="late").get()
    refunding.fail(refund_id=first.pk, why="the balance is too low")
    again = refunding.try_again(refund_id=first.pk, by="system")
    assert again is not None
    exchanging.complete(reimbursement_id=row.pk, by="system")
    row.refresh_from_db()
    assert (row.refunded_minor, row.is_complete) == (first.amount_minor, True)
    causes = Refund.objects.filter(order_id=order.pk).order_by("pk").values_list("amount_minor", "cause_id")
    assert list(causes) == [(100, None), (first.amount_minor, row.pk), (first.amount_minor, row.pk)]
    assert OrderChange.objects.get(order=order).cause_id == row.pk


def test_an_exchange_has_one_change() -> None:
    """Whoever would make another one is stopped by the database."""
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by=BY)
    made = OrderChange.objects.get(order=order)
    with pytest.raises(IntegrityError, match="order_change_cause_once"), transaction.atomic():
        OrderChange.objects.create(order=order, revision=9, kind="exchange", difference_minor=0, cause_id=made.cause_id)


def test_sold_out_in_between_gives_the_money_back(monkeypatch: pytest.MonkeyPatch) -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)

    def too_late(**given: Any) -> None:
        catalog.put_in_stock({other.pk: 0})
        complete(**given)

    complete = exchanging.complete
    monkeypatch.setattr(exchanging, "complete", too_late)
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    order.refresh_from_db()
    row = Reimbursement.objects.get()
    assert (row.is_complete, row.change_id, refunds(order)) == (True, None, [done.amount.minor])
    assert order.status == "returned"
    assert selectors.steps_of(found.pk)[-1].note != ""
    outbox.drain(mails=False)
    settled = Notification.objects.get(template="return_settled").context["settled"]
    assert (settled["destination"], settled["refunded"]) == ("original", settled["amount"])
    why = "Not enough is left of what you wanted instead, so you get back what your items are worth."
    shown = pages.return_page(selectors.one(found.pk), query="")
    assert (settled["why"], [one["why"] for one in shown["paid"]]) == (why, [why])
    assert [line["instead"] for line in shown["lines"]] == [None]
    notes = [step.note for step in selectors.steps_of(found.pk) if step.trigger == "exchange"]
    assert notes == [f"None of “{product.name} (L)” is left."]


def test_settled_in_money_although_an_exchange_was_wanted_is_said() -> None:
    product, other = sizes(amount=3000)
    _order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, destination="original", by=BY)
    shown = pages.return_page(selectors.one(found.pk), query="")
    assert [one["why"] for one in shown["paid"]] == [
        "We settled this otherwise than by the exchange that you wanted: you get back what your items are worth."
    ]
    assert [line["instead"] for line in shown["lines"]] == [None]


def test_the_worker_has_written_it_and_not_noted_it_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever settles finds the change and goes on with it, so that staff read what came of it."""
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    edit = changes.edit

    def beside(**given: Any) -> OrderChange:
        monkeypatch.setattr(changes, "edit", edit)
        edit(**given)
        return edit(**given)

    monkeypatch.setattr(changes, "edit", beside)
    done = returns.reimburse(return_id=found.pk, by=BY)
    row = selectors.reimbursement(done.reimbursement_id)
    assert (row.is_complete, OrderChange.objects.filter(order=order).count()) == (True, 1)


def test_two_at_once_hold_the_last_unit_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker comes while the unit is held and the change is not written: it is not sold out, it is this one."""
    product, other = sizes(amount=3000)
    catalog.put_in_stock({other.pk: 1})
    order, found = came_back(product, other)
    write = writing.write

    def beside(**given: Any) -> OrderChange | None:
        monkeypatch.setattr(writing, "write", write)
        exchanging.complete(reimbursement_id=Reimbursement.objects.get().pk, by="system")
        return write(**given)

    monkeypatch.setattr(writing, "write", beside)
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    row = Reimbursement.objects.get()
    assert (row.change_id, refunds(order)) == (OrderChange.objects.get(order=order).pk, [])
    assert [step.trigger for step in selectors.steps_of(found.pk)].count("exchange") == 1


def test_an_exchange_that_is_still_being_made_says_so() -> None:
    row = Reimbursement(destination="exchange", currency="USD", amount_minor=2000, is_complete=False)
    assert wording.settled(row) == "Settled. What is sent instead is being added to the order."


@pytest.mark.parametrize("others", [0, 1])
def test_the_new_goods_are_packed_sent_and_arrive(others: int) -> None:
    """Whether all that was delivered came back or a part of it; the order ends as it was, until the new ones come."""
    product, other = sizes(amount=1000)
    order = make.bought((product, 1 + others))
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    assert told(order) == ("delivered", "partly_shipped", 1)
    assert parcels(order) == [("delivered", 1 + others, 1 + others), ("open", 1, 0)]
    parcel = Shipment.objects.get(order=order, status="open")
    sent(picked(parcel))
    assert told(order) == ("delivered", "partly_returned", 0)
    fulfilment.deliver_one(shipment_id=parcel.pk, by=BY)
    outbox.drain(mails=False)
    assert told(order) == ("delivered", "partly_returned", 0)
    assert [one[0] for one in parcels(order)] == ["delivered", "delivered"]
    assert StockItem.objects.get(variant_id=other.pk).on_hand == 1
    assert parcels_hold_the_order() == []


def test_dearer_goods_are_packed_and_wait_for_their_money() -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    parcel = Shipment.objects.get(order=order, status="open")
    with pytest.raises(TransitionRefused, match="not all of what it costs is taken or held"):
        picked(parcel)
    assert told(order) == ("delivered", "partly_shipped", 1)


def test_new_goods_that_come_back_too_end_the_order() -> None:
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    parcel = sent(picked(Shipment.objects.get(order=order, status="open")))
    fulfilment.deliver_one(shipment_id=parcel.pk, by=BY)
    outbox.drain(mails=False)
    again = make.back(make.asked(order, make.wanted(make.lines(order)[1])))
    returns.reimburse(return_id=again.pk, by=BY)
    assert told(order) == ("returned", "returned", 0)


def test_new_goods_that_are_not_found_give_their_money_back_and_end_the_order() -> None:
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    parcel = Shipment.objects.get(order=order, status="open")
    fulfilment.short(shipment_id=parcel.pk, units={only_line(parcel).pk: 1}, then="refund", by=BY)
    outbox.drain(mails=False)
    assert told(order) == ("returned", "returned", 0)
    assert sum(refunds(order)) == order.captured_minor - order.due_minor


def test_an_order_is_not_over_while_an_exchange_of_it_is_still_to_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last other unit comes back and is refunded before that: the new goods are sent all the same."""
    product, other = sizes(amount=1000)
    order = make.bought((product, 2))
    line = make.lines(order)[0]
    found = make.back(make.asked(order, make.wanted(line, exchange_for=other.pk), wish="exchange"))
    last = make.back(make.asked(order, make.wanted(line)))
    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "complete", lambda **_given: None)
        returns.reimburse(return_id=found.pk, by=BY)
    returns.reimburse(return_id=last.pk, by=BY)
    assert told(order)[0] == "delivered"
    outbox.drain(mails=False)
    assert told(order) == ("delivered", "partly_shipped", 1)
    assert parcels(order) == [("delivered", 2, 2), ("open", 1, 0)]


def test_the_mail_about_one_that_is_to_be_paid_for_tells_the_difference_alone() -> None:
    product, other = sizes(amount=3000)
    order, found = came_back(product, other)
    returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    mail = Notification.objects.get(template="order_changed").context
    assert mail["reason"] == "This is what you wanted in exchange. What came back is taken off already."
    assert (mail["is_more"], mail["is_less"], mail["comes_back"]) == (False, False, None)
    waits = "We send what you wanted in exchange as soon as that is paid."
    assert (mail["waits"], mail["order"]["arrives"]) == (waits, None)  # the day was that of what came back
    assert mail["to_pay"] == order.money(order.balance_minor).format()
    [swap] = selectors.swaps_of(order.pk).items()
    change = OrderChange.objects.get(order=order)
    assert swap == (change.pk, change.difference_minor - order.balance_minor)


@pytest.mark.parametrize(
    ("amount", "paid", "why", "small"),
    [
        (1000, ("$20.00", "money back the way it was paid"), "$20.00 goes back to you.", "$20.00"),
        (3000, ("$20.00", "money back the way it was paid"), "$20.00 goes back to you.", "$20.00"),
    ],
)
def test_what_is_taken_off_again_is_not_promised_any_more(
    client: Client, settings: Any, amount: int, paid: tuple[str, str], why: str, small: str
) -> None:
    """Whether a part of the money went back before, or more was to be paid: in all it is what was paid."""
    product, other = sizes(amount=amount)
    order = free_of_tax_and_delivery(product)
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    order.refresh_from_db()
    new = order.lines.get(variant_id=other.pk)
    changes.cancel_units(order_id=order.pk, units={new.pk: 1}, reason="", by=BY)
    outbox.drain(mails=False)
    told = f"1 × {product.name} L was taken off your order again. {why}"
    shown = pages.return_page(selectors.one(found.pk), query="?key=k")
    assert (shown["next_text"], shown["pay_url"], [line["instead"] for line in shown["lines"]]) == (told, None, [None])
    [one] = shown["paid"]
    small = f"worth of what came back: $20.00, back in money: {small}"
    assert ((one["amount"].format(), one["to"]), one["came_to"]) == (paid, small)
    merchant(client, settings)
    html = client.get(reverse("admin:checkout_return_change", args=[found.pk])).content.decode()
    assert texts(html, "return-sent", "return-instead") == {"return-sent": [told], "return-instead": []}


def test_of_several_taken_off_the_rest_is_sent() -> None:
    product, other = sizes(amount=3000)
    TaxRate.objects.all().delete()
    ShippingMethod.objects.update(price_minor=0)
    order = make.bought((product, 2))
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], 2, exchange_for=other.pk), wish="exchange"))
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    new = order.lines.get(variant_id=other.pk)
    changes.cancel_units(order_id=order.pk, units={new.pk: 1}, reason="", by=BY)
    shown = pages.return_page(selectors.one(found.pk), query="")
    assert shown["next_text"] == (
        f"You get 1 × {product.name} L instead. 1 × {product.name} L was taken off your order again. "
        "$10.00 goes back to you."
    )
    assert [line["instead"].units for line in shown["lines"]] == [1]
    [one] = shown["paid"]
    assert (one["amount"].minor, one["came_to"]) == (3000, "worth of what came back: $40.00, back in money: $10.00")


def test_the_mail_waits_until_the_exchange_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then it could not say what is sent; afterwards it says so, once, whoever made it."""
    product, other = sizes(amount=2000)
    order = free_of_tax_and_delivery(product)
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "complete", lambda **_given: None)
        returns.reimburse(return_id=found.pk, by=BY)
        outbox.drain(mails=False)
    mails = Notification.objects.filter(template="return_settled")
    assert mails.count() == 0
    row = Reimbursement.objects.get()
    for _again in range(2):
        exchanging.complete(reimbursement_id=row.pk, by=BY)
        outbox.drain(mails=False)
    assert [mail.context["settled"]["sent"] for mail in mails] == [f"You get 1 × {product.name} L instead."]


def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("boss@example.com", "a long password"))
    return client


def texts(html: str, *names: str) -> dict[str, list[str]]:
    """What a page says in the elements with these test ids."""
    found = {}
    for name in names:
        cells = re.findall(rf'data-testid="{name}">(.*?)</(?:dd|p|li)>', html, re.DOTALL)
        found[name] = [" ".join(re.sub("<[^>]*>", "", cell).split()) for cell in cells]
    return found


@pytest.mark.parametrize(
    ("amount", "to_pay", "going", "told", "small"),
    [
        (1000, 0, 1000, "$10.00 goes back", "back in money: $10.00"),
        (2000, 0, 0, "nothing to be paid, and nothing goes back", "nothing in money"),
        (3000, 1000, 0, "$10.00 more to be paid", "more to be paid: $10.00"),
    ],
)
def test_an_exchange_says_at_each_step_what_it_comes_to(
    client: Client, settings: Any, amount: int, to_pay: int, going: int, told: str, small: str
) -> None:
    """From the return's pages to the settled exchange: goods and money, and always the same numbers."""
    product, other = sizes(amount=amount)
    order = free_of_tax_and_delivery(product)
    found = make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange")
    price = f"${amount // 100}.00"

    def shown(path: str, *names: str) -> dict[str, list[str]]:
        return texts(client.get(path).content.decode(), *names)

    def pages() -> list[tuple[list[str], list[str]]]:
        mine = shown(reverse("return", args=[found.number]) + f"?key={order.access_key}", *SAID)
        theirs = shown(reverse("admin:checkout_return_change", args=[found.pk]), *SAID)
        return [tuple(one.values()) for one in (mine, theirs)]

    merchant(client, settings)
    end, sum_ = "What counts is the day on which we settle it.", f"Exchanged at today’s prices, with tax: {told}."
    before = [
        ([f"In exchange for: 1 × {product.name} L · {price} now"], [f"{sum_} {end}"]),
        ([f"Wanted instead: 1 × {product.name} L {price} now"], [sum_]),
    ]
    assert pages() == before
    make.back(found)
    assert pages() == before
    url = reverse("admin:checkout_return_settle", args=[found.pk])
    page = client.get(url)
    numbers = [f"settlement-{name}" for name in ("added", "cost", "worth", "to-pay", "going", "due")]
    seen = texts(page.content.decode(), *numbers)
    money = Money(to_pay or going, "USD").format()
    assert seen == dict(zip(numbers, (
        [f"1 × {product.name} L {other.sku} {price}"], [price], ["−$20.00"], [] if going else [money],
        [money] if going else [], [price],
    ), strict=True))  # fmt: skip
    done = client.post(url, {"to": "exchange", "seen": page.context["settlement"]["mark"]}, follow=True)
    assert [str(one) for one in done.context["messages"]] == [f"Settled: {price} in goods, {small}."]
    outbox.drain(mails=False)
    order.refresh_from_db()
    due = money_selectors.balance_due(order)
    assert (due.minor if due else 0, sum(refunds(order)), order.due_minor) == (to_pay, going, amount)
    links = Notification.objects.filter(template="order_changed")
    assert [mail.context["to_pay"] for mail in links] == ([money] if to_pay else [])
    [row] = Reimbursement.objects.all()
    assert (wording.amount(row).minor, wording.went_to(order, row), wording.came_to(row)) == (
        amount, "in goods, in exchange", f"worth of what came back: $20.00, {small}",
    )  # fmt: skip
    assert pages() == [
        ([f"In exchange for: 1 × {product.name} L"], []), ([f"Wanted instead: 1 × {product.name} L"], []),
    ]  # fmt: skip


SAID = ("return-instead", "return-difference")


def free_of_tax_and_delivery(product: Product) -> Order:
    TaxRate.objects.all().delete()
    ShippingMethod.objects.update(price_minor=0)
    return make.bought((product, 1))


@pytest.mark.parametrize("amount", [1000, 2000, 3000])
def test_what_is_expected_is_what_settling_then_does(amount: int) -> None:
    """With a coupon, tax and delivery, of which parts come back."""
    carts.coupon()
    product, other = sizes(amount=amount)
    order = make.bought((product, 3), coupon="SAVE10")
    line = make.lines(order)[0]
    found = make.back(make.asked(order, make.wanted(line, 2, exchange_for=other.pk), wish="exchange"))
    seen = instead.outlook(found, order, selectors.lines_of(found.pk)).difference
    done = returns.reimburse(return_id=found.pk, by=BY)
    order.refresh_from_db()
    assert seen is not None
    assert seen.minor == done.to_pay.minor - sum(refunds(order)) != 0
    assert order.balance_minor + sum(refunds(order)) == done.to_pay.minor


def expects(found: Return, order: Order) -> int | None:
    """What the exchange would come to, in cents."""
    more = instead.outlook(found, order, selectors.lines_of(found.pk)).difference
    return None if more is None else more.minor


@pytest.mark.parametrize(("amount", "more"), [(2600, -1063), (3600, 0), (4600, 1062)])
def test_a_discount_stays_with_what_is_sent_instead(amount: int, more: int) -> None:
    """What costs the same costs nothing; dearer or cheaper, the difference and its tax. As expected, seen, and done."""
    carts.coupon()
    ShippingMethod.objects.update(price_minor=0)
    product = carts.product(amount=3600)
    other = catalog.add_variant(product, units=2, amount=amount, options={"Size": "L"}, position=5)
    order = make.bought((product, 2), coupon="SAVE10")
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    due, expected = order.due_minor, expects(found, order)
    seen = returns.simulate(return_id=found.pk, by=BY)
    returns.reimburse(return_id=found.pk, by=BY, seen=seen.mark)
    order.refresh_from_db()
    assert (expected, order.due_minor - due, seen.due.minor - due) == (more, more, more)
    assert (seen.to_pay.minor, sum(refunds(order))) == (max(0, more), max(0, -more))
    new = make.lines(order)[1]
    assert (new.unit_price_minor, new.discount_minor, seen.added[0].price.minor) == (amount, 360, amount - 360)


def test_an_exchange_costs_what_it_costs_the_customer() -> None:
    """Both variants cost 20.00 for everybody; for trade 15.00, and the other one 16.00: the difference is 1.00."""
    ShippingMethod.objects.update(price_minor=0)
    product, other = sizes(amount=2000)
    group = CustomerGroup.objects.create(name="Trade", code="trade", price_list="trade")
    ada = carts.customer(customer_group=group)
    for price in Price.objects.filter(variant__product=product):
        minor = 1600 if price.variant_id == other.pk else 1500
        Price.objects.create(variant_id=price.variant_id, currency="USD", amount_minor=minor, price_list="trade")
    order = make.bought((product, 1), customer_id=ada.pk)
    line = make.lines(order)[0]
    assert line.unit_price_minor == 1500
    shown = selectors.exchange_differences(order, selectors.returnable(order))
    assert shown[line.pk][other.pk] == Money(100, "USD")
    found = make.back(make.asked(order, make.wanted(line, exchange_for=other.pk), wish="exchange"))
    assert expects(found, order) == 106  # and the tax on that
    returns.reimburse(return_id=found.pk, by=BY)
    assert make.lines(order)[1].unit_price_minor == 1600


def test_a_sale_that_is_over_costs_nothing_more() -> None:
    """It was bought for 15.00; today both cost 20.00, or what came back is not sold any more."""
    product, other = sizes(amount=2000)
    ShippingMethod.objects.update(price_minor=0)
    Price.objects.filter(variant__product=product).exclude(variant=other).update(amount_minor=1500)
    order, found = came_back(product, other)
    prices = Price.objects.filter(variant__product=product).exclude(variant=other)
    prices.update(amount_minor=2000)
    assert expects(found, order) == 0
    prices.update(amount_minor=9000)
    assert expects(found, order) == -1594  # all that was paid, and no more
    prices.delete()
    assert expects(found, order) == 531  # 5.00 more than it cost, and the tax on that


@pytest.mark.parametrize("seed", range(200 if LONG else 8))
def test_what_costs_the_same_costs_nothing_to_the_cent(seed: int) -> None:
    """Whatever was paid, at whatever discount, however the tax of its parts was rounded: one unit after the other. And
    what is expected of a dearer or a cheaper one is what is written."""
    dice = random.Random(seed)
    carts.coupon()
    ShippingMethod.objects.update(price_minor=0)
    TaxRate.objects.create(
        name="City", country="US", state="IL", level=2, rate=Decimal("0.0133"), valid_from="2020-01-02"
    )
    price, units = dice.randrange(1, 4000), dice.randint(2, 4)
    product = carts.product(amount=price)
    same, unlike = (
        catalog.add_variant(product, units=9, amount=amount, options={"Size": size}, position=5)
        for amount, size in ((price, "L"), (dice.randrange(1, 4000), "XL"))
    )
    order = make.bought((product, units), coupon="SAVE10")
    for turn in range(units):
        other = unlike if turn == units - 1 else same
        line = make.lines(order)[0]
        found = make.back(make.asked(order, make.wanted(line, exchange_for=other.pk), wish="exchange"))
        due, expected = order.due_minor, expects(found, order)
        returns.reimburse(return_id=found.pk, by=BY)
        order.refresh_from_db()
        assert expected == order.due_minor - due
        assert other == unlike or (order.due_minor == due and refunds(order) == [])


def test_what_cannot_be_had_instead_is_said() -> None:
    product, other = sizes(amount=1000)
    order, found = came_back(product, other)

    def told() -> tuple[list[tuple[str, Any]], Any]:
        seen = instead.outlook(found, order, selectors.lines_of(found.pk))
        return [(one.problem, one.price and one.price.minor) for one in seen.lines.values()], seen.difference is None

    assert told() == ([("", 1000)], False)
    catalog.put_in_stock({other.pk: 0})
    assert told() == ([("not in stock at present", 1000)], True)
    Variant.objects.filter(pk=other.pk).update(is_active=False)
    assert told() == ([("not sold any more", 1000)], True)


def test_a_return_without_an_exchange_asks_nothing_more(django_assert_num_queries: Any) -> None:
    product, _other = sizes(amount=1000)
    order = make.bought((product, 1))
    found = make.asked(order)
    lines = selectors.lines_of(found.pk)
    with django_assert_num_queries(0):
        assert instead.outlook(found, order, lines) == instead.Outlook()


def test_what_was_given_back_before_does_not_count_for_an_exchange() -> None:
    product, other = sizes(amount=3000)
    order = free_of_tax_and_delivery(product)
    payments.request_refund(order_id=order.pk, amount=Money(500, "USD"), reason="sorry", by=BY)
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    shown = returned.settlement(order, returns.reimburse(return_id=found.pk, by=BY))
    assert [shown[name] and shown[name].minor for name in ("cost", "amount", "before", "unpaid", "to_pay")] == [
        3000, 2000, 500, None, 1500,
    ]  # fmt: skip
    order.refresh_from_db()
    change = OrderChange.objects.get(order=order)
    assert (money_selectors.balance_due(order), selectors.swaps_of(order.pk)) == (Money(1500, "USD"), {change.pk: 1500})


@pytest.mark.parametrize(
    ("amount", "told"), [(1000, "L, $10.00 less"), (2000, "L, for the same price"), (3000, "L, $10.00 more")]
)
def test_the_form_tells_by_how_much_others_are_dearer(client: Client, amount: int, told: str) -> None:
    """Whatever coupon it was bought with."""
    carts.coupon()
    product, _other = sizes(amount=amount)
    order = make.bought((product, 1), coupon="SAVE10")
    html = client.get(reverse("order_return", args=[order.number]) + f"?key={order.access_key}").content.decode()
    offered = html.split('name="exchange_')[1].split("</select>")[0]
    own = "the same again, if it was faulty or wrong, for the same price"
    assert re.findall(r"<option[^>]*>([^<]*)</option>", offered) == ["Choose", told, own]
    assert "Exchange for another variant, or the same again" in re.findall(r'option__label">([^<]*)<', html)


@pytest.mark.parametrize("reason", Reason.values)
def test_what_was_faulty_or_wrong_is_sent_again(client: Client, reason: str) -> None:
    """Also of a product without variants, for nothing; for other reasons form and service refuse it."""
    product = carts.product(amount=2000, units=3)
    ShippingMethod.objects.update(price_minor=0)
    order = make.bought((product, 1))
    [line] = make.lines(order)
    may = reason in ("defective", "damaged", "wrong_item")
    wanted = make.wanted(line, exchange_for=line.variant_id, reason=reason)
    why = f"{product.name}: we send the same again if it does not work, arrived damaged or is not what you ordered."
    key = line.pk.hex
    form = forms.RequestForm(
        {f"units_{key}": 1, f"reason_{key}": reason, f"condition_{key}": "broken", "wish": "exchange", "key": "k",
         f"exchange_{key}": str(line.variant_id)},
        rows=selectors.returnable(order), has_account=False,
    )  # fmt: skip
    assert form.errors == ({} if may else {f"exchange_{key}": [why]})
    if not may:
        with pytest.raises(ReturnRefused) as refused:
            make.asked(order, wanted, wish="exchange")
        assert (str(refused.value), refused.value.code) == (why, "bad_exchange")
        return
    assert dict(form.fields["wish"].choices)["exchange"] == "the same again"  # type: ignore[attr-defined]
    found = make.back(make.asked(order, wanted, wish="exchange"), outcome="damaged")
    assert pages.return_page(selectors.one(found.pk), query="")["wish_label"] == "the same again"
    assert returned.destinations(selectors.one(found.pk), "exchange")[-1]["label"] == "the same again"
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert [(one.variant_id, one.quantity, one.returned) for one in make.lines(order)] == [
        (line.variant_id, 1, 1), (line.variant_id, 1, 0),
    ]  # fmt: skip
    assert (order.balance_minor, refunds(order)) == (0, [])
    catalog.put_in_stock({line.variant_id: 0})
    assert selectors.exchanges([line])[line.pk] == {}


@pytest.mark.parametrize("amount", [1000, 2000, 3000])
def test_the_page_and_the_mail_name_what_is_sent_and_what_is_due(mailoutbox: list[Any], amount: int) -> None:
    product, other = sizes(amount=amount)
    order = free_of_tax_and_delivery(product)
    found = make.back(make.asked(order, make.wanted(make.lines(order)[0], exchange_for=other.pk), wish="exchange"))
    returns.reimburse(return_id=found.pk, by=BY)
    outbox.drain(rounds=50)
    money = {1000: " $10.00 goes back to you.", 2000: "", 3000: " $10.00 is still to be paid."}[amount]
    shown = pages.return_page(selectors.one(found.pk), query="?key=k")
    pay_url = reverse("order", args=[order.number]) + "?key=k" if amount == 3000 else None
    assert (shown["next_text"], shown["pay_url"]) == (f"You get 1 × {product.name} L instead.{money}", pay_url)
    [mail] = [one for one in mailoutbox if "is done" in one.subject]
    url = f"{settings.SITE_URL}{reverse('order', args=[order.number])}?key={order.access_key}"
    lines = mail.body.splitlines()
    at = lines.index(shown["next_text"])
    assert (f"Pay it on the page of your order: {url}" == lines[at + 1]) is (amount == 3000)
