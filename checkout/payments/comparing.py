"""Our books beside the providers': one listing for each provider, and a second look at what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from checkout.payments import calls, rules, selectors
from checkout.payments.methods import BALANCES
from checkout.payments.models import Payment
from checkout.payments.providers import base
from shop.core import db, invariants

OWN_BOOKS = (*selectors.BY_HAND, *BALANCES)  # their other side is kept here: the ledger's checks look at it
_EARLIER = timedelta(minutes=10)  # a provider's clock may differ, and its list goes by its own


class Skipped(invariants.Skipped):
    """The other side could not be asked; `str()` says which."""


def paid_is_captured(limit: int = 10_000) -> list[str]:
    """I3: ours(captured − refunded) = the provider's, for the newest `limit` payments of each provider.

    A provider that does not answer is skipped: raises `Skipped`, unless another one's books differ.
    """
    rows = Payment.objects.exclude(provider__in=OWN_BOOKS).exclude(reference="")
    found: list[str] = []
    silent: list[str] = []
    for provider in rows.order_by("provider").values_list("provider", flat=True).distinct():
        newest = list(rows.filter(provider=provider).order_by("-id")[:limit])
        try:
            found += _of_provider(provider, newest)
        except base.ProviderUnavailable:
            silent.append(provider)
    if silent and not found:
        raise Skipped(f"{', '.join(silent)} does not answer")
    return found


def _of_provider(provider: str, newest: Sequence[Payment]) -> list[str]:
    nets = _nets(provider, min(payment.created_at for payment in newest) - _EARLIER)
    found: list[str] = []
    for payment in newest:
        net = nets.get(str(payment.pk), nets.get(payment.reference))
        if net != _net(payment):
            # It may have changed meanwhile, or be listed later (PayPal's list is hours late), or elsewhere.
            found += _compared(payment, net)
    return found


def _nets(provider: str, since: datetime) -> dict[str, int]:
    """What the provider's list comes to, by our payment's id where it carries one, else by its reference.

    All that was made for one of our payments is in its sum, were it two. Nothing from a provider that refuses to list.
    """
    try:
        listed = calls.ask(provider, lambda one: list(one.list(since, db.clock() + _EARLIER)))
    except base.ProviderRefused:
        return {}
    nets: dict[str, int] = {}
    for line in listed:
        name = line.payment_id or line.outcome.reference
        nets[name] = nets.get(name, 0) + _net_of(line.outcome.facts)
    return nets


def _net_of(facts: Iterable[base.Fact]) -> int:
    """Captured less refunded, in minor units of the facts' first currency."""
    known = list(facts)
    same = [fact for fact in known if fact.amount.currency == known[0].amount.currency]
    sums = rules.sums(rules.Entry(fact.kind, fact.reference, fact.amount.minor) for fact in same)
    return sums.captured - sums.refunded


def _net(payment: Payment) -> int:
    return payment.captured_minor - payment.returned_minor


def _compared(seen: Payment, listed: int | None) -> Iterator[str]:
    """The payment and its provider's word, both read anew; `listed` is what the list's lines of it came to."""
    payment = Payment.objects.get(pk=seen.pk)
    try:
        outcome = calls.ask(payment.provider, lambda provider: provider.fetch(payment.reference))
    except base.ProviderRefused as refusal:
        yield f"I3 payment {payment.pk}: {payment.provider} does not know {payment.reference}: {refusal}"
        return
    theirs = rules.sums(
        rules.Entry(fact.kind, fact.reference, fact.amount.minor)
        for fact in outcome.facts
        if fact.amount.currency == payment.currency
    )
    ours = (payment.captured_minor, payment.returned_minor)
    if ours != (theirs.captured, theirs.refunded):
        yield (
            f"I3 payment {payment.pk}: ours is {ours[0]} captured and {ours[1]} refunded, "
            f"{payment.provider}'s {theirs.captured} and {theirs.refunded}"
        )
    elif listed is not None and listed > _net(seen) and _net(payment) == _net(seen):
        yield f"I3 payment {payment.pk}: {payment.provider} lists {listed} for it, ours is {_net(seen)}: taken twice?"
