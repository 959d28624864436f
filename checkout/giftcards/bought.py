"""Cards that are bought: an order line of a product type with the tax class `GIFT_CARD` issues one card for each unit.

A card is worth the price of its unit; it is not taxed when it is sold, but what is paid with it is (a multi-purpose
voucher, Directive (EU) 2016/1065). When units are taken off the order, come back, or the order ends, so many cards are
taken back: the unspent ones first, with all that is left on them.

From when units are asked to be returned until that is decided their cards are blocked (`block`): nobody can spend them,
so that what is given back for the units is never spent as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from catalog.customizations import gifts
from catalog.products.rules import GIFT_CARD
from checkout.giftcards import booking, locking, services
from checkout.giftcards.models import GiftCard, GiftCardEntry
from checkout.ledger import rules as accounts
from checkout.orders import locking as order_locks
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderLine
from shop.core import db
from shop.core.money import Money


def settle(*, order_id: UUID, by: str = "system", returned: UUID | None = None) -> None:
    """Issue the cards that a paid order has not got yet, and take those back that it does not pay for any more: those
    that are blocked for the return `returned` first, those that are for another return last.

    Convergent: called again it finds nothing to do. An order without such lines costs one query.
    """
    if not OrderLine.objects.filter(order_id=order_id, tax_class=GIFT_CARD).exists():
        return
    with transaction.atomic(using=db.DEFAULT):
        order = order_locks.order(order_id)
        cards = [card for card in locking.cards_of_order(order_id) if card.taken_back_at is None]
        is_covered = order.status not in orders.UNPAID and order.came_minor >= order.due_minor
        for line in OrderLine.objects.filter(order=order, tax_class=GIFT_CARD).order_by("position"):
            own = [card for card in cards if card.line_id == line.pk]
            wanted = 0 if order.is_over else line.quantity - line.returned
            for card in _least_used(own, returned)[: max(0, len(own) - wanted)]:
                _take_back(card, by)
            if is_covered and wanted > len(own) and line.unit_price_minor:  # what cost nothing is worth nothing
                _issue(order, line, wanted - len(own), by)


def cancel_order(*, order_id: UUID, by: str, note: str = "") -> Order:
    """`orders.cancel`, and the cards that the order bought with it. Raises `TransitionRefused`, also when one of them
    was used (what it paid for would be given away) or is being returned."""
    with transaction.atomic(using=db.DEFAULT):
        order = order_locks.order(order_id)
        cards = [card for card in locking.cards_of_order(order_id) if card.taken_back_at is None]
        why = "card_used" if any(map(_is_used, cards)) else "in_return" if any(one.blocked_for for one in cards) else ""
        if why:
            raise orders.TransitionRefused(
                trigger="cancel", status=order.status, allowed=orders.possible(order), why=why
            )  # fmt: skip
        order = orders.cancel(order_id=order_id, by=by, note=note)
        for card in cards:
            _take_back(card, by)
        return order


def is_spent(order_id: UUID) -> bool:
    """Whether a card that the order bought was used, so that it cannot be cancelled; for pages, without a lock."""
    return any(_is_used(card) for card in GiftCard.objects.filter(order_id=order_id, taken_back_at=None))


def block(*, order_id: UUID, return_id: UUID, units: Mapping[UUID, int]) -> bool:
    """Let nobody spend the cards of so many units (by line) as long as a return has them, and let those go that were
    blocked for it beyond that. Convergent; the caller's transaction holds the order's lock.

    False if a line has fewer cards that nobody has used and no other return has; those are blocked all the same.
    """
    found: dict[UUID, list[GiftCard]] = {}
    for card in locking.cards_of_order(order_id):
        if card.line_id is not None:
            found.setdefault(card.line_id, []).append(card)
    is_enough, to_block, to_free = True, [], []
    for line_id, cards in found.items():
        usable = [card for card in cards if _may_come_back(card, return_id)]
        usable.sort(key=lambda card: (card.blocked_for is None, -(card.unit or 0)))
        chosen = {card.pk for card in usable[: units.get(line_id, 0)]}
        is_enough &= len(chosen) == units.get(line_id, 0)
        to_block += [card.pk for card in cards if card.pk in chosen and card.blocked_for is None]
        to_free += [card.pk for card in cards if card.pk not in chosen and card.blocked_for == return_id]
    for keys, value in ((to_block, return_id), (to_free, None)):
        if keys:
            GiftCard.objects.filter(pk__in=keys).update(blocked_for=value, updated_at=Now())
    return is_enough


def _may_come_back(card: GiftCard, return_id: UUID) -> bool:
    return card.taken_back_at is None and card.blocked_for in (None, return_id) and not _is_used(card)


def can_go(order_id: UUID, units: Mapping[UUID, int]) -> bool:
    """Whether so many units (by line) can be taken off an order: no more of them than there are cards that nobody has
    used and no return has. Lines that bought no cards do not matter. Locks the cards, in the caller's transaction."""
    left = _unused(locking.cards_of_order(order_id))
    return all(units.get(line_id, 0) <= count for line_id, count in left.items())


def unused(order_id: UUID) -> dict[UUID, int]:
    """How many cards that nobody has used and no return has each line of an order has, by its id; lines that bought
    none are left out. One query."""
    return _unused(GiftCard.objects.filter(order_id=order_id))


def _unused(cards: Iterable[GiftCard]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for card in cards:
        if card.line_id is not None and card.taken_back_at is None:
            is_free = card.blocked_for is None and not _is_used(card)
            found[card.line_id] = found.get(card.line_id, 0) + is_free
    return found


def are_sent(order_id: UUID) -> bool:
    """Whether every gift card that an order pays for has been issued and mailed, or was ended before. Two queries."""
    lines = OrderLine.objects.filter(order_id=order_id, tax_class=GIFT_CARD).values_list("quantity", "returned")
    wanted = sum(quantity - returned for quantity, returned in lines)
    cards = GiftCard.objects.filter(order_id=order_id, taken_back_at=None).values_list("mailed_at", "is_active")
    return 0 < wanted <= len(cards) and all(mailed_at or not is_active for mailed_at, is_active in cards)


def _is_used(card: GiftCard) -> bool:
    return card.balance_minor < card.initial_minor


def _least_used(cards: list[GiftCard], returned: UUID | None) -> list[GiftCard]:
    def rank(card: GiftCard) -> tuple[int, int, int]:
        blocked = 1 if card.blocked_for is None else 0 if card.blocked_for == returned else 2
        return blocked, card.initial_minor - card.balance_minor, -(card.unit or 0)

    return sorted(cards, key=rank)


def _issue(order: Order, line: OrderLine, count: int, by: str) -> None:
    before = GiftCard.objects.filter(line_id=line.pk).count()  # those taken back keep their numbers
    for unit in range(before + 1, before + count + 1):
        services.issue(
            card_id=db.uuid7_of(db.uuid7(), line.pk, unit), amount=Money(line.unit_price_minor, order.currency), by=by,
            language=order.language, document=order.number, against=accounts.GIFT_CARDS_SOLD,
            customer_id=order.customer_id, order_id=order.pk, line_id=line.pk, unit=unit,
            **_for_whom(order, line),
        )  # fmt: skip


def _for_whom(order: Order, line: OrderLine) -> dict[str, Any]:
    """Whom the cards of a line are for: its buyer, or whom they named on the product's page."""
    answers = {one["code"]: one["value"] for one in line.customizations}
    address, day = order.billing_address or order.shipping_address, answers.get(gifts.DATE)
    if not answers.get(gifts.EMAIL):
        return {"recipient": order.email}
    return {
        "recipient": answers[gifts.EMAIL],
        "recipient_name": answers.get(gifts.NAME, ""),
        "message": answers.get(gifts.MESSAGE, ""),
        "send_on": date.fromisoformat(day) if day else None,
        "sender": order.email,
        "sender_name": " ".join(filter(None, (address.get("first_name"), address.get("last_name")))),
    }


def _take_back(card: GiftCard, by: str) -> None:
    """End a locked card of which the unit is not paid for any more."""
    GiftCard.objects.filter(pk=card.pk).update(is_active=False, taken_back_at=Now(), blocked_for=None, updated_at=Now())
    if card.balance_minor:
        booking.add(
            card, GiftCardEntry.Kind.WITHDRAWN, -card.balance_minor, against=accounts.GIFT_CARDS_SOLD,
            key="taken back", by=by,
        )  # fmt: skip
