"""What happens to gift cards in the world: issued, bought, spent in parts, given back, blocked by returns, expired.

The world keeps a book of its own of what cards were given; what they hold and what payments keep of them must be that.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import Greatest, Now

from checkout.giftcards import bought, rules, selectors
from checkout.giftcards import services as cards
from checkout.giftcards.models import GiftCard, GiftCardEntry
from checkout.orders.models import Order, OrderChange
from checkout.payments.models import Payment, Refund
from checkout.payments.rules import LEAST_REST
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories import giftcards as made
from tests.fakes.sandbox import CARD, DECLINED

REFUSALS: tuple[type[Exception], ...] = (cards.NotEnough, cards.BadAmount, cards.KeyReused)
_SHORTED = (OrderChange.Kind.SHORT, OrderChange.Kind.SOLD_OUT)


class GiftsWorld:
    """Operations on gift cards; `World` has the rest."""

    rng: random.Random
    done: Counter[str]
    products: list[Any]
    orders: list[UUID]

    def open_drawer(self) -> Any:
        """The product that is a gift card."""
        self.gifts_given = 0  # minor units that staff put on cards, less what they took off
        self.gift = made.product(amount=3000, units=40)
        return self.gift

    def issue_card(self) -> None:
        """Staff issue a card, or put something on one or take it off; or end one, or let it be used again."""
        card = self._any(GiftCard.objects.filter(taken_back_at=None))
        if card is None or self.rng.random() < 0.5:
            self.gifts_given += made.card(self.rng.choice([300, 2000, 40_000])).initial_minor
        elif self.rng.random() < 0.3:
            cards.end(card_id=card.pk, by="staff:1", is_active=not card.is_active)
        elif card.blocked_for is None:
            sign, command = self.rng.choice([(1, cards.add), (-1, cards.withdraw)])
            minor = self.rng.choice([50, 1500])
            command(card_id=card.pk, amount=Money(minor, "USD"), reason="x", key=self.fresh(), by="staff:1")
            self.gifts_given += sign * minor

    def buy_cards(self) -> None:
        """Gift cards, alone or beside other goods; paid by card, on invoice or with a gift card."""
        wanted = [(self.gift, self.rng.randint(1, 3))]
        if self.rng.random() < 0.4:
            wanted.append((self.rng.choice(self.products), 1))
        cart = carts.cart(*wanted)
        self._order_with(cart, self._some_cards() if self.rng.random() < 0.2 else [])

    def place_with_cards(self) -> None:
        """An order paid by one or several cards as far as they go, and by another way for the rest."""
        goods = self.rng.sample(self.products, self.rng.randint(1, 2))
        self._order_with(carts.cart(*[(one, self.rng.randint(1, 2)) for one in goods]), self._some_cards())

    def _order_with(self, cart: Any, found: list[GiftCard]) -> None:
        due = carts.total(cart).minor
        asked = rules.parts(due, [card.balance_minor for card in found], least_rest=LEAST_REST)
        parts = {str(card.pk): part for card, part in zip(found, asked, strict=True) if part}
        way = {"provider": "stripe", "token": self.rng.choice([CARD, CARD, CARD, DECLINED])}
        if parts and sum(parts.values()) == due:
            way = {"provider": "gift_card", "token": "", "method": "gift_card"}
            self.done["paid with cards alone"] += 1
        elif self.rng.random() < 0.1:
            way = {"provider": "bank_transfer", "token": "", "method": "bank_transfer"}
        self.orders.append(carts.order(cart, gift_cards=parts, **way).pk)

    def _some_cards(self) -> list[GiftCard]:
        """Cards with something on them, among them such as cannot be spent: those are to be declined."""
        rows = list(GiftCard.objects.filter(balance_minor__gt=0, currency="USD").order_by("-pk")[:30])
        return self.rng.sample(rows, min(len(rows), self.rng.randint(1, 3)))

    def expire_cards(self) -> None:
        """Time passes for one card, and the timetable comes by or not."""
        card = self._any(GiftCard.objects.filter(balance_minor__gt=0))
        if card:
            GiftCard.objects.filter(pk=card.pk).update(expires_at=Now() - timedelta(seconds=1))
        if self.rng.random() < 0.7:
            cards.expire()

    def cancel(self) -> None:
        bought.cancel_order(order_id=self._order(), by="guest")

    # --- the books

    def gift_differences(self) -> list[str]:
        """What cards hold and paid beside what they were given; what was given back for cards that were spent."""
        sums = dict(GiftCardEntry.objects.values_list("kind").annotate(Sum("amount_minor")))
        sold = GiftCardEntry.objects.filter(kind="issued", card__order_id__isnull=False)
        taken_back = GiftCardEntry.objects.filter(kind="withdrawn", key="taken back")
        came = [self.gifts_given, _sum(sold), _sum(taken_back), sums.get("expired", 0)]
        spent = Payment.objects.filter(provider="gift_card").aggregate(
            sum=Sum(Greatest(F("authorised_minor"), F("captured_minor")) - F("refunded_minor"))
        )["sum"]
        as_credit = Refund.objects.filter(destination="store_credit", status="done", payment__provider="gift_card")
        gone = (spent or 0) + _sum(as_credit)
        left = GiftCard.objects.aggregate(sum=Sum("balance_minor"))["sum"] or 0
        wrong = [] if left + gone == sum(came) else [f"gift cards: {came} came, {left} left, {gone} spent"]
        return wrong + self._given_back_twice()

    def _given_back_twice(self) -> list[str]:
        """Cards that were taken back although a part of them had been spent, of orders that go on."""
        shorted = OrderChange.objects.filter(kind__in=_SHORTED).values("order_id")
        rows = GiftCard.objects.filter(taken_back_at__isnull=False).exclude(order_id__in=shorted)
        rows = rows.filter(order_id__in=_going_on(rows.values_list("order_id", flat=True)))
        wrong = []
        for card in rows:
            kept = [
                selectors.use_of(key) for key in card.entries.filter(kind="held").values_list("payment_id", flat=True)
            ]
            if any(use.open or use.kept for use in kept if use):
                wrong.append(f"gift card {card.pk} was spent and its unit given back")
        return wrong


def _going_on(order_ids: Any) -> list[UUID]:
    rows = Order.objects.filter(pk__in=list(order_ids)).exclude(status__in=["cancelled", "refunded"])
    return list(rows.values_list("pk", flat=True))


def _sum(rows: Any) -> int:
    found: int | None = rows.aggregate(sum=Sum("amount_minor"))["sum"]
    return found or 0
