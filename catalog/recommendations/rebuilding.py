"""Everything that is recommended, made again from what was bought and from the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from catalog.recommendations import learning, services, similar, trends


def rebuild(say: Callable[[str], None] = lambda sentence: None) -> None:
    """Learn anew what goes together, what is similar and what trends; old looks and cancellations are forgotten.

    What was learned before is shown meanwhile. `say` hears a sentence after each part.
    """
    services.forget_withdrawn()
    services.forget_views()
    say(f"Bought together: {learning.rebuild_together():,} products are in the model.")
    found = similar.rebuild_similar()
    say(
        f"Similar: {found:,} products."
        if found
        else "Similar: by category and price only (no pgvector, or no products)."
    )
    say(f"Trending: lists made: {trends.rebuild_trends():,}.")
