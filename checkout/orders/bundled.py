"""What was bought as its buyer saw it in the cart: lines, and bundles as one with their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.customizations import rules as customizing
from checkout.orders.models import OrderLine


@dataclass(slots=True)
class Part:
    """Units of one kind in a bundle. A bundle may have several lines of it, whose prices differ by a cent."""

    lines: list[OrderLine] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.lines[0].name)

    @property
    def options(self) -> str:
        """What it is made like, on one line."""
        return customizing.in_one(customizing.told(self.lines[0].options, self.lines[0].customizations))

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def expected_on(self) -> date | None:
        return self.lines[0].expected_on


@dataclass(slots=True)
class Item:
    """One thing that was bought: a line, or the lines that are the parts of a bundle."""

    lines: list[OrderLine] = field(default_factory=list)

    @property
    def bundle(self) -> Mapping[str, Any] | None:
        """The bundle as the order keeps it (`lines.line`); None of what is none."""
        found: Mapping[str, Any] | None = self.lines[0].bundle
        return found

    @property
    def total_minor(self) -> int:
        """What its units that are still part of the order cost."""
        return sum(line.total_minor for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was taken off."""
        return not any(line.removed for line in self.lines)

    @property
    def is_gone(self) -> bool:
        """Whether all of it was."""
        return not any(line.quantity for line in self.lines)

    @property
    def parts(self) -> list[Part]:
        """What is in a bundle, those of which nothing is left among it."""
        found: dict[Any, Part] = {}
        for line in self.lines:
            made = customizing.in_one(customizing.told(line.options, line.customizations))
            found.setdefault((line.variant_id, made, line.expected_on), Part()).lines.append(line)
        return list(found.values())


def items(lines: Iterable[OrderLine]) -> list[Item]:
    """The lines of an order in their order, those of a bundle where its first one stands."""
    found: dict[str, Item] = {}
    for line in lines:
        found.setdefault(line.bundle["id"] if line.bundle else str(line.pk), Item()).lines.append(line)
    return list(found.values())
