"""Partners with a secret."""

from __future__ import annotations

from itertools import count

from inventory.feeds import partners, rules
from inventory.feeds.models import Feed
from inventory.stock.models import Location

_numbers = count(1)


def feed(*, reasons: list[str] | None = None, location: Location | None = None, **fields: object) -> tuple[Feed, str]:
    """A registered feed that may do everything everywhere, and its secret."""
    code = f"feed-{next(_numbers)}"
    return partners.register(
        code=code,
        name=code.title(),
        location_id=location.pk if location else None,
        allowed_reasons=list(rules.REASONS) if reasons is None else reasons,
        by="staff:1",
        **fields,
    )
