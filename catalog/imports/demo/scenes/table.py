"""All kinds that can be drawn, by name."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from catalog.imports.demo.scenes import (
    audio,
    cables,
    clothing,
    computers,
    hardware,
    home,
    kitchen,
    outdoor,
    paper,
    supplies,
    toys,
)
from catalog.imports.demo.scenes.pen import Pen


def _kinds_of(module: ModuleType) -> dict[str, Callable[[Pen], None]]:
    return {
        name: thing
        for name, thing in vars(module).items()
        if callable(thing) and getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
    }


KINDS: dict[str, Callable[[Pen], None]] = {
    name: draw
    for module in (computers, audio, home, kitchen, clothing, outdoor, paper, toys, supplies, cables, hardware)
    for name, draw in _kinds_of(module).items()
}
