"""Another currency: one price everywhere in it, a cart that changes as a whole, nothing of it in what others see."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.test import Client

from cart.carts import selectors, services
from cart.carts.models import Cart, CartLine
from cart.pricing import selectors as pricing
from cart.shipping.models import ShippingMethod
from catalog.products import offering, prices
from catalog.products import selectors as products
from catalog.products.models import Product
from catalog.products.ownprices import on_cards
from catalog.search import indexing
from checkout.orders.models import Order
from shop.accounts.models import User
from shop.core import cache, db
from shop.core.money import Money, exponent
from shop.currencies import selectors as currencies
from tests.cart.test_prices import in_lists, trade
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.checkout import ADDRESS as THERE
from tests.factories.currencies import currency
from tests.factories.promotions import coupon, promotion

pytestmark = pytest.mark.django_db
ADDRESS = {name.replace("_n", "N").replace("_c", "C"): value for name, value in THERE.items()}  # as the API has it


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    carts.rates()


def client_in(code: str, customer: User | None = None) -> Client:
    client = Client()
    if customer:
        client.force_login(customer)
    client.cookies[currencies.COOKIE] = code
    return client


def set_price(product: Product, amount: Money, sale: Money | None = None, **fields: Any) -> None:
    prices.set_price(variant_id=carts.variant_of(product).pk, amount=amount, sale=sale, by="test", **fields)


def index(*made: Product) -> None:
    indexing.index([one.pk for one in made])
    cache.LISTINGS.set(str(db.uuid7()))


def everywhere(product: Product, code: str, customer: User | None = None) -> dict[str, Money]:
    """The price of a unit by where it is said."""
    client = client_in(code, customer)
    html = client.get(product.get_absolute_url()).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])["offers"]
    said = {"json-ld": Money.of(data["price"], data["priceCurrency"])}
    assert f'data-testid="price">{said["json-ld"].format()}<' in html
    listed = client.get("/products/", {"q": product.name}).content.decode()
    [card] = [one for one in listed.split('data-testid="product-card"')[1:] if product.get_absolute_url() in one]
    assert said["json-ld"].format() in card.split("swatches")[0], card
    one = client.get(f"/api/products/{product.pk}").json()
    row = next(
        one for one in client.get("/api/products/", {"q": product.name}).json()["data"] if one["id"] == str(product.pk)
    )
    for name, shown in {"api": one, "api variant": {**one, **one["variants"][0]}, "api list": row}.items():
        said[name] = Money.of(shown["salePrice"] or shown["price"], shown["currency"])
    price_list = customer.customer_group.price_list if customer and customer.customer_group else "default"
    [shown_card] = on_cards(products.cards([product.pk], currency="USD"), currency=code, price_list=price_list)
    said["card"] = shown_card.price
    added = client.post(
        "/api/cart/items", {"productId": str(product.pk), "quantity": 1}, content_type="application/json"
    )
    assert added.status_code == 200, added.content
    [item] = [one for one in added.json()["items"] if one["productId"] == str(product.pk)]
    said["cart"] = Money.of(item["unitPrice"], added.json()["currency"])
    line = CartLine.objects.filter(product_id=product.pk).latest("id")
    said["seen"] = Money(line.unit_price_minor, line.currency)
    order = carts.order(line.cart, customer_id=customer.pk if customer else None)
    said["order"] = Money(order.lines.get(product_id=product.pk).unit_price_minor, order.currency)
    return said


@pytest.mark.parametrize("seed", range(6))
def test_one_price_everywhere(seed: int) -> None:
    rng = Random(seed)
    code = rng.choice(["EUR", "JPY", "KWD"])
    step = rng.choice([1, 5, 10, 100])
    rate = f"{rng.uniform(0.2, 150):.6f}"
    currency(code, rate, step_minor=step, ending_minor=rng.randrange(step), mode=rng.choice(["half_up", "up", "down"]))
    made = [
        carts.product(amount=rng.randrange(100, 20_000), name=f"Lamp {word}", units=50, tags=[rng.choice("ab")])
        for word in ("alder", "birch")
    ]
    customer = trade()
    for product in made:
        if rng.random() < 0.5:
            amount = rng.randrange(100, 20_000)
            set_price(product, Money(amount, "USD"), Money(rng.randrange(50, amount), "USD"))
        if rng.random() < 0.5:
            set_price(product, Money(rng.randrange(50, 20_000), rng.choice(["USD", code])), price_list="trade")
        if rng.random() < 0.3:
            set_price(product, Money(rng.randrange(50, 20_000), code))
    rules = {
        "percent": {"percent": "12.5"}, "amount": {"amounts": {"USD": 77}}, "fixed_price": {"prices": {"USD": 4000}},
    }  # fmt: skip
    kind, terms = rng.choice(list(rules.items()))
    in_lists(kind, terms=terms, scope={"any_of": ["tag:a"]})
    index(*made)
    for product in made:
        for who in (None, customer):
            said = everywhere(product, code, who)
            assert len(set(said.values())) == 1, said


@pytest.mark.parametrize("are_kept", [True, False])
def test_nothing_in_another_currency_is_seen_by_others(are_kept: bool, settings: Any) -> None:
    settings.KEEP_PAGES = are_kept
    currency("EUR", "0.92", step_minor=100, ending_minor=99)
    product = carts.product(amount=100_00, name="Lamp")
    index(product)
    for _time in range(2):  # whoever comes first fills the caches
        for client, shown, other in ((client_in("EUR"), "€91.99", "$100.00"), (Client(), "$100.00", "€91.99")):
            for path in ("/", "/products/", "/products/?q=lamp", product.get_absolute_url(), "/search/suggest/?q=lamp"):
                answer = client.get(path)
                html = answer.content.decode()
                assert [shown in html, other in html] == [True, False], path


def test_one_more_query_and_none_in_the_shops_own(django_assert_num_queries: Any) -> None:
    currency("EUR")
    made = [carts.product(name=f"Lamp {number}") for number in range(5)]
    found = products.cards([one.pk for one in made], currency="USD")
    currencies.known()
    with django_assert_num_queries(1):
        shown = on_cards(found, currency="EUR", price_list="default")
    assert {one.price for one in shown} == {Money(2300, "EUR")}
    with django_assert_num_queries(0):
        assert on_cards(found, currency="USD", price_list="default") == found
    ids = [carts.variant_of(one).pk for one in made]
    with django_assert_num_queries(2):
        offering.offers(ids, currency="EUR")


def test_what_has_a_price_of_its_own_alone_is_sold_in_it_where_nothing_is_converted() -> None:
    currency("EUR", None, is_converted=False)
    lamp, cable = carts.product(name="Lamp"), carts.product(name="Cable")
    set_price(lamp, Money(1900, "EUR"))
    index(lamp, cable)
    html = client_in("EUR").get("/products/").content.decode()
    assert ["€19.00" in html, "Cable" in html, "$" in html] == [True, False, False]
    assert "Not sold in EUR" in client_in("EUR").get(cable.get_absolute_url()).content.decode()


def test_filters_and_bands_are_in_the_shoppers_currency() -> None:
    currency("EUR", "0.5", step_minor=100, ending_minor=99)
    made = [carts.product(amount=amount, name=f"Lamp {amount}") for amount in (49_00, 51_00, 103_00, 300_00)]
    index(*made)
    shown = ["€24.99", "€25.99", "€51.99", "€149.99"]  # half up: 24.50, 25.50 and 51.50 are nearer to the higher one
    client = client_in("EUR")
    html = client.get("/products/").content.decode()
    assert [price in html for price in shown] == [True] * 4
    body = client.get("/api/products/search", {"q": "lamp"}).json()
    [values] = [values for name, values in body["facets"].items() if "price" in name.lower()]
    assert {one["label"]: one["count"] for one in values} == {
        "Up to €24.99": 1, "€25.00 – €49.99": 1, "€50.00 – €99.99": 1, "€100.00 – €249.99": 1,
    }  # fmt: skip
    found = client.get("/api/products/", {"minPrice": "25", "maxPrice": "51.99"}).json()["data"]
    assert sorted(one["price"] for one in found) == ["25.99", "51.99"]
    page = client.get("/products/", {"price_min": "25", "price_max": "49.99"}).content.decode()
    assert ["€25.99" in page.split("product-card", 1)[1], "€51.99" in page.split("product-card", 1)[1]] == [True, False]


class TestSwitch:
    def test_is_not_there_where_the_shop_has_one_currency(self) -> None:
        currency("EUR", is_active=False)
        assert "currency-form" not in Client().get("/").content.decode()

    def test_changes_browser_account_and_cart(self) -> None:
        currency("EUR", "0.92")
        customer = carts.customer()
        product = carts.product(amount=100_00)
        cart = carts.cart((product, 2), customer_id=customer.pk)
        client = Client()
        client.force_login(customer)
        assert "currency-form" in client.get("/").content.decode()
        answer = client.post("/currency/", {"currency": "eur", "next": "/products/?q=lamp"})
        assert (answer.status_code, answer["Location"]) == (303, "/products/?q=lamp")
        assert client.cookies[currencies.COOKIE].value == "EUR"
        customer.refresh_from_db()
        assert customer.currency == "EUR"
        before = cart.version
        cart.refresh_from_db()
        assert (cart.currency, cart.version) == ("EUR", before + 1)
        html = client.get("/cart/").content.decode()
        assert ["€184.00" in html, "$" in html, "price changed from €" in html] == [True, False, False]
        other = Client()  # another device
        other.force_login(customer)
        assert "€92.00" in other.get(product.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_goes_to_no_other_site(self, target: str) -> None:
        currency("EUR")
        assert Client().post("/currency/", {"currency": "EUR", "next": target})["Location"] == "/"

    @pytest.mark.parametrize("code", ["", "XXX", "GBP", "€", "E" * 500])
    def test_says_what_there_is_instead_of_what_there_is_not(self, code: str) -> None:
        currency("EUR")
        client = Client()
        answer = client.post("/currency/", {"currency": code, "next": "/"}, follow=True)
        assert "It sells in USD, EUR." in answer.content.decode()
        assert currencies.COOKIE not in client.cookies

    def test_an_address_shows_a_currency_and_does_not_choose_it(self) -> None:
        currency("EUR", "0.92")
        product, client = carts.product(amount=100_00), Client()
        assert "€92.00" in client.get(product.get_absolute_url(), {"currency": "EUR"}).content.decode()
        assert "$100.00" in client.get(product.get_absolute_url()).content.decode()
        assert "$100.00" in client.get(product.get_absolute_url(), {"currency": "XXX"}).content.decode()

    def test_another_sites_page_cannot_choose(self) -> None:
        currency("EUR")
        browser, foreign = Client(enforce_csrf_checks=True), {"Sec-Fetch-Site": "cross-site"}
        assert browser.post("/currency/", {"currency": "EUR"}, headers=foreign).status_code == 403


class TestCart:
    def test_what_is_not_sold_stays_and_says_so(self) -> None:
        currency("EUR", None, is_converted=False)
        lamp, cable = carts.product(amount=100_00, name="Lamp"), carts.product(amount=10_00, name="Cable")
        set_price(lamp, Money(90_00, "EUR"))
        cart = carts.cart((lamp, 1), (cable, 1))
        assert services.change_currency(cart=cart, currency="EUR", by="guest")
        shown = selectors.view(cart, currency="USD")
        assert [(one.name, one.is_sellable, one.notices) for one in shown.lines] == [
            ("Lamp", True, ()),
            ("Cable", False, ("Not sold in EUR; it is not part of your order.",)),
        ]
        assert shown.quote.subtotal == Money(90_00, "EUR")
        services.change_currency(cart=cart, currency="USD", by="guest")
        assert selectors.view(cart, currency="USD").quote.subtotal == Money(110_00, "USD")

    def test_an_ordered_cart_keeps_its_currency(self) -> None:
        currency("EUR")
        cart = carts.cart((carts.product(), 1))
        carts.order(cart)
        assert not services.change_currency(cart=cart, currency="EUR", by="guest")
        cart.refresh_from_db()
        assert cart.currency == "USD"

    def test_follows_when_a_currency_is_given_up(self) -> None:
        currency("EUR")
        client = client_in("EUR")
        product = carts.product(amount=10_00)
        client.post("/cart/add/", {"product": str(product.pk)})
        currency("EUR", is_active=False)
        assert "$10.00" in client.get("/cart/").content.decode()

    def test_a_guests_cart_is_joined_in_what_was_chosen_last(self) -> None:
        currency("EUR", "0.5")
        customer = carts.customer()
        own = carts.cart((carts.product(amount=40_00), 1), customer_id=customer.pk)
        client = client_in("EUR")
        client.post("/cart/add/", {"product": str(carts.product(amount=10_00).pk)})
        client.force_login(customer)
        assert "€25.00" in client.get("/cart/").content.decode()
        own.refresh_from_db()
        assert own.currency == "EUR"

    def test_by_api(self) -> None:
        currency("EUR", "0.5")
        client, product = Client(), carts.product(amount=10_00)
        body = client.post(
            "/api/cart/items?currency=EUR", {"productId": str(product.pk)}, content_type="application/json"
        ).json()
        assert (body["currency"], body["items"][0]["unitPrice"]) == ("EUR", "5.00")
        headers = {"X-Cart-Token": body["token"]}
        again = Client()
        body = again.patch("/api/cart", {"currency": "usd"}, content_type="application/json", headers=headers).json()
        assert (body["currency"], body["items"][0]["unitPrice"], body["messages"]) == ("USD", "10.00", [])
        for call in (
            again.patch("/api/cart", {"currency": "GBP"}, content_type="application/json", headers=headers),
            again.get(f"/api/products/{product.pk}", {"currency": "GBP"}),
            again.get("/api/products/", {"currency": "GBP"}),
            again.post("/api/cart/items?currency=GBP", {"productId": str(product.pk)}, content_type="application/json"),
        ):
            assert (call.status_code, call.json()["error"]["code"]) == (400, "unknown_currency")
        assert again.get("/api/cart", headers=headers).json()["currency"] == "USD"


class TestQuote:
    def test_promotions_and_coupons_are_converted_where_they_name_no_amount(self) -> None:
        currency("EUR", "0.5")
        product = carts.product(amount=100_00)
        promotion("amount", "order", terms={"amounts": {"USD": 10_00}}, conditions={"minimum": {"USD": 150_00}})
        cart = carts.cart((product, 2))
        services.change_currency(cart=cart, currency="EUR", by="guest")
        quote = selectors.view(cart, currency="USD").quote
        assert (quote.subtotal, quote.discount) == (Money(100_00, "EUR"), Money(5_00, "EUR"))

    def test_a_budget_is_for_its_currency(self) -> None:
        currency("EUR", "0.5")
        coupon("SAVE", budget_minor=100_00, budget_currency="USD")
        cart = carts.cart((carts.product(amount=100_00), 1))
        services.add_coupon(cart=cart, code="SAVE", by="guest")
        services.change_currency(cart=cart, currency="EUR", by="guest")
        quote = selectors.view(cart, currency="USD").quote
        assert (quote.discount, quote.coupon_problems) == (
            Money(0, "EUR"),
            {"SAVE": "This coupon is for another currency."},
        )

    def test_a_gift_card_is_money_and_is_not_converted(self) -> None:
        currency("EUR", "0.5")
        kind = catalog.ProductTypeFactory(tax_class="gift_card")
        card = carts.product(amount=25_00, product_type=kind)
        key = carts.variant_of(card).pk
        assert products.offers([key], currency="EUR")[key].is_sellable is False
        assert offering.lowest([card.pk], currency="EUR") == {}
        set_price(card, Money(20_00, "EUR"))
        assert products.offers([key], currency="EUR")[key].unit_price == Money(20_00, "EUR")

    def test_deliveries(self) -> None:
        currency("EUR", "0.5", step_minor=10, ending_minor=9)
        ShippingMethod.objects.filter(code="standard").update(free_from_minor=100_00)
        carts.forget_rates()
        line = pricing.QuoteLine(carts.variant_of(carts.product(amount=99_00, units=99)).pk, 1)

        def costs(units: int) -> dict[str, int]:
            quote = pricing.quote(lines=[pricing.QuoteLine(line.variant_id, units)], currency="EUR")
            return {one.code: one.price.minor for one in quote.delivery_options}

        assert costs(1) == {"standard": 3_00, "express": 7_50}  # 2.995 and 7.495
        assert costs(2) == {"standard": 0, "express": 7_50}
        fields = {"currency": "EUR", "countries": ["US"], "min_days": 1, "max_days": 2, "name": "Own"}
        ShippingMethod.objects.create(code="express", price_minor=9_99, position=3, **fields)
        carts.forget_rates()
        assert costs(1) == {"standard": 3_00, "express": 9_99}
        ShippingMethod.objects.filter(code="express", currency="EUR").update(is_active=False)
        carts.forget_rates()
        assert costs(1) == {"standard": 3_00}

    def test_no_more_queries_than_in_the_shops_own(self, django_assert_num_queries: Any) -> None:
        currency("EUR", "0.5")
        promotion("amount", "order", terms={"amounts": {"USD": 10_00}})
        lines = [pricing.QuoteLine(carts.variant_of(carts.product()).pk, 1) for _number in range(3)]
        for code in ("USD", "EUR"):
            pricing.quote(lines=lines, currency=code)
        counts = []
        for code in ("USD", "EUR"):
            with django_assert_num_queries(6, exact=False) as asked:
                pricing.quote(lines=lines, currency=code)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def test_an_order_keeps_what_its_currency_was_worth() -> None:
    currency("JPY", "149.5")
    cart = carts.cart((carts.product(amount=10_00), 1))
    services.change_currency(cart=cart, currency="JPY", by="guest")
    order = carts.order(cart)
    kept = Order.objects.get(pk=order.pk)
    assert (kept.currency, kept.base_currency, kept.exchange_rate) == ("JPY", "USD", Decimal("149.5"))
    assert (kept.subtotal_minor, exponent(kept.currency)) == (1495, 0)


def test_a_cart_says_that_its_currency_is_not_sold_in_any_more() -> None:
    currency("EUR", "0.5")
    client = client_in("EUR")
    client.post("/cart/add/", {"product": str(carts.product(amount=10_00).pk)})
    assert client.get("/cart/").context["quote"].subtotal == Money(5_00, "EUR")
    currency("EUR", "0.5", is_active=False)
    page = client.get("/cart/").context
    assert page["quote"].subtotal == Money(10_00, "USD")
    assert page["cart"].notices == ("We do not sell in EUR any more; all prices are in our own currency now.",)


class TestMixed:
    def test_an_order_names_the_carts_currency_or_none(self) -> None:
        currency("EUR", "0.5")
        client = client_in("USD")
        client.post("/cart/add/", {"product": str(carts.product(amount=10_00).pk)})
        cart = Cart.objects.get()
        given = {
            "email": "ada@example.com", "shippingAddress": ADDRESS, "deliveryOption": "standard",
            "expectedTotal": "16.62", "payment": {"provider": "stripe", "token": "pm_card_visa"}, "currency": "EUR",
        }  # fmt: skip
        headers = {"X-Cart-Token": cart.token, "Idempotency-Key": "a" * 20}
        answer = Client().post("/api/orders", given, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "currency_mismatch")
        assert not Order.objects.exists()

    @pytest.mark.parametrize(("said", "status", "code"), [
        ("USD", 200, ""), ("usd", 200, ""), ("EUR", 409, "currency_mismatch"), ("XXX", 400, "unknown_currency"),
    ])  # fmt: skip
    def test_a_quote_and_what_is_put_in_name_the_carts_currency_or_none(
        self, said: str, status: int, code: str
    ) -> None:
        currency("EUR", "0.5")
        client = client_in("USD")
        product = carts.product(amount=10_00)
        client.post("/cart/add/", {"product": str(product.pk)})
        headers = {"X-Cart-Token": Cart.objects.get().token}

        def post(path: str, body: dict[str, Any]) -> tuple[int, str]:
            answer = Client().post(f"/api/{path}", body, content_type="application/json", headers=headers)
            return answer.status_code, answer.json().get("error", {}).get("code", "")

        assert post("checkout/quote", {"currency": said}) == (status, code)
        assert post(f"checkout/quote?currency={said}", {}) == (status, code)
        assert post(f"cart/items?currency={said}", {"productId": str(product.pk)}) == (status, code)
        assert CartLine.objects.get().quantity == (1 if code else 2)

    def test_a_cart_is_not_shown_in_what_is_no_currency(self) -> None:
        answer = Client().get("/api/cart?currency=XXX")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_currency")

    def test_a_line_that_is_not_sold_in_the_carts_currency_says_its_own(self) -> None:
        currency("GBP", "0.8", is_converted=False)
        client = client_in("USD")
        client.post("/cart/add/", {"product": str(carts.product(amount=10_00).pk)})
        body = client.patch("/api/cart", {"currency": "GBP"}, content_type="application/json").json()
        assert (body["currency"], body["items"][0]["currency"], body["items"][0]["unitPrice"]) == (
            "GBP",
            "USD",
            "10.00",
        )


class TestNoDeliveryInIt:
    @pytest.fixture
    def client(self) -> Client:
        currency("GBP", "0.8", is_converted=False)
        product = carts.product(amount=10_00)
        set_price(product, Money(9_00, "GBP"))
        client = client_in("GBP")
        client.post("/cart/add/", {"product": str(product.pk)})
        return client

    def test_pages_name_the_currency(self, client: Client) -> None:
        client.post("/cart/place/", {"country": "US", "state": "NY", "postal_code": "10001"})
        why = "We do not deliver what is paid in GBP yet. Please choose another currency."
        for path in ("/cart/", "/checkout/"):
            html = client.get(path).content.decode()
            assert [html.count(why), "Estimated total" in html, '#currency"' in html] == [1, True, True], path
        client.post("/currency/", {"currency": "USD"})
        for path in ("/cart/", "/checkout/"):
            assert "We do not deliver" not in client.get(path).content.decode()

    def test_an_address_that_nothing_goes_to_is_another_reason(self, client: Client) -> None:
        ShippingMethod.objects.create(
            code="van", name="Van", currency="GBP", price_minor=100, countries=["GB"], is_active=True
        )
        html = client.get("/checkout/").content.decode()
        assert ["We do not deliver" in html, "Another address may work." in html] == [False, True]

    def test_programs_hear_a_code(self, client: Client) -> None:
        address = {"shippingAddress": ADDRESS}
        told = client.post("/api/checkout/quote", address, content_type="application/json").json()
        assert (told["deliveryOptions"], told["deliveryProblem"]) == ([], "currency_not_delivered")
        asked = {**address, "deliveryOption": "standard"}
        given = {
            **asked, "email": "ada@example.com", "expectedTotal": "9.00",
            "payment": {"provider": "stripe", "token": "pm_card_visa"},
        }  # fmt: skip
        headers = {"X-Cart-Token": Cart.objects.get().token, "Idempotency-Key": "a" * 20}
        for answer in (
            client.post("/api/checkout/quote", asked, content_type="application/json"),
            Client().post("/api/orders", given, content_type="application/json", headers=headers),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "currency_not_delivered")
        client.patch("/api/cart", {"currency": "USD"}, content_type="application/json")
        told = client.post("/api/checkout/quote", address, content_type="application/json").json()
        assert told["deliveryProblem"] is None
