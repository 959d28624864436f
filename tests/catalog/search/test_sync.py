"""Elasticsearch says what the listings say: after changes, during them, after a rebuild, and after what went wrong."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from elastic_transport import ApiResponseMeta, HttpHeaders
from elasticsearch import ApiError

from catalog.products import prices
from catalog.products.models import Price, Product
from catalog.search import changes, documents, engine, indexing, invariants, sending, sync, tasks
from catalog.search.engine import EngineDown
from catalog.search.models import Listing, ListingChange
from catalog.search.query import Query
from shop.core import cache, db
from shop.core.invariants import Skipped
from tests import elastic
from tests.concurrency.race import together
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)


def found(text: str = "", only: str | None = "elasticsearch") -> list[tuple[str, int | None]]:
    return [(hit.name, hit.price_minor) for hit in engine.search(Query(text=text, sort="price"), only=only).hits]


def reprice(product: Product, amount: int) -> None:
    Price.objects.filter(variant__product=product).update(amount_minor=amount)
    prices.reprice([product.pk])
    indexing.index([product.pk])


def archive(product: Product, *, is_back: bool = False) -> None:
    Product.objects.filter(pk=product.pk).update(
        status="active" if is_back else "archived", archived_at=None if is_back else Now()
    )
    indexing.index([product.pk])


@pytest.fixture
def lamp(elasticsearch: None) -> Product:
    """One lamp, which Elasticsearch knows."""
    made = catalog.product(name="Lamp", amount=1000)
    indexing.rebuild()
    sync.rebuild()
    assert list(sync.differences()) == []
    return made


def test_a_change_is_noted_with_it_and_found_when_it_is_sent(lamp: Product) -> None:
    reprice(lamp, 900)

    assert found("lamp") == [("Lamp", 1000)]
    assert list(ListingChange.objects.values_list("product_id", "version")) == [
        (lamp.pk, Listing.objects.get().version)
    ]
    assert sync.copy_changes() == 1
    assert found("lamp") == [("Lamp", 900)]
    assert not ListingChange.objects.exists()


def test_what_stays_the_same_is_not_sent(lamp: Product) -> None:
    indexing.index([lamp.pk])
    indexing.rebuild()

    assert not ListingChange.objects.exists()


def test_what_is_rolled_back_is_not_sent(lamp: Product) -> None:
    with transaction.atomic(using=db.CATALOG):
        reprice(lamp, 900)
        transaction.set_rollback(True, using=db.CATALOG)

    assert not ListingChange.objects.exists()


def test_without_elasticsearch_nothing_is_noted() -> None:
    catalog.product(name="Lamp")

    assert not ListingChange.objects.exists()
    with pytest.raises(Skipped, match="has no Elasticsearch"):
        invariants.elasticsearch()
    with pytest.raises(engine.EngineDown, match="not set"):
        found()


def test_stock_new_products_and_archived_ones_follow(lamp: Product) -> None:
    shade = catalog.product(name="Shade", units=0, amount=500)
    sync.drain()
    assert found() == [("Lamp", 1000), ("Shade", 500)]

    variant = shade.variants.get()
    catalog.put_in_stock({variant.pk: 3})
    assert indexing.index_variant(variant.pk) is True
    sync.drain()
    assert found() == [("Shade", 500), ("Lamp", 1000)]

    archive(lamp)
    sync.drain()
    assert found() == [("Shade", 500)]

    archive(lamp, is_back=True)
    sync.drain()
    assert found() == [("Shade", 500), ("Lamp", 1000)]
    assert list(sync.differences()) == []


def test_a_page_cached_before_is_not_shown_after_a_change(lamp: Product, client: Client) -> None:
    def shown() -> list[str]:
        return [card.price.format() for card in client.get("/products/?q=lamp").context["cards"]]

    assert shown() == shown() == ["$10.00"]
    reprice(lamp, 900)
    assert shown() == ["$10.00"]
    sync.drain()
    assert shown() == ["$9.00"]


def test_a_worker_is_woken_once_for_many_changes(lamp: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(tasks.copy_changes, "apply_async", lambda **options: calls.append(options))
    cache.SEARCH_CALL.delete()

    for amount in (900, 800, 700):
        reprice(lamp, amount)

    assert calls == [{"countdown": changes.PAUSE}]


def test_a_worker_leaves_it_to_the_one_that_is_at_it(lamp: Product) -> None:
    reprice(lamp, 900)
    cache.SEARCH_COPYING.set(1)
    assert sync.copy_changes() == 0

    cache.SEARCH_COPYING.delete()
    assert sync.copy_changes() == 1


def _late(lamp: Product, *, is_external: bool) -> list[tuple[str, int | None]]:
    """One worker reads the listing and is held up; the price changes, and another worker sends that first."""
    reprice(lamp, 900)
    read, sent = threading.Event(), threading.Event()

    def late() -> None:
        copies = documents.of_products([lamp.pk])
        read.set()
        assert sent.wait(20)
        sending.write(copies, "", is_external=is_external)

    def early() -> None:
        assert read.wait(20)
        reprice(lamp, 800)
        sending.write(documents.of_products([lamp.pk]), "", is_external=is_external)
        sent.set()

    assert together([late, early]) == [None, None]
    documents.refresh()
    return found("lamp")


def test_a_late_copy_does_not_replace_a_newer_one(lamp: Product) -> None:
    assert _late(lamp, is_external=True) == [("Lamp", 800)]


def test_F32_negative_control_without_versions_the_late_copy_wins(lamp: Product) -> None:
    assert _late(lamp, is_external=False) == [("Lamp", 900)]


def test_a_late_copy_does_not_bring_back_what_is_gone(lamp: Product) -> None:
    reprice(lamp, 900)
    late = documents.of_products([lamp.pk])
    archive(lamp)
    sync.drain()

    sending.write(late, "")
    documents.refresh()

    assert found() == []
    assert list(sync.differences()) == []


def test_F32_rebuilding_while_prices_change_ends_without_a_difference(elasticsearch: None) -> None:
    made = [catalog.product(name=f"Lamp {number}", indexed=False) for number in range(30)]
    indexing.rebuild()
    sync.rebuild()
    before = documents._behind(documents.alias())
    done = threading.Event()

    def change(share: int) -> int:
        changed = 0
        for number in range(100):
            product = made[(number * 7 + share) % len(made)]
            if number % 25 == 24:
                archive(product, is_back=number % 50 == 49)
            else:
                reprice(product, 1000 + number * 2 + share)
            changed += 1
        return changed

    def copy() -> None:
        while not done.is_set():
            sync.drain()

    def rebuild() -> int:
        try:
            indexing.rebuild()
            sync.rebuild()
            return sync.rebuild()
        finally:
            done.set()

    outcome = together([lambda: change(0), lambda: change(1), copy, rebuild])

    assert [one for one in outcome if isinstance(one, Exception)] == []
    sync.drain()
    assert list(sync.differences()) == []
    listed = {(hit.product_id, hit.price_minor) for hit in engine.search(Query(limit=100), only="postgres").hits}
    copied = {(hit.product_id, hit.price_minor) for hit in engine.search(Query(limit=100), only="elasticsearch").hits}
    assert copied == listed
    after = documents._behind(documents.alias())
    assert (len(after), set(before) & set(after), documents.is_there(documents.NEXT)) == (1, set(), False)


def test_what_is_sent_while_the_new_index_takes_over_is_found_at_once(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = documents._behind

    def and_sent(name: str) -> list[str]:  # asked just before the new index takes over
        if name == documents.alias():
            reprice(lamp, 4321)
            sync.drain()
        return behind(name)

    monkeypatch.setattr(documents, "_behind", and_sent)

    sync.rebuild()

    assert list(sync.differences()) == []


def test_what_was_on_its_way_to_a_replaced_index_is_sent_to_the_new_one(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    reprice(lamp, 4321)
    write, told = sending.write, []

    def replaced_once(*given: Any, **options: Any) -> None:
        if not told:
            told.append(1)
            raise sending.IndexReplaced("not written: index_not_found_exception")
        write(*given, **options)

    monkeypatch.setattr(sending, "write", replaced_once)

    assert sync.drain() == 1
    assert list(sync.differences()) == []


def test_a_rebuild_that_died_is_cleared_away_by_the_next(lamp: Product) -> None:
    left = documents.create()

    sync.rebuild()

    assert not documents.client().indices.exists(index=left)
    assert found() == [("Lamp", 1000)]


def test_a_rebuild_that_was_overtaken_says_so(lamp: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    first = documents.create()
    documents.create()

    with pytest.raises(engine.EngineDown):
        documents.swap(first)
    assert found() == [("Lamp", 1000)]


def test_the_nightly_comparison_finds_and_repairs(lamp: Product) -> None:
    shade = catalog.product(name="Shade", amount=500)
    sync.drain()
    server = documents.client()
    server.delete(index=documents.alias(), id=f"{lamp.pk}:USD:default", refresh=True)  # missing
    ghost = documents.Copy(f"{db.uuid7()}:USD:default", 1, documents.of_products([shade.pk])[0].source)
    sending.write([ghost], "")
    Listing.objects.filter(product_id=shade.pk).update(price_minor=400, version=F("version") + 1)  # unheard of
    documents.refresh()

    said = invariants.elasticsearch()
    assert len(said) == 3
    assert sum("is not in Elasticsearch" in one for one in said) == 1
    assert sum("in Elasticsearch, but not listed" in one for one in said) == 1
    assert sync.repair() == 3

    assert invariants.elasticsearch() == []
    assert found() == [("Shade", 400), ("Lamp", 1000)]
    assert sync.repair() == 0


def test_documents_from_the_future_are_built_anew(lamp: Product) -> None:
    """A backup was restored: the listings' versions are behind those of their documents."""
    [copy] = documents.of_products([lamp.pk])
    sending.write([documents.Copy(copy.key, copy.version + 1_000_000, copy.source)], "")
    documents.refresh()

    sync.repair()

    assert list(sync.differences()) == []
    reprice(lamp, 900)
    sync.drain()
    assert found() == [("Lamp", 900)]


def test_an_index_that_is_gone_is_made_by_the_nightly_repair(lamp: Product) -> None:
    documents.remove_all()
    assert found("lamp", only=None) == [("Lamp", 1000)]

    tasks.repair()

    assert found() == [("Lamp", 1000)]


def test_the_command_builds_the_index(elasticsearch: None, capsys: pytest.CaptureFixture[str]) -> None:
    catalog.product(name="Lamp", amount=1000, indexed=False)

    call_command("rebuild_search_index")

    assert "1 listings copied to Elasticsearch" in capsys.readouterr().out
    assert found() == [("Lamp", 1000)]
    assert not ListingChange.objects.exists()


def test_changes_wait_while_it_is_down(lamp: Product, settings: Any) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    reprice(lamp, 900)

    tasks.copy_changes()

    assert sync.waiting() == 1
    with pytest.raises(Skipped, match="does not answer"):
        invariants.elasticsearch()
    with pytest.raises(CommandError, match="searches go on as before"):
        call_command("rebuild_search_index", verbosity=0)
    settings.ELASTICSEARCH_URL = elastic.URL
    with pytest.raises(Skipped, match="1 changes are not sent"):
        invariants.elasticsearch()
    tasks.copy_changes()
    assert (sync.waiting(), found("lamp")) == (0, [("Lamp", 900)])


class TestBusy:
    @pytest.fixture
    def bulk(self, lamp: Product, monkeypatch: pytest.MonkeyPatch) -> Any:
        """The server with so many refusals before it does what it is asked, whole or of single items."""
        client, pauses = documents.client(), []
        monkeypatch.setattr(sending.time, "sleep", pauses.append)

        def refuse(*, times: int, items: bool) -> list[float]:
            left = [times]

            def asked(**request: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    return client.bulk(**request)
                if items:
                    told = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
                    return {"errors": True, "items": [{"index": told}]}
                meta = ApiResponseMeta(429, "1.1", HttpHeaders(), 0.0, client.transport.node_pool.get().config)
                raise ApiError("circuit_breaking_exception", meta, {})

            monkeypatch.setattr(documents, "client", lambda: SimpleNamespace(bulk=asked, indices=client.indices))
            return pauses

        return refuse

    @pytest.mark.parametrize("items", [False, True])
    def test_it_is_asked_again(self, lamp: Product, bulk: Any, items: bool) -> None:
        pauses = bulk(times=3, items=items)

        sending.write(documents.of_products([lamp.pk]), "")

        assert pauses == [1, 2, 4]

    @pytest.mark.parametrize("items", [False, True])
    def test_not_for_ever(self, lamp: Product, bulk: Any, items: bool) -> None:
        pauses = bulk(times=99, items=items)

        with pytest.raises(EngineDown):
            sending.write(documents.of_products([lamp.pk]), "")
        assert pauses == [1, 2, 4, 8, 16]
