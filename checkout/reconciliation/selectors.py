"""Reads of both books in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from checkout.archive import books
from checkout.payments import calls, providers
from checkout.payments import rules as payment_rules
from checkout.payments.models import Payment
from checkout.payments.providers import base
from checkout.reconciliation.rules import Record


def listing(provider: str) -> bool:
    """Whether the provider has books of its own: those that are kept by hand here have nothing to compare."""
    return provider not in ("bank_transfer", "cash", "invoice", "store_credit", "gift_card")


def listed_by() -> list[str]:
    """The providers with books of their own that are in use."""
    return [code for code in providers.PROVIDERS if listing(code) and _is_used(code)]


def _is_used(provider: str) -> bool:
    return Payment.objects.filter(provider=provider).exists()


def listed(provider: str, since: datetime, until: datetime) -> list[base.Listed]:
    """The provider's own list. Raises `ProviderUnavailable`, `ProviderRefused`."""
    return calls.ask(provider, lambda one: list(one.list(since, until)))


def theirs(listed: Iterable[base.Listed]) -> list[Record]:
    """The provider's list as records."""
    return [of_outcome(one.outcome, one.payment_id) for one in listed]


def of_outcome(outcome: base.Outcome, payment_id: str | None = None) -> Record:
    """What a provider says of a payment. Facts of several currencies are told in the first one's."""
    currency = outcome.facts[0].amount.currency if outcome.facts else ""
    known = payment_rules.sums(
        payment_rules.Entry(fact.kind, fact.reference, fact.amount.minor)
        for fact in outcome.facts
        if fact.amount.currency == currency
    )
    state = payment_rules.status(current="pending", amount=known.authorised, known=known, state=outcome.state)
    return Record(outcome.reference, currency, known.captured, known.refunded, state, payment_id)


def ours(provider: str, since: datetime, until: datetime, references: Iterable[str]) -> list[Record]:
    """Our payments at a provider: those it lists, and those with money that were made in [since, until).

    Those of archived orders too, where it lists them: what it lacked of them was seen while they were live.
    """
    made = Q(created_at__gte=since, created_at__lt=until) & (Q(captured_minor__gt=0) | Q(authorised_minor__gt=0))
    rows = Payment.objects.filter(Q(reference__in=list(references)) | made, provider=provider).exclude(reference="")
    live = list(rows.order_by("id"))
    archived = books.payments(provider, set(references) - {row.reference for row in live})
    return [
        Record(
            row.reference,
            row.currency,
            row.captured_minor,
            row.returned_minor,
            status_there(row),
            str(row.pk),
            str(row.order_id),
        )
        for row in [*live, *archived]
    ]


def status_there(row: Payment) -> str:
    """Our payment's status as its provider sees it, who knows nothing of what was given back as store credit."""
    is_only_here = row.status == Payment.Status.REFUNDED and row.returned_minor < row.captured_minor
    return Payment.Status.PAID if is_only_here else row.status


def archived(provider: str, one: base.Listed) -> Payment | None:
    """The payment of an archived order that such a line speaks of, as it was archived."""
    return next(iter(books.payments(provider, [one.outcome.reference])), None)


def named(provider: str, one: base.Listed) -> Payment | None:
    """Our payment that a line of the provider's list speaks of: by its reference, else by the id that it carries."""
    rows = Payment.objects.filter(provider=provider)
    found = rows.filter(reference=one.outcome.reference).first()
    try:
        return found or (rows.filter(pk=UUID(one.payment_id)).first() if one.payment_id else None)
    except ValueError:
        return None
