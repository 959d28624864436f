"""What a shopper's words mean, the same for every engine: terms and their other forms, phrases, what is left out. Pure.

Text is typed as people type: "quoted phrases" must be there word for word, -words must not; all else is words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.search import rules

Form = tuple[str, ...]  # words that must all be there
LookedFor = tuple[str, bool]  # a word, and whether it is only the beginning of one

MAX_FORMS = 8
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))  # as keyboards of phones write them
_PHRASE = re.compile(r'(?<!\S)(-?)"([^"]*)"(?!\S)')
_WITHOUT = re.compile(r"(?<!\S)-(?=[^\W_])(\S+)")


@dataclass(frozen=True)
class Term:
    """One thing asked for: any of its forms will do, the first is what was typed. A prefix counts for the first.

    A measure is looked for as one word however it is spelt ('17"' and "17 inches" as 17inch), and `typed` keeps how.
    """

    forms: tuple[Form, ...]
    is_prefix: bool = False
    typed: Form = ()

    @property
    def words(self) -> Form:
        return self.typed or self.forms[0]


@dataclass(frozen=True)
class Meaning:
    """A text as engines look for it. `codes` are the model numbers that it may be, compact."""

    terms: tuple[Term, ...] = ()
    phrases: tuple[Form, ...] = ()
    without: tuple[Form, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.phrases or self.without)

    @property
    def words(self) -> tuple[str, ...]:
        """All that was typed and is looked for."""
        return tuple(word for term in self.terms for word in term.words)

    @property
    def looked_for(self) -> tuple[LookedFor, ...]:
        """Every word that may stand for something typed."""
        words = {word: False for term in self.terms for form in term.forms for word in form}
        words |= {word: False for phrase in self.phrases for word in phrase}
        words |= {term.words[-1]: True for term in self.terms if term.is_prefix}
        return tuple(words.items())


@dataclass(frozen=True)
class Words:
    """What the merchant says of words: groups of `synonyms` (each form a tuple of words), and `stop` words."""

    groups: tuple[tuple[Form, ...], ...] = ()
    stop: frozenset[str] = frozenset()
    used: tuple[tuple[str, int], ...] = ()  # words of synonyms, and how many listings have what they stand for

    def by_form(self) -> dict[Form, tuple[Form, ...]]:
        """The other forms of each form, by its singular."""
        found: dict[Form, list[Form]] = {}
        for group in self.groups:
            for form in group:
                others = found.setdefault(tuple(map(rules.singular, form)), [])
                others += [other for other in group if other != form and other not in others]
        return {key: tuple(others) for key, others in found.items()}


def understand(text: str, words: Words, synonyms: Mapping[Form, tuple[Form, ...]]) -> Meaning:
    """The meaning of what was typed. `synonyms` is `words.by_form()`, made once."""
    phrases: list[Form] = []
    without: list[Form] = []

    def take(found: re.Match[str]) -> str:
        form = tuple(rules.words(found[2]))
        if form:
            (without if found[1] else phrases).append(form)
        return " "

    def leave_out(found: re.Match[str]) -> str:
        form = tuple(rules.words(found[1]))
        if form:
            without.append(form)
        return " "

    rest = _WITHOUT.sub(leave_out, _PHRASE.sub(take, text.translate(_QUOTES)))
    typed = _pieces(rest)[: rules.MAX_WORDS]
    kept = [piece for piece in typed if not (len(piece.forms) == 1 and piece.forms[0][0] in words.stop)]
    pieces = kept if kept or phrases else typed
    terms = _terms(pieces, synonyms)
    return Meaning(
        terms=terms,
        phrases=tuple(phrases[: rules.MAX_WORDS]),
        without=tuple(without[: rules.MAX_WORDS]),
        codes=_codes(rest, terms),
    )


@dataclass(frozen=True)
class Piece:
    """One word, or what is written as one."""

    forms: tuple[Form, ...]
    typed: Form = ()  # of a measure

    @property
    def words(self) -> Form:
        return self.typed or self.forms[0]

    @property
    def plain(self) -> str:
        """What may be a part of a model number; nothing else is that short."""
        return " " * 9 if self.typed or len(self.forms) > 1 else self.forms[0][0]


def _pieces(text: str) -> list[Piece]:
    """Words in turn; a measure, and what hyphens or apostrophes join, as one piece that has its other form as well."""
    folded = rules.spoken(text)
    pieces: list[Piece] = []
    end = 0
    joined = [*rules.measured(folded), *rules.compounds(folded), *rules.elided(folded)]
    for found in sorted(joined, key=lambda one: one.start()):
        if found.start() >= end:
            pieces += [Piece(((word,),)) for word in rules.words(folded[end : found.start()])]
            pieces.append(_piece(found))
            end = found.end()
    return pieces + [Piece(((word,),)) for word in rules.words(folded[end:])]


def _piece(found: re.Match[str]) -> Piece:
    typed = tuple(rules.words(found[0]))
    if found.re.groups:
        measure = rules.measure(found)
        if measure.endswith("pack"):  # others write "pack of 10"
            return Piece((typed, (measure,)))
        if found[0] == measure and measure[-2].isdigit():  # "5g" may be a part of a model number
            return Piece((typed,))
        return Piece(((measure,),), tuple(found[0].split()))
    if "'" in found[0]:
        return Piece((typed, tuple(rules.words(found[0].replace("'", " ")))))
    joined = "".join(typed)
    return Piece((typed, (joined,)) if len(joined) <= rules.MAX_WORD else (typed,))


def _terms(pieces: Sequence[Piece], synonyms: Mapping[Form, tuple[Form, ...]]) -> tuple[Term, ...]:
    terms: list[Term] = []
    start = 0
    while start < len(pieces):
        stop, forms = _longest(pieces, start, synonyms)
        typed = pieces[start].typed if stop - start == 1 else ()
        terms.append(Term(tuple(dict.fromkeys(forms))[:MAX_FORMS], typed=typed))
        start = stop
    return tuple(terms)


def _longest(
    pieces: Sequence[Piece], start: int, synonyms: Mapping[Form, tuple[Form, ...]]
) -> tuple[int, Iterable[Form]]:
    """The most words from `start` on that mean one thing: a synonym's form, or a model number in parts."""
    for stop in range(min(len(pieces), start + 4), start, -1):
        words = tuple(word for piece in pieces[start:stop] for word in piece.words)
        others = synonyms.get(tuple(map(rules.singular, words)))
        if others:
            typed = tuple(word for piece in pieces[start:stop] for word in piece.forms[0])
            return stop, [typed, _singular(typed), *_joined(typed), *others]
    plain = [piece.plain for piece in pieces]
    stop = rules.model_run(plain, start)
    if stop - start == 1 or _is_measure_and_word(plain[start:stop]):
        return start + 1, [*pieces[start].forms, _singular(pieces[start].forms[0])]
    typed = tuple(plain[start:stop])
    return stop, [typed, *_joined(typed)]


def _singular(form: Form) -> Form:
    return tuple(rules.IRREGULAR.get(word, word) for word in form)


def _is_measure_and_word(run: Sequence[str]) -> bool:
    """Whether it is no model number but a measure with a word beside it: "hose 3m"."""
    return any(len(word) > rules.SHORT and word.isalpha() for word in run) and any(map(rules.measures, run))


def _joined(typed: Form) -> list[Form]:
    """Ways to join neighbours to a model number: all of them, all but the first few, all but the last few."""
    size = len(typed)
    spans = [(0, size), *((start, size) for start in range(1, size - 1)), *((0, end) for end in range(size - 1, 1, -1))]
    forms = []
    for start, end in spans if size > 1 else []:
        joined = "".join(typed[start:end])
        if rules.is_model(joined) and len(joined) <= rules.MAX_WORD:
            forms.append((*typed[:start], joined, *typed[end:]))
    return forms


def _codes(text: str, terms: Iterable[Term]) -> tuple[str, ...]:
    """What may be an article number, compact: the whole text, a word or a form of one, with a digit, four or longer."""
    candidates = [rules.compact(text), *(rules.compact(word) for word in text.split())]
    candidates += ["".join(form) for term in terms for form in term.forms]
    found = [code for code in dict.fromkeys(candidates) if 4 <= len(code) <= 120 and any(map(str.isdigit, code))]
    return tuple(found[: rules.MAX_WORDS])


def with_forms(meaning: Meaning, more: Mapping[str, str]) -> Meaning:
    """The same, with another spelling of single words beside the one typed."""
    terms = []
    for term in meaning.terms:
        other = more.get(term.words[0]) if len(term.words) == 1 else None
        terms.append(replace(term, forms=(*term.forms, (other,))) if other else term)
    return replace(meaning, terms=tuple(terms))


def with_loose_measures(meaning: Meaning, is_known: Callable[[str], bool]) -> Meaning:
    """The same, measures that nobody knows also as their number and their unit, wherever these stand."""

    def loosened(term: Term) -> Term:
        if not term.typed or is_known(term.forms[0][0]):
            return term
        return replace(term, forms=(*term.forms, rules.apart(term.forms[0][0])))

    return replace(meaning, terms=tuple(map(loosened, meaning.terms)))


def pairs(meaning: Meaning) -> tuple[str, ...]:
    """The words that neighbours make together, as far as both are plain words."""
    return tuple(joined for joined in map(_pair, meaning.terms, meaning.terms[1:]) if joined)


def with_pairs(meaning: Meaning, is_known: Callable[[str], bool]) -> Meaning:
    """The same, neighbours that make a known word together as one term that means it as well: "note book"."""
    terms: list[Term] = []
    left = list(meaning.terms)
    while left:
        term = left.pop(0)
        joined = _pair(term, left[0]) if left else ""
        if joined and is_known(joined):
            mixes = tuple((*one, *other) for other in left.pop(0).forms for one in term.forms)
            term = Term((*mixes[: MAX_FORMS - 1], (joined,)))
        terms.append(term)
    return replace(meaning, terms=tuple(terms))


def _pair(one: Term, other: Term) -> str:
    """What was typed of both as one word; empty if they are no plain words."""
    words = (*one.words, *other.words)
    joined = "".join(words)
    return joined if len(words) == 2 and joined.isalpha() and len(joined) <= rules.MAX_WORD else ""


def open_ended(meaning: Meaning, is_known: Callable[[str], bool]) -> Meaning:
    """The same, with the last word as a beginning if nobody knows it: it may not be typed to its end."""
    *before, last = meaning.terms
    if last.typed or is_known(last.words[-1]) or len(last.words[-1]) < 2:
        return meaning
    return replace(meaning, terms=(*before, replace(last, is_prefix=True)))
