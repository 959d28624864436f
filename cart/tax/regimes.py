"""Which rates count for one sale, and what a price of the catalogue is there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from cart.tax.rules import USUAL, How, Rate, included_factor, rounded
from shop.core.money import Money

EU = frozenset(
    ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"]
)  # fmt: skip
DELIVERY = ""  # the tax class of what delivery costs, in `Regime.prices`
DELIVERED_AS = "standard"  # whose rates a price of delivery contains


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods go: codes in capitals. `is_assumed`: nobody said where."""

    country: str
    state: str = ""
    postal_code: str = ""
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How tax is worked out in a country, as `models.TaxConfiguration` says."""

    is_taxed: bool = True
    entry: str = "rate"
    keeps_prices: bool = True
    shown: str = "entered"
    how: How = USUAL
    service: str = ""
    trusts_vat_ids: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a buyer pays no tax, or which VAT id was given in vain.

    `scheme` is "" (taxed), "reverse_charge" (the buyer pays it where they are) or "exempt"; `vat_status` "valid",
    "invalid", "unverified" (the register did not answer) or "unused" (it makes no difference to this sale, and nobody
    was asked); `proof` the certificate's number or the register's reference.
    """

    scheme: str = ""
    vat_id: str = ""
    vat_status: str = ""
    proof: str = ""


TAXED = Standing()


@dataclass(frozen=True, slots=True)
class Regime:
    """The tax of one sale: the rates in the order in which they are worked out, and how they are rounded.

    `prices` says, by tax class, what a price of the catalogue is multiplied by before anything else: a price with the
    tax of one country becomes one without, or with another's.
    """

    rates: tuple[Rate, ...] = ()
    how: How = USUAL
    prices: Mapping[str, Fraction] = field(default_factory=dict)

    def factor(self, tax_class: str) -> Fraction:
        """What a price of the catalogue is multiplied by here."""
        return self.prices.get(tax_class, Fraction(1))

    def price(self, listed: Money, tax_class: str) -> Money:
        """What a price of the catalogue is here, per unit; of delivery with `DELIVERY`."""
        factor = self.factor(tax_class)
        if factor == 1:
            return listed
        return Money(rounded(listed.minor * factor, self.how.rounding), listed.currency)


def is_same(one: Regime, other: Regime, classes: Iterable[str]) -> bool:
    """Whether goods of these classes, and their delivery, have the same prices and the same taxes in both regimes: what
    prices are multiplied by, which rates there are, in which order they are worked out, and how they are rounded."""
    wanted = set(classes)
    mine, others = ([rate for rate in its.rates if rate.tax_class in wanted] for its in (one, other))
    if mine != others or (mine and one.how != other.how):
        return False
    return all(one.factor(its) == other.factor(its) for its in (*wanted, DELIVERY))


def is_reverse_charged(*, home: str, country: str, vat_id: str) -> bool:
    """Whether a sale from `home` to a buyer with this id (valid, tidy) is taxed where the buyer is: both countries are
    of the EU, and neither the goods nor the id stay at home (directive 2006/112/EC, articles 138 and 196)."""
    of_id = "GR" if vat_id[:2] == "EL" else vat_id[:2]
    return {home, country, of_id} <= EU and home not in {country, of_id}


def regime(here: Sequence[Rate], home: Sequence[Rate], setting: Setting, *, is_relieved: bool, is_home: bool) -> Regime:
    """The regime of a sale. `here` are the rates of where goods go, by level, `home` those of the shop's own country
    (read only where prices change with the country); `is_relieved`: the buyer pays no tax."""
    if not setting.is_taxed:
        here = ()
    elif setting.entry != "rate":
        here = [replace(rate, is_included=setting.entry == "gross") for rate in here]
    is_kept = setting.keeps_prices or is_home
    is_turned = is_relieved or setting.shown != "entered"
    if is_kept and not is_turned:
        return Regime(tuple(here), setting.how)
    shown = "net" if is_relieved else setting.shown
    classes = {rate.tax_class for rate in (*here, *home)}
    prices = {one: _factor(_of(here, one), () if is_kept else _of(home, one), shown, is_kept) for one in classes}
    prices[DELIVERY] = _factor(_of_delivery(here), () if is_kept else _of_delivery(home), shown, is_kept)
    if is_relieved:
        return Regime((), setting.how, prices)
    if shown != "entered":
        here = [replace(rate, is_included=shown == "gross") for rate in here]
    return Regime(tuple(here), setting.how, prices)


def _factor(here: Sequence[Rate], home: Sequence[Rate], shown: str, is_kept: bool) -> Fraction:
    """What a price is multiplied by: the tax of home out of it, that of here into it; then as it is to be shown."""
    included = included_factor(here)
    factor = Fraction(1) if is_kept else included / included_factor(home)
    if shown == "net":
        return factor / included
    if shown == "gross":
        return factor * included_factor([replace(rate, is_included=True) for rate in here]) / included
    return factor


def _of(rates: Iterable[Rate], tax_class: str) -> list[Rate]:
    return [rate for rate in rates if rate.tax_class == tax_class]


def _of_delivery(rates: Iterable[Rate]) -> list[Rate]:
    return [rate for rate in _of(rates, DELIVERED_AS) if rate.applies_to_shipping]
