"""The list, category, brand and search pages, and the search box's suggestions."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.products import selectors as products
from catalog.products import tree
from catalog.products.ownprices import on_cards, own_prices
from catalog.search import (
    curations,
    engine,
    exchanged,
    heads,
    page,
    personal,
    query,
    reports,
    rules,
    selectors,
    suggest,
)
from catalog.search.engine import Results
from catalog.search.page import Place
from catalog.search.query import Query
from shop.accounts import selectors as accounts
from shop.core import cache, languages, pages, requests
from shop.currencies import selectors as currencies

logger = logging.getLogger(__name__)

_VERSIONS = (cache.LISTINGS, cache.PRICE_RULES)  # what a list shows changes with these
_ASKED_IN = query.ASKED_IN | {currencies.PARAMETER}


@require_safe
@vary_on_headers("HX-Request")
@pages.public(*_VERSIONS, takes=_ASKED_IN)
def product_list(request: HttpRequest) -> HttpResponse:
    """All products, or those found by `?q=` and filters."""
    asked, left_out = _asked(request)
    if asked.text and not asked.has_filters and (leads_to := curations.leads_to(asked.text)):
        return redirect(languages.here(leads_to))
    has_words = bool(rules.words(asked.text))
    title = _("Results for “%(words)s”") % {"words": asked.text} if has_words else _("All products")
    if asked.text and not has_words:
        title = _("No word to search for")
    node = tree.tree().at(asked.category) if asked.category else None
    if asked.category and node is None:
        raise Http404
    crumbs: list[dict[str, str | None]] = [{"label": title, "url": None}]
    if node is not None:
        without = replace(asked, category="", page=1)
        place = Place(reverse("product_list"), title)
        crumbs = [{"label": title, "url": place.url(without)}, {"label": node.name, "url": None}]
    context = {"breadcrumbs": crumbs, "left_out": left_out, "has_words": has_words}
    return _list(request, asked, Place(reverse("product_list"), title), context)


@require_safe
@vary_on_headers("HX-Request")
@pages.public(*_VERSIONS, takes=_ASKED_IN - {"category"})
def category(request: HttpRequest, path: str) -> HttpResponse:
    """A category with everything below it; 301 from a path it had before."""
    node = tree.tree().at(path)
    present = products.moved_to("category", path.strip("/")) if node is None else node.url_path
    if present is None:
        raise Http404
    if node is None or path != present:  # more slashes than it has, which anybody can make up
        return HttpResponsePermanentRedirect(reverse("category", args=[present]))
    asked, left_out = _asked(request)
    asked = replace(asked, category=node.url_path)
    above = tree.tree().ancestors(node.path)
    crumbs: list[dict[str, str | None]] = [{"label": one.name, "url": one.url} for one in above[:-1]]
    words = selectors.category_words(node.id)
    return _list(
        request,
        asked,
        Place(node.url, node.name),
        {
            "breadcrumbs": [*crumbs, {"label": node.name, "url": None}],
            "left_out": left_out,
            "intro": words.description,
            "meta": {
                "title": words.seo_title or " – ".join(one.name for one in reversed(above[-2:])),
                "told": words.seo_description or words.description,
            },
        },
        children=[(child.url_path, child.name, child.url) for child in tree.tree().children(node)],
    )


@require_safe
@vary_on_headers("HX-Request")
@pages.public(*_VERSIONS, takes=_ASKED_IN - {"brand"})
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything of one brand."""
    found = selectors.brand(slug)
    if found is None:
        present = products.moved_to("brand", slug)
        if present is None:
            raise Http404
        return HttpResponsePermanentRedirect(reverse("brand", args=[present]))
    asked, left_out = _asked(request)
    asked = replace(asked, brands=(slug,))
    url = reverse("brand", args=[slug])
    crumbs: list[dict[str, str | None]] = [{"label": found.name, "url": None}]
    context = {"breadcrumbs": crumbs, "intro": found.description, "meta": {"told": found.description}}
    return _list(request, asked, Place(url, found.name, fixed_brand=slug), {**context, "left_out": left_out})


@require_safe
@pages.public(*_VERSIONS, takes=("q", currencies.PARAMETER))
def search_suggest(request: HttpRequest) -> HttpResponse:
    """The rows under the search box, and how many there are, which is read out."""
    currency = currencies.of(request)
    found = suggest.suggestions(request.GET.get("q", ""), currency=currencies.listed(currency))
    price_list, listed = accounts.standing_of(request).price_list, found["products"]
    own = own_prices([one["id"] for one in listed], currency=currency, price_list=price_list)
    found["products"] = [{**one, "price": own[one["id"]].price} if one["id"] in own else one for one in listed]
    count = sum(len(found[kind]) for kind in ("queries", "categories", "brands", "products"))
    response = render(request, "catalog/search/_suggestions.html", {**found, "count": count})
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked(request: HttpRequest) -> tuple[Query, list[str]]:
    """The query in the address, and what the page says of what cannot be read and is left out. A page that cannot be
    read is a 404.
    """
    currency = currencies.of(request)
    asked, problems = query.parse(dict(request.GET.lists()), currency=currency, edges=exchanged.edges(currency))
    if "page" in problems:
        raise Http404
    left_out = _("We left out “%(name)s” from the address: it should be %(expected)s.")
    return asked, [left_out % {"name": name, "expected": expected} for name, expected in problems.items()]


def _list(
    request: HttpRequest,
    asked: Query,
    place: Place,
    context: dict[str, Any],
    children: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:
    results, has_own_order = _for_visitor(request, asked, exchanged.search(replace(asked, is_personal=True)))
    if asked.page > 1 and not results.hits:
        raise Http404
    price_list = accounts.standing_of(request).price_list
    hits = engine.at_own_prices(results.hits, currency=asked.currency, price_list=price_list)
    shown = {**page.list_context(asked, place, replace(results, hits=hits)), **context}
    if "help_cards" in shown:
        shown["help_cards"] = on_cards(shown["help_cards"], currency=asked.currency, price_list=price_list)
    if has_own_order:
        switched = place.url(replace(asked, is_personal=not asked.is_personal))
        shown["impersonal_url" if asked.is_personal else "personal_url"] = switched
    counts = {
        count.value: count.count for facet in results.facets if facet.name == "category" for count in facet.counts
    }
    shown["subcategories"] = [
        {"name": name, "url": url, "count": counts.get(path, 0)}
        for path, name, url in children or ()
        if counts.get(path) or not asked.has_filters
    ]
    if children is not None:  # a category's own page lists its subcategories above the results
        shown["facets"] = [facet for facet in shown["facets"] if facet["name"] != "category"]
    shown |= heads.head(asked, place, shown, **shown.pop("meta", {}))
    is_fragment = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "catalog/search/_results.html" if is_fragment else "catalog/search/list.html", shown)
    if asked.text and asked.page == 1 and not asked.has_filters and asked.sort == "relevance" and not place.fixed_brand:
        _count_search(request, response, asked.text, bool(results.total))
    return response


def _count_search(request: HttpRequest, response: HttpResponse, text: str, has_results: bool) -> None:
    """Now, and whenever the page is shown again."""
    if pages.WARMING not in request.META:
        reports.searched(text, has_results)
    pages.tell(response, "catalog.search.reports.searched_again", text, has_results)


def _for_visitor(request: HttpRequest, asked: Query, results: Results) -> tuple[Results, bool]:
    """The results in the customer's own order, if they agreed to that, and whether it is another one.

    Where the usual order is asked for, whether there is one of their own.
    """
    customer_id = requests.customer_id(request)
    if customer_id is None or not (asked.text and asked.sort == "relevance"):
        return results, False
    try:
        suits = import_string(settings.SEARCH_SUITS)(customer_id, [hit.product_id for hit in results.hits])
    except DatabaseError:
        logger.warning("results are shown in nobody's own order", exc_info=True)
        return results, False
    if not asked.is_personal:
        return results, bool(suits)
    fixed = personal.exact(results.hits, asked.text, curations.curated(asked.text).pinned) if suits else 0
    hits = personal.reordered(results.hits, suits, fixed=fixed)
    return replace(results, hits=hits), hits != list(results.hits)
