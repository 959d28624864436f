"""The cart page and what is posted to it."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from cart.carts.models import Cart, CartLine
from catalog.products.models import Price
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def put_in(client, product, quantity=1, **given):
    return client.post(reverse("cart_add"), {"product": str(product.pk), "quantity": quantity, **given})


def ids(html, name):
    """The texts of the elements with this data-testid."""
    import re

    return re.findall(rf'data-testid="{name}"[^>]*>([^<]*)<', html)


class TestAdd:
    def test_redirects_back_with_a_message_and_a_cookie_that_no_script_reads(self, client):
        product = carts.product(name="Lamp")
        answer = put_in(client, product, 2, next=product.get_absolute_url())
        assert (answer.status_code, answer["Location"]) == (303, product.get_absolute_url())
        cookie = answer.cookies["cart"]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 7 * 86400)
        assert CartLine.objects.get().quantity == 2
        page = client.get(reverse("cart")).content.decode()
        assert 'data-testid="cart-notification"' in page

    def test_by_variant_by_sku_and_by_options(self, client):
        product = carts.product(options=["Colour"])
        blue = catalog.add_variant(product, options={"Colour": "Blue"})
        client.post(reverse("cart_add"), {"variant": str(blue.pk)})
        client.post(reverse("cart_add"), {"sku": blue.sku})
        other = carts.variant_of(product)
        client.post(
            reverse("cart_add"), {"product": str(product.pk), "variant": str(other.pk), "option.colour": "Blue"}
        )
        assert {line.variant_id: line.quantity for line in CartLine.objects.all()} == {blue.pk: 3}

    def test_htmx_gets_the_notification_and_the_new_count(self, client):
        product = carts.product(name="Lamp")
        answer = client.post(reverse("cart_add"), {"product": str(product.pk), "quantity": "3"}, **HTMX)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert 'data-testid="cart-notification"' in html
        assert answer.context["cart_count"] == 3

    def test_htmx_is_told_in_words_what_cannot_be(self, client):
        product = carts.product(units=1)
        answer = client.post(reverse("cart_add"), {"product": str(product.pk), "quantity": "3"}, **HTMX)
        assert (answer.status_code, answer.context["error"]) == (200, "Only 1 available.")

    def test_put_it_back_on_the_cart_page_answers_with_the_cart(self, client):
        product = carts.product()
        answer = client.post(reverse("cart_add"), {"product": str(product.pk)}, HTTP_HX_TARGET="cart", **HTMX)
        assert 'id="cart"' in answer.content.decode()

    @pytest.mark.parametrize("quantity", ["0", "-1", "0.5", "1e9", "1000000000", "NaN", "", "two"])
    def test_A11_what_is_no_quantity_is_refused(self, client, quantity):
        answer = put_in(client, carts.product(), quantity)
        assert answer.status_code == 400
        assert answer.context["error"] == "Choose a whole number from 1 to 999."
        assert not CartLine.objects.exists()

    @pytest.mark.parametrize("given", [{"product": "x"}, {"variant": "0" * 32}, {"sku": "none"}, {}])
    def test_what_does_not_exist_is_refused(self, client, given):
        answer = client.post(reverse("cart_add"), {"quantity": "1", **given})
        assert (answer.status_code, answer.context["error"]) == (400, "This product does not exist.")

    def test_A12_a_price_that_is_sent_is_ignored(self, client):
        put_in(client, carts.product(amount=2500), price="0.01", unit_price="1", currency="JPY", discount="100")
        line = CartLine.objects.get()
        assert (line.unit_price_minor, line.currency) == (2500, "USD")

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "\\\\evil", "/\\evil", "javascript:x"]
    )
    def test_A25_the_way_back_stays_in_the_shop(self, client, target):
        assert put_in(client, carts.product(), next=target)["Location"] == "/cart/"

    def test_short_stock_is_said_after_the_redirect(self, client):
        answer = client.post(
            reverse("cart_add"), {"product": str(carts.product(units=1).pk), "quantity": "2"}, follow=True
        )
        assert "Only 1 available." in answer.content.decode()

    def test_get_does_nothing(self, client):
        assert client.get(reverse("cart_add")).status_code == 405


class TestPage:
    def test_shows_lines_and_totals_without_white_space_around_them(self, client):
        put_in(client, carts.product(amount=2500, name="Lamp"), 2)
        page = client.get(reverse("cart")).content.decode()
        assert ids(page, "cart-subtotal") == ["$50.00"]
        assert ids(page, "cart-shipping") == ["$5.99"]
        assert ids(page, "cart-total") == ["$55.99"]
        assert ids(page, "cart-count")[0] == "2"
        assert page.count('data-testid="cart-item"') == 1

    def test_an_empty_one_says_so(self, client):
        answer = client.get(reverse("cart"))
        assert answer.status_code == 200
        assert 'data-testid="checkout-btn"' not in answer.content.decode()

    def test_is_nobodys_to_cache(self, client):
        assert "no-store" in client.get(reverse("cart"))["Cache-Control"]

    def test_a_changed_price_is_said(self, client):
        put_in(client, carts.product(amount=2500))
        Price.objects.update(amount_minor=2600)
        assert "The price changed from $25.00 to $26.00." in client.get(reverse("cart")).content.decode()

    def test_totals_name_what_cannot_be_ordered(self, client):
        lamp = carts.product(name="Lamp", amount=2500)
        put_in(client, lamp, 2)
        put_in(client, carts.product(name="Chair"))
        assert ids(client.get(reverse("cart")).content.decode(), "cart-shortage") == []
        catalog.put_in_stock({carts.variant_of(lamp).pk: 0})
        cache.delete_pattern("*")
        told = ids(client.get(reverse("cart")).content.decode(), "cart-shortage")
        assert told == ["The total still counts $50.00 for “Lamp”, which cannot be ordered as it stands."]

    @pytest.mark.parametrize("lines", [1, 30])
    def test_costs_a_customer_eight_queries_at_most(self, client, lines, django_assert_max_num_queries):
        ada = carts.customer()
        carts.cart(*((carts.product(), 1) for _ in range(lines)), customer_id=ada.pk)
        client.force_login(ada)
        client.get(reverse("cart"))  # availability and departments come through the cache
        with django_assert_max_num_queries(8):
            client.get(reverse("cart"))


class TestChange:
    def test_a_new_quantity(self, client):
        put_in(client, carts.product())
        line = CartLine.objects.get()
        answer = client.post(reverse("cart_line", args=[line.pk]), {"quantity": "4"})
        assert (answer.status_code, answer["Location"]) == (303, "/cart/")
        line.refresh_from_db()
        assert line.quantity == 4

    def test_htmx_gets_the_cart_again(self, client):
        put_in(client, carts.product())
        line = CartLine.objects.get()
        answer = client.post(reverse("cart_line", args=[line.pk]), {"quantity": "99"}, **HTMX)
        assert (answer.status_code, answer.context["error"]) == (200, "Only 10 available.")
        assert 'id="cart"' in answer.content.decode()
        assert "<html" not in answer.content.decode()

    @pytest.mark.parametrize("quantity", ["-1", "1.5", "", "x", "1000"])
    def test_no_quantity_is_400(self, client, quantity):
        put_in(client, carts.product())
        line = CartLine.objects.get()
        assert client.post(reverse("cart_line", args=[line.pk]), {"quantity": quantity}).status_code == 400

    def test_remove_can_be_undone(self, client):
        product = carts.product()
        put_in(client, product, 3)
        line = CartLine.objects.get()
        answer = client.post(reverse("cart_line_remove", args=[line.pk]), follow=True)
        assert not CartLine.objects.exists()
        undo = answer.context["undo"]
        answer = client.post(undo["url"], {field["name"]: field["value"] for field in undo["fields"]})
        assert answer["Location"] == "/cart/"
        assert CartLine.objects.get().quantity == 3

    def test_a_second_click_on_remove_is_a_plain_page(self, client):
        put_in(client, carts.product())
        url = reverse("cart_line_remove", args=[CartLine.objects.get().pk])
        client.post(url)
        answer = client.post(url)
        assert (answer.status_code, answer.context["error"]) == (404, "This product is not in your cart any more.")


class TestCoupon:
    def test_is_taken_on_and_off_in_any_spelling(self, client):
        carts.coupon("SAVE10")
        put_in(client, carts.product(amount=2500), 2)
        client.post(reverse("cart_coupon"), {"code": " save１0 "})
        page = client.get(reverse("cart")).content.decode()
        assert ids(page, "cart-discount") == ["−$5.00"]
        client.post(reverse("cart_coupon"), {"code": "Save10"})
        assert Cart.objects.get().coupons == ["SAVE10"]
        client.post(reverse("cart_coupon"), {"remove": "save10"})
        assert Cart.objects.get().coupons == []

    @pytest.mark.parametrize(
        ("code", "why"), [("NONE", "We do not know this coupon code."), ("", "This field is required.")]
    )
    def test_one_that_does_not_count_says_why(self, client, code, why):
        put_in(client, carts.product())
        answer = client.post(reverse("cart_coupon"), {"code": code})
        assert answer.context["coupon_form"].errors["code"] == [why]
        assert Cart.objects.get().coupons == []

    def test_without_a_cart_nothing_happens(self, client):
        assert client.post(reverse("cart_coupon"), {"code": "X"})["Location"] == "/cart/"

    def test_A15_guessing_codes_ends_in_429(self, client, settings):
        settings.RATELIMIT_ENABLE = True
        put_in(client, carts.product())
        answers = [client.post(reverse("cart_coupon"), {"code": f"TRY{n}"}) for n in range(17)]
        told = [(one.status_code, one.get("Retry-After")) for one in answers]
        assert (told[0], told[-1]) == ((200, None), (429, "600"))


class TestShow:
    """Without script the form of a product asks for another variant; its CSRF token stays out of the address."""

    def test_leads_to_the_product_with_these_options_and_puts_nothing_in(self, client):
        product = carts.product(options=["Colour"])
        answer = put_in(client, product, show="1", csrfmiddlewaretoken="secret", **{"option.colour": "Light blue"})
        assert (answer.status_code, answer["Location"]) == (
            303,
            f"{product.get_absolute_url()}?option.colour=Light+blue",
        )
        assert not CartLine.objects.exists()

    @pytest.mark.parametrize("given", ["", "nonsense", "0" * 32])
    def test_of_no_product_leads_to_all(self, client, given):
        answer = client.post(reverse("cart_add"), {"show": "1", "product": given})
        assert (answer.status_code, answer["Location"]) == (303, reverse("product_list"))


class TestOwners:
    def test_A24_login_merges_and_logout_shows_nothing(self, client):
        ada, product = carts.customer(), carts.product(units=9)
        carts.cart((product, 2), customer_id=ada.pk)
        put_in(client, product, 3)
        client.force_login(ada)
        answer = client.get(reverse("cart"))
        assert answer.context["cart"].unit_count == 5
        assert answer.cookies["cart"].value == ""
        client.logout()
        assert client.get(reverse("cart")).context["cart"].unit_count == 0

    @pytest.mark.parametrize("path", ["/", "/products/", "/account/", "/checkout/", "/api/cart"])
    def test_whichever_page_comes_first_after_login_joins_and_takes_the_cookie_back(self, client, path):
        ada, product = carts.customer(), carts.product(units=9)
        carts.cart((product, 2), customer_id=ada.pk)
        put_in(client, product, 3)
        client.force_login(ada)
        answer = client.get(path)
        assert answer.cookies["cart"].value == ""
        if path in {"/", "/products/", "/account/"}:
            assert ids(answer.content.decode(), "cart-count") == ["5"]
        assert CartLine.objects.get(cart__customer_id=ada.pk, cart__status="open").quantity == 5
        assert "cart" not in client.get("/").cookies
        client.logout()
        assert ids(client.get("/").content.decode(), "cart-count") == ["0"]

    def test_a_token_that_names_nothing_is_taken_back_as_well(self, client):
        client.cookies["cart"] = "x" * 43
        client.force_login(carts.customer())
        assert client.get("/").cookies["cart"].value == ""

    def test_guests_keep_theirs(self, client):
        put_in(client, carts.product(), 3)
        answer = client.get("/")
        assert (ids(answer.content.decode(), "cart-count"), "cart" in answer.cookies) == (["3"], False)

    def test_A06_anothers_line_is_not_found(self, client):
        theirs = carts.cart((carts.product(), 1))
        put_in(client, carts.product())
        line = CartLine.objects.get(cart=theirs)
        for name, given in (("cart_line", {"quantity": "5"}), ("cart_line_remove", {})):
            assert client.post(reverse(name, args=[line.pk]), given).status_code == 404
        line.refresh_from_db()
        assert line.quantity == 1
