"""Set up currencies and change what they are worth. Every rate that counted is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from shop.audit import services as audit
from shop.core import db
from shop.core.money import NO_CURRENCIES, BadAmount, exponent
from shop.currencies import locking, rules, selectors
from shop.currencies.models import Currency, ExchangeRate
from shop.events import bus, types

BY_HAND = "by hand"
SMALLEST, LARGEST = Decimal(10) ** -8, Decimal(10) ** 9  # units for one


class BadCurrency(ValueError):
    """It cannot be set up like this. `field` says what is the matter with it, the text why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a new rate: "set", "same", or "jump" for one that is too far from the last one to be believed; of a
    currency that is converted "none" where there is none."""

    code: str
    what: str
    old: Decimal | None
    new: Decimal | None = None


def keep(*, code: str, values: Mapping[str, Any], by: str) -> Currency:
    """Add a currency or change it: `is_active`, `is_converted`, `step_minor`, `ending_minor`, `mode`, and `rate` (None
    leaves it as it is). Own transaction. Raises `BadCurrency`.
    """
    check_code(code)
    check(values, has_rate=Currency.objects.filter(code=code, rate__isnull=False).exists())
    rate = values.get("rate")
    told = {name: value for name, value in values.items() if name != "rate"}
    with transaction.atomic(using=db.DEFAULT):
        row = Currency.objects.filter(code=code).first() or Currency(code=code)
        changed = {name: value for name, value in told.items() if row._state.adding or getattr(row, name) != value}
        for name, value in told.items():
            setattr(row, name, value)
        is_new_rate = rate is not None and rate != row.rate
        if is_new_rate:
            row.rate = rate  # so that the row keeps its constraints
        row.save()
        if changed:
            audit.record(
                action="currency.set", by=by, object_type="currency", object_id=row.pk,
                changes={"code": code, **{name: str(value) for name, value in changed.items()}}, using=db.DEFAULT,
            )  # fmt: skip
        if is_new_rate and rate is not None:
            _set_rate(row, rate, BY_HAND, by)
        transaction.on_commit(selectors.forget, using=db.DEFAULT)
        if "is_converted" in changed:  # told after that: who hears of it reads it anew
            bus.publish(types.CurrencyChanged(currency_id=row.pk, code=code), using=db.DEFAULT)
    return row


def update(*, rates: Mapping[str, Decimal], source: str, by: str, is_forced: bool = False) -> list[Step]:
    """New rates of the currencies that there are, by code; others are passed over. A rate that is further from the last
    one than `EXCHANGE_RATES_JUMP` percent is not taken, unless forced. All in one transaction. Those that are converted
    and keep their rate for want of a new one stand last.
    """
    steps = []
    with transaction.atomic(using=db.DEFAULT):
        for row in locking.currencies(rates):
            new = rates[row.code]
            step = Step(row.code, _what(row.rate, new, is_forced=is_forced), row.rate, new)
            steps.append(step)
            if step.what == "set":
                _set_rate(row, new, source, by)
        transaction.on_commit(selectors.forget, using=db.DEFAULT)
        others = Currency.objects.filter(is_converted=True).exclude(code__in=rates).order_by("code")
        return [*steps, *(Step(row.code, "none", row.rate) for row in others)]


def _what(old: Decimal | None, new: Decimal, *, is_forced: bool) -> str:
    if old == new:
        return "same"
    return "jump" if is_jump(old, new) and not is_forced else "set"


def is_jump(old: Decimal | None, new: Decimal) -> bool:
    """Whether a rate is too far from the last one to be believed without being asked."""
    return old is not None and rules.jump(old, new) > settings.EXCHANGE_RATES_JUMP


def _set_rate(row: Currency, rate: Decimal, source: str, by: str) -> None:
    """Write a rate down, in the caller's transaction."""
    Currency.objects.filter(pk=row.pk).update(rate=rate, rated_at=Now(), source=source)
    ExchangeRate.objects.create(currency=row.code, base=settings.DEFAULT_CURRENCY, rate=rate, source=source, actor=by)
    audit.record(
        action="currency.rate", by=by, object_type="currency", object_id=row.pk,
        changes={"code": row.code, "rate": str(rate), "source": source}, using=db.DEFAULT,
    )  # fmt: skip


def check_code(code: str) -> None:
    """Raises `BadCurrency` for what is none, and for the shop's own."""
    try:
        exponent(code)
    except BadAmount as error:
        raise BadCurrency("code", _("This is no currency of ISO 4217.")) from error
    if code in NO_CURRENCIES:
        raise BadCurrency("code", _("This is no currency of ISO 4217."))
    if code == settings.DEFAULT_CURRENCY:
        raise BadCurrency("code", _("This is the shop's own currency: it needs no rate."))


def check(values: Mapping[str, Any], *, has_rate: bool) -> None:
    """Raises `BadCurrency` for values that make no sense; `has_rate`: one is known already."""
    rate = values.get("rate")
    if values.get("is_converted", True) and rate is None and not has_rate:
        raise BadCurrency("rate", _("A currency that is converted needs a rate."))
    if rate is not None and not (rate.is_finite() and SMALLEST <= rate <= LARGEST):
        bounds = {"own": settings.DEFAULT_CURRENCY, "least": f"{SMALLEST:f}", "most": f"{LARGEST:,}"}
        told = _("A rate is a number from %(least)s to %(most)s: how many units of it are one %(own)s.")
        raise BadCurrency("rate", told % bounds)
    step = values.get("step_minor", 1)
    if not 1 <= step <= rules.MAX_STEP:
        raise BadCurrency("step_minor", _("Round to multiples of 1 or more."))
    if not 0 <= values.get("ending_minor", 0) < step:
        raise BadCurrency("ending_minor", _("An ending is below the step."))
