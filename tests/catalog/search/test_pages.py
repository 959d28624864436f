from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TestCase
from django.utils.html import escape

from catalog.products import categories
from catalog.search import indexing
from shop.core import db
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def names(response: Any) -> list[str]:
    return [card.name for card in response.context["cards"]]


def facet(response: Any, name: str) -> dict[str, int]:
    found = [facet for facet in response.context["facets"] if facet["name"] == name]
    return {option["label"]: option["count"] for one in found for option in one["options"]}


def follow(response: Any, name: str, label: str) -> str:
    [found] = [facet for facet in response.context["facets"] if facet["name"] == name]
    [url] = [option["url"] for option in found["options"] if option["label"] == label]
    return str(url)


def test_the_list_shows_buyable_products_first(client: Client) -> None:
    catalog.product(name="Sold out", units=0, amount=100)
    catalog.product(name="Dear", amount=5000)
    catalog.product(name="Cheap", amount=1000)
    catalog.product(name="Elsewhere", amount=50, currency="GBP")
    catalog.product(name="Draft", status="draft")

    response = client.get("/products/?sort=price")

    assert response.status_code == 200
    assert names(response) == ["Cheap", "Dear", "Elsewhere", "Sold out"]
    text = response.content.decode()
    for testid in ("product-grid", "product-card", "result-count", "sort-select", "search-input", "facet-price"):
        assert f'data-testid="{testid}"' in text
    assert re.search(r'data-testid="product-grid">\s*<article class="card" data-testid="product-card"', text)
    assert re.search(r'data-testid="result-count"[^>]*>4 products<', text)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["B", "C", "A"]),
        ("-price", ["A", "C", "B"]),
        ("rating", ["C", "A", "B"]),
        ("newest", ["C", "B", "A"]),
    ],
)
def test_sorts(client: Client, sort: str, expected: list[str]) -> None:
    catalog.product(name="A", amount=300, rating_average="4.0", rating_count=1)
    catalog.product(name="B", amount=100)
    catalog.product(name="C", amount=200, rating_average="4.5", rating_count=2)

    assert names(client.get(f"/products/?sort={sort}")) == expected


def test_pages_follow_each_other_without_gap_or_repeat(client: Client) -> None:
    made = [catalog.product(indexed=False).pk for _ in range(30)]
    indexing.index(made)

    first, second = client.get("/products/?sort=newest"), client.get("/products/?sort=newest&page=2")

    assert (len(names(first)), len(names(second))) == (24, 6)
    assert len({*names(first), *names(second)}) == 30
    assert first.context["page"]["next_url"] == "/products/?sort=newest&page=2"
    assert second.context["page"]["next_url"] is None


@pytest.mark.parametrize("page", ["0", "-1", "2", "10000", "1.5", "x", "9" * 400, "1;DROP TABLE catalog_listing"])
def test_a_page_that_is_not_there_is_404(client: Client, page: str) -> None:
    catalog.product()

    assert client.get("/products/", {"page": page}).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/products/?category=nowhere",
        "/categories/nowhere/",
        "/categories/no/where/",
        "/brands/nobody/",
        "/products/nothing/",
        "/products/nothing/reviews/",
        "/products/nothing/similar/",
    ],
)
def test_unknown_places_are_404(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "parameters",
    [
        {"sort": "password"},
        {"sort": "price_minor; --"},
        {"price_min": "cheap"},
        {"price_max": "-5"},
        {"price_min": "NaN"},
        {"rating": "6"},
        {"in_stock": "perhaps"},
        {"attr.Bad Code'": "x"},
        {"attr.": "1"},
    ],
)
def test_what_cannot_be_read_is_left_out_and_said(client: Client, parameters: dict[str, str]) -> None:
    catalog.product(name="Lamp")

    response = client.get("/products/", parameters)

    assert response.status_code == 200
    assert names(response) == ["Lamp"]
    [said] = response.context["left_out"]
    assert next(iter(parameters)) in said
    for how in ({"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}):
        results = client.get("/products/", parameters, headers=how).content.decode().split('id="results"')[1]
        assert f'role="status"><p>{escape(said)}</p>' in results


def test_what_is_no_filter_is_said_in_a_sentence(client: Client) -> None:
    many = {f"attr.a{number}": "1" for number in range(9)}

    assert client.get("/products/", {"attr.": "1"}).context["left_out"] == [
        "We left out “attr.” from the address: it should be the name of a filter."
    ]
    assert client.get("/products/", many).context["left_out"] == [
        "We left out “attr.a8” from the address: it should be one of at most 8 filters."
    ]


@pytest.mark.parametrize(
    "words",
    [
        "' OR 1=1 --",
        "a & | ! ( )",
        "\\",
        "%",
        "_",
        ":*",
        "<script>",
        "日本",
        "💡",
        "the",
        "x" * 5000,
        "'; SELECT pg_sleep(9)",
    ],
)
def test_no_words_break_the_search(client: Client, words: str) -> None:
    catalog.product(name="Lamp")

    response = client.get("/products/", {"q": words})

    assert response.status_code == 200
    assert client.get("/search/suggest/", {"q": words}).status_code == 200


@pytest.mark.parametrize("words", ['"', "?!", "💡"])
def test_a_search_without_a_word_is_told_so(client: Client, words: str) -> None:
    response = client.get("/products/", {"q": words})

    assert (response.context["title"], response.context["total"]) == ("No word to search for", 0)
    assert "There is no word in what you searched for." in response.content.decode()


def test_nothing_found_is_a_page_that_helps(client: Client) -> None:
    catalog.product(name="Lamp", category=catalog.category("Lighting"))

    response = client.get("/products/?q=zeppelin")

    assert names(response) == []
    assert response.context["help_categories"] == [{"name": "Lighting", "url": "/categories/lighting/"}]
    assert [card.name for card in response.context["help_cards"]] == ["Lamp"]


def test_a_category_page_has_everything_below_it(client: Client) -> None:
    catalog.product(name="Desk lamp", category=catalog.category("Home", "Lighting"))
    catalog.product(name="Sofa", category=catalog.category("Home", "Sofas"))
    catalog.product(name="Spade", category=catalog.category("Garden"))

    response = client.get("/categories/home/")

    assert sorted(names(response)) == ["Desk lamp", "Sofa"]
    assert response.context["subcategories"] == [
        {"name": "Lighting", "url": "/categories/home/lighting/", "count": 1},
        {"name": "Sofas", "url": "/categories/home/sofas/", "count": 1},
    ]
    assert names(client.get("/categories/home/lighting/")) == ["Desk lamp"]
    assert names(client.get("/products/?category=home/sofas")) == ["Sofa"]


def test_a_moved_category_answers_301_and_keeps_its_products(client: Client) -> None:
    lighting = catalog.category("Home", "Lighting")
    catalog.product(name="Desk lamp", category=lighting)
    garden = catalog.category("Garden")

    categories.move(category_id=lighting.pk, target_id=garden.pk, position="last-child", by="test")
    indexing.index_category(lighting.pk)

    response = client.get("/categories/home/lighting/")
    assert (response.status_code, response["Location"]) == (301, "/categories/garden/lighting/")
    assert names(client.get("/categories/garden/")) == ["Desk lamp"]
    assert names(client.get("/categories/home/")) == []


def test_a_brand_page(client: Client) -> None:
    catalog.product(name="One", brand="Acme")
    catalog.product(name="Two", brand="Other")

    response = client.get("/brands/acme/")

    assert names(response) == ["One"]
    assert response.context["title"] == "Acme"
    assert facet(response, "brand") == {}


def test_facet_counts_are_what_following_them_shows(client: Client) -> None:
    """Each facet is counted with all filters but its own: brand counts do not shrink when a brand is ticked."""
    kind = catalog.ProductTypeFactory(code="lamp")
    catalog.AttributeFactory(product_type=kind, code="colour", name="Colour", is_filterable=True)
    lighting = catalog.category("Lighting")
    for brand, colour, amount, units in [
        ("Acme", "red", 1000, 5),
        ("Acme", "blue", 3000, 5),
        ("Acme", "blue", 30000, 0),
        ("Bolt", "red", 3000, 5),
        ("Bolt", "green", 7000, 5),
        ("Crux", "blue", 2499, 5),
        ("Crux", "red", 2500, 5),
    ]:
        catalog.product(
            name=f"{brand} {colour}",
            brand=brand,
            product_type=kind,
            attributes={"colour": colour},
            amount=amount,
            units=units,
            category=lighting,
            rating_average="4.2" if units else 0,
            rating_count=1 if units else 0,
        )

    page = client.get("/categories/lighting/?brand=acme&attr.colour=blue&attr.colour=red")

    assert facet(page, "brand") == {"Acme": 3, "Bolt": 1, "Crux": 2}
    assert facet(page, "attr.colour") == {"blue": 2, "red": 1}
    assert facet(page, "price") == {"Up to $24.99": 1, "$25.00 – $49.99": 1, "$250.00 and more": 1}
    assert facet(page, "rating") == {"4 and up": 2, "3 and up": 2, "2 and up": 2, "1 and up": 2}
    assert facet(page, "availability") == {"In stock": 2}
    for name in ("price", "rating", "availability"):
        for label, count in facet(page, name).items():
            assert client.get(follow(page, name, label)).context["total"] == count, (name, label)
    assert client.get(follow(page, "brand", "Bolt")).context["total"] == 3 + 1
    assert client.get(follow(page, "attr.colour", "red")).context["total"] == 2


def test_each_filter_can_be_taken_away(client: Client) -> None:
    catalog.product(name="One", brand="Acme", amount=1000)
    catalog.product(name="Two", brand="Bolt", amount=9000)

    page = client.get("/products/?brand=acme&price_max=24.99&in_stock=1")

    assert [chip["label"] for chip in page.context["active"]] == ["Acme", "Up to $24.99", "In stock"]
    assert page.context["active"][0]["remove_url"] == "/products/?price_max=24.99&in_stock=1"
    assert page.context["clear_url"] == "/products/"
    assert names(page) == ["One"]


def test_counts_follow_the_index(client: Client) -> None:
    """Cached counts are not shown after the index has changed."""
    made = catalog.product(name="One", brand="Acme")
    assert client.get("/products/").context["total"] == 1

    second = catalog.product(name="Two", brand="Acme", indexed=False)
    with TestCase.captureOnCommitCallbacks(using=db.CATALOG, execute=True):
        indexing.index([made.pk, second.pk])

    assert client.get("/products/").context["total"] == 2


def test_htmx_gets_the_fragment(client: Client) -> None:
    catalog.product()

    fragment = client.get("/products/", headers={"HX-Request": "true"})
    boosted = client.get("/products/", headers={"HX-Request": "true", "HX-Boosted": "true"})

    assert "<html" not in fragment.content.decode()
    assert "<html" in boosted.content.decode()
    assert "HX-Request" in fragment["Vary"]


@pytest.mark.parametrize("address", ["/products/", "/categories/home/", "/brands/acme/", "/products/?q=thing", "/"])
def test_the_same_few_queries_at_1_and_30_rows(client: Client, address: str, counting: Any) -> None:
    kind = catalog.ProductTypeFactory(code="lamp")
    catalog.AttributeFactory(product_type=kind, code="colour", name="Colour", is_filterable=True)
    home = catalog.category("Home")
    counts = []
    for number in (1, 29):
        made = [
            catalog.product(
                indexed=False,
                name=f"Thing {n}",
                product_type=kind,
                attributes={"colour": "red" if n % 2 else "blue"},
                brand="Acme",
                category=home,
            ).pk
            for n in range(number)
        ]
        indexing.index(made)
        cache.delete_pattern("*")
        with counting() as queries:
            assert client.get(address).status_code == 200
        counts.append(queries())

    assert max(counts) <= (15 if "q=" in address else 8)  # currencies, words and weights of searches are cached as well
    assert counts[1] - counts[0] in (0, 1)  # names of attributes are asked for when there is a choice


def test_a_corrected_search_can_be_taken_back(client: Client) -> None:
    catalog.product(name="Headphones")
    indexing.rebuild()

    response = client.get("/products/?q=hedphones")
    assert (names(response), response.context["title"]) == (["Headphones"], "Results for “headphones”")
    assert response.context["corrected_from"] == {"query": "hedphones", "url": "/products/?q=hedphones&exact=1"}

    again = client.get(response.context["corrected_from"]["url"])
    assert (names(again), again.context["corrected_from"]) == ([], None)
