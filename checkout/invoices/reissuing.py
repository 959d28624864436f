"""Another bill for the same: one credit note for all that was invoiced so far, and one invoice for what it comes to.

The usual way to correct whom an invoice is for: no paper is altered, and both together change nothing of what is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from checkout.invoices import content, issuing, paying, rules, selectors, settling
from checkout.invoices.issuing import Draft
from checkout.invoices.models import Document
from checkout.orders import locking as order_locking
from checkout.orders import revising
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from shop.core import db

_NOTHING_OPEN = {"open": 0, "due_on": "", "account": {}, "balance": 0}


class ReissueRefused(Exception):
    """This cannot be invoiced anew. `str()` is a sentence for people, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def reissue(
    *, order_id: UUID, seen: str, billing_address: Mapping[str, str], reason: str, by: str
) -> list[Document]:  # fmt: skip
    """Credit what an order's invoices say in all, and invoice it anew to `billing_address` (`addresses.FIELDS`).

    `seen` is the number of the order's last paper as whoever asks saw it: done twice, it is done once. Later papers
    of the order have the new address as well. Raises `ReissueRefused` ("reason_missing", "archived", "order_over",
    "no_invoice", "nothing_left", "changed_meanwhile", "nothing_changes").
    """
    if not reason.strip():
        raise ReissueRefused(_("Say why: it stands on both papers."), "reason_missing")
    with transaction.atomic(using=db.DEFAULT):
        order = _order(order_id)
        before = selectors.complete(order_id)
        said = selectors.issued(before)
        _check(order, before, seen)
        details = selectors.details()
        was = selectors.billed_to(order, before)
        if _same(was, billing_address) and before[-1].content["seller"] == content.seller(details):
            raise ReissueRefused(_("It is billed to this address already."), "nothing_changes")
        if not _same(order.billing_address, billing_address):
            changed = {"billing_address": dict(billing_address)}
            revising.revise(order=order, kind="edit", by=by, reason=reason.strip(), changed=changed)
        found = orders.lines_of(order_id)
        now, old = selectors.standing(order, found), selectors.in_force(before)
        if rules.is_nought(said) or rules.is_nought(now):
            raise ReissueRefused(_("All that was invoiced has been credited already."), "nothing_left")
        payment = paying.standing(order)
        gross, back = rules.totals(now).gross, settling.replaced(rules.totals(said).gross)
        paid = settling.anew(order, minor=gross, promised=payment["open"])
        with translation.override(details.language or order.language):
            told = content.Sheet(order, found, details, was, payment | _NOTHING_OPEN)
            anew = content.Sheet(order, found, details, dict(billing_address), payment)
            because = reason.strip()
            delivery = selectors.delivery_charged(order, before)
            credited = content.snapshot(
                told, said, settled=back, corrects=old, reason=because, delivery=delivery
            )  # fmt: skip
            drafts = [
                Draft("credit_note", said, credited),
                Draft("invoice", now, content.snapshot(anew, now, settled=paid, replaces=old, reason=because)),
            ]
        return issuing.issue(order, drafts, details, by=by)


def _order(order_id: UUID) -> Order:
    try:
        return order_locking.order(order_id)
    except Order.DoesNotExist as gone:
        raise ReissueRefused(_("The order is archived: its papers stay as they are."), "archived") from gone


def _check(order: Order, before: Sequence[Document], seen: str) -> None:
    if order.is_over:
        text = _("The order is “%(status)s”: there is nothing to invoice.")
        raise ReissueRefused(text % {"status": order.get_status_display()}, "order_over")
    if not before:
        raise ReissueRefused(_("This order has no invoice yet."), "no_invoice")
    if before[-1].number != seen:
        text = _("%(number)s was issued meanwhile. Please look at the papers again; nothing was done.")
        raise ReissueRefused(text % {"number": before[-1].number}, "changed_meanwhile")


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two addresses say the same; a part that one of them lacks is empty."""
    return {name: value for name, value in one.items() if value} == {
        name: value for name, value in other.items() if value
    }
