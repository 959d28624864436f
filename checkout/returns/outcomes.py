"""What became of units that came back, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.returns.models import ReturnUnit

_REJECTED = ("received", "rejected")


def outcomes(units: Iterable[ReturnUnit]) -> list[str]:
    """What became of those of a line's units that did not simply come back, a sentence for each kind."""
    known = list(units)
    counts, told = Counter((unit.reception, unit.acceptance) for unit in known), _not_accepted(known)
    if n := counts["wrong_item", "rejected"]:
        told.append(_("For %(n)d another item came: nothing is given back for that.") % {"n": n})
    if n := counts["wrong_item", "accepted"]:
        told.append(_("For %(n)d another item came; the worth is given back all the same.") % {"n": n})
    if n := counts["lost", "rejected"]:
        told.append(_("%(n)d did not arrive: nothing is given back for that.") % {"n": n})
    if n := counts["lost", "accepted"]:
        told.append(_("%(n)d got lost on the way; the worth is given back all the same.") % {"n": n})
    if n := sum(count for (reception, _acceptance), count in counts.items() if reception == "short"):
        text = ngettext(
            "%(n)d was not in the parcel. If you still have it, you can send it back another time.",
            "%(n)d were not in the parcel. If you still have them, you can send them back another time.",
            n,
        )
        told.append(text % {"n": n})
    return told


def _not_accepted(units: Iterable[ReturnUnit]) -> list[str]:
    """Of those that came and are not accepted."""
    counts = Counter(unit.fate == "damaged" for unit in units if (unit.reception, unit.acceptance) == _REJECTED)
    told = []
    if n := counts[True]:
        text = ngettext(
            "%(n)d was found damaged and not accepted: nothing is given back for it.",
            "%(n)d were found damaged and not accepted: nothing is given back for them.",
            n,
        )
        told.append(text % {"n": n})
    if n := counts[False]:
        text = ngettext(
            "%(n)d was not accepted: nothing is given back for it.",
            "%(n)d were not accepted: nothing is given back for them.",
            n,
        )
        told.append(text % {"n": n})
    return told
