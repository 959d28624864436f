"""What list pages show: results as cards, facets as links that switch a value on or off, sorts, chips, page links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from catalog.products import selectors, tree
from catalog.products.cards import Card
from catalog.search import highlighting, postgres
from catalog.search.engine import Facet, Hit, Results
from catalog.search.facets import COUNTED, DEEP
from catalog.search.meaning import LookedFor
from catalog.search.query import BANDS, Query
from shop.core import cache, formats, languages
from shop.core.money import Money
from shop.currencies import selectors as currencies

LIST_URL = "/products/"  # without its language
_SORT_LABELS = {
    "relevance": gettext_noop("Most relevant"),
    "price": gettext_noop("Price, low to high"),
    "-price": gettext_noop("Price, high to low"),
    "rating": gettext_noop("Best rated"),
    "newest": gettext_noop("Newest"),
}


@dataclass(frozen=True)
class Place:
    """Which list page this is: its address without parameters, and whether the category is part of that address."""

    path: str
    title: str
    fixed_brand: str = ""

    @property
    def is_category(self) -> bool:
        return languages.plain(self.path).startswith("/categories/")

    def url(self, query: Query) -> str:
        """This page, asking `query`."""
        shown = query
        if self.fixed_brand:
            shown = replace(query, brands=tuple(b for b in query.brands if b != self.fixed_brand))
        extra = [("category", query.category)] if query.category and not self.is_category else []
        return f"{self.path}{shown.urlencoded(*extra)}"


def list_context(query: Query, place: Place, results: Results) -> dict[str, Any]:
    """The context of catalog/search/list.html, apart from breadcrumbs and words that only the page knows."""
    pages = max(1, -(-results.total // query.limit))
    context: dict[str, Any] = {
        "title": place.title,
        "query": query.text,
        "total": results.total,
        "is_least": results.total >= COUNTED
        or (results.total >= DEEP and any(one.is_sampled for one in results.facets)),
        "cards": [card(hit, results.looked_for) for hit in results.hits],
        "sort": _sort(query, place),
        "facets": [
            facet for facet in (_facet(found, query, place) for found in _shown(results.facets, query, place)) if facet
        ],
        "active": _active(results.facets, query, place),
        "clear_url": place.url(query.without_filters()),
        "page": page_links(query.page, pages, lambda number: place.url(replace(query, page=number))),
        "suggestion": None,
        "corrected_from": None,
        "only_in": currencies.only_in(query.currency),
    }
    if results.suggestion:
        url = place.url(replace(query, text=results.suggestion, page=1))
        context["suggestion"] = {"query": results.suggestion, "url": url}
    if results.corrected_to:
        context["title"] = _("Results for “%(words)s”") % {"words": results.corrected_to}
        context["corrected_from"] = {"query": query.text, "url": place.url(replace(query, is_exact=True))}
    if not results.total:
        context |= help_context(currencies.listed(query.currency))
    return context


def help_context(currency: str) -> dict[str, Any]:
    """Where to go from a page that found nothing."""
    departments = [{"name": node.name, "url": node.url} for node in tree.tree().children()]
    return {"help_categories": departments, "help_cards": wanted(currency)["trending"][:4]}


def wanted(currency: str) -> dict[str, list[Card]]:
    """The cards of the home page: trending and new. Cached for five minutes."""

    def make() -> dict[str, list[Card]]:
        found = {
            name: postgres.listings(currency=currency, order=order, top=12)
            for name, order in (("trending", "relevance"), ("new", "newest"))
        }
        return {name: [card(hit) for hit in hits] for name, hits in found.items()}

    return cache.HOME.get_or(make, languages.current(), currency, cache.LISTINGS.get() or "0")


def home_context(currency: str) -> dict[str, Any]:
    """The context of home.html."""
    return {"departments": selectors.departments(), "recent": [], **wanted(currency)}


def card(hit: Hit, looked_for: Sequence[LookedFor] = ()) -> Card:
    """A hit as a card, the words `looked_for` marked in its name."""
    return Card(
        product_id=hit.product_id,
        url=languages.here(f"/products/{hit.slug}/"),
        name=hit.name,
        brand=hit.brand_name,
        picture=hit.card.get("picture"),
        price=Money(hit.price_minor, hit.shown_currency) if hit.price_minor is not None else None,
        regular_price=regular_price(hit),
        price_from=hit.has_range,
        rating_average=hit.rating_average if hit.rating_count else None,
        rating_count=hit.rating_count,
        is_in_stock=hit.is_in_stock,
        is_sellable=hit.is_sellable,
        swatches=hit.card.get("swatches", ()),
        swatches_more=hit.card.get("swatches_more", 0),
        is_quick=hit.card.get("is_quick", False),
        name_parts=highlighting.parts(hit.name, looked_for) if looked_for else (),
        lang=hit.card.get("lang", ""),
    )


def regular_price(hit: Hit) -> Money | None:
    """What is struck out; None unless the hit is on sale."""
    if hit.price_minor is None or hit.regular_minor is None or hit.regular_minor <= hit.price_minor:
        return None
    return Money(hit.regular_minor, hit.shown_currency)


def page_links(number: int, count: int, url: Callable[[int], str]) -> dict[str, Any]:
    """The paging of contexts: first, last, and two around the present page, None where some are left out."""
    wanted_pages = sorted({1, count, *range(max(1, number - 2), min(count, number + 2) + 1)})
    links: list[dict[str, Any] | None] = []
    for before, one in zip([0, *wanted_pages], wanted_pages, strict=False):
        if one - before > 1:
            links.append(None)
        links.append({"number": one, "url": url(one), "is_current": one == number})
    return {
        "number": number,
        "count": count,
        "previous_url": url(number - 1) if number > 1 else None,
        "next_url": url(number + 1) if number < count else None,
        "links": links,
    }


def _sort(query: Query, place: Place) -> dict[str, Any]:
    options = [
        {"value": value, "label": _(label), "is_selected": value == query.sort} for value, label in _SORT_LABELS.items()
    ]
    return {"options": options, "hidden": _hidden(query, place, {"sort", "page"})}


def _hidden(query: Query, place: Place, without: set[str]) -> list[dict[str, str]]:
    pairs = [(name, value) for name, value in query.parameters() if name not in without]
    pairs = [pair for pair in pairs if pair != ("brand", place.fixed_brand)]
    if query.category and not place.is_category:
        pairs.append(("category", query.category))
    return [{"name": name, "value": value} for name, value in pairs]


# --- Facets


def _shown(facets: Sequence[Facet], query: Query, place: Place) -> list[Facet]:
    """Without the brand facet on a brand's own page; price always stands, so that its fields can be emptied."""
    kept = [facet for facet in facets if not (facet.name == "brand" and place.fixed_brand)]
    if not any(facet.name == "price" for facet in kept) and _is_priced(query):
        kept.append(Facet("price", _("Price"), ()))
    return kept


def _is_priced(query: Query) -> bool:
    return query.price_min is not None or query.price_max is not None


def _facet(facet: Facet, query: Query, place: Place) -> dict[str, Any]:
    options = [_option(facet, count, query, place) for count in facet.counts]
    shown: dict[str, Any] = {
        "name": facet.name,
        "label": facet.label,
        "lang": facet.lang,
        "testid_name": facet.name.removeprefix("attr."),
        "kind": "price" if facet.name == "price" else "options",
        "options": options,
        "has_selected": any(option["is_selected"] for option in options),
        "is_sampled": facet.is_sampled,
    }
    if facet.name == "price":
        given = dict(query.parameters())
        shown |= {
            "minimum": given.get("price_min"),
            "maximum": given.get("price_max"),
            "hidden": _hidden(query, place, {"price_min", "price_max", "page"}),
            "has_selected": _is_priced(query),
        }
    return shown


def _option(facet: Facet, count: Any, query: Query, place: Place) -> dict[str, Any]:
    is_selected, changed = toggle(query, facet.name, count.value)
    url = place.url(changed)
    if facet.name == "category" and place.is_category:
        url = languages.here(f"/categories/{count.value}/{query.urlencoded() if query.page == 1 else ''}")
    return {
        "value": count.value,
        "label": count.label,
        "lang": count.lang,
        "count": count.count,
        "is_selected": is_selected,
        "url": url,
    }


def toggle(query: Query, name: str, value: str) -> tuple[bool, Query]:
    """Whether `value` of facet `name` is chosen, and the query with it switched the other way (on page 1)."""
    if name == "category":
        return query.category == value, replace(query, page=1, category="" if query.category == value else value)
    if name == "brand":
        chosen, values = _switch(query.brands, value)
        return chosen, replace(query, page=1, brands=values)
    if name == "price":
        return _toggle_band(query, value)
    if name == "rating":
        chosen = query.rating == int(value)
        return chosen, replace(query, page=1, rating=None if chosen else int(value))
    if name == "availability":
        return query.in_stock, replace(query, page=1, in_stock=not query.in_stock)
    code = name.removeprefix("attr.")
    attributes = dict(query.attributes)
    chosen, values = _switch(attributes.pop(code, ()), value)
    if values:
        attributes[code] = values
    return chosen, replace(query, page=1, attributes=tuple(sorted(attributes.items())))


def _switch(values: Sequence[str], value: str) -> tuple[bool, tuple[str, ...]]:
    chosen = value in values
    return chosen, tuple(sorted({*values} - {value} if chosen else {*values, value}))


def _toggle_band(query: Query, value: str) -> tuple[bool, Query]:
    values = [f"{low or ''}-{high or ''}" for low, high in BANDS]
    low, high = query.bands[values.index(value)]
    chosen = (query.price_min, query.price_max) == (low, high)
    return chosen, replace(query, page=1, price_min=None if chosen else low, price_max=None if chosen else high)


# --- Chips


def _active(facets: Sequence[Facet], query: Query, place: Place) -> list[dict[str, str]]:
    """One chip per filter in force, each with the address of the page without it."""
    labels = {(facet.name, count.value): count.label for facet in facets for count in facet.counts}
    names = {facet.name: facet.label for facet in facets}
    chips = _chosen_places(query, place, labels)
    if _is_priced(query):
        chips.append((_price_label(query), replace(query, price_min=None, price_max=None, page=1)))
    if query.rating:
        label = _("%(stars)s stars and up") % {"stars": query.rating}
        chips.append((label, replace(query, rating=None, page=1)))
    if query.in_stock:
        chips.append((_("In stock"), replace(query, in_stock=False, page=1)))
    for code, value in [(code, value) for code, values in query.attributes for value in values]:
        name = f"attr.{code}"
        label = f"{names.get(name, code)}: {labels.get((name, value), value)}"
        chips.append((label, toggle(query, name, value)[1]))
    return [{"label": label, "remove_url": place.url(changed)} for label, changed in chips]


def _chosen_places(query: Query, place: Place, labels: Mapping[tuple[str, str], str]) -> list[tuple[str, Query]]:
    """The chips for category and brands, where they are not what the page is about."""
    chips: list[tuple[str, Query]] = []
    node = tree.tree().at(query.category) if query.category and languages.plain(place.path) == LIST_URL else None
    if node is not None:
        chips.append((node.name, replace(query, category="", page=1)))
    for brand in query.brands:
        if brand != place.fixed_brand:
            chips.append((labels.get(("brand", brand), brand), toggle(query, "brand", brand)[1]))
    return chips


def _price_label(query: Query) -> str:
    low = formats.money(Money(query.price_min, query.currency)) if query.price_min is not None else None
    high = formats.money(Money(query.price_max, query.currency)) if query.price_max is not None else None
    if low and high:
        return f"{low} – {high}"
    return _("From %(amount)s") % {"amount": low} if low else _("Up to %(amount)s") % {"amount": high}
