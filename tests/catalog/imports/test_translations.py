"""Translations as one table: out to whoever translates, and in again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.imports import translations as files
from catalog.products.models import Product
from catalog.translations.models import CategoryTranslation, ProductTranslation, Term
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog, translations

pytestmark = pytest.mark.django_db
HEAD = "kind,key,field,original,de,es"


@pytest.fixture
def mug() -> Product:
    made = catalog.product(name="Mug", slug="mug", description="Tea,\nand more.", indexed=False,
                           category=catalog.category("Kitchen", "Mugs"), brand="Oriel")  # fmt: skip
    translations.translated(made, name="Becher", indexed=False)
    translations.words(Moss="Moosgrün")
    return made


def written(missing: str = "") -> list[dict[str, str]]:
    file = io.StringIO()
    files.write(file, missing=missing)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def read(*lines: str) -> files.Report:
    return files.read(io.StringIO("\n".join([HEAD, *lines]), newline=""), by="test")


def test_all_that_can_be_translated_is_written(mug: Product) -> None:
    rows = [(row["kind"], row["key"], row["field"], row["original"], row["de"]) for row in written()]

    assert rows == [
        ("product", "mug", "name", "Mug", "Becher"),
        ("product", "mug", "description", "Tea,\nand more.", ""),
        ("category", "kitchen", "name", "Kitchen", ""),
        ("category", "kitchen/mugs", "name", "Mugs", ""),
        ("word", "", "", "Moss", "Moosgrün"),
    ]
    assert [row["original"] for row in written(missing="de")] == ["Tea,\nand more.", "Kitchen", "Mugs"]


def test_what_is_archived_is_left_out(mug: Product) -> None:
    Product.objects.filter(pk=mug.pk).update(status="archived", archived_at=mug.created_at)

    assert "product" not in {row["kind"] for row in written()}


def test_what_was_translated_is_taken_over(mug: Product) -> None:
    before = OutboxEvent.objects.using(db.CATALOG).count()

    report = read(
        "product,mug,name,Mug,,Taza",
        'product,mug,description,,"Tee,\nund mehr.",',
        "category,kitchen/mugs,name,Mugs,Becher,Tazas",
        "word,,,Moss,,Musgo",
        "word,,,Clay,Ton,",
    )

    assert (report.changed, report.problems) == (4, [])
    said = {row.language: (row.name, row.description) for row in ProductTranslation.objects.all()}
    assert said == {"de": ("Becher", "Tee,\nund mehr."), "es": ("Taza", "")}  # an empty cell changes nothing
    assert CategoryTranslation.objects.count() == 2
    assert Term.objects.get(text="Moss").translations == {"de": "Moosgrün", "es": "Musgo"}
    assert Term.objects.get(text="Clay").translations == {"de": "Ton"}
    assert OutboxEvent.objects.using(db.CATALOG).count() > before


def test_the_same_file_again_changes_nothing(mug: Product) -> None:
    file = io.StringIO()
    files.write(file)
    before = OutboxEvent.objects.using(db.CATALOG).count()

    assert files.read(io.StringIO(file.getvalue(), newline=""), by="test") == files.Report(0, [])
    assert OutboxEvent.objects.using(db.CATALOG).count() == before


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("product,cup,name,Cup,Tasse,", "there is no product 'cup'"),
        ("price,mug,name,Mug,Becher,", "kind is one of product, category, brand, word"),
        ("product,mug,slug,mug,becher,", "slug: unknown field"),
        (f"product,mug,name,Mug,{'x' * 301},", "name: a text of at most 300 characters"),
        (f"word,,,Moss,{'x' * 301},", "text: a text of at most 300 characters"),
    ],
)
def test_a_row_that_cannot_be_kept_does_not_stop_the_others(mug: Product, line: str, problem: str) -> None:
    report = read(line, "category,kitchen,name,Kitchen,Küche,")

    assert report == files.Report(1, [(2, problem)])


def test_a_file_without_the_columns_is_none(mug: Product) -> None:
    with pytest.raises(files.UnreadableTable, match="key, field"):
        files.read(io.StringIO("kind,original,de\n"), by="test")
    with pytest.raises(files.UnreadableTable, match="a language"):
        files.read(io.StringIO("kind,key,field,original,fr\n"), by="test")


def test_by_command(mug: Product, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    call_command("export_translations", path)
    path.write_text(path.read_text(encoding="utf-8").replace("Becher", "Pott"), encoding="utf-8")

    call_command("import_translations", path)

    assert ProductTranslation.objects.get().name == "Pott"
    with pytest.raises(CommandError):
        call_command("import_translations", tmp_path / "none.csv")
