"""Which provider a payment is asked of: the merchant's routes, and the one place where a payment changes its provider.

A payment is moved only while nobody was ever asked for its money: no attempt, no reference. From the first question on
it stays where it is, because an answer that never came may have been "yes"; another provider can then be tried only by
another payment, after this one was ended by its own provider's word (`collecting` voids or looks for it first).
Circuits are looked at before any lock is taken; whether the payment was asked is looked at under the locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now

from checkout.orders import where
from checkout.payments import calls, locking, methods, providers, routing, selectors
from checkout.payments.models import Payment, PaymentRoute
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.resilience import breaker

log = structlog.get_logger("checkout.payments")


def rules() -> list[routing.Rule]:
    """The merchant's active routes, from the top. One query."""
    routes = PaymentRoute.objects.filter(is_active=True, provider__in=providers.PROVIDERS)
    return [as_rule(route) for route in routes.order_by("position", "id")]


def as_rule(route: PaymentRoute) -> routing.Rule:
    return routing.Rule(
        method=route.method,
        provider=route.provider,
        currency=route.currency,
        countries=frozenset(route.countries.split()),
        minimum=route.minimum_minor,
        maximum=route.maximum_minor,
        share=route.share,
    )


def providers_for(*, method: str, amount: Money, country: str, about: UUID) -> tuple[str, ...]:
    """The providers to try for a payment, the best first; those whose circuit is open last, without those that do not
    take its currency.

    `about` decides about shares: the id of the order's cart, so that the payment page, the order and every retry agree.
    Asks Redis for the circuits: not to be called in a transaction.
    """
    wish = routing.Wish(method, amount.currency, country, amount.minor, routing.number_of(about))
    found = routing.order(wish, rules(), default=_default(method), is_open=refusing(method))
    return tuple(code for code in found if methods.takes(code, amount.currency)) or found


def first(*, method: str, amount: Money, country: str, about: UUID) -> str:
    """The provider that a new payment is opened with."""
    return providers_for(method=method, amount=amount, country=country, about=about)[0]


def refusing(method: str) -> set[str]:
    """The providers for a method that would not be asked now, because their circuit is open."""
    return {code for code in methods.takers(method) if breaker.refuses(calls.circuit(code))}


def choose(payment_id: UUID) -> Payment:
    """The payment with its order, moved to another provider if nobody was asked for it yet and its own does not answer.

    A card's token belongs to the provider that made it: it is dropped, and the shopper pays on the other's own page.
    """
    payment = selectors.payment(payment_id)
    method = payment.method or methods.of_provider(payment.provider)
    if _was_asked(payment) or not breaker.refuses(calls.circuit(payment.provider)):
        return payment
    better = _better(payment, method)
    return _move(payment_id, source=payment.provider, target=better, method=method) if better else payment


def _better(payment: Payment, method: str) -> str | None:
    """The best provider that would be asked now; None when there is none but the present one."""
    order = payment.order
    country = str(where.address(order).get("country", ""))
    about = order.cart_id or order.pk
    candidates = providers_for(method=method, amount=payment.amount, country=country, about=about)
    best = candidates[0]
    if best == payment.provider or breaker.refuses(calls.circuit(best)):
        return None
    return best


def _move(payment_id: UUID, *, source: str, target: str, method: str) -> Payment:
    """Change the payment's provider, unless it was asked of one since: then it is returned as it is."""
    with transaction.atomic(using=db.DEFAULT):
        order, payment = locking.order_and_payment(payment_id)
        payment.order = order
        if _was_asked(payment) or payment.provider != source:
            return payment
        payment.provider, payment.token, payment.method, payment.updated_at = target, "", method, Now()
        payment.save(update_fields=["provider", "token", "method", "updated_at"])
        audit.record(
            action="payment.move", by="system", object_type="order", object_id=order.pk,
            changes={"payment": str(payment.pk), "from": source, "to": target}, using=db.DEFAULT,
        )  # fmt: skip
    log.warning("payment moved", payment=str(payment_id), source=source, target=target)
    return payment


def _was_asked(payment: Payment) -> bool:
    return bool(payment.attempts or payment.reference or payment.status != Payment.Status.PENDING)


def _default(method: str) -> str:
    return next((one.provider for one in methods.METHODS if one.id == method), method)


def gaps(routes: Sequence[PaymentRoute]) -> list[routing.Conditions]:
    """Conditions of active routes whose shares do not come to 100 percent."""
    return routing.problems(as_rule(route) for route in routes if route.is_active)
