"""Words and model numbers: what is indexed of a text, and how one word stands to another. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

MAX_WORDS = 12
MAX_WORD = 60
SHORT = 3  # letters: a shorter word is not corrected
RARE = 3  # listings: a word of fewer may itself be a mistake
CLEARLY = 20  # times as often: that much more used is worth one more mistake, or a less likely one
_WORD = re.compile(r"[^\W_]+")
_MIXED = re.compile(r"\d{3,}|[^\W\d_]{3,}")  # shorter parts of a model number stand for nothing
_DIGIT = re.compile(r"\d")
_JOINS = re.compile(r"[-./]")  # looked for first: most names join nothing
_JOINED = re.compile(r"(?<![^\W_])[^\W_]++(?:[-./][^\W_]++)+")
# Letters that Unicode does not decompose into a plain one and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_PLAIN |= str.maketrans(dict.fromkeys("’ʼ‘", "'"))
_POSSESSIVE = re.compile(r"(?<=[^\W\d_])'s(?![^\W_])")
_DECADE = re.compile(r"(?<=\d)'s(?![^\W_])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")  # between letters: that of 5'' is a measure
_ELIDED = re.compile(r"(?<![^\W_])[^\W_]++(?:(?<=[^\W\d_])'(?=[^\W\d_])[^\W_]++)+")
_BREAK = re.compile(r"""[^\w\s.-]+""")  # a model number does not go on behind a comma or a bracket
_UNITS = {
    "inch": 'inch|inches|zoll|"|″|”|\'\'|′′', "cm": "cm|centimet(?:er|re)s?", "mm": "mm|millimet(?:er|re)s?",
    "kg": "kg|kilos?|kilograms?", "g": "g|grams?", "lb": "lbs?|pounds?", "oz": "oz|ounces?",
    "ml": "ml|millilit(?:er|re)s?", "l": "l|lit(?:er|re)s?", "m": "m|met(?:er|re)s?", "ft": "ft|feet|foot",
    "w": "w|watts?", "v": "v|volts?", "mah": "mah", "wh": "wh", "gb": "gb|gigabytes?", "tb": "tb|terabytes?",
    "mb": "mb|megabytes?", "ghz": "ghz", "mhz": "mhz", "hz": "hz", "mp": "mp|megapixels?", "pack": "pack",
}  # fmt: skip
_UNIT_OF = [(re.compile(pattern), unit) for unit, pattern in _UNITS.items()]
_NUMBER = r"(?:\d{1,3}[ -])?\d{1,2}[/⁄]\d{1,2}|\d{1,6}(?:[.,]\d{1,3})?"  # 1 1/2 or 1.5
_MEASURE = re.compile(
    rf"(?<![\w.,/⁄])((?>{_NUMBER}))(?=[ -]?[a-z\"″”'′])(?:[ -]?({'|'.join(_UNITS.values())})|-?(in))(?![^\W_])",
    re.IGNORECASE,
)
_MEASURE_PARTS = re.compile(r"(\d+)(?:p(\d+))?([a-z]+)")
_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
# What PostgreSQL leaves out of descriptions (its english.stop), and Elasticsearch as well.
_STOP = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her "
    "hers herself it its itself they them their theirs themselves what which who whom this that these "
    "those am is are was were be been being have has had having do does did doing a an the and but if or "
    "because as until while of at by for with about against between into through during before after "
    "above below to from up down in out on off over under again further then once here there when where "
    "why how all any both each few more most other some such no nor not only own same so than too very s "
    "t can will just don should now "
)
STOP = frozenset(_STOP.split())
IRREGULAR = {
    "mice": "mouse", "feet": "foot", "teeth": "tooth", "geese": "goose", "men": "man", "women": "woman",
    "children": "child", "people": "person", "knives": "knife", "lives": "life", "wives": "wife", "leaves": "leaf",
    "shelves": "shelf", "halves": "half", "scarves": "scarf", "loaves": "loaf", "wolves": "wolf", "calves": "calf",
    "oxen": "ox", "dice": "die", "indices": "index", "matrices": "matrix",
    # No vowel, or u, before the s: the stem of English keeps it.
    "tvs": "tv", "hdtvs": "hdtv", "cds": "cd", "dvds": "dvd", "lcds": "lcd", "ssds": "ssd", "hdds": "hdd",
    "dslrs": "dslr", "dvrs": "dvr", "nvrs": "nvr", "cpus": "cpu", "gpus": "gpu", "psus": "psu", "menus": "menu",
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case without accents, apostrophes as typed: "Café" gives "cafe", "Bøgh" "bogh", "d’Or" "d'or"."""
    if text.isascii():
        return text.lower()
    text = _FRACTION.sub(" ", text)  # 1½ is not 11/2
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))


def spoken(text: str) -> str:
    """`text` folded, possessives as the word itself: "Men's" gives "men", "O'Reilly's" "o'reilly", "90's" "90s"."""
    folded = fold(text)
    return _DECADE.sub("s", _POSSESSIVE.sub("", folded)) if "'" in folded else folded


def words(text: str) -> list[str]:
    """The words of `text` without punctuation: "Wi-Fi 6E" gives ["wi", "fi", "6e"], "O'Reilly's" ["oreilly"]."""
    return [word[:MAX_WORD] for word in _WORD.findall(_APOSTROPHE.sub("", spoken(text)))]


def indexed(text: str, *, is_title: bool = False) -> str:
    """The words of `text` and the other ways people write its model numbers and measures, as one text for the index.

    "WH-1000XM4" is also found as wh1000xm4, wh 1000 xm4 and 1000xm4; 17" as 17 inch and 17in; "O'Reilly" as o reilly.
    In a title neighbours that make a model number together are joined as well: "PS 4" is also ps4.
    """
    typed = spoken(text)
    folded = _APOSTROPHE.sub("", typed) if "'" in typed else typed
    plain = [word[:MAX_WORD] for word in _WORD.findall(folded)]
    known = set(plain)
    has_digits = _DIGIT.search(folded) is not None  # most texts have none, and then there is little to do
    more = list(_joined(folded)) if _JOINS.search(folded) else []
    if has_digits:
        more += (part for word in sorted(filter(is_model, known)) for part in _MIXED.findall(word))
        more += map(measure, measured(folded))
    more += (IRREGULAR[word] for word in plain if word in IRREGULAR)
    if "'" in typed:
        more += (word[:MAX_WORD] for found in elided(typed) for word in _WORD.findall(found[0]))
    if has_digits and is_title:
        more += (
            joined
            for part in _BREAK.split(folded)
            if _DIGIT.search(part)
            for joined in _neighbours(_WORD.findall(part))
        )
    return " ".join([*plain, *(word for word in dict.fromkeys(more) if word not in known)])


def _joined(folded: str) -> Iterator[str]:
    """What hyphens, dots and slashes join, as one word each."""
    for compound in _JOINED.findall(folded):
        joined = "".join(_WORD.findall(compound))
        if len(joined) <= MAX_WORD and not joined.isdigit():
            yield joined


def _neighbours(plain: Sequence[str]) -> Iterator[str]:
    for start in range(len(plain) - 1):
        stop = model_run(plain, start)
        for end in range(start + 2, min(stop, start + 3) + 1):
            joined = "".join(plain[start:end])
            if is_model(joined):
                yield joined


def compact(text: str) -> str:
    """A model number however it is written: "WH-1000 XM4" gives "wh1000xm4"."""
    return "".join(_WORD.findall(fold(text)))


def measures(text: str) -> list[str]:
    """The measures in `text`, each as one word whatever its spelling: '43.2 cm (17")' gives ["43p2cm", "17inch"]."""
    return [measure(found) for found in _MEASURE.finditer(fold(text))]


def measure(found: re.Match[str]) -> str:
    """One measure as the word by which it is found."""
    number = _decimal(found[1])
    given = found[2] or "inch"
    unit = next(unit for pattern, unit in _UNIT_OF if pattern.fullmatch(given))
    return f"{number.replace('.', 'p')}{unit}"


def _decimal(number: str) -> str:
    """As figures with a point, if any: "1,50" gives "1.5", and "1 1/2" as well."""
    *whole, part = re.split(r"[ -]", number)
    if "/" in part or "⁄" in part:
        above, below = map(int, re.split("[/⁄]", part))
        part = f"{int(whole[0] if whole else 0) + above / below:.3f}" if below else f"{above}"
    part = part.replace(",", ".")
    return part.rstrip("0").rstrip(".") if "." in part else part


def apart(measure: str) -> tuple[str, ...]:
    """The words of a measure: "43p2cm" gives ("43", "2", "cm")."""
    found = _MEASURE_PARTS.fullmatch(measure)
    return tuple(part for part in found.groups() if part) if found else (measure,)


def measured(text: str) -> Iterator[re.Match[str]]:
    """Where measures stand in a folded text."""
    return _MEASURE.finditer(text)


def compounds(text: str) -> Iterator[re.Match[str]]:
    """Where words that hyphens, dots or slashes join stand in a folded text."""
    return _JOINED.finditer(text)


def elided(text: str) -> Iterator[re.Match[str]]:
    """Where words with an apostrophe inside stand in a text as `spoken`."""
    return _ELIDED.finditer(text)


def is_model(word: str) -> bool:
    """Whether `word` has both letters and digits."""
    if word.isalpha() or word.isdigit():  # most words, and soon told
        return False
    if word.isascii() and word.isalnum():
        return True
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def model_run(terms: Sequence[str], start: int) -> int:
    """Where the run of short neighbours that together make a model number ends; start + 1 if there is none."""
    end, most = start, min(len(terms), start + 4)
    while end < most and len(terms[end]) <= 6:
        end += 1
    while end > start + 1:
        joined = "".join(terms[start:end])
        if len(joined) <= 20 and is_model(joined):
            return end
        end -= 1
    return start + 1


def singular(word: str) -> str:
    """A rough singular, only to compare words with each other: "batteries" gives "battery", "mice" gives "mouse"."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return IRREGULAR.get(word[:-1], word[:-1])  # "mens", as many write "men's"
    if len(word) == 3 and word.endswith("s") and word.isalpha() and word[1] not in "aeiouys":  # "tvs", not "gas"
        return word[:-1]
    return word


def vocabulary(texts: Iterable[str]) -> set[str]:
    """The words worth correcting to: of 3 to 40 letters, without digits."""
    return {word for text in texts for word in words(text) if word.isalpha() and 3 <= len(word) <= 40}


def distance(one: str, other: str, limit: int = 3) -> int:
    """Edits between two words (insert, delete, change, swap neighbours), or `limit` if there are at least as many."""
    if abs(len(one) - len(other)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)


def allowed_edits(word: str) -> int:
    """How many mistakes a word may have: none below 3 letters, one up to 5, two beyond.

    Elasticsearch's fuzziness AUTO.
    """
    return 0 if len(word) < SHORT else 1 if len(word) <= 5 else 2


def best_correction(word: str, candidates: Iterable[tuple[str, int]], *, edits: int | None = None) -> str | None:
    """The likeliest of (candidate, in how many listings it is) for a misspelt `word`; None if none is near enough, in
    `edits` mistakes (else `allowed_edits`).

    Fewer edits first; at as many, the likeliest: how often a word is used times how likely the mistake is (the noisy
    channel of Kernighan, Church and Gale 1990). A word of few listings may be a mistake itself: then one that is used
    `CLEARLY` more often is likelier, also with one more edit.
    """
    allowed = allowed_edits(word) if edits is None else edits
    near = sorted(
        (edits, -count * likelihood(word, other), other, count)
        for other, count in candidates
        if 0 < (edits := distance(word, other)) <= allowed
    )
    if not near:
        return None
    edits, _likely, _word, used = best = near[0]
    if used < RARE:
        likelier = [row for row in near if row[0] <= edits + 1 and row[3] >= CLEARLY * used]
        best = min(likelier, default=best)
    return best[2]


def likelihood(wrong: str, right: str) -> float:
    """How likely somebody types `wrong` for `right`, only to compare with others: the more `effort` the less, and
    people rarely mistake the first letter.
    """
    return float(CLEARLY) ** -effort(wrong, right) / (1 if wrong[:1] == right[:1] else CLEARLY)


def effort(wrong: str, right: str) -> int:
    """How unlikely it is that somebody types `wrong` for `right`, the less the likelier, only to compare with others.

    A letter doubled or one of a double left out: 2. Neighbours swapped, a letter left out or one too many: 3, as a
    neighbour on the keyboard. Any other letter: 4. (The order of Kernighan, Church and Gale's counts, 1990.)
    """
    if sorted(wrong) == sorted(right):
        return 3
    shorter, longer = sorted((wrong, right), key=len)
    if len(shorter) < len(longer):
        doubled = any(
            longer[:place] + longer[place + 1 :] == shorter and longer[place] in longer[max(0, place - 1) : place]
            for place in range(len(longer))
        )
        return 2 if doubled else 3
    changed = [(a, b) for a, b in zip(wrong, right, strict=True) if a != b]
    return 3 if all(b in _BESIDE.get(a, "") for a, b in changed) else 4


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    letter: "".join(_ROWS[y][max(0, x - 1) : x + 2] for y in range(max(0, row - 1), min(3, row + 2)))
    for row, letters in enumerate(_ROWS)
    for x, letter in enumerate(letters)
}
