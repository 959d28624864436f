"""Names and admin pages of rows that another component keeps, by the reference that was written down for them.

A ledger says "order:<id>" and must not know of orders: who keeps them answers for the kind, by `settings.LINKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html
from django.utils.module_loading import import_string

Namer = Callable[[list[str]], "dict[str, Link]"]  # ids of one kind → what they are; unknown ones are left out


@dataclass(frozen=True, slots=True)
class Link:
    """What people call a row, and the path of its page in the admin."""

    name: str
    url: str

    @property
    def html(self) -> str:
        return format_html('<a href="{}">{}</a>', self.url, self.name)


def links(references: Iterable[str]) -> dict[str, Link]:
    """The links of references ("order:<id>"); those of no kind, or of rows that are gone, are absent.

    One query for each kind among them, however many there are.
    """
    wanted: dict[str, list[str]] = {}
    for reference in dict.fromkeys(references):
        kind, _colon, key = reference.partition(":")
        if key and kind in settings.LINKS:
            wanted.setdefault(kind, []).append(key)
    found: dict[str, Link] = {}
    for kind, keys in wanted.items():
        namer: Namer = import_string(settings.LINKS[kind])
        found |= {f"{kind}:{key}": link for key, link in namer(keys).items()}
    return found


def references(term: str) -> list[UUID]:
    """The ids by which documents write down those that a search for `term` means, by `settings.REFERENCES`."""
    found: list[UUID] = import_string(settings.REFERENCES)(term)
    return found


def ids(keys: Iterable[str]) -> list[UUID]:
    """Those of `keys` that are ids: people may write anything where a document is asked for."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found
