"""Asking outside what tax is due, or whether a VAT id exists: with a circuit breaker, never with a transaction open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import connections

from cart.tax import regimes
from cart.tax.providers import base, table
from cart.tax.providers.http import message
from cart.tax.rules import Base, TaxLine
from cart.tax.selectors import Ruling
from shop.core import cache, db
from shop.core.money import Money
from shop.resilience import breaker

log = structlog.get_logger("cart.tax")

T = TypeVar("T")
SERVICE, REGISTER = "tax.service", "tax.register"  # names of circuits


def is_asked(ruling: Ruling) -> bool:
    """Whether a service works out the tax of this sale: not where there is none, or the address is a guess."""
    setting = ruling.setting
    return bool(setting.service and setting.is_taxed and not ruling.standing.scheme and not ruling.place.is_assumed)


def taxes(ruling: Ruling, lines: Sequence[Base], currency: str) -> list[list[TaxLine]] | None:
    """The taxes of each of `lines` as the country's tax service tells them, or told the same question lately. None
    where it does not answer, or may not be asked, as a transaction is open: the shop's own rates count then."""
    question = base.Question(currency, settings.DEFAULT_COUNTRY, ruling.place, ruling.prices_include_tax, tuple(lines))
    key = _key(ruling.setting.service, question)
    told = cache.TAX_ANSWERS.get(key)
    if told is None:
        told = _asked(ruling.setting.service, question)
        if told is None:
            return None
        cache.TAX_ANSWERS.set(told, key)
    return [
        [TaxLine(name, rate, Money(minor, currency), is_inside) for name, rate, minor, is_inside in line]
        for line in told
    ]  # fmt: skip


def is_same(one: Ruling, other: Ruling, lines: Sequence[Base], currency: str, *, must_ask: bool) -> bool | None:
    """Whether `lines` have the same prices and taxes in both places. Where a service works them out it is asked about
    both (`must_ask`: it is not enough that the shop's own rates are the same); None where it does not answer."""
    if one.standing.scheme != other.standing.scheme:
        return False
    if one.place == other.place:
        return True
    classes = {line.tax_class for line in lines}
    asked = [is_asked(one), is_asked(other)]
    if not (must_ask or any(asked)):
        return regimes.is_same(one.regime, other.regime, classes)
    here, there = (replace(ruling.regime, rates=()) for ruling in (one, other))
    if any(asked) != all(asked) or not regimes.is_same(here, there, classes):
        return False
    told = [taxes(ruling, lines, currency) for ruling in (one, other) if all(asked)]
    return None if None in told or not told else told[0] == told[1]


def _key(service: str, question: base.Question) -> str:
    content = json.dumps([service, message(question)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _asked(code: str, question: base.Question) -> list[list[tuple[Any, ...]]] | None:
    service = table.service(code)
    if service is None:
        return None
    answer = through(SERVICE, lambda: service.taxes(question))
    return None if answer is None else [[astuple(one) for one in line] for line in answer]


def through(circuit: str, question: Callable[[], T]) -> T | None:
    """The answer to a question, None if there is none or none may be asked for."""
    if connections[db.DEFAULT].in_atomic_block:
        return None
    try:
        return breaker.call(circuit, (base.Unavailable,), question)
    except (base.Unavailable, breaker.Open) as error:
        log.warning("no answer about tax", circuit=circuit, error=str(error))
        return None
