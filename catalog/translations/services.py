"""Writes of translations. Those of products, categories and brands are kept for their owners, which check, audit and
publish (`catalog.products.translating`); the word list is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from catalog.translations import locking, selectors
from catalog.translations.models import (
    DESCRIPTION,
    TERM,
    BrandTranslation,
    CategoryTranslation,
    ProductTranslation,
    Term,
)
from shop.audit import services as audit
from shop.core import cache, db
from shop.events import bus, types

BATCH = 500  # words in one event
MOST = 5000  # that are collected at once
_TABLES: dict[str, type[ProductTranslation] | type[CategoryTranslation] | type[BrandTranslation]] = {
    "product": ProductTranslation,
    "category": CategoryTranslation,
    "brand": BrandTranslation,
}


class BadTranslation(ValueError):
    """A translation cannot be kept like this. `fields` says what is wrong, by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)


def keep(*, kind: str, key: UUID, language: str, texts: Mapping[str, str]) -> bool:
    """Write the `texts` (by field; "" for none) of a product, category or brand in a language, beside those it has.
    Nothing is kept of what has no text left. Whether anything changed. In the caller's transaction.

    Raises `BadTranslation`.
    """
    model = _TABLES[kind]
    _check(model, language, texts)
    row = model.objects.filter(**{kind: key, "language": language}).first()
    row = row or model(**{f"{kind}_id": key, "language": language})
    changed = {name: text for name, text in texts.items() if getattr(row, name) != text}
    if not changed:
        return False
    for name, text in changed.items():
        setattr(row, name, text)
    if any(getattr(row, name) for name in selectors.TEXTS if hasattr(row, name)):
        row.updated_at = Now()
        row.save()
    elif not row._state.adding:
        row.delete()
    return True


def _check(model: Any, language: str, texts: Mapping[str, str]) -> None:
    if language not in selectors.others():
        raise BadTranslation({"language": f"one of {', '.join(selectors.others()) or 'no other language'}"})
    problems: dict[str, str] = {}
    for name, text in texts.items():
        if name not in selectors.TEXTS or not hasattr(model, name):
            problems[name] = "unknown field"
        elif not isinstance(text, str) or len(text) > (longest := _longest(model, name)) or "\x00" in text:
            problems[name] = f"a text of at most {longest} characters"
    if problems:
        raise BadTranslation(problems)


def _longest(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length or DESCRIPTION)


# --- The word list


def save_term(*, text: str, translations: Mapping[str, str], by: str) -> None:
    """What a name or value is in each of these languages ("" for none), beside those it has. Raises
    `BadTranslation`.
    """
    save_terms(terms={text: translations}, by=by)


def save_terms(*, terms: Mapping[str, Mapping[str, str]], by: str) -> int:
    """Many at once: {original: {language: word}}. Returns how many are new or changed. Raises `BadTranslation`."""
    for text, translations in terms.items():
        _check_term(text, translations)
    with transaction.atomic(using=db.CATALOG):
        known = locking.terms(terms)
        changed: list[Term] = []
        for text, translations in terms.items():
            row = known.get(text) or Term(text=text)
            said = {**row.translations, **translations}
            said = {language: words for language, words in said.items() if words}
            if row._state.adding or said != row.translations:
                row.translations, row.updated_at = said, Now()
                changed.append(row)
        Term.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["text"], update_fields=["translations", "updated_at"]
        )
        tell([row.text for row in changed if row.translations or row.text in known], action="term.save", by=by)
    return len(changed)


def forget_term(*, text: str, by: str) -> None:
    """Take a word out of the list: it is shown as it is from now on."""
    with transaction.atomic(using=db.CATALOG):
        if Term.objects.filter(text=text).delete()[0]:
            tell([text], action="term.forget", by=by)


def collect(*, by: str) -> int:
    """Put the words that the shop uses (`settings.TRANSLATED_WORDS`) into the list, to be translated. Returns how many
    were not in it.
    """
    used: dict[str, None] = {}
    for path in settings.TRANSLATED_WORDS:
        used |= dict.fromkeys(text for text in import_string(path)() if is_word(text))
    with transaction.atomic(using=db.CATALOG):
        known = set(Term.objects.filter(text__in=list(used)).values_list("text", flat=True))
        rows = [Term(text=text) for text in used if text not in known][:MOST]
        Term.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        if rows:
            audit.record(
                action="term.collect", by=by, object_type="term", object_id="all", changes={"terms": len(rows)},
                using=db.CATALOG,
            )  # fmt: skip
    return len(rows)


def is_word(text: Any) -> bool:
    """Whether there is something to translate in it: a letter, in no more than a term's length."""
    return isinstance(text, str) and 0 < len(text) <= TERM and any(letter.isalpha() for letter in text)


def tell(texts: Sequence[str], *, action: str, by: str) -> None:
    """These words changed. In the caller's transaction."""
    transaction.on_commit(cache.TERMS.delete, using=db.CATALOG)  # before anybody hears of it
    for start in range(0, len(texts), BATCH):
        some = list(texts[start : start + BATCH])
        audit.record(
            action=action, by=by, object_type="term", object_id=some[0][:80], changes={"terms": len(some)},
            using=db.CATALOG,
        )  # fmt: skip
        bus.publish(types.TermsChanged(texts=some), using=db.CATALOG)


def _check_term(text: str, translations: Mapping[str, str]) -> None:
    for one in (text, *translations.values()):
        if len(one) > TERM or "\x00" in one:
            raise BadTranslation({"text": f"a text of at most {TERM} characters"})
    if not text.strip():
        raise BadTranslation({"text": "required"})
    unknown = translations.keys() - set(selectors.others())
    if unknown:
        raise BadTranslation({"language": f"one of {', '.join(selectors.others())}"})
