"""What PostgreSQL is asked for a meaning, and how its rows are ordered.

Each term counts by how rare it is (idf) and by how well the title has it: r / (r + k), r being `ts_rank` over name,
brand and categories with their weights, so that a second mention adds little (as BM25 does). Words that stand in tags
or the description only count a little; the whole document is large and read only where the title does not tell. A row
with all terms counts in full, one with some by the root of their share. Then the category that the words name,
popularity, rating and newness weigh in. An article number comes before all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from catalog.search import rules
from catalog.search.intent import Wanted
from catalog.search.meaning import Form, Meaning, Term
from catalog.search.spelling import Use
from catalog.search.wording import Weights

SATURATION = 0.3  # k: the rank of a title at which a term has half of its weight
ELSEWHERE = 0.1  # what a word counts, per point of weight, where it is not in the title
WHOLE_CODE, PART_CODE = 100.0, 10.0  # of a score that is otherwise below about ten per term
_MOST_MIXES = 20
_IN_TITLE = "(title @@ to_tsquery('shop', %s))::int"
_ANYWHERE = "(title @@ to_tsquery('shop', %s) OR document @@ to_tsquery('shop', %s))::int"


@dataclass(frozen=True)
class Look:
    """What rows are asked for, as tsquery texts: `all_` has every term, `most` leaves one in three out."""

    terms: tuple[str, ...]
    idfs: tuple[float, ...]
    codes: tuple[str, ...]
    extra: str = ""  # phrases, and what must not be there

    def all_(self) -> str:
        return _and([*self.terms, self.extra])

    def most(self, least: int) -> str:
        """At least `least` of the terms."""
        some = " | ".join(f"({_and(mix)})" for mix in combinations(self.terms, least))
        return _and([f"({some})", self.extra])


def look(meaning: Meaning, known: Use) -> Look:
    """A meaning as PostgreSQL is asked it."""
    return Look(
        terms=tuple(tsquery(term) for term in meaning.terms),
        idfs=tuple(idf(term, known) for term in meaning.terms),
        codes=meaning.codes,
        extra=_and([*(_phrase(form) for form in meaning.phrases), *(f"!{_phrase(form)}" for form in meaning.without)]),
    )


def leasts(terms: int) -> list[int]:
    """How many of so many terms a row must have: first all; then, if that is little, two of three; then any."""
    most = max(1, terms - max(1, terms // 3))
    return list(dict.fromkeys([terms, *([most] if math.comb(terms, most) <= _MOST_MIXES else []), 1])) if terms else [0]


def tsquery(term: Term) -> str:
    """A term for `to_tsquery`. Words hold letters and digits only, so quoting cannot be escaped from."""
    forms = [_and([f"'{word}'" for word in form]) for form in term.forms]
    if term.is_prefix:
        *before, last = term.words
        forms.append(_and([*(f"'{word}'" for word in before), f"'{last}':*"]))
    return "(" + " | ".join(f"({form})" if "&" in form else form for form in forms) + ")"


def _phrase(form: Form) -> str:
    """The words one after the other; in descriptions those that are left out there leave a gap."""
    strict = " <-> ".join(f"'{word}'" for word in form)
    kept = [(place, word) for place, word in enumerate(form) if word not in rules.STOP]
    if not 0 < len(kept) < len(form):
        return f"({strict})"
    (before, loose), *others = [(place, f"'{word}'") for place, word in kept]
    for place, word in others:
        loose, before = f"{loose} <{place - before}> {word}", place
    return f"(({strict}) | ({loose}))"


def _and(parts: Sequence[str]) -> str:
    return " & ".join(part for part in parts if part)


def idf(term: Term, known: Use) -> float:
    """How much a term says: the natural logarithm of the share of listings that have it."""
    return math.log(1 + (known.total + 1) / (known.of(term) + 1))


@dataclass(frozen=True)
class Part:
    """One reason for a row's score, as SQL with its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Score:
    """Why a row stands where it does: (`least` + sum of `terms`) × `share` × `category` × `general` + `code`."""

    terms: tuple[Part, ...]
    share: Part
    category: Part
    general: Part
    code: Part
    least: float = 0.0

    def total(self) -> Part:
        words = " + ".join([str(self.least), *(part.sql for part in self.terms)]) if self.terms else "1"
        factors = (self.share, self.category, self.general)
        sql = " * ".join([f"({words})", *(f"({part.sql})" for part in factors)])
        params = [value for part in (*self.terms, *factors, self.code) for value in part.params]
        return Part(f"{sql} + {self.code.sql}", tuple(params))


def score(look: Look, wanted: Sequence[Wanted], weights: Weights, *, is_all: bool, is_many: bool = False) -> Score:
    """SQL of a row's score. `is_all`: every row has every term. `is_many`: too many to read more than titles."""
    share = Part("1")
    if not is_all and len(look.terms) > 1:
        has = _has(look.terms, is_many=is_many)
        hits, texts = " + ".join(part.sql for part in has), tuple(text for part in has for text in part.params)
        share = Part(f"sqrt(GREATEST({hits}, 1)::float8 / {len(look.terms)})", texts)  # one it has somewhere
    category = Part("1")
    if wanted:
        cases = " ".join("WHEN category_path LIKE %s THEN %s::float8" for _ in wanted)
        values = [value for one in wanted for value in (f"{one.path}%", one.share)]
        category = Part(f"1 + %s * CASE {cases} ELSE 0 END", (weights.category, *values))
    general = Part(
        "1 + %s * ln(1 + popularity) + %s * (CASE WHEN rating_count > 0 THEN rating_average::float8 - 3 ELSE 0 END) "
        "+ %s * COALESCE(exp(-date_part('epoch', statement_timestamp() - released_at) / 31536000 / 2), 0)",
        (weights.popularity, weights.rating, weights.freshness),
    )
    code = Part("0")
    if look.codes:
        whole, some = (f"WHEN codes && %s::varchar[] THEN {bonus}" for bonus in (WHOLE_CODE, PART_CODE))
        code = Part(f"CASE {whole} {some} ELSE 0 END", (list(look.codes[:1]), list(look.codes[1:])))
    is_sure = is_all and not look.codes
    has = [Part("1") for _ in look.terms] if is_sure else _has(look.terms, is_many=is_many)
    # Whose title has none of the terms has one somewhere else: as if it were the commonest, in the description.
    least = ELSEWHERE * weights.description * min(look.idfs, default=0.0) if is_many and not is_sure else 0.0
    return Score(_terms(look, weights, has), share, category, general, code, least)


def _has(terms: Sequence[str], *, is_many: bool) -> list[Part]:
    """Whether a row has each of the terms, as 0 or 1."""
    return [Part(_IN_TITLE, (text,)) if is_many else Part(_ANYWHERE, (text, text)) for text in terms]


def _terms(look: Look, weights: Weights, has: Sequence[Part]) -> tuple[Part, ...]:
    """What each term adds to the score, given whether a row has it."""
    ranks = f"{{0, 0.2, {min(1.0, weights.brand / (weights.name or 1)):.3f}, 1}}"
    for_text = ELSEWHERE * weights.description
    for_tags = ELSEWHERE * max(0.0, weights.tags - weights.description)
    parts = []
    for text, weight, anywhere in zip(look.terms, look.idfs, has, strict=True):
        size = text.count("'") // 2
        sql = (
            f"%s * (%s * {anywhere.sql} + %s * {_IN_TITLE} "
            f"+ 1 - {SATURATION} / ({size} * ts_rank('{ranks}', title, to_tsquery('shop', %s)) + {SATURATION}))"
        )
        parts.append(Part(sql, (weight, for_text, *anywhere.params, for_tags, text, text)))
    return tuple(parts)
