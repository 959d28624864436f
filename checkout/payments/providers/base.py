"""What the shop asks of a payment provider, in words that no provider owns.

A provider knows no tables: it is handed a request, talks to the outside, and answers with an
``Outcome`` holding ``Fact``s. The caller stores each fact once, unique by (kind, reference), and
recomputes the amounts from all of them. A fact therefore has the same kind and reference whether
it came from the answer of a call, a webhook or ``fetch``, so late, repeated and reversed messages
end in the same sums.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from shop.core.money import Money

FactKind = Literal[
    "authorised",  # money is held for us; amount: what was held
    "captured",  # money is ours; amount: what was taken of the hold
    "voided",  # a hold, or the rest of one, was let go; amount: what was let go
    "refunded",  # money went back; one fact for each refund
    "refund_pending",  # a refund was accepted and is under way; same reference as its "refunded"
    "refund_failed",  # that refund did not arrive: its "refunded" or "refund_pending" counts no more
    "failed",  # an attempt was declined; amount: what was asked for
    "action_required",  # the shopper must do something at the provider (3-D Secure)
    "processing",  # the provider is working on it
    "credited",  # given back as store credit: told by the shop itself, never by a provider; one fact for each refund
    "disputed",  # the card holder called the money back; amount: what was taken from us
    "dispute_won",  # that dispute ended for us: what it took came back; same reference as its "disputed"
    "dispute_lost",  # that dispute ended against us: the money stays away; same reference
    "fee",  # what the provider kept for its work
]

State = Literal[
    "succeeded",  # captured
    "authorised",  # held, waits for capture
    "requires_action",  # the shopper is to be sent to ``action_url``
    "processing",  # accepted, result comes later by webhook or fetch
    "pending",  # waits for money that the shopper sends by himself (bank transfer)
    "declined",  # this attempt failed; with ``retryable`` another card may be tried
    "cancelled",  # voided; nothing more can happen
]


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One attempt to be paid ``amount`` for an order.

    ``token`` is the payment method that the browser got from the provider (None: none was given).
    ``idempotency_key`` is the attempt's: the same key and request never charge twice.
    ``return_url`` is absolute; the shopper comes back to it from a challenge.
    ``capture=False`` only holds the money, to be taken by ``Provider.capture``.
    ``customer_reference`` and ``metadata`` are ours, kept with the payment there: ids, nothing personal.
    ``save=True`` asks the provider to keep the payment method for the customer's next orders (``Outcome.saved``);
    ``customer`` is the provider's own name of that customer, where it has one (``Saved.customer`` of an earlier time).
    """

    payment_id: str
    order_number: str
    amount: Money
    token: str | None
    idempotency_key: str
    return_url: str
    customer_reference: str | None = None
    customer: str | None = None
    save: bool = False
    description: str = ""
    capture: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened to the money. (kind, reference) names the happening for ever.

    An amount that grows (a hold that is captured in parts, of which only the sum is told) has a ``running`` reference.
    ``reason`` (a code) and ``due_at`` (when an answer is due) are a dispute's.
    """

    kind: FactKind
    reference: str
    amount: Money
    occurred_at: datetime | None = None
    reason: str = ""
    due_at: datetime | None = None


def running(reference: str, amount: Money) -> str:
    """The reference of a fact that tells the sum so far: the greatest one of all with the same ``reference`` counts."""
    return f"{reference}#sum={amount.minor}"


@dataclass(frozen=True, slots=True)
class Saved:
    """A payment method that the provider keeps for a customer: its names there, and what a person knows it by."""

    customer: str
    token: str
    brand: str
    last4: str
    expires: str  # "2031-04"; empty where nothing expires


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a payment stands after a call.

    ``reference`` is the provider's name of the payment, to be kept and given back to ``capture``,
    ``refund``, ``void`` and ``fetch``. ``message`` can be shown to the shopper; lazy, as it is read in
    other languages than it was said in.
    ``retryable``: another payment method (or the same one again) may succeed.
    ``instructions`` are shown to a shopper who must send the money himself.
    """

    reference: str
    state: State
    facts: tuple[Fact, ...] = ()
    action_url: str | None = None
    decline_code: str | None = None
    message: str | None = None
    retryable: bool = False
    instructions: Mapping[str, str] = field(default_factory=dict)
    saved: Saved | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the provider's own list of payments: when it was made, our id where it carries one, how it stands.

    ``shop`` is the mark of the shop that asked for it (``ChargeRequest.metadata["shop"]``); empty: it carries none.
    """

    payment_id: str | None
    created_at: datetime
    outcome: Outcome
    shop: str = ""


@dataclass(frozen=True, slots=True)
class HostedSession:
    """A payment page at the provider for shoppers without JavaScript; ``fetch`` knows its reference."""

    reference: str
    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message from the provider whose signature was good.

    It says that something happened to ``reference``; what is true is asked by ``fetch``, because
    messages may be late and out of order. ``payment_id`` is ours, where the message carries it
    (the shop may hear of a payment before it has heard of its reference).
    ``reference`` is None for messages that concern no payment.
    """

    event_id: str
    type: str
    reference: str | None
    payment_id: str | None
    occurred_at: datetime
    livemode: bool
    payload: Mapping[str, Any] = field(repr=False)


class ProviderUnavailable(Exception):
    """No answer (timeout, connection, 5xx, too many requests): the outcome is UNKNOWN.

    Try again with the same idempotency key, or ask ``find``.
    """


class NotAsked(ProviderUnavailable):
    """The circuit is open: the provider was not asked, so nothing was done."""


class Failed(ProviderUnavailable):
    """It answered that it failed (5xx): this call is over, but what it did before it failed is UNKNOWN."""


class StoredFailure(Failed):
    """It failed under this idempotency key before and keeps that as its answer: the same question gets it again, and
    nothing more is done. What the first question did must be looked for (``list``).
    """


class ProviderRefused(Exception):
    """The provider said no for a reason that no retry mends. Nothing was done."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class BadSignature(Exception):
    """A webhook that the provider did not sign, or signed too long ago. Answer 400, store nothing."""


class BadMessage(Exception):
    """A message that cannot be read as an event, whoever signed it. Answer 400, store nothing."""


class WrongAccount(Exception):
    """A signed message about another account, or of test mode where live is meant. Answer 400, store nothing."""


def read(body: bytes) -> dict[str, Any]:
    """The JSON object in a message's body. Raises BadMessage for anything else, and for what no text column keeps."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:  # RecursionError: "[" a hundred thousand times
        raise BadMessage(f"not JSON: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise BadMessage("not an object")
    return content


def kept(text: Any) -> str:
    """A name in a message as it can be kept. Raises BadMessage for what is none: not a text, empty, or with a NUL."""
    if not isinstance(text, str) or not text or "\x00" in text or not text.isprintable():
        raise BadMessage("not a name")
    return text


class Provider(Protocol):
    """All calls but ``parse_webhook`` may use the network: never call them inside a transaction.

    All raise ``ProviderUnavailable`` and ``ProviderRefused``. Money calls take an idempotency key
    of at most 255 characters: the same key and arguments have one effect, however often called.
    """

    @property
    def code(self) -> str:
        """Its name in ``PROVIDERS``, stored with each payment."""

    @property
    def label(self) -> str:
        """What shoppers read."""

    @property
    def reservation_ttl(self) -> timedelta:
        """How long stock is to be held while a payment of this kind is under way."""

    @property
    def has_hosted_page(self) -> bool:
        """Whether ``hosted_session`` works; else ``charge`` without a token does."""

    def charge(self, request: ChargeRequest) -> Outcome:
        """Ask for the money. A decline is an Outcome, not an exception."""

    @property
    def can_authorise(self) -> bool:
        """Whether ``charge`` with ``capture=False`` only holds the money."""

    @property
    def can_save(self) -> bool:
        """Whether a payment method can be kept for the customer's next order."""

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> Outcome:
        """Take ``amount`` (at most what is held). ``is_final``: let the rest go; otherwise more may follow."""

    def refund(self, reference: str, amount: Money, key: str) -> Outcome:
        """Give ``amount`` back; more than what was captured is ProviderRefused."""

    def void(self, reference: str, key: str) -> Outcome:
        """Cancel what is not captured. Already cancelled is fine; already captured is returned as it is."""

    def fetch(self, reference: str) -> Outcome:
        """What the provider holds to be true now, with every fact that moved money."""

    def find(self, payment_id: str) -> Outcome | None:
        """The payment made for our ``payment_id`` when no reference ever reached us; None: none seen."""

    def list(self, since: datetime, until: datetime) -> Iterable[Listed]:
        """Every payment made there in [since, until), with all facts; what ``reconcile`` compares with our books."""

    def forget(self, token: str) -> None:
        """Let a kept payment method go. Unknown or gone already is fine."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Verify and read a message; ``headers`` in any letter case. Raises BadSignature, BadMessage,
        WrongAccount."""

    def hosted_session(
        self,
        request: ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> HostedSession:
        """Open a payment page at the provider; the request's token is not used.

        ``expires_at``: at least 30 minutes ahead, and the same one on every retry with the same key.
        """
