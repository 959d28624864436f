"""manage.py load_tax_rates: the tax rates that come with the shop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cart.tax import loading

_WORDS = {"add": "new", "end": "ends", "same": "as it is", "kept": "your own, left alone"}


class Command(BaseCommand):
    help = (
        "Load the tax rates of the states of the US, the EU, the United Kingdom, Canada and Australia. A rate that "
        "changed ends the day before the new one; rates that you typed are left alone. Each has its source and date: "
        "check what you are liable for before you charge it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--countries", default="", help="only these, as US,CA (all without)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        only = [one.strip().upper() for one in options["countries"].split(",") if one.strip()]
        if unknown := sorted(set(only) - set(loading.countries())):
            raise CommandError(f"No rates for {', '.join(unknown)}. There are: {', '.join(loading.countries())}.")
        steps = loading.load(only=only, is_dry=options["dry_run"])
        for step in steps:
            if step.what != "same" or options["verbosity"] > 1:
                self.stdout.write(f"{_line(step)}")
        counts = {what: sum(step.what == what for step in steps) for what in _WORDS}
        told = ", ".join(f"{count} {_WORDS[what]}" for what, count in counts.items())
        self.stdout.write(("Would be: " if options["dry_run"] else "") + told)


def _line(step: loading.Step) -> str:
    rate = step.rate
    place = f"{rate.country} {rate.state}".strip()
    day = f"until {rate.valid_until}" if step.what == "end" else f"from {rate.valid_from}"
    percent = f"{(rate.rate * 100).normalize():f} %"
    return f"{_WORDS[step.what]:>20}  {place:<6} {rate.tax_class:<10} {rate.name} {percent} {day}"
