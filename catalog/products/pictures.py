"""Pictures: the dictionary that templates draw, adding one, and making its AVIF and WebP derivatives.

Derivatives are made by django-pictures, in a worker (`tasks.process_picture`), never in a request. Until they are
there `Image.is_ready` is false and pages show the original alone.
"""

from __future__ import annotations

import functools
import io
import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from PIL import Image as Pillow
from PIL import ImageOps

from catalog.products import rules
from catalog.products.models import Image, Product
from shop.audit import services as audit
from shop.core import cache, db
from shop.events import bus, types

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
_ORIENTATION, _QUARTER_TURNED = 0x0112, 5  # EXIF: from 5 on, width and height change places
REMEMBERED = 600  # seconds; signed addresses live longer
DRAWN = ("file", "width", "height", "alt", "is_ready")  # the columns of an image that `drawn` takes
CARD_WIDTH, DETAIL_WIDTH, THUMB_WIDTH = 640, 1280, 213
PLAIN = (640, 800)  # of a picture that is of no product


class BadPicture(ValueError):
    """The bytes are not a picture that the shop takes; the text says why."""


def picture(image: Image) -> dict[str, Any] | None:
    """`{src, srcset_avif, srcset_webp, width, height, alt, thumb}` of a picture; None if there is no file."""
    return drawn(image.file.name, image.width, image.height, image.alt, image.is_ready) if image.file else None


def in_gallery(image: Image) -> dict[str, Any] | None:
    """As `picture`, with `large`, `large_width` and `large_height` of the file for who looks closely; None without a
    file."""
    if not image.file:
        return None
    shown, large = _seen(image.file.name, image.width, image.height, image.alt, image.is_ready)
    return shown | large


def looks(images: Iterable[Image]) -> dict[UUID | None, str]:
    """The first picture of each variant, and of the product as a whole."""
    found: dict[UUID | None, str] = {}
    for image in images:
        if image.variant_id not in found and (shown := picture(image)):
            found[image.variant_id] = shown["src"]
    return found


def drawn(name: str, width: int, height: int, alt: str, is_ready: bool) -> dict[str, Any]:
    """As `picture`, of one with a file, by its columns. Remembered for some minutes: addresses are dear to make."""
    return dict(_seen(name, width, height, alt, is_ready)[0])


def called(shown: dict[str, Any], name: str) -> dict[str, Any]:
    """The picture with words: one without any is called as what it shows, which is kept nowhere and changes with it."""
    return shown if shown["alt"] else {**shown, "alt": name}


def _seen(*columns: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return _drawn(*columns, time.monotonic() // REMEMBERED)


@functools.lru_cache(maxsize=1)
def _shown() -> QuerySet[Image, tuple[Any, ...]]:
    return Image.objects.exclude(file="").values_list("product_id", "variant_id", *DRAWN)


def firsts(product_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID | None], Any]:
    """First picture by (product, variant), and by (product, None) for any variant."""
    found: dict[tuple[UUID, UUID | None], Any] = {}
    for product_id, variant_id, *columns in _shown().filter(product_id__in=list(product_ids)):
        for key in ((product_id, variant_id), (product_id, None)):
            if key not in found:
                found[key] = drawn(*columns)
    return found


@functools.lru_cache(maxsize=10_000)
def _drawn(
    name: str, width: int, height: int, alt: str, is_ready: bool, when: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """As `picture`, and what `in_gallery` has beside it."""
    image = Image(file=name, width=width, height=height, alt=alt, is_ready=is_ready)
    url = image.file.url
    shown: dict[str, Any] = {"src": url, "width": width, "height": height, "alt": alt, "thumb": url}
    sources: Mapping[str, Mapping[int, Any]] = next(iter(image.file.aspect_ratios.values()), {}) if is_ready else {}
    webp = sources.get("WEBP", {})
    if not webp:
        return shown, {"large": url, "large_width": width, "large_height": height}
    usual, large = webp[_closest(webp, CARD_WIDTH)], webp[max(webp)]
    shown |= {
        "src": usual.url,
        "srcset_avif": _srcset(sources.get("AVIF", {})),
        "srcset_webp": _srcset(webp),
        "width": usual.width,
        "height": usual.height,
        "thumb": webp[_closest(webp, THUMB_WIDTH)].url,
    }
    return shown, {"large": large.url, "large_width": large.width, "large_height": large.height}


def plain(name: str, alt: str, *, is_derived: bool) -> dict[str, Any] | None:
    """The picture stored as `name` (4:5, of no product), with its derivatives if there are; None without a
    name."""
    return drawn(name, *PLAIN, alt, is_derived) if name else None


def file_of(name: str) -> Any:
    """The file that `plain` draws, with its `url`; false without a name."""
    return Image(file=name, width=PLAIN[0], height=PLAIN[1]).file


def cut(content: bytes) -> bytes:
    """The middle of a picture (as in `add`) as `plain` takes it: 640 × 800, WebP, without where and when it was taken.
    Raises `BadPicture`."""
    check(content)
    buffer = io.BytesIO()
    try:
        with Pillow.open(io.BytesIO(content), formats=list(FORMATS)) as image:
            image.draft("RGB", (2 * PLAIN[0], 2 * PLAIN[1]))  # a large JPEG is not read in full
            ImageOps.exif_transpose(image, in_place=True)
            is_plain = image.mode in {"RGB", "RGBA"}
            shown = ImageOps.fit(image if is_plain else image.convert("RGBA"), PLAIN)
            profile = image.info.get("icc_profile") if is_plain else None
            shown.save(buffer, "WEBP", quality=90, icc_profile=profile, exif=b"", xmp=b"")
    except Exception as error:  # as in `check`: the beginning was a picture's, the rest is not
        raise BadPicture("not a JPEG, PNG, WebP or AVIF picture") from error
    return buffer.getvalue()


def keep_plain(*, content: bytes, called: str) -> str:
    """Store what `cut` gave; the name for `plain`. A worker makes its derivatives after the commit: until then pages
    show this file, which is small, and from then on the derivatives. The one before stays: caches may show it."""
    key = str(db.uuid7())
    name = f"categories/{key[-12:-8]}/{rules.slug(called)[:60]}-{key[-8:]}.webp"
    stored = default_storage.save(name, ContentFile(content))
    transaction.on_commit(lambda: _enqueue_plain(stored), using=db.CATALOG, robust=True)
    return stored


def is_derived(name: str) -> bool:
    """Whether the smallest derivative of a picture of no product is stored. Asks the storage."""
    ratios = file_of(name).aspect_ratios if name else {}
    sources: Mapping[str, Mapping[int, Any]] = next(iter(ratios.values()), {})
    smallest = min(sources.get("WEBP", {}).items(), default=None)
    return smallest is not None and default_storage.exists(smallest[1].name)


def _closest(sources: Mapping[int, Any], width: int) -> int:
    return min(sources, key=lambda candidate: abs(candidate - width))


def _srcset(sources: Mapping[int, Any]) -> str:
    return ", ".join(f"{sources[width].url} {width}w" for width in sorted(sources))


def add(
    *, product_id: UUID, content: bytes, by: str, alt: str = "", variant_id: UUID | None = None, process: bool = False
) -> Image:
    """Keep the picture `content` (JPEG, PNG, WebP or AVIF bytes), last in the gallery. Raises `BadPicture`.

    `process=True` makes the derivatives at once (imports, demo data); otherwise a worker does after the commit.
    """
    product = Product.objects.get(pk=product_id)
    key = db.uuid7()
    columns = _stored(content, key=key, called=product.name)
    position = Image.objects.filter(product_id=product_id).count()
    image = Image(id=key, product=product, variant_id=variant_id, alt=alt[:300], position=position, **columns)
    with transaction.atomic(using=db.CATALOG):
        image.save(force_insert=True)
        _tell(image, "picture.add", by)
        if not process:
            transaction.on_commit(lambda: _enqueue(image.pk), using=db.CATALOG, robust=True)
    if process:
        make_derivatives(image_id=image.pk)
        image.refresh_from_db()
    return image


def _stored(content: bytes, *, key: UUID, called: str) -> dict[str, Any]:
    """Store the file under a name of its own; the columns that say so. Raises `BadPicture`."""
    extension, width, height = check(content)
    name = f"{str(key)[-12:-8]}/{rules.slug(called)[:60]}-{str(key)[-8:]}.{extension}"
    field: Any = Image._meta.get_field("file")
    stored = field.storage.save(field.generate_filename(None, name), ContentFile(content))
    return {"file": stored, "width": width, "height": height}


def change(
    *, image_id: UUID, by: str, alt: str, position: int, variant_id: UUID | None, content: bytes | None = None
) -> None:
    """Words, order and variant of a picture, and with `content` what it shows: in a file of another name, as the old
    one stays where caches and orders have it. Raises `BadPicture`."""
    image = Image.objects.select_related("product").get(pk=image_id)
    columns: dict[str, Any] = {"alt": alt[:300], "position": position, "variant_id": variant_id}
    if content is not None:
        columns |= _stored(content, key=db.uuid7(), called=image.product.name) | {"is_ready": False}
    with transaction.atomic(using=db.CATALOG):
        Image.objects.filter(pk=image_id).update(**columns)
        image.refresh_from_db(fields=["file"])
        _tell(image, "picture.change", by)
        if content is not None:
            transaction.on_commit(lambda: _enqueue(image_id), using=db.CATALOG, robust=True)


def remove(*, image_id: UUID, by: str) -> None:
    """Take a picture out of the gallery. Its files stay: old orders and caches may show them."""
    with transaction.atomic(using=db.CATALOG):
        image = Image.objects.get(pk=image_id)
        Image.objects.filter(pk=image_id).delete()
        _tell(image, "picture.remove", by)


def _tell(image: Image, action: str, by: str) -> None:
    changes = {"product": str(image.product_id), "file": str(image.file)}
    audit.record(action=action, by=by, object_type="image", object_id=image.pk, changes=changes, using=db.CATALOG)
    bus.publish(types.ProductChanged(product_id=image.product_id), using=db.CATALOG)


def make_derivatives(*, image_id: UUID) -> None:
    """Write the picture's AVIF and WebP files and mark it ready. May run twice."""
    image = Image.objects.get(pk=image_id)
    if not image.file:
        return
    make_sizes(image.file)
    with transaction.atomic(using=db.CATALOG):
        # of this file: another one may have taken its place meanwhile
        Image.objects.filter(pk=image_id, file=image.file.name).update(is_ready=True)
        bus.publish(types.ProductChanged(product_id=image.product_id), using=db.CATALOG)


def make_plain_derivatives(name: str) -> None:
    """As `make_derivatives`, of a picture of no product: a category's, which pages show with the tree."""
    make_sizes(file_of(name))
    cache.CATEGORY_TREE.delete()


def make_sizes(file: Any) -> None:
    """Write the AVIF and WebP files of what `Image.file` or `file_of` gave. May run twice."""
    run = import_string("pictures.tasks._process_picture")
    run(
        storage=file.storage.deconstruct(),
        file_name=file.name,
        sender=None,
        new=[derivative.deconstruct() for derivative in file.get_picture_files_list()],
    )


def _enqueue(image_id: UUID) -> None:
    from catalog.products import tasks  # noqa: PLC0415  (the task calls this module)

    tasks.process_picture.delay(image_id=str(image_id))


def _enqueue_plain(name: str) -> None:
    from catalog.products import tasks  # noqa: PLC0415  (the task calls this module)

    tasks.process_plain_picture.delay(name=name)


def check(content: bytes) -> tuple[str, int, int]:
    """File extension, width and height (as seen, turned by EXIF). Raises `BadPicture` before anything is decoded in
    full.
    """
    if len(content) > MAX_BYTES:
        raise BadPicture(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        with Pillow.open(io.BytesIO(content), formats=list(FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadPicture("more pixels than any screen can show")
            image.verify()
        with Pillow.open(io.BytesIO(content), formats=list(FORMATS)) as image:
            extension, (width, height) = FORMATS[str(image.format)], image.size
            if image.getexif().get(_ORIENTATION, 1) >= _QUARTER_TURNED:
                width, height = height, width
    except BadPicture:
        raise
    except Exception as error:  # decoders and readers of EXIF raise whatever they stumble over
        raise BadPicture("not a JPEG, PNG, WebP or AVIF picture") from error
    return extension, width, height
