"""Changes of the category tree. Paths of the whole subtree and the redirects from old paths are kept here.

Every function opens its own transaction of the catalogue's database, publishes `CategoryChanged` for each
category whose place or words changed (but `load`), and forgets the cached tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.products import locking, rules
from catalog.products.models import Category, OldSlug
from shop.audit import services as audit
from shop.core import cache, db
from shop.events import bus, types

POSITIONS = {"first-child", "last-child", "left", "right"}
EDITABLE = {"description", "picture", "seo_title", "seo_description", "is_active"}
MAX_URL_PATH = 500


class BadCategory(ValueError):
    """A category cannot be made, renamed or moved like this; the text says why."""


def create(*, name: str, by: str, parent_id: UUID | None = None, slug: str = "", **fields: Any) -> Category:
    """A new category, last among its siblings. Other `fields`: description, picture, SEO texts, is_active."""
    _check_fields(fields)
    with transaction.atomic(using=db.CATALOG):
        locking.category_tree()
        parent = Category.objects.get(pk=parent_id) if parent_id else None
        node = Category(name=_name(name), slug=slug or rules.slug(name, "category"), **fields)
        node.url_path = _free_path(parent.url_path if parent else "", node)
        node = Category.objects.add_child(parent, instance=node) if parent else Category.objects.add_root(instance=node)
        tell(action="category.create", by=by, categories=[node])
    return node


def ensure_path(*, names: Sequence[str], by: str) -> Category:
    """The category at `names` ("Computers", "Laptops"), with whatever was missing on the way made. For imports."""
    if not names:
        raise BadCategory("a path needs a name")
    siblings, parent_id = Category.objects.filter(depth=1), None
    for name in names:
        node = siblings.filter(name=_name(name)).first() or create(name=name, by=by, parent_id=parent_id)
        siblings, parent_id = Category.objects.get_children(node), node.pk
    return node


def load(*, paths: Iterable[Sequence[str]], by: str) -> dict[tuple[str, ...], UUID]:
    """Many at once: the category at each of these paths, and at those above, with whatever was missing made.

    Publishes nothing: who loads a whole catalogue rebuilds its index.
    """
    with transaction.atomic(using=db.CATALOG):
        locking.category_tree()
        known: dict[tuple[str, ...], Category] = {}
        names: dict[str, tuple[str, ...]] = {"": ()}  # by materialised path
        last: dict[tuple[str, ...], Category] = {}  # child of each
        for node in Category.objects.order_by("path"):
            above = names[node.path[: -Category.steplen]]
            names[node.path] = (*above, node.name)
            known.setdefault(names[node.path], node)
            last[above] = node
        taken = {node.url_path for node in known.values()}
        wanted = dict.fromkeys(tuple(path[:depth]) for path in paths for depth in range(1, len(path) + 1))
        fresh = [_place(names, known, last, taken) for names in wanted if names not in known]
        if fresh:
            Category.objects.bulk_create(fresh)
            parents = {names[:-1] for names in wanted if known[names] in fresh} - {()}
            Category.objects.bulk_update([known[names] for names in parents], ["numchild"])
            _record(action="category.load", by=by, category=fresh[0])
    return {names: known[names].pk for names in wanted}


def _place(
    names: tuple[str, ...],
    known: dict[tuple[str, ...], Category],
    last: dict[tuple[str, ...], Category],
    taken: set[str],
) -> Category:
    """A new category for `names`, the last below its parent, and noted as such in all the others."""
    parent, before = known.get(names[:-1]), last.get(names[:-1])
    above = f"{parent.url_path}/" if parent else ""
    base, number = rules.slug(_name(names[-1]), "category"), 1
    while f"{above}{rules.numbered(base, number)}" in taken:
        number += 1
    node = Category(name=names[-1], slug=rules.numbered(base, number), depth=len(names))
    node.url_path = f"{above}{node.slug}"
    node.path = before._inc_path() if before else Category._get_path(parent.path if parent else None, len(names), 1)
    if parent:
        parent.numchild += 1
    known[names] = last[names[:-1]] = node
    taken.add(node.url_path)
    return node


def update(*, category_id: UUID, by: str, name: str | None = None, slug: str | None = None, **fields: Any) -> Category:
    """Change words; a new name (or `slug`) gives the subtree new paths, and the old ones answer 301."""
    _check_fields(fields)
    with transaction.atomic(using=db.CATALOG):
        locking.category_tree()
        node = Category.objects.get(pk=category_id)
        new_slug = slug or (rules.slug(name, "category") if name and name != node.name else node.slug)
        if name is not None:
            node.name = _name(name)
        for field, value in fields.items():
            setattr(node, field, value)
        moved: list[Category] = []
        if new_slug != node.slug:
            node.slug = new_slug
            node.save()
            moved = _repath(node)
        else:
            node.save()
        tell(action="category.update", by=by, categories=[node, *moved])
    return node


def move(*, category_id: UUID, target_id: UUID, position: str, by: str) -> Category:
    """Put a category (with its subtree) into or beside `target_id`: first-child, last-child, left or right of it."""
    if position not in POSITIONS:
        raise BadCategory(f"position is one of {', '.join(sorted(POSITIONS))}")
    with transaction.atomic(using=db.CATALOG):
        locking.category_tree()
        node, target = Category.objects.get(pk=category_id), Category.objects.get(pk=target_id)
        if target.pk == node.pk or target.path.startswith(node.path):
            raise BadCategory("a category cannot be moved into itself")
        before = dict(Category.objects.values_list("pk", "path"))
        Category.objects.move(node, target, pos=position)
        node = Category.objects.get(pk=category_id)
        moved = _repath(node)
        shifted = [row for row in Category.objects.order_by("path") if before[row.pk] != row.path]
        tell(action="category.move", by=by, categories=_topmost([node, *moved, *shifted]))
    return node


def _repath(node: Category) -> list[Category]:
    """Give `node` and its subtree the paths their places ask for; keep the old ones. Returns what changed."""
    parent = Category.objects.get_parent(node, update=True)
    old = node.url_path
    new = _free_path(parent.url_path if parent else "", node)
    if new == old:
        return []
    rows = list(Category.objects.filter(path__startswith=node.path).order_by("path"))
    for row in rows:
        OldSlug.objects.update_or_create(kind="category", slug=row.url_path, defaults={"object_id": row.pk})
        row.url_path = new + row.url_path[len(old) :]
        if len(row.url_path) > MAX_URL_PATH:
            raise BadCategory("the path would be too long")
    Category.objects.bulk_update(rows, ["url_path"])
    OldSlug.objects.filter(kind="category", slug__in=[row.url_path for row in rows]).delete()
    node.url_path = new
    return rows


def _free_path(parent_path: str, node: Category) -> str:
    number = 1
    while True:
        last = rules.numbered(node.slug, number)
        path = f"{parent_path}/{last}" if parent_path else last
        if len(path) > MAX_URL_PATH:
            raise BadCategory("the path would be too long")
        if not Category.objects.filter(url_path=path).exclude(pk=node.pk).exists():
            node.slug = last
            return path
        number += 1


def _topmost(categories: Iterable[Category]) -> list[Category]:
    """Without those inside another of them: one event per moved subtree is enough."""
    kept: list[Category] = []
    for node in sorted(categories, key=lambda node: node.path):
        if not kept or not node.path.startswith(kept[-1].path):
            kept.append(node)
    return kept


def tell(*, action: str, by: str, categories: Sequence[Category]) -> None:
    for node in _topmost(categories):
        bus.publish(types.CategoryChanged(category_id=node.pk), using=db.CATALOG)
    _record(action=action, by=by, category=categories[0])


def _record(*, action: str, by: str, category: Category) -> None:
    audit.record(
        action=action,
        by=by,
        object_type="category",
        object_id=category.pk,
        changes={"url_path": category.url_path},
        using=db.CATALOG,
    )
    transaction.on_commit(cache.CATEGORY_TREE.delete, using=db.CATALOG)


def _check_fields(fields: dict[str, Any]) -> None:
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise BadCategory(f"unknown field {', '.join(sorted(unknown))}")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 120 or "\x00" in name:
        raise BadCategory("a name has 1 to 120 characters")
    return name


def put_into(*, category_id: UUID, parent_id: UUID | None, by: str) -> Category:
    """Make a category the last one inside another, or (without `parent_id`) the last department."""
    if parent_id is not None:
        return move(category_id=category_id, target_id=parent_id, position="last-child", by=by)
    last = Category.objects.filter(depth=1).order_by("-path")[0]
    return move(category_id=category_id, target_id=last.pk, position="right", by=by)


def shift(*, category_id: UUID, is_up: bool, by: str) -> Category:
    """Put a category before the sibling above it, or after the one below; nothing happens at the ends."""
    node = Category.objects.get(pk=category_id)
    siblings = list(Category.objects.get_siblings(node).order_by("path").values_list("pk", flat=True))
    other = siblings.index(node.pk) + (-1 if is_up else 1)
    if not 0 <= other < len(siblings):
        return node
    return move(category_id=category_id, target_id=siblings[other], position="left" if is_up else "right", by=by)
