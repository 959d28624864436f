"""Pure rules of gift cards: what a code looks like and how what people type is read."""

from __future__ import annotations

import random
from collections.abc import Iterable

# Crockford's base 32: no I, L, O and U. 16 signs are 80 random bits, which nobody guesses.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans("", "", " \t\r\n-‐‑‒–—_.\u00a0")
MOST_CARDS = 5  # that one order is paid with
MOST_IN_BATCH = 10_000


def new_code(source: random.Random | None = None) -> str:
    """A new code, in capitals and without what groups it; from the system's own randomness if no `source` is given."""
    chosen = source or random.SystemRandom()
    return "".join(chosen.choice(ALPHABET) for _ in range(LENGTH))


def read(text: str) -> str | None:
    """The code that somebody typed, in any case, with or without spaces and hyphens; None for what cannot be one."""
    code = text[:200].upper().translate(_BETWEEN).translate(_ALIKE)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else None


def grouped(code: str) -> str:
    """A code as people read it: in groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def parts(due: int, balances: Iterable[int], *, least_rest: int) -> list[int]:
    """How much of `due` (minor units) each of these balances pays, in turn: all they can, but what is left to others
    is nothing or at least `least_rest`, for nobody collects less."""
    balances = [max(0, one) for one in balances]
    together = min(max(0, due), sum(balances))
    if together < due:
        together = min(together, max(0, due - least_rest))
    found = []
    for balance in balances:
        found.append(min(balance, together))
        together -= found[-1]
    return found
