"""Tax rates that come with the shop, in `data/`: what of them is new, and what ends because of it.

A rate is never overwritten: the old one ends the day before the new one begins, so that what was charged then can
still be explained. Rates that merchants typed themselves are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from cart.tax import selectors
from cart.tax.models import TaxRate
from shop.audit import services as audit
from shop.core import db

DATA = Path(__file__).parent / "data"
DAY = timedelta(days=1)
Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one rate: "add", "end", "same", or "kept", which is the merchant's own and says otherwise."""

    what: str
    rate: TaxRate


def countries() -> list[str]:
    """The countries of which there are rates to load."""
    return sorted({str(rate.country) for rate in _wanted()})


def load(*, only: Iterable[str] = (), is_dry: bool = False, by: str = "system") -> list[Step]:
    """Bring the rates of these countries (all without) up to date, in one transaction; what was done, or would be.

    Once more, it does nothing.
    """
    chosen = {one.upper() for one in only}
    wanted = [rate for rate in _wanted() if not chosen or str(rate.country) in chosen]
    with transaction.atomic(using=db.DEFAULT):
        there: dict[Key, list[TaxRate]] = {}
        for row in TaxRate.objects.filter(country__in={str(rate.country) for rate in wanted}).order_by("valid_from"):
            there.setdefault(_key(row), []).append(row)
        today = db.clock().date()
        steps = [step for rate in wanted for step in _steps(rate, there.setdefault(_key(rate), []), today)]
        if not is_dry:
            _write(steps, by)
    selectors.forget()
    return steps


def _write(steps: Sequence[Step], by: str) -> None:
    """What ends goes first, or the table would refuse what begins."""
    ended = [step.rate for step in steps if step.what == "end"]
    added = [step.rate for step in steps if step.what == "add"]
    TaxRate.objects.bulk_update(ended, ["valid_until"])
    TaxRate.objects.bulk_create(added)
    if ended or added:
        audit.record(
            action="taxrate.load", by=by, object_type="taxrate", object_id="data",
            changes={"added": len(added), "ended": len(ended)}, using=db.DEFAULT,
        )  # fmt: skip


def _steps(rate: TaxRate, there: list[TaxRate], today: date) -> list[Step]:
    """What is to be done for `rate`, given all of the same place, class and level by date; `there` is kept up to date.

    One with the same first day as another rate that was loaded corrects it, from today on.
    """
    before = [row for row in there if row.valid_from <= rate.valid_from]
    latest = before[-1] if before else None
    is_latest = latest is not None and latest.rate == rate.rate and latest.valid_until is None
    if is_latest or any(row.rate == rate.rate and row.valid_from >= rate.valid_from for row in there):
        return [Step("same", rate)]
    if any(not row.data_set and (row.valid_until is None or row.valid_until >= rate.valid_from) for row in there):
        return [Step("kept", rate)]
    if latest is not None and latest.valid_from == rate.valid_from:
        if latest.valid_from >= today:
            return [Step("kept", rate)]
        rate.valid_from = today
    return _put(rate, latest, there)


def _put(rate: TaxRate, latest: TaxRate | None, there: list[TaxRate]) -> list[Step]:
    """Between the one before, which ends, and the next one, before which it ends."""
    steps = [Step("add", rate)]
    if latest is not None and (latest.valid_until is None or latest.valid_until >= rate.valid_from):
        latest.valid_until = rate.valid_from - DAY
        if not latest._state.adding:
            steps.insert(0, Step("end", latest))
    after = [row for row in there if row.valid_from > rate.valid_from]
    if after:
        rate.valid_until = after[0].valid_from - DAY
    there.append(rate)
    there.sort(key=lambda row: row.valid_from)
    return steps


def _key(rate: TaxRate) -> Key:
    return str(rate.country), rate.state.upper(), rate.postal_codes, rate.tax_class, rate.level


def _wanted() -> list[TaxRate]:
    found = []
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text())
        rates = [_rate(path.stem, content, row) for row in content["rates"]]
        found += sorted(rates, key=lambda rate: rate.valid_from)
    return found


def _rate(data_set: str, content: Mapping[str, Any], row: Mapping[str, Any]) -> TaxRate:
    return TaxRate(
        name=row["name"],
        country=row["country"],
        state=row.get("state", ""),
        postal_codes="",
        tax_class=row.get("tax_class", "standard"),
        rate=Decimal(row["rate"]) / 100,
        level=row.get("level", 1),
        is_compound=False,
        is_included=row.get("is_included", content["is_included"]),
        applies_to_shipping=row.get("applies_to_shipping", content["applies_to_shipping"]),
        valid_from=date.fromisoformat(row["from"]),
        source=content["source"][:200],
        source_on=date.fromisoformat(content["as_of"]),
        data_set=data_set,
    )
