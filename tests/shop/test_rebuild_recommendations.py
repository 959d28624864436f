from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from catalog.recommendations import services
from catalog.recommendations.models import Neighbours, PastOrder
from checkout.archive.models import ArchivedOrder
from checkout.orders import services as orders
from checkout.orders.models import Order
from shop.core import db
from shop.management.commands import rebuild_recommendations
from tests import outbox
from tests.factories import archive
from tests.factories import checkout as make
from tests.factories import recommendations as past
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def order_of(made: list[past.Product], build: object = make.paid) -> Order:
    items = [stocked(9, variant_id=one.variants.get().pk) for one in made]
    return build(items)  # type: ignore[operator,no-any-return]


def rebuild() -> str:
    out = io.StringIO()
    call_command("rebuild_recommendations", stdout=out)
    return out.getvalue()


def test_everything_is_made_again_from_orders_live_and_archived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_recommendations, "BATCH", 2)
    mug, plate, bowl = past.products(3)
    live = order_of([mug, plate])
    old = order_of([plate, bowl], archive.delivered)
    make.placed([stocked(1, variant_id=bowl.variants.get().pk)])  # nobody paid
    gone = order_of([mug, bowl])
    orders.apply(order_id=gone.pk, trigger="cancel", by="staff:1")
    outbox.drain()
    archive.archive_all()
    assert list(ArchivedOrder.objects.values_list("pk", flat=True)) == [old.pk]
    truth = list(PastOrder.objects.order_by("id").values_list("id", "product_ids", "is_withdrawn"))
    PastOrder.objects.filter(pk=live.pk).delete()
    PastOrder.objects.filter(pk=old.pk).update(product_ids=[mug.pk], is_withdrawn=True)
    PastOrder.objects.filter(pk=gone.pk).update(is_withdrawn=False)

    said = rebuild()

    assert said.startswith("2 orders\n")
    learned = "Bought together: 3 products are in the model.\nSimilar: 3 products.\nTrending: lists made: 1.\n"
    assert f"3 orders\n{learned}" in said
    assert list(PastOrder.objects.order_by("id").values_list("id", "product_ids", "is_withdrawn")) == truth
    assert set(Neighbours.objects.get(product_id=plate.pk, kind="together").others) == {mug.pk, bowl.pk}
    assert PastOrder.objects.filter(is_counted=True).count() == 2


def test_what_was_imported_stays() -> None:
    imported = db.uuid7()
    made = past.products(2)
    services.note_orders([services.Bought(imported, past.NOON, None, [one.pk for one in made])])

    rebuild()

    assert list(PastOrder.objects.values_list("id", "is_counted")) == [(imported, True)]


def test_units_that_were_taken_off_are_not_bought() -> None:
    mug, plate = past.products(2)
    order = order_of([mug, plate])
    order.lines.filter(variant_id=plate.variants.get().pk).update(quantity=0, total_minor=0)

    rebuild()

    assert PastOrder.objects.get().product_ids == [mug.pk]
