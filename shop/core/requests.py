"""What is known of the request being answered: its id (in every log line and audit entry) and who asks."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """The id of the request (or task) being worked on; empty outside of one."""
    return _request_id.get()


def set_id(value: str) -> None:
    _request_id.set(value[:64])


def actor(request: HttpRequest) -> str:
    """Who is asking: "staff:<id>", "customer:<id>" or "guest"."""
    return actor_of(request.user)


def actor_of(user: Any) -> str:
    """What a person is written down as; "guest" for one who has not signed in."""
    if not user.is_authenticated:
        return "guest"
    return f"{'staff' if user.is_staff else 'customer'}:{user.pk}"


def customer_id(request: HttpRequest) -> UUID | None:
    """The id of the signed-in person, None for guests."""
    return request.user.pk if request.user.is_authenticated else None


def whole(text: str) -> int | None:
    """The whole number, 0 to 99,999,999, that a hidden field says; None for anything else that was sent."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def address(request: HttpRequest) -> str:
    """The network address of who asks. Behind a proxy (`BEHIND_PROXY`) that is the one it has added, the last: whoever
    asks can write any others before it."""
    if settings.BEHIND_PROXY:
        with suppress(ValueError):  # it says nothing, or no address
            return str(ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()))
    return str(request.META["REMOTE_ADDR"])


def absolute(path: str) -> str:
    """`path` on the shop's own address (never on what a Host header says)."""
    return f"{settings.SITE_URL}{path}"
