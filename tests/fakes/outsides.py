"""How each payment provider is set up in a test, and how its outside is moved: what the provider suite runs on.

`tests/checkout/payments/providers/test_conformance.py` runs over every line of `PROVIDERS`. To have a new provider
tested, write an `Outside` for it and a line in `OUTSIDES`; the suite stays as it is. What a provider cannot do is said
by its own properties (`can_authorise`, `can_save`, `has_hosted_page`) and by the properties here, and the suite demands
that it is refused then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from checkout.giftcards import services as gift_cards
from checkout.giftcards.models import GiftCardEntry
from checkout.payments.providers import bank_transfer, base, cash, gift_card, invoice, store_credit
from checkout.payments.sandbox import paypal_events, webhooks
from checkout.payments.sandbox.box import compact
from checkout.storecredit import services as credit
from checkout.storecredit.models import CreditEntry
from shop.core import db
from shop.core.money import Money
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, RunningSandbox, running_sandbox

ACCOUNT = {"iban": "DE02120300000000202051"}
Message = tuple[bytes, dict[str, str]]


class Outside:
    """A provider whose money comes by hand, as it is without more: nobody is asked, nothing moves by itself."""

    provider: base.Provider
    talks: ClassVar[bool] = False  # over the network
    is_by_hand: ClassVar[bool] = True  # a merchant records the money that came
    currencies: ClassVar[tuple[Money, ...]] = (Money(1999, "USD"), Money(500, "JPY"), Money(1500, "KWD"))
    foreign: ClassVar[Money | None] = None  # an amount that the provider does not take

    def request(self, **given: Any) -> base.ChargeRequest:
        """A question for 19.99 USD that can be paid; every field can be named."""
        payment_id = given.get("payment_id") or str(db.uuid7())
        values: dict[str, Any] = {
            "payment_id": payment_id,
            "order_number": "ORD-2026000001",
            "amount": Money(1999, "USD"),
            "token": None,
            "idempotency_key": f"charge:{payment_id}",
            "return_url": "https://shop.example/orders/ORD-2026000001/?key=secret",
            "description": "Shop ORD-2026000001",
            "metadata": {"order_id": str(db.uuid7())},
        }
        return base.ChargeRequest(**values | given)

    def declined(self) -> base.Outcome:
        """What is said to somebody who cannot pay. Only where money does not come by hand."""
        raise NotImplementedError

    def pay(self, request: base.ChargeRequest) -> base.Outcome:
        """Ask, have the shopper agree, and see how it stands then."""
        return self.provider.charge(request)

    def taken(self) -> list[tuple[int, str]]:
        """(minor units, currency) of every movement of money to us that the outside knows, in any order."""
        return []

    def calls(self) -> int:
        """How often the outside was asked anything."""
        return 0

    def lose_reply(self, of: str) -> None:
        """Do the next "charge", "capture" or "refund", and hang up instead of answering."""
        raise NotImplementedError

    def go_silent(self) -> None:
        """Answer nothing from now on within the provider's patience."""
        raise NotImplementedError

    def messages(self) -> list[Message]:
        """The webhooks about what has happened, signed; none where the provider sends none."""
        return []

    def signed(self, type: str, resource: dict[str, Any], *, age: timedelta = timedelta()) -> Message:
        """A message of any type, signed `age` ago. Only where `messages` has some."""
        raise NotImplementedError


class BankTransfer(Outside):
    def __init__(self) -> None:
        self.provider = bank_transfer.BankTransfer(account=ACCOUNT)


class Cash(Outside):
    def __init__(self) -> None:
        self.provider = cash.Cash()


class Invoice(Outside):
    def __init__(self) -> None:
        self.provider = invoice.Invoice(account=ACCOUNT)


class StoreCredit(Outside):
    """A customer with 100 units of each currency; another one without."""

    is_by_hand = False

    def __init__(self) -> None:
        self.provider = store_credit.StoreCredit()
        self._customers = {one.currency: db.uuid7() for one in self.currencies}
        for currency, customer_id in self._customers.items():
            self._grant(customer_id, Money.of(10000, currency))

    def _grant(self, customer_id: UUID, amount: Money) -> None:
        credit.grant(customer_id=customer_id, amount=amount, reason="test", key=f"grant:{customer_id}", by="system")

    def request(self, **given: Any) -> base.ChargeRequest:
        currency = given.get("amount", Money(0, "USD")).currency
        return super().request(**{"customer_reference": str(self._customers[currency]), **given})

    def declined(self) -> base.Outcome:
        poor = db.uuid7()
        self._grant(poor, Money(1, "USD"))
        return self.provider.charge(self.request(customer_reference=str(poor)))

    def taken(self) -> list[tuple[int, str]]:
        entries = CreditEntry.objects.filter(kind=CreditEntry.Kind.TAKEN).select_related("account")
        return [(entry.taken_minor, entry.account.currency) for entry in entries]


class GiftCards(Outside):
    """A card of each currency with a lot on it; another one with next to nothing."""

    is_by_hand = False

    def __init__(self) -> None:
        self.provider = gift_card.GiftCard()
        self._cards = {one.currency: self._card(Money.of(10000, one.currency)) for one in self.currencies}

    def _card(self, amount: Money) -> str:
        return str(gift_cards.issue(card_id=db.uuid7(), amount=amount, by="system").pk)

    def request(self, **given: Any) -> base.ChargeRequest:
        currency = given.get("amount", Money(0, "USD")).currency
        return super().request(**{"token": self._cards[currency], **given})

    def declined(self) -> base.Outcome:
        return self.provider.charge(self.request(token=self._card(Money(1, "USD"))))

    def taken(self) -> list[tuple[int, str]]:
        entries = GiftCardEntry.objects.filter(kind=GiftCardEntry.Kind.TAKEN).select_related("card")
        return [(entry.taken_minor, entry.currency) for entry in entries]


class _Sandboxed(Outside):
    """A provider whose outside is the sandbox, over real HTTP."""

    talks = True
    is_by_hand = False
    paths: ClassVar[dict[str, str]]

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox, self._asked = sandbox, 0
        sandbox.faults(webhooks={"hold": True})
        answer = sandbox.server.app.answer

        def counted(request: Any) -> Any:
            self._asked += not request.path.startswith("/_sandbox/")
            return answer(request)

        sandbox.server.app.answer = counted  # type: ignore[method-assign]

    def calls(self) -> int:
        return self._asked

    def lose_reply(self, of: str) -> None:
        self.sandbox.faults(lost_replies=1, path=self.paths[of])

    def go_silent(self) -> None:
        self.sandbox.faults(delay=1.0)
        self.provider = self._impatient()

    def _impatient(self) -> base.Provider:
        raise NotImplementedError


class Stripe(_Sandboxed):
    paths: ClassVar[dict[str, str]] = {
        "charge": "payment_intents$",
        "capture": "payment_intents/.*/capture$",
        "refund": "refunds$",
    }

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__(sandbox)
        self.provider = sandbox.provider()

    def _impatient(self) -> base.Provider:
        return self.sandbox.provider(timeout=(1.0, 0.1))

    def request(self, **given: Any) -> base.ChargeRequest:
        return super().request(**{"token": CARD, **given})

    def declined(self) -> base.Outcome:
        return self.provider.charge(self.request(token=DECLINED))

    def challenged(self) -> base.Outcome:
        """A payment that waits for its shopper."""
        return self.provider.charge(self.request(token=CHALLENGED))

    def taken(self) -> list[tuple[int, str]]:
        charges = self.sandbox.state()["charge"]
        return [(one["amount_captured"], one["currency"].upper()) for one in charges if one["amount_captured"]]

    def messages(self) -> list[Message]:
        events = self.sandbox.server.box.store.newest("event", 100)
        return [self._message(compact(event).encode()) for event in reversed(events)]

    def signed(self, type: str, resource: dict[str, Any], *, age: timedelta = timedelta()) -> Message:
        now = int(db_now())
        event = {"id": "evt_1", "type": type, "created": now, "livemode": False, "data": {"object": resource}}
        return self._message(compact(event).encode(), now - int(age.total_seconds()))

    def _message(self, body: bytes, at: int | None = None) -> Message:
        secret = self.sandbox.settings.webhook_secret
        return body, {"Stripe-Signature": webhooks.signature(body, secret, at or int(db_now()))}


class PayPal(_Sandboxed):
    foreign = Money(1500, "KWD")
    currencies = (Money(1999, "USD"), Money(500, "JPY"), Money(70000, "HUF"))
    paths: ClassVar[dict[str, str]] = {
        "charge": "orders/.*/capture$",
        "capture": "authorizations/.*/capture$",
        "refund": "refund$",
    }

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__(sandbox)
        self.provider = sandbox.paypal()

    def _impatient(self) -> base.Provider:
        return self.sandbox.paypal(timeout=(1.0, 0.1))

    def declined(self) -> base.Outcome:
        opened = self.provider.charge(self.request())
        self.sandbox.approve(opened.reference, "declined")
        return self.provider.fetch(opened.reference)

    def pay(self, request: base.ChargeRequest) -> base.Outcome:
        opened = self.provider.charge(request)
        order = self.sandbox.server.box.store.load("paypal.order", opened.reference)
        if order["status"] == "PAYER_ACTION_REQUIRED":
            self.sandbox.approve(opened.reference)
        return self.provider.fetch(opened.reference)

    def taken(self) -> list[tuple[int, str]]:
        amounts = [one["amount"] for one in self.sandbox.state()["paypal.capture"]]
        return [(Money.of(one["value"], one["currency_code"]).minor, one["currency_code"]) for one in amounts]

    def messages(self) -> list[Message]:
        box = self.sandbox.server.box
        events = box.store.newest(paypal_events.KIND, 100)
        return [paypal_events.message(box, event) for event in reversed(events)]

    def signed(self, type: str, resource: dict[str, Any], *, age: timedelta = timedelta()) -> Message:
        at = (db.clock() - age).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = {"id": "WH-1", "event_type": type, "create_time": at, "resource": resource}
        return paypal_events.message(self.sandbox.server.box, event, at=at)


def db_now() -> float:
    return db.clock().timestamp()


@contextmanager
def _sandboxed(kind: Callable[[RunningSandbox], Outside]) -> Iterator[Outside]:
    with running_sandbox(webhook_url="http://127.0.0.1:1/", paypal_webhook_url="http://127.0.0.1:1/") as sandbox:
        yield kind(sandbox)


@contextmanager
def _plain(kind: Callable[[], Outside]) -> Iterator[Outside]:
    yield kind()


OUTSIDES: dict[str, Callable[[], Any]] = {
    "stripe": lambda: _sandboxed(Stripe),
    "paypal": lambda: _sandboxed(PayPal),
    "bank_transfer": lambda: _plain(BankTransfer),
    "cash": lambda: _plain(Cash),
    "invoice": lambda: _plain(Invoice),
    "gift_card": lambda: _plain(GiftCards),
    "store_credit": lambda: _plain(StoreCredit),
}
