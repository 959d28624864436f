# ruff: noqa: E402  (Django must know its settings before models are imported)
"""How good what is found is: judged searches, model numbers however they are written, and misspelt words.

    make bench BENCH=search_quality
    make bench BENCH=search_quality BENCH_ARGS="--judged FILE --catalogue FILE --engine postgres --keep"

The real catalogue of ../shared/data is imported into a database of its own; every line of the searches goes through
`search_run`. Printed for each engine that answers:

- nDCG@10 over judged products alone (Järvelin and Kekäläinen 2002; gain 2^grade - 1, discount log2), searches that
  have a good product; the share of products graded 0 among the first ten; searches that find nothing;
- the mean reciprocal rank of a product whose number is typed as written, spaced, hyphenated and joined;
- the part of nDCG@10 that is left when each word is misspelt as people do (codespell's and typos' lists where they
  know the word, else one letter left out, doubled, changed or swapped).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ.setdefault("PAYMENT_SANDBOX", "1")

from bench import databases

databases.own("bench_search_quality", anew="--keep" not in sys.argv)

import django

django.setup()

from django.core.management import CommandError, call_command

from catalog.imports import services as imports
from catalog.products.models import Product, Variant
from catalog.search import engine
from shop.local import addresses

DATA = addresses.CHECKOUT.parent / "shared" / "data"
DEPTH = 200
NUMBERS = 500  # products whose number is typed
SEED = 6
_PARTS = re.compile(r"\d+|[A-Za-z]+")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,18}[A-Za-z0-9]")
Grades = Mapping[str, Mapping[str, int]]  # by search, by external id
Ids = Mapping[str, Sequence[str]]  # what each search found, in rank order


@dataclass(frozen=True)
class Found:
    ids: Ids
    ms: Sequence[float]


def ask(searches: Iterable[str], name: str, depth: int = DEPTH) -> Found:
    """What engine `name` finds for each search, through `search_run`."""
    wanted = list(dict.fromkeys(searches))
    with tempfile.TemporaryDirectory() as folder:
        asked, out = Path(folder) / "searches.txt", Path(folder) / "out.jsonl"
        asked.write_text("\n".join(wanted), encoding="utf-8")
        call_command("search_run", str(asked), str(out), engine=name, depth=depth)
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return Found({row["query"]: row["ids"] for row in rows}, [row["ms"] for row in rows])


# --- Judged searches


def judged(path: Path) -> Grades:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for search, product, grade in list(csv.reader(file, delimiter="\t"))[1:]:
            found[search][product] = int(float(grade))
    return found


def ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """nDCG@10 of the judged products among `ids`; the ideal is over all that were judged."""
    return _dcg([grades[one] for one in ids if one in grades]) / _dcg(sorted(grades.values(), reverse=True))


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))


def answerable(grades: Grades) -> list[str]:
    """The searches for which somebody found a product good."""
    return [search for search, of in grades.items() if any(of.values())]


# --- Misspelt words


def misspeller(folder: Path) -> Callable[[str, random.Random], str]:
    """A function that misspells a word, as in the lists of `folder` or by one mistake of the fingers."""
    known: dict[str, list[str]] = defaultdict(list)
    with (folder / "typos_words.csv").open(encoding="utf-8", newline="") as file:
        for wrong, right, *_others in csv.reader(file):
            known[right].append(wrong)
    for line in (folder / "codespell_dictionary.txt").read_text(encoding="utf-8").splitlines():
        wrong, _, right = line.partition("->")
        known[right.split(",")[0].strip()].append(wrong)

    def misspell(word: str, rng: random.Random) -> str:
        if len(word) < 4 or not word.isalpha():
            return word
        if known[word] and rng.random() < 0.5:
            return rng.choice(sorted(known[word]))
        place = rng.randrange(1, len(word) - 1)
        other = rng.choice("abcdefghijklmnopqrstuvwxyz")
        return rng.choice([
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + other + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ])  # fmt: skip

    return misspell


def misspelt(searches: Sequence[str], folder: Path, times: int = 5) -> list[tuple[str, str]]:
    """Pairs of a search and the same with one word wrong."""
    misspell, rng = misspeller(folder), random.Random(SEED)
    pairs = []
    for search in searches:
        words = search.split()
        able = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
        for _ in range(times if able else 0):
            place = rng.choice(able)
            wrong = misspell(words[place], rng)
            if wrong != words[place]:
                pairs.append((search, " ".join([*words[:place], wrong, *words[place + 1 :]])))
    return pairs


# --- Model numbers


def numbers() -> list[tuple[str, str]]:
    """(external id, number) of products whose number looks like a model's and is nobody else's."""
    rows = Variant.objects.order_by("pk").values_list("product__external_id", "sku")
    plain = [(key, sku) for key, sku in rows if _PLAIN.fullmatch(sku) and _is_model(sku)]
    same: dict[str, int] = defaultdict(int)
    for _key, sku in plain:
        same["".join(_PARTS.findall(sku)).lower()] += 1
    once = [(key, sku) for key, sku in plain if same["".join(_PARTS.findall(sku)).lower()] == 1]
    return random.Random(SEED).sample(once, min(NUMBERS, len(once)))


def _is_model(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text))


_WAYS: dict[str, Callable[[str], str]] = {
    "as written": lambda number: number,
    "spaced": lambda number: " ".join(_PARTS.findall(number)),
    "hyphenated": lambda number: "-".join(_PARTS.findall(number)),
    "joined": lambda number: "".join(_PARTS.findall(number)),
    "lower case": lambda number: number.lower(),
}


def reciprocal(ids: Sequence[str], wanted: str) -> float:
    return 1 / (ids.index(wanted) + 1) if wanted in ids else 0.0


# --- What is printed


def measure(name: str, grades: Grades, misspellings: Path) -> dict[str, float]:
    found = ask(grades, name)
    good = answerable(grades)
    scores = {search: ndcg(found.ids[search], grades[search]) for search in good}
    bad = [sum(grades[search].get(one) == 0 for one in found.ids[search][:10]) / 10 for search in grades]
    result = {
        "nDCG@10": statistics.mean(scores.values()),
        "bad@10": statistics.mean(bad),
        "without results": sum(not found.ids[search] for search in grades) / len(grades),
    }
    pairs = misspelt(good, misspellings)
    wrong = ask([other for _, other in pairs], name)
    kept = sum(ndcg(wrong.ids[other], grades[search]) for search, other in pairs)
    result["misspelt keep"] = kept / sum(scores[search] for search, _ in pairs)
    result["misspelt without results"] = sum(not wrong.ids[other] for _, other in pairs) / len(pairs)
    wanted = numbers()
    ways = []
    for way, write in _WAYS.items():
        ids = ask([write(number) for _, number in wanted], name, depth=20).ids
        ways.append(statistics.mean(reciprocal(ids[write(number)], key) for key, number in wanted))
        result[f"number {way}, MRR"] = ways[-1]
    result["number, worst MRR"] = min(ways)
    result["p50 ms"] = statistics.median(found.ms)
    result["p95 ms"] = statistics.quantiles(found.ms, n=20)[-1]
    return result


GOALS: dict[str, Callable[[float], bool]] = {
    "nDCG@10": lambda number: number >= 0.86,
    "bad@10": lambda number: number <= 0.11,
    "without results": lambda number: number == 0,
    "misspelt keep": lambda number: number >= 0.97,
    "number, worst MRR": lambda number: number >= 0.9,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judged", type=Path, default=DATA / "search" / "human_qrels.tsv")
    parser.add_argument("--catalogue", type=Path, default=DATA / "catalog" / "icecat_products.jsonl.gz")
    parser.add_argument("--misspellings", type=Path, default=DATA / "misspellings")
    parser.add_argument("--engine", action="append", choices=sorted(engine.BY_NAME), help="instead of all that answer")
    parser.add_argument("--keep", action="store_true", help="take the catalogue that an earlier run has imported")
    options = parser.parse_args()
    if not options.judged.exists():
        print(f"There is no {options.judged}: these measurements need the shared data.")
        return 1
    call_command("migrate", verbosity=0, interactive=False)
    if not (options.keep and Product.objects.exists()):
        report = imports.run(path=options.catalogue, by="system", format="jsonl")
        print(f"{report.created} products are in.", flush=True)
    call_command("rebuild_search_index", verbosity=0)
    grades = judged(options.judged)
    print(f"{len(grades)} judged searches. Reference (the data's README), nDCG@10 and bad@10: BM25 0.738, 0.157;")
    print("with plurals and one typo 0.788, 0.178; with category match and boosts 0.837, 0.122.")
    is_reached = True
    for name in options.engine or engine.BY_NAME:
        print(f"\n{name}")
        try:
            result = measure(name, grades, options.misspellings)
        except CommandError as error:  # an engine that this machine has not
            print(f"  does not answer: {error}")
            continue
        for what, number in result.items():
            goal = GOALS.get(what)
            is_reached &= goal is None or goal(number)
            mark = "" if goal is None else "  reached" if goal(number) else "  NOT REACHED"
            print(f"  {what:28} {number:8.3f}{mark}", flush=True)
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main())
