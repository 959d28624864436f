"""manage.py archive_orders: move old orders that are over into the archive, or bring one back."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout.archive import services
from shop.core import db


class Command(BaseCommand):
    help = (
        "Move orders that are over (delivered, cancelled, refunded or returned, and nothing open) into the archive, "
        "whole, in short transactions. May be ended at any moment and run again. Archived orders stay readable."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--before", help="2026-01-31: orders placed before that day (UTC)")
        what.add_argument("--month", help="2026-01: orders placed in that month (UTC)")
        what.add_argument("--restore", metavar="NUMBER", help="bring this order back")
        parser.add_argument("--batch", type=int, default=services.BATCH, help=f"orders at a time ({services.BATCH})")
        parser.add_argument("--limit", type=int, help="move no more than so many")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are to move")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["restore"]:
            self._restore(options["restore"])
            return
        if options["batch"] < 1 or (options["limit"] is not None and options["limit"] < 1):
            raise CommandError("--batch and --limit must be at least 1.")
        since, before = _period(options)
        if options["dry_run"]:
            self.stdout.write(f"{services.count_over(since=since, before=before)} orders are to be archived.")
            return
        moved = 0
        for count in services.archive(
            since=since, before=before, batch=options["batch"], limit=options["limit"], by="system"
        ):
            moved += count
            self.stdout.write(f"{moved} orders archived …", ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.write(f"{moved} orders are archived.")

    def _restore(self, number: str) -> None:
        try:
            services.restore(number=number, by="system")
        except services.ArchiveRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{number} is back.")


def _period(options: dict[str, Any]) -> tuple[datetime | None, datetime]:
    """From when (None: from the first) until when, as first moments of days (UTC)."""
    if options["month"]:
        start = _day(f"{options['month']}-01", "--month", "a month such as 2026-01")
        return start, db.months(start, 2)[1]
    return None, _day(options["before"], "--before", "a day such as 2026-01-31")


def _day(text: str, option: str, wanted: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise CommandError(f"{option} takes {wanted}.") from error
