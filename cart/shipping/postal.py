"""Which postcodes are meant: "10115", "101*", "10000-19999", "SW1", "AB10-AB25". Pure.

Blanks, hyphens, case and a country's own letters before the digits ("D-10115", "LV-1010") make no difference. A rule is
compared with the beginning of a postcode, so that "90210" is also "90210-1234". A British one is compared by area and
district: "SW1" is SW1A 1AA, but not SW10 9QQ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BRITISH = frozenset({"GB", "IM", "JE", "GG"})
_DISTRICT = re.compile(r"([A-Z]{1,2})(\d{1,2})([A-Z]?)")
_PLAIN = re.compile(r"[A-Z0-9]{1,12}")
MOST_RULES = 5_000


class BadRule(ValueError):
    """A line that names no postcodes. `str()` is the line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The postcodes that begin with `start`; or with anything from `start` to `end`, which are of the same length."""

    start: str
    end: str = ""


def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a text, one a line or divided by commas. Raises `BadRule`."""
    found = tuple(_rule(part) for part in filter(None, map(str.strip, re.split(r"[\n,;]", text))))
    if len(found) > MOST_RULES:
        raise BadRule(f"{len(found)} > {MOST_RULES}")
    return found


def matches(rules: Iterable[Rule], code: str, country: str) -> bool:
    """Whether any of the rules means this postcode; never for an empty one."""
    plain = normal(code)
    return bool(plain) and any(_fits(rule, plain, country) for rule in rules)


def normal(code: str) -> str:
    """A postcode as it is compared: letters and digits only, in upper case."""
    return "".join(one for one in code.upper() if one.isascii() and one.isalnum())


def _rule(line: str) -> Rule:
    start, dash, end = line.replace("–", "-").partition("-")
    if dash and re.fullmatch(r"\s*[A-Za-z]{1,2}\s*", start) and re.search(r"\d", end):
        start, dash, end = line, "", ""  # "LV-1010" is one postcode
    first, last = normal(start.strip().rstrip("*")), normal(end.strip().rstrip("*"))
    is_range = bool(dash)
    if not _PLAIN.fullmatch(first) or (is_range and not _PLAIN.fullmatch(last)):
        raise BadRule(line)
    british = _DISTRICT.fullmatch(first), _DISTRICT.fullmatch(last)
    if not is_range or (british[0] and british[1] and british[0][1] == british[1][1]):
        if is_range and british[0] and british[1] and int(british[0][2]) > int(british[1][2]):
            raise BadRule(line)
        return Rule(first, last)
    if len(first) != len(last) or first > last:
        raise BadRule(line)
    return Rule(first, last)


def _fits(rule: Rule, code: str, country: str) -> bool:
    if country in _BRITISH:
        return _fits_british(rule, code)
    code = _bare(code, country)
    start = _bare(rule.start, country)
    if not rule.end:
        return code.startswith(start)
    end = _bare(rule.end, country)
    return len(start) == len(end) and start <= code[: len(start)] <= end


def _bare(code: str, country: str) -> str:
    """Without the letters that stand for the country: "D10115" and "DE10115" are 10115."""
    for letters in (country, country[:1]):
        rest = code.removeprefix(letters)
        if letters and rest != code and rest.isdigit():
            return rest
    return code


def _fits_british(rule: Rule, code: str) -> bool:
    """The last three characters are the inward code, what stands before them area, district and maybe a letter."""
    outward = code[:-3] if len(code) > 4 else code
    if rule.end:
        first, last, here = (_DISTRICT.fullmatch(one) for one in (rule.start, rule.end, outward))
        if not (first and last and here):
            return False
        return first[1] == here[1] and int(first[2]) <= int(here[2]) <= int(last[2])
    if rule.start.isalpha():
        area = _DISTRICT.match(outward)
        return area is not None and area[1] == rule.start
    if len(rule.start) > len(outward):
        return code.startswith(rule.start)
    return outward.startswith(rule.start) and not outward[len(rule.start) :][:1].isdigit()
