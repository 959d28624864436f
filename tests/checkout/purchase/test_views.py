"""The checkout's two pages and its button."""

import re

import pytest
from django.urls import reverse

from catalog.products import services as products
from catalog.products.models import Price
from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.purchase.models import CheckoutDetails
from inventory.reservations import locking as reservation_locking
from inventory.stock.models import StockItem
from shop.accounts.models import Address
from tests.concurrency.race import locked
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)

ENTERED = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "country": "US",
    "address1": "1 Analytical Way",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "delivery_option": "standard",
}


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def put_in(client, product, quantity=1):
    client.post(reverse("cart_add"), {"product": str(product.pk), "quantity": quantity})


def enter(client, **changes):
    return client.post(reverse("checkout"), {**ENTERED, **changes})


def pay(client, **changes):
    page = client.get(reverse("payment")).context
    form = {
        "method": "card",
        "payment_token": "pm_card_visa",
        "seen_total": page["seen_total"],
        "idempotency_key": page["idempotency_key"],
    }
    return client.post(reverse("checkout_place"), {**form, **changes})


def refused(client, **changes):
    """The payment page, to which a refusal leads: it can be loaded again and come back to."""
    answer = pay(client, **changes)
    assert (answer.status_code, answer["Location"]) == (303, reverse("payment"))
    return client.get(answer["Location"])


def is_placed(answer):
    return answer.status_code == 303 and "/orders/" in answer["Location"]


class TestDetails:
    def test_has_the_ids_of_the_contract_and_eight_visible_fields(self, client):
        put_in(client, carts.product())
        page = client.get(reverse("checkout")).content.decode()
        for name in (
            "checkout-form", "email-input", "first-name-input", "last-name-input", "address-input", "city-input",
            "state-select", "zip-input", "country-select", "delivery-option", "continue-to-payment-btn",
        ):  # fmt: skip
            assert f'data-testid="{name}"' in page
        assert '<option value="US" selected>' in page

    @pytest.mark.parametrize(
        ("state", "tax", "label"),
        [("", "Calculated from your address", "Estimated total"), ("IL", "$1.56", "Total"), ("OR", "$0.00", "Total")],
    )
    def test_the_tax_is_told_once_the_address_decides_it(self, client, state, tax, label):
        put_in(client, carts.product())
        page = client.get(reverse("checkout"), {"country": "US", "state": state}).content.decode()
        assert re.findall(r'data-testid="cart-tax"[^>]*>([^<]*)<', page) == [tax]
        assert re.findall(r'<div class="totals__sum"><dt>([^<]*)<', page) == [label]

    def test_keeps_what_is_entered_and_goes_on(self, client):
        put_in(client, carts.product())
        answer = enter(client, state="illinois")
        assert (answer.status_code, answer["Location"]) == (303, reverse("payment"))
        kept = CheckoutDetails.objects.get()
        assert (kept.email, kept.shipping_address["state"], kept.delivery_option) == (
            "ada@example.com",
            "IL",
            "standard",
        )

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"email": "ada"}, "email", "Enter an e-mail address like name@example.com."),
            ({"email": ""}, "email", "Enter an e-mail address. The confirmation goes there."),
            ({"first_name": ""}, "first_name", "Enter a first name."),
            (
                {"postal_code": "627"},
                "postal_code",
                "That postcode does not look right. Example for United States of America: 95014.",
            ),
            ({"state": ""}, "state", "Choose from the list."),
            ({"state": "Bavaria"}, "state", "Please check this."),
            ({"phone": "call me"}, "phone", "Please enter a phone number, as +1 555 0100."),
            (
                {"country": "DE", "state": "", "postal_code": "12345"},
                "country",
                "We do not deliver to this country yet.",
            ),
            ({"country": "XX"}, "country", "Select a valid choice. XX is not one of the available choices."),
            ({"delivery_option": "drone"}, "__all__", "Please choose how we should deliver."),
        ],
    )
    def test_says_at_the_field_what_to_mend(self, client, changes, field, sentence):
        put_in(client, carts.product())
        answer = enter(client, **changes)
        assert answer.status_code == 422
        assert answer.context["form"].errors[field] == [sentence]
        assert not CheckoutDetails.objects.exists()

    def test_another_country_has_other_fields(self, client):
        put_in(client, carts.product())
        form = client.get(reverse("checkout"), {"country": "GB"}, HTTP_HX_REQUEST="true").context["form"]
        assert str(form.fields["postal_code"].label) == "Postcode"
        assert form.fields["state"].widget.is_hidden
        assert form.rules.country == "GB"

    def test_update_without_script_keeps_the_rest(self, client):
        put_in(client, carts.product())
        answer = client.post(reverse("checkout"), {**ENTERED, "country": "CA", "email": "", "update": "1"})
        assert (answer.status_code, answer.context["form"]["first_name"].value()) == (200, "Ada")
        assert answer.context["form"].rules.country == "CA"

    def test_prices_that_were_told_are_acknowledged_by_going_on(self, client):
        put_in(client, carts.product(amount=2500))
        Price.objects.update(amount_minor=2600)
        enter(client)
        assert "The price changed from $" not in client.get(reverse("cart")).content.decode()

    def test_an_empty_cart_leads_back_to_it(self, client):
        assert client.get(reverse("checkout"))["Location"] == reverse("cart")
        assert client.get(reverse("payment"))["Location"] == reverse("cart")

    def test_a_customers_addresses_are_offered(self, client):
        ada = carts.customer(first_name="Ada")
        saved = Address.objects.create(
            user=ada, first_name="Ada", last_name="L", address1="9 Home", city="Reno", state="NV", postal_code="89501",
            country="US",
        )  # fmt: skip
        client.force_login(ada)
        put_in(client, carts.product())
        answer = client.get(reverse("checkout"), {"address": str(saved.pk)})
        assert answer.context["form"]["address1"].value() == "9 Home"
        assert [one["is_selected"] for one in answer.context["saved_addresses"]] == [True]

    def test_A05_anothers_address_is_not_found_and_not_echoed(self, client):
        bob = carts.customer("bob@example.com")
        theirs = Address.objects.create(
            user=bob, first_name="Bob", last_name="B", address1="7 Secret Street", country="US"
        )
        client.force_login(carts.customer())
        put_in(client, carts.product())
        for key in (str(theirs.pk), "nonsense"):
            answer = client.get(reverse("checkout"), {"address": key})
            assert answer.status_code == 404
            assert "Secret" not in answer.content.decode()


class TestPlace:
    def test_makes_the_order_and_leads_to_it(self, client):
        put_in(client, carts.product(amount=2500), 2)
        enter(client)
        answer = pay(client)
        order = Order.objects.get()
        assert answer.status_code == 303
        assert answer["Location"] == f"/orders/{order.number}/?key={order.access_key}&placed=1"
        assert (order.total_minor, order.email) == (5912, "ada@example.com")
        assert Payment.objects.get().token == "pm_card_visa"
        assert 'data-testid="order-pending"' in client.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize("who", ["guest", "customer"])
    def test_costs_thirty_five_queries_at_most(self, client, who, settings, django_assert_max_num_queries):
        """Counting BEGIN, COMMIT and savepoints, too; sessions as in production."""
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
        if who == "customer":
            client.force_login(carts.customer())
        for _ in range(3):
            put_in(client, carts.product(units=20))
        enter(client)
        page = client.get(reverse("payment")).context
        form = {"method": "card", "payment_token": "pm_card_visa"}
        form |= {name: page[name] for name in ("seen_total", "idempotency_key")}
        with django_assert_max_num_queries(35):
            assert client.post(reverse("checkout_place"), form).status_code == 303

    def test_F05_A14_the_same_post_again_is_the_same_order(self, client):
        put_in(client, carts.product())
        enter(client)
        page = client.get(reverse("payment")).context
        form = {"method": "card", "payment_token": "pm_card_visa"}
        form |= {name: page[name] for name in ("seen_total", "idempotency_key")}
        answers = [client.post(reverse("checkout_place"), form) for _ in range(3)]
        assert len({answer["Location"] for answer in answers}) == 1
        assert (Order.objects.count(), Payment.objects.count()) == (1, 1)

    def test_A13_without_an_address_is_409_and_shows_that_step(self, client):
        put_in(client, carts.product())
        assert client.get(reverse("payment"))["Location"] == reverse("checkout")
        answer = client.post(reverse("checkout_place"), {"method": "card", "payment_token": "pm_card_visa"})
        assert (answer.status_code, answer.context["error"]) == (409, "Please tell us first where to deliver.")
        assert not Order.objects.exists()

    def test_F09_a_changed_price_is_shown_and_asked_for(self, client):
        put_in(client, carts.product(amount=2500))
        enter(client)
        page = client.get(reverse("payment")).context
        Price.objects.update(amount_minor=3000)
        answer = refused(client, seen_total=page["seen_total"], method="bank_transfer")
        assert 'data-testid="price-changed">The total changed from $' in answer.content.decode()
        assert answer.context["price_changed"]["new"].minor - answer.context["price_changed"]["old"].minor >= 500
        assert [one["id"] for one in answer.context["methods"] if one["is_selected"]] == ["bank_transfer"]
        assert not Order.objects.exists()
        assert "price-changed" not in client.get(reverse("payment")).content.decode()  # it was said
        assert is_placed(pay(client, seen_total=answer.context["seen_total"]))

    def test_a_change_that_was_taken_back_is_not_told(self, client):
        put_in(client, carts.product(amount=2500))
        enter(client)
        page = client.get(reverse("payment")).context
        Price.objects.update(amount_minor=3000)
        pay(client, seen_total=page["seen_total"])
        Price.objects.update(amount_minor=2500)
        assert "price-changed" not in client.get(reverse("payment")).content.decode()

    def test_its_address_leads_whoever_opens_it_to_the_step_before(self, client):
        put_in(client, carts.product())
        enter(client)
        answer = client.get(reverse("checkout_place"))
        assert (answer.status_code, answer["Location"]) == (303, reverse("payment"))

    def test_back_from_an_order_that_waits_for_its_payment_leads_to_it(self, client):
        put_in(client, carts.product())
        enter(client)
        order = client.get(pay(client)["Location"], follow=True).context["order"]
        order = Order.objects.get(number=order["number"] if isinstance(order, dict) else order.number)
        assert order.status == Order.Status.PAYMENT_PENDING
        for path in ("checkout", "payment"):
            answer = client.get(reverse(path))
            assert (answer.status_code, answer["Location"]) == (303, reverse("order", args=[order.number]))
        assert client.get(answer["Location"]).status_code == 200
        Order.objects.filter(pk=order.pk).update(status=Order.Status.PAYMENT_CONFIRMED)
        assert client.get(reverse("payment"))["Location"] == reverse("cart")

    def test_what_is_no_longer_sold_is_named_and_not_counted(self, client):
        kept, gone = carts.product(name="Kept", amount=2500), carts.product(name="Gone", amount=9900)
        put_in(client, kept)
        put_in(client, gone)
        products.archive(product_id=gone.pk, by="test")
        said = "“Gone”: No longer for sale; it is not part of your order."
        for page in (client.get(reverse("checkout")), enter(client) and client.get(reverse("payment"))):
            assert (page.context["notices"], page.context["unit_count"]) == ((said,), 1)
            assert [line.name for line in page.context["lines"]] == ["Kept"]
            assert said in page.content.decode()

    def test_what_is_withdrawn_at_the_last_moment_is_told_before_anything_is_paid(self, client):
        kept, gone = carts.product(name="Kept", amount=2500), carts.product(name="Gone", amount=9900)
        put_in(client, kept)
        put_in(client, gone)
        enter(client)
        page = client.get(reverse("payment")).context
        products.archive(product_id=gone.pk, by="test")
        answer = refused(client, seen_total=page["seen_total"])
        assert answer.context["price_changed"]["old"] > answer.context["price_changed"]["new"]
        assert answer.context["notices"] == ("“Gone”: No longer for sale; it is not part of your order.",)
        assert not Order.objects.exists()

    def test_F10_stock_that_went_is_named_and_nothing_is_charged(self, client):
        product = carts.product(name="Lamp")
        put_in(client, product)
        enter(client)
        page = client.get(reverse("payment")).context
        catalog.put_in_stock({carts.variant_of(product).pk: 0})
        html = refused(client, seen_total=page["seen_total"]).content.decode()
        assert (
            'data-testid="inventory-error">“Lamp” is no longer available.</p><p>You have not been charged.</p>' in html
        )
        assert 'data-testid="place-order-btn"' not in html  # it could only fail again
        assert f'class="button" href="{reverse("cart")}"' in html
        assert (Order.objects.count(), Payment.objects.count()) == (0, 0)

    def test_units_that_others_keep_locked_are_a_page_that_asks_for_another_try(self, client, monkeypatch):
        product = carts.product(units=9)
        put_in(client, product)
        enter(client)
        monkeypatch.setattr(reservation_locking, "PATIENCE", "50ms")
        with locked(StockItem.objects.get(variant_id=carts.variant_of(product).pk)):
            answer = pay(client)
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert "Please try again in a minute; you were not charged." in answer.content.decode()
        assert Order.objects.count() == 0
        assert pay(client).status_code == 303

    def test_A12_a_total_that_the_client_makes_up_is_not_charged(self, client):
        put_in(client, carts.product(amount=2500))
        enter(client)
        for made_up in ("0.01 USD", "31.19 JPY", "-5 USD", "NaN USD", "1e99 USD", "x", ""):
            answer = pay(client, seen_total=made_up)
            assert answer.status_code == 400 or answer["Location"] == reverse("payment")
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"method": "gold"}, {"method": ""}, {"payment_token": ""}, {"payment_token": "4242 4242"},
            {"payment_token": "x" * 300}, {"idempotency_key": ""}, {"idempotency_key": "k" * 43},
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_is_400_and_keeps_everything(self, client, changes):
        put_in(client, carts.product())
        enter(client)
        answer = pay(client, **changes)
        assert answer.status_code == 400
        assert answer.context["error"]
        assert not Order.objects.exists()
        assert pay(client).status_code == 303

    def test_without_script_the_way_leads_over_the_providers_page(self, client):
        put_in(client, carts.product())
        enter(client)
        answer = pay(client, payment_token="", hosted="1")
        order = Order.objects.get()
        assert answer["Location"] == f"/orders/{order.number}/pay/page/?key={order.access_key}"
        assert Payment.objects.get().token == ""

    def test_a_transfer_needs_no_card(self, client):
        put_in(client, carts.product())
        enter(client)
        assert pay(client, method="bank_transfer", payment_token="").status_code == 303
        assert Payment.objects.get().provider == "bank_transfer"

    def test_a_cart_that_is_gone_leads_to_the_cart_page(self, client):
        answer = client.post(reverse("checkout_place"), {"method": "card"})
        assert answer["Location"] == reverse("cart")

    def test_a_key_of_ones_own_making_is_refused(self, client):
        """The key is the shop's secret: nobody can plant one and come back to somebody else's order."""
        put_in(client, carts.product())
        enter(client)
        assert pay(client, idempotency_key="guessed-by-somebody-else").status_code == 400


class TestFirstOrderCoupons:
    TOLD = "FIRST15: This coupon is for a first order, and you have ordered here before."

    @pytest.fixture(autouse=True)
    def _coupon(self, client):
        carts.coupon("FIRST15", percent=15, conditions={"is_first_order": True})
        carts.order(carts.cart((carts.product(), 1)), email="ada@example.com")
        put_in(client, carts.product(amount=10_00))
        client.post(reverse("cart_coupon"), {"code": "FIRST15"})

    def ask(self, client, email):
        given = {**ENTERED, "email": email, "update": "1"}
        return client.post(reverse("checkout"), given, HTTP_HX_REQUEST="true")

    def test_are_told_off_as_soon_as_the_address_is_there(self, client):
        page = client.get(reverse("checkout"))
        assert (page.context["depends_on_email"], page.context["notices"]) == (True, ())
        assert page.context["quote"].discount.minor == 1_50

        answer = self.ask(client, "ADA@example.com")

        assert (answer.context["notices"], answer.context["quote"].discount) == ((self.TOLD,), None)
        assert self.TOLD in answer.content.decode()
        assert "update=1" not in answer.content.decode()

    @pytest.mark.parametrize("email", ["bob@example.com", "ada@", ""])
    def test_stay_while_nobody_is_known_who_has_ordered(self, client, email):
        answer = self.ask(client, email)
        assert (answer.status_code, answer.context["notices"]) == (200, ())
        assert answer.context["quote"].discount.minor == 1_50

    def test_are_told_off_before_paying_without_script(self, client):
        assert enter(client).status_code == 303
        assert client.get(reverse("payment")).context["notices"] == (self.TOLD,)


def test_the_email_makes_no_difference_where_nothing_is_off(client):
    put_in(client, carts.product())
    assert client.get(reverse("checkout")).context["depends_on_email"] is False
