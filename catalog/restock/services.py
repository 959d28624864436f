"""Ask to be told when a variant is back; give the place in the line up; be forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from catalog.bundles import selectors as bundles
from catalog.restock import emails, selectors
from catalog.restock.models import RestockRequest
from inventory.waitlist import selectors as waitlist_selectors
from inventory.waitlist import services as waitlist
from shop.core import db

NotSoldOut = waitlist.NotSoldOut  # what `ask` raises as well
KEEP = timedelta(days=30)  # of an address whose place in the line is over


class UnknownVariant(LookupError):
    """Nothing is sold under this id, or a bundle, which has no units of its own to wait for."""


def ask(*, variant_id: UUID, email: str, language: str, customer_id: UUID | None, by: str) -> UUID:
    """Put whoever reads `email` in the line for a sold-out variant; returns the id of the place.

    One open place per address and variant: asking again changes nothing. The inventory's event makes the mail, so that
    a place is confirmed if and only if there is one. Raises `UnknownVariant`, `NotSoldOut`.
    """
    sku = selectors.sku_of(variant_id)
    if sku is None or bundles.parts_of([variant_id]):
        raise UnknownVariant(str(variant_id))
    request_id = _kept(variant_id, email.strip().lower(), language, customer_id)
    try:
        waitlist.join(entry_id=request_id, variant_id=variant_id, sku=sku, by=by)
    except NotSoldOut:
        RestockRequest.objects.filter(pk=request_id).delete()
        raise
    return request_id


def leave(*, entry_id: UUID, by: str) -> bool:
    """Give up the place in the line, or what is held for it; True if there was either. The address is forgotten."""
    left = waitlist.leave(entry_id=entry_id, by=by)
    RestockRequest.objects.filter(pk=entry_id).delete()
    return left


def tell(*, entry_id: UUID) -> None:
    """Mail whoever's turn it is; what is held for somebody who was forgotten meanwhile is given up at once."""
    if not emails.held(entry_id=entry_id):
        waitlist.leave(entry_id=entry_id, by="system")


def erase(*, email: str, by: str) -> int:
    """Forget an address and give up its places in all lines; returns how many requests it had. May be repeated."""
    rows = RestockRequest.objects.filter(email=email.strip().lower())
    ids = list(rows.values_list("pk", flat=True))
    for entry_id in ids:
        leave(entry_id=entry_id, by=by)
    return len(ids)


def forget_ended(*, batch: int = 500) -> int:
    """Delete requests of `KEEP` ago whose place is over, with their addresses; returns how many."""
    gone, after = 0, UUID(int=0)
    old = RestockRequest.objects.filter(created_at__lt=Now() - KEEP).order_by("pk")
    while ids := list(old.filter(pk__gt=after).values_list("pk", flat=True)[:batch]):
        entries, after = waitlist_selectors.entries(ids), ids[-1]
        over = [key for key in ids if key not in entries or not entries[key].is_open]
        gone += RestockRequest.objects.filter(pk__in=over).delete()[0]
    return gone


def _kept(variant_id: UUID, email: str, language: str, customer_id: UUID | None) -> UUID:
    """The id of the address's request for the variant: a new one unless its place is open, or was never taken."""
    given = {"language": language, "customer_id": customer_id}
    with transaction.atomic(using=db.CATALOG):
        row, _is_new = RestockRequest.objects.get_or_create(variant_id=variant_id, email=email, defaults=given)
    entry = waitlist_selectors.entries([row.pk]).get(row.pk)
    if entry is None or entry.is_open:
        return row.pk
    again = RestockRequest.objects.filter(pk=row.pk)  # by its old key, so that two requests at once make one new place
    again.update(id=db.uuid7(), created_at=Now(), **given)
    return RestockRequest.objects.values_list("pk", flat=True).get(variant_id=variant_id, email=email)
