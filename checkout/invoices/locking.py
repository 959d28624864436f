"""The counter of a series: locked last of all (after the order), for as long as a number takes to be used."""

from __future__ import annotations

from checkout.invoices.models import DocumentCounter


def counter(series: str, year: int) -> DocumentCounter:
    """The counter of a series and year, made if it is the first, locked until the caller's transaction ends."""
    counters = DocumentCounter.objects.select_for_update().filter(series=series, year=year)
    if found := counters.first():
        return found
    DocumentCounter.objects.bulk_create([DocumentCounter(series=series, year=year)], ignore_conflicts=True)
    return counters.get()
