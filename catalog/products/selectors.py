"""Reads of products."""

from __future__ import annotations

from typing import Any


def departments() -> list[Any]:
    return []


def home_page(*, currency: str) -> dict[str, Any]:
    return {}
