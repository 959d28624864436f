"""What buyers of the demo's products say: made from sentences that suit a rating, by a stable hash."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from catalog.imports.demo.drawing import bucket

DATA = Path(__file__).parent / "data"
RATINGS = (5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1)  # how often each is given, over all products
_ANSWERED = {"good": 12, "fair": 4, "poor": 2}  # of so many reviews the shop answers one


@functools.cache
def words() -> dict[str, Any]:
    return tomllib.loads((DATA / "words" / "reviews.toml").read_text(encoding="utf-8"))


def of(sku: str, kind: str) -> list[dict[str, Any]]:
    """0 to 25 reviews of a product, newest first: `author`, `rating` (1–5), `title`, `body`, `days_ago`,
    `helpful` (how many find it so), and `reply`, what the shop answers to some."""
    popular = bucket(f"popular {sku}", 100)
    count = 0 if popular < 12 else 1 + bucket(f"reviews {sku}", 8 if popular < 70 else 25)
    mood = bucket(f"mood {sku}", 3)  # some products please more than others
    made = [_review(sku, kind, number, mood) for number in range(count)]
    return sorted(made, key=lambda review: int(review["days_ago"]))


def _review(sku: str, kind: str, number: int, mood: int) -> dict[str, Any]:
    text, mark = words(), f"{sku} {number}"
    rating = RATINGS[max(0, bucket(f"rating {mark}", len(RATINGS)) - mood)]
    tone = "good" if rating >= 4 else "fair" if rating == 3 else "poor"
    people, titles, bodies = text["people"], text[tone]["titles"], text[tone]["bodies"]
    start = bucket(f"start {sku}", 997)
    body = bodies[(start + number * 7) % len(bodies)]
    special = text.get(kind, {}).get(tone, [])
    if special and bucket(f"special {mark}", 2):
        body = f"{special[(start + number) % len(special)]} {body}"
    days = 2 + bucket(f"days {mark}", 700)
    answers, is_answered = text["answers"][tone], bucket(f"answered {mark}", _ANSWERED[tone]) == 0
    return {
        "author": people[(start + number * 11) % len(people)],
        "rating": rating,
        "title": "" if bucket(f"title {mark}", 6) == 0 else titles[(start + number * 5) % len(titles)],
        "body": body,
        "days_ago": days,
        "helpful": bucket(f"helpful {mark}", 14) * days // 700,  # the longer it is there, the more have read it
        "reply": answers[(start + number) % len(answers)] if is_answered else "",
    }
