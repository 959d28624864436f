"""What the feed hears. May run twice."""

from __future__ import annotations

from typing import Any

from catalog.merchantfeed import services


def note_change(data: dict[str, Any]) -> None:
    """Products, prices, promotions, categories, brands or stock changed."""
    services.changed()
