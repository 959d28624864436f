"""What products ask of who buys them, and of what bundles consist: out, in, changed and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.bundles import selectors as bundles
from catalog.bundles.models import BundlePart
from catalog.customizations.models import CustomField
from catalog.customizations.services import FACTS
from catalog.imports import selectors, services
from catalog.imports.formats import jsonl
from catalog.products.models import Product, Variant

pytestmark = pytest.mark.django_db(databases="__all__")
Import = Callable[..., services.Report]

ENGRAVING = {"code": "engraving", "name": "Engraving", "max_length": 20, "price": "12.00", "is_final_sale": True}
THREAD = {"code": "thread", "name": "Thread", "kind": "choice", "choices": ["Gold", "Silver"], "is_required": True}
SET = [{"sku": "cup", "quantity": 4}, {"sku": "pot"}]


def line(sku: str, **fields: Any) -> dict[str, Any]:
    return {"id": sku, "sku": sku, "name": sku.title(), "price": "10.00", "currency": "USD", "stock": 5, **fields}


@pytest.fixture
def import_(tmp_path: Path) -> Import:
    def run(lines: list[Any], **options: Any) -> services.Report:
        path = tmp_path / "things.jsonl"
        path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
        return services.run(path=path, by="system", **{"source": "file", **options})

    return run


def asked() -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in CustomField.objects.order_by("product", "position"):
        found.setdefault(row.product.external_id, []).append(tuple(getattr(row, name) for name in FACTS))
    return found


def parts() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in BundlePart.objects.select_related("bundle", "component").order_by("bundle", "position"):
        found.setdefault(row.bundle.sku, {})[row.component.sku] = row.quantity
    return found


def test_a_bundle_may_come_before_its_parts(import_: Import) -> None:
    report = import_([line("set", parts=SET), line("cup"), line("pot", customizations=[ENGRAVING, THREAD])])
    assert (report.created, report.failed, report.problems) == (3, 0, [])
    assert parts() == {"set": {"cup": 4, "pot": 1}}
    assert bundles.available([Variant.objects.get(sku="set").pk]) == {Variant.objects.get(sku="set").pk: 1}
    assert asked() == {
        "pot": [
            ("engraving", "Engraving", "text", "", [], 20, False, True, {"USD": 1200}),
            ("thread", "Thread", "choice", "", ["Gold", "Silver"], 100, True, False, {}),
        ]
    }


def test_out_and_into_an_empty_shop_is_the_same(import_: Import) -> None:
    import_([line("set", parts=SET), line("cup"), line("pot", customizations=[THREAD, ENGRAVING])])
    before = asked(), parts()
    exported = [jsonl.write(row) for row in selectors.all_rows(currency="USD")]
    BundlePart.objects.all().delete()
    Product.objects.all().delete()

    import_(exported)
    assert (asked(), parts()) == before
    assert [jsonl.write(row) for row in selectors.all_rows(currency="USD")] == exported
    assert import_(exported).unchanged == 3


def test_what_a_row_does_not_say_stays(import_: Import) -> None:
    import_([line("set", parts=SET), line("cup"), line("pot", customizations=[THREAD])])
    before = asked(), parts()
    assert import_([line("set", price="11.00"), line("pot", price="11.00")]).updated == 2
    assert (asked(), parts()) == before
    import_([line("set", parts=[]), line("pot", customizations=[])])
    assert (asked(), parts()) == ({}, {})


def test_undo_gives_back_what_was(import_: Import) -> None:
    import_([line("set", parts=SET), line("cup", customizations=[ENGRAVING]), line("pot")])
    before = asked(), parts()
    report = import_([
        line("set", parts=[{"sku": "pot", "quantity": 2}]), line("cup", customizations=[THREAD]),
        line("pot", customizations=[ENGRAVING]),
    ])  # fmt: skip
    assert (asked().keys(), parts()) == ({"cup", "pot"}, {"set": {"pot": 2}})
    assert report.job_id
    services.undo(job_id=report.job_id, by="system")
    assert (asked(), parts()) == before


def test_a_merchants_own_change_is_left_alone_by_the_same_row(import_: Import) -> None:
    lines = [line("set", parts=SET), line("cup"), line("pot")]
    import_(lines)
    BundlePart.objects.filter(component__sku="cup").update(quantity=6)
    assert import_(lines).unchanged == 3
    assert parts() == {"set": {"cup": 6, "pot": 1}}


def test_what_cannot_be_is_told_by_row(import_: Import) -> None:
    report = import_([
        line("cup"), line("pot", parts=[{"sku": "gone"}]), line("set", parts=[{"sku": "cup"}]),
        line("box", parts=[{"sku": "set"}]), line("self", parts=[{"sku": "self"}]),
        line("bad", customizations=[{"code": "Ä"}]),
    ])  # fmt: skip
    nested = "a bundle has no bundle in it, and is none of its own parts"
    assert sorted((number, kind, told) for number, kind, told in report.problems) == [
        (2, "error", "there is no variant with the SKU 'gone': the bundle has no parts"),
        (4, "error", f"'box': {nested}"),
        (5, "error", f"'self': {nested}"),
        (6, "error", "the code 'Ä' of a customization is not small letters, digits and hyphens between them"),
    ]
    assert (report.created, parts()) == (5, {"set": {"cup": 1}})


def test_a_dry_run_writes_nothing(import_: Import) -> None:
    report = import_([line("cup", customizations=[THREAD]), line("set", parts=[{"sku": "cup"}])], dry_run=True)
    assert (report.created, Product.objects.count(), asked(), parts()) == (2, 0, {}, {})
