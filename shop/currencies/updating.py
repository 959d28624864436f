"""Bring the rates up to date from the European Central Bank's reference file."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from shop.currencies import reference, rules, services
from shop.currencies.reference import BadRates
from shop.currencies.services import Step


def update(*, url: str = "", path: Path | None = None, by: str = "system", is_forced: bool = False) -> list[Step]:
    """Read the file at `url`, or at `path`, and set the rates of the shop's currencies by it. Raises `BadRates`, and
    nothing is changed then.
    """
    found = reference.in_file(path) if path else reference.fetched(url)
    try:
        rates = rules.crossed(found.per_euro, settings.DEFAULT_CURRENCY)
    except KeyError as error:
        raise BadRates(f"no rate of {settings.DEFAULT_CURRENCY}") from error
    return services.update(rates=rates, source=f"ECB {found.on}", by=by, is_forced=is_forced)
