"""What staff are told of a dispute."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from checkout.disputes import selectors
from checkout.orders import emails
from shop.core import formats


def dispute_changed(*, dispute_id: UUID, status: str) -> None:
    """That money was called back, by when to answer, or how it ended."""
    dispute = selectors.dispute(dispute_id)
    told = {"order": dispute.order.number, "amount": dispute.amount.format()}
    subjects = {
        "open": _("Payment of %(order)s disputed: %(amount)s called back"),
        "won": _("Dispute about %(order)s won: %(amount)s is ours"),
        "lost": _("Dispute about %(order)s lost: %(amount)s is gone"),
    }
    lines = [_("Reason: %(reason)s") % {"reason": dispute.reason or "–"}]
    if status == "open":
        if dispute.due_at:
            moment = formats.moment(dispute.due_at)
            lines.append(_("Before %(time)s, answer it at the payment provider.") % {"time": moment})
        lines.append(_("The bank has taken the money, so it is not refunded as well."))
    emails.to_staff(
        key=f"dispute:{dispute_id}:{status}", subject=subjects[status] % told, lines=lines, order=dispute.order
    )
