"""What may be shed under load, and whether it is. Pages stand without it.

Shed by `manage.py shed`, for all processes at once and a week at most, or for good by the setting SHED. A cache that is
down sheds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from shop.core import cache, pages

# Name, and what shoppers miss meanwhile.
SWITCHES: Mapping[str, str] = {
    "recommendations": "shelves of products: bought together, similar, for you, recently seen",
    "live": "open product pages and carts that tell of a new price or stock by themselves",
}


def is_shed(name: str) -> bool:
    """Whether to do without it now. One look into the cache, no query."""
    return name in settings.SHED or bool(cache.SHED.get(_known(name)))


def shed(name: str) -> None:
    """Do without it from now on. Raises `KeyError` for a name that is none."""
    cache.SHED.set(1, _known(name))
    pages.changed(page_of(name))


def restore(name: str) -> None:
    """Have it again. Raises `KeyError` for a name that is none."""
    cache.SHED.delete(_known(name))
    pages.changed(page_of(name))


def page_of(name: str) -> str:
    """By what kept pages are known (`shop.core.pages`) that are other ones while this is shed."""
    return f"shed:{_known(name)}"


def _known(name: str) -> str:
    if name not in SWITCHES:
        raise KeyError(name)
    return name
