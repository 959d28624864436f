"""manage.py import_translations FILE: take over what `export_translations` wrote and somebody translated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import translations


class Command(BaseCommand):
    help = "Take over the translations in FILE (CSV); empty cells change nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as file:
                report = translations.read(file, by="system")
        except (OSError, UnicodeDecodeError, translations.UnreadableTable) as error:
            raise CommandError(str(error)) from error
        for number, sentence in report.problems:
            self.stderr.write(f"line {number}: {sentence}")
        self.stdout.write(self.style.SUCCESS(f"{report.changed} things and words have other translations now."))
