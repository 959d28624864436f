"""What people call whoever did something. A log says "staff:<id>" and must not know of people: who keeps them answers,
by `settings.PEOPLE`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string


def names(actors: Iterable[str]) -> dict[str, str]:
    """Actors ("staff:<id>", "customer:<id>", "guest", "system") as people read them. One query for all."""
    found: dict[str, str] = import_string(settings.PEOPLE["names"])(actors)
    return found


def of_email(email: str) -> str | None:
    """What whoever has this e-mail address is written down as; None where nobody has it."""
    found: str | None = import_string(settings.PEOPLE["actor"])(email)
    return found
