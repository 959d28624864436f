from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products.models import Product
from catalog.recommendations import picks, selectors
from catalog.recommendations.models import HandPicked
from shop.audit.models import AuditEntry
from shop.core import db
from tests.catalog.products.test_admin import merchant, save
from tests.factories import catalog

pytestmark = pytest.mark.django_db
__all__ = ["merchant"]  # a fixture


def made(*names: str) -> list[Product]:
    return [catalog.product(name=name, indexed=False) for name in names]


def table(*rows: tuple[Product | str, int], present: int = 0, **more: Any) -> dict[str, Any]:
    """What the table of related products sends: `present` rows are there already."""
    data: dict[str, Any] = {"hand_picked-TOTAL_FORMS": len(rows), "hand_picked-INITIAL_FORMS": present}
    for number, (other, position) in enumerate(rows):
        data[f"hand_picked-{number}-other"] = other if isinstance(other, str) else str(other.pk)
        data[f"hand_picked-{number}-position"] = position
    return data | more


def errors(response: Any) -> list[str]:
    [formset] = [
        one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "hand_picked"
    ]
    return [str(text) for form in formset.errors for several in form.values() for text in several]


def test_what_is_picked_replaces_what_was() -> None:
    mug, tray, spoon, bowl = made("mug", "tray", "spoon", "bowl")
    picks.pick(product_id=mug.pk, others=[tray.pk, spoon.pk, tray.pk], by="staff:1")
    picks.pick(product_id=tray.pk, others=[mug.pk], by="staff:1")
    assert selectors.picked(mug.pk) == [tray.pk, spoon.pk]

    picks.pick(product_id=mug.pk, others=[bowl.pk, tray.pk], by="staff:1")

    assert selectors.picked(mug.pk) == [bowl.pk, tray.pk]
    assert selectors.picked(tray.pk) == [mug.pk]
    entry = AuditEntry.objects.using(db.CATALOG).filter(action="product.pick").latest("id")
    assert (entry.actor, entry.object_id, entry.changes) == (
        "staff:1", str(mug.pk), {"others": [str(bowl.pk), str(tray.pk)]},
    )  # fmt: skip


def test_the_same_picks_change_nothing() -> None:
    mug, tray = made("mug", "tray")
    for _ in range(2):
        picks.pick(product_id=mug.pk, others=[tray.pk], by="staff:1")

    assert AuditEntry.objects.using(db.CATALOG).filter(action="product.pick").count() == 1


def test_what_cannot_be_picked() -> None:
    [mug] = made("mug")
    for others in ([mug.pk], [db.uuid7()], [one.pk for one in made(*map(str, range(21)))]):
        with pytest.raises(picks.BadPicks):
            picks.pick(product_id=mug.pk, others=others, by="staff:1")
    with pytest.raises(picks.BadPicks):
        picks.pick(product_id=db.uuid7(), others=[], by="staff:1")


def test_the_merchant_picks_on_the_products_page(merchant: Client) -> None:
    mug, tray, spoon, bowl = made("mug", "tray", "spoon", "bowl")

    assert save(merchant, mug, **table((tray, 2), (spoon, 1))).status_code == 302
    assert selectors.picked(mug.pk) == [spoon.pk, tray.pk]

    first, second = HandPicked.objects.filter(product=mug)
    data = table((bowl, 3), (tray, 2), present=2, **{"hand_picked-0-id": first.pk, "hand_picked-1-id": second.pk})
    assert save(merchant, mug, **data).status_code == 302
    assert selectors.picked(mug.pk) == [tray.pk, bowl.pk]

    one, other = HandPicked.objects.filter(product=mug)
    ids = {"hand_picked-0-id": one.pk, "hand_picked-1-id": other.pk}
    assert save(merchant, mug, **table((tray, 1), (bowl, 2), (spoon, 0), present=2, **ids)).status_code == 302
    assert selectors.picked(mug.pk) == [tray.pk, bowl.pk, spoon.pk]  # a new one comes last

    picks.pick(product_id=mug.pk, others=[tray.pk, bowl.pk], by="staff:1")
    one, other = HandPicked.objects.filter(product=mug)
    data = table((tray, 1), (bowl, 2), present=2, **{"hand_picked-0-id": one.pk, "hand_picked-1-id": other.pk})
    assert save(merchant, mug, **data, **{"hand_picked-0-DELETE": "on"}).status_code == 302
    assert selectors.picked(mug.pk) == [bowl.pk]


def test_what_the_merchant_cannot_pick_is_said_at_its_row(merchant: Client) -> None:
    mug, tray = made("mug", "tray")

    assert errors(save(merchant, mug, **table((mug, 1)))) == ["This is the product itself."]
    assert errors(save(merchant, mug, **table((tray, 1), (tray, 2)))) == ["It is there already."]
    assert "Select a valid choice" in errors(save(merchant, mug, **table((str(db.uuid7()), 1))))[0]
    assert "is not a valid" in errors(save(merchant, mug, **table(("nonsense", 1))))[0]
    too_many = save(merchant, mug, **table(*[(tray, n) for n in range(25)]))
    assert too_many.status_code == 200
    assert not HandPicked.objects.exists()


def test_the_page_costs_the_same_however_much_is_picked(merchant: Client, counting: Any) -> None:
    mug, *others = made("mug", *map(str, range(12)))
    address = reverse("admin:catalog_product_change", args=[mug.pk])
    merchant.get(address)
    picks.pick(product_id=mug.pk, others=[others[0].pk], by="staff:1")
    with counting() as few:
        merchant.get(address)
    picks.pick(product_id=mug.pk, others=[one.pk for one in others], by="staff:1")
    with counting() as many:
        merchant.get(address)

    assert few() == many()
