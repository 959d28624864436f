"""An order's page after the purchase: its parcels, changes, balance, papers and returns; cancelling some of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.changes import services as changes
from checkout.desk import services as desk
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.notes import services as notes
from checkout.orders import access, services
from checkout.orders.models import Order, OrderChange
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from tests import outbox
from tests.factories import archive as archiving
from tests.factories import cart as carts
from tests.factories import returns as returning
from tests.factories.checkout import captured, payment_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def paid(*products: Any, quantity: int = 3, **details: Any) -> Order:
    wanted = products or (carts.product(name="Lamp", amount=1200),)
    order = carts.order(carts.cart(*((one, quantity) for one in wanted)), **details)
    payment = payment_of(order)
    payments.record(payment_id=payment.pk, outcome=captured(payment), source="charge")
    outbox.drain(mails=False)
    order.refresh_from_db()
    return order


def sent(*products: Any, **details: Any) -> Order:
    order = paid(*products, **details)
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1Z999", by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    return order


def page(client: Client, order: Order) -> Any:
    return client.get(access.url(order))


def card(page: Any, method: str = "card") -> dict[str, str]:
    """What the form of this page posts with a card that pays."""
    return {"method": method, "payment_token": "pm_card_visa", "seen_total": page.context["seen_total"]}


def text(answer: Any, testid: str) -> list[str]:
    """The texts of the elements with a test id."""
    html = answer.content.decode()
    return re.findall(rf'data-testid="{testid}"[^>]*>([^<]*)<', html)


def test_wishes_are_on_the_page_as_they_were_written(client: Client) -> None:
    order = paid(gift_message="For you\n<b>Ada</b>", po_number="PO-4711")
    answer = page(client, order)
    assert text(answer, "gift-message") == ["For you\n&lt;b&gt;Ada&lt;/b&gt;"]
    assert text(answer, "po-number") == ["PO-4711"]
    assert text(page(client, paid()), "gift-message") == []


def test_what_the_shop_wrote_for_the_customer_is_there_and_nothing_else(client: Client) -> None:
    order = paid()
    notes.add(order_id=order.pk, text="Your chair is ready.", is_shown_to_customer=True, by="staff:1")
    notes.add(order_id=order.pk, text="Difficult customer.", is_shown_to_customer=False, by="staff:1")
    html = page(client, order).content.decode()
    assert html.count('data-testid="order-note"') == 1
    assert "Your chair is ready." in html
    assert "Difficult" not in html


class TestParcels:
    def test_a_parcel_leads_to_its_page(self, client: Client) -> None:
        order = sent()
        answer = page(client, order)
        html = answer.content.decode()
        assert html.count('data-testid="tracking"') == 1
        (parcel,) = Shipment.objects.filter(order=order)
        url = reverse("order_parcel", args=[order.number, parcel.number])
        assert f'href="{url}?key={order.access_key}"' in html
        shown = client.get(f"{url}?key={order.access_key}")
        assert text(shown, "tracking-number") == ["1Z999"]
        assert "Handed to UPS" in shown.content.decode()
        assert shown["Referrer-Policy"] == "same-origin"

    def test_A02_a_parcel_of_another_order_is_not_found(self, client: Client) -> None:
        mine, other = sent(), sent()
        (parcel,) = Shipment.objects.filter(order=other)
        url = reverse("order_parcel", args=[mine.number, parcel.number])
        assert client.get(f"{url}?key={mine.access_key}").status_code == 404
        url = reverse("order_parcel", args=[other.number, parcel.number])
        assert client.get(url).status_code == 404

    def test_something_can_be_returned_once_it_has_left(self, client: Client) -> None:
        returning.rule()
        assert text(page(client, paid()), "return-btn") == []
        order = sent()
        assert text(page(client, order), "return-btn") == ["Return something"]
        found = returning.asked(order, returning.wanted(returning.lines(order)[0], 3))
        answer = page(client, order)
        assert text(answer, "return-btn") == []  # nothing is left to be returned
        (shown,) = answer.context["returns"]
        assert (shown["number"], shown["text"], shown["status_label"]) == (found.number, "3 × Lamp", "approved")
        assert client.get(shown["url"]).status_code == 200
        told = [(one["text"], one["note"]) for one in answer.context["story"]]
        assert told[:2] == [
            ("Your return was approved", found.number),
            ("You asked to return something", found.number),
        ]


class TestPapers:
    def test_the_invoice_is_linked_once_it_is_issued(self, client: Client) -> None:
        order = sent()
        (label,) = text(page(client, order), "document-link")
        number = label.removeprefix("Invoice ")
        url = reverse("order_document", args=[order.number, number])
        assert client.get(f"{url}?key={order.access_key}")["Content-Type"] == "application/pdf"


class TestBalance:
    @pytest.fixture
    def order(self) -> Order:
        made = paid(quantity=1)
        more = carts.product(name="Mug", amount=500)
        changes.edit(
            order_id=made.pk, seen_revision=0, added={carts.variant_of(more).pk: 2}, reason="more", by="staff:1"
        )
        outbox.drain(mails=False)
        made.refresh_from_db()
        return made

    def test_what_is_still_to_be_paid_can_be_paid_here(self, client: Client, order: Order) -> None:
        answer = page(client, order)
        due = order.money(order.balance_minor).format()
        html = answer.content.decode()
        assert f"<h2>{due} is still to be paid</h2>" in html
        assert "We send it as soon as the difference is paid." in html
        assert text(answer, "order-balance") == [due]
        assert 'data-testid="order-confirmation"' in html
        assert answer.context["pay_total"] == order.money(order.balance_minor)
        again = client.post(reverse("order_pay", args=[order.number]), card(answer))
        assert again.status_code == 303
        second = Payment.objects.filter(order=order).latest("id")
        assert (second.amount_minor, second.token) == (order.balance_minor, "pm_card_visa")
        waiting = page(client, order)
        assert (waiting.context["state"], waiting.context["is_waiting"]) == ("balance", True)
        assert 'hx-trigger="every 2s"' in waiting.content.decode()
        payments.record(payment_id=second.pk, outcome=captured(second), source="charge")
        done = page(client, order)
        assert (done.context["state"], done.context["is_waiting"]) == ("confirmed", False)
        assert text(done, "order-balance") == []

    def test_a_declined_card_says_so_and_can_be_tried_again(self, client: Client, order: Order) -> None:
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_chargeDeclined", by="guest")
        second = Payment.objects.filter(order=order).latest("id")
        outcome = base.Outcome(reference="pi_2", state="declined", message="Your card was declined.", retryable=True)
        payments.record(payment_id=second.pk, outcome=outcome, source="charge")
        answer = page(client, order)
        assert (answer.context["state"], answer.context["step"]) == ("balance", "declined")
        assert "Your card was declined." in answer.content.decode()
        assert text(answer, "payment-error") != []

    def test_a_transfer_says_where_to(self, client: Client, order: Order) -> None:
        made = payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
        payments.charge(payment_id=made.pk)
        answer = page(client, order)
        assert answer.context["step"] == "awaiting_transfer"
        rows = {row["label"]: row["value"] for row in answer.context["transfer"]["rows"]}
        assert rows["Reference"] == order.number
        assert rows["IBAN"] == "GB33 BUKB 2020 1555 5555 55"
        assert "<strong><bdi>GB33 BUKB 2020 1555 5555 55</bdi></strong>" in answer.content.decode()

    def test_another_way_that_is_none_is_400(self, client: Client, order: Order) -> None:
        page(client, order)
        answer = client.post(reverse("order_pay", args=[order.number]), card(page(client, order), method="gold"))
        assert answer.status_code == 400
        assert Payment.objects.filter(order=order).count() == 1

    def test_what_is_due_may_change_while_the_page_is_open(self, client: Client, order: Order) -> None:
        """The sum on the button is charged or nothing: the page that is shown then has the new one."""
        opened = page(client, order)
        seen = order.money(order.balance_minor)
        line = order.lines.first()
        changes.edit(
            order_id=order.pk, seen_revision=order.revision, added={line.variant_id: 1}, reason="One more", by="staff:1"
        )
        order.refresh_from_db()
        due = order.money(order.balance_minor)
        answer = client.post(reverse("order_pay", args=[order.number]), card(opened), follow=True)
        told = f"What is to be paid has changed from {seen.format()} to {due.format()}."
        assert [str(one) for one in answer.context["messages"]] == [f"{told} Nothing was charged; please look again."]
        assert (due > seen, answer.context["seen_total"]) == (True, str(due))
        assert Payment.objects.filter(order=order).count() == 1
        client.post(reverse("order_pay", args=[order.number]), card(answer))
        assert Payment.objects.filter(order=order).latest("id").amount_minor == due.minor

    @pytest.mark.parametrize("seen", [None, "", "x", "-1.00 USD", "1E+99 USD", "1.00 XYZ", "1.00 usd"])
    def test_a_sum_that_is_none_is_400(self, client: Client, order: Order, seen: str | None) -> None:
        given = card(page(client, order)) | {"seen_total": seen}
        answer = client.post(
            reverse("order_pay", args=[order.number]),
            {name: value for name, value in given.items() if value is not None},
        )
        assert (answer.status_code, answer.context["error"]) == (400, "Please check the total again.")
        assert Payment.objects.filter(order=order).count() == 1


class TestCancelUnits:
    def url(self, order: Order) -> str:
        return reverse("order_cancel_units", args=[order.number])

    def field(self, order: Order, position: int = 1) -> str:
        return f"units-{order.lines.get(position=position).pk.hex}"

    def test_a_page_says_what_comes_back_before_anything_is_done(self, client: Client) -> None:
        order = paid(quantity=3)
        html = page(client, order).content.decode()
        assert f'href="{self.url(order)}?key={order.access_key}"' in html
        assert client.get(self.url(order)).status_code == 200
        line = order.lines.get()
        sure = client.get(self.url(order), {"units": "1", self.field(order): "2"})
        worth = sure.context["comes_back"]
        assert worth.minor == order.total_minor - sure.context["total"].minor > 0
        assert f"{worth.format()} comes back to you, the way you paid." in sure.content.decode()
        order.refresh_from_db()
        assert (order.revision, line.quantity) == (0, 3)

        done = client.post(self.url(order), {self.field(order): "2"}, follow=True)
        assert "It is off your order." in done.content.decode()
        order.refresh_from_db()
        assert (order.lines.get().quantity, order.total_minor) == (1, sure.context["total"].minor)
        change = OrderChange.objects.get()
        assert (change.kind, change.actor, change.difference_minor) == ("cancel", "guest", -worth.minor)
        answer = page(client, order)
        assert "2 cancelled" in answer.content.decode()
        assert [one["text"] for one in answer.context["story"] if "cancelled" in one["text"]] == ["2 × Lamp cancelled"]

    @pytest.mark.parametrize("units", ["0", "", "4", "-1", "1.5", "x"])
    def test_what_is_no_number_of_its_units_is_asked_again(self, client: Client, units: str) -> None:
        order = paid(quantity=3)
        page(client, order)
        given = {self.field(order): units}
        assert client.get(self.url(order), {"units": "1", **given}).status_code == 422
        assert client.post(self.url(order), given).status_code == 422
        assert OrderChange.objects.count() == 0

    def test_lines_of_the_same_name_are_told_apart(self, client: Client) -> None:
        order = paid(carts.product(name="Lamp", amount=1200), carts.product(name="Lamp", amount=1500), quantity=2)
        page(client, order)
        lines = list(order.lines.order_by("position"))
        told = [f"{line.sku} · ${price}" for line, price in zip(lines, ("12.00", "15.00"), strict=True)]
        asked = client.get(self.url(order)).content.decode()
        sure = client.get(self.url(order), {"units": "1", f"units-{lines[1].pk.hex}": "1"}).content.decode()
        assert [[one in html for one in told] for html in (asked, sure)] == [[True, True], [False, True]]

    def test_all_of_it_is_the_whole_order(self, client: Client) -> None:
        order = paid(quantity=3)
        page(client, order)
        answer = client.get(self.url(order), {"units": "1", self.field(order): "3"})
        assert (answer.status_code, answer["Location"]) == (303, reverse("order_cancel", args=[order.number]))

    def test_once_it_is_being_packed_it_is_too_late(self, client: Client) -> None:
        order = paid(quantity=3)
        fulfilment.start(order_id=order.pk, by="staff:1")
        assert text(page(client, order), "cancel-units-link") == []
        for answer in (
            client.get(self.url(order), follow=True),
            client.post(self.url(order), {self.field(order): "1"}, follow=True),
        ):
            assert "We are packing it already" in answer.content.decode()
        assert OrderChange.objects.count() == 0

    def test_the_same_twice_is_two_wishes_and_never_more_than_there_is(self, client: Client) -> None:
        order = paid(quantity=2)
        page(client, order)
        given = {self.field(order): "1"}
        client.post(self.url(order), given)
        answer = client.post(self.url(order), given)  # nothing would be left: that is the whole order, asked for first
        assert answer["Location"].startswith(reverse("order_cancel", args=[order.number]))
        order.refresh_from_db()
        assert (order.lines.get().quantity, order.status) == (1, "payment_confirmed")

    def test_clicked_twice_it_is_one_wish(self, client: Client) -> None:
        order = paid(quantity=3)
        page(client, order)
        sure = client.get(self.url(order), {"units": "1", self.field(order): "1"})
        assert '<input type="hidden" name="revision" value="0">' in sure.content.decode()
        given = {self.field(order): "1", "revision": str(sure.context["revision"])}
        client.post(self.url(order), given)
        answer = client.post(self.url(order), given, follow=True)
        assert "changed this order meanwhile" in answer.content.decode()
        assert order.lines.get().quantity == 2

    def test_one_unit_alone_is_cancelled_with_its_order(self, client: Client) -> None:
        assert text(page(client, paid(quantity=1)), "cancel-units-link") == []

    def test_A02_others_get_404(self, client: Client) -> None:
        order = paid()
        assert client.get(self.url(order)).status_code == 404
        assert client.post(self.url(order), {self.field(order): "1"}).status_code == 404


class TestArchive:
    @pytest.fixture
    def order(self) -> Order:
        made = sent(customer_id=None)
        fulfilment.deliver(order_id=made.pk, by="staff:1")
        outbox.drain(mails=False)
        made.refresh_from_db()
        return made

    def test_an_archived_order_opens_as_it_did_before(self, client: Client, order: Order) -> None:
        def shown() -> list[Any]:
            answer = page(client, order)
            return [answer.context[name] for name in ("story", "totals", "shipments", "headline", "next_text")]

        before = shown()
        (parcel,) = Shipment.objects.filter(order=order)
        assert archiving.archive_all() == 1
        assert not Order.objects.exists()
        assert shown() == before
        url = reverse("order_parcel", args=[order.number, parcel.number])
        assert text(client.get(url), "tracking-number") == ["1Z999"]
        assert not Order.objects.exists()  # looking brings nothing back

    def test_nothing_is_offered_that_cannot_be_done_with_it(self, client: Client, order: Order) -> None:
        returning.rule()
        archiving.archive_all()
        answer = page(client, order)
        for testid in ("cancel-order-btn", "return-btn", "cancel-units-link"):
            assert text(answer, testid) == []
        for name in ("order_cancel", "order_cancel_units", "order_pay"):
            assert client.post(reverse(name, args=[order.number])).status_code == 404

    def test_it_is_ordered_again_like_any_other(self, client: Client, order: Order) -> None:
        archiving.archive_all()
        page(client, order)
        answer = client.post(reverse("order_reorder", args=[order.number]), follow=True)
        assert "3 items are in your cart again." in answer.content.decode()

    def test_it_stays_in_the_history(self, client: Client) -> None:
        ada = carts.customer()
        orders = [carts.order(carts.cart((carts.product(), 1), customer_id=ada.pk)) for _ in range(2)]
        for one in orders[:1]:
            services.cancel(order_id=one.pk, by="system")
        outbox.drain(mails=False)
        client.force_login(ada)
        before = [row["number"] for row in client.get(reverse("order_history")).context["orders"]]
        assert archiving.archive_all() == 1
        assert [row["number"] for row in client.get(reverse("order_history")).context["orders"]] == before

    def test_its_link_can_be_asked_for(self, order: Order) -> None:
        archiving.archive_all()
        assert desk.send_link(number=order.number, email="ada@example.com")
        assert not desk.send_link(number=order.number, email="eve@example.com")

    def test_A02_others_get_404(self, client: Client, order: Order) -> None:
        archiving.archive_all()
        assert client.get(reverse("order", args=[order.number])).status_code == 404
        assert client.post(reverse("order_reorder", args=[order.number])).status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_however_much_has_happened(
    client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    order = sent(*(carts.product(units=20) for _ in range(count)), quantity=2)
    page(client, order)
    with django_assert_max_num_queries(30):
        page(client, order)
