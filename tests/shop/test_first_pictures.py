"""Which picture of a page is fetched at once: the first, and no other."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from django.test import Client
from PIL import Image

from catalog.products import categories, pictures
from catalog.search import indexing
from tests.factories import catalog

pytestmark = pytest.mark.django_db

FIRST = {"loading": None, "fetchpriority": "high", "decoding": "sync"}
OTHER = {"loading": "lazy", "fetchpriority": "low", "decoding": "async"}


class _Pictures(HTMLParser):
    """How each picture of a page is to be fetched, in their order; without those of who has no script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self._is_plain = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_plain = self._is_plain or tag == "noscript"
        if tag == "img" and not self._is_plain:
            given = dict(attrs)
            self.found.append({name: given.get(name) for name in FIRST})

    def handle_endtag(self, tag: str) -> None:
        self._is_plain = self._is_plain and tag != "noscript"


def _photo(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 800), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _shop(settings: object, tmp_path: object) -> None:
    """Two departments and three products, each with pictures."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    departments = [catalog.category(name) for name in ("Lighting", "Kitchen")]
    for one in departments:
        name = pictures.keep_plain(content=pictures.cut(_photo("teal")), called=one.name)
        categories.update(category_id=one.pk, picture=name, by="test")
    for number in range(3):
        names = {"name": f"Lamp {number}", "slug": f"lamp-{number}"}
        product = catalog.product(**names, category=departments[0], indexed=False)
        for colour in ("red", "green", "blue"):
            pictures.add(product_id=product.pk, content=_photo(colour), by="test", process=True)
        indexing.index([product.pk])


@pytest.mark.parametrize(
    ("path", "least"),
    [("/", 5), ("/products/", 3), ("/categories/lighting/", 3), ("/products/lamp-1/", 6), ("/de/products/lamp-1/", 6)],
)
def test_the_first_picture_is_fetched_at_once_and_no_other(client: Client, path: str, least: int) -> None:
    found = _Pictures(client.get(path).content.decode()).found

    assert len(found) >= least
    assert found == [FIRST] + [OTHER] * (len(found) - 1)
