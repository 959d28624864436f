"""Shelves of cards: candidates from the tables, by the rules of what may be shown. They are an extra: where they are
shed, late or broken there is none, and no page fails for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from django.db import DatabaseError, connections, transaction
from django.utils.translation import gettext as _

from catalog.products import selectors as products
from catalog.products import tree
from catalog.products.cards import Card
from catalog.products.models import Product
from catalog.recommendations import rules, selectors
from shop.accounts import selectors as accounts
from shop.core import cache, db, languages
from shop.resilience import breaker, switches

log = structlog.get_logger("shop.recommendations")

NAME = "recommendations"  # of the switch and of the circuit
MOST = 8  # cards on a shelf
CANDIDATES = 14  # of which some are sold out, owned, or of a brand that is there already
IN_ALL = 3  # products that one button puts into a cart
PATIENCE = 300  # milliseconds for a query


@dataclass(frozen=True)
class Shelf:
    """A heading and the cards below it, which are some. `name` is its id on the page."""

    name: str
    title: str
    cards: Sequence[Card]
    whole: Sequence[Card] = ()  # the product itself and what goes with it, all of which one click can put into a cart


@dataclass(frozen=True)
class Wanted:
    """A shelf to be filled from candidates, the best first."""

    name: str
    title: str
    product_ids: Sequence[UUID]


def are_shed() -> bool:
    """Whether pages do without shelves now."""
    return switches.is_shed(NAME)


def of_product(
    product_id: UUID, *, currency: str, without: Iterable[UUID] = (), for_customer: UUID | None = None
) -> list[Shelf]:
    """What goes with a product: picked by hand, bought together (or popular in its category), similar.

    `without`: what is in the cart. What the customer has bought is left out, too.
    """

    def make() -> list[Shelf]:
        together = selectors.together([product_id], top=CANDIDATES)
        wanted = [
            Wanted("picked", _("Goes well with this"), selectors.picked(product_id)),
            Wanted("together", _("Bought together"), together) if together else _popular(product_id),
            Wanted("similar", _("Similar products"), selectors.alike(product_id, top=CANDIDATES)),
        ]
        found = _filled(wanted, currency, {product_id, *without, *selectors.owned(for_customer)}, own=product_id)
        return [replace(one, whole=() if one.name != "together" else one.whole) for one in found]

    return _safely(make)


def of_cart(product_ids: Sequence[UUID], *, currency: str, for_customer: UUID | None = None) -> list[Shelf]:
    """What is bought together with all that is in a cart."""

    def make() -> list[Shelf]:
        wanted = [
            Wanted(
                "together",
                _("Often bought with what you have here"),
                selectors.together(product_ids, top=2 * CANDIDATES),
            )
        ]
        return _filled(wanted, currency, {*product_ids, *selectors.owned(for_customer)})

    return _safely(make) if product_ids else []


@dataclass(frozen=True)
class Visitor:
    """Who looks: what their browser has looked at before, who they are, and the moment, as "phone evening"."""

    looked_at: Sequence[UUID] = ()
    customer_id: UUID | None = None
    moment: str = ""
    in_cart: Sequence[UUID] = ()


def personal(visitor: Visitor, *, currency: str) -> list[Shelf]:
    """What is for a customer who agreed to that, and what a visitor looked at, the latest first, also what is sold out.

    Consent is asked for now: who agrees no more sees nothing of it at once.
    """
    customer_id = visitor.customer_id
    if customer_id is None and not visitor.looked_at:
        return []

    def make() -> list[Shelf]:
        looked, shelves = list(visitor.looked_at), []
        if customer_id is not None and accounts.preferences_of(customer_id).has_profiling_consent:
            ids = selectors.for_you(customer_id, moment=visitor.moment)[: 2 * CANDIDATES]
            without = {*visitor.in_cart, *selectors.owned(customer_id)}
            shelves = _filled([Wanted("for-you", _("For you"), ids)], currency, without)
            looked = list(dict.fromkeys([*looked, *selectors.looked_at(customer_id, top=2 * MOST)]))
        cards = products.cards(looked[: 2 * MOST], currency=currency)
        return [*shelves, Shelf("recent", _("You looked at"), cards)] if cards else shelves

    return _safely(make)


KINDS = ("similar", "bought-together")


def listed(product_id: UUID, kind: str, *, currency: str) -> list[Card]:
    """The cards of one of `KINDS`, whatever stands on the product's page."""

    def make() -> list[Shelf]:
        similar = kind == "similar"
        ids = (
            selectors.alike(product_id, top=CANDIDATES) if similar else selectors.together([product_id], top=CANDIDATES)
        )
        return _filled([Wanted("listed", "", ids)], currency, {product_id})

    found = _safely(make)
    return list(found[0].cards) if found else []


def trending(*, currency: str) -> list[Card]:
    """The cards of what is bought most these days, cached for five minutes; none where nothing was bought."""

    def make() -> list[Card]:
        shelves = _safely(
            lambda: _filled([Wanted("trending", "", selectors.trending(top=3 * MOST))], currency, set(), most=12)
        )
        return list(shelves[0].cards) if shelves else []

    return cache.TRENDING.get_or(make, languages.current(), currency, cache.LISTINGS.get() or "0")


def _popular(product_id: UUID) -> Wanted:
    """What is bought most these days in the nearest category of the product in which anything is."""
    path = Product.objects.filter(pk=product_id).values_list("category__path", flat=True).first()
    above = tree.tree().ancestors(path) if path else []
    for node in reversed(above):
        found = selectors.trending(node.id, top=CANDIDATES)
        if len(found) > 1:  # itself may be one
            return Wanted("popular", _("Popular in %(category)s") % {"category": node.name}, found)
    return Wanted("popular", "", [])


def _filled(
    wanted: Sequence[Wanted], currency: str, without: set[UUID], *, most: int = MOST, own: UUID | None = None
) -> list[Shelf]:
    """The shelves that have any card, none of which is on two of them. Five queries for all. `own`: the product that
    they are shown with."""
    ids = [one for shelf in wanted for one in shelf.product_ids]
    found = products.cards([own, *ids] if own and ids else ids, currency=currency)
    cards = {card.product_id: card for card in found}
    shelves = []
    for shelf in wanted:
        candidates = (cards[one] for one in dict.fromkeys(shelf.product_ids) if one in cards)
        chosen = rules.choose(candidates, without=without, most=most)
        without = without | {card.product_id for card in chosen}
        if chosen:
            shelves.append(Shelf(shelf.name, shelf.title, chosen, _whole(cards.get(own) if own else None, chosen)))
    return shelves


def _whole(own: Card | None, chosen: Sequence[Card]) -> list[Card]:
    """The product (of which the chosen variant is meant) and at most two others about which nothing is to be asked."""
    if own is None or not own.is_buyable or own.has_asked:
        return []
    others = [card for card in chosen if card.is_buyable and card.is_quick][: IN_ALL - 1]
    return [own, *others] if others else []


def _safely(make: Callable[[], list[Shelf]]) -> list[Shelf]:
    """No shelf where they are shed, where a query takes longer than `PATIENCE`, and for some seconds after that has
    happened again and again."""
    if are_shed():
        return []
    try:
        return breaker.call(NAME, (DatabaseError,), lambda: _in_time(make))
    except (breaker.Open, DatabaseError) as error:
        log.warning("no shelves", error=str(error).strip() or type(error).__name__)
        return []


def _in_time(make: Callable[[], list[Shelf]]) -> list[Shelf]:
    with transaction.atomic(using=db.CATALOG):
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
        return make()
