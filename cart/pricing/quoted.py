"""What a quote is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from cart.pricing import baskets
from cart.promotions.rules import NOTHING, Outcome
from cart.shipping.selectors import DeliveryOption
from cart.tax.regimes import TAXED, Place, Standing
from cart.tax.rules import TaxLine
from catalog.customizations import rules as customizing
from catalog.customizations.rules import Customization, Value
from catalog.products import selectors as products
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """What is asked: so many units of a variant, made like this. A price is never taken from outside."""

    variant_id: UUID
    quantity: int
    customizations: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name: no two lines of a quote have the same variant and customizations."""
        return customizing.line_key(self.variant_id, customizing.key(self.customizations))


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line of a quote. Amounts are the whole line's but `unit_price`, `regular_price` (None: not on sale) and
    `listed_price`, what the catalogue asks: it differs where tax is taken out of prices or put into them.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    name: str
    options: Mapping[str, str]
    url: str
    picture: Any
    quantity: int
    unit_price: Money
    regular_price: Money | None
    line_total: Money
    discount: Money
    shipping: Money
    tax: Money
    tax_class: str
    taxes: tuple[TaxLine, ...] = ()
    is_gift: bool = False
    customizations: tuple[Customization, ...] = ()
    listed_price: Money | None = None
    reduced_by: str = ""  # the promotion that makes it so cheap in lists already
    next_break: products.Break | None = None  # from how many units on each is cheaper still
    bundle: baskets.Bundle | None = None  # of which its units are parts
    parts: tuple[products.OfferedPart, ...] = ()  # of a bundle as a whole (`Quote.shown`)
    lang: str = ""  # the language of the name, where that is not the page's

    @property
    def key(self) -> str:
        """Its name among those that are asked for (`QuoteLine.key`)."""
        values = {one.code: one.value for one in self.customizations}
        return customizing.line_key(self.variant_id, customizing.key(values))

    @property
    def cost(self) -> Money:
        """What the line comes to altogether."""
        included = total((tax.amount for tax in self.taxes if tax.is_included), self.tax.currency)
        return self.line_total - self.discount + self.shipping + self.tax - included


@dataclass(frozen=True, slots=True)
class Quote:
    """Everything about the cost. `is_estimated`: the address does not decide the tax yet. None is known, and the shop's
    own country is assumed; or its country taxes by state, and the state is missing.

    `unsellable` are variant ids that cannot be bought (archived, or without a price in the currency): they are not
    among the lines. `misfits` are what else is not: sellable lines that are not made like this any more, by key.
    `coupon_problems` says in a sentence, by code, why a coupon takes nothing off; `coupon_codes` are the coupons' own
    codes by those that were entered, which may only look like them; `outcome` what came of each
    promotion, `hints` which are nearly reached. `lines` has the parts of bundles, `bundles` each as a whole. `standing`
    is why the buyer pays no tax; `tax_source` is empty for the shop's own rates, else "service", or "estimate" where a
    tax service was asked and did not answer. `taxed_at` is where goods are
    collected, if that is not where the buyer lives.
    """

    currency: str
    lines: tuple[QuotedLine, ...]
    unsellable: tuple[UUID, ...]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    included_tax: Money
    total: Money
    tax_lines: tuple[TaxLine, ...]
    discounts: tuple[baskets.Discount, ...]
    coupon_problems: Mapping[str, str]
    delivery_options: tuple[DeliveryOption, ...]
    delivery: DeliveryOption | None
    is_estimated: bool = field(default=False)
    outcome: Outcome = NOTHING
    hints: tuple[str, ...] = ()
    misfits: Mapping[str, baskets.Wanted] = field(default_factory=dict)
    standing: Standing = TAXED
    tax_source: str = ""
    taxed_at: Place | None = None
    bundles: tuple[QuotedLine, ...] = ()
    coupon_codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[QuotedLine, ...]:
        """The lines as they were asked for, each bundle one of them; gifts are left out."""
        return (*(line for line in self.lines if not (line.is_gift or line.bundle)), *self.bundles)

    @property
    def tax_facts(self) -> dict[str, str]:
        """Why it is taxed so, as orders keep it: what there is to say of `standing` and `tax_source`, and where
        it is taxed if it is collected."""
        facts = {**asdict(self.standing), "source": self.tax_source}
        if self.taxed_at is not None:
            facts |= {name: getattr(self.taxed_at, name) for name in ("country", "state", "postal_code")}
        return {name: value for name, value in facts.items() if value}

    @property
    def is_deliverable(self) -> bool:
        return bool(self.delivery_options)

    @property
    def is_by_email(self) -> bool:
        """Whether nothing of it goes to an address: no address and no way of delivery are asked for."""
        return self.delivery is not None and self.delivery.is_by_email

    @property
    def units(self) -> Mapping[UUID, int]:
        """How many units of each variant it takes; lines that want the same ones want them together."""
        units: Counter[UUID] = Counter()
        for line in self.lines:
            units[line.variant_id] += line.quantity
        return units
