"""The sums of a quote as pages and programs print them."""

from __future__ import annotations

from dataclasses import dataclass

from cart.carts import wording
from cart.pricing import selectors as pricing
from cart.shipping import words as shipping
from cart.tax import words
from shop.core.money import Money


@dataclass(frozen=True)
class Row:
    """A label and an amount of a summary."""

    label: str
    amount: Money
    code: str = ""


@dataclass(frozen=True)
class Summary:
    """The sums of a quote as pages print them; None: not known yet, or nothing to show."""

    subtotal: Money
    discount: Money | None
    shipping: Money | None
    tax: Money | None
    total: Money
    discounts: tuple[Row, ...]
    tax_label: str
    is_estimate: bool
    delivery_label: str = ""  # what makes the delivery cheaper
    hints: tuple[str, ...] = ()
    tax_note: str = ""  # why no tax is charged, or still is
    is_by_email: bool = False  # nothing of it is delivered to an address
    no_delivery: str = ""  # why it cannot be delivered wherever to
    arrives: str = ""  # when, by the way of delivery that is counted with


def summary(quote: pricing.Quote) -> Summary:
    """What a page prints of a quote."""
    no_delivery = wording.undelivered(quote)
    labels = dict.fromkeys(words.label(line.name, is_included=line.is_included) for line in quote.tax_lines)
    return Summary(
        subtotal=quote.subtotal,
        discount=quote.discount or None,
        shipping=quote.delivery.price if quote.delivery else None,
        tax=None if quote.is_estimated and not quote.tax_lines else quote.tax,
        total=quote.total,
        discounts=tuple(Row(one.name, one.amount, one.code) for one in quote.discounts if one.amount),
        tax_label=", ".join(labels),
        is_estimate=quote.is_estimated or bool(no_delivery),
        delivery_label=", ".join(one.name for one in quote.discounts if one.is_for_delivery),
        hints=quote.hints,
        tax_note=words.note(quote.tax_facts),
        is_by_email=quote.is_by_email,
        no_delivery=no_delivery,
        arrives=shipping.arrives(quote.delivery) if quote.delivery and not quote.is_by_email else "",
    )
