"""Changing a placed order in the admin: what is entered, looked at, done, and refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from cart.shipping.models import ShippingMethod
from cart.tax.models import TaxRate
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.notes.models import OrderNote
from checkout.orders import access
from checkout.orders.models import Order, OrderChange
from checkout.payments.models import Refund
from shop.accounts.models import User
from shop.core import requests
from shop.core.money import Money
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    carts.rates()


@pytest.fixture
def desk(client: Client) -> Client:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["edit_order", "view_order", "fulfil_order"]))
    client.force_login(clerk)
    return client


def page(order: Order, name: str = "change") -> str:
    return reverse(f"admin:checkout_order_{name}", args=[order.pk])


def bought(*wanted: tuple[Any, int]) -> Order:
    """An order that is paid by bank."""
    from checkout.payments import services as payments
    from shop.core import db

    order = carts.order(carts.cart(*wanted), provider="bank_transfer", token="")
    payment = order.payments.get()
    payments.record_transfer(
        payment_id=payment.pk, amount=payment.amount, statement_id="1", at=db.clock(), by="staff:1"
    )
    outbox.drain()
    order.refresh_from_db()
    return order


def entered(order: Order, **more: Any) -> dict[str, str]:
    """What the form sends when nothing was touched, and `more`."""
    given = {
        "revision": order.revision, "delivery_option": order.delivery_option, "po_number": order.po_number,
        "gift_message": order.gift_message, "reason": "asked by phone", "q": "", "searched": "", "step": "preview",
    }  # fmt: skip
    given |= {f"to-{name}": value for name, value in order.shipping_address.items()}
    given |= {f"units-{line.pk}": line.quantity - line.returned for line in order.lines.all() if line.quantity}
    return {name: str(value) for name, value in (given | more).items()}


def units(order: Order, position: int = 1) -> str:
    return f"units-{order.lines.get(position=position).pk}"


def test_nothing_is_done_before_it_was_looked_at(desk: Client) -> None:
    lamp, desk_top = carts.product(units=9, amount=2500, name="Lamp"), carts.product(units=9, amount=1000, name="Top")
    order = bought((lamp, 2))
    before = Order.objects.values().get(pk=order.pk)
    assert desk.get(page(order, "edit")).status_code == 200
    given = entered(order, **{units(order): 1, f"add-{carts.variant_of(desk_top).pk}": 3})
    answer = desk.post(page(order, "edit"), given)
    assert Order.objects.values().get(pk=order.pk) == before
    shown = [(row["line"].name, row["before"], row["line"].quantity) for row in answer.context["lines"]]
    assert shown == [("Lamp", 2, 1), ("Top", 0, 3)]
    expected = changes.preview(
        order_id=order.pk, removed={order.lines.get().pk: 1}, added={carts.variant_of(desk_top).pk: 3}
    )
    assert answer.context["preview"] == expected
    assert "is mailed a link to pay it." in answer.context["money"]
    desk.post(page(order, "edit"), given | {"step": "apply"})
    order.refresh_from_db()
    assert order.total_minor == before["total_minor"] + expected.difference.minor
    change = OrderChange.objects.get()
    assert (change.reason, change.revision, change.actor.split(":")[0]) == ("asked by phone", 1, "staff")


def test_fewer_units_say_where_the_money_goes(desk: Client) -> None:
    order = bought((carts.product(units=9), 2))
    answer = desk.post(page(order, "edit"), entered(order, **{units(order): 1}))
    assert "goes back the way it was paid (Bank transfer), by itself." in answer.context["money"]
    desk.post(page(order, "edit"), entered(order, **{units(order): 1, "step": "apply"}))
    outbox.drain()
    assert Refund.objects.get().amount_minor == -OrderChange.objects.get().difference_minor


def test_more_units_of_a_line_are_added(desk: Client) -> None:
    product = carts.product(units=9)
    order = bought((product, 1))
    desk.post(page(order, "edit"), entered(order, **{units(order): 3, "step": "apply"}))
    assert [line.quantity for line in order.lines.order_by("position")] == [1, 2]


def test_address_delivery_and_words(desk: Client) -> None:
    order = bought((carts.product(units=9), 1))
    given = entered(order, **{"to-address1": "2 New Road", "delivery_option": "express", "po_number": "PO 5"})
    answer = desk.post(page(order, "edit"), given)
    assert [row["label"] for row in answer.context["others"]] == [
        "Delivery address", "Delivery", "Purchase order number",
    ]  # fmt: skip
    desk.post(page(order, "edit"), given | {"step": "apply"})
    order.refresh_from_db()
    assert (order.shipping_address["address1"], order.delivery_option, order.po_number) == (
        "2 New Road", "express", "PO 5",
    )  # fmt: skip


def test_the_delivery_stays_what_was_agreed_whichever_side_of_free_delivery_an_edit_leads_to(desk: Client) -> None:
    """Free from 50.00: 40.00 of goods pay 5.99, and 60.00 pay nothing."""
    ShippingMethod.objects.filter(code="standard").update(free_from_minor=5000)
    lamp = carts.product(units=99, amount=2000)
    for bought_units, price, wanted, delivery, told in (
        (2, 599, 3, 599, "Delivery stays at $5.99, as agreed: what the goods come to does not change it."),
        (3, 0, 2, 0, "Delivery stays at $0.00, as agreed: what the goods come to does not change it."),
        (2, 599, 1, 300, "Delivery goes from $5.99 to $3.00: what is taken off takes its share along."),
    ):
        order = bought((lamp, bought_units))
        assert order.shipping_minor == price
        given = entered(order, **{units(order): wanted})
        answer = desk.post(page(order, "edit"), given)
        assert (answer.context["delivery"], answer.context["preview"].delivery.minor) == (told, delivery)
        assert f'data-testid="desk-delivery">{told}<' in answer.content.decode()
        desk.post(page(order, "edit"), given | {"step": "apply"})
        order.refresh_from_db()
        assert order.shipping_minor == delivery


def test_another_way_of_delivery_has_its_price(desk: Client) -> None:
    order = bought((carts.product(units=9), 1))
    answer = desk.post(page(order, "edit"), entered(order, delivery_option="express"))
    assert answer.context["delivery"] == "Delivery costs $14.99 instead of $5.99: another way is chosen."
    assert answer.context["preview"].delivery.minor == 1499


def test_words_that_only_a_browser_sends_otherwise_are_no_change(desk: Client) -> None:
    order = bought((carts.product(units=9), 2))
    Order.objects.filter(pk=order.pk).update(gift_message="For you\nAda", po_number="PO 5")
    order.refresh_from_db()
    given = entered(order, **{units(order): 1, "gift_message": "For you\r\nAda\r\n", "po_number": "PO\t5 "})
    assert desk.post(page(order, "edit"), given).context["others"] == []
    wild = desk.post(page(order, "edit"), given | {"po_number": "PO\r\n6"}).context["others"]
    assert wild == [{"label": "Purchase order number", "before": "PO 5", "after": "PO 6"}]


def test_the_way_back_keeps_what_was_entered(desk: Client) -> None:
    order = bought((carts.product(units=9), 2))
    answer = desk.post(page(order, "edit"), entered(order, **{units(order): 1}))
    kept = dict(answer.context["kept"])
    answer = desk.post(page(order, "edit"), kept | {"step": "back"})
    assert [row.quantity for row in answer.context["page"].rows] == [1]
    assert answer.context["page"].form["reason"].value() == "asked by phone"


def test_enter_in_the_search_searches(desk: Client) -> None:
    product = carts.product(name="Walnut shelf")
    order = bought((carts.product(units=9), 1))
    answer = desk.post(page(order, "edit"), entered(order, q=carts.variant_of(product).sku))
    assert [one.name for one in answer.context["found"]] == ["Walnut shelf"]
    assert not OrderChange.objects.exists()


class TestRefused:
    def test_two_at_once(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 3))
        older = entered(order, **{units(order): 1, "step": "apply"})
        changes.cancel_units(order_id=order.pk, units={order.lines.get().pk: 1}, reason="x", by="staff:2")
        answer = desk.post(page(order, "edit"), older)
        assert [row.quantity for row in answer.context["page"].rows] == [2]
        assert len(answer.context["messages"]) == 1
        assert order.lines.get().quantity == 2
        assert OrderChange.objects.count() == 1

    def test_what_was_entered_is_kept_and_what_was_not_is_as_it_is_now(self, desk: Client) -> None:
        lamp, top, more = (carts.product(units=9) for _ in range(3))
        order = bought((lamp, 4), (top, 4))
        first, second = order.lines.order_by("position")
        entry = {units(order, 1): 1, f"was-{first.pk}": 4, f"was-{second.pk}": 4, f"add-{carts.variant_of(more).pk}": 2}
        older = entered(order, **entry, step="apply")
        changes.cancel_units(order_id=order.pk, units={first.pk: 1, second.pk: 1}, reason="x", by="staff:2")
        shown = desk.post(page(order, "edit"), older).context["page"]
        assert [(row.now, row.quantity) for row in shown.rows] == [(3, 1), (3, 3)]
        assert (shown.revision, shown.adding) == (1, {carts.variant_of(more).pk: 2})
        assert shown.form["reason"].value() == "asked by phone"

    @pytest.mark.parametrize("step", ["preview", "find", "back", "apply"])
    def test_each_step_says_at_once_that_somebody_was_faster(self, desk: Client, step: str) -> None:
        order = bought((carts.product(units=9), 4))
        given = dict(desk.get(page(order, "edit")).context["page"].was)
        assert given == {f"to-{name}": value for name, value in order.shipping_address.items()} | {
            "delivery_option": "standard", "po_number": "", "gift_message": "",
        }  # fmt: skip
        was = {f"was-{name}": value for name, value in given.items()} | {f"was-{order.lines.get().pk}": 4}
        older = entered(
            order, **was, **{units(order): 2, "to-city": "Shelbyville", "po_number": "PO 7"}, step=step, q="x"
        )
        there = order.shipping_address | {"address1": "2 New Road"}
        changes.edit(
            order_id=order.pk, seen_revision=0, removed={order.lines.get().pk: 1}, shipping_address=there,
            fields={"gift_message": "For you"}, reason="x", by="staff:2",
        )  # fmt: skip
        answer = desk.post(page(order, "edit"), older)
        assert [str(one) for one in answer.context["messages"]] == [
            "Somebody else has changed this order meanwhile. Look at it again, then change it."
        ]
        shown = answer.context["page"]
        assert ([(row.now, row.quantity) for row in shown.rows], shown.revision, shown.query) == ([(3, 2)], 1, "x")
        assert {name: shown.address[name].value() for name in ("address1", "city")} == {
            "address1": "2 New Road", "city": "Shelbyville",
        }  # fmt: skip
        words = {name: shown.form[name].value() for name in ("delivery_option", "po_number", "gift_message", "reason")}
        assert words == {
            "delivery_option": "standard", "po_number": "PO 7", "gift_message": "For you", "reason": "asked by phone",
        }  # fmt: skip
        assert OrderChange.objects.count() == 1

    @pytest.mark.parametrize("empty", ["", " "])
    def test_an_emptied_field_takes_nothing_off(self, desk: Client, empty: str) -> None:
        order = bought((carts.product(units=9), 2), (carts.product(units=9), 1))
        answer = desk.post(page(order, "edit"), entered(order, **{units(order): empty, "step": "apply"}))
        assert answer.context["page"].problems == ["Say how many of each item the order is to have; 0 takes it off."]
        assert [row.quantity for row in answer.context["page"].rows] == ["", 1]
        assert not OrderChange.objects.exists()

    @pytest.mark.parametrize("count", ["-1", "1.5", "x", "1000", "9" * 30])
    def test_numbers_that_are_none(self, desk: Client, count: str) -> None:
        order = bought((carts.product(units=9), 2))
        answer = desk.post(page(order, "edit"), entered(order, **{units(order): count, "step": "apply"}))
        assert answer.context["page"].problems == ["A number of units is a whole number from 0 to 999."]
        assert not OrderChange.objects.exists()

    def test_an_address_that_is_not_served(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        french = {"to-country": "FR", "to-state": "", "to-postal_code": "75001", "to-city": "Paris", "step": "apply"}
        answer = desk.post(page(order, "edit"), entered(order, **french))
        assert answer.status_code == 200
        assert not OrderChange.objects.exists()
        answer = desk.post(page(order, "edit"), entered(order, **{"to-postal_code": "nowhere", "step": "apply"}))
        assert "Example for United States of America:" in answer.content.decode()

    def test_a_state_that_the_country_does_not_have(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        told = {}
        for country, state in (("US", "ON"), ("CA", "IL"), ("FR", "IDF"), ("FR", order.shipping_address["state"])):
            there = {"to-country": country, "to-state": state, "to-postal_code": "", "to-city": "Paris"}
            page_ = desk.post(page(order, "edit"), entered(order, **there)).context["page"]
            told[country, state] = page_.address.errors.get("state", [])
        assert told == {
            ("US", "ON"): ["This country has no such state."],
            ("CA", "IL"): ["This country has no such state."],
            ("FR", "IDF"): ["Addresses in this country have no state: leave it empty."],
            ("FR", "IL"): [],  # left over from the address before: dropped
        }

    @pytest.mark.parametrize("country", ["FR", "CR"])
    def test_a_state_of_the_country_before_is_left_out_and_said_so(self, desk: Client, country: str) -> None:
        """In a country without states, and in one whose states are not known by a list."""
        order = bought((carts.product(units=9), 1))
        state = order.shipping_address["state"]
        there = {"to-country": country, "to-state": state, "to-postal_code": "", "to-city": "Paris"}
        form = desk.post(page(order, "edit"), entered(order, **there)).context["page"].address
        assert (form["state"].value(), form.address["state"], form.errors.get("state")) == ("", "", None)
        assert form["state"].help_text == f"“{state}” was a state of the country before and is left out."
        kept = desk.post(page(order, "edit"), entered(order, **{"to-country": "US"})).context["page"].address
        assert (kept["state"].value(), kept["state"].help_text) == (state, "")

    def test_a_delivery_that_does_not_serve_the_country(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        TaxRate.objects.all().delete()  # what differs is the country alone
        carts.forget_rates()
        there = {"to-country": "FR", "to-state": "", "to-postal_code": "75001", "to-city": "Paris"}
        shown = desk.post(page(order, "edit"), entered(order, **there)).context["page"]
        assert shown.problems == ["This delivery is not offered for this address."]
        assert shown.form.options == [("standard", "Standard – not offered for this address")]
        home = desk.get(page(order, "edit")).context["page"]
        assert [code for code, _words in home.form.options] == ["standard", "express"]

    def test_a_reason_is_needed(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 2))
        answer = desk.post(page(order, "edit"), entered(order, **{units(order): 1, "reason": "", "step": "apply"}))
        assert "This field is required." in answer.content.decode()
        assert not OrderChange.objects.exists()

    def test_units_that_have_left(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 2))
        fulfilment.start(order_id=order.pk, by="staff:1")
        fulfilment.pick(order_id=order.pk, by="staff:1")
        fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by="staff:1")
        answer = desk.post(page(order, "edit"), entered(order, **{units(order): 1, "step": "apply"}))
        assert answer.context["page"].rows[0].least == 2
        assert len(answer.context["page"].problems) == 1
        assert not OrderChange.objects.exists()

    def test_what_is_not_there(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        scarce = carts.product(units=1, name="Scarce")
        given = entered(order, **{f"add-{carts.variant_of(scarce).pk}": 2, "step": "apply"})
        answer = desk.post(page(order, "edit"), given)
        assert answer.context["page"].problems == ["Of “Scarce” only 1 can be had."]

    def test_nothing_changes(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        answer = desk.post(page(order, "edit"), entered(order))
        assert len(answer.context["page"].problems) == 1


class TestCancelUnits:
    def test_some(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 3))
        assert desk.get(page(order, "cancel_units")).status_code == 200
        given = {units(order): "2", "reason": "broken"}
        seen = desk.post(page(order, "cancel_units"), {**given, "step": "preview"})
        assert not OrderChange.objects.exists()
        back = seen.context["preview"].balance
        assert f"{(-back).format()} goes back the way it was paid (Bank transfer)" in seen.content.decode()
        assert (dict(seen.context["kept"]), seen.context["is_all"]) == (given, False)
        kept = desk.post(page(order, "cancel_units"), {**given, "step": "back"})
        assert [entered for _row, entered in kept.context["rows"]] == ["2"]
        desk.post(page(order, "cancel_units"), {**given, "step": "apply"})
        change = OrderChange.objects.get()
        assert (change.kind, change.reason, order.lines.get().quantity) == ("cancel", "broken", 1)
        order.refresh_from_db()
        assert order.balance_minor == back.minor

    def test_all_of_them_cancel_the_order(self, desk: Client) -> None:
        clerk = User.objects.get(email="clerk@example.com")
        clerk.user_permissions.add(Permission.objects.get(codename="cancel_order"))
        order = bought((carts.product(units=9), 3))
        given = {units(order): "3", "reason": "broken"}
        seen = desk.post(page(order, "cancel_units"), {**given, "step": "preview"})
        assert "the whole order is cancelled" in seen.content.decode()
        answer = desk.post(page(order, "cancel_units"), {**given, "step": "apply"}, follow=True)
        order.refresh_from_db()
        assert order.status == "cancelled"
        assert "Nothing was left of the order" in str(next(iter(answer.context["messages"])))

    @pytest.mark.parametrize("name", ["edit", "cancel_units"])
    def test_all_of_them_only_by_who_may_cancel_orders(self, desk: Client, name: str) -> None:
        order = bought((carts.product(units=9), 3))
        given = entered(order, **{units(order): "0" if name == "edit" else "3", "step": "apply"})
        answer = desk.post(page(order, name), given)
        order.refresh_from_db()
        assert (answer.status_code, order.status, order.revision) == (403, "payment_confirmed", 0)

    def test_clicked_twice_it_is_done_once(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 4))
        url = page(order, "cancel_units")
        given = {units(order): "1", "reason": "broken", "revision": str(desk.get(url).context["revision"])}
        seen = desk.post(url, {**given, "step": "preview"})
        assert dict(seen.context["kept"]) == given
        said = "Somebody else has changed this order meanwhile."
        assert said not in desk.post(url, {**given, "step": "apply"}, follow=True).content.decode()
        for step in ("apply", "preview"):
            answer = desk.post(url, {**given, "step": step}, follow=True)
            assert said in answer.content.decode()
            assert answer.context["revision"] == 1
        assert order.lines.get().quantity == 3

    @pytest.mark.parametrize("count", ["", "0", "4", "-1", "x"])
    def test_what_is_no_number_of_them(self, desk: Client, count: str) -> None:
        order = bought((carts.product(units=9), 3))
        answer = desk.post(page(order, "cancel_units"), {units(order): count, "reason": "broken"})
        assert len(answer.context["problems"]) == 1
        assert order.lines.get().quantity == 3


class TestOnThePage:
    def test_changes_stand_in_the_history(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 3))
        sku = order.lines.get().sku
        desk.post(page(order, "cancel_units"), {units(order): "2", "reason": "broken", "step": "apply"})
        entry = desk.get(page(order)).context["timeline"][0]
        assert (entry["title"], entry["details"], entry["actor"]) == (
            "Change 1", [f"− 2 × {sku}", "broken"], "clerk@example.com",
        )  # fmt: skip
        assert entry["amount"] == Money(OrderChange.objects.get().difference_minor, "USD")

    def test_what_is_to_be_paid_and_the_link_to_it(self, desk: Client) -> None:
        product = carts.product(units=9, amount=1000)
        order = bought((product, 1))
        assert desk.get(page(order)).context["balance"] is None
        desk.post(page(order, "edit"), entered(order, **{units(order): 2, "step": "apply"}))
        outbox.drain()
        balance = desk.get(page(order)).context["balance"]
        assert balance["is_to_pay"]
        sent = Notification.objects.filter(template="order_to_pay").count()
        assert desk.get(page(order, "send_link")).status_code == 405
        for _ in range(2):  # the second click of the same minute is one mail
            assert desk.post(page(order, "send_link")).status_code == 302
        assert Notification.objects.filter(template="order_to_pay").count() == sent + 1
        assert balance["amount"].format() in str(Notification.objects.filter(template="order_to_pay").last().context)

    def test_a_new_link_takes_the_place_of_those_that_somebody_has(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        old, guest = access.url(order), Client()
        assert guest.get(old).status_code == 200
        assert desk.get(page(order, "renew_link")).status_code == 200
        assert desk.post(page(order, "renew_link"), {}).status_code == 200  # not without a yes
        assert guest.get(old).status_code == 200
        assert desk.post(page(order, "renew_link"), {"is_sure": "on"})["Location"] == page(order)
        plain = reverse("order", args=[order.number])
        assert [guest.get(url).status_code for url in (old, plain)] == [404, 404]  # the session knows the old one
        told = [Client().get(url).content.decode() for url in (old, old.replace(order.number, "ORD-2026999999"))]
        assert "If it did before, a newer link has replaced it" in told[0]
        own = re.compile('nonce="[^"]*"|<nav class="footer__languages".*?</nav>', re.DOTALL)  # links to the page itself
        assert own.sub("", told[0]) == own.sub("", told[1])  # whether it is an order
        assert order.number not in own.sub("", told[0])
        mail = Notification.objects.get(template="order_link")
        order.refresh_from_db()
        assert (mail.recipient, mail.context["order"]["url"]) == (order.email, requests.absolute(access.url(order)))
        assert guest.get(access.url(order)).status_code == 200
        notifications.send(notification_id=mail.pk)
        body = django_mail.outbox[-1].body
        assert "We made a new link to your order. The ones you had do not open it any more." in body
        assert "ask" not in body  # the customer asked for nothing

    def test_notes(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        mails = Notification.objects.count()
        desk.post(page(order, "note"), {"text": " For us "})
        assert Notification.objects.count() == mails
        desk.post(page(order, "note"), {"text": "Your parcel\nis late", "is_shown_to_customer": "on"})
        assert list(OrderNote.objects.values_list("text", "is_shown_to_customer")) == [
            ("For us", False), ("Your parcel\nis late", True),
        ]  # fmt: skip
        mail = Notification.objects.get(template="order_note")
        assert (mail.recipient, mail.context["text"]) == (order.email, "Your parcel\nis late")
        timeline = desk.get(page(order)).context["timeline"]
        assert [(one["title"], one["details"]) for one in timeline[:2]] == [
            ("Note to the customer", ["Your parcel", "is late"]), ("Note", ["For us"]),
        ]  # fmt: skip
        answer = desk.post(page(order, "note"), {"text": "   "})
        assert "This field is required." in answer.content.decode()

    def test_an_address_with_markup_is_shown_as_text(self, desk: Client) -> None:
        order = bought((carts.product(units=9), 1))
        desk.post(page(order, "note"), {"text": "<script>alert(1)</script>"})
        assert "<script>alert(1)</script>" not in desk.get(page(order)).content.decode()


@pytest.mark.parametrize("name", ["edit", "cancel_units", "note", "send_link", "renew_link"])
def test_A09_only_those_who_may(client: Client, name: str) -> None:
    order = bought((carts.product(units=9), 1))
    clerk = User.objects.create_user("other@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(clerk)
    assert client.post(page(order, name), entered(order, step="apply")).status_code == 403
    assert not OrderChange.objects.exists()


def test_how_orders_move(desk: Client) -> None:
    url = reverse("admin:checkout_order_states")
    html = desk.get(url, {"at": "shipped"}).content.decode()
    assert 'class="state is-now" data-status="shipped"' in html
    assert f'href="{url}"' in desk.get(reverse("admin:checkout_order_changelist")).content.decode()
    assert "<script>" not in desk.get(url, {"at": '"><script>'}).content.decode().split("order-picture")[1]
