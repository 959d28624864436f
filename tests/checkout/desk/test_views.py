"""The order's page in all its states, history, look-up, cancelling."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from checkout import urls
from checkout.orders import access
from checkout.orders import services as orders
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from checkout.storecredit import services as credit
from shop.core.money import Money
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests.factories import cart as carts
from tests.factories import returns
from tests.factories.checkout import captured, payment_of

pytestmark = pytest.mark.django_db(transaction=True)
# The addresses of an order that can be opened; those that only take a form are left out.
BEHIND_A_LINK = {
    one.name for one in urls.urlpatterns if str(one.pattern).startswith("orders/<str:number>/")
    and str(one.pattern).count("<") == 1
} - {"order_pay", "order_reorder"}  # fmt: skip


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


@pytest.fixture
def order():
    made = carts.order(carts.cart((carts.product(name="Lamp"), 1)))
    made.refresh_from_db()
    return made


def paid(order):
    payment = payment_of(order)
    payments.record(payment_id=payment.pk, outcome=captured(payment), source="charge")
    order.refresh_from_db()


def page(client, order, **given):
    return client.get(access.url(order), given)


def marks(answer):
    """What the page says of whether the payment has settled."""
    return re.findall(r'data-testid="(order-pending|order-confirmation)"', answer.content.decode())


def outcome(state, **given):
    return base.Outcome(reference="pi_1", state=state, **given)


class TestStates:
    def test_pending_refreshes_itself_with_and_without_script(self, client, order):
        answer = page(client, order)
        html = answer.content.decode()
        assert answer.context["state"] == "pending"
        assert marks(answer) == ["order-pending"]
        assert f'hx-get="/orders/{order.number}/status/' in html
        assert '<meta http-equiv="refresh"' in html

    def test_confirmed_once_the_money_is_there(self, client, order):
        paid(order)
        answer = page(client, order)
        html = answer.content.decode()
        assert marks(answer) == ["order-confirmation"]
        assert f'data-testid="order-number">{order.number}<' in html
        assert 'data-testid="order-status">Payment Confirmed<' in html
        assert f'data-testid="order-total">{order.total.format()}<' in html
        assert 'data-testid="order-details"' in html
        assert [step["label"] for step in answer.context["steps"] if step["is_current"]] == ["Payment Confirmed"]

    def test_the_fragment_stops_asking_once_it_is_settled(self, client, order):
        url = reverse("order_status", args=[order.number]) + f"?key={order.access_key}"
        assert "hx-trigger" in client.get(url).content.decode()
        paid(order)
        html = client.get(url).content.decode()
        assert "hx-trigger" not in html
        assert "<html" not in html

    def test_a_challenge_leads_to_the_bank(self, client, order):
        payments.record(
            payment_id=payment_of(order).pk,
            outcome=outcome("requires_action", action_url="https://bank.example/3ds"),
            source="charge",
        )
        answer = page(client, order)
        assert (answer.context["state"], answer.context["action_url"]) == ("action", "https://bank.example/3ds")
        assert marks(answer) == ["order-pending"]

    def test_declined_offers_another_card(self, client, order):
        payment = payment_of(order)
        payments.record(
            payment_id=payment.pk,
            outcome=outcome("declined", message="Your card was declined.", retryable=True),
            source="charge",
        )
        answer = page(client, order)
        html = answer.content.decode()
        assert 'data-testid="payment-error"' in html
        assert "Your card was declined." in html
        assert marks(answer) == ["order-pending"]
        assert re.search(r"Kept for you for another \d+\sminutes\.", html)
        given = {"method": "card", "payment_token": "pm_card_visa", "seen_total": str(order.total)}
        again = client.post(reverse("order_pay", args=[order.number]), given)
        assert again.status_code == 303
        second = Payment.objects.exclude(pk=payment.pk).get()
        assert (second.token, second.amount_minor) == ("pm_card_visa", order.total_minor)
        assert page(client, order).context["state"] == "pending"

    @pytest.mark.parametrize(
        "given", [{}, {"method": "gold"}, {"method": "card"}, {"method": "card", "payment_token": "a b"}]
    )
    def test_another_card_that_is_none_is_400(self, client, order, given):
        payments.record(payment_id=payment_of(order).pk, outcome=outcome("declined"), source="charge")
        page(client, order)
        given = {"seen_total": str(order.total), **given}
        assert client.post(reverse("order_pay", args=[order.number]), given).status_code == 400
        assert Payment.objects.count() == 1

    def test_a_second_payment_while_one_is_under_way_is_refused(self, client, order):
        page(client, order)
        given = {"method": "card", "payment_token": "pm_card_visa", "seen_total": str(order.total)}
        assert client.post(reverse("order_pay", args=[order.number]), given).status_code == 303
        assert Payment.objects.count() == 1

    def test_a_transfer_says_where_to_before_a_worker_has_seen_it(self, client):
        made = carts.order(carts.cart((carts.product(), 1)), provider="bank_transfer", token="")
        shown = []
        for _before_and_after in range(2):
            answer = page(client, made)
            html = answer.content.decode()
            assert (answer.context["state"], marks(answer)) == ("awaiting_transfer", ["order-pending"])
            assert ('http-equiv="refresh"' in html, "spinner" in html) == (False, False)
            shown.append({row["label"]: row["value"] for row in answer.context["transfer"]["rows"]})
            payments.charge(payment_id=payment_of(made).pk)
        assert shown[0] == shown[1]
        assert (shown[0]["Reference"], shown[0]["Amount"]) == (made.number, made.total.format())
        assert {"Account holder", "IBAN"} <= set(shown[0])

    def test_a_transfer_of_the_rest_waits_until_credit_is_set_aside_for_its_part(self, client):
        customer = carts.customer()
        credit.grant(customer_id=customer.pk, amount=Money(500, "USD"), reason="Sorry", key="g", by="staff:1")
        client.force_login(customer)
        cart = carts.cart((carts.product(), 1), customer_id=customer.pk)
        made = carts.order(cart, provider="bank_transfer", token="", use_credit=True)
        assert page(client, made).context["state"] == "pending"
        part, rest = Payment.objects.filter(order=made).order_by("id")
        for payment in (part, rest):
            payments.charge(payment_id=payment.pk)
        rows = {row["label"]: row["value"] for row in page(client, made).context["transfer"]["rows"]}
        assert rows["Amount"] == (made.total - Money(500, "USD")).format()

    def test_cancelled(self, client, order):
        orders.cancel(order_id=order.pk, by="guest")
        answer = page(client, order)
        assert answer.context["state"] == "cancelled"
        assert marks(answer) == []
        assert 'data-testid="cancel-order-btn"' not in answer.content.decode()

    @pytest.mark.parametrize("lines", [1, 8])
    def test_costs_the_same_for_one_line_and_for_many(self, client, lines, django_assert_max_num_queries):
        made = carts.order(carts.cart(*((carts.product(), 1) for _ in range(lines))))
        paid(made)
        page(client, made)
        with django_assert_max_num_queries(16):
            page(client, made)


class TestCancel:
    def test_gives_everything_back(self, client, order):
        html = page(client, order).content.decode()
        assert 'data-testid="cancel-order-btn"' in html
        answer = client.post(reverse("order_cancel", args=[order.number]))
        assert answer.status_code == 303
        order.refresh_from_db()
        assert order.status == "cancelled"

    @pytest.mark.parametrize(
        ("is_paid", "question", "told"),
        [
            (False, "You have not paid for it;", "You had not paid for it;"),
            (True, " comes back to you, the way you paid.", "What you paid goes back to you."),
        ],
    )
    def test_says_what_becomes_of_the_money(self, client, order, is_paid, question, told):
        if is_paid:
            paid(order)
        page(client, order)
        url = reverse("order_cancel", args=[order.number])
        assert question in client.get(url).content.decode()
        html = client.post(url, follow=True).content.decode()
        sentences = ("You had not paid for it;", "What you paid goes back to you.")
        assert [text for text in sentences if text in html] == [told]

    def test_get_only_asks(self, client, order):
        url = reverse("order_cancel", args=[order.number])
        link = f'href="{url}?key={order.access_key}" data-testid="cancel-order-btn"'
        html = page(client, order).content.decode()
        assert (html.count(link), f'action="{url}' in html) == (1, False)  # the order's page itself cancels nothing
        answer = client.get(url)
        assert answer.status_code == 200
        assert 'type="submit" data-testid="cancel-order-btn"' in answer.content.decode()
        order.refresh_from_db()
        assert order.status == "payment_pending"

    def test_asks_with_the_amount_that_comes_back(self, client, order):
        paid(order)
        order.refresh_from_db()
        page(client, order)
        answer = client.get(reverse("order_cancel", args=[order.number]))
        assert answer.context["comes_back"] == order.total
        assert f"{order.total.format()} comes back to you, the way you paid." in answer.content.decode()

    def test_does_not_ask_when_it_is_too_late(self, client, order):
        page(client, order)
        orders.cancel(order_id=order.pk, by="system")
        answer = client.get(reverse("order_cancel", args=[order.number]), follow=True)
        assert answer.redirect_chain[0][1] == 303
        assert "This order cannot be cancelled any more." in answer.content.decode()

    def test_too_late_is_said(self, client, order):
        page(client, order)
        orders.cancel(order_id=order.pk, by="system")
        answer = client.post(reverse("order_cancel", args=[order.number]), follow=True)
        assert "This order cannot be cancelled any more." in answer.content.decode()


def without_own_address(answer) -> bytes:
    """The page without the links to itself in other languages, which say nothing that was not in its address."""
    content, times = re.subn(rb'<nav class="footer__languages".*?</nav>', b"", answer.content, flags=re.DOTALL)
    assert times == 1
    return content


class TestWho:
    def test_A01_A02_A03_others_get_the_404_of_an_order_that_is_not(self, client, order):
        other = carts.order(carts.cart((carts.product(), 1)))
        missing = client.get("/orders/ORD-2099999999/")
        for key in (
            "",
            order.access_key[:-1],
            order.access_key + "x",
            other.access_key,
            order.access_key.swapcase(),
            "é",
        ):
            answer = client.get(f"/orders/{order.number}/", {"key": key} if key else {})
            assert (answer.status_code, without_own_address(answer)) == (404, without_own_address(missing))
        for name in ("order_status", "order_cancel", "order_pay", "order_payment_page"):
            url = reverse(name, args=[order.number])
            assert {client.get(url).status_code, client.post(url).status_code} <= {404, 405}
        order.refresh_from_db()
        assert order.status == "payment_pending"

    def test_a_customer_sees_theirs_and_no_other(self, client):
        ada, bob = carts.customer(), carts.customer("bob@example.com")
        order = carts.order(carts.cart((carts.product(), 1), customer_id=ada.pk))
        url = reverse("order", args=[order.number])
        client.force_login(bob)
        assert client.get(url).status_code == 404
        client.force_login(ada)
        assert client.get(url).status_code == 200

    def test_who_is_signed_in_gets_back_to_their_orders(self, client, order):
        link = f'href="{reverse("order_history")}" aria-label="Your orders" data-testid="orders-link"'
        assert page(client, order).content.decode().count(link) == 0
        client.force_login(carts.customer())
        assert page(client, order).content.decode().count(link) == 1

    def test_a_guests_secret_is_kept_for_the_session_and_not_told_to_other_sites(self, client, order):
        answer = page(client, order)
        assert answer["Referrer-Policy"] == "same-origin"
        assert client.get(reverse("order", args=[order.number])).status_code == 200

    @pytest.mark.parametrize("name", sorted(BEHIND_A_LINK))
    def test_A02_what_a_link_opens_is_kept_by_no_cache_and_no_search_and_told_to_no_other_site(
        self, client, order, name
    ):
        returns.rule()
        answer = client.get(reverse(name, args=[order.number]), {"key": order.access_key})
        assert answer.status_code in (200, 302, 303)
        told = {word.strip() for word in answer["Cache-Control"].split(",")}
        assert {"private", "no-store"} <= told
        assert answer["Referrer-Policy"] in {"same-origin", "strict-origin-when-cross-origin"}
        if answer.status_code == 200 and name != "order_status":  # that one is a part of a page
            assert '<meta name="robots" content="noindex">' in answer.content.decode()


class TestHistory:
    def test_ten_a_page_newest_first_and_only_mine(self, client):
        ada = carts.customer()
        product = carts.product(units=50)
        mine = [carts.order(carts.cart((product, 1), customer_id=ada.pk)).number for _ in range(11)]
        carts.order(carts.cart((product, 1)))
        client.force_login(ada)
        first = client.get(reverse("order_history"))
        assert [row["number"] for row in first.context["orders"]] == mine[:0:-1]
        second = client.get(reverse("order_history"), {"page": "2"})
        assert [row["number"] for row in second.context["orders"]] == mine[:1]

    @pytest.mark.parametrize("number", ["0", "-1", "x", "10000", "99999999999"])
    def test_pages_that_are_not_are_404(self, client, number):
        client.force_login(carts.customer())
        assert client.get(reverse("order_history"), {"page": number}).status_code == 404

    def test_needs_a_login(self, client):
        assert client.get(reverse("order_history")).status_code == 302

    @pytest.mark.parametrize("count", [1, 6])
    def test_costs_the_same_for_one_and_for_many(self, client, count, django_assert_max_num_queries):
        ada = carts.customer()
        product = carts.product(units=50)
        for _ in range(count):
            carts.order(carts.cart((product, 1), customer_id=ada.pk))
        client.force_login(ada)
        client.get(reverse("order_history"))
        with django_assert_max_num_queries(10):
            client.get(reverse("order_history"))


class TestLookup:
    def ask(self, client, number, email):
        return client.post(reverse("order_lookup"), {"number": number, "email": email}, follow=True)

    def test_mails_the_link_to_the_orders_own_address(self, client, order):
        self.ask(client, f" {order.number.lower()} ", "ADA@example.com")
        for pk in Notification.objects.filter(template="order_link").values_list("pk", flat=True):
            notifications.send(notification_id=pk)
        (message,) = mail.outbox
        assert message.to == ["ada@example.com"]
        assert access.url(order) in message.body
        assert message.subject == f"Your order {order.number}"
        assert "You asked us for the link" in message.body
        assert "a new link" not in message.body

    def test_A19_says_the_same_whether_it_matches_or_not(self, client, order):
        answers = [
            self.ask(client, number, email).content
            for number, email in (
                (order.number, "ada@example.com"),
                (order.number, "eve@example.com"),
                ("ORD-2099999999", "ada@example.com"),
            )
        ]
        assert (
            answers[0].count(b"on its way") == answers[1].count(b"on its way") == answers[2].count(b"on its way") == 1
        )
        assert Notification.objects.filter(template="order_link").count() == 1

    def test_is_sent_once_an_hour_at_most(self, client, order):
        for _ in range(3):
            self.ask(client, order.number, "ada@example.com")
        assert Notification.objects.filter(template="order_link").count() == 1

    def test_is_limited(self, client, order, settings):
        settings.RATELIMIT_ENABLE = True
        answers = [self.ask(client, order.number, "eve@example.com") for _ in range(11)]
        assert (answers[0].status_code, answers[-1].status_code, answers[-1]["Retry-After"]) == (200, 429, "600")

    def test_A19_an_address_is_limited_wherever_it_is_asked_from_and_known_or_not(self, client, order, settings):
        settings.RATELIMIT_ENABLE = True

        def ask(turn, number, email):
            data = {"number": number, "email": email}
            return client.post(reverse("order_lookup"), data, REMOTE_ADDR=f"10.0.0.{turn}")

        asked = [(order.number, "ada@example.com"), (order.number, "eve@example.com"), ("ORD-1", "bob@example.com")]
        told = []
        for number, email in asked:
            answers = [ask(turn, number, email.upper() if turn % 2 else email) for turn in range(11)]
            assert [one.status_code for one in answers] == [303] * 10 + [429]
            told.append((answers[-1].context["form"].non_field_errors(), answers[-1]["Retry-After"]))
        assert told == [(["Too many tries. Please wait before you try again."], "3600")] * 3
        assert Notification.objects.filter(template="order_link").count() == 1

    def test_a_caller_who_is_stopped_uses_up_no_address(self, client, order, settings):
        settings.RATELIMIT_ENABLE = True
        for turn in range(20):
            self.ask(client, order.number, "eve@example.com" if turn < 10 else "ada@example.com")
        data = {"number": order.number, "email": "ada@example.com"}
        answers = [
            client.post(reverse("order_lookup"), data, REMOTE_ADDR=f"10.0.0.{turn}").status_code for turn in range(10)
        ]
        assert answers == [303] * 10

    def test_what_is_no_address_is_said(self, client):
        answer = self.ask(client, "", "x")
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"number", "email"})
