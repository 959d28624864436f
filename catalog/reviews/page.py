"""What the pages of reviews show: a list with its links, for whoever looks at it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.reviews import selectors
from catalog.reviews.rules import Wish
from catalog.reviews.selectors import Summary

MAX_PAGE = 1000


def address(slug: str, wish: Wish, page: int = 1) -> str:
    """The address of one page of a list."""
    given = wish.parameters() | ({"page": str(page)} if page > 1 else {})
    return reverse("product_reviews", args=[slug]) + (f"?{urlencode(given)}" if given else "")


def listed(slug: str, product_id: UUID, wish: Wish, page: int, viewer: UUID | None) -> dict[str, Any] | None:
    """One page of a list for its template; None if there is no such page. As many queries for 1 review as for 30."""
    summary = selectors.summary(product_id)
    found = _number(product_id, wish, summary)
    reviews = selectors.reviews_of(product_id, page, wish=wish, viewer=viewer) if found else []
    if page > 1 and not reviews:
        return None
    is_last = page * selectors.PER_PAGE >= found or page == MAX_PAGE
    return {
        "summary": summary,
        "bars": _bars(slug, wish, summary),
        "sorts": _sorts(slug, wish),
        "photographed": {
            "count": summary.photographed if summary else 0,
            "url": address(slug, wish.photos(not wish.with_photos)),
            "is_on": wish.with_photos,
        },
        "stars": wish.stars,
        "is_filtered": wish.is_filtered,
        "all_url": address(slug, wish.only(None).photos(False)),
        "found": found,
        "reviews": reviews,
        "here": address(slug, wish, page),
        "next_url": None if is_last else address(slug, wish, page + 1),
        "previous_url": address(slug, wish, page - 1) if page > 1 else None,
        **_writing(slug, viewer),
    }


def _number(product_id: UUID, wish: Wish, summary: Summary | None) -> int:
    if summary is None:
        return 0
    if wish.with_photos and wish.stars is not None:
        return selectors.count(product_id, wish)
    if wish.with_photos:
        return summary.photographed
    return next((bar.count for bar in summary.bars if bar.stars == wish.stars), summary.count)


def _bars(slug: str, wish: Wish, summary: Summary | None) -> list[dict[str, Any]]:
    """The histogram; each bar leads to its reviews, and the chosen one back to all."""
    return [
        {
            "bar": bar,
            "url": address(slug, wish.only(None if bar.stars == wish.stars else bar.stars)),
            "is_on": bar.stars == wish.stars,
        }
        for bar in (summary.bars if summary else ())
    ]


def _sorts(slug: str, wish: Wish) -> list[dict[str, Any]]:
    labels = {
        "newest": _("Newest"), "helpful": _("Most helpful"), "highest": _("Best first"), "lowest": _("Worst first"),
    }  # fmt: skip
    return [
        {"label": label, "url": address(slug, wish.sorted_by(name)), "is_on": name == wish.sort}
        for name, label in labels.items()
    ]


def _writing(slug: str, viewer: UUID | None) -> dict[str, Any]:
    """Where to write, unless the product is not sold any more, and what the viewer has written."""
    product = selectors.reviewable(slug)
    if product is None:
        return {"write_url": None, "mine": None}
    mine = selectors.own(customer_id=viewer, product_id=product.id) if viewer else None
    return {"write_url": reverse("review_write", args=[slug]), "mine": mine}
