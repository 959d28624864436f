"""What Elasticsearch is asked for a meaning, and how it orders what it finds: the same as `relevance` has it for
PostgreSQL, in its own language.

Scores are constants by where a word stands, not BM25: how rare words are comes from the catalogue (as for PostgreSQL),
and so the order is the same on every replica and whatever was deleted.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from catalog.search import relevance
from catalog.search.intent import Wanted
from catalog.search.meaning import Form, Meaning, Term
from catalog.search.spelling import Use
from catalog.search.wording import Asked, Weights

Clause = dict[str, Any]

_ANY: Clause = {"match_all": {}}
_ONCE = 0.608  # what PostgreSQL's ts_rank gives a word that stands once where words weigh most
_CATEGORY = 0.2  # of that, for a word of the categories
_TIE = 0.1  # how much the other places of a word count beside the best one
_FIRST = 1000.0  # of a score that is below about ten per term: what is so comes before what is not
_YEARS = 2 * 365 * 24 * 3600 * 1_000_000.0  # microseconds in which newness fades to a third

_LIKED = """
    double liked = 1 + params.popularity * Math.log(1 + doc['popularity'].value);
    if (doc['rating_count'].value > 0) { liked += params.rating * (doc['rating_average'].value - 3) }
    if (doc['released_at'].size() > 0) {
        liked += params.freshness * Math.exp((doc['released_at'].value - params.now) / params.fades)
    }
    return _score * Math.max(0, liked);
"""
# What the merchant wants first and can be bought, in turn; then what is called as was typed, then the rest, then what
# is wanted last. Of each what can be bought, or has the article number that was typed, comes first.
_PLACE = """
    boolean is_buyable = doc['is_buyable'].value;
    def place = params.pinned[doc['product_id'].value];
    if (place != null && is_buyable) { return place }
    boolean is_last = params.buried.contains(doc['product_id'].value);
    if (!is_last && params.named.contains(doc['product_id'].value)) {
        return params.pinned.size() - (is_buyable ? 0.75 : 0.5)
    }
    boolean is_first = is_buyable || (params.code != '' && doc['codes'].contains(params.code));
    return params.pinned.size() + (is_last ? 2 : 0) + (is_first ? 0 : 1);
"""


def found(asked: Asked, least: int) -> Clause:
    """What has at least so many of the terms, all phrases and none of what is left out, or one of the codes; and what
    is pinned.
    """
    meaning = asked.meaning
    words: Clause = {
        "bool": {
            "should": [_anywhere(term) for term in meaning.terms],
            "minimum_should_match": least,
            **_extra(meaning),
        }
    }
    more: list[Clause] = [{"terms": {"codes": meaning.codes}}] if meaning.codes else []
    more += [_products(asked.also)] if asked.also else []
    return _either([words, *more])


def scored(asked: Asked, least: int, wanted: Sequence[Wanted], weights: Weights, *, is_many: bool = False) -> Clause:
    """The same, with the score of each. `is_many`: what only mentions the words comes last."""
    words = _words_scored(asked.meaning, least, asked.known, wanted, weights)
    clauses = [words, _constant(_products(asked.also), 0)] if asked.also else [words]
    if is_many:
        clauses += [_constant(clause, _FIRST) for clause in first_ones(asked, least)]
    return _either(clauses)


def first_ones(asked: Asked, least: int) -> list[Clause]:
    """What comes before all that only mentions the words: what has `least` of them in name, brand, categories or tags,
    or one of the codes; and before that what has all of them anywhere.
    """
    meaning = asked.meaning
    terms = [_either(_in_words(term)) for term in meaning.terms]
    named: list[Clause] = [{"bool": {"should": terms, "minimum_should_match": least}}]
    named += [{"terms": {"codes": meaning.codes}}] if meaning.codes else []
    return [_either(named), *([found(asked, len(terms))] if least < len(terms) else [])]


def _words_scored(meaning: Meaning, least: int, known: Use, wanted: Sequence[Wanted], weights: Weights) -> Clause:
    terms = len(meaning.terms)
    asked: Clause = {
        "bool": {
            "should": [_scored(term, relevance.idf(term, known), weights) for term in meaning.terms] or [_ANY],
            "minimum_should_match": least or 1,
            **_extra(meaning),
        }
    }
    if 1 < terms != least:
        lost = (1 - 1 / terms) ** 0.5
        missing = [{"filter": {"bool": {"must_not": [_anywhere(term)]}}, "weight": lost} for term in meaning.terms]
        asked = {"function_score": {"query": asked, "functions": missing, "score_mode": "multiply"}}
    if wanted and weights.category:
        named = [
            {"filter": {"term": {"category_paths": one.path}}, "weight": 1 + weights.category * one.share}
            for one in wanted
        ]
        asked = {"function_score": {"query": asked, "functions": named, "score_mode": "first"}}
    asked = {"script_score": {"query": asked, "script": _liked(weights)}}
    if not meaning.codes:
        return asked
    bonuses = ((meaning.codes[:1], relevance.WHOLE_CODE), (meaning.codes[1:], relevance.PART_CODE))
    codes = [_constant({"terms": {"codes": values}}, bonus) for values, bonus in bonuses if values]
    return _either([asked, {"dis_max": {"queries": codes}}])


def among_first(asked: Asked, least: int) -> Clause:
    """Of these, what can be bought or has the article number that was typed."""
    first: Clause = {"bool": {"filter": [_either(first_ones(asked, least)), {"term": {"is_buyable": True}}]}}
    codes = asked.meaning.codes[:1]
    more = [{"terms": {"codes": codes}}] if codes else []
    more += [_products(asked.named)] if asked.named else []
    return _either([first, *more])


def place(asked: Asked) -> Clause:
    """The first sort: what the merchant put first or last, what is called as was typed, what can be bought, and what
    has the article number that was typed.
    """
    meaning, curated = asked.meaning, asked.curated
    if not (meaning.codes or curated.pinned or curated.buried or asked.named):
        return {"is_buyable": "desc"}
    params = {
        "pinned": {str(product): number for number, product in enumerate(curated.pinned)},
        "buried": [str(product) for product in curated.buried],
        "named": [str(product) for product in asked.named],
        "code": meaning.codes[0] if meaning.codes else "",
    }
    return {"_script": {"type": "number", "script": {"source": _PLACE, "params": params}, "order": "asc"}}


def _products(ids: Sequence[UUID]) -> Clause:
    return {"terms": {"product_id": [str(product) for product in ids]}}


def _liked(weights: Weights) -> Clause:
    params = {
        "popularity": weights.popularity,
        "rating": weights.rating,
        "freshness": weights.freshness,
        "now": int(time.time()) // 3600 * 3600 * 1_000_000,
        "fades": _YEARS,
    }
    return {"source": _LIKED, "params": params}


# --- Terms


def _scored(term: Term, idf: float, weights: Weights) -> Clause:
    """A term wherever it stands, more the better the place."""
    places = [
        ("name_words", 1.0),
        ("brand_words", min(1.0, weights.brand / (weights.name or 1))),
        ("category_words", _CATEGORY),
    ]
    title = [
        _constant(_in(form, field, is_prefix=is_prefix), idf * _saturated(weight))
        for field, weight in places
        for form, is_prefix in _forms(term)
    ]
    tags = max(0.0, weights.tags - weights.description)
    return {
        "bool": {
            "must": [_constant(_anywhere(term), idf * relevance.ELSEWHERE * weights.description)],
            "should": [
                _constant(_either(_in_words(term)), idf * relevance.ELSEWHERE * tags),
                {"dis_max": {"queries": title, "tie_breaker": _TIE}},
            ],
        }
    }


def _saturated(weight: float) -> float:
    rank = weight * _ONCE
    return rank / (rank + relevance.SATURATION)


def _forms(term: Term) -> list[tuple[Form, bool]]:
    """Each form, and whether its last word is the beginning of one."""
    return [*((form, False) for form in term.forms), *([(term.words, True)] if term.is_prefix else [])]


def _anywhere(term: Term) -> Clause:
    """All words of one of the forms, each in the title, the tags or the description."""
    clauses = []
    for form, is_prefix in _forms(term):
        *before, last = form
        every = [_either([_in((word,), "words"), _in((word,), "prose")]) for word in before]
        every.append(_either([_in((last,), field, is_prefix=is_prefix) for field in ("words", "prose")]))
        clauses.append({"bool": {"filter": every}} if len(every) > 1 else every[0])
    return _either(clauses)


def _in_words(term: Term) -> list[Clause]:
    return [_in(form, "words", is_prefix=is_prefix) for form, is_prefix in _forms(term)]


def _in(form: Form, field: str, *, is_prefix: bool = False) -> Clause:
    """All words of the form in one field."""
    kind = "match_bool_prefix" if is_prefix else "match"
    return {kind: {field: {"query": " ".join(form), "operator": "and"}}}


def _extra(meaning: Meaning) -> Clause:
    return {
        "filter": [_phrase(form) for form in meaning.phrases],
        "must_not": [_phrase(form) for form in meaning.without],
    }


def _phrase(form: Form) -> Clause:
    text = " ".join(form)  # in descriptions those words that are left out there leave a gap
    return _either(
        [{"match_phrase": {"words": text}}, {"match_phrase": {"prose": {"query": text, "analyzer": "shop_prose"}}}]
    )


def _either(clauses: Sequence[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _constant(clause: Clause, boost: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": boost}}
