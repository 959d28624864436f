"""The payments of archived orders, for whoever compares our books with a provider's."""

from __future__ import annotations

from collections.abc import Iterable

from checkout.archive import services
from checkout.archive.models import ArchivedOrder
from checkout.archive.selectors import rebuilt
from checkout.payments.models import Payment

_BATCH = 500


def payments(provider: str, references: Iterable[str]) -> list[Payment]:
    """Payments of archived orders that `provider` knows by one of these references, as they were archived."""
    found: list[Payment] = []
    wanted = sorted(set(references))
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        rows = ArchivedOrder.objects.filter(payment_references__overlap=some).order_by("id")
        made = (one for row in rows for one in rebuilt(Payment, row.content))
        found += [one for one in made if one.provider == provider and one.reference in some]
    return found


def bring_back(payment: Payment, *, by: str) -> None:
    """Bring back the order of an archived payment, so that it can hear what is new of it."""
    number = ArchivedOrder.objects.filter(pk=payment.order_id).values_list("number", flat=True).first()
    if number is None:
        return  # somebody was faster
    try:
        services.restore(number=number, by=by)
    except services.ArchiveRefused:
        return
