"""Examples of tax authorities and other shops, to the cent. "After" marks those that are restated in our terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from cart.pricing import rules
from cart.tax.rules import USUAL, How, Level, Rate, Rounding, rounded
from shop.core.money import Money

PER_ORDER = How(level=Level.ORDER)


@dataclass(frozen=True)
class Example:
    """`lines`: (minor units, tax class[, what is off]); `taxes`: by name as expected; `total` to be paid."""

    source: str
    currency: str
    lines: Sequence[tuple[int, str] | tuple[int, str, int]]
    rates: Sequence[Rate]
    taxes: Sequence[tuple[str, int]]
    total: int
    shipping: int = 0
    how: How = USUAL


def included(name: str, percent: str, tax_class: str = "standard", **more: bool) -> Rate:
    return added(name, percent, tax_class, is_included=True, **more)


def added(name: str, percent: str, tax_class: str = "standard", **more: bool) -> Rate:
    return Rate(name, Decimal(percent) / 100, tax_class, **more)


GOODS, FOOD = "standard", "reduced"
GST, QST = added("GST", "5"), added("QST", "9.975")

EXAMPLES = [
    # --- United Kingdom
    Example("HMRC, VAT Notice 700, section 7, the VAT fraction: 1/6 at 20 %", "GBP",
            [(12000, GOODS)], [included("VAT", "20")], [("VAT", 2000)], 12000),
    Example("HMRC, VAT Notice 700, section 7, the VAT fraction: 1/21 at 5 %", "GBP",
            [(10500, GOODS)], [included("VAT", "5")], [("VAT", 500)], 10500),
    Example("After HMRC, VAT Notice 700, 17.5: a fraction of a penny of an invoice's total VAT may be ignored", "GBP",
            [(33, GOODS)] * 3, [added("VAT", "20")], [("VAT", 19)], 99 + 19,
            how=How(Rounding.DOWN, Level.ORDER)),
    Example("After HMRC, VAT Notice 700, 17.5.1: each line's VAT to the nearest penny (6.6p is 7p)", "GBP",
            [(33, GOODS)] * 3, [added("VAT", "20")], [("VAT", 21)], 99 + 21),
    Example("After HMRC, VATA 1994 Schedule 8 and 7A: books at 0 %, energy-saving goods at 5 %, others at 20 %", "GBP",
            [(1000, "zero"), (1000, FOOD), (1000, GOODS)],
            [added("VAT", "20"), added("VAT", "5", FOOD), added("VAT", "0", "zero")],
            [("VAT", 200), ("VAT", 50)], 3250),
    # --- European Union
    Example("Germany, UStG § 12 (1): 19 % within 119.00", "EUR",
            [(11900, GOODS)], [included("MwSt", "19")], [("MwSt", 1900)], 11900),
    Example("Germany, UStG § 12 (1) and (2): 19 % and 7 % on one invoice", "EUR",
            [(11900, GOODS), (10700, FOOD)], [included("MwSt", "19"), included("MwSt", "7", FOOD)],
            [("MwSt", 1900), ("MwSt", 700)], 22600),
    Example("Germany, Zweites Corona-Steuerhilfegesetz: 16 % from July to December 2020", "EUR",
            [(11600, GOODS)], [included("MwSt", "16")], [("MwSt", 1600)], 11600),
    Example("France, CGI art. 278 and 278-0 bis: 20 % and 5.5 %", "EUR",
            [(12000, GOODS), (10550, FOOD)], [included("TVA", "20"), included("TVA", "5.5", FOOD)],
            [("TVA", 2000), ("TVA", 550)], 22550),
    Example("After Directive 2006/112/EC, art. 78 (b): transport that the supplier charges is taxed with the goods",
            "EUR", [(10000, GOODS)], [added("VAT", "21", applies_to_shipping=True)], [("VAT", 2310)], 13310,
            shipping=1000),
    Example("After Directive 2006/112/EC, art. 79 (b): a discount given at the sale is not taxed", "EUR",
            [(10000, GOODS, 1000)], [added("VAT", "20")], [("VAT", 1800)], 10800),
    Example("After CJEU C-302/07, Wetherspoon: countries say how is rounded; for each line (26.48 is 26)", "EUR",
            [(203, GOODS)] * 4, [included("VAT", "15")], [("VAT", 104)], 812),
    Example("After CJEU C-302/07, Wetherspoon: or once for all of the bill (105.91 is 106)",
            "EUR", [(203, GOODS)] * 4, [included("VAT", "15")], [("VAT", 106)], 812, how=PER_ORDER),
    Example("Ireland, VATCA 2010 s. 46: 23 % within 123.00", "EUR",
            [(12300, GOODS)], [included("VAT", "23")], [("VAT", 2300)], 12300),
    # --- Canada
    Example("CRA, GST/HST rates by province: Ontario, HST 13 %", "CAD",
            [(10000, GOODS)], [added("HST", "13")], [("HST", 1300)], 11300),
    Example("CRA, notice 337: Nova Scotia, HST 14 % from April 1, 2025", "CAD",
            [(10000, GOODS)], [added("HST", "14")], [("HST", 1400)], 11400),
    Example("CRA and British Columbia: GST 5 % and PST 7 %, both on the price", "CAD",
            [(10000, GOODS)], [GST, added("PST", "7")], [("GST", 500), ("PST", 700)], 11200),
    Example("CRA and Saskatchewan: GST 5 % and PST 6 %", "CAD",
            [(4999, GOODS)], [GST, added("PST", "6")], [("GST", 250), ("PST", 300)], 5549),
    Example("Revenu Québec: since January 1, 2013 QST 9.975 % on the price without GST", "CAD",
            [(10000, GOODS)], [GST, QST], [("GST", 500), ("QST", 998)], 11498),
    Example("After Revenu Québec: in 2012 QST 9.5 % on the price with GST came to the same", "CAD",
            [(10000, GOODS)], [GST, added("QST", "9.5", is_compound=True)], [("GST", 500), ("QST", 998)], 11498),
    Example("After Excise Tax Act (Canada) s. 165.2: tax on each supply, half a cent is a cent", "CAD",
            [(130, GOODS)] * 3, [GST], [("GST", 21)], 411),
    Example("After Excise Tax Act (Canada) s. 165.2: tax on the total of an invoice", "CAD",
            [(130, GOODS)] * 3, [GST], [("GST", 20)], 410, how=PER_ORDER),
    # --- Australia, New Zealand
    Example("ATO, How GST works: one eleventh of the price", "AUD",
            [(11000, GOODS)], [included("GST", "10")], [("GST", 1000)], 11000),
    Example("After ATO, GST Act 1999 s. 9-90, taxable supply rule: each of them is rounded", "AUD",
            [(599, GOODS), (599, GOODS), (599, GOODS)], [included("GST", "10")], [("GST", 162)], 1797),
    Example("After ATO, GST Act 1999 s. 9-90, total invoice rule: the sum is rounded, 163.36 cents", "AUD",
            [(599, GOODS), (599, GOODS), (599, GOODS)], [included("GST", "10")], [("GST", 163)], 1797,
            how=PER_ORDER),
    Example("After ATO: food at no GST beside goods at 10 %", "AUD",
            [(2200, GOODS), (1500, FOOD)], [included("GST", "10")], [("GST", 200)], 3700),
    Example("New Zealand, Inland Revenue: 3/23 of the price at 15 %", "NZD",
            [(11500, GOODS)], [included("GST", "15")], [("GST", 1500)], 11500),
    # --- United States
    Example("California CDTFA: statewide base rate 7.25 %", "USD",
            [(10000, GOODS)], [added("CA", "7.25")], [("CA", 725)], 10725),
    Example("New York DTF, publication 718: New York City 4 % + 4.5 % + 0.375 %, each a tax of its own", "USD",
            [(10000, GOODS)], [added("State", "4"), added("City", "4.5"), added("MCTD", "0.375")],
            [("State", 400), ("City", 450), ("MCTD", 38)], 10888),
    Example("New York DTF, publication 718: the same as one rate of 8.875 %", "USD",
            [(10000, GOODS)], [added("NYC", "8.875")], [("NYC", 888)], 10888),
    Example("After New York DTF, tax bulletin ST-838: delivery of taxable goods is taxed", "USD",
            [(5000, GOODS)], [added("NY", "8", applies_to_shipping=True)], [("NY", 480)], 6480, shipping=1000),
    Example("After Texas Comptroller: 6.25 % of the state and 2 % local, delivery charges with them", "USD",
            [(5000, GOODS)],
            [added("TX", "6.25", applies_to_shipping=True), added("Local", "2", applies_to_shipping=True)],
            [("TX", 344), ("Local", 110)], 5954, shipping=500),
    Example("After SSUTA s. 324: to three places and up from a third digit over 4, item by item", "USD",
            [(150, GOODS)] * 3, [added("WA", "7")], [("WA", 33)], 483),
    Example("After SSUTA s. 324: or on the invoice", "USD",
            [(150, GOODS)] * 3, [added("WA", "7")], [("WA", 32)], 482, how=PER_ORDER),
    # --- Elsewhere
    Example("After Japan's National Tax Agency, qualified invoices: one rounding for each rate and invoice", "JPY",
            [(105, FOOD)] * 3 + [(199, GOODS)], [added("CT", "10"), added("CT", "8", FOOD)],
            [("CT", 19), ("CT", 25)], 514 + 44, how=How(Rounding.DOWN, Level.ORDER)),
    Example("After India, CGST Act s. 9: central and state tax of 9 % each on a sale within a state", "INR",
            [(100000, GOODS)], [added("CGST", "9"), added("SGST", "9")], [("CGST", 9000), ("SGST", 9000)], 118000),
    Example("Switzerland, MWSTG art. 25 from 2024: 8.1 % within 108.10", "CHF",
            [(10810, GOODS)], [included("MWST", "8.1")], [("MWST", 810)], 10810),
    # --- Other shops
    Example("After Solidus, calculator/default_tax: 5 % within 30.00 is 1.43, on top of it 1.50", "USD",
            [(3000, GOODS), (3000, FOOD)], [included("A", "5"), added("B", "5", FOOD)],
            [("A", 143), ("B", 150)], 6150),
    Example("After Solidus, sum_of_included_tax_rates: two included rates are taken out together", "USD",
            [(11500, GOODS)], [included("A", "10"), included("B", "5")], [("A", 1000), ("B", 500)], 11500),
    Example("After Saleor, tax classes: 23 % of a gross price of 12.30", "PLN",
            [(1230, GOODS)], [included("VAT", "23")], [("VAT", 230)], 1230),
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.source)
def test_worked_example(example):
    items = [
        rules.Item(Money(minor, example.currency), tax_class, Money(off[0] if off else 0, example.currency))
        for minor, tax_class, *off in example.lines
    ]
    sums = rules.totals(
        items, shipping=Money(example.shipping, example.currency), rates=example.rates, currency=example.currency,
        how=example.how,
    )  # fmt: skip
    assert [(line.name, line.amount.minor) for line in sums.tax_lines] == list(example.taxes)
    assert sums.total.minor == example.total
    assert sum(line.amount.minor for share in sums.items for line in share.taxes) == sums.tax.minor


@pytest.mark.parametrize(
    ("exact", "how", "expected"),
    [
        ("86.76", Rounding.HALF_UP, 87),  # HMRC, VAT Notice 700, 17.5.1: 86.76p is 87p
        ("10.5", Rounding.HALF_UP, 11),
        ("10.5", Rounding.HALF_EVEN, 10),
        ("11.5", Rounding.HALF_EVEN, 12),
        ("10.51", Rounding.HALF_EVEN, 11),
        ("10.01", Rounding.UP, 11),
        ("10.99", Rounding.DOWN, 10),
        ("10", Rounding.UP, 10),
        ("-10.5", Rounding.HALF_UP, -11),
    ],
)
def test_rounding_is_said(exact, how, expected):
    assert rounded(Fraction(exact), how) == expected
