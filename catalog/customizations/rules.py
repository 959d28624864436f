"""What may be answered to the fields of a product, what answers cost, and how they are told apart and told; pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

TEXT, CHOICE, BOOLEAN = "text", "choice", "boolean"
LONG, EMAIL, DATE = "long", "email", "date"  # what the shop itself asks (`gifts`): several lines, 2026-12-24
MAX_TEXT = 500
MAX_FIELDS = 20  # of one product

Value = str | bool
_YES = frozenset({"on", "true", "1", "yes"})
_NO = frozenset({"", "off", "false", "0", "no"})
# As HTML has a valid e-mail address (https://html.spec.whatwg.org/#valid-e-mail-address), with a dot in its domain.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+")
_NO_LINES = re.compile(r"\n{3,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_JOINERS = frozenset("\u200c\u200d")  # within words of some scripts, and within signs


class Problem(StrEnum):
    """What is wrong with an answer."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    BAD_CHARACTERS = "bad_characters"
    BAD_CHOICE = "bad_choice"
    BAD_EMAIL = "bad_email"
    BAD_DATE = "bad_date"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    UNKNOWN = "unknown"  # nothing of this name is asked


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `price_minor` is what the answer adds to a unit's price, in the currency asked for.
    `earliest` and `latest` are days, as dates are answered; it is `needed_with` the answers of these codes."""

    code: str
    name: str
    kind: str = TEXT
    help_text: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 100
    is_required: bool = False
    is_final_sale: bool = False
    price_minor: int = 0
    earliest: str = ""
    latest: str = ""
    needed_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customization:
    """One answer with what has to be known of its field later. A yes is True, a no is no answer."""

    code: str
    name: str
    value: Value
    price_minor: int = 0
    is_final_sale: bool = False

    @property
    def text(self) -> str:
        """ "Engraving: Ada", or "Gift box"."""
        return text_of(self.name, self.value)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, in the order of the fields, and by code what is wrong."""

    customizations: tuple[Customization, ...] = ()
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def price_minor(self) -> int:
        """What they add to the price of a unit."""
        return sum(one.price_minor for one in self.customizations)

    @property
    def values(self) -> dict[str, Value]:
        """The answers by code, as they are kept."""
        return {one.code: one.value for one in self.customizations}


def answers(fields: Sequence[Field], given: Mapping[str, Any]) -> Answers:
    """What of `given` (by code; of people or programs) answers `fields`, and what is wrong with it."""
    found, problems = [], {}
    known = {one.code for one in fields}
    for one in fields:
        value, problem = _value(one, given.get(one.code))
        if problem:
            problems[one.code] = problem
        elif value:
            found.append(Customization(one.code, one.name, value, one.price_minor, one.is_final_sale))
    there = {one.code for one in found} | set(problems)
    for one in fields:
        if one.code not in there and not there.isdisjoint(one.needed_with):
            problems[one.code] = Problem.REQUIRED
    extra = [code for code, value in given.items() if code not in known and value not in ("", None)]
    problems |= dict.fromkeys(extra, Problem.UNKNOWN)
    return Answers(tuple(found), problems)


def _value(asked: Field, given: Any) -> tuple[Value, Problem | None]:
    value: Value
    value, problem = _yes(given) if asked.kind == BOOLEAN else _words(asked, given)
    if not value and not problem and asked.is_required:
        problem = Problem.REQUIRED
    return value, problem


def _yes(given: Any) -> tuple[bool, Problem | None]:
    word = str(given).strip().lower() if given is not None else ""
    return word in _YES, None if word in _YES | _NO else Problem.BAD_CHOICE


def _words(asked: Field, given: Any) -> tuple[str, Problem | None]:
    if given is None:
        return "", None
    if not isinstance(given, str):
        return "", Problem.BAD_CHOICE if asked.kind == CHOICE else Problem.BAD_CHARACTERS
    lines = unicodedata.normalize("NFC", given).strip()
    rows = lines.replace("\t", " ").splitlines() if asked.kind == LONG else [lines]
    if any(not _is_printable(sign) for row in rows for sign in row):
        return "", Problem.BAD_CHARACTERS
    text = _NO_LINES.sub("\n\n", "\n".join(" ".join(row.split()) for row in rows))
    if asked.kind == CHOICE:
        return text, Problem.BAD_CHOICE if text and text not in asked.choices else None
    if len(text) > asked.max_length:
        return text, Problem.TOO_LONG
    if asked.kind == EMAIL and text and not _EMAIL.fullmatch(text):
        return text, Problem.BAD_EMAIL
    return text, _day_problem(asked, text) if asked.kind == DATE and text else None


def _day_problem(asked: Field, text: str) -> Problem | None:
    try:
        is_day = bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        is_day = False
    if not is_day:
        return Problem.BAD_DATE
    if asked.earliest and text < asked.earliest:
        return Problem.TOO_EARLY
    return Problem.TOO_LATE if asked.latest and text > asked.latest else None


def _is_printable(sign: str) -> bool:
    return unicodedata.category(sign)[0] != "C" or sign in _JOINERS


def key(values: Mapping[str, Value]) -> str:
    """What tells lines of a variant with different answers apart: the same for the same answers; empty for none."""
    if not values:
        return ""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def line_key(variant_id: object, key: str) -> str:
    """The name of a line of this variant, with answers of this `key`, among all lines of a cart."""
    return f"{variant_id}:{key}" if key else str(variant_id)


def text_of(name: str, value: Value) -> str:
    """An answer in words."""
    return name if value is True else f"{name}: {value}"


def told(options: Mapping[str, Any], customizations: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """The options of a variant and the answers that were kept with it (`kept`), each in words."""
    return [*(str(one) for one in options.values()), *(text_of(one["name"], one["value"]) for one in customizations)]


def in_one(told: Iterable[str]) -> str:
    """What was told on one line: "Moss · Engraving: Ada"."""
    return " · ".join(" ".join(one.split()) for one in told)


def in_lines(told: Iterable[str]) -> str:
    """The same; but where a part of it has several lines, each part begins one: they stay as they were typed."""
    parts = list(told)
    return "\n".join(parts) if any("\n" in one for one in parts) else in_one(parts)


def kept(customizations: Iterable[Customization]) -> list[dict[str, Any]]:
    """Answers as an order remembers them."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "value": one.value,
            "price_minor": one.price_minor,
            "is_final_sale": one.is_final_sale,
        }
        for one in customizations
    ]
