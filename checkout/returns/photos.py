"""Where the photos of returns are kept: only we can give them out."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from shop.core import db
from shop.core.photos import Photo


def keep(photo: Photo) -> str:
    """Write a photo into the private storage; its name there."""
    key = db.uuid7()
    return str(storages["private"].save(f"returns/{str(key)[-12:-8]}/{key}.jpg", ContentFile(photo.content)))


def forget(names: list[str]) -> None:
    """Delete photos from the storage: their return was not made after all."""
    for name in names:
        storages["private"].delete(name)


def read(name: str) -> bytes:
    """The JPEG of this name. Raises `FileNotFoundError`."""
    with storages["private"].open(name) as file:
        return bytes(file.read())
