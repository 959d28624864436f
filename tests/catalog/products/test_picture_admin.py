"""Pictures of products and categories in the admin: what is no picture is refused in words."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from catalog.products import categories, pictures, tasks
from catalog.products.models import Category, Image, Product
from shop.core import db
from tests.catalog.products.test_admin import UNTOUCHED, merchant, save
from tests.factories import catalog

pytestmark = pytest.mark.django_db
__all__ = ["merchant"]  # a fixture
REFUSED = "Please choose a JPEG, PNG, WebP or AVIF picture of at most 15 MB."


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 80)) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, "teal").save(buffer, kind)
    return SimpleUploadedFile(f"lamp.{kind.lower()}", buffer.getvalue(), f"image/{kind.lower()}")


def row(**fields: Any) -> dict[str, Any]:
    return {f"images-0-{name}": value for name, value in fields.items()}


def pictured() -> Product:
    product = catalog.product(indexed=False)
    pictures.add(product_id=product.pk, content=picture().read(), alt="A lamp", by="test")
    return product


def test_sizes_of_a_file_that_was_replaced_meanwhile_do_not_count(merchant: Client, monkeypatch: Any) -> None:
    product = pictured()
    image = Image.objects.get()

    def slowly(**_asked: Any) -> None:
        pictures.change(
            image_id=image.pk, by="test", alt="", position=0, variant_id=None, content=picture("JPEG").read()
        )

    monkeypatch.setattr(pictures, "import_string", lambda _path: slowly)
    pictures.make_derivatives(image_id=image.pk)
    assert not product.images.get().is_ready


def test_words_of_a_picture_elsewhere_can_be_changed(merchant: Client) -> None:
    product = catalog.product(indexed=False)
    Image.objects.create(product=product, remote_url="https://example.com/a.jpg")
    assert save(merchant, product, **row(alt="A lamp")).status_code == 302
    assert product.images.get().alt == "A lamp"


def test_a_new_row_without_a_picture_is_refused(merchant: Client) -> None:
    product = catalog.product(indexed=False)
    response = save(merchant, product, **{"images-TOTAL_FORMS": 1}, **row(alt="A lamp", position=0))
    assert (response.status_code, Image.objects.count()) == (200, 0)


@pytest.mark.parametrize("is_new", [True, False])
def test_what_is_no_picture_for_a_shop_is_refused_in_words(merchant: Client, is_new: bool) -> None:
    product = catalog.product(indexed=False) if is_new else pictured()
    before = list(product.images.values_list("file", flat=True))
    fields = {"images-TOTAL_FORMS": 1, **row(file=picture("GIF"), alt="A lamp", position=0)}

    response = save(merchant, product, **fields)

    assert (response.status_code, REFUSED in response.content.decode()) == (200, True)
    assert list(product.images.values_list("file", flat=True)) == before


def saved(client: Client, category: Category | None = None, **changes: Any) -> Any:
    action, keys = ("change", [category.pk]) if category else ("add", [])
    name = category.name if category else "Lighting"
    address = reverse(f"admin:catalog_category_{action}", args=keys)
    return client.post(address, {"name": name, "is_active": "on", **UNTOUCHED, **changes})


@pytest.mark.usefixtures("pages_are_kept")
@pytest.mark.parametrize("is_new", [True, False])
def test_a_category_gets_a_picture(
    merchant: Client, client: Client, is_new: bool, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.process_plain_picture, "delay", lambda name: sent.append(name))
    category = None if is_new else catalog.category("Lighting")

    with django_capture_on_commit_callbacks(using=db.CATALOG, execute=True):
        assert saved(merchant, category, picture_file=picture("JPEG", (900, 400))).status_code == 302

    name = Category.objects.get().picture
    assert sent == [name]
    with default_storage.open(name) as stored, Pillow.open(stored) as now:
        assert (now.format, now.size) == ("WEBP", pictures.PLAIN)
    home = client.get("/").content.decode()
    assert f'<img src="{default_storage.url(name)}"' in home  # at once
    assert 'type="image/avif"' not in home
    page = merchant.get(reverse("admin:catalog_category_change", args=[Category.objects.get().pk])).content.decode()
    assert f'<img src="{default_storage.url(name)}"' in page

    tasks.process_plain_picture(name)
    drawn = re.findall(r'<source type="image/avif" srcset="([^"]+)"', client.get("/").content.decode())  # made anew
    assert [[part.split()[1] for part in one.split(", ")] for one in drawn] == [["320w", "640w"]]


def test_a_category_keeps_its_picture_until_it_is_cleared(merchant: Client) -> None:
    category = catalog.category("Lighting")
    categories.update(category_id=category.pk, picture="drawn/group-light.webp", by="test")

    assert saved(merchant, category, description="Lamps").status_code == 302
    assert Category.objects.get().picture == "drawn/group-light.webp"
    assert saved(merchant, category, **{"picture_file-clear": "on"}).status_code == 302
    assert Category.objects.get().picture == ""


def halved() -> SimpleUploadedFile:
    """A photo whose second half was lost on the way: it begins as one."""
    buffer = io.BytesIO()
    Pillow.effect_noise((400, 500), 90).save(buffer, "JPEG")
    content = buffer.getvalue()
    return SimpleUploadedFile("lamp.jpg", content[: len(content) // 2], "image/jpeg")


@pytest.mark.parametrize("file", [picture("GIF"), halved(), "drawn/another.webp"])
def test_a_category_takes_pictures_only(merchant: Client, file: Any) -> None:
    category = catalog.category("Lighting")
    response = saved(merchant, category, picture="my-photo.jpg", picture_file=file)
    is_sent = not isinstance(file, str)
    assert (response.status_code, REFUSED in response.content.decode()) == ((200, True) if is_sent else (302, False))
    assert Category.objects.get().picture == ""


def test_a_photo_is_cut_as_it_is_seen_and_tells_nothing_else() -> None:
    """A phone keeps a photo as its sensor lay, beside a note that says how it was held (and where)."""
    held, buffer = Pillow.new("RGB", (800, 640), "teal"), io.BytesIO()
    held.paste("red", (0, 0, 400, 640))
    notes = Pillow.Exif()
    notes[0x0112], notes[0x010F] = 6, "Camera"  # turned by a quarter to the right
    held.save(buffer, "JPEG", exif=notes)

    with Pillow.open(io.BytesIO(pictures.cut(buffer.getvalue()))) as now:
        assert now.size == pictures.PLAIN
        above, below = now.getpixel((320, 100)), now.getpixel((320, 700))
        assert (above[0] > 200, below[0] < 60) == (True, True)
        assert not now.getexif()
