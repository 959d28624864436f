"""The merchant's pages about search, as merchants use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.search import curations, engine, reports
from catalog.search.models import Curation, Ranking, StopWord, Synonym
from catalog.search.query import Query
from shop.audit.models import AuditEntry
from tests.factories import catalog
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def found(text: str) -> list[str]:
    return [hit.name for hit in engine.search(Query(text=text)).hits]


def pins(*rows: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"pins-TOTAL_FORMS": len(rows), "pins-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"pins-{number}-{name}": value for name, value in row.items()}
    return data


def test_a_synonym_is_searched_for_at_once(merchant: Client, django_capture_on_commit_callbacks: Any) -> None:
    catalog.product(name="Couchette")
    assert found("wagon lit") == []

    with django_capture_on_commit_callbacks(execute=True):
        response = merchant.post(
            reverse("admin:catalog_synonym_add"), {"words": " Wagon-Lit,couchette , couchette", "is_active": "on"}
        )

    assert response.status_code == 302
    row = Synonym.objects.get(words="wagon lit, couchette")
    assert found("wagon lit") == ["Couchette"]
    entry = AuditEntry.objects.get(action="synonym.add")
    assert (entry.object_id, entry.changes) == (str(row.pk), {"is": "wagon lit, couchette"})

    with django_capture_on_commit_callbacks(execute=True):
        merchant.post(reverse("admin:catalog_synonym_delete", args=[row.pk]), {"post": "yes"})
    assert found("wagon lit") == []


@pytest.mark.parametrize("words", ["lamp", "lamp, LAMP", ", ,", "one two three four five, lamp"])
def test_bad_synonyms_are_refused_beside_the_field(merchant: Client, words: str) -> None:
    before = Synonym.objects.count()

    response = merchant.post(reverse("admin:catalog_synonym_add"), {"words": words, "is_active": "on"})

    assert list(response.context["adminform"].form.errors) == ["words"]
    assert Synonym.objects.count() == before


def test_stop_words_are_single_words(merchant: Client) -> None:
    catalog.product(name="Lamp")

    refused = merchant.post(reverse("admin:catalog_stopword_add"), {"word": "two words"})
    taken = merchant.post(reverse("admin:catalog_stopword_add"), {"word": "Cheap"})

    assert list(refused.context["adminform"].form.errors) == ["word"]
    assert taken.status_code == 302
    assert StopWord.objects.filter(word="cheap").exists()
    assert found("cheap lamp") == ["Lamp"]


def test_weights_are_one_page_and_count_at_once(merchant: Client) -> None:
    catalog.product(name="Shade", brand="Lamp")
    catalog.product(name="Lamp", brand="Other")
    assert found("lamp") == ["Lamp", "Shade"]
    page = reverse("admin:catalog_ranking_change", args=[1])
    assert merchant.get(reverse("admin:catalog_ranking_changelist"))["Location"] == page
    weights = {"name": 1, "brand": 1, "tags": 2, "description": 1, "category": 1, "popularity": 0, "rating": 0}

    refused = merchant.post(page, {**weights, "freshness": 11})
    assert refused.status_code == 200
    assert "freshness" in refused.context["adminform"].form.errors or refused.context["errors"]
    assert merchant.post(page, {**weights, "freshness": 0}).status_code == 302

    assert Ranking.objects.get().name == 1


def test_a_search_is_curated(merchant: Client) -> None:
    catalog.product(name="Lamp")
    torch, shade = catalog.product(name="Torch"), catalog.product(name="Lamp shade")
    page = reverse("admin:catalog_curation_add")
    form = merchant.get(page, {"words": "lamps"}).context["adminform"].form
    assert form.initial["words"] == "lamps"
    rows = pins({"product": torch.pk, "place": 1}, {"product": shade.pk, "place": 2, "is_buried": "on"})

    assert merchant.post(page, {"words": "lamps", "is_active": "on", **rows}).status_code == 302
    assert found("lamp") == ["Torch", "Lamp", "Lamp shade"]

    again = merchant.post(page, {"words": "LAMP", "is_active": "on", **pins()})
    assert list(again.context["adminform"].form.errors) == ["words"]
    twice = pins({"product": torch.pk, "place": 1}, {"product": torch.pk, "place": 2})
    page = reverse("admin:catalog_curation_change", args=[Curation.objects.get().pk])
    assert merchant.post(page, {"words": "lamps", "is_active": "on", **twice}).status_code == 200
    html = merchant.get(reverse("admin:catalog_curation_changelist")).content.decode()
    assert "lamps" in html


@pytest.mark.parametrize(
    "url", ["https://elsewhere.test/", "//elsewhere.test/", "sale", "/\\elsewhere.test", "/a b", "javascript:alert(1)"]
)
def test_a_search_leads_to_pages_of_this_shop_alone(merchant: Client, url: str) -> None:
    data = {"words": "sale", "redirect_url": url, "is_active": "on", **pins()}

    response = merchant.post(reverse("admin:catalog_curation_add"), data)

    assert list(response.context["adminform"].form.errors) == ["redirect_url"]


def refused(merchant: Client, words: str, url: str) -> list[str]:
    data = {"words": words, "redirect_url": url, "is_active": "on", **pins()}
    response = merchant.post(reverse("admin:catalog_curation_add"), data)
    return [] if response.status_code == 302 else list(response.context["adminform"].form.errors["redirect_url"])


def test_no_search_leads_to_one_that_leads_on(merchant: Client) -> None:
    assert refused(merchant, "loopy", "/products/?q=Loopy") == ["The search for “Loopy” leads elsewhere itself."]
    assert refused(merchant, "one", "/products/?q=two") == []
    assert refused(merchant, "zero", "/products/?q=one") == ["The search for “one” leads elsewhere itself."]
    assert refused(merchant, "two", "/search/suggest/") == [
        "The search for “one” leads to this one, which must not lead on."
    ]
    assert refused(merchant, "shelf", "/products/?q=shelf&in_stock=1") == []


def test_a_search_leads_only_to_what_is_there(merchant: Client) -> None:
    catalog.product(slug="lamp", brand="Acme", category=catalog.category("Home", "Lamps"))
    catalog.ProductFactory(slug="secret", status="draft")
    there = ["/categories/home/lamps/", "/categories/home", "/brands/acme/", "/products/lamp/", "/products/", "/faq/"]
    missing = ["/categories/nowhere/", "/brands/nobody/", "/products/nothing/", "/products/secret/"]

    answers = {url: refused(merchant, f"words {number}", url) for number, url in enumerate([*there, *missing])}

    assert answers == {url: [] for url in there} | {url: ["There is no such page in this shop."] for url in missing}


def test_reports_are_pages(merchant: Client, counting: Any) -> None:
    page = reverse("admin:catalog_searched_changelist")
    counts = []
    for texts in (1, 30):
        for number in range(texts):
            reports.searched(f"lamp {number}", has_results=number > 0)
        with counting() as queries:
            response = merchant.get(page, {"report": "empty", "days": "7"})
        counts.append(queries())
        assert [line.text for line in response.context["lines"]] == ["lamp 0"]
    assert counts[0] == counts[1]

    for address in ("?report=top", "?report=unopened&days=90", "?report=nonsense&days=-1", ""):
        assert merchant.get(page + address).status_code == 200


def test_a_ranking_is_explained(merchant: Client) -> None:
    catalog.product(name="Desk lamp", sku="DL-100", category=catalog.category("Lamps"))
    catalog.product(name="Shade", description="for a lamp", units=0)
    torch = catalog.product(name="Torch")
    curations.pin(Curation.objects.create(words="lamp", key="lamp"), [(torch.pk, False)])
    page = reverse("admin:catalog_searched_explain")

    explained = merchant.get(page, {"q": "lamp"}).context["explained"]

    assert [row.name for row in explained.rows] == found("lamp") == ["Torch", "Desk lamp", "Shade"]
    pinned, lamp, shade = explained.rows
    assert (pinned.is_pinned, lamp.is_pinned, shade.is_buyable) == (True, False, False)
    assert lamp.category > shade.category == 1.0
    for row in explained.rows:
        total = sum(row.terms) * row.share * row.category * row.general + row.code
        assert row.total == pytest.approx(total)
    assert merchant.get(page, {"q": "dl 100"}).context["explained"].rows[0].code == 100.0
    for text in ("", "?!", "zeppelin", "x" * 10_000, "' \" \\ ; --"):
        assert merchant.get(page, {"q": text}).status_code == 200


def test_shoppers_see_none_of_it(client: Client) -> None:
    for name in ("synonym_changelist", "curation_changelist", "searched_changelist", "searched_explain"):
        assert client.get(reverse(f"admin:catalog_{name}")).status_code == 302
