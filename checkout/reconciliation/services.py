"""Compare with a provider's list, and set right what nobody else would hear of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from checkout.archive import books
from checkout.payments import calls
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from checkout.reconciliation import emails, rules, selectors
from checkout.reconciliation.models import Difference, Reconciliation
from checkout.reconciliation.rules import Record
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money

log = structlog.get_logger("checkout.reconciliation")

RECENT = timedelta(minutes=60)  # what a sweep looks at
GRACE = timedelta(minutes=5)  # money younger than this may still find its order by itself


def reconcile(*, provider: str, since: datetime, until: datetime) -> Reconciliation:
    """Compare our payments at `provider` made in [since, until) with its list; keep and tell every difference.

    Talks to the provider; one that does not answer is noted as that.
    """
    try:
        listed = selectors.listed(provider, since, until)
        theirs = selectors.theirs(listed)
        ours = selectors.ours(provider, since, until, [record.reference for record in theirs])
        seen = {record.reference for record in theirs}
        foreign = _foreign(listed, ours)
        theirs = [record for record in theirs if record.reference not in foreign]
        theirs += [record for one in ours if one.reference not in seen if (record := _asked(provider, one))]
    except (base.ProviderUnavailable, base.ProviderRefused) as error:
        return Reconciliation.objects.create(
            provider=provider, since=since, until=until, status="unreachable", problem=str(error)[:300]
        )
    found = rules.differences(ours, theirs)
    with transaction.atomic(using=db.DEFAULT):
        made = Reconciliation.objects.create(
            provider=provider, since=since, until=until, compared=len(theirs), status="different" if found else "clean"
        )
        Difference.objects.bulk_create(
            Difference(
                reconciliation=made, kind=one.kind, reference=one.reference, payment_id=one.payment_id,
                order_id=one.order_id, ours=one.ours, theirs=one.theirs,
            )
            for one in found
        )  # fmt: skip
        if found:
            emails.differences(reconciliation=made, found=found)
    return made


def _foreign(listed: Iterable[base.Listed], ours: Iterable[Record]) -> set[str]:
    """What carries another shop's mark and is not in our books: another shop may use this account."""
    kept = {record.reference for record in ours}
    marked = {one.outcome.reference for one in listed if one.shop not in ("", settings.SITE_URL)}
    return marked - kept


def _asked(provider: str, one: Record) -> Record | None:
    """A payment of ours that the list of these days lacks may have been made there on another day."""
    try:
        return selectors.of_outcome(calls.ask(provider, lambda there: there.fetch(one.reference)), one.payment_id)
    except base.ProviderRefused:
        return None


def sweep(*, provider: str) -> int:
    """Read the provider's list of the last hour: record what we missed, give back what belongs to nobody here.

    Returns how many of its payments changed something. Talks to the provider. Raises `ProviderUnavailable`.
    """
    now = db.clock()
    listed = selectors.listed(provider, now - RECENT, now + timedelta(minutes=1))
    return sum(_look_at(provider, one, now) for one in listed)


def _look_at(provider: str, one: base.Listed, now: datetime) -> bool:
    payment = selectors.named(provider, one)
    if payment is None and (kept := selectors.archived(provider, one)):
        if not _is_news(kept, one):
            return False
        books.bring_back(kept, by="system")
    payment = payment or selectors.named(provider, one)  # looked for again: it may have been brought back in between
    if payment is not None and payment.reference not in ("", one.outcome.reference):
        payment = payments.fetch(payment_id=payment.pk, source="list")  # a hosted page is told by its payment now
    if payment is not None and payment.reference in ("", one.outcome.reference):
        if not _is_news(payment, one):
            return False
        payments.record(payment_id=payment.pk, outcome=one.outcome, source="list")
        return True
    if one.shop != settings.SITE_URL or one.created_at > now - GRACE:
        return False  # another shop may use this account, and its money is none of ours
    return _give_back_stray(provider, one)


def _is_news(payment: Payment, one: base.Listed) -> bool:
    told = selectors.of_outcome(one.outcome)
    return told.has_money and (told.captured, told.refunded, told.state) != (
        payment.captured_minor,
        payment.returned_minor,
        selectors.status_there(payment),
    )


def _give_back_stray(provider: str, one: base.Listed) -> bool:
    """Money that carries our mark and belongs to no payment here: an order that was lost, or a second charge."""
    told, reference = selectors.of_outcome(one.outcome), one.outcome.reference
    minor = told.captured - told.refunded
    if told.state == "authorised":
        calls.ask(provider, lambda there: there.void(reference, f"stray:{reference}"))
    elif minor > 0:
        amount = Money(minor, told.currency)
        calls.ask(provider, lambda there: there.refund(reference, amount, f"stray:{reference}"))
    else:
        return False
    log.error("money without an order given back", provider=provider, reference=reference, minor=minor)
    with transaction.atomic(using=db.DEFAULT):
        audit.record(
            action="payment.stray", by="system", object_type="provider_payment", object_id=reference[:64],
            changes={"provider": provider, "amount_minor": minor, "currency": told.currency}, using=db.DEFAULT,
        )  # fmt: skip
        emails.stray(provider=provider, reference=reference, amount=Money(minor, told.currency))
    return True
