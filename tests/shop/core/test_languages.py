"""The address alone says in which language a page is."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from shop.core import languages
from tests.factories import catalog
from tests.factories.accounts import PASSWORD, UserFactory


@pytest.mark.parametrize(
    ("path", "code", "plain"),
    [
        ("/", "en", "/"),
        ("/products/lamp/", "en", "/products/lamp/"),
        ("/de/", "de", "/"),
        ("/de", "de", "/"),
        ("/ar/products/lamp/", "ar", "/products/lamp/"),
        ("/en/products/", "en", "/en/products/"),  # the default language has no prefix
        ("/fr/products/", "en", "/fr/products/"),
        ("/desk/", "en", "/desk/"),
    ],
)
def test_what_an_address_says_of_its_language(path, code, plain):
    assert (languages.of(path), languages.plain(path)) == (code, plain)


def test_the_same_page_in_every_language():
    found = languages.alternates("https://shop.example/de/products/lamp/?page=2")

    assert [(one.code, one.name, one.is_current) for one in found] == [
        ("en", "English", False),
        ("de", "Deutsch", True),
        ("es", "Español", False),
        ("ar", "العربية", False),
    ]
    assert [one.path for one in found] == [
        "https://shop.example/products/lamp/?page=2",
        "https://shop.example/de/products/lamp/?page=2",
        "https://shop.example/es/products/lamp/?page=2",
        "https://shop.example/ar/products/lamp/?page=2",
    ]


def test_addresses_are_made_in_the_active_language(settings):
    assert reverse("cart") == languages.here("/cart/") == "/cart/"
    with translation.override("de"):
        assert reverse("cart") == languages.here("/cart/") == "/de/cart/"
        assert reverse("api_schema") == "/api/schema/"  # programs have one address for everything
        assert reverse("admin:index") == "/admin/"
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("de", "Deutsch")], "de"
    with translation.override("de"):
        assert languages.here("/cart/") == "/cart/"
    with translation.override("en"):  # of the admin, in a shop that has no English pages
        assert languages.here("/cart/") == "/cart/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "lang", "direction"), [("/", "en", "ltr"), ("/de/", "de", "ltr"), ("/ar/", "ar", "rtl")]
)
def test_a_page_says_its_language_and_varies_by_no_header(client, path, lang, direction):
    page = client.get(path, headers={"Accept-Language": "es"})

    assert f'<html lang="{lang}" dir="{direction}">' in page.content.decode()
    assert page["Content-Language"] == lang
    assert "accept-language" not in page.get("Vary", "").lower()


@pytest.mark.django_db
def test_a_page_names_its_other_languages(client):
    catalog.product(name="Lamp", slug="lamp")
    html = client.get("/de/products/lamp/").content.decode()

    told = re.findall(r'rel="alternate" hreflang="([^"]+)" href="http://[^/"]+([^"]+)"', html)
    assert sorted(told) == [
        ("ar", "/ar/products/lamp/"),
        ("de", "/de/products/lamp/"),
        ("en", "/products/lamp/"),
        ("es", "/es/products/lamp/"),
        ("x-default", "/products/lamp/"),
    ]
    assert '<a href="/es/products/lamp/" lang="es" hreflang="es">Español</a>' in html
    assert '<a href="/de/products/lamp/" lang="de" hreflang="de" aria-current="true">Deutsch</a>' in html


@pytest.mark.django_db
def test_links_stay_in_the_language_of_the_page(client):
    catalog.product(name="Lamp", slug="lamp", category=catalog.category("Lighting"))

    for path in ("/de/", "/de/products/", "/de/products/lamp/", "/de/categories/lighting/", "/de/cart/"):
        html = client.get(path).content.decode()
        html = re.sub(r'(?s)<nav class="footer__languages".*?</nav>|<link rel="alternate"[^>]*>', "", html)
        inner = re.findall(r'(?:href|action|hx-get|hx-post)="(?:http://[^/"]+)?(/[^"]*)"', html)
        strays = [one for one in inner if not one.startswith(("/de/", "/static/", "/media/"))]
        assert not strays, path


@pytest.mark.django_db
def test_a_shop_with_one_language_shows_nothing_of_it(client, settings):
    settings.LANGUAGES = [("en", "English")]
    html = client.get("/").content.decode()

    assert "hreflang" not in html
    assert client.get("/de/").status_code == 404


@pytest.mark.django_db
def test_programs_are_answered_in_the_language_they_ask_for(client):
    answer = client.get("/api/nothing", headers={"Accept-Language": "fr, de-AT;q=0.8"})

    assert answer["Content-Language"] == "de"
    assert "Accept-Language" in answer["Vary"]
    assert client.get("/api/nothing")["Content-Language"] == "en"
    assert client.get("/api/nothing", headers={"Accept-Language": "xx, *"})["Content-Language"] == "en"


@pytest.mark.django_db
def test_merchants_work_in_english(client):
    assert client.get("/admin/login/", headers={"Accept-Language": "de"})["Content-Language"] == "en"


@pytest.mark.django_db
def test_who_signs_in_comes_to_their_account_in_their_language(client):
    from shop.accounts import services

    user = UserFactory()
    services.save_preferences(
        customer_id=user.pk, language="es", has_marketing_consent=False, has_profiling_consent=False, by="test"
    )
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/es/account/")


@pytest.mark.django_db
def test_the_page_of_preferences_goes_on_in_the_language_that_was_chosen(client):
    client.force_login(UserFactory())
    answer = client.post("/account/preferences/", {"language": "ar"})

    assert (answer.status_code, answer["Location"]) == (302, "/ar/account/preferences/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "word"),
    [("/cart/", "Your cart"), ("/de/cart/", "Ihr Warenkorb"), ("/es/cart/", "Tu carrito"), ("/ar/cart/", "سلة التسوق")],
)
def test_pages_speak_the_language_of_their_address(client, path, word):
    assert word in client.get(path).content.decode()


@pytest.mark.django_db
def test_errors_of_the_api_are_in_the_language_that_is_asked_for(client):
    answer = client.get("/api/nothing", headers={"Accept-Language": "de"})

    assert answer.json()["error"]["message"] == "Unter dieser Adresse gibt es nichts."


@pytest.mark.django_db
def test_an_order_is_kept_and_written_of_in_the_language_it_was_placed_in():
    from checkout.orders import emails
    from checkout.orders.models import Order
    from shop.notifications.models import Notification
    from shop.notifications.services import render
    from tests.factories.checkout import placed as an_order

    placed = an_order()
    Order.objects.filter(pk=placed.pk).update(language="de")
    emails.order_delivered(order_id=placed.pk)
    mail = Notification.objects.get(template="order_delivered")
    message = render(template=mail.template, language=mail.language, context=mail.context)

    assert mail.language == "de"
    assert message.subject == f"Ihr Paket ist angekommen (Bestellung {placed.number})"
    assert f"/de/orders/{placed.number}/?key=" in message.body
