"""manage.py shed [NAME] [--restore]: do without something for a while, so that the rest of the shop has room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.resilience import switches


class Command(BaseCommand):
    help = (
        "Shed a part of the pages under load, for a week at most, or have it again. Without a name: what is shed now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted(switches.SWITCHES))
        parser.add_argument("--restore", action="store_true", help="have it again")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str | None = options["name"]
        if name is None and options["restore"]:
            raise CommandError("Name what to have again.")
        if name is not None:
            (switches.restore if options["restore"] else switches.shed)(name)
            if switches.is_shed(name) is options["restore"]:
                raise CommandError(
                    f"{name} is named in the setting SHED." if name in settings.SHED else "The cache does not answer."
                )
        for one, what in switches.SWITCHES.items():
            self.stdout.write(f"{'shed' if switches.is_shed(one) else 'on  '}  {one}: {what}")
