"""The word list: written once, kept in memory, told of."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalog.translations import selectors, services
from catalog.translations.models import Term
from catalog.translations.services import BadTranslation
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import cart, catalog, translations
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def told() -> list[list[str]]:
    rows = OutboxEvent.objects.using(db.CATALOG).filter(event_type="TermsChanged").order_by("id")
    return [row.data["texts"] for row in rows]


def test_a_word_is_what_it_is_in_the_active_language(django_assert_num_queries: Any) -> None:
    translations.words(Moss="Moosgrün")

    with django_assert_num_queries(0):
        assert selectors.term("Moss") == "Moss"
    with translation.override("de"), django_assert_num_queries(1):
        assert [selectors.term(text) for text in ("Moss", "Clay", "Moss")] == ["Moosgrün", "Clay", "Moosgrün"]
    with translation.override("ar"), django_assert_num_queries(0):
        assert selectors.term("Moss") == "Moss"


def test_a_changed_word_is_read_anew(django_capture_on_commit_callbacks: Any) -> None:
    translations.words(Moss="Moos")
    with translation.override("de"):
        assert selectors.term("Moss") == "Moos"
        with django_capture_on_commit_callbacks(execute=True):
            services.save_term(text="Moss", translations={"de": "Moosgrün"}, by="test")
        assert selectors.term("Moss") == "Moosgrün"
        with django_capture_on_commit_callbacks(execute=True):
            services.forget_term(text="Moss", by="test")
        assert selectors.term("Moss") == "Moss"


def test_what_is_said_beside_stays() -> None:
    services.save_terms(terms={"Moss": {"de": "Moos", "es": "Musgo"}}, by="test")

    assert services.save_terms(terms={"Moss": {"de": "Moosgrün"}}, by="test") == 1
    assert Term.objects.get().translations == {"de": "Moosgrün", "es": "Musgo"}
    assert services.save_terms(terms={"Moss": {"de": "Moosgrün"}}, by="test") == 0
    services.save_term(text="Moss", translations={"es": ""}, by="test")
    assert Term.objects.get().translations == {"de": "Moosgrün"}
    assert told() == [["Moss"]] * 3


@pytest.mark.parametrize(
    ("text", "said"), [("", {"de": "x"}), ("x" * 301, {}), ("Moss", {"de": "x" * 301}), ("Moss", {"en": "Moss"})]
)
def test_what_cannot_be_kept(text: str, said: dict[str, str]) -> None:
    with pytest.raises(BadTranslation):
        services.save_term(text=text, translations=said, by="test")

    assert not Term.objects.exists()


def test_what_the_shop_came_with_has_its_own_words() -> None:
    """Ways of delivery are called as the merchant says, else as the shop's own texts have it."""
    translations.words(Standard="Paketpost")

    assert selectors.said("Express") == "Express"
    with translation.override("de"):
        assert selectors.said("Standard") == "Paketpost"


def test_words_in_use_are_collected() -> None:
    cart.rates()
    kind = catalog.ProductTypeFactory()
    catalog.AttributeFactory(product_type=kind, code="material", name="Material", kind="choice", choices=["Oak", "42"])
    made = catalog.ProductFactory(product_type=kind, options=["Colour"], attributes={"material": "Ash", "note": "Hm"})
    catalog.add_variant(made, options={"Colour": "Moss"})
    translations.words(Moss="Moosgrün")

    used = {"Colour", "Material", "Oak", "Ash", "Standard", "Express", "IL tax"}
    assert services.collect(by="test") == len(used)
    assert {*Term.objects.values_list("text", flat=True)} == used | {"Moss"}
    assert services.collect(by="test") == 0
    assert Term.objects.get(text="Moss").translations == {"de": "Moosgrün"}
    assert told() == [["Moss"]]  # new words say nothing yet


def test_a_merchant_keeps_the_list(merchant: Client) -> None:
    address = reverse("admin:catalog_term_add")
    assert merchant.post(address, {"text": "Moss", "said-de": "Moosgrün", "said-ar": ""}).status_code == 302
    term = Term.objects.get()
    assert term.translations == {"de": "Moosgrün"}

    change = reverse("admin:catalog_term_change", args=[term.pk])
    page = merchant.get(change).content.decode()
    assert 'value="Moosgrün"' in page
    assert merchant.post(change, {"said-de": "Moos", "said-es": "Musgo"}).status_code == 302
    assert Term.objects.get().translations == {"de": "Moos", "es": "Musgo"}

    again = merchant.post(address, {"text": "Moss", "said-de": "x"})
    assert "This is in the word list already." in again.content.decode()
    long = merchant.post(change, {"said-de": "x" * 301})
    assert "at most 300 characters" in long.content.decode()
    assert told() == [["Moss"], ["Moss"]]


def test_the_list_says_what_is_missing(merchant: Client) -> None:
    translations.words(Moss="Moosgrün", Clay="Ton")
    services.save_term(text="Clay", translations={"es": "Arcilla"}, by="test")
    address = reverse("admin:catalog_term_changelist")

    page = merchant.get(address)
    assert "Moosgrün" in page.content.decode()
    found = merchant.get(address, {"untranslated": "es"}).context["cl"].result_list
    assert [row.text for row in found] == ["Moss"]
    found = merchant.get(address, {"q": "Arcilla"}).context["cl"].result_list
    assert [row.text for row in found] == ["Clay"]


def test_words_are_found_and_forgotten_by_a_button(merchant: Client) -> None:
    made = catalog.ProductFactory(options=["Colour"])
    catalog.add_variant(made, options={"Colour": "Moss"})
    address = reverse("admin:catalog_term_changelist")

    merchant.get(reverse("admin:catalog_term_find"))
    assert set(Term.objects.values_list("text", flat=True)) >= {"Colour", "Moss"}

    moss = Term.objects.get(text="Moss")
    merchant.post(address, {"action": "forget", "_selected_action": [str(moss.pk)]})
    assert not Term.objects.filter(text="Moss").exists()
