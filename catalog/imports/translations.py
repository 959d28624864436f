"""All translations as one table (CSV), for whoever translates: a row for each text, a column for each language.

    kind,key,field,original,de,es,ar
    product,studio-mug,name,Studio mug,Atelierbecher,Taza de estudio,
    category,kitchen/tableware,name,Tableware,Geschirr,,
    word,,,Moss,Moosgrün,Musgo,

`key` is the slug of a product or brand, or the path of a category; of words the original is the key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import IO, Any

from catalog.products import translating
from catalog.products.models import Brand, Category, Product
from catalog.translations import selectors, services
from catalog.translations.models import BrandTranslation, CategoryTranslation, ProductTranslation, Term

WORD = "word"
_FIXED = ("kind", "key", "field", "original")
_BATCH = 500
_TABLES: dict[str, tuple[Any, str, Any]] = {  # rows, what names one, their translations
    "product": (Product.objects.exclude(status=Product.Status.ARCHIVED), "slug", ProductTranslation),
    "category": (Category.objects.all(), "url_path", CategoryTranslation),
    "brand": (Brand.objects.all(), "slug", BrandTranslation),
}


class UnreadableTable(ValueError):
    """The file has not the columns that it should have; the message says which."""


@dataclass(frozen=True)
class Report:
    """How many things and words have other translations now, and what was wrong: (line, sentence)."""

    changed: int
    problems: list[tuple[int, str]]


# --- Out


def write(file: IO[str], *, missing: str = "") -> int:
    """Write every text that can be translated to `file` (opened with newline=""); only those that lack the language
    `missing`, if one is named. Returns how many rows. Memory stays flat.
    """
    languages = selectors.others()
    writer = csv.writer(file)
    writer.writerow([*_FIXED, *languages])
    count = 0
    for row in _rows(languages):
        if missing and row[len(_FIXED) + languages.index(missing)]:
            continue
        writer.writerow(row)
        count += 1
    return count


def _rows(languages: list[str]) -> Iterator[list[str]]:
    for kind, (things, key, table) in _TABLES.items():
        names = [name for name in selectors.TEXTS if hasattr(table, name)]
        ids = list(things.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _BATCH):
            some = things.filter(pk__in=ids[start : start + _BATCH]).order_by("pk").prefetch_related("translations")
            for thing in some:
                said = {row.language: row for row in thing.translations.all()}
                for name in names:
                    if original := getattr(thing, name):
                        texts = [getattr(said.get(code), name, "") for code in languages]
                        yield [kind, getattr(thing, key), name, original, *texts]
    for text, translations in Term.objects.order_by("text").values_list("text", "translations"):
        yield [WORD, "", "", text, *(translations.get(code, "") for code in languages)]


# --- In


def read(lines: Iterable[str], *, by: str) -> Report:
    """Take over what such a file says. An empty cell leaves things as they are. A row that cannot be kept is told of,
    and does not stop the others; the same file again changes nothing. Raises `UnreadableTable`.
    """
    table = csv.DictReader(lines)
    columns = set(table.fieldnames or ())
    languages = [code for code in selectors.others() if code in columns]
    if lacking := [name for name in _FIXED if name not in columns] or ([] if languages else ["a language"]):
        raise UnreadableTable(f"The first line has no column for {', '.join(lacking)}.")
    changed, problems = 0, []
    numbered = ((table.line_num, row) for row in table)
    for (kind, key), rows in groupby(numbered, key=lambda one: (one[1]["kind"], one[1]["key"])):
        some = [(number, {name: text or "" for name, text in row.items() if name}) for number, row in rows]
        try:
            changed += _keep_words(some, languages, by) if kind == WORD else _keep(kind, key, some, languages, by)
        except (services.BadTranslation, _Unknown) as problem:
            problems.append((some[0][0], str(problem)))
    return Report(changed, problems)


class _Unknown(ValueError):
    """There is nothing of this name."""


def _keep(kind: str, key: str, rows: Sequence[tuple[int, Mapping[str, str]]], languages: list[str], by: str) -> int:
    if kind not in _TABLES:
        raise _Unknown(f"kind is one of {', '.join([*_TABLES, WORD])}")
    things, named, _table = _TABLES[kind]
    pk = None if "\x00" in key else things.filter(**{named: key}).values_list("pk", flat=True).first()
    if pk is None:
        raise _Unknown(f"there is no {kind} {key[:200]!r}")
    translate: Any = getattr(translating, f"translate_{kind}")
    has_changed = False
    for code in languages:
        texts = {row["field"]: row[code] for _number, row in rows if row[code].strip()}
        if texts:
            has_changed |= translate(**{f"{kind}_id": pk}, language=code, texts=texts, by=by)
    return int(has_changed)


def _keep_words(rows: Sequence[tuple[int, Mapping[str, str]]], languages: list[str], by: str) -> int:
    terms = {row["original"]: {code: row[code].strip() for code in languages if row[code].strip()} for _n, row in rows}
    return services.save_terms(terms=terms, by=by)
