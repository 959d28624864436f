"""An order's amounts and lines as the quote has them, and what the units of a line come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cart.promotions import trace
from catalog.customizations import rules as customizing
from checkout.orders.models import Order, OrderLine
from checkout.orders.rules import Amounts
from shop.currencies import selectors as currencies

if TYPE_CHECKING:
    from cart.pricing.baskets import Bundle
    from cart.pricing.selectors import Quote, QuotedLine


def amounts(quote: Quote) -> dict[str, Any]:
    """The amounts of an order as the quote has them, by the names of their columns, with what it is worth."""
    return {
        "base_currency": settings.DEFAULT_CURRENCY,
        "exchange_rate": currencies.rate_of(quote.currency),
        "subtotal_minor": quote.subtotal.minor,
        "discount_minor": quote.discount.minor,
        "shipping_minor": quote.shipping.minor,
        "tax_minor": quote.tax.minor,
        "included_tax_minor": quote.included_tax.minor,
        "total_minor": quote.total.minor,
        "tax_lines": [
            {"name": tax.name, "rate": str(tax.rate), "amount_minor": tax.amount.minor, "is_included": tax.is_included}
            for tax in quote.tax_lines
        ],
        "tax_facts": quote.tax_facts,
        "discount_lines": [
            {"code": off.code, "name": off.name, "amount_minor": off.amount.minor}
            for off in quote.discounts
            if off.amount
        ],
        "promotions_tried": trace.facts(quote.outcome),
    }


def line(order: Order, position: int, quoted: QuotedLine, expected_on: date | None) -> OrderLine:
    """An unsaved line; `expected_on` is when its units come, if they are sold before."""
    return OrderLine(
        order=order,
        position=position,
        product_id=quoted.product_id,
        variant_id=quoted.variant_id,
        sku=quoted.sku,
        name=quoted.name,
        options=dict(quoted.options),
        customizations=customizing.kept(quoted.customizations),
        bundle=_bundle(quoted.bundle),
        picture=_source(quoted.picture),
        quantity=quoted.quantity,
        unit_price_minor=quoted.unit_price.minor,
        total_minor=quoted.line_total.minor,
        discount_minor=quoted.discount.minor,
        tax_minor=quoted.tax.minor,
        shipping_minor=quoted.shipping.minor,
        included_tax_minor=sum(tax.amount.minor for tax in quoted.taxes if tax.is_included),
        taxes=[
            {
                "name": tax.name,
                "rate": str(tax.rate),
                "amount_minor": tax.amount.minor,
                "is_included": tax.is_included,
                "on_shipping": tax.is_on_shipping,
                **({"compound": True} if tax.is_compound else {}),
            }
            for tax in quoted.taxes
        ],
        tax_class=quoted.tax_class,
        expected_on=expected_on,
        # the database's defaults, for whoever reckons with the line before it is saved
        removed=0,
        returned=0,
        returned_discount_minor=0,
        returned_shipping_minor=0,
        returned_tax_minor=0,
        returned_included_tax_minor=0,
        kept_shipping_minor=0,
        kept_tax_minor=0,
        kept_included_tax_minor=0,
    )


def _bundle(bundle: Bundle | None) -> dict[str, Any] | None:
    if bundle is None:
        return None
    return {
        "id": bundle.id,
        "variant_id": str(bundle.variant_id),
        "product_id": str(bundle.product_id),
        "sku": bundle.sku,
        "name": bundle.name,
        "quantity": bundle.quantity,
        "unit_price_minor": bundle.unit_price.minor,
    }


def _source(picture: Any) -> str:
    """The address of a picture as the catalogue gives it (a dict, an object with `src`, or none)."""
    source = picture.get("src") if isinstance(picture, Mapping) else getattr(picture, "src", picture)
    text = str(source or "")
    return text if len(text) <= 255 else ""


def live(line: OrderLine) -> Amounts:
    """What of a line is still to be paid: its units that did not come back, and what is kept of those that did."""
    return whole(line) - returned(line)


def rest(line: OrderLine) -> Amounts:
    """What the units of a line are worth that are part of the order and did not come back: every part is of it."""
    return live(line) - kept(line)


def whole(line: OrderLine) -> Amounts:
    """What all units of a line come to, those that came back among them."""
    return Amounts(
        line.total_minor, line.discount_minor, line.shipping_minor, line.tax_minor, line.included_tax_minor
    )  # fmt: skip


def returned(line: OrderLine) -> Amounts:
    """What the units of a line were worth that came back and were settled."""
    return Amounts(
        line.unit_price_minor * line.returned, line.returned_discount_minor, line.returned_shipping_minor,
        line.returned_tax_minor, line.returned_included_tax_minor,
    )  # fmt: skip


def kept(line: OrderLine) -> Amounts:
    """What is kept of the worth of units that came back: their delivery and its tax, by the shop's rule of returns."""
    return Amounts(0, 0, line.kept_shipping_minor, line.kept_tax_minor, line.kept_included_tax_minor)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: a line, or a bundle that lines are parts of."""

    name: str
    variant_id: UUID
    quantity: int
    customizations: Mapping[str, Any]
    is_bundle: bool = False


def asked(lines: Iterable[OrderLine]) -> list[Asked]:
    """What was asked for when these lines were ordered, in order: of what was taken off since all units."""
    found: dict[str, Asked] = {}
    for line in lines:
        if line.bundle:
            of = line.bundle
            found[of["id"]] = Asked(of["name"], UUID(of["variant_id"]), of["quantity"], {}, is_bundle=True)
        else:
            answers = {one["code"]: one["value"] for one in line.customizations}
            found[str(line.pk)] = Asked(line.name, line.variant_id, line.quantity or line.removed, answers)
    return list(found.values())


def told(line: OrderLine) -> list[str]:
    """The options of what was bought, what its buyer wanted of it and of which bundle it is a part, each in words:
    ["Moss", "Engraving: Ada"].
    """
    found = customizing.told(line.options, line.customizations)
    return [*found, _("part of “%(name)s”") % {"name": line.bundle["name"]}] if line.bundle else found


def about(line: OrderLine) -> str:
    """The same on one line."""
    return customizing.in_one(told(line))


def in_lines(line: OrderLine) -> str:
    """The same as its buyer typed it."""
    return customizing.in_lines(told(line))


def is_final(line: OrderLine) -> bool:
    """Whether it was made in a way that cannot be returned."""
    return any(one["is_final_sale"] for one in line.customizations)
