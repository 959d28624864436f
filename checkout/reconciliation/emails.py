"""What staff are told when books differ."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.orders import emails
from checkout.reconciliation.models import Difference, Reconciliation
from checkout.reconciliation.rules import Found
from shop.core.money import Money

_MOST = 50


def differences(*, reconciliation: Reconciliation, found: Sequence[Found]) -> None:
    """Every difference in a line, as far as a mail is read."""
    told = {"count": len(found), "provider": reconciliation.provider}
    labels = dict(Difference.Kind.choices)
    lines = [
        _("%(reference)s: %(kind)s (ours: %(ours)s, theirs: %(theirs)s)")
        % {"reference": one.reference, "kind": labels[one.kind], "ours": one.ours or "–", "theirs": one.theirs or "–"}
        for one in found[:_MOST]
    ]
    emails.to_staff(
        key=f"reconciliation:{reconciliation.pk}",
        subject=ngettext(
            "%(count)s difference with %(provider)s's books",
            "%(count)s differences with %(provider)s's books",
            len(found),
        )
        % told,
        lines=lines,
        page="checkout_difference",
    )


def stray(*, provider: str, reference: str, amount: Money) -> None:
    """Money was given back that belonged to no order."""
    told = {"provider": provider, "reference": reference, "amount": amount.format()}
    emails.to_staff(
        key=f"stray:{reference}",
        subject=_("%(amount)s without an order given back at %(provider)s") % told,
        lines=[_("Payment %(reference)s carries this shop's mark and belongs to no order here.") % told],
    )
