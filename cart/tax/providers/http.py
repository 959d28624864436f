"""A tax service that is asked by a simple JSON message; docs/how-to/tax.md describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

import requests

from cart.tax.providers.base import Question, Told, Unavailable
from cart.tax.rules import Base

_SECONDS = (1.0, 2.0)  # to connect, and for each part of the answer: a shopper waits


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
        answer = requests.post(url, json=body, headers=dict(headers), timeout=_SECONDS, allow_redirects=False)
        if answer.status_code != 200:
            raise Unavailable(f"answered {answer.status_code}")
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Unavailable(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Unavailable("not an object")
    return found


def _line(row: Any, base: Base) -> list[Told]:
    """The taxes of a line. What cannot be is no answer: money is made of it."""
    try:
        told = [
            Told(str(tax["name"])[:80], Decimal(str(tax["rate"])), tax["amount"], bool(tax.get("included")))
            for tax in row["taxes"]
        ]
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise Unavailable("the answer is not of the form it should be") from error
    price = base.goods + base.shipping
    is_sound = all(type(one.minor) is int and 0 <= one.minor <= price and _is_rate(one.rate) for one in told)
    if not is_sound or sum(one.minor for one in told if one.is_included) > price:
        raise Unavailable("the answer has amounts that cannot be")
    return told


def _is_rate(rate: Decimal) -> bool:
    return rate.is_finite() and 0 <= rate <= 1
