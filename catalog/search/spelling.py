"""How the catalogue uses the words of a query, and better spellings of those it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connections

from catalog.search import rules
from catalog.search.meaning import Term
from shop.core import db

FEW = 10  # listings: of a word that fewer have it may be asked whether another was meant
MUCH = 20  # times as often a word must be used than a rare one that is near it
_LONGEST = 40
_ENGLISH = frozenset(rules.IRREGULAR.values()) | rules.STOP  # no mistakes, though no product has them

# A stem of three letters or fewer says nothing of a word that no title has ("gmaing" and GMA), unless in the plural.
_KNOWN = """
    SELECT asked.word, COALESCE(used.count, 0), CASE
        WHEN used.count > 0 OR length(stem.lexeme) > 3 OR asked.word IN (stem.lexeme, stem.lexeme || 's')
        THEN COALESCE(stem.listings, 0) ELSE 0 END
    FROM unnest(%s::text[]) AS asked(word)
    LEFT JOIN catalog_word used ON used.word = asked.word
    LEFT JOIN catalog_lexeme stem ON stem.lexeme = COALESCE((ts_lexize('shop_stem', asked.word))[1], asked.word)
    UNION ALL SELECT '', 0, listings FROM catalog_lexeme WHERE lexeme = ''
"""
# Where titles do not have a word, tags and descriptions may; of a short stem the word itself must be there, among the
# first hundreds that have the stem. Near words are alike in their trigrams, or begin alike and
# are about as long: two letters swapped leave few trigrams.
_NEAR = """
    SELECT asked.word, elsewhere.number, begun.often, near.word, GREATEST(near.count, used.listings)
    FROM unnest(%s::text[]) AS asked(word)
    CROSS JOIN LATERAL (SELECT (ts_lexize('shop_stem', asked.word))[1] AS lexeme) AS stem
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM (
            SELECT FROM (
                SELECT texts FROM catalog_listing WHERE document @@ plainto_tsquery('shop', asked.word) LIMIT 300
            ) AS stemmed
            WHERE length(stem.lexeme) > 3 OR asked.word IN (stem.lexeme, stem.lexeme || 's')
                OR texts::text ~ ('\\m' || asked.word || '\\M')
            LIMIT 20
        ) AS those
    ) AS elsewhere
    CROSS JOIN LATERAL (
        SELECT COALESCE(max(count), 0) AS often FROM catalog_word WHERE word LIKE asked.word || '_%%'
    ) AS begun
    LEFT JOIN LATERAL (
        (SELECT word, count FROM catalog_word WHERE word %% asked.word
         ORDER BY similarity(word, asked.word) DESC, count DESC LIMIT 15)
        UNION
        (SELECT word, count FROM catalog_word
         WHERE word LIKE left(asked.word, 1) || '%%'
           AND length(word) BETWEEN length(asked.word) - 2 AND length(asked.word) + 2
           AND levenshtein_less_equal(word, asked.word, 2) <= 2
         ORDER BY levenshtein_less_equal(word, asked.word, 2), count DESC LIMIT 15)
    ) AS near ON true
    LEFT JOIN catalog_lexeme used ON used.lexeme = COALESCE((ts_lexize('shop_stem', near.word))[1], near.word)
"""


@dataclass(frozen=True)
class Correction:
    """A better spelling of a word that so many listings `have` as it was typed: to take instead of it if none has it,
    to look for beside it if it is rare, else only to be offered.
    """

    word: str
    have: int
    is_beginning: bool = False  # what was typed may not be typed to its end: words begin so that are not much rarer

    @property
    def is_sure(self) -> bool:
        return not self.have

    @property
    def is_beside(self) -> bool:
        return 0 < self.have < rules.RARE


@dataclass(frozen=True)
class Use:
    """How often titles use each word: as it is, and its stem; `total` listings there are."""

    words: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def listings(self, word: str) -> int:
        """Of how many titles the word is, as far as that is known."""
        return max(self.words.get(word, 0), self.stems.get(word, 0))

    def has(self, word: str) -> bool:
        """Whether any title has it, as far as that is known."""
        return self.listings(word) > 0

    def of(self, term: Term) -> int:
        """Of how many titles a term is, by the commonest of its forms: no form is a mistake beside a synonym."""
        return max((min(self.listings(word) for word in form) for form in term.forms), default=0)


def use(words: Iterable[str]) -> Use:
    """How the catalogue uses these words. One query."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_KNOWN, [list(dict.fromkeys(words))])
        rows = cursor.fetchall()
    total = next((stems for word, _used, stems in rows if not word), 0)
    return Use({word: used for word, used, _ in rows}, {word: stems for word, _, stems in rows}, total)


def corrections(words: Sequence[str], known: Use, also: Iterable[tuple[str, int]] = ()) -> dict[str, Correction]:
    """Better spellings of those words that the catalogue hardly uses, at most one each. `also`: what else may be meant
    than the words of the catalogue, and in how many listings that is. Two queries at most.
    """
    unsure = [word for word in dict.fromkeys(words) if _is_unsure(word, known)]
    if not unsure:
        return {}
    near: dict[str, dict[str, int]] = {word: dict(also) for word in unsure}
    have: dict[str, int] = {word: known.listings(word) for word in unsure}
    begun: dict[str, int] = {}
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_NEAR, [unsure])
        for asked, elsewhere, often, word, count in cursor.fetchall():
            have[asked] = max(have[asked], elsewhere)
            begun[asked] = often
            if word is not None and word not in rules.STOP:
                near[asked][word] = max(count, near[asked].get(word, 0))
    found = {word: _best(word, near[word], have[word]) for word in unsure}
    found |= _apart([word for word in unsure if not (have[word] or _is_near(word, found[word]))])

    def is_beginning(word: str, better: str) -> bool:
        return begun[word] > 0 and near[word].get(better, 0) < MUCH * begun[word]

    return {
        word: Correction(better, have[word], is_beginning(word, better)) for word, better in found.items() if better
    }


def _best(word: str, near: Mapping[str, int], have: int) -> str | None:
    candidates = [(other, count) for other, count in near.items() if count >= MUCH * have]
    best = rules.best_correction(word, candidates)
    if best is None and not have and len(word) > rules.SHORT:  # better a guess than nothing at all
        best = rules.best_correction(word, candidates, edits=2)
    return best


def _is_near(word: str, better: str | None) -> bool:
    return better is not None and rules.distance(word, better) == 1


def _apart(words: Sequence[str]) -> dict[str, str]:
    """Those that are two words of the catalogue typed as one, with a space between them. One query, or none."""
    cuts = {
        word: [(word[:place], word[place:]) for place in range(rules.SHORT, len(word) - rules.SHORT + 1)]
        for word in words
    }
    parts = [part for halves in cuts.values() for half in halves for part in half]
    if not parts:
        return {}
    known = use(parts)
    found = {}
    for word, halves in cuts.items():
        often, half = max(((min(map(known.listings, half)), half) for half in halves), default=(0, ("", "")))
        if often >= rules.RARE:
            found[word] = " ".join(half)
    return found


def _is_unsure(word: str, known: Use) -> bool:
    if word in rules.IRREGULAR or word in _ENGLISH:
        return False
    return word.isalpha() and rules.SHORT <= len(word) <= _LONGEST and known.listings(word) < FEW
