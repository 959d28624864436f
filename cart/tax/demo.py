"""Tax in the demo: rates of some countries beside the states of the US that every shop begins with."""

from __future__ import annotations

from cart.tax import loading
from cart.tax.models import TaxRate

COUNTRIES = ("CA", "DE", "FR", "GB")


def load() -> int:
    """Load the rates of these countries into a shop that has none but those of the US; how many were added."""
    if TaxRate.objects.exclude(country="US").exists():
        return 0
    return sum(step.what == "add" for step in loading.load(only=COUNTRIES))
