"""`manage.py search_run QUERIES.txt OUT.jsonl`: what the shop finds for each line of a file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.search import engine, query

MAX_DEPTH = 1000


class Command(BaseCommand):
    help = 'Search for each line of QUERIES; writes {"query", "ids", "ms"} lines, ids being external ids in rank order.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queries", type=Path)
        parser.add_argument("out", type=Path)
        parser.add_argument("--engine", choices=sorted(engine.BY_NAME), help="instead of the one that the shop uses")
        parser.add_argument("--depth", type=int, default=200, help=f"how many results, at most {MAX_DEPTH}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["depth"] <= MAX_DEPTH:
            raise CommandError(f"--depth is from 1 to {MAX_DEPTH}.")
        try:
            lines = options["queries"].read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['queries']} cannot be read: {error}") from error
        with options["out"].open("w", encoding="utf-8") as out:
            for line in lines:
                if line.strip():
                    out.write(json.dumps(self._run(line.strip(), options), ensure_ascii=False) + "\n")

    def _run(self, text: str, options: dict[str, Any]) -> dict[str, Any]:
        asked, _problems = query.parse({"q": [text]}, currency=settings.DEFAULT_CURRENCY, limit=options["depth"])
        began = time.perf_counter()
        try:
            found = engine.search(asked, with_facets=False, only=options["engine"])
        except engine.EngineDown as down:
            raise CommandError(f"The engine does not answer: {down}") from down
        took = (time.perf_counter() - began) * 1000
        return {"query": text, "ids": [hit.external_id for hit in found.hits], "ms": round(took, 1)}
