"""`manage.py rebuild_search_index`: make every listing and the vocabulary again, while the shop stays open."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from catalog.search import indexing


class Command(BaseCommand):
    help = "Rebuild the search index from the catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        listed = indexing.rebuild(progress=self._tell)
        self.stdout.write(f"\n{listed} products listed in {time.monotonic() - started:.1f} s")

    def _tell(self, done: int, of: int) -> None:
        self.stdout.write(f"\r{done} of {of}", ending="")
        self.stdout.flush()
