"""Which reviews of a product somebody wants to read, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

SORTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "newest": ("-created_at", "-id"),
        "helpful": ("-helpful_count", "-created_at", "-id"),
        "highest": ("-rating", "-created_at", "-id"),
        "lowest": ("rating", "-created_at", "-id"),
    }
)
STARS = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """All reviews, newest first, unless it says otherwise. `stars`: only those that gave so many."""

    sort: str = "newest"
    stars: int | None = None
    with_photos: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wish:
        """What an address asks for (`sort`, `stars`, `photos=1`); what cannot be understood is left out."""
        sort, stars = given.get("sort", ""), given.get("stars", "")
        return cls(
            sort if sort in SORTS else "newest",
            int(stars) if stars in {str(one) for one in STARS} else None,
            given.get("photos") == "1",
        )

    @property
    def is_filtered(self) -> bool:
        return self.stars is not None or self.with_photos

    def parameters(self) -> dict[str, str]:
        """What `read` reads as the same wish; nothing for what is meant anyhow."""
        found = {"sort": self.sort if self.sort != "newest" else "", "stars": str(self.stars or "")}
        return {name: text for name, text in {**found, "photos": "1" if self.with_photos else ""}.items() if text}

    def sorted_by(self, sort: str) -> Wish:
        return replace(self, sort=sort)

    def only(self, stars: int | None) -> Wish:
        return replace(self, stars=stars)

    def photos(self, with_photos: bool) -> Wish:
        return replace(self, with_photos=with_photos)
