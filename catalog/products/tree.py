"""The category tree, kept in memory: pages ask it instead of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from catalog.products.models import Category
from catalog.translations import selectors as translations
from shop.core import cache, languages


@dataclass(frozen=True)
class Node:
    """One active category. `path` is the materialised path: a subtree's paths all begin with it."""

    id: UUID
    name: str
    url_path: str
    path: str
    depth: int
    picture: str = ""

    @property
    def url(self) -> str:
        return languages.here(f"/categories/{self.url_path}/")


@dataclass(frozen=True)
class Tree:
    """All active categories whose ancestors are active, in the order of the tree."""

    nodes: tuple[Node, ...]
    by_url_path: Mapping[str, Node] = field(repr=False)
    by_path: Mapping[str, Node] = field(repr=False)
    _ids: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def at(self, url_path: str) -> Node | None:
        return self.by_url_path.get(url_path.strip("/"))

    def children(self, node: Node | None = None) -> list[Node]:
        """The categories right under `node`; without it, the departments."""
        prefix, depth = (node.path, node.depth + 1) if node else ("", 1)
        return [other for other in self.nodes if other.depth == depth and other.path.startswith(prefix)]

    def ancestors(self, path: str) -> list[Node]:
        """From the department down to the category at materialised `path`, that included."""
        step = Category.steplen
        found = [self.by_path.get(path[:length]) for length in range(step, len(path) + 1, step)]
        return [node for node in found if node is not None]

    def ids_above(self, path: str) -> tuple[str, ...]:
        """The ids of those as text, worked out once: every line of a cart asks."""
        if path not in self._ids:
            self._ids[path] = tuple(str(node.id) for node in self.ancestors(path))
        return self._ids[path]


def tree() -> Tree:
    """The whole tree of active categories, as they are called in the active language; one query when it has changed or
    the cache is cold, two in another language than the shop's own.
    """
    return _tree_in(languages.current())


@cache.held(cache.CATEGORY_TREE)
def _tree_in(_language: str) -> Tree:
    """As names are in the active language, which is this one."""
    nodes: list[Node] = []
    hidden: list[str] = []
    rows = Category.objects.order_by("path").values_list(
        "id", "name", "url_path", "path", "depth", "picture", "is_active"
    )
    names = translations.category_names()
    for key, name, *values, is_active in rows:
        node = Node(key, names.get(key, name), *values)
        if not is_active or (hidden and node.path.startswith(hidden[-1])):
            if not is_active and not (hidden and node.path.startswith(hidden[-1])):
                hidden.append(node.path)
            continue
        nodes.append(node)
    return Tree(tuple(nodes), {node.url_path: node for node in nodes}, {node.path: node for node in nodes})
