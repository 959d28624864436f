"""What a query means, by what the merchant says of words and by the words that the catalogue has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from catalog.search import curations, rules, spelling
from catalog.search.curations import Curated
from catalog.search.meaning import (
    Form,
    Meaning,
    Term,
    Words,
    open_ended,
    pairs,
    understand,
    with_forms,
    with_loose_measures,
    with_pairs,
)  # fmt: skip
from catalog.search.models import WEIGHTS, Listing, Ranking, StopWord, Synonym
from catalog.search.query import Query
from catalog.search.spelling import Use
from shop.core import cache, db

MOST_NAMED = 24  # products with the same name
_QUOTES = ' "“”„«»'


@dataclass(frozen=True)
class Weights:
    """How much each thing counts; see `models.Ranking`."""

    name: float = 3.0
    brand: float = 2.0
    tags: float = 2.0
    description: float = 1.0
    category: float = 1.0
    popularity: float = 0.1
    rating: float = 0.05
    freshness: float = 0.05


@dataclass(frozen=True)
class Asked:
    """What is looked for in the end, and what to say of the spelling."""

    meaning: Meaning
    known: Use
    suggestion: str | None = None
    corrected_to: str | None = None
    curated: Curated = field(default_factory=Curated)
    named: tuple[UUID, ...] = ()  # products whose whole name was typed: they come first, even when they are sold out

    @property
    def also(self) -> tuple[UUID, ...]:
        """Products that are found whatever their words are."""
        return tuple(dict.fromkeys([*self.curated.pinned, *self.named]))

    def told(self) -> dict[str, Any]:
        """What results say of it."""
        looked_for = self.meaning.looked_for
        return {"suggestion": self.suggestion, "corrected_to": self.corrected_to, "looked_for": looked_for}


def understood(query: Query) -> Asked:
    """The meaning of the query's words, misspelt ones corrected unless they are to be taken as typed. The last word is
    taken as the beginning of one if nobody knows it. What the merchant says of the corrected words holds where nothing
    is said of those typed. At most seven queries.
    """
    asked = _understood(query)
    curated = curations.curated(query.text)
    if asked.corrected_to and curated == Curated():
        curated = curations.curated(asked.corrected_to)
    return replace(asked, curated=curated, named=_named(query.text))


def _named(text: str) -> tuple[UUID, ...]:
    """The products that are called just so. One word is a kind of thing rather than a name ("lamp"), and decides
    nothing. One query, along an index.
    """
    name = " ".join(text.replace("\x00", " ").strip(_QUOTES).split())
    if len(rules.words(name)) < 2:
        return ()
    rows = Listing.objects.filter(price_list="default", name__iexact=name).order_by("product_id")
    return tuple(rows.values_list("product_id", flat=True).distinct()[:MOST_NAMED])


def _understood(query: Query) -> Asked:
    said, synonyms = words()
    meaning = understand(query.text, said, synonyms)
    known = _use(meaning)
    meaning = with_loose_measures(with_pairs(meaning, known.has), known.has)
    plain = [term for term in meaning.terms if not term.typed]
    unsure = [word for term in plain if known.of(term) < _enough(term) for word in term.words]
    apart = _beside_letters([word for term in plain for word in term.words], known)
    unsure = [word for word in unsure if word not in apart]
    better = {} if query.is_exact else spelling.corrections(unsure, known, said.used)
    last = meaning.words[-1] if meaning.words else ""
    if last in better and better[last].is_beginning:  # not typed to its end, rather than mistyped
        del better[last]
    if not better:
        is_open = bool(meaning.terms) and not query.is_exact and not known.of(meaning.terms[-1])
        return Asked(open_ended(meaning, known.has) if is_open else meaning, known)
    text = " ".join(better[word].word if word in better else word for word in meaning.words)
    if not any(one.is_sure for one in better.values()):
        more = with_forms(meaning, {word: one.word for word, one in better.items() if one.is_beside})
        return Asked(more, known, suggestion=text)
    corrected = replace(
        understand(text, said, synonyms), phrases=meaning.phrases, without=meaning.without, codes=meaning.codes
    )
    known = _use(corrected)
    return Asked(with_loose_measures(corrected, known.has), known, corrected_to=text)


def _beside_letters(typed: Sequence[str], known: Use) -> set[str]:
    """Words beside a letter that the catalogue does not know as one: parts of a name ("o reilly") are no mistakes."""
    letters = {word for word in typed if len(word) == 1 and word.isalpha() and known.listings(word) < spelling.FEW}
    return {word for pair in pairwise(typed) if letters.intersection(pair) for word in pair}


def _enough(term: Term) -> int:
    """Of how many titles a term must be for none to ask whether another was meant: of one, if it has other forms."""
    return 1 if len(term.forms) > 1 else spelling.FEW


def _use(meaning: Meaning) -> Use:
    return spelling.use([*(word for term in meaning.terms for form in term.forms for word in form), *pairs(meaning)])


def words() -> tuple[Words, Mapping[Form, tuple[Form, ...]]]:
    """Synonyms and stop words, and the synonyms by form. From the cache, or by two queries."""
    known = cache.SEARCH_WORDS.get_or(_words)
    return known, _by_form(known)


def weights() -> Weights:
    """From the cache, or by one query."""
    return cache.SEARCH_WEIGHTS.get_or(_weights)


def forget() -> None:
    """Read both anew from now on."""
    cache.SEARCH_WORDS.delete()
    cache.SEARCH_WEIGHTS.delete()
    cache.LISTINGS.set(str(db.uuid7()))  # what was found before is not shown any more


def _words() -> Words:
    groups = []
    for text in Synonym.objects.filter(is_active=True).values_list("words", flat=True):
        forms = [tuple(rules.words(part)) for part in text.split(",")]
        group = tuple(form for form in dict.fromkeys(forms) if form)
        if len(group) > 1:
            groups.append(group)
    stop = frozenset(rules.fold(word) for word in StopWord.objects.values_list("word", flat=True))
    return Words(tuple(groups), stop, _used(groups))


def _used(groups: Sequence[tuple[Form, ...]]) -> tuple[tuple[str, int], ...]:
    """The words of synonyms as spellings that may be meant, with how many listings the commonest of a group has."""
    known = spelling.use(word for group in groups for form in group for word in form)
    used: dict[str, int] = {}
    for group in groups:
        most = max(min(known.listings(word) for word in form) for form in group)
        for word in {word for form in group for word in form if word.isalpha() and len(word) > rules.SHORT}:
            used[word] = max(most, used.get(word, 0))
    return tuple((word, count) for word, count in sorted(used.items()) if count)


def _weights() -> Weights:
    row = Ranking.objects.filter(pk=1).values(*WEIGHTS).first()
    return Weights(**row) if row else Weights()


@lru_cache(maxsize=8)
def _by_form(known: Words) -> Mapping[Form, tuple[Form, ...]]:
    return known.by_form()
