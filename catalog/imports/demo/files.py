"""Drawn pictures as files of the media storage, with the derivatives that the pages ask for; drawn on all cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pictures import utils
from pictures.models import PictureField

from catalog.imports.demo import drawing
from catalog.products.models import Image

FOLDER = "drawn"
FEW = 12  # not worth the start of workers
Progress = Callable[[int, int], None]


def name_of(key: str) -> str:
    """The storage name of a drawn picture."""
    return f"{FOLDER}/{key}.webp"


class Drawing:
    """Pictures that are being made; `finish` waits for them."""

    def __init__(self, keys: Collection[str], pool: ProcessPoolExecutor | None) -> None:
        self.total = len(keys)
        self._few = [] if pool else list(keys)
        self._jobs = [pool.submit(drawing.draw_all, key, sizes(key)) for key in keys] if pool else []

    def finish(self, progress: Progress = lambda done, total: None) -> None:
        """Write what is drawn, the original last: a picture whose original is there is complete."""
        for done, made in enumerate(self._made(), start=1):
            for name, content in sorted(made.items(), key=lambda file: file[0].count("/"), reverse=True):
                default_storage.delete(name)
                default_storage.save(name, ContentFile(content))
            progress(done, self.total)

    def _made(self) -> Iterator[dict[str, bytes]]:
        yield from (drawing.draw_all(key, sizes(key)) for key in self._few)
        yield from (job.result() for job in as_completed(self._jobs))


@contextmanager
def begin(keys: Collection[str]) -> Iterator[Drawing]:
    """Start to draw the pictures of these keys that are not there yet, beside whatever the caller does meanwhile."""
    todo = [key for key in sorted(keys) if not default_storage.exists(name_of(key))]
    if len(todo) <= FEW:
        yield Drawing(todo, None)
        return
    context = multiprocessing.get_context("spawn")  # workers know nothing of our connections
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 2, mp_context=context) as pool:
        yield Drawing(todo, pool)


def sizes(key: str) -> dict[str, int]:
    """Storage names and widths of a picture and of its derivatives, as `Image.file` will look for them."""
    name = name_of(key)
    field = cast(PictureField, Image._meta.get_field("file"))
    made = {name: drawing.WIDTH}
    for ratio in field.aspect_ratios:
        widths = utils.source_set(
            (drawing.WIDTH, drawing.HEIGHT), ratio=ratio, max_width=field.container_width, cols=field.grid_columns
        )
        made |= {
            f"{name.removesuffix('.webp')}/{str(ratio).replace('/', '_')}/{width}w.{kind.lower()}": width
            for kind in field.file_types
            for width in widths
        }
    return made
