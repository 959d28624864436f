"""Photos: looked at before they are believed, and nothing of the camera is kept."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from shop.core import photos
from shop.core.photos import BadPhoto
from tests.factories.photos import bomb, jpeg


def test_it_is_drawn_anew_and_upright() -> None:
    given = jpeg(320, 240, exif=True)
    assert b"Secret Camera" in given
    assert b"Secret comment" in given
    photo = photos.clean(given)
    assert (photo.width, photo.height) == (240, 320)
    assert b"Secret" not in photo.content
    with Image.open(io.BytesIO(photo.content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (240, 320), {})


def test_what_stands_behind_a_picture_is_gone() -> None:
    assert b"<?php" not in photos.clean(jpeg() + b"<?php evil ?>").content


def test_large_ones_become_smaller() -> None:
    photo = photos.clean(jpeg(4000, 3000))
    assert (photo.width, photo.height) == (2048, 1536)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_taken(kind: str) -> None:
    assert photos.clean(jpeg(kind=kind)).width == 320


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        jpeg()[:300],
        jpeg(kind="GIF"),
        jpeg(kind="TIFF"),
        jpeg(kind="AVIF"),
        jpeg(kind="AVIF").replace(b"iloc", b"lost"),  # its decoder raises what no other one does
    ],
)
def test_what_is_no_photo(content: bytes) -> None:
    with pytest.raises(BadPhoto, match="not a photo that we can read"):
        photos.clean(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_damaged_photo_is_a_photo_or_none(kind: str) -> None:
    """Each of many copies with some bytes written over is drawn or refused: nothing else comes out."""
    dice, whole = random.Random(7), jpeg(40, 30, exif=kind == "JPEG", kind=kind)
    found = set()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 2, 8))):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            found.add(photos.clean(bytes(damaged)).content[:2])
        except BadPhoto:
            found.add(b"")
    assert found <= {b"", b"\xff\xd8"}


@pytest.mark.parametrize("size", [(8000, 7000), (50_000, 50_000), (2_000_000, 2_000_000)])
def test_a_bomb_is_not_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(BadPhoto):
        photos.clean(bomb(*size))


def test_of_what_must_be_decoded_whole_less_is_taken() -> None:
    with pytest.raises(BadPhoto, match="too many pixels"):
        photos.clean(bomb(5100, 5000))
    large = io.BytesIO()
    Image.new("1", (5100, 5000)).save(large, "JPEG", quality=1)
    assert (photos.clean(large.getvalue()).width, photos.MAX_WHOLE) == (2048, 25_000_000)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_whatever_the_colours_are_kept_in(mode: str) -> None:
    given = io.BytesIO()
    tags = Image.Exif()
    tags[0x0112] = 6  # to be turned
    Image.new(mode, (2500, 40)).save(given, "JPEG" if mode == "CMYK" else "PNG", exif=tags.tobytes())
    photo = photos.clean(given.getvalue())
    assert (photo.width, photo.height) == (33, 2048)


def test_too_many_bytes() -> None:
    with pytest.raises(BadPhoto, match="at most 10 MB"):
        photos.clean(jpeg() + b"\0" * photos.MAX_BYTES)


def test_a_smaller_one_keeps_its_shape() -> None:
    photo = photos.smaller(photos.clean(jpeg(800, 400)), 320)
    assert (photo.width, photo.height, photo.content[:2]) == (320, 160, b"\xff\xd8")
