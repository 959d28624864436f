"""Who is asked outside: services that work tax out, and the register of VAT ids. One table each."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from cart.tax.providers import base
from cart.tax.providers.http import HttpService
from cart.tax.providers.vies import Vies

SERVICES: dict[str, tuple[str, Callable[[], base.TaxService | None]]] = {
    "http": (
        "HTTP",
        lambda: HttpService(settings.TAX_SERVICE_URL, settings.TAX_SERVICE_KEY) if settings.TAX_SERVICE_URL else None,
    ),
}


def service(code: str) -> base.TaxService | None:
    """The tax service with this code; None where there is none, or it has no address."""
    found = SERVICES.get(code)
    return found[1]() if found else None


def choices() -> list[tuple[str, str]]:
    """Code and name of the services that there are."""
    return [(code, name) for code, (name, _make) in SERVICES.items()]


def register() -> base.VatRegister | None:
    """The register of VAT ids; None where none is to be asked."""
    return Vies(settings.VAT_REGISTER_URL) if settings.VAT_REGISTER_URL else None
