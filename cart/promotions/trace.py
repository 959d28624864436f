"""What was decided about each promotion, as it is kept and as merchants read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from cart.promotions.rules import Outcome, Why
from shop.core.money import Money

REASONS: Mapping[str, Any] = {
    Why.NOT_STARTED: _lazy("its time has not come"),
    Why.EXPIRED: _lazy("its time is over"),
    Why.USED_UP: _lazy("it is used up"),
    Why.CUSTOMER_LIMIT: _lazy("this customer has used it as often as allowed"),
    Why.BUDGET: _lazy("its budget does not reach"),
    Why.CURRENCY: _lazy("it has no amount in this currency"),
    Why.NO_PRODUCT: _lazy("nothing that it is for"),
    Why.QUANTITY: _lazy("too few units"),
    Why.MINIMUM: _lazy("below its minimum"),
    Why.GROUP: _lazy("not for this customer's group"),
    Why.COUNTRY: _lazy("not for this country"),
    Why.CHANNEL: _lazy("not for this channel"),
    Why.NOT_FIRST_ORDER: _lazy("not a first order"),
    Why.NO_GIFT: _lazy("its gift is out of stock"),
    Why.DELIVERY: _lazy("not for this way of delivery"),
    Why.NO_DELIVERY: _lazy("the delivery is free, or not known yet"),
    Why.NOTHING_LEFT: _lazy("nothing is left that it could take off"),
    Why.TAKEN: _lazy("does not combine with one that came first"),
    Why.EXCLUDED: _lazy("others save more, and it goes with no other"),
    Why.UNKNOWN: _lazy("unknown"),
    Why.OFF: _lazy("switched off"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One promotion in words. `amount` is what it took off, gifts among it; None where it does not apply."""

    promotion_id: str
    name: str
    code: str
    lane: str
    amount: Money | None
    reason: str


def facts(outcome: Outcome) -> list[dict[str, Any]]:
    """Every promotion that was tried, in turn, as orders keep it."""
    return [
        {
            "id": one.promotion.id,
            "name": one.promotion.name,
            "lane": one.promotion.lane.value,
            **({"code": one.promotion.code} if one.promotion.code else {}),
            **({"worth": one.worth} if one.refusal is None else {"why": one.refusal.why.value}),
            **({"missing": one.refusal.missing} if one.refusal and one.refusal.missing else {}),
        }
        for one in outcome.tried
    ]


def told(rows: Iterable[Mapping[str, Any]], currency: str) -> list[Told]:
    """What `facts` kept, in words."""
    return [
        Told(
            promotion_id=row["id"],
            name=row["name"],
            code=row.get("code", ""),
            lane=row["lane"],
            amount=Money(row["worth"], currency) if "worth" in row else None,
            reason=_reason(row, currency) if "why" in row else "",
        )
        for row in rows
    ]


def _reason(row: Mapping[str, Any], currency: str) -> str:
    text, missing = str(REASONS.get(row["why"], row["why"])), row.get("missing", 0)
    if missing and row["why"] == Why.MINIMUM:
        return _("%(reason)s: %(amount)s more wanted") % {
            "reason": text,
            "amount": Money(missing, currency).format(),
        }
    if missing and row["why"] == Why.QUANTITY:
        more = ngettext("1 more wanted", "%(count)s more wanted", missing) % {"count": missing}
        return f"{text}: {more}"
    return text
