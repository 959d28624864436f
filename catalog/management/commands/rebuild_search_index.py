"""`manage.py rebuild_search_index`: make every listing and the vocabulary again, while the shop stays open; then
Elasticsearch's index beside the one that answers, where the shop has one.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.search import engine, indexing, sync


class Command(BaseCommand):
    help = "Rebuild the search index from the catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        listed = indexing.rebuild(progress=self._tell)
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
