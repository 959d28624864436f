"""A tax service that is asked by a simple JSON message; docs/how-to/tax.md describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from cart.tax.providers.base import Question, Told, Unavailable
from cart.tax.rules import Base
from shop.core.entered import one_line
from shop.resilience import asking

_SECONDS = 2.0  # for the whole answer: a shopper waits
_STEP = Decimal("1E-6")  # of rates; services that reckon with floats say more digits than they mean


class HttpService:
    """`POST <url>`, a key as bearer."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key

    def taxes(self, question: Question) -> Sequence[Sequence[Told]]:
        """See `base.TaxService`."""
        found = post(self.url, message(question), {"Authorization": f"Bearer {self.key}"} if self.key else {})
        lines = found.get("lines")
        if not isinstance(lines, list) or len(lines) != len(question.lines):
            raise Unavailable("the answer has other lines than the question")
        return [_line(row, base) for row, base in zip(lines, question.lines, strict=True)]


def message(question: Question) -> dict[str, Any]:
    """The question as JSON."""
    return {
        "currency": question.currency,
        "from": {"country": question.home},
        "to": {"country": question.to.country, "state": question.to.state, "postal_code": question.to.postal_code},
        "prices_include_tax": question.prices_include_tax,
        "lines": [asdict(line) for line in question.lines],
    }


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that a POST of JSON is answered with. Raises `Unavailable`."""
    try:
        found = json.loads(asking.ask("POST", url, seconds=_SECONDS, json=body, headers=headers))
    except (asking.NoAnswer, ValueError, RecursionError) as error:
        raise Unavailable(str(error)[:200] or type(error).__name__) from error
    if not isinstance(found, dict):
        raise Unavailable("not an object")
    return found


def _line(row: Any, base: Base) -> list[Told]:
    """The taxes of a line. What cannot be is no answer: money is made of it."""
    try:
        told = [
            Told(one_line(tax["name"])[:80], _rate(tax["rate"]), tax["amount"], bool(tax.get("included")))
            for tax in row["taxes"]
        ]
    except (KeyError, TypeError, AttributeError, InvalidOperation, ValueError) as error:
        raise Unavailable("the answer is not of the form it should be") from error
    price = base.goods + base.shipping
    is_sound = all(one.name and type(one.minor) is int and one.minor >= 0 for one in told)
    if not is_sound or sum(one.minor for one in told) > price:
        raise Unavailable("the answer has amounts that cannot be")
    return told


def _rate(told: Any) -> Decimal:
    rate = Decimal(str(told))
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise ValueError("no rate")
    return rate.quantize(_STEP) if int(rate.as_tuple().exponent) < -6 else rate
