"""Give products without a picture of their own the drawn one that suits them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from catalog.imports.demo import drawing, files, standin
from catalog.products.models import Category, Image, Product
from shop.core import db
from shop.events import bus, types

BATCH = 500


def illustrate(*, job_id: UUID, progress: files.Progress = lambda done, total: None) -> int:
    """How many products got a drawn picture: all that have none with a file. A second time finds nothing to do.

    `progress` hears how many pictures of how many are drawn. `job_id` is the import that search and lists hear of.
    Opens its own transactions of the catalogue's database.
    """
    keys = _keys()
    with files.begin(set(keys.values())) as pictures:
        pictures.finish(progress)
    ids = sorted(keys)
    for start in range(0, len(ids), BATCH):
        _give({product_id: keys[product_id] for product_id in ids[start : start + BATCH]}, job_id)
    return len(ids)


def _keys() -> dict[UUID, str]:
    """The key of the picture of every product that has none."""
    own = Image.objects.filter(product=OuterRef("pk")).exclude(file="")
    rows = Product.objects.filter(~Exists(own)).values_list("pk", "name", "category_id")
    paths = _paths()
    return {pk: standin.placeholder(paths.get(category, ()), name) for pk, name, category in rows.iterator()}


def _paths() -> dict[UUID | None, tuple[str, ...]]:
    """The names from the department down to each category."""
    names: dict[str, tuple[str, ...]] = {"": ()}
    paths: dict[UUID | None, tuple[str, ...]] = {}
    for pk, path, name in Category.objects.order_by("path").values_list("pk", "path", "name"):
        names[path] = (*names[path[: -Category.steplen]], name)
        paths[pk] = names[path]
    return paths


def _give(keys: dict[UUID, str], job_id: UUID) -> None:
    """The file goes to the picture that an import has recorded (its address stays), or to a new one."""
    names = dict(Product.objects.filter(pk__in=keys).values_list("pk", "name"))
    empty = Image.objects.filter(product_id__in=keys, file="").order_by("-position", "-id")
    recorded = {image.product_id: image for image in empty}  # the first of each product is the last one to be kept here
    new = [Image(product_id=pk, alt=names[pk][:300]) for pk in keys if pk not in recorded]
    for image in (*recorded.values(), *new):
        image.file = files.name_of(keys[image.product_id])
        image.width, image.height, image.is_ready = drawing.WIDTH, drawing.HEIGHT, True
    with transaction.atomic(using=db.CATALOG):
        Image.objects.bulk_update(recorded.values(), ["file", "width", "height", "is_ready"])
        Image.objects.bulk_create(new)
        bus.publish(types.ProductsImported(job_id=job_id, product_ids=list(keys)), using=db.CATALOG)
