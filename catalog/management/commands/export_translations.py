"""manage.py export_translations FILE: every text that can be translated, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.imports import translations
from catalog.translations import selectors, services


class Command(BaseCommand):
    help = "Write originals and translations to FILE (CSV): a row for each text, a column for each language."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--missing", choices=selectors.others(), default="", help="only what lacks this language")

    def handle(self, *args: Any, **options: Any) -> None:
        services.collect(by="system")
        with options["file"].open("w", encoding="utf-8", newline="") as file:
            count = translations.write(file, missing=options["missing"])
        self.stdout.write(f"{count} texts are in {options['file']}.")
