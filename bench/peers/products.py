"""The same products for three shops: from one catalogue file, what django-oscar, Vendure and this shop import.

    python bench/peers/products.py FOLDER                       the first 10,000 of the bench's catalogue
    python bench/peers/products.py FOLDER --products 2000 --catalog FILE

FOLDER then has `holdfast.jsonl`, `oscar.csv`, `vendure.csv` and `vendure.json` (Vendure's initial data, with a
collection for each category). Any Python 3.11 will do. How they are used: bench/peers.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ICECAT = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalog" / "icecat_products.jsonl.gz"
STOCK = 100  # units of each; what this shop's importer takes for products without stock
NOWHERE = ["Other"]  # django-oscar's importer wants a category for every product
TITLE = 255  # characters, in django-oscar's table
VENDURE_COLUMNS = (
    *("name", "slug", "description", "assets", "facets", "optionGroups", "optionValues", "sku", "price"),
    *("taxCategory", "stockOnHand", "trackInventory", "variantAssets", "variantFacets"),
)


def lines(catalogue: Path, most: int) -> Iterator[str]:
    """The first `most` lines of a JSON Lines file, packed or not, whose products have what every shop asks for."""
    with gzip.open(catalogue, "rt", encoding="utf-8") if catalogue.suffix == ".gz" else catalogue.open() as file:
        whole = (line for line in file if line.strip() and _is_whole(json.loads(line)))
        yield from itertools.islice(whole, most)


def _is_whole(product: dict[str, Any]) -> bool:
    return bool(product.get("id") and product.get("name")) and product.get("price") is not None


def category(product: dict[str, Any]) -> list[str]:
    """The names from the top of the tree down, without the characters that separate them in the two shops' files."""
    path = product.get("category_path") or NOWHERE
    return [name.replace(">", " ").replace("|", " ").replace(":", " ").strip() for name in path]


def oscar(products: Iterable[dict[str, Any]], target: Path) -> None:
    """What `oscar_import_catalogue` reads: no head, nine columns, a backslash before what would be read otherwise."""
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, escapechar="\\", quoting=csv.QUOTE_ALL)
        for product in products:
            code = str(product["id"])
            rows.writerow(
                [
                    *("Product", " > ".join(category(product)), code, product["name"][:TITLE]),
                    *(product.get("description") or "", "Warehouse", code, product["price"], STOCK),
                ]
            )


def vendure(products: Iterable[dict[str, Any]], target: Path) -> None:
    """What Vendure's `populate` reads. A product has a facet value of each level: collections are made of those."""
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, VENDURE_COLUMNS, restval="", quoting=csv.QUOTE_ALL)
        rows.writeheader()
        for product in products:
            brand = (product.get("brand") or "").replace("|", " ").replace(":", " ").strip()
            facets = [f"category:{path}" for path in levels(category(product))] + [f"brand:{brand}"] * bool(brand)
            rows.writerow(
                {
                    "name": product["name"], "slug": f"product-{product['id']}", "facets": "|".join(facets),
                    "description": product.get("description") or "", "sku": product["id"], "price": product["price"],
                    "taxCategory": "standard", "stockOnHand": STOCK, "trackInventory": "true",
                }
            )  # fmt: skip


def levels(path: list[str]) -> list[str]:
    """The categories above and the category itself: "Printing", "Printing > Ink & Toner"."""
    return [" > ".join(path[:depth]) for depth in range(1, len(path) + 1)]


def collections(paths: Iterable[list[str]]) -> list[dict[str, Any]]:
    """Vendure's collections of these categories, parents first. Their names are paths: parents are found by them."""
    known: dict[str, dict[str, Any]] = {}
    for path in paths:
        parent = None
        for level in levels(path):
            if level not in known:
                one = {"facetValueNames": [f"category:{level}"], "containsAny": False}
                known[level] = {"name": level, "filters": [{"code": "facet-value-filter", "args": one}]}
                known[level] |= {"parentName": parent} if parent else {}
            parent = level
    return list(known.values())


def initial_data(paths: Iterable[list[str]]) -> dict[str, Any]:
    """The least that a Vendure needs: a country, a tax of nothing (as django-oscar has it), one way of delivery."""
    return {
        "defaultLanguage": "en",
        "defaultZone": "World",
        "countries": [{"code": "US", "name": "United States", "zone": "World"}],
        "taxRates": [{"name": "Standard", "percentage": 0}],
        "shippingMethods": [{"name": "Standard", "price": 500}],
        "paymentMethods": [],
        "collections": collections(paths),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--catalog", type=Path, default=ICECAT, help="a JSON Lines file, packed with gzip or not")
    parser.add_argument("--products", type=int, default=10_000, help="how many of its first products (10,000)")
    options = parser.parse_args()
    if not options.catalog.is_file():
        parser.error(f"there is no file {options.catalog}")
    options.folder.mkdir(parents=True, exist_ok=True)
    texts = list(lines(options.catalog, options.products))
    products = [json.loads(text) for text in texts]
    (options.folder / "holdfast.jsonl").write_text("".join(texts), encoding="utf-8")
    oscar(products, options.folder / "oscar.csv")
    vendure(products, options.folder / "vendure.csv")
    start = initial_data(category(product) for product in products)
    (options.folder / "vendure.json").write_text(json.dumps(start, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{len(products):,} products and {len(start['collections'])} categories in {options.folder}.")


if __name__ == "__main__":
    main()
