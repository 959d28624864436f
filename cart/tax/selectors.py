"""Which tax is due where, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower, Now, TruncDate
from django.utils import timezone

from cart.tax import rules, vat
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate, VatCheck
from cart.tax.regimes import TAXED, Place, Regime, Setting, Standing, is_reverse_charged, regime
from cart.tax.rules import How, Level, Rate, Rounding
from shop.accounts import selectors as accounts
from shop.core import cache, db

_READ = (
    "name", "country", "state", "postal_codes", "tax_class", "rate", "level", "is_compound", "is_included",
    "applies_to_shipping", "valid_from", "valid_until",
)  # fmt: skip
PLACES = 500  # of which a process holds the rates
KEPT, KEPT_NO = timedelta(days=30), timedelta(days=1)  # how long what the register said of an id counts


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as far as tax is concerned: the account (a guest is never exempt, for anybody can type an e-mail
    address), and the VAT id as it was typed. `standing`: what is known of them already, as of who has ordered."""

    customer_id: UUID | None = None
    vat_id: str = ""
    standing: Standing | None = None


NOBODY = Buyer()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What tax is due: the regime, why the buyer pays none, and whether the address lacks something to know it
    (`is_estimated`). `setting` is that of the country."""

    place: Place
    regime: Regime
    standing: Standing
    setting: Setting
    is_estimated: bool
    buyer: Buyer = NOBODY

    @property
    def prices_include_tax(self) -> bool:
        """Whether the prices that `regime` makes contain the tax of the place."""
        if self.setting.shown == "entered" and self.setting.entry != "rate":
            return self.setting.entry == "gross"
        return self.setting.shown == "gross" or any(rate.is_included for rate in self.regime.rates)


def place_of(address: Mapping[str, Any] | None) -> Place:
    """Where an address is; the shop's own country where none is given."""
    if address and address.get("country"):
        country, state, postal_code = (str(address.get(name) or "") for name in ("country", "state", "postal_code"))
        return Place(country.upper(), state.upper(), postal_code.upper())
    return Place(settings.DEFAULT_COUNTRY, is_assumed=True)


def ruling(address: Mapping[str, Any] | None, buyer: Buyer = NOBODY, *, at: datetime | None = None) -> Ruling:
    """What tax a sale to `address` has today (the database's date; `at`: what time it has, if that is known).

    While this process knows the settings and the rates of the place, no query but one for the time, two where anybody
    is exempt and the buyer has an account, and one with a VAT id.
    """
    place = place_of(address)
    known = _known()
    setting = known.settings.get(place.country) or known.settings.get("") or Setting()
    is_home = place.country == settings.DEFAULT_COUNTRY
    today = timezone.localdate(at or db.clock())
    home_country = "" if is_home or setting.keeps_prices else settings.DEFAULT_COUNTRY
    rows = [row for row in known.rates(place, home_country) if _is_in_force(row, today)]
    here, needs_more = _chosen(rows, place)
    home = here if is_home else _chosen(rows, Place(settings.DEFAULT_COUNTRY))[0]
    standing = buyer.standing
    if standing is None and known.has_exemptions and buyer.customer_id:
        standing = _exempt(place, buyer.customer_id)
    standing = standing or _standing(place, buyer, setting)
    found = regime(here, home, setting, is_relieved=bool(standing.scheme), is_home=is_home)
    is_estimated = place.is_assumed or (needs_more and setting.is_taxed)
    return Ruling(place, found, standing, setting, is_estimated, buyer)


def how(address: Mapping[str, Any]) -> How:
    """How tax is rounded where `address` is. No query once this process knows the settings."""
    known = _known().settings
    return (known.get(place_of(address).country) or known.get("") or Setting()).how


def asks_vat_id(country: str) -> bool:
    """Whether a buyer of this country may say a VAT id: where one makes a difference."""
    home = settings.DEFAULT_COUNTRY
    return is_reverse_charged(home=home, country=country, vat_id="EL" if country == "GR" else country)


def _is_in_force(row: Any, today: date) -> bool:
    return row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)


def _chosen(rows: list[Any], place: Place) -> tuple[list[Rate], bool]:
    """Of each tax class and level the rate for the smallest place, by level; and whether state or postal code are
    missing to know it."""
    inside = [row for row in rows if row.country == place.country and row.state.upper() in {"", place.state}]
    fitting = [row for row in inside if rules.in_postal_codes(row.postal_codes, place.postal_code)]
    chosen: dict[tuple[int, str], Any] = {}
    for row in sorted(fitting, key=lambda row: (row.level, bool(row.state), bool(row.postal_codes))):
        chosen[row.level, row.tax_class] = row
    lacks_state = not place.state and any(row.state and row.country == place.country for row in rows)
    lacks_code = not place.postal_code and any(row.postal_codes for row in inside)
    return [_rate(row) for row in chosen.values()], lacks_state or lacks_code


def _rate(row: Any) -> Rate:
    return Rate(row.name, row.rate, row.tax_class, row.is_included, row.applies_to_shipping, row.is_compound)


# --- Who pays none


def _exempt(place: Place, customer_id: UUID) -> Standing | None:
    email, _name = accounts.customers([customer_id]).get(customer_id, ("", ""))
    today = TruncDate(Now())
    row = (
        TaxExemption.objects.annotate(who=Lower("email"))
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today), who=email.lower(), valid_from__lte=today)
        .filter(Q(country="") | Q(country=place.country, state="") | Q(country=place.country, state=place.state))
        .first()
    )
    return Standing("exempt", proof=row.certificate or row.reason) if row else None


def _standing(place: Place, buyer: Buyer, setting: Setting) -> Standing:
    vat_id = vat.tidy(buyer.vat_id)
    if not vat_id:
        return TAXED
    if not is_reverse_charged(home=settings.DEFAULT_COUNTRY, country=place.country, vat_id=vat_id):
        return TAXED if vat.objection(vat_id) else Standing(vat_id=vat_id, vat_status="unused")
    if vat.objection(vat_id):
        return Standing(vat_id=vat_id, vat_status="invalid")
    check = checked(vat_id)
    if check is None:
        return Standing("reverse_charge" if setting.trusts_vat_ids else "", vat_id, "unverified")
    if not check.is_valid:
        return Standing(vat_id=vat_id, vat_status="invalid")
    return Standing("reverse_charge", vat_id, "valid", check.reference)


def checked(vat_id: str) -> VatCheck | None:
    """What the register said of a tidy id lately; None: nothing, or too long ago. A no is asked again the next day."""
    lately = Q(is_valid=True, checked_at__gt=Now() - KEPT) | Q(is_valid=False, checked_at__gt=Now() - KEPT_NO)
    return VatCheck.objects.filter(lately, pk=vat_id).first()


# --- Settings, which each process holds


@dataclass(frozen=True, slots=True)
class _Known:
    settings: Mapping[str, Setting]
    has_exemptions: bool
    at_home: list[Any]  # the rates of the shop's own country, of whatever date
    places: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)

    def rates(self, place: Place, home: str) -> list[Any]:
        """The rates of whatever date at a place (all states of its country where its own is not known) and in the
        country `home`, by level."""
        key = (place.country, place.state, home)
        if key not in self.places:
            if len(self.places) >= PLACES:
                self.places.clear()
            self.places[key] = _rates(*key)
        return self.places[key]


def _rates(country: str, state: str, home: str) -> list[Any]:
    where = Q(country=country)
    if state:
        where &= Q(state="") | Q(state__iexact=state)
    if home:
        where |= Q(country=home, state="")
    return list(TaxRate.objects.filter(where).order_by("level").values_list(*_READ, named=True))


@cache.held(cache.TAXES)
def _known() -> _Known:
    """Settings by country and rates by place, as they were when one was last changed. Three queries when this process
    has not seen them, else none."""
    rows = {str(row.country): _setting(row) for row in TaxConfiguration.objects.all()}
    at_home = TaxRate.objects.filter(country=settings.DEFAULT_COUNTRY)
    return _Known(rows, TaxExemption.objects.exists(), list(at_home.values_list(*_READ, named=True)))


def at_home() -> str:
    """Of the prices that the catalogue shows: "included" or "added" says where the tax of the shop's own country is
    today (by this server's clock, for it is a word and no amount); "" if there is none."""
    known, today = _known(), timezone.localdate()
    setting = known.settings.get(settings.DEFAULT_COUNTRY) or known.settings.get("") or Setting()
    included = {row.is_included for row in known.at_home if _is_in_force(row, today)}
    if not included or not setting.is_taxed:
        return ""
    asked = setting.entry if setting.shown == "entered" else setting.shown
    is_inside = asked == "gross" or (asked == "rate" and included == {True})
    return "included" if is_inside else "added"


def _setting(row: TaxConfiguration) -> Setting:
    how = How(Rounding(row.rounding), Level(row.rounding_level))
    return Setting(
        row.is_taxed, row.entry, row.keeps_prices, row.shown, how, row.service, row.trusts_vat_ids
    )  # fmt: skip


def forget() -> None:
    """Read the settings anew from now on."""
    cache.TAXES.delete()
