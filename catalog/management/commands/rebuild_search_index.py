"""`manage.py rebuild_search_index`: make every listing and the vocabulary again, while the shop stays open; then
Elasticsearch's index beside the one that answers, where the shop has one.
"""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from catalog.search import engine, indexing, sync
from shop.core import db

MOST_PROCESSES = 32


class Command(BaseCommand):
    help = "Rebuild the search index from the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes",
            type=int,
            default=min(os.cpu_count() or 1, MOST_PROCESSES),
            help="how many share the work (as many as there are cores)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["processes"] <= MOST_PROCESSES:
            raise CommandError(f"--processes is from 1 to {MOST_PROCESSES}.")
        is_alone = options["processes"] == 1 or connections[db.CATALOG].in_atomic_block
        started = time.monotonic()
        listed = indexing.rebuild(progress=self._tell, processes=1 if is_alone else options["processes"])
        self.stdout.write(f"\n{listed} products listed in {time.monotonic() - started:.1f} s")
        if not settings.ELASTICSEARCH_URL:
            return
        started = time.monotonic()
        try:
            copied = sync.rebuild(progress=lambda done: self._tell(done, listed))
        except engine.EngineDown as down:
            raise CommandError(f"Elasticsearch has no new index, searches go on as before: {down}") from down
        self.stdout.write(f"\n{copied} listings copied to Elasticsearch in {time.monotonic() - started:.1f} s")

    def _tell(self, done: int, of: int) -> None:
        self.stdout.write(f"\r{done} of {of}", ending="")
        self.stdout.flush()
