"""The catalogue's public calls: lists, search, one product, categories, recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from catalog.api import values
from catalog.products import page, selectors, tree
from catalog.products.charging import PUBLIC
from catalog.products.ownprices import on_cards
from catalog.recommendations import shelves
from catalog.search import engine, exchanged, query
from catalog.search.engine import Results
from catalog.search.query import Query
from shop.accounts import selectors as accounts
from shop.core import rest
from shop.currencies.api import paid_in

KINDS = shelves.KINDS
PAGE = [OpenApiParameter("page", int), OpenApiParameter("limit", int, description="20 unless said, at most 100")]
FIELDS = OpenApiParameter("fields", str, description="Only these fields, comma-separated")
CURRENCY = OpenApiParameter("currency", str, description="ISO 4217, one that the shop sells in; else the customer's")
FILTERS = [
    *PAGE,
    OpenApiParameter("category", str, description="path, as computers/laptops"),
    OpenApiParameter("brand", str, many=True, description="slugs"),
    OpenApiParameter("minPrice", str),
    OpenApiParameter("maxPrice", str),
    OpenApiParameter("price_min", str, description="the same as minPrice, as in the addresses of the shop's pages"),
    OpenApiParameter("price_max", str, description="the same as maxPrice"),
    OpenApiParameter(
        "attributes",
        {"type": "object", "additionalProperties": {"type": "string"}},
        style="form",
        explode=True,
        description="attr.<code>=value, as attr.colour=red; any of several values of the same attribute will do",
    ),
    OpenApiParameter("rating", int),
    OpenApiParameter("inStock", bool),
    OpenApiParameter("sort", str, enum=list(query.SORTS)),
    FIELDS,
    CURRENCY,
]
_NAMES = {"minPrice": "price_min", "maxPrice": "price_max", "inStock": "in_stock"}


def asked(request: Request, *, with_text: bool) -> Query:
    """The query of a list call. Raises `ApiError` for anything that cannot be read."""
    _number, limit = rest.page_of(request)
    given: dict[str, Sequence[str]] = {
        _NAMES.get(name, name): several for name, several in request.query_params.lists()
    }
    if not with_text:
        given.pop("q", None)
    currency = paid_in(request)
    found, problems = query.parse(given, currency=currency, limit=limit, edges=exchanged.edges(currency))
    back = {value: name for name, value in _NAMES.items()}
    fields = {back.get(name, name): [problem] for name, problem in problems.items()}
    if found.category and tree.tree().at(found.category) is None:
        fields["category"] = [_("There is no such category.")]
    if fields:
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
    return found


def product_list(request: Request) -> HttpResponseBase:
    """`{data, total, page, limit}`"""
    question = asked(request, with_text=False)
    results = exchanged.search(question, with_facets=False)
    items = _items(request, question, results)
    data = rest.listing("data", items, total=results.total, page=question.page, limit=question.limit)
    return rest.conditional(request, data)


def product_search(request: Request) -> HttpResponseBase:
    """`{products, total, page, limit, facets, suggestion}`"""
    question = asked(request, with_text=True)
    results = exchanged.search(question)
    items = _items(request, question, results)
    data = rest.listing("products", items, total=results.total, page=question.page, limit=question.limit)
    data |= {
        "facets": values.facets(results.facets),
        "suggestion": results.suggestion or results.corrected_to,
        "is_corrected": results.corrected_to is not None,
    }
    return rest.conditional(request, data)


def _items(request: Request, question: Query, results: Results) -> list[dict[str, Any]]:
    price_list = accounts.standing_of(request).price_list
    hits = engine.at_own_prices(results.hits, currency=question.currency, price_list=price_list)
    return [values.sparse(values.brief(hit), request.query_params.get("fields")) for hit in hits]


def product(request: Request, product_id: str, *, is_staff: bool = False) -> HttpResponseBase:
    """A whole product; archived ones stay readable, drafts are for staff."""
    price_list, currency = accounts.standing_of(request).price_list, paid_in(request)
    found = whole(product_id, is_staff=is_staff, price_list=price_list, currency=currency)
    fields = request.query_params.get("fields")
    return rest.conditional(request, values.sparse(found, fields), last_modified=None)


def whole(
    product_id: str, *, is_staff: bool, price_list: str = PUBLIC, currency: str = settings.DEFAULT_CURRENCY
) -> dict[str, Any]:
    """A product as `ProductOut`, at the prices of this list. Raises `ApiError` ("not_found")."""
    known = key(product_id)
    found = page.product_page(product_id=known, currency=currency, price_list=price_list, with_drafts=is_staff)
    if found is None:
        raise missing()
    return values.whole(found, currency)


def categories(request: Request) -> HttpResponseBase:
    """The tree, parents before children."""
    found = tree.tree()
    rows = []
    for node in found.nodes:
        above = found.ancestors(node.path)
        parent = str(above[-2].id) if len(above) > 1 else None
        rows.append(
            {"id": str(node.id), "name": node.name, "path": node.url_path, "url": node.url, "parent_id": parent}
        )
    return rest.conditional(request, {"data": rows, "total": len(rows)})


def recommendations(request: Request, product_id: str) -> HttpResponseBase:
    """Products like this one, or bought together with it, that can be bought now."""
    kind = request.query_params.get("kind", "similar")
    if kind not in KINDS:
        fields = {"kind": [_("One of: %(names)s") % {"names": ", ".join(KINDS)}]}
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
    known = existing(product_id)
    currency, price_list = paid_in(request), accounts.standing_of(request).price_list
    listed = shelves.listed(known, kind, currency=settings.DEFAULT_CURRENCY)
    cards = on_cards(listed, currency=currency, price_list=price_list)
    rows = [
        {
            "id": str(card.product_id),
            "name": card.name,
            "url": card.url,
            "price": values.amount(card.regular_price or card.price),
            "sale_price": values.amount(card.price) if card.regular_price else None,
            "currency": card.price.currency if card.price else None,
            "in_stock": card.is_in_stock,
            "image": card.picture["src"] if card.picture else None,
        }
        for card in cards
    ]
    return rest.conditional(request, {"data": rows})


def key(text: str) -> UUID:
    """An id in an address. Raises `ApiError` ("not_found") for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise missing() from None


def existing(product_id: str) -> UUID:
    """The id of a product that is not a draft. Raises `ApiError` ("not_found")."""
    known = key(product_id)
    if not selectors.is_public(known):
        raise missing()
    return known


def missing() -> rest.ApiError:
    return rest.ApiError("not_found", _("There is no such product."), 404)
