"""Files that go with e-mails: queued as references ("document:<id>"), fetched when the mail is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils.module_loading import import_string

File = tuple[str, bytes, str]  # name, bytes, media type
Fetch = Callable[[str], File]  # who keeps files of a kind answers for them, by `settings.ATTACHMENTS`


def files(references: Iterable[str]) -> list[File]:
    """The files of references, in order. Raises `LookupError` for a kind that nobody keeps."""
    found = []
    for reference in references:
        kind, _colon, key = reference.partition(":")
        fetch: Fetch = import_string(settings.ATTACHMENTS[kind])
        found.append(fetch(key))
    return found
