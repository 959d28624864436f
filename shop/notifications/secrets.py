"""Words of an e-mail that are kept in plain nowhere: queued as references ("gift-card:<id>"), read when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.module_loading import import_string

Read = Callable[[str], str]  # who keeps secrets of a kind answers for them, by `settings.MAIL_SECRETS`


def told(references: Mapping[str, str]) -> dict[str, str]:
    """The words for a template, by their names there. Raises `LookupError` for a kind that nobody keeps."""
    found = {}
    for name, reference in references.items():
        kind, _colon, key = reference.partition(":")
        read: Read = import_string(settings.MAIL_SECRETS[kind])
        found[name] = read(key)
    return found
