"""What every engine does: each test runs on the embedded one and on Elasticsearch, where there is one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from catalog.search import curations, engine, indexing, postgres, sync
from catalog.search import elasticsearch as elasticsearch_engine
from catalog.search.engine import Hit, Results
from catalog.search.models import Curation, StopWord, Synonym
from catalog.search.query import Query, parse
from tests.factories import catalog, translations

pytestmark = pytest.mark.django_db

Search = Callable[..., Results]

SOON = 5  # seconds, though other tests run meanwhile


@pytest.fixture(params=["postgres", "elasticsearch"])
def search(request: Any) -> Search:
    """Asks one engine, `search("words", category=…)`; its index is built with the first question."""
    name = request.param
    if name == "elasticsearch":
        request.getfixturevalue("elasticsearch")
    built = []

    def ask(text: str = "", **filters: Any) -> Results:
        if not built:
            indexing.rebuild()
            if name == "elasticsearch":
                sync.rebuild()
            built.append(name)
        return engine.search(Query(text=text, **filters), only=name)

    return ask


def names(results: Results) -> list[str]:
    return [hit.name for hit in results.hits]


def counts(results: Results) -> dict[str, dict[str, int]]:
    return {facet.name: {count.value: count.count for count in facet.counts} for facet in results.facets}


@pytest.fixture
def shelf() -> None:
    laptops = catalog.category("Computers", "Laptops")
    audio = catalog.category("Audio")
    add = lambda **fields: catalog.product(indexed=False, **fields)  # noqa: E731
    add(name="Sony WH-1000XM4 wireless headphones", brand="Sony", category=audio, sku="WH1000XM4B")
    add(name="Café table", description="A small round table with running legs", tags=["bistro"])
    add(name='Aspire notebook 17"', brand="Acer", category=laptops, description="43.2 cm screen")
    add(name="Leather boots", description="Goes well with a notebook under the arm")
    add(name="Jeans", brand="Bøgh")
    add(name="Red running shoes", brand="Fleet")
    add(name="Running red socks", tags=["shoes"])
    add(name="Cordless drill 18V", sku="GSR 18V-55/A")
    add(name="Berry bowl", description="for strawberries and other fruits")
    add(name="Mouse trap", description="catches mice")
    add(name="The Who live")
    add(name="Pocket knife 7,5 cm")


# What is found: all of it, in any order (words that all are there, or, as the shelf is small, most or any of them).
FOUND = {
    "stemming and plurals": {
        "headphone": ["Sony WH-1000XM4 wireless headphones"],
        "headphones": ["Sony WH-1000XM4 wireless headphones"],
        "tables": ["Café table"],
        "boot": ["Leather boots"],
        "fruit": ["Berry bowl"],
        "strawberry": ["Berry bowl"],
        "mouse": ["Mouse trap"],
        "mice": ["Mouse trap"],
        "knives": ["Pocket knife 7,5 cm"],
        "run": ["Café table", "Red running shoes", "Running red socks"],
    },
    "case and accents": {
        "cafe": ["Café table"],
        "CAFÉ": ["Café table"],
        "cafe\u0301": ["Café table"],
        "bogh": ["Jeans"],
        "BØGH": ["Jeans"],
    },
    "typos": {
        "hedphones": ["Sony WH-1000XM4 wireless headphones"],
        "headphnoes": ["Sony WH-1000XM4 wireless headphones"],
        "leahter": ["Leather boots"],
        "jaens": ["Jeans"],
    },
    "words typed together or apart": {
        "head phones": ["Sony WH-1000XM4 wireless headphones"],
        "redrunningshoes": [],
    },
    "beginnings of words": {
        "headpho": ["Sony WH-1000XM4 wireless headphones"],
        "straw": ["Berry bowl"],
        "bist": ["Café table"],
    },
    "phrases": {
        '"running shoes"': ["Red running shoes"],
        '"red running shoes"': ["Red running shoes"],
        "“red running shoes”": ["Red running shoes"],
        "„shoes running“": [],
        '"running legs"': ["Café table"],
        '"shoes running"': [],
        '"a notebook under the arm"': ["Leather boots"],
        '"for strawberries and other fruits"': ["Berry bowl"],
        '"strawberries and fruits"': [],
        '"the who"': ["The Who live"],
        '"round table" legs': ["Café table"],
        '"wh 1000xm4"': ["Sony WH-1000XM4 wireless headphones"],
    },
    "exclusions": {
        "running -shoes": ["Café table"],
        "running -red": ["Café table"],
        'running -"red running"': ["Café table", "Running red socks"],
        "notebook -leather": ['Aspire notebook 17"'],
        "notebook -laptop": ["Leather boots"],
        "-nothing boots": ["Leather boots"],
    },
    "synonyms": {
        "laptop": ['Aspire notebook 17"', "Leather boots"],
        "trainers": ["Red running shoes", "Running red socks"],
        "cordless screwdriver": ["Cordless drill 18V"],
        "headset": ["Sony WH-1000XM4 wireless headphones"],
    },
    "stop words": {
        "the jeans": ["Jeans"],
        "boots for the": ["Leather boots"],
        "the who": ["The Who live"],
        "who": ["The Who live"],
    },
    "model numbers": {
        "WH-1000XM4": ["Sony WH-1000XM4 wireless headphones"],
        "wh 1000xm4": ["Sony WH-1000XM4 wireless headphones"],
        "wh 1000 xm4": ["Sony WH-1000XM4 wireless headphones"],
        "wh1000xm4": ["Sony WH-1000XM4 wireless headphones"],
        "1000xm4": ["Sony WH-1000XM4 wireless headphones"],
        "wh1000xm4b": ["Sony WH-1000XM4 wireless headphones"],
        "gsr 18v-55/a": ["Cordless drill 18V"],
        "GSR18V55A": ["Cordless drill 18V"],
        "gsr-18v-55-a": ["Cordless drill 18V"],
    },
    "units": {
        "17 inch": ['Aspire notebook 17"'],
        '17"': ['Aspire notebook 17"'],
        "17in": ['Aspire notebook 17"'],
        "17-inch": ['Aspire notebook 17"'],
        "43.2cm": ['Aspire notebook 17"'],
        "43,2 cm": ['Aspire notebook 17"'],
        "18 volts": ["Cordless drill 18V"],
        "7.5cm": ["Pocket knife 7,5 cm"],
    },
    "nothing": {
        "zeppelin": [],
        "xyzzy plugh": [],
        "¿?": [],
    },
}


@pytest.mark.parametrize(
    ("spellings", "first"),
    [
        (("hose 3m", "3m hose", "3 m hose", "hose 3 m", "3 metres hose", "hose 3.0 m"), ["Hose 3 m", "Hose 3M"]),
        (("1/2 inch tap", '½" tap', "0.5in tap", "tap 0,5 inches"), ["Tap 0.5 inch", 'Tap 1/2"']),
        (("256gb ssd", "ssd 256gb", "256 GB SSDs", "ssds 256 gigabytes"), ["SSD 256 GB", "SSDs of 256GB"]),
    ],
)
def test_a_measure_is_found_however_it_is_spelt(search: Search, spellings: tuple[str, ...], first: list[str]) -> None:
    for name in ("Hose 3 m", "Hose 3M", "Hose, 3 pieces, size M", 'Tap 1/2"', "Tap 0.5 inch", "Tap 2 inch"):
        catalog.product(name=name, indexed=False)
    for name in ("SSD 256 GB", "SSDs of 256GB", "SSD 512 GB, 256 MB cache"):
        catalog.product(name=name, indexed=False)
    found = {text: names(search(text)) for text in spellings}

    assert {text: sorted(some[:2]) for text, some in found.items()} == dict.fromkeys(spellings, first)
    assert len({tuple(sorted(some)) for some in found.values()}) == 1


def test_finds(search: Search, shelf: None) -> None:
    Synonym.objects.create(words="drill, screwdriver")
    Synonym.objects.create(words="running shoes, trainers")
    StopWord.objects.get_or_create(word="the")

    found = {topic: {text: sorted(names(search(text))) for text in texts} for topic, texts in FOUND.items()}

    assert found == FOUND


def test_words_of_other_languages_are_found_and_shown(search: Search) -> None:
    bottles = translations.shelf(catalog.category("Outdoor", "Bottles"), name="Trinkflaschen")
    bottle = catalog.product(name="Trail bottle", category=bottles, indexed=False)
    catalog.product(name="Trail lamp", indexed=False)
    translations.translated(bottle, name="Wanderflasche", indexed=False)
    translations.translated(bottle, "ar", name="قارورة الدرب", indexed=False)

    with translation.override("de"):
        assert names(search("Wanderflasche")) == names(search("trinkflaschen")) == ["Wanderflasche"]
        assert sorted(names(search("trail"))) == ["Trail lamp", "Wanderflasche"]
        assert search("Wanderflasche").corrected_to is None
    with translation.override("ar"):
        assert names(search("قارورة")) == ["قارورة الدرب"]
    assert names(search("trail bottle"))[0] == "Trail bottle"


def test_apostrophes_are_no_words(search: Search) -> None:
    for name in ("Men's boots", "Womens boots", "Women’s jacket", "O'Reilly book", "OReilly mug", "Size S belt"):
        catalog.product(indexed=False, name=name)
    found = {
        "men's boots": ["Men's boots", "Womens boots"],  # one of two words will do
        "men’s": ["Men's boots"],
        "mens": ["Men's boots"],
        "women's": ["Womens boots", "Women’s jacket"],
        "womens": ["Womens boots", "Women’s jacket"],
        "women": ["Womens boots", "Women’s jacket"],
        "o'reilly": ["O'Reilly book", "OReilly mug"],
        "o’reilly’s": ["O'Reilly book", "OReilly mug"],
        "oreilly": ["O'Reilly book", "OReilly mug"],
        "o reilly": ["O'Reilly book", "OReilly mug"],
        "reilly": ["O'Reilly book"],
        '"women\'s jacket"': ["Women’s jacket"],
        "boots -women's": ["Men's boots"],
        "s": ["Size S belt"],
    }

    results = {text: search(text) for text in found}

    assert {text: sorted(names(one)) for text, one in results.items()} == found
    assert {one.corrected_to or one.suggestion for one in results.values()} == {None}


def test_words_count_by_where_they_stand(search: Search) -> None:
    catalog.product(indexed=False, name="One", description="made for a gizmo")
    catalog.product(indexed=False, name="Two", tags=["gizmo"])
    catalog.product(indexed=False, name="Three", brand="Gizmo")
    catalog.product(indexed=False, name="Four gizmo")

    assert names(search("gizmo")) == ["Four gizmo", "Three", "Two", "One"]


def test_the_category_that_is_named_comes_first(search: Search) -> None:
    laptops, bags = catalog.category("Computers", "Laptops"), catalog.category("Bags")
    catalog.product(indexed=False, name="Laptop bag for a laptop", category=bags)
    catalog.product(indexed=False, name="Laptop", category=laptops)
    catalog.product(indexed=False, name="Laptop sleeve", category=bags)

    assert names(search("laptops"))[0] == "Laptop"


def test_what_can_be_bought_comes_first(search: Search) -> None:
    catalog.product(indexed=False, name="Lamp", units=0)
    catalog.product(indexed=False, name="Shade", description="for a lamp")

    assert names(search("lamp")) == ["Shade", "Lamp"]


def _sets() -> list[Any]:
    """A set that is called "Tea for two", and much that has these words."""
    tea = catalog.category("Kitchen", "Tea")
    sold_out = catalog.product(indexed=False, name="Tea for Two", units=0, category=catalog.category("Sets"))
    others = [
        catalog.product(indexed=False, name=name, units=5, category=tea, description="Tea for two, or one")
        for name in ("Two tea cups, for tea", "Teapot for two", "Tea, tea and tea for all two of you", "Tea for one")
    ]
    return [sold_out, *others]


@pytest.mark.parametrize("typed", ["Tea for two", "tea for two", " TEA  for two ", '"tea for two"', "„Tea for two“"])
def test_what_is_called_as_was_typed_comes_first_even_when_it_is_sold_out(search: Search, typed: str) -> None:
    _sets()

    found = names(search(typed))

    assert (found[0], found.count("Tea for Two"), "Teapot for two" in found) == ("Tea for Two", 1, True)


@pytest.mark.parametrize(("typed", "first"), [("tea for", False), ("tea for two now", False), ("tea two for", False)])
def test_what_is_called_otherwise_has_its_own_place(search: Search, typed: str, first: bool) -> None:
    _sets()

    assert (names(search(typed))[0] == "Tea for Two") is first


def test_what_is_called_as_was_typed_keeps_to_filters_and_sorts(search: Search) -> None:
    _sets()

    assert "Tea for Two" not in names(search("tea for two", in_stock=True))
    assert "Tea for Two" not in names(search("tea for two", category="kitchen"))
    assert names(search("tea for two", sort="price"))[-1] == "Tea for Two"  # what cannot be bought is last there


def test_of_those_called_alike_what_can_be_bought_comes_first(search: Search) -> None:
    for units in (0, 5, 0):
        catalog.product(indexed=False, name="Tea for two", units=units)

    assert [hit.is_in_stock for hit in search("tea for two").hits] == [True, False, False]


def test_the_merchants_choice_goes_before_a_name(search: Search) -> None:
    called, cups, *_others = _sets()
    row = Curation.objects.create(words="tea for two", key=curations.key("tea for two"))
    curations.pin(row, [(cups.pk, False)])
    assert names(search("tea for two"))[:2] == ["Two tea cups, for tea", "Tea for Two"]

    curations.pin(row, [(called.pk, True)])
    assert names(search("tea for two"))[-1] == "Tea for Two"


def test_a_name_is_first_of_very_many(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all that is found can be scored."""
    _sets()
    for one in (postgres, elasticsearch_engine):
        monkeypatch.setattr(one, "MANY", 2)

    assert names(search("tea for two", limit=2))[0] == "Tea for Two"


def test_the_merchant_says_what_is_first_and_last(search: Search) -> None:
    catalog.product(indexed=False, name="Lamp")
    dear = catalog.product(indexed=False, name="Lamp of lamps")
    catalog.product(indexed=False, name="Desk lamp", units=0)
    torch = catalog.product(indexed=False, name="Torch")
    lantern = catalog.product(indexed=False, name="Lantern")
    gone = catalog.product(indexed=False, name="Candle", units=0)
    row = Curation.objects.create(words="lamps", key=curations.key("lamps"))
    last = [(dear.pk, True)]
    curations.pin(row, [(lantern.pk, False), (gone.pk, False), (torch.pk, False), *last])

    found = search("lamp")

    assert names(found) == ["Lantern", "Torch", "Lamp", "Desk lamp", "Candle", "Lamp of lamps"]
    assert found.total == 6
    assert names(search("lamp", in_stock=True)) == ["Lantern", "Torch", "Lamp", "Lamp of lamps"]
    assert sorted(names(search("lamp", sort="price"))) == sorted(names(found))


def test_what_is_pinned_for_the_right_spelling_is_there_for_a_wrong_one(search: Search) -> None:
    lamp = catalog.product(indexed=False, name="Lamp")
    torch = catalog.product(indexed=False, name="Torch")
    row = Curation.objects.create(words="lamp", key=curations.key("lamp"))
    curations.pin(row, [(torch.pk, False)])

    assert (names(search("lmap")), search("lmap").corrected_to) == (["Torch", "Lamp"], "lamp")

    own = Curation.objects.create(words="lmap", key=curations.key("lmap"))
    curations.pin(own, [(lamp.pk, False)])
    assert names(search("lmap")) == ["Lamp"]


def test_what_is_pinned_is_counted_for_the_search_that_pins_it(search: Search) -> None:
    catalog.product(indexed=False, name="Lamp", brand="Acme")
    torch = catalog.product(indexed=False, name="Torch", brand="Other")
    row = Curation.objects.create(words="lamp lamp", key=curations.key("lamp lamp"))
    curations.pin(row, [(torch.pk, False)])

    for _turn in range(2):
        plain, pinned = search("lamp"), search("lamp lamp")
        assert (names(plain), plain.total) == (["Lamp"], 1)
        assert (names(pinned), pinned.total) == (["Torch", "Lamp"], 2)
        assert [counts(one)["brand"] for one in (plain, pinned)] == [{"acme": 1}, {"acme": 1, "other": 1}]


def test_article_numbers_are_counted_for_the_search_that_names_them(search: Search) -> None:
    catalog.product(indexed=False, name="Cable qx 700", brand="Acme")
    catalog.product(indexed=False, name="Camera", brand="Other", sku="QX-700-QX-700")

    for _turn in range(2):
        plain, doubled = search("qx-700"), search("qx-700 qx-700")
        assert (plain.total, doubled.total) == (len(plain.hits), len(doubled.hits))


def test_an_article_number_comes_before_all(search: Search) -> None:
    catalog.product(indexed=False, name="Cable for QX-700", sku="C-1")
    catalog.product(indexed=False, name="Camera", sku="QX-700", units=0)
    catalog.product(indexed=False, name="QX 700 QX-700 case", sku="C-2")

    for text in ("qx-700", "QX 700", "qx700"):
        assert names(search(text))[0] == "Camera", text


def test_more_of_the_words_is_better(search: Search) -> None:
    catalog.product(indexed=False, name="Green garden chair")
    catalog.product(indexed=False, name="Green garden hose")
    catalog.product(indexed=False, name="Green tea")
    catalog.product(indexed=False, name="Black coffee")

    found = names(search("green garden chair"))

    assert found == ["Green garden chair", "Green garden hose"]  # two of three will do, and the tea has one


def test_popular_well_rated_and_new_things_come_first(search: Search) -> None:
    catalog.product(indexed=False, name="Lamp one", released_on="2001-01-01")
    catalog.product(indexed=False, name="Lamp two", released_on="2001-01-01", rating_average="4.9", rating_count=40)
    catalog.product(indexed=False, name="Lamp three", released_on="2001-01-01", rating_average="1.2", rating_count=40)
    catalog.product(indexed=False, name="Lamp four")

    found = names(search("lamp"))

    assert found.index("Lamp two") < found.index("Lamp three")
    assert found.index("Lamp four") < found.index("Lamp one")


@pytest.fixture
def shop() -> dict[str, dict[str, Any]]:
    """Products with all that can be filtered by, in a category with two below it; what each is, by name."""
    kind = catalog.ProductTypeFactory(code="lamp")
    kinds: dict[str, Any] = {"colour": {}, "watt": {"kind": "number", "unit": "W"}, "dimmable": {"kind": "boolean"}}
    for code, more in kinds.items():
        catalog.AttributeFactory(product_type=kind, code=code, name=code.title(), is_filterable=True, **more)
    made = {}
    for number in range(36):
        facts: dict[str, Any] = {
            "brand": f"Brand {number % 3}",
            "amount": (1000, 2499, 2500, 4999, 5000, 9999, 10000, 24999, 25000)[number % 9],
            "units": 0 if number % 4 == 3 else 5,
            "rating_average": (0, "1.00", "2.50", "3.99", "4.00", "5.00")[number % 6],
            "rating_count": 1 if number % 6 else 0,
            "category": ("Home/Lamps", "Home/Chairs", "Garden")[number % 7 % 3],
            "attributes": {
                "colour": ("red", "green", "blue")[number % 5 % 3],
                "watt": number % 4 * 5,
                "dimmable": number % 2 == 0,
            },
        }
        made[f"Lamp {number:02d}"] = facts
        category = catalog.category(*facts["category"].split("/"))
        catalog.product(indexed=False, name=f"Lamp {number:02d}", product_type=kind, **{**facts, "category": category})
    return made


def _filters(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "brand": {one["brand"].lower().replace(" ", "-")},
        "price": {_band(one["amount"])},
        "rating": {str(stars) for stars in (1, 2, 3, 4) if float(one["rating_average"]) >= stars},
        "availability": {"1"} if one["units"] else set(),
        "attr.colour": {one["attributes"]["colour"]},
        "attr.watt": {str(one["attributes"]["watt"])},
        "attr.dimmable": {"true" if one["attributes"]["dimmable"] else "false"},
    }


def _band(amount: int) -> str:
    edges = [(2500, "-24.99"), (5000, "25-49.99"), (10000, "50-99.99"), (25000, "100-249.99")]
    return next((value for edge, value in edges if amount < edge), "250-")


ASKED: dict[str, tuple[dict[str, Any], dict[str, set[str]]]] = {
    "nothing chosen": ({}, {}),
    "one brand": ({"brands": ("brand-1",)}, {"brand": {"brand-1"}}),
    "two brands": ({"brands": ("brand-0", "brand-2")}, {"brand": {"brand-0", "brand-2"}}),
    "a price band": ({"price_min": 2500, "price_max": 4999}, {"price": {"25-49.99"}}),
    "a rating": ({"rating": 4}, {"rating": {"4"}}),
    "in stock": ({"in_stock": True}, {"availability": {"1"}}),
    "a colour": ({"attributes": (("colour", ("red",)),)}, {"attr.colour": {"red"}}),
    "two colours and a wattage": (
        {"attributes": (("colour", ("blue", "red")), ("watt", ("10",)))},
        {"attr.colour": {"blue", "red"}, "attr.watt": {"10"}},
    ),
    "a brand, a colour, in stock": (
        {"brands": ("brand-0",), "attributes": (("colour", ("red",)),), "in_stock": True},
        {"brand": {"brand-0"}, "attr.colour": {"red"}, "availability": {"1"}},
    ),
    "all at once": (
        {"brands": ("brand-1",), "price_max": 9999, "rating": 2, "attributes": (("dimmable", ("true",)),)},
        {"brand": {"brand-1"}, "price": {"-24.99", "25-49.99", "50-99.99"}, "rating": {"2"}, "attr.dimmable": {"true"}},
    ),
    "what nobody has": ({"brands": ("nobody",)}, {"brand": {"nobody"}}),
}  # fmt: skip


def test_filters_and_facets_are_what_counting_by_hand_gives(search: Search, shop: dict[str, Any]) -> None:
    """Each facet is counted with all filters but its own."""
    for place in ("", "home", "home/lamps"):
        within = {
            name: _filters(one)
            for name, one in shop.items()
            if f"{one['category'].lower()}/".startswith(f"{place}/" if place else "")
        }
        for title, (query, chosen) in ASKED.items():
            found, expected = _by_hand(within, chosen)
            for text in ("", "lamp"):
                results = search(text, category=place, limit=100, **query)
                shown = counts(results)
                shown.pop("category", None)
                assert sorted(names(results)) == found, (text, place, title)
                assert results.total == len(found), (text, place, title)
                assert {name: by for name, by in expected.items() if name in shown} == shown, (text, place, title)
                if title == "nothing chosen" and (text or place):
                    assert shown.keys() == expected.keys()


def _by_hand(
    within: dict[str, dict[str, set[str]]], chosen: dict[str, set[str]]
) -> tuple[list[str], dict[str, dict[str, int]]]:
    """The names that meet all that is chosen, and the counts of each facet with all else that is chosen."""
    expected: dict[str, dict[str, int]] = {}
    found = []
    for name, its in within.items():
        misses = {facet for facet, values in chosen.items() if not values & its[facet]}
        for facet, values in its.items():
            if misses <= {facet}:
                for value in values:
                    by = expected.setdefault(facet, {})
                    by[value] = by.get(value, 0) + 1
        if not misses:
            found.append(name)
    return found, expected


def test_categories_are_counted_right_below_the_one_that_is_looked_at(search: Search, shop: dict[str, Any]) -> None:
    def number(place: str) -> int:
        return sum(f"{one['category'].lower()}/".startswith(f"{place}/") for one in shop.values())

    assert counts(search())["category"] == {"home": number("home"), "garden": number("garden")}
    assert counts(search("lamp", category="home"))["category"] == {
        "home/lamps": number("home/lamps"), "home/chairs": number("home/chairs"),
    }  # fmt: skip
    assert "category" not in counts(search(category="garden"))


def test_facets_have_the_merchants_names(search: Search, shop: dict[str, Any]) -> None:
    found = {facet.name: (facet.label, [count.label for count in facet.counts]) for facet in search("lamp").facets}

    assert found["brand"] == ("Brand", ["Brand 0", "Brand 1", "Brand 2"])
    assert found["attr.watt"] == ("Watt", ["0 W", "5 W", "10 W", "15 W"])
    assert found["attr.dimmable"] == ("Dimmable", ["No", "Yes"])
    assert found["price"][1][0] == "Up to $24.99"


def test_sorts(search: Search, shop: dict[str, Any]) -> None:
    orders: dict[str, Callable[[str], float]] = {
        "price": lambda name: shop[name]["amount"],
        "-price": lambda name: -shop[name]["amount"],
        "rating": lambda name: -float(shop[name]["rating_average"]),
        "newest": lambda name: -int(name[-2:]),
    }
    for sort, key in orders.items():
        for text in ("", "lamp"):
            found = [(not hit.is_in_stock, key(hit.name)) for hit in search(text, sort=sort, limit=100).hits]
            assert (found, len(found)) == (sorted(found), len(shop)), (sort, text)


def test_pages_follow_each_other_without_gap_or_repeat(search: Search, shop: dict[str, Any]) -> None:
    for text in ("", "lamp"):
        pages = [search(text, page=page, limit=10) for page in (1, 2, 3, 4, 5)]
        found = [name for page in pages for name in names(page)]
        assert (sorted(found), [len(page.hits) for page in pages]) == (sorted(shop), [10, 10, 10, 6, 0])
        assert {page.total for page in pages} == {36}
    assert names(search("lamp", page=1000, limit=100)) == []


def test_a_better_spelling_is_shown(search: Search, shelf: None) -> None:
    catalog.product(indexed=False, name="Boot jack")

    assert search("hedphones").corrected_to == "headphones"
    assert (search("hedphones", is_exact=True).hits, search("hedphones", is_exact=True).total) == ((), 0)
    assert search("headphones").corrected_to is None


BAD = [
    "", " ", "a", "x" * 10_000, "word " * 2_000, "\x00\x01\x1f", "null\x00byte", "💡", "👩‍👩‍👧 shoes 🔥", "日本語", "ﷺ",
    '"', '""', "'", '"unclosed', '" " "', "-", "--", "- -", '-""', "a & | ! ( )", "foo AND (bar", "name:jeans", "*:*",
    "' OR 1=1 --", "'; DROP TABLE catalog_listing; --", "je*ns", "jeans~2", "jeans^9", "[a TO z]", "{!func}",
    "/.*/", "(a+)+$", "^(?:a|a)*$", ".*", "\\", "\\\\", "%", "_", '{"match_all": {}}', "${jndi:ldap://x}",
    "<script>alert(1)</script>", "\u202etxet", "1" * 200, "1.2.3.4", "--1e309", "+jeans", "jeans!", "#jeans", "@jeans",
    "jeans\njeans", "\ufeff", "İ", "ẞ",
]  # fmt: skip


def test_no_words_break_a_search(search: Search, shelf: None) -> None:
    search("jeans")
    for text in BAD:
        asked, _problems = parse({"q": [text]}, currency="USD")
        for query in (asked, Query(text=text)):
            began = time.monotonic()
            results = search(query.text, page=query.page)
            assert results.total >= len(results.hits) >= 0
            assert time.monotonic() - began < SOON, text
    assert "Jeans" in names(search("+jeans"))
    assert names(search("name:jeans")) == ["Jeans"]


SAME = [
    *(text for topic in FOUND.values() for text in topic),
    "red shoes", "sony wireless", "acer laptops", "round cafe table legs", "leather -boots",
    '"leather boots" -notebook', "running", "screen", "under the arm", "18v drill",
    "cordless drill 18 v", "notebok leather", "gsr", "wh",
    "fleet red", "17 inch laptop", "berry strawberries fruit bowl", "mouse trap mice knife", "live", "sony -headphones",
    "computers", "audio", "43.2 cm", "xm4", "1000", "55/a",
]  # fmt: skip


def by_id(hit: Hit) -> str:
    return str(hit.product_id)


def test_both_engines_find_and_count_the_same(elasticsearch: None, shelf: None) -> None:
    indexing.rebuild()
    sync.rebuild()
    for text in SAME:
        for query in (Query(text=text), Query(text=text, category="computers"), Query(text=text, brands=("sony",))):
            one, other = (engine.search(query, only=name) for name in ("postgres", "elasticsearch"))
            assert sorted(names(one)) == sorted(names(other)), query
            told = [(r.total, r.facets, r.suggestion, r.corrected_to) for r in (one, other)]
            assert told[0] == told[1], query
            for hit, copy in zip(sorted(one.hits, key=by_id), sorted(other.hits, key=by_id), strict=True):
                assert hit == copy
