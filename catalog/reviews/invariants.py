"""Whether the ratings of products and the counts of reviews are those of what is kept: I12."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_COUNTS: tuple[Check, ...] = (
    (
        "product {0}: its rating is {1} of {2} reviews, those shown give {3} of {4}",
        """
        SELECT product.id, rating_average, rating_count, COALESCE(found.average, 0), COALESCE(found.number, 0)
        FROM catalog_product product
        LEFT JOIN (SELECT product_id, round(avg(rating), 2) AS average, count(*) AS number FROM catalog_review
                   WHERE status = 'published' GROUP BY 1) found ON found.product_id = product.id
        WHERE (rating_average, rating_count) IS DISTINCT FROM (COALESCE(found.average, 0), COALESCE(found.number, 0))
        """,
    ),
    (
        "review {0}: it says {1} votes, there are {2}",
        """
        SELECT review.id, helpful_count, COALESCE(found.number, 0) FROM catalog_review review
        LEFT JOIN (SELECT review_id, count(*) AS number FROM catalog_reviewvote GROUP BY 1) found
               ON found.review_id = review.id
        WHERE helpful_count <> COALESCE(found.number, 0)
        """,
    ),
    (
        "review {0}: it says {1} photos, there are {2}",
        """
        SELECT review.id, photo_count, COALESCE(found.number, 0) FROM catalog_review review
        LEFT JOIN (SELECT review_id, count(*) AS number FROM catalog_reviewphoto GROUP BY 1) found
               ON found.review_id = review.id
        WHERE photo_count <> COALESCE(found.number, 0)
        """,
    ),
)


def counted() -> list[str]:
    """I12: what products and reviews say of reviews, votes and photos is how many there are."""
    return invariants.sentences(db.CATALOG, _COUNTS)
