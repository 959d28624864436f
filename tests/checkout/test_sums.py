"""Money from the cart to the last return, for anything that may be bought: what is asked for, what it is made of and
what goes back are the same, to the minor unit.

All of it is what the shop does, short of its database: what that would say (the goods, the rates, the promotions, the
prices of delivery, what there is to give) is drawn. `EXAMPLES=10000` makes it the long run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.pricing import baskets
from cart.pricing import selectors as pricing
from cart.pricing.quoted import Quote, QuoteLine
from cart.promotions.selectors import Offered
from cart.shipping import rules as shipping
from cart.shipping.rules import Band, Basis, Goods, Terms
from cart.shipping.selectors import DeliveryOption
from cart.tax import regimes
from cart.tax import rules as tax_rules
from cart.tax.regimes import Place, Setting
from cart.tax.rules import How, Level
from cart.tax.selectors import Ruling
from catalog.customizations.rules import Field
from catalog.products import selectors as products
from catalog.products.charging import keys_of
from catalog.products.offering import Break, OfferedPart
from checkout.orders import carrying, revising
from checkout.orders import lines as order_lines
from checkout.orders.models import Order, OrderLine
from checkout.returns import rules as returns
from shop.core.money import Money
from tests.factories import drawn

NOW, TODAY = datetime(2026, 11, 22, tzinfo=UTC), date(2026, 11, 22)
WHO = {"country": "DE", "groups": frozenset(), "channel": "web", "is_first_order": False}
SUMS = ("subtotal", "discount", "shipping", "tax", "included_tax", "total", "tax_lines")
IDS = {name: UUID(int=place) for place, name in enumerate(drawn.NAMES, start=1)}
price_minor = st.sampled_from([0, 1, 500, 1000]) | st.integers(0, 300) | st.integers(0, 200_00)  # alike, now and then
engraving = Field("engraving", "Engraving", price_minor=350)


@dataclass(frozen=True)
class World:
    """All that a quote reads, and what is asked for."""

    currency: str
    lines: tuple[QuoteLine, ...]
    offers: Mapping[UUID, products.Offer]
    offered: Offered
    ruling: Ruling
    terms: Terms
    stock: Mapping[UUID, int]

    def quote(self) -> Quote:
        with self._told():
            return pricing._quoted(
                self.lines, self.offers, self.offered, self.ruling, WHO,
                where=self.ruling.place, currency=self.currency, code="", is_carried=True,
            )  # fmt: skip

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database would say of deliveries and of what is left in stock."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pricing.deliveries, "delivery_options", self._ways)
            patch.setattr(baskets.stock, "available", lambda ids: {one: self.stock[one] for one in ids})
            yield

    def _ways(self, *, goods: Sequence[Goods], subtotal: Money, **where: Any) -> list[DeliveryOption]:
        cost = shipping.price(self.terms, [shipping.load_of(goods)], subtotal=subtotal.minor)
        if cost is None:
            return []
        return [DeliveryOption("drawn", "Drawn", Money(cost, self.currency), TODAY, TODAY)]


@st.composite
def offer(draw: st.DrawFn, name: str, currency: str) -> products.Offer:
    """Some are cheaper by the hundred, some are reduced, some can be engraved."""
    price, off, step = draw(price_minor), draw(st.integers(0, 500)), draw(st.none() | st.integers(2, 5))
    cheaper = Money(price * draw(st.integers(0, 99)) // 100, currency)
    return products.Offer(
        product_id=IDS[name], variant_id=IDS[name], sku=name, name=name, options={},
        unit_price=Money(price, currency), regular_price=Money(price + off, currency) if off else None,
        is_sellable=True, tax_class=draw(st.sampled_from(drawn.CLASSES)), weight_grams=draw(st.integers(0, 3000)),
        picture=None, url="", product_slug=name, moment=NOW, keys=keys_of(product=name),
        breaks=(Break(step, cheaper),) if step else (), asked=(engraving,) if draw(st.booleans()) else (),
    )  # fmt: skip


@st.composite
def offers(draw: st.DrawFn, currency: str) -> dict[UUID, products.Offer]:
    """Of six products two are bundles of others, unless nothing could be one."""
    single = {IDS[name]: draw(offer(name, currency)) for name in "abcd"}
    found = dict(single)
    for name in "ef":
        parts = draw(st.dictionaries(st.sampled_from(list(single)), st.integers(1, 4), min_size=1, max_size=3))
        made = tuple(OfferedPart(replace(single[one], asked=()), units) for one, units in parts.items())
        found[IDS[name]] = replace(draw(offer(name, currency)), parts=made, asked=())
    return found


@st.composite
def rulings(draw: st.DrawFn) -> Ruling:
    """Prices entered and shown with or without tax, kept or changed from country to country, at any rounding."""
    setting = draw(
        st.builds(
            Setting,
            is_taxed=st.sampled_from([True, True, True, False]),
            entry=st.sampled_from(["rate", "net", "gross"]),
            keeps_prices=st.booleans(),
            shown=st.sampled_from(["entered", "net", "gross"]),
            how=drawn.hows,
        )
    )
    regime = regimes.regime(
        draw(drawn.rates), draw(drawn.rates), setting,
        is_relieved=draw(st.integers(0, 5)) == 0, is_home=draw(st.booleans()),
    )  # fmt: skip
    return Ruling(Place("DE"), regime, regimes.TAXED, setting, is_estimated=False)


terms = st.builds(
    Terms,
    basis=st.sampled_from([Basis.FLAT, Basis.WEIGHT, Basis.PRICE, Basis.QUANTITY]),
    price=st.integers(0, 40_00),
    bands=st.lists(
        st.builds(Band, st.none() | st.integers(1, 9000), st.integers(0, 30_00), st.none() | st.just(500), st.just(99)),
        min_size=1,
        max_size=3,
    ).map(tuple),
    free_from=st.none() | st.integers(0, 300_00),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    currency = draw(drawn.currencies)
    known = draw(offers(currency))
    lines: list[QuoteLine] = []
    for key in draw(st.lists(st.sampled_from(list(known)), max_size=5, unique=True)):
        lines.append(QuoteLine(key, draw(st.integers(1, 6))))
        if known[key].asked and draw(st.booleans()):
            lines.append(QuoteLine(key, draw(st.integers(1, 3)), {"engraving": "Ada"}))
    gifts = tuple(str(key) for key in known)
    return World(
        currency, tuple(lines), known, Offered(tuple(draw(drawn.promotions(drawn.CURRENCIES, gifts))), {}),
        draw(rulings()), draw(terms), {key: draw(st.integers(0, 30)) for key in known},
    )  # fmt: skip


long = drawn.examples(60)


@long
@given(worlds())
def test_parts_are_the_whole(world: World) -> None:
    """Lines are the subtotal, tax lines the tax, discounts the discount; what lines cost altogether is the total."""
    quote = world.quote()

    sums = {name: sum(getattr(line, name).minor for line in quote.lines) for name in ("discount", "shipping", "tax")}
    assert {name: getattr(quote, name).minor for name in sums} == sums
    assert quote.subtotal.minor == sum(line.line_total.minor for line in quote.lines)
    assert all(line.line_total == line.unit_price * line.quantity for line in quote.lines)
    assert quote.discount.minor == sum(one.amount.minor for one in quote.discounts)
    assert quote.tax.minor == sum(tax.amount.minor for tax in quote.tax_lines)
    assert quote.included_tax.minor == sum(tax.amount.minor for tax in quote.tax_lines if tax.is_included)
    assert quote.total.minor == sum(line.cost.minor for line in quote.lines)
    assert quote.total == quote.subtotal - quote.discount + quote.shipping + quote.tax - quote.included_tax
    whole = [line.line_total.minor for line in (*quote.shown, *(line for line in quote.lines if line.is_gift))]
    assert sum(whole) == quote.subtotal.minor


@long
@given(worlds())
def test_nothing_is_off_that_was_not_there(world: World) -> None:
    quote = world.quote()

    for line in quote.lines:
        assert 0 <= line.discount.minor <= line.line_total.minor
        assert line.shipping.minor >= 0
        assert all(tax.amount.minor >= 0 for tax in line.taxes)
        if world.ruling.regime.how.level is Level.LINE:
            included = sum(tax.amount.minor for tax in line.taxes if tax.is_included)
            assert included <= (line.line_total - line.discount + line.shipping).minor
    assert quote.shipping.minor >= 0
    assert quote.total.minor >= 0


@long
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_lines_makes_no_difference(world: World, chance: random.Random) -> None:
    """Nor that of the promotions. Every sum is the same; and each line's share but for the last minor unit."""
    lines, given = list(world.lines), list(world.offered.promotions)
    chance.shuffle(lines)
    chance.shuffle(given)
    other = replace(world, lines=tuple(lines), offered=Offered(tuple(given), {}))

    mine, theirs = world.quote(), other.quote()
    assert {name: getattr(theirs, name) for name in SUMS} == {name: getattr(mine, name) for name in SUMS}
    found = {line.key: line for line in theirs.lines if not (line.bundle or line.is_gift)}
    for line in mine.lines:
        if line.key in found and not (line.bundle or line.is_gift):
            assert (line.unit_price, line.discount) == (found[line.key].unit_price, found[line.key].discount)
            assert abs(line.cost.minor - found[line.key].cost.minor) <= 2 + len(line.taxes)


@long
@given(worlds(), st.data())
def test_all_that_goes_back_is_all_that_was_paid(world: World, data: st.DataObject) -> None:
    """Units are taken off and come back in any portions and any order, some without their delivery."""
    quote = world.quote()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order_lines.currencies, "rate_of", lambda currency: None)
        order = Order(currency=world.currency, allowed_minor=0, **order_lines.amounts(quote))
    lines = [order_lines.line(order, place, line, None) for place, line in enumerate(quote.lines)]
    paid, back = order.total_minor, 0
    while left := [line for line in lines if line.quantity > line.returned]:
        line = data.draw(st.sampled_from(left))
        units = data.draw(st.integers(1, line.quantity - line.returned))
        if data.draw(st.booleans()):
            back += _off(order, lines, line, units, world.ruling.regime.how)
        else:
            back += _returned(line, units, world.ruling.regime.how, with_delivery=data.draw(st.booleans()))
        assert all(amount >= 0 for line in lines for amount in astuple(revising.rest(line)))
        assert order.total_minor == sum(revising.whole(line).value for line in lines)

    kept = sum(revising.kept(line).value for line in lines)
    assert back + kept == paid
    assert all(revising.rest(line) == revising.Amounts() for line in lines)


def _off(order: Order, lines: list[OrderLine], line: OrderLine, units: int, how: How) -> int:
    """What an order costs less when units are taken off."""
    before = order.total_minor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrying, "how", lambda order: how)
        revising.compose(order=order, lines=lines, removed={line.pk: units}, added=(), changed={})
    return before - order.total_minor


def _returned(line: OrderLine, units: int, how: How, *, with_delivery: bool) -> int:
    """What goes back for units that came back."""
    rest, worth = revising.rest(line), revising.worth(line, units)
    amounts, _delivery = returns.given_back(
        rest, carrying.carried(line, how),
        units=units, of=line.quantity - line.returned, with_delivery=with_delivery,
    )  # fmt: skip
    revising.note_back(line, units, amounts, revising.kept(line) + worth - amounts)
    return amounts.value


@long
@given(worlds())
def test_tax_is_what_the_rates_make_of_it(world: World) -> None:
    """Each line's within a minor unit of the exact one; of an order that is rounded once, the sum of each rate."""
    quote, regime = world.quote(), world.ruling.regime
    bases = [
        tax_rules.Base((line.line_total - line.discount).minor, line.shipping.minor, line.tax_class)
        for line in quote.lines
    ]
    exact: dict[Any, Any] = {}
    for base, line in zip(bases, quote.lines, strict=True):
        its = tuple(rate for rate in regime.rates if rate.tax_class == base.tax_class)
        for rate, tax, (goods, carried) in zip(its, line.taxes, tax_rules.parts(its), strict=True):
            amount = base.goods * goods + base.shipping * carried
            exact[rate] = exact.get(rate, 0) + amount
            assert abs(tax.amount.minor - amount) <= 1 or tax.is_included
    if regime.how.level is Level.ORDER:
        sums = sum(tax_rules.rounded(amount, regime.how.rounding) for amount in exact.values())
        assert quote.tax.minor == sums
