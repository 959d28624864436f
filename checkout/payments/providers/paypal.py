"""PayPal: orders that the shopper approves on PayPal's page, captured (or held) by us afterwards.

The stand-in in the sandbox speaks the same API, so ``PAYPAL_API_BASE`` is all that differs between the two.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base, paypal_webhooks
from checkout.payments.providers import paypal_answers as answers
from checkout.payments.providers.paypal_client import LIVE, Client, Refused
from shop.core.money import Money

_TO_CONNECT = 5.0  # seconds
_LONGEST_KEY = 108  # characters of a PayPal-Request-Id
_FOUND_WITHIN = timedelta(days=3)
_LONGEST_RANGE = timedelta(days=31)  # of one question for transactions
_DONE_BEFORE = ("ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED", "ORDER_ALREADY_COMPLETED")
_NOT_YET = ("ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED")


def from_settings() -> "PayPal":
    """The provider as ``settings.PAYPAL_*`` say."""
    return PayPal(
        client_id=settings.PAYPAL_CLIENT_ID,
        client_secret=settings.PAYPAL_CLIENT_SECRET,
        webhook_id=settings.PAYPAL_WEBHOOK_ID,
        api_base=settings.PAYPAL_API_BASE,
        timeout=(_TO_CONNECT, settings.PAYMENT_TIMEOUT_SECONDS),
    )


class PayPal:
    """``base.Provider`` over PayPal's orders. A payment's reference is its order's id there."""

    code = "paypal"
    label = cast(str, gettext_lazy("PayPal"))
    reservation_ttl = timedelta(minutes=15)
    has_hosted_page = True
    can_authorise = True
    can_save = False

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        webhook_id: str,
        api_base: str = "",
        network_retries: int = 1,
        timeout: tuple[float, float] = (_TO_CONNECT, 20.0),
    ) -> None:
        self._webhook_id, self._is_live = webhook_id, not api_base or api_base == LIVE
        self._client = Client(
            client_id=client_id,
            client_secret=client_secret,
            api_base=api_base,
            network_retries=network_retries,
            timeout=timeout,
        )

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        """Opens an order: the shopper is to be sent to its page."""
        if request.token or request.save:
            raise base.ProviderRefused("PayPal keeps no payment method for us", "not_supported")
        return answers.order_outcome(self._opened(request, request.return_url, request.return_url))

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        """PayPal's pages end by themselves, after hours: ``expires_at`` is not used. A voided one is never captured."""
        order = self._opened(request, success_url, cancel_url)
        url = answers.action_url(order)
        if not url:
            raise base.ProviderRefused("PayPal opened an order without a page", "no_url")
        return base.HostedSession(str(order["id"]), url)

    def fetch(self, reference: str) -> base.Outcome:
        """Also takes the money of an order that the shopper has approved, once, whoever asks and however often."""
        order = self._client.order(reference)
        if answers.is_ready(order):
            return self._taken(order)
        return self._outcome(order)

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        asked = answers.amount_of(amount)
        order = self._client.order(reference)
        invoice = f"{answers.unit(order).get('invoice_id') or reference}-{_short(key)}"
        if any(one.get("invoice_id") == invoice for one in answers.captures(order)):
            return self._outcome(order)
        held = answers.hold(order)
        if held is None or amount.currency != held["amount"]["currency_code"]:
            raise base.ProviderRefused("nothing is held of that", "nothing_held")
        if amount.minor > answers.held(order):  # PayPal itself would take up to 15 % more than was held
            raise base.ProviderRefused("more than what is held", "amount_too_large")
        body = {"amount": asked, "final_capture": is_final, "invoice_id": invoice}
        self._client.capture_authorization(held["id"], body, _key("capture", key))
        return self._outcome(self._client.order(reference))

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        """Of the capture that has enough left; split where none has. Each part bears the key, so none is made twice."""
        asked, note = answers.amount_of(amount), answers.refund_note(_short(key, 32))
        while True:
            order = self._client.order(reference)
            made = [one for one in answers.refunds(order) if one.get("custom_id") == note]
            rest = amount.minor - sum(answers.money(one["amount"]).minor for one in made)
            if rest <= 0:
                return answers.refund_outcome(reference, made)
            sources = answers.refundable(order)
            if answers.unit(order)["amount"]["currency_code"] != asked["currency_code"]:
                raise base.ProviderRefused("another currency", "currency_mismatch")
            if rest > sum(left for _, left in sources):
                raise base.ProviderRefused("more than what was captured", "amount_too_large")
            source, most = next((one for one in sources if one[1] >= rest), sources[0])
            part = answers.amount_of(Money(min(rest, most), amount.currency))
            self._client.refund(source, {"amount": part, "custom_id": note}, _key("refund", f"{key}:{len(made)}"))

    def void(self, reference: str, key: str) -> base.Outcome:
        """PayPal cannot cancel an order that is not paid: a note on it tells ``fetch`` not to take its money. An order
        that PayPal knows no more (it forgets what nobody approves) is cancelled."""
        try:
            order = self._client.order(reference)
        except Refused as refused:
            if refused.status != 404:
                raise
            return base.Outcome(reference=reference, state="cancelled")
        held = answers.hold(order)
        with suppress(Refused):  # too late, or done before: what is true now says it better
            if held is not None:
                self._client.void_authorization(held["id"], _key("void", key))
            elif answers.is_unpaid(order):
                self._close(order, answers.VOIDED)
        return self._outcome(self._client.order(reference))

    def find(self, payment_id: str) -> base.Outcome | None:
        """Among what moved money in the last days: PayPal lists no others, and nobody has approved those."""
        now = timezone.now()
        for row in self._rows(now - _FOUND_WITHIN, now):
            if answers.name_of(row.get("custom_field")) == payment_id and (order := self._order_of(row)):
                return self._outcome(order)
        return None

    def list(self, since: datetime, until: datetime) -> Sequence[base.Listed]:
        """Payments whose first money moved in [since, until). PayPal's own list is up to three hours late."""
        found: dict[str, base.Listed] = {}
        seen: set[str] = set()
        for row in self._rows(since, until):
            name = row.get("custom_field") or row["transaction_id"]
            if name in seen or not (order := self._order_of(row)):
                continue
            seen.add(name)
            paid_at = answers.paid_at(order)
            if paid_at and since <= paid_at < until:
                outcome = self._outcome(order)
                found[outcome.reference] = base.Listed(answers.payment_id(order), paid_at, outcome, _shop_of(order))
        return [*found.values()]

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        """Asks PayPal whether it sent this, and which order a refund or dispute belongs to: may use the network.
        Raises BadSignature, and ProviderUnavailable (answer so that PayPal sends it again)."""
        proof = paypal_webhooks.proof(headers, self._webhook_id, timezone.now())
        content = paypal_webhooks.message(body)
        try:
            if not self._client.is_authentic(body, proof):
                raise base.BadSignature("PayPal did not sign this")
        except Refused as refused:
            if refused.status == 401:  # our own credentials are wrong, which says nothing about the message
                raise base.ProviderUnavailable("PayPal does not verify for us") from refused
            raise base.BadSignature(str(refused)) from refused
        return base.WebhookEvent(
            event_id=content["id"],
            type=content["event_type"],
            reference=self._order_in(content),
            payment_id=paypal_webhooks.payment_of(content),
            occurred_at=datetime.fromisoformat(content["create_time"]),
            livemode=self._is_live,
            payload=content,
        )

    def _opened(self, request: base.ChargeRequest, back: str, away: str) -> dict[str, Any]:
        page = {
            "return_url": back,
            "cancel_url": away,
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",  # the address is ours to know
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",  # stock is held for minutes, not for days
            "brand_name": settings.SHOP_NAME[:127],
        }
        mark = _mark(request.metadata.get("shop", ""))
        bought = {
            "reference_id": "default",
            "amount": answers.amount_of(request.amount),
            "custom_id": request.payment_id,
            "invoice_id": f"{request.order_number}-{_short(request.payment_id)}{mark}",
            "description": (request.description or request.order_number)[:127],
        }
        body = {
            "intent": "CAPTURE" if request.capture else "AUTHORIZE",
            "purchase_units": [bought],
            "payment_source": {"paypal": {"experience_context": page}},
        }
        return self._client.create_order(body, _key("order", request.idempotency_key))

    def _taken(self, order: dict[str, Any]) -> base.Outcome:
        """The order after its money was taken, or held: under a key that is the order's own."""
        id = str(order["id"])
        take = self._client.capture_order if order["intent"] == "CAPTURE" else self._client.authorize_order
        try:
            return answers.order_outcome(take(id, _key("take", id)))
        except Refused as refused:
            if refused.code in _NOT_YET:
                return answers.order_outcome(order | {"status": "PAYER_ACTION_REQUIRED"})
            if refused.code in answers.DECLINES:
                with suppress(Refused):  # paid meanwhile after all: read again below
                    self._close(order, refused.code)
            elif refused.code not in _DONE_BEFORE:
                raise
        return self._outcome(self._client.order(id))

    def _close(self, order: Mapping[str, Any], why: str) -> None:
        self._client.note(str(order["id"]), answers.closing(order, why))

    def _outcome(self, order: Mapping[str, Any]) -> base.Outcome:
        disputes = [one for capture in answers.captures(order) for one in self._client.disputes(capture["id"])]
        return answers.order_outcome(order, disputes)

    def _order_in(self, content: Mapping[str, Any]) -> str | None:
        if order := paypal_webhooks.order_of(content):
            return order
        capture = paypal_webhooks.capture_of(content)
        try:
            return paypal_webhooks.related_order(self._client.capture(capture)) if capture else None
        except Refused:
            return None

    def _rows(self, since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
        """Holds and captures among PayPal's transactions, oldest first."""
        found: list[dict[str, Any]] = []
        while since < until:
            end, page, pages = min(until, since + _LONGEST_RANGE), 1, 1
            while page <= pages:
                answer = self._client.transactions(since.isoformat(), end.isoformat(), page)
                found += [row["transaction_info"] for row in answer.get("transaction_details") or ()]
                page, pages = page + 1, answer.get("total_pages") or 1
            since = end
        payments = ("T00", "T13")  # payments received, authorisations
        found = [row for row in found if str(row.get("transaction_event_code")).startswith(payments)]
        return sorted(found, key=lambda row: str(row.get("transaction_initiation_date")))

    def _order_of(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """The order of a transaction; None for one that was not made as an order (an invoice, a payment by hand)."""
        is_hold = row["transaction_event_code"].startswith("T13")
        read = self._client.authorization if is_hold else self._client.capture
        try:
            order = paypal_webhooks.related_order(read(row["transaction_id"]))
            return self._client.order(order) if order else None
        except Refused as refused:
            if refused.status != 404:
                raise
            return None


def _key(kind: str, key: str) -> str:
    """A PayPal-Request-Id for one kind of call."""
    whole = f"{kind}:{key}"
    return whole if len(whole) <= _LONGEST_KEY else f"{kind}:{_short(key, 64)}"


def _mark(shop: str) -> str:
    """What the number of an order ends with that `shop` (its address) has opened."""
    return f"-{_short(shop, 8)}" if shop else ""


def _shop_of(order: Mapping[str, Any]) -> str:
    """This shop's address, if the order bears its mark."""
    shop = settings.SITE_URL
    return shop if str(answers.unit(order).get("invoice_id") or "").endswith(_mark(shop)) else ""


def _short(text: str, length: int = 10) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
