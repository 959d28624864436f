"""What every test of a fault in carts and orders ends with."""

from __future__ import annotations

from shop.management.commands.verify_invariants import INVARIANTS


def violations() -> list[str]:
    """The sentences of `verify_invariants` that SQL can tell; of all but I12, for which lists must be indexed."""
    return [
        sentence
        for code, _what, questions, _comparators in INVARIANTS
        if code != "I12"
        for ask in questions
        for sentence in ask()
    ]
