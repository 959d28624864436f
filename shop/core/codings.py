"""In which content codings an answer may be sent: what a browser says by `Accept-Encoding` (RFC 9110, 12.5.3). Pure."""

from __future__ import annotations

import functools
import re

KNOWN = ("br", "gzip")  # what this shop compresses with, the better one first
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
_LONGEST = 1000  # characters that are looked at


@functools.lru_cache(maxsize=256)
def taken(accepted: str) -> tuple[str, ...]:
    """Those of `KNOWN` that are accepted, the one that is liked best first; of those liked alike, the better one.

    Only what is named is taken, and not what weighs less than no coding at all ("identity"): what says "*", or what
    nobody can read, is answered as it is, which everybody understands.
    """
    weights = dict(map(_named, accepted[:_LONGEST].split(",")))
    found = [name for name in KNOWN if weights.get(name, 0) > 0 and weights[name] >= weights.get("identity", 0)]
    return tuple(sorted(found, key=lambda name: -weights[name]))


@functools.lru_cache(maxsize=256)
def without_refused(accepted: str) -> str:
    """The same of what may be sent alone, for those who look for a coding's name in it and for nothing else."""
    usable = taken(accepted)
    return ", ".join(one.strip() for one in accepted[:_LONGEST].split(",") if _named(one)[0] in usable)


def _named(one: str) -> tuple[str, float]:
    """A coding and its weight: 1 where none is said, 0 where it cannot be read."""
    name, semicolon, rest = one.partition(";")
    weight = _WEIGHT.fullmatch(rest)
    return name.strip().lower(), float(weight[1]) if weight else float(not semicolon)
