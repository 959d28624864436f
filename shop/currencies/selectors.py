"""Which currencies there are, what amounts are in them, and which one whoever asks wants to pay in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.core import asked, cache
from shop.core.money import Money
from shop.currencies.models import Currency
from shop.currencies.rules import Mode, Terms

COOKIE = asked.CURRENCY
PARAMETER = "currency"  # of an address
_MEMO = "holdfast_pays_in"  # one look per request


class UnknownCurrency(ValueError):
    """The shop does not sell in this currency. `message` says which ones there are."""

    code = "unknown_currency"

    def __init__(self) -> None:
        known = ", ".join(choices())
        self.message = _("This shop does not sell in that currency. It sells in %(currencies)s.") % {
            "currencies": known
        }
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Known:
    """A currency beside the shop's own; `terms` by which amounts become amounts of it, None where they do not."""

    code: str
    is_active: bool
    terms: Terms | None
    rate: Decimal | None


@cache.held(cache.CURRENCIES)
def known() -> Mapping[str, Known]:
    """The currencies beside the shop's own, by code. One query when this process has not seen them, else none."""
    return {row.code: _known(row) for row in Currency.objects.exclude(code=settings.DEFAULT_CURRENCY)}


def forget() -> None:
    """Read the currencies anew from now on."""
    cache.CURRENCIES.delete()


def terms(currency: str) -> Terms | None:
    """By what amounts become amounts of `currency`; None for the shop's own (no look then) and where nothing is
    converted. Also of one that is not active any more: orders that were placed in it may still be changed.
    """
    if currency == settings.DEFAULT_CURRENCY:
        return None
    found = known().get(currency)
    return found.terms if found else None


def unconverted() -> list[str]:
    """The codes of the currencies to which nothing is converted: in them only what has own prices is sold. Also of
    those that are not active."""
    return [one.code for one in known().values() if one.terms is None]


def listed(currency: str) -> str:
    """The currency whose lists somebody sees who pays in `currency`: its own where nothing is converted to it, else the
    shop's."""
    return currency if currency != settings.DEFAULT_CURRENCY and terms(currency) is None else settings.DEFAULT_CURRENCY


def only_in(currency: str) -> str:
    """The currency where lists leave out what has no price of its own in it, else nothing."""
    return currency if currency != settings.DEFAULT_CURRENCY and listed(currency) == currency else ""


def choices() -> list[str]:
    """The codes that shoppers can choose from, the shop's own first."""
    return [settings.DEFAULT_CURRENCY, *(one.code for one in known().values() if one.is_active)]


def checked(code: str) -> str:
    """The code as it is kept. Raises `UnknownCurrency` for what the shop does not sell in."""
    tidy = code.strip().upper()
    if tidy != settings.DEFAULT_CURRENCY and tidy not in choices():
        raise UnknownCurrency
    return tidy


def saved(request: HttpRequest) -> str | None:
    """What the shopper chose, in this browser or else in their account; None for who never did, or chose what is not
    sold in any more. No look for them."""
    said = request.COOKIES.get(COOKIE) or getattr(getattr(request, "user", None), "currency", "")
    return said if said and (said == settings.DEFAULT_CURRENCY or said in choices()) else None


def of(request: HttpRequest) -> str:
    """The currency that pages show prices in: that of the address (`?currency=EUR`), which is for this page alone, else
    what the shopper chose, else the shop's own. What is not sold in is passed over.
    """
    found: str | None = getattr(request, _MEMO, None)
    if found is None:
        said = request.GET.get(PARAMETER, "").strip().upper()
        is_sold = bool(said) and (said == settings.DEFAULT_CURRENCY or said in choices())
        found = said if is_sold else saved(request) or settings.DEFAULT_CURRENCY
        setattr(request, _MEMO, found)
    return found


def choose(request: HttpRequest, currency: str) -> None:
    """Within this request it is chosen already."""
    setattr(request, _MEMO, currency)


def rate_of(currency: str) -> Decimal | None:
    """For the books: units of `currency` for one of the shop's own; None where nobody said."""
    if currency == settings.DEFAULT_CURRENCY:
        return None
    found = known().get(currency)
    return found.rate if found else None


def limit(units: int, currency: str) -> Money:
    """A limit of so many units of the shop's own currency, at the bare rate; as many of `currency` where nobody said
    one."""
    return Money.rounded(units * (rate_of(currency) or Decimal(1)), currency)


def sources() -> set[str]:
    """From where the rates are that there are. One query."""
    return set(Currency.objects.exclude(rate=None).values_list("source", flat=True))


def terms_of(row: Currency) -> Terms | None:
    """By what amounts become amounts of this currency; None where they do not."""
    if not row.is_converted or row.rate is None:
        return None
    return Terms(
        code=row.code, base=settings.DEFAULT_CURRENCY, rate=row.rate, step=row.step_minor, ending=row.ending_minor,
        mode=Mode(row.mode),
    )  # fmt: skip


def _known(row: Currency) -> Known:
    return Known(row.code, row.is_active, terms_of(row), row.rate)
