"""One change of an order, written: its lines, its parcels and its money, in one transaction of the default database."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from checkout.changes import rules, selectors
from checkout.changes.planning import EditRefused, Plan, check
from checkout.fulfilment import labelling
from checkout.fulfilment import services as fulfilment
from checkout.giftcards import bought
from checkout.orders import locking, revising
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import OrderChange
from checkout.payments import services as payments
from inventory.stock import selectors as stock
from shop.core import db

_WAREHOUSE = (OrderChange.Kind.SHORT, OrderChange.Kind.SOLD_OUT)  # units that are not there
_GOES_BY = frozenset({"shipping_address", "delivery_option"})  # of what a change may say: what stands on labels


class MayNotCancel(Exception):
    """Nothing would be left of the order, and who wants that may change orders but not cancel them."""


def write(
    *,
    order_id: UUID,
    plan: Plan,
    by: str,
    reason: str,
    change_id: UUID,
    seen_revision: int | None = None,
    may_cancel: bool = True,
    cause: UUID | None = None,
) -> OrderChange | None:
    """Change the order as planned; None if nothing would be left of it: then the whole of it is cancelled.

    `seen_revision`: the revision that the plan was made for, None where it does not matter. The same `change_id` again
    is the same change. `cause`: the reimbursement that it is the exchange of. Units follow by `OrderChanged`. Raises
    `EditRefused`, and `MayNotCancel` without `may_cancel`.
    """
    expected = stock.expected(change_id) if plan.added else {}
    with transaction.atomic(using=db.DEFAULT):
        order = locking.order(order_id)
        done = OrderChange.objects.filter(order=order, pk=change_id).first()
        if done is not None:
            return done
        if seen_revision is not None and order.revision != seen_revision:
            raise changed_meanwhile()
        lines = order_selectors.lines_of(order_id)
        check(order, lines, plan)
        if plan.kind not in _WAREHOUSE and not bought.can_go(order_id, plan.removed):
            raise EditRefused(_("A gift card that was bought with it has been used."), "card_used")
        if not plan.added and plan.removed and rules.is_empty(selectors.units(order_id, lines), plan.removed):
            if not may_cancel:
                raise MayNotCancel(_("Nothing would be left of the order, and you may not cancel it."))
            why = "out_of_stock" if plan.kind in _WAREHOUSE else ""
            orders.apply(order_id=order_id, trigger="cancel", by=by, note=reason, reason=why)
            bought.settle(order_id=order_id, by=by)
            return None
        change = revising.revise(
            order=order, kind=plan.kind, by=by, reason=reason, removed=plan.removed, added=plan.added,
            expected=expected, changed=plan.changed, delivery_minor=plan.delivery_minor, change_id=change_id,
            cause=cause,
        )  # fmt: skip
        fulfilment.adapt(order=order, by=by)
        if not _GOES_BY.isdisjoint(plan.changed):
            labelling.forget(order=order, by=by)
        with override(order.language):
            why = reason if plan.kind == OrderChange.Kind.EXCHANGE else _("The order was changed.")
        if plan.removed and not plan.added:  # what goes back for what an exchange had added is a part of that exchange
            cause = cause or selectors.exchange_of(order_id, plan.removed)
        bought.settle(order_id=order_id, by=by)
        payments.settle(order_id=order_id, by=by, reason=why, cause=cause)
        return change


def changed_meanwhile() -> EditRefused:
    """Two people at once: the second one is told to look again."""
    text = _("Somebody else has changed this order meanwhile. Look at it again, then change it.")
    return EditRefused(text, "changed_meanwhile")
