"""manage.py update_exchange_rates: the rates of the shop's currencies by the European Central Bank's reference file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.currencies import updating

_WORDS = {"set": "set", "same": "as it was", "jump": "NOT believed", "none": "no rate in it, stays as it was"}


class Command(BaseCommand):
    help = (
        "Set the rates of the shop's currencies by the daily reference file of the European Central Bank "
        "(eurofxref XML), from EXCHANGE_RATES_URL, --url or --file. A rate that has changed by more than "
        "EXCHANGE_RATES_JUMP percent is left as it is, and so are all by a file that is a week old or older than "
        "the last one, unless --force says that they are true."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="instead of EXCHANGE_RATES_URL")
        parser.add_argument("--file", type=Path, help="a file instead of an address")
        parser.add_argument("--force", action="store_true", help="take rates however old they are, or have changed")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"] or settings.EXCHANGE_RATES_URL
        if not url and not options["file"]:
            raise CommandError("Set EXCHANGE_RATES_URL, or say --url or --file.")
        try:
            steps = updating.update(url=url, path=options["file"], is_forced=options["force"])
        except updating.BadRates as error:
            raise CommandError(f"No rates: {error}. Nothing is changed.") from error
        for step in steps:
            old = f" (was {step.old.normalize():f})" if step.old else ""
            new = f" {step.new.normalize():f}" if step.new else ""
            self.stdout.write(f"{step.code}{new}{old}: {_WORDS[step.what]}")
        if any(step.what == "jump" for step in steps):
            raise CommandError("Some rates changed too much to be believed. Look at them, then say --force.")
        self.stdout.write(f"{sum(step.new is not None for step in steps)} currencies.")
