"""F31: Elasticsearch is dead, slow, or without its index while shoppers search. PostgreSQL answers the same page."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.search import documents, indexing, sync
from catalog.search.elasticsearch import CIRCUIT
from shop.resilience import breaker
from tests import elastic
from tests.factories import catalog
from tests.fakes import toxiproxy
from tests.fakes.toxiproxy import Wire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

PATIENCE = 1.0  # what a shop waits for Elasticsearch unless told otherwise
ADDRESSES = (
    "/products/?q=lamp",
    "/products/?q=lamp&brand=acme",
    "/products/?sort=price",
    "/brands/acme/",
    "/products/?q=nothing",
)


@contextmanager
def _index_deleted(wire: Wire) -> Any:
    documents.remove_all()
    yield


FAULTS: dict[str, Callable[[Wire], AbstractContextManager[None]]] = {
    "nobody listens": lambda wire: wire.down(),
    "5 s latency": lambda wire: wire.toxic("latency", latency=5000),
    "the answer is cut": lambda wire: wire.toxic("limit_data", bytes=100),
    "the index is deleted": _index_deleted,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_F31_the_same_page_from_postgres(fault: str, settings: Any, client: Client) -> None:
    with toxiproxy.between(elastic.URL) as wire, elastic.shop(settings, wire.url):
        for number in range(3):
            catalog.product(name=f"Lamp {number}", brand="Acme", amount=1000 + number, indexed=False)
        indexing.rebuild()
        sync.rebuild()
        settings.ELASTICSEARCH_TIMEOUT_SECONDS = PATIENCE

        def pages() -> list[tuple[int, list[str], list[Any]]]:
            cache.delete_pattern("*")
            shown = []
            for address in ADDRESSES:
                began = time.monotonic()
                response = client.get(address)
                took.append(time.monotonic() - began)
                facets = [(one["name"], one["options"]) for one in response.context["facets"]]
                shown.append((response.status_code, [card.name for card in response.context["cards"]], facets))
            return shown

        took: list[float] = []
        before = pages()
        assert [page[0] for page in before] == [200] * len(ADDRESSES)
        took.clear()
        with FAULTS[fault](wire):
            for _round in range(3):
                assert pages() == before
            assert breaker.state(CIRCUIT) == "open"
        assert max(took) < PATIENCE + 2, took
        assert sorted(took)[len(took) // 2] < 1, took  # once the circuit is open nobody waits
