"""Stripe: payment intents confirmed on the server, hosted Checkout pages, signed webhooks.

The only file that imports the Stripe library. The payment sandbox speaks the same API, so
``STRIPE_API_BASE`` is all that differs between the two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import stripe
import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base
from checkout.payments.providers import stripe_answers as answers
from shop.core.money import Money

log = structlog.get_logger("checkout.payments")

TOLERANCE = 300  # seconds that a webhook's signature lives
_TO_CONNECT = 5.0  # seconds
_INTENT = ["latest_charge.refunds"]
_SESSION = ["payment_intent.latest_charge.refunds"]
_LISTED = ["data.latest_charge.refunds"]


def from_settings() -> "Stripe":
    """The provider as ``settings.STRIPE_*`` say."""
    return Stripe(
        secret_key=settings.STRIPE_SECRET_KEY,
        webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
        api_base=settings.STRIPE_API_BASE,
        timeout=(_TO_CONNECT, settings.PAYMENT_TIMEOUT_SECONDS),
    )


class Stripe:
    """``base.Provider`` over Stripe's API."""

    code = "stripe"
    label = cast(str, gettext_lazy("Card"))
    reservation_ttl = timedelta(minutes=15)
    has_hosted_page = True
    can_authorise = True
    can_save = True

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        api_base: str = "",
        network_retries: int = 1,
        timeout: tuple[float, float] = (_TO_CONNECT, 20.0),
    ) -> None:
        self._webhook_secret = webhook_secret
        self._is_live = secret_key.startswith(("sk_live_", "rk_live_"))
        client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=timeout),
            max_network_retries=network_retries,
        )
        self._intents = client.v1.payment_intents
        self._refunds = client.v1.refunds
        self._sessions = client.v1.checkout.sessions
        self._disputes = client.v1.disputes
        self._methods = client.v1.payment_methods
        self._customers = client.v1.customers

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        if not request.token:
            raise base.ProviderRefused("a charge needs a payment method", "token_missing")
        params: Any = {
            **_money(request.amount),
            **_intent_data(request),
            "payment_method": request.token,
            # Cards only (wallets are cards too): other methods may take days, stock is held for minutes.
            "payment_method_types": ["card"],
            "return_url": request.return_url,
            "confirm": True,
            "expand": _INTENT,
        }
        if customer := request.customer or (self._customer_of(request) if request.save else None):
            params["customer"] = customer
            if request.save:
                params["setup_future_usage"] = "on_session"  # the shopper is there when it is used
        if not request.capture:
            params["payment_method_options"] = {"card": {"request_multicapture": "if_available"}}
        try:
            with _translated():
                answer = self._intents.create(params, _once(request.idempotency_key))
        except _Declined as declined:
            return declined.outcome
        return answers.intent_outcome(answer.to_dict())

    def _customer_of(self, request: base.ChargeRequest) -> str | None:
        """Stripe's customer for ours: made once, and found again by the key within a day; our own record is kept."""
        if not request.customer_reference:
            return None
        params: Any = {"metadata": {"customer_reference": request.customer_reference}}
        with _translated():
            return self._customers.create(params, _once(f"customer:{request.customer_reference}")).id

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        params: Any = {"amount_to_capture": answers.stripe_amount(amount), "expand": _INTENT}
        if not is_final:
            params["final_capture"] = False  # refused where the card or the account cannot be captured in parts
        with _translated():
            answer = self._intents.capture(reference, params, _once(key))
        return answers.intent_outcome(answer.to_dict())

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        params: Any = {"payment_intent": reference, "amount": answers.stripe_amount(amount)}
        with _translated():
            answer = self._refunds.create(params, _once(key))
        return answers.refund_outcome(answer.to_dict(), reference)

    def void(self, reference: str, key: str) -> base.Outcome:
        try:
            with _translated():
                if _is_session(reference):
                    self._sessions.expire(reference, {}, _once(key))
                else:
                    self._intents.cancel(reference, {}, _once(key))
        except base.ProviderRefused:
            # Too late, or done before: what is true now says it better than the refusal, and an
            # unknown reference is refused again by fetch. Or the intent belongs to a hosted page
            # that is still open: then the page is what can be closed.
            self._close_page_of(reference, key)
        return self.fetch(reference)

    def _close_page_of(self, reference: str, key: str) -> None:
        if _is_session(reference):
            return
        with _translated():
            for session in self._sessions.list({"payment_intent": reference, "limit": 1}).data:
                if session.status == "open":
                    self._sessions.expire(session.id, {}, _once(f"{key}:page"))

    def fetch(self, reference: str) -> base.Outcome:
        with _translated():
            if _is_session(reference):
                session = self._sessions.retrieve(reference, {"expand": _SESSION}).to_dict()
                return answers.session_outcome(session, self._disputes_of(session.get("payment_intent")))
            intent = self._intents.retrieve(reference, {"expand": _INTENT}).to_dict()
            return answers.intent_outcome(intent, disputes=self._disputes_of(intent))

    def _disputes_of(self, intent: Any) -> Sequence[dict[str, Any]]:
        """The disputes of an intent whose charge says that there are some: the charge itself names none."""
        if not answers.is_disputed(intent):
            return []
        found = self._disputes.list({"payment_intent": intent["id"], "limit": 100})
        return [dispute.to_dict() for dispute in found.data]

    def find(self, payment_id: str) -> base.Outcome | None:
        quoted = payment_id.replace("\\", "\\\\").replace("'", "\\'")
        with _translated():
            found = self._intents.search({"query": f"metadata['payment_id']:'{quoted}'", "limit": 100}).data
        # Newest first, but an attempt that holds money before any that does not.
        best = max(found, key=lambda intent: intent.status in ("succeeded", "requires_capture"), default=None)
        return self.fetch(best.id) if best else None

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        created: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        with _translated():
            page = self._intents.list({"created": created, "limit": 100, "expand": _LISTED})
            for found in page.auto_paging_iter():
                intent = found.to_dict()
                yield base.Listed(
                    payment_id=(intent.get("metadata") or {}).get("payment_id"),
                    created_at=datetime.fromtimestamp(int(intent["created"]), UTC),
                    outcome=answers.intent_outcome(intent, disputes=self._disputes_of(intent)),
                    shop=(intent.get("metadata") or {}).get("shop", ""),
                )

    def forget(self, token: str) -> None:
        try:
            with _translated():
                self._methods.detach(token)
        except base.ProviderRefused as refusal:
            log.info("a payment method is gone already", code=refusal.code)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        signature = next((value for name, value in headers.items() if name.lower() == "stripe-signature"), None)
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._webhook_secret, TOLERANCE)
        except (stripe.SignatureVerificationError, ValueError, AttributeError) as error:
            raise base.BadSignature(str(error)) from error
        told = _event(base.read(body))
        if told.livemode != self._is_live or told.payload.get("account"):
            raise base.WrongAccount(told.event_id)
        return told

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        price = {
            "currency": request.amount.currency.lower(),
            "unit_amount": answers.stripe_amount(request.amount),
            "product_data": {"name": request.description or request.order_number},
        }
        intent_data = _intent_data(request)
        params: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [{"price_data": price, "quantity": 1}],
            "client_reference_id": request.order_number,
            "metadata": intent_data["metadata"],
            "payment_intent_data": intent_data,
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if expires_at is not None:
            params["expires_at"] = int(expires_at.timestamp())
        with _translated():
            session = self._sessions.create(params, _once(request.idempotency_key))
        if not session.url:
            raise base.ProviderRefused("Stripe opened a session without a page", "no_url")
        return base.HostedSession(session.id, session.url, answers.moment(session.expires_at))


class _Declined(Exception):
    def __init__(self, outcome: base.Outcome) -> None:
        self.outcome = outcome


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors as ours: a decline, an answer that never came, or a refusal."""
    try:
        yield
    except stripe.StripeError as error:
        raise _meaning(error) from error


def _meaning(error: stripe.StripeError) -> Exception:
    status = error.http_status
    body: Any = error.json_body
    detail: dict[str, Any] = body.get("error", {}) if isinstance(body, dict) else {}
    if isinstance(error, stripe.CardError) and detail.get("payment_intent"):
        return _Declined(answers.intent_outcome(detail["payment_intent"], detail))
    if status is not None and status >= 500:
        return (base.StoredFailure if answers.is_replayed(error.headers) else base.Failed)("Stripe failed")
    if isinstance(error, stripe.APIError) or status is None or status in (409, 429):
        return base.ProviderUnavailable(error.user_message or "no answer from Stripe")
    return base.ProviderRefused(error.user_message or "refused by Stripe", error.code or "")


def _once(key: str) -> Any:
    return {"idempotency_key": key}


def _money(amount: Money) -> dict[str, Any]:
    return {"amount": answers.stripe_amount(amount), "currency": amount.currency.lower()}


def _intent_data(request: base.ChargeRequest) -> dict[str, Any]:
    """What describes a payment wherever it is made: by us or on the hosted page."""
    metadata = {**request.metadata, "payment_id": request.payment_id, "order_number": request.order_number}
    if request.customer_reference:
        metadata["customer_reference"] = request.customer_reference
    data: dict[str, Any] = {"capture_method": "automatic" if request.capture else "manual", "metadata": metadata}
    return data | ({"description": request.description} if request.description else {})


def _is_session(reference: str) -> bool:
    return reference.startswith("cs_")


def _event(event: dict[str, Any]) -> base.WebhookEvent:
    try:
        thing, at = event["data"]["object"], datetime.fromtimestamp(int(event["created"]), UTC)
        names: dict[str, Any] = {
            "reference": _reference(thing),
            "payment_id": (thing.get("metadata") or {}).get("payment_id"),
        }
        about: dict[str, Any] = {"event_id": event["id"], "type": event["type"], "livemode": bool(event["livemode"])}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise base.BadMessage(f"not an event: {error!r}") from error
    return base.WebhookEvent(**about, **names, occurred_at=at, payload=event)


def _reference(thing: dict[str, Any]) -> str | None:
    if thing.get("object") == "payment_intent":
        return str(thing["id"])
    intent = answers.ident(thing.get("payment_intent"))
    if intent is None and thing.get("object") == "checkout.session":
        return str(thing["id"])
    return intent
