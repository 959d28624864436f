"""A cart is priced for where its shopper said that it goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.carts import selectors, services
from cart.carts.models import Cart
from cart.promotions import rules
from cart.tax.models import TaxRate
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories import shipping

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    carts.rates()
    shipping.method("post-de", countries=["DE"], price_minor=1290)
    shopper = Client()
    shopper.post(reverse("cart_add"), {"product": str(carts.product(amount=10_00).pk)})
    return shopper


def said(client: Client, **place: str) -> Any:
    return client.post(reverse("cart_place"), place)


def shown(client: Client) -> Any:
    return client.get(reverse("cart")).context["quote"]


def test_the_cart_costs_what_it_costs_there(client: Client) -> None:
    assert (shown(client).total, shown(client).is_estimate) == (Money(15_99, "USD"), True)
    assert said(client, country="DE", postal_code="10115").status_code == 303
    assert (shown(client).total, shown(client).shipping) == (Money(22_90, "USD"), Money(12_90, "USD"))
    said(client, country="US", state="IL", postal_code="62701")
    assert (shown(client).total, shown(client).is_estimate) == (Money(16_62, "USD"), False)
    cart = Cart.objects.get()
    assert (cart.place, cart.version) == ({"country": "US", "state": "IL", "postal_code": "62701"}, 2)


@pytest.mark.parametrize(
    ("place", "field", "sentence"),
    [
        ({"country": "US", "state": "CA", "postal_code": "10001"}, "postal_code",
         "This postcode is not in that state. Please check both."),
        ({"country": "DE", "postal_code": "1011"}, "postal_code",
         "That postcode does not look right. Example for Germany: 26133."),
        ({"country": "XX"}, "country", "Select a valid choice. XX is not one of the available choices."),
        ({"country": "US", "state": "Bavaria"}, "state", "Please check this."),
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_is_said_at_its_field(
    client: Client, place: dict[str, str], field: str, sentence: str
) -> None:
    answer = said(client, **place)
    assert (answer.status_code, answer.context["place_form"].errors[field]) == (422, [sentence])
    assert Cart.objects.get().place is None


def test_another_country_asks_for_its_own_parts(client: Client) -> None:
    TaxRate.objects.create(name="QST", country="CA", state="QC", rate="0.09975", level=2, valid_from="2020-01-01")
    carts.forget_rates()
    fragment = client.post(reverse("cart_place"), {"country": "CA"}, headers={"HX-Request": "true"})
    form = fragment.context["place_form"]
    assert ("QC", "Quebec") in form.fields["state"].widget.choices
    assert (fragment.context["quote"].is_estimate, fragment.context["place_name"]) == (True, "Canada")
    assert '<details class="more" data-testid="cart-place" open>' in fragment.content.decode()


@pytest.mark.parametrize(
    ("place", "is_open"),
    [
        ({"country": "CA"}, True),  # without a tax that goes by province as well
        ({"country": "CA", "state": "QC"}, False),
        ({"country": "DE", "postal_code": "10115"}, False),
        ({"country": "HK"}, True),
        ({"country": "AO"}, False),  # has neither
    ],
)
def test_it_stays_open_until_all_parts_could_be_said(client: Client, place: dict[str, str], is_open: bool) -> None:
    fragment = client.post(reverse("cart_place"), place, headers={"HX-Request": "true"})
    assert fragment.context["is_place_open"] is is_open


def test_who_logs_in_need_not_say_it_again(client: Client) -> None:
    said(client, country="DE", postal_code="10115")
    ada = carts.customer()
    carts.cart((carts.product(), 1), customer_id=ada.pk)
    client.force_login(ada)
    assert shown(client).shipping == Money(12_90, "USD")
    assert Cart.objects.get(customer_id=ada.pk).place == {"country": "DE", "state": "", "postal_code": "10115"}


def test_without_a_cart_there_is_nothing_to_say() -> None:
    assert said(Client(), country="DE").url == reverse("cart")


class TestCouponsOfCountries:
    @pytest.fixture(autouse=True)
    def _coupon(self) -> None:
        carts.coupon("DE10", conditions={"countries": ["DE"]})

    def enter(self, client: Client) -> Any:
        return client.post(reverse("cart_coupon"), {"code": "de10"})

    def test_one_can_be_entered_before_anybody_said_where(self, client: Client) -> None:
        assert self.enter(client).status_code == 303
        assert client.get(reverse("cart")).context["cart"].notices == (
            "DE10: This coupon is not for the country that you order to.",
        )
        said(client, country="DE", postal_code="10115")
        assert shown(client).discount == Money(1_00, "USD")

    def test_it_is_refused_where_it_does_not_count(self, client: Client) -> None:
        said(client, country="US", state="IL", postal_code="62701")
        answer = self.enter(client)
        assert answer.context["coupon_form"].errors["code"] == ["This coupon is not for the country that you order to."]
        assert Cart.objects.get().coupons == []


def test_a_coupon_for_another_way_of_delivery_is_kept_until_one_is_chosen(client: Client) -> None:
    carts.coupon("FAST", kind="free_shipping", lane="shipping", terms={}, conditions={"deliveries": ["express"]})

    assert client.post(reverse("cart_coupon"), {"code": "fast"}).status_code == 303
    assert Cart.objects.get().coupons == ["FAST"]
    assert client.get(reverse("cart")).context["cart"].notices == (
        "FAST: This coupon is for another way of delivery: Express.",
    )


def test_a_misread_coupon_is_kept_as_what_it_is(client: Client) -> None:
    carts.coupon("SAVE10")

    assert client.post(reverse("cart_coupon"), {"code": "save1o"}).status_code == 303
    assert Cart.objects.get().coupons == ["SAVE10"]


def test_a_coupon_for_an_empty_cart_waits_for_something_in_it() -> None:
    carts.rates()
    carts.coupon("SAVE10")
    cart = carts.cart((carts.product(), 1))
    line = selectors.lines_of(cart.pk)[0]
    services.set_quantity(cart=cart, line_id=line.pk, quantity=0, by="guest")
    shown = selectors.view(cart, currency="USD", with_code=rules.canonical("save10"))
    assert selectors.objection(shown, "SAVE10") == "Your cart is empty. Put something in it first."


def test_to_fetch_it_is_for_who_says_so(client: Client) -> None:
    place = shipping.location("shop")
    shipping.point(place)
    made = carts.product(units=0)
    shipping.put(3, carts.variant_of(made).pk, place)
    shipping.method("pick-up", kind="collect", location_id=place.pk, price_minor=0, position=0)
    cart = carts.cart((made, 1))
    quote = selectors.view(cart, currency="USD").quote
    assert [one.code for one in quote.delivery_options] == ["pick-up", "standard", "express"]
    assert quote.delivery is not None
    assert quote.delivery.code == "standard"
    chosen = selectors.view(cart, currency="USD", delivery_option="pick-up").quote.delivery
    assert chosen is not None
    assert chosen.code == "pick-up"
