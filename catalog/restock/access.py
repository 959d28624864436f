"""The signed links of the mails. Whoever has one may use what is held for that place in the line, or give it up."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.urls import reverse

from shop.core import requests

_SALT = "catalog.restock"


def token_of(entry_id: UUID) -> str:
    """What links name a place in the line by: its id and the shop's signature."""
    return signing.Signer(salt=_SALT).sign(entry_id.hex)


def entry_of(token: str) -> UUID | None:
    """The place in the line that a link names; None for what this shop has not signed."""
    try:
        return UUID(signing.Signer(salt=_SALT).unsign(token[:200]))
    except (signing.BadSignature, ValueError):
        return None


def url(entry_id: UUID) -> str:
    """The page of a place in the line, absolute, for mails."""
    return requests.absolute(reverse("restock_place", args=[token_of(entry_id)]))


def leave_url(entry_id: UUID) -> str:
    """The page that asks whether to give the place up, absolute, for mails."""
    return requests.absolute(reverse("restock_leave", args=[token_of(entry_id)]))
