"""Where the photos of reviews are kept: in the media, under names that nobody guesses, each large and small.

What is not shown any more gets another name, so that the address that people have seen leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from shop.core.photos import Photo, smaller

SMALL, SIDE = "-small", 320  # what the small one's name has before its ending; its longer side in pixels


def keep(photo: Photo) -> str:
    """Write a photo and a small copy; the name of the large one."""
    name = _new_name()
    default_storage.save(name, ContentFile(photo.content))
    default_storage.save(small(name), ContentFile(smaller(photo, SIDE).content))
    return name


def small(name: str) -> str:
    """The name of the small copy."""
    return name.removesuffix(".jpg") + SMALL + ".jpg"


def url(name: str) -> str:
    """Where browsers find it."""
    return default_storage.url(name)


def copy(name: str) -> str:
    """Write the same photo under another name, which is returned. Raises `FileNotFoundError`."""
    other = _new_name()
    for old, new in ((name, other), (small(name), small(other))):
        with default_storage.open(old) as file:
            default_storage.save(new, ContentFile(file.read()))
    return other


def forget(names: Iterable[str]) -> None:
    """Delete photos and their small copies; it does not matter if they are gone."""
    for name in names:
        default_storage.delete(name)
        default_storage.delete(small(name))


def _new_name() -> str:
    key = uuid4().hex  # 122 random bits
    return f"reviews/{key[:2]}/{key}.jpg"
