"""Carts of things that are made for who buys them: lines, prices, stock, pages and REST."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from cart.carts import ownership, selectors, services
from cart.carts.models import CartLine
from catalog.customizations.models import CustomField
from tests.factories import cart as carts
from tests.factories import customizations

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def ring(**fields):
    product = carts.product(name="Ring", **fields)
    customizations.engraving(product)
    return product


def add(cart, product, quantity=1, **answers):
    return services.add(
        cart=cart, variant_id=carts.variant_of(product).pk, quantity=quantity, by="guest", customizations=answers
    )


def shown(cart):
    view = selectors.view(cart, currency="USD", is_fresh=True)
    return [(line.options, line.quantity, line.unit_price.minor, line.is_available) for line in view.lines]


class TestLines:
    def test_other_answers_are_another_line_and_the_same_ones_the_same(self):
        product, cart = ring(amount=2500), ownership.begin(None)
        add(cart, product)
        add(cart, product, engraving="Ada")
        add(cart, product, 2, engraving=" Ada ")
        add(cart, product, engraving="Bob")
        assert shown(cart) == [
            ("", 1, 2500, True),
            ("Engraving: Ada", 3, 3000, True),
            ("Engraving: Bob", 1, 3000, True),
        ]
        assert selectors.view(cart, currency="USD").quote.subtotal.minor == 2500 + 4 * 3000

    def test_a_line_remembers_the_price_with_what_was_wanted(self):
        product, cart = ring(amount=2500), ownership.begin(None)
        assert add(cart, product, engraving="Ada").unit_price_minor == 3000
        assert selectors.view(cart, currency="USD").lines[0].notices == ()
        CustomField.objects.update(prices={"USD": 700})
        [line] = selectors.view(cart, currency="USD").lines
        assert line.notices == ("The price changed from $30.00 to $32.00.",)
        services.acknowledge(cart=cart, prices={CartLine.objects.get().key: 3200})
        assert selectors.view(cart, currency="USD").lines[0].notices == ()

    def test_all_lines_of_a_variant_share_its_stock(self):
        product, cart = ring(units=3), ownership.begin(None)
        add(cart, product, 2, engraving="Ada")
        with pytest.raises(services.NotEnoughStock) as refused:
            add(cart, product, 2, engraving="Bob")
        assert refused.value.message == "Only 3 available. You have 2 in your cart already."
        line = add(cart, product, engraving="Bob")
        with pytest.raises(services.NotEnoughStock):
            services.set_quantity(cart=cart, line_id=line.pk, quantity=2, by="guest")

    def test_the_last_line_is_the_short_one_when_units_are_gone(self):
        product, cart = ring(units=3), ownership.begin(None)
        add(cart, product, 2, engraving="Ada")
        line = add(cart, product, engraving="Bob")
        CartLine.objects.filter(pk=line.pk).update(quantity=2)
        assert [row[3] for row in shown(cart)] == [True, False]
        assert not selectors.view(cart, currency="USD").can_checkout

    def test_a_guests_lines_are_merged_by_what_was_wanted(self):
        product = ring(units=4)
        own, guest = ownership.begin(carts.customer().pk), ownership.begin(None)
        add(own, product, engraving="Ada")
        add(guest, product, 2, engraving="Ada")
        add(guest, product, 2, engraving="Bob")
        merged = services.merge(guest=guest, customer_id=own.customer_id)
        assert [row[:2] for row in shown(merged)] == [("Engraving: Ada", 3), ("Engraving: Bob", 1)]
        [notice] = selectors.view(merged, currency="USD").notices
        assert notice == "Only 1 × Ring could be kept when your carts were joined."

    def test_what_is_not_asked_any_more_is_told_and_costs_nothing(self):
        product, cart = ring(), ownership.begin(None)
        add(cart, product, engraving="Ada")
        CustomField.objects.update(max_length=2)
        view = selectors.view(cart, currency="USD")
        assert (view.can_checkout, view.quote.subtotal.minor, len(view.lines)) == (False, 0, 1)
        assert view.lines[0].notices == (
            "This cannot be made like this any more; please remove it and choose anew. "
            "Engraving: At most 2 characters, please.",
        )

    def test_a_field_without_a_price_in_the_currency_is_not_asked(self):
        product, cart = ring(), ownership.begin(None)
        CustomField.objects.update(prices={"EUR": 500})
        with pytest.raises(services.BadCustomizations) as refused:
            add(cart, product, engraving="Ada")
        assert refused.value.fields == {"engraving": "This is not asked for this product."}

    def test_the_field_of_the_product_comes_before_that_of_its_type(self):
        product, cart = ring(), ownership.begin(None)
        CustomField.objects.create(product_type=product.product_type, code="engraving", name="E", max_length=1)
        CustomField.objects.create(product_type=product.product_type, code="box", name="Gift box", kind="boolean")
        add(cart, product, engraving="Ada", box="on")
        assert shown(cart)[0][0] == "Gift box · Engraving: Ada"

    def test_staff_are_told_that_only_the_buyer_can_say_what_is_wanted(self):
        from cart.carts import filling

        product = ring()
        customizations.thread(product)
        variant = carts.variant_of(product)
        cart = filling.begin(currency="USD", language="en")
        with pytest.raises(services.NotSellable) as refused:
            filling.fill(
                cart_id=cart.pk, version=1, units={variant.pk: 1}, coupons=[], currency="USD", language="en"
            )  # fmt: skip
        assert "is made to its buyer’s wishes" in refused.value.message


class TestPages:
    def test_the_product_page_asks(self, client):
        product = ring()
        customizations.thread(product, help_text="Of the hem.")
        html = client.get(product.get_absolute_url()).content.decode()
        assert 'name="custom-engraving" autocomplete="off" data-testid="custom-engraving" maxlength="10"' in html
        assert "Engraving (+ $5.00)" in html
        assert "Of the hem." in html
        assert '<option value="Silver">Silver</option>' in html

    def test_an_add_carries_the_answers_to_cart_and_checkout(self, client):
        product = ring(amount=2500)
        answer = client.post(reverse("cart_add"), {"product": str(product.pk), "custom-engraving": "Ada <3"})
        assert answer.status_code == 303
        assert CartLine.objects.get().customizations == {"engraving": "Ada <3"}
        for page in ("cart", "checkout"):
            assert "Engraving: Ada &lt;3" in client.get(reverse(page)).content.decode()

    def test_bad_answers_are_asked_for_again_and_nothing_is_lost(self, client):
        product = ring()
        customizations.thread(product)
        given = {"product": str(product.pk), "quantity": "2", "custom-engraving": "Much too long a name"}
        answer = client.post(reverse("cart_add"), given)
        html = answer.content.decode()
        assert (answer.status_code, CartLine.objects.count()) == (400, 0)
        for part in (
            "At most 10 characters, please.", "Please fill this in.", 'value="Much too long a name"',
            'name="quantity" value="2"', f'name="product" value="{product.pk}"',
        ):  # fmt: skip
            assert part in html
        mended = {**given, "custom-engraving": "Ada", "custom-thread": "Gold"}
        assert client.post(reverse("cart_add"), mended).status_code == 303
        line = CartLine.objects.get()
        assert (line.quantity, line.customizations) == (2, {"engraving": "Ada", "thread": "Gold"})

    def test_with_script_the_fields_come_back_with_what_is_wrong(self, client):
        product = ring()
        answer = client.post(
            reverse("cart_add"), {"product": str(product.pk), "custom-engraving": "Bad\x07bell"}, **HTMX
        )
        html = answer.content.decode()
        assert answer.status_code == 200
        assert 'id="asked" data-testid="customizations" hx-swap-oob="true"' in html
        assert html.count("with letters, digits and signs only.") == 2

    def test_what_is_removed_can_be_put_back_as_it_was(self, client):
        product = ring()
        client.post(reverse("cart_add"), {"product": str(product.pk), "custom-engraving": "Ada"})
        answer = client.post(reverse("cart_line_remove", args=[CartLine.objects.get().pk]))
        html = answer.content.decode()
        assert answer.status_code == 200  # not a redirect: what somebody wrote does not belong into an address
        assert '<input type="hidden" name="custom-engraving" value="Ada">' in html
        undo = {"variant": str(carts.variant_of(product).pk), "quantity": "1", "custom-engraving": "Ada"}
        client.post(reverse("cart_add"), undo)
        assert CartLine.objects.get().customizations == {"engraving": "Ada"}


class TestRest:
    def post(self, client, product, **body):
        body = {"productId": str(product.pk), **body}
        return client.post("/api/cart/items", json.dumps(body), content_type="application/json")

    def test_customizations_go_in_and_come_out(self, client):
        product = ring(amount=2500)
        answer = self.post(client, product, customizations={"engraving": "Ada"})
        [item] = answer.json()["items"]
        assert (answer.status_code, item["unitPrice"]) == (200, "30.00")
        assert item["customizations"] == [{"code": "engraving", "name": "Engraving", "value": "Ada", "price": "5.00"}]

    @pytest.mark.parametrize(
        ("customizations", "field"),
        [
            ({"engraving": "Much too long a name"}, "customizations.engraving"),
            ({"engraving": {"a": 1}}, "customizations.engraving"),
            ({"colour": "red"}, "customizations.colour"),
            (["Ada"], "customizations"),
            ("Ada", "customizations"),
            (None, "customizations"),
        ],
    )
    def test_bad_answers_are_400_with_the_field(self, client, customizations, field):
        answer = self.post(client, ring(), customizations=customizations)
        error = answer.json()["error"]
        assert (answer.status_code, list(error["fields"])) == (400, [field])
        assert error["code"] == ("customizations_invalid" if "." in field else "validation_error")
        assert CartLine.objects.count() == 0

    def test_a_product_says_what_it_asks(self, client):
        product = ring()
        [field] = client.get(f"/api/products/{product.pk}").json()["customFields"]
        assert field == {
            "code": "engraving", "name": "Engraving", "kind": "text", "hint": "", "choices": [], "maxLength": 10,
            "isRequired": False, "isFinalSale": False, "price": "5.00",
        }  # fmt: skip
