"""`manage.py collect_messages`: write the texts of the shop into the catalogues of its languages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shop.core import languages, messages


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Write the texts that shoppers see into locale/*/LC_MESSAGES/django.po; what is translated is kept."

    def handle(self, *args: Any, **options: Any) -> None:
        found = messages.collected()
        for language in languages.TRANSLATED:
            count, missing = messages.update(language, found)
            self.stdout.write(f"{messages.path_of(language)}: {count} texts, {missing} without a translation.")
