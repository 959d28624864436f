"""What the product page shows of one product: the chosen variant, the choices beside it, gallery and specifications."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import nh3
from django.conf import settings
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.bundles import selectors as bundles
from catalog.customizations import gifts
from catalog.customizations import selectors as customizations
from catalog.customizations.rules import Field
from catalog.products import colours, history, offering, pictures, rows, rules, tree, worded
from catalog.products.charging import PUBLIC
from catalog.products.models import Image, Product
from inventory.stock import selectors as stock
from inventory.stock import wording
from shop.core.money import Money

LOW_STOCK = stock.COUNTED  # below this the number is shown
MAX_QUANTITY = 99
_TIGHT_COMMA = re.compile(r",(?=[^\s\d])")  # between words; never within a number
_HTML_TAGS = {
    "p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h3", "h4", "table", "tr", "td", "th", "tbody",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """The variant that the page shows."""

    id: UUID
    sku: str
    options: Mapping[str, str]
    price: Money | None
    regular_price: Money | None
    stock: str  # in_stock, low, preorder, backorder, out
    units: int
    availability: str  # in_stock, preorder, backorder, out
    expected_on: date | None  # when the next unit is, if none is on hand and somebody knows
    stock_text: str  # what is said where not all of the units are on hand
    available: int | None  # on hand; told only when low
    max_quantity: int
    breaks: Sequence[offering.Break] = ()  # what each costs of more units
    reduced_by: str = ""  # the promotion that makes it so cheap
    sale_until: datetime | None = None  # when it costs something else again, if that is known
    lowest_price: Money | None = None  # of 30 days, told beside a reduced price
    weight_grams: int | None = None
    cubic_mm: int | None = None
    moment: datetime | None = None  # for which all this is, by the database's clock

    @property
    def stock_said(self) -> str:
        return wording.said(self.stock, self.stock_text, self.available)


@dataclass(frozen=True)
class ProductPage:
    """Everything that templates and the API read of one product."""

    product: Product
    variant: Choice | None
    variants: Sequence[Choice]
    options: Sequence[Mapping[str, Any]]
    gallery: Sequence[Mapping[str, Any]]
    specs: Sequence[Mapping[str, str]]
    breadcrumbs: Sequence[Mapping[str, str | None]]
    looks: Mapping[UUID | None, str] = field(default_factory=dict)  # a picture by variant; None: of the product itself
    asked: Sequence[Field] = ()  # of who buys it
    parts: Sequence[offering.OfferedPart] = ()  # of the chosen variant, if it is a bundle
    name_lang: str = ""  # the language of the product's name and description, where that is not the page's
    description_lang: str = ""

    @property
    def is_archived(self) -> bool:
        return self.product.status == Product.Status.ARCHIVED

    @property
    def is_sellable(self) -> bool:
        return not self.is_archived and self.variant is not None and self.variant.price is not None

    @property
    def is_money(self) -> bool:
        """Whether it is a gift card, which is not taxed when it is sold."""
        return bool(self.product.product_type.tax_class == rules.GIFT_CARD)

    @property
    def description_html(self) -> SafeString:
        return safe_description(self.product.description)


def product_page(
    *,
    currency: str,
    price_list: str = PUBLIC,
    slug: str | None = None,
    product_id: UUID | None = None,
    sku: str = "",
    wanted: Mapping[str, str] | None = None,
    changed: str = "",
    with_drafts: bool = False,
) -> ProductPage | None:
    """One product (active or archived; a draft only if asked for) by slug or id, at the prices of who has this price
    list; None if there is none. 5 queries, one more when the tree is cold, one for a reduced price, and one where the
    product asks for customizations; one in another language than the shop's own (`worded`).

    The chosen variant is the one of `sku`, or that which agrees best with `wanted` ({option code: value}, `changed`
    counting most), or the first one in stock.
    """
    there = rows.product(slug, product_id)
    if not there or (there[0].status == Product.Status.DRAFT and not with_drafts):
        return None
    [product] = there
    variants = offering.of_product(product.pk, currency, price_list)
    parts = bundles.parts_of([variant.pk for variant in variants if variant.is_bundle])
    units = bundles.shown([variant.pk for variant in variants], parts=parts)
    charges = {variant.pk: _charge(variant, product, currency, price_list) for variant in variants}
    choices = [_choice(variant, charges[variant.pk], units[variant.pk]) for variant in variants]
    chosen = _chosen(choices, sku, wanted or {}, changed)
    if chosen and chosen.regular_price and settings.SHOW_LOWEST_PRICE:
        chosen = replace(chosen, lowest_price=history.lowest_shown(chosen.id, currency, price_list))
    chosen_parts = _parts(parts.get(chosen.id, {}) if chosen else {}, currency)
    images = rows.images(product.pk)
    found = ProductPage(
        product=product,
        variant=chosen,
        variants=choices,
        options=_options(product, choices, chosen),
        gallery=_gallery(images, chosen, product.name),
        looks=pictures.looks(images) if len(choices) > 1 else {},
        specs=_specs(product),
        breadcrumbs=breadcrumbs(product),
        asked=() if chosen_parts else _asked(product, variants, currency),
        parts=chosen_parts,
    )
    return worded.page(found)


def _asked(product: Any, variants: Sequence[Any], currency: str) -> tuple[Field, ...]:
    types = {product.pk: product.product_type_id} if product.has_asked else {}
    asked = customizations.fields_of(types, currency=currency).get(product.pk, ())
    if variants and product.product_type.tax_class == rules.GIFT_CARD:
        return gifts.with_gift(asked, variants[0].moment.date())
    return asked


def _parts(parts: bundles.Parts, currency: str) -> tuple[offering.OfferedPart, ...]:
    offers = offering.offers(parts, currency=currency)
    return tuple(offering.OfferedPart(offers[key], count) for key, count in parts.items())


@dataclass(frozen=True)
class _Charge:
    price: Money | None = None
    regular_price: Money | None = None
    breaks: tuple[offering.Break, ...] = ()
    reduced_by: str = ""
    sale_until: datetime | None = None


def _charge(variant: Any, product: Product, currency: str, price_list: str) -> _Charge:
    found = offering.priced(variant, product, currency)
    charge = found.at(variant.moment, price_list=price_list)
    if charge is None:
        return _Charge()
    is_reduced = charge.regular > charge.amount
    until = found.until(variant.moment, price_list=price_list) if is_reduced else None
    breaks = offering.breaks(found, variant.moment, price_list)
    return _Charge(*offering.shown(charge, currency), breaks, charge.rule, until)


def _choice(variant: Any, charge: _Charge, have: stock.Availability) -> Choice:
    units, availability = have.units, have.state()
    is_low = availability == "in_stock" and have.on_hand < LOW_STOCK
    state = "low" if is_low else availability
    return Choice(
        id=variant.pk,
        sku=variant.sku,
        options=variant.options,
        price=charge.price,
        regular_price=charge.regular_price,
        stock=state,
        units=units,
        availability=availability,
        expected_on=have.expected(),
        stock_text=wording.left(have) if is_low else wording.notice(have),
        available=have.on_hand if is_low else None,
        max_quantity=max(0, units) if units < LOW_STOCK else MAX_QUANTITY,  # of more nobody hears each change
        breaks=charge.breaks,
        reduced_by=charge.reduced_by,
        sale_until=charge.sale_until,
        weight_grams=variant.weight_grams,
        cubic_mm=rules.volume(variant.length_mm, variant.width_mm, variant.height_mm),
        moment=variant.moment,
    )


def _chosen(choices: Sequence[Choice], sku: str, wanted: Mapping[str, str], changed: str) -> Choice | None:
    by_sku = next((choice for choice in choices if sku and choice.sku == sku), None)
    if by_sku or not choices:
        return by_sku
    if wanted:
        combinations = [_coded(choice.options) for choice in choices]
        index = rules.nearest_combination(combinations, wanted, changed)
        return choices[index] if index is not None else None
    return next((choice for choice in choices if choice.max_quantity > 0), choices[0])


def _coded(options: Mapping[str, str]) -> dict[str, str]:
    return {rules.slug(name): value for name, value in options.items()}


def _options(product: Product, choices: Sequence[Choice], chosen: Choice | None) -> list[dict[str, Any]]:
    found = []
    for name in product.options:
        values = dict.fromkeys(choice.options[name] for choice in choices if choice.options.get(name))
        is_colour = colours.is_colour(name)
        found.append(
            {
                "code": rules.slug(name),
                "name": name,
                "kind": "colour" if is_colour else "text",
                "values": [_value(name, value, choices, chosen, is_colour) for value in values],
            }
        )
    return found


def _value(name: str, value: str, choices: Sequence[Choice], chosen: Choice | None, is_colour: bool) -> dict[str, Any]:
    others = {key: other for key, other in chosen.options.items() if key != name} if chosen else {}
    same = [choice for choice in choices if choice.options == {**others, name: value}]
    return {
        "value": value,
        "label": value,
        "colour": colours.colour(value) if is_colour else None,
        "is_selected": chosen is not None and chosen.options.get(name) == value,
        "is_available": any(choice.max_quantity > 0 for choice in same),
        "is_possible": bool(same),
    }


def _gallery(images: Sequence[Image], chosen: Choice | None, name: str) -> list[dict[str, Any]]:
    """The chosen variant's pictures first, then the product's own, then those of other variants. One without words is
    called as the product is."""

    def rank(image: Image) -> int:
        if chosen is not None and image.variant_id == chosen.id:
            return 0
        return 1 if image.variant_id is None else 2

    different: dict[str, dict[str, Any]] = {}  # variants that look the same share a file, shown once
    for image in sorted(images, key=rank):
        if picture := pictures.in_gallery(image):
            different.setdefault(picture["src"], pictures.called(picture, name))
    return list(different.values())


def _specs(product: Product) -> list[dict[str, str]]:
    """The attributes in the order of the product type, as people read them."""
    if not product.attributes:
        return []
    return [
        {"label": name, "value": shown_value(product.attributes[code], unit)}
        for code, name, unit in rows.attributes(product.product_type_id)
        if product.attributes.get(code) not in (None, "")
    ]


def shown_value(value: Any, unit: str = "") -> str:
    """An attribute's value for people: "Yes", "2.5 kg", "Red, Blue" (feeds often leave the space out)."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, float):
        value = f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    return _TIGHT_COMMA.sub(", ", f"{value} {unit}".strip())


def breadcrumbs(product: Product) -> list[dict[str, str | None]]:
    """From the department down to the product's name (which has no link)."""
    nodes = tree.tree().ancestors(product.category.path) if product.category else []
    crumbs: list[dict[str, str | None]] = [{"label": node.name, "url": node.url} for node in nodes]
    return [*crumbs, {"label": product.name, "url": None}]


def safe_description(text: str) -> SafeString:
    """A description as safe HTML: its own cleaned when it has tags, else paragraphs made of its lines."""
    if "<" in text and ">" in text:
        cleaned = nh3.clean(text, tags=_HTML_TAGS, attributes={})
        return mark_safe(cleaned)  # noqa: S308  (nh3 has just cleaned it)
    return mark_safe(linebreaks(text, autoescape=True)) if text.strip() else mark_safe("")  # noqa: S308
