"""The files that other shops are filled from have the same products as ours (bench/peers.md)."""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = [
    {"id": "1", "name": 'Display 17" \\ flat', "brand": "A:B|C", "description": "one,\n two", "price": 9.95,
     "category_path": ["Screens", "Flat > small"]},
    {"id": "2", "name": "Without a price", "price": None, "category_path": ["Screens"]},
    {"id": "3", "name": "x" * 300, "price": 1, "category_path": []},
    {"id": "4", "name": "One too many", "price": 2, "category_path": ["Screens"]},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Made of the first two whole products of a packed catalogue."""
    catalogue = tmp_path / "catalogue.jsonl.gz"
    catalogue.write_bytes(gzip.compress("".join(json.dumps(product) + "\n" for product in PRODUCTS).encode()))
    target = tmp_path / "files"
    command = [sys.executable, "bench/peers/products.py", str(target), "--catalog", str(catalogue), "--products", "2"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return target


def test_ours_are_the_first_whole_ones_as_they_were(folder):
    lines = (folder / "holdfast.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [PRODUCTS[0], PRODUCTS[2]]


def test_django_oscars_importer_reads_nine_columns(folder):
    with (folder / "oscar.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.reader(file, escapechar="\\")  # as oscar.apps.partner.importers does
    assert first == [
        *(
            "Product",
            "Screens > Flat   small",
            "1",
            'Display 17" \\ flat',
            "one,\n two",
            "Warehouse",
            "1",
            "9.95",
            "100",
        )
    ]
    assert second[1] == "Other"
    assert second[3] == "x" * 255


def test_vendures_products_are_in_the_collections_of_their_categories(folder):
    with (folder / "vendure.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["name"] == 'Display 17" \\ flat'
    assert first["facets"] == "category:Screens|category:Screens > Flat   small|brand:A B C"
    assert (second["facets"], second["price"], second["stockOnHand"]) == ("category:Other", "1", "100")
    collections = json.loads((folder / "vendure.json").read_text())["collections"]
    assert [(one["name"], one.get("parentName")) for one in collections] == [
        ("Screens", None), ("Screens > Flat   small", "Screens"), ("Other", None),
    ]  # fmt: skip
    wanted = {value for one in collections for value in one["filters"][0]["args"]["facetValueNames"]}
    assert wanted == {"category:Screens", "category:Screens > Flat   small", "category:Other"}
