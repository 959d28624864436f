"""manage.py reconcile_payments: do the providers' books and ours say the same?"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout.reconciliation import selectors, services
from shop.core import db


class Command(BaseCommand):
    help = "Compare payments with each provider's own list. Names every difference; exits with 1 if there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", help="2026-11-20 or 2026-11-20T08:00 (UTC); default: two days before --until")
        parser.add_argument("--until", help="the first moment that is left out; default: now")
        parser.add_argument("--provider", action="append", help="only this one (repeatable)")

    def handle(self, *args: Any, **options: Any) -> None:
        until = _moment(options["until"]) or db.clock()
        since = _moment(options["since"]) or until - timedelta(days=2)
        if since >= until:
            raise CommandError("--since must be before --until.")
        is_clean = True
        for provider in options["provider"] or selectors.listed_by():
            made = services.reconcile(provider=provider, since=since, until=until)
            is_clean &= made.status == made.Status.CLEAN
            self.stdout.write(f"{provider}: {made.compared} payments, {made.status} {made.problem}".rstrip())
            for one in made.differences.all():
                self.stdout.write(
                    f"  {one.reference}: {one.kind} (ours: {one.ours or '-'}, theirs: {one.theirs or '-'})"
                )
        if not is_clean:
            sys.exit(1)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is not a date or a moment.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
