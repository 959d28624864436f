"""What a paper says, as it is kept: JSON with everything that is printed, and its lines to reckon with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from checkout.invoices.rules import GOODWILL, Entry, Position, Rate, Sums, taxes, totals
from checkout.orders import lines as order_lines
from checkout.orders.rules import Amounts

if TYPE_CHECKING:
    from checkout.invoices.models import Document, InvoiceDetails
    from checkout.orders.models import Order, OrderLine

_AMOUNTS = ("total", "discount", "shipping", "tax", "included")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the papers of an order have in common: `found` are its lines, `payment` as `paying.standing` tells it."""

    order: Order
    found: Sequence[OrderLine]
    details: InvoiceDetails
    billed_to: Mapping[str, Any]
    payment: Mapping[str, Any]


def snapshot(
    sheet: Sheet, lines: Position, *, settled: Sequence[Mapping[str, Any]], corrects: Sequence[Document] = (),
    replaces: Sequence[Document] = (), reason: str = "", delivery: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What a paper says about `lines` of an order, all but number and date.

    `settled` is how it is settled, as `settling` tells it. A credit note `corrects` invoices; an invoice that was
    issued anew `replaces` some; `reason` is why, in the merchant's words.
    `delivery` is the name of the one that is charged or taken back, if it is not the order's.
    """
    order, details = sheet.order, sheet.details
    by_key = {str(line.pk): line for line in sheet.found}
    keys = [key for key in by_key if key in lines] + [key for key in lines if key not in by_key]
    return {
        "language": details.language or order.language,
        "paper": details.paper,
        "seller": seller(details),
        "order": {
            "number": order.number,
            "placed_on": order.placed_at.date().isoformat(),
            "po_number": order.po_number,
            "email": order.email,
        },
        "billing_address": sheet.billed_to,
        "delivery_address": order.shipping_address,
        "delivery_name": order.delivery_name if delivery is None else delivery,
        "lines": [_line(key, by_key.get(key), lines[key]) for key in keys],
        "taxes": [_tax(rate, sums) for rate, sums in taxes(lines).items()],
        "totals": _totals(lines),
        "tax_facts": order.tax_facts,
        "payment": {**sheet.payment, "settled": list(settled)},
        "corrects": [_named(one) for one in corrects],
        "replaces": [_named(one) for one in replaces],
        "reason": reason,
    }


def _named(one: Document) -> dict[str, str]:
    return {"number": one.number, "issued_on": one.issued_on.isoformat()}


def seller(details: InvoiceDetails) -> dict[str, str]:
    """The merchant's details as a paper keeps them; `logo` is the name of its file, which is never overwritten."""
    names = ("name", "address", "vat_id", "tax_number", "registration", "email", "phone", "website", "bank", "footer")
    return {name: getattr(details, name) for name in names} | {"logo": details.logo.name or ""}


def _line(key: str, line: OrderLine | None, one: Entry) -> dict[str, Any]:
    parts = {"parts": _parts(one)} if key == GOODWILL else {}
    return parts | {
        "key": key,
        "sku": line.sku if line else "",
        "name": line.name if line else "",
        "options": [" ".join(one.split()) for one in order_lines.told(line)] if line else [],
        "unit_price": line.unit_price_minor if line else 0,
        "units": one.units,
        **dict(zip(_AMOUNTS, astuple(one.amounts), strict=True)),
        "net": one.net,
        "gross": one.gross,
        "taxes": [_tax(rate, sums) for rate, sums in one.taxes.items()],
    }


def _parts(one: Entry) -> list[dict[str, Any]]:
    """Goodwill as it is printed, a line for each rate, so that the lines of a rate come to what the rate is on. Where
    two rates are on the same it is one line without a rate: the taxes below tell how it is spread."""
    if sum(sums.base for sums in one.taxes.values()) != one.net:
        return [{"amount": one.amounts.total - one.amounts.discount, "taxes": []}]
    found = [
        {"amount": sums.base + (sums.tax if rate[2] else 0), "taxes": [_tax(rate, sums)]}
        for rate, sums in one.taxes.items()
    ]
    return [part for part in found if part["amount"]]


def _tax(rate: Rate, sums: Sums) -> dict[str, Any]:
    name, percent, is_included = rate
    return {"name": name, "rate": percent, "is_included": is_included, "base": sums.base, "tax": sums.tax}


def _totals(lines: Position) -> dict[str, int]:
    """`goods` after discount and `delivery` as the order prices them, the tax on top of them, and net + tax = gross."""
    sums = totals(lines)
    return {
        "goods": sum(one.amounts.total - one.amounts.discount for one in lines.values()),
        "delivery": sum(one.amounts.shipping for one in lines.values()),
        "added_tax": sum(one.amounts.tax - one.amounts.included for one in lines.values()),
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
    }


def lines(content: Mapping[str, Any]) -> Position:
    """The lines of a paper, to reckon with."""
    return {row["key"]: _entry(row) for row in content["lines"]}


def _entry(row: Mapping[str, Any]) -> Entry:
    amounts = Amounts(*(row[name] for name in _AMOUNTS))
    rates = {
        (tax["name"], tax["rate"], tax["is_included"]): Sums(tax["base"], tax["tax"]) for tax in row["taxes"]
    }  # fmt: skip
    return Entry(row["units"], amounts, rates)


def printed(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of a paper as they are printed: goodwill by its parts. Older papers have it in one."""
    return [
        {**row, "total": part["amount"], "discount": 0, "taxes": part["taxes"]} if part else row
        for row in content["lines"]
        for part in row.get("parts", [None])
    ]


def is_goodwill(row: Mapping[str, Any]) -> bool:
    """Whether a line of `content["lines"]` is of no product but an amount that need not be paid."""
    return bool(row["key"] == GOODWILL)
