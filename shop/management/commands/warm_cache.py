"""manage.py warm_cache: make the pages that will be asked for first."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalog.search import warming


class Command(BaseCommand):
    help = (
        "Make home, the category tree, the products that are wanted most and the results of what is searched for "
        "most, in every currency, so that nobody waits for them. Those that are kept and current are left as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KEEP_PAGES:
            self.stdout.write("KEEP_PAGES is off: there is nothing to warm.")
            return
        made = warming.warm(self._progress)
        self.stdout.write(f"{made} pages were made.")

    def _progress(self, done: int, of: int) -> None:
        if done % 50 == 0 or done == of:
            self.stdout.write(f"{done} of {of}")
