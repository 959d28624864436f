"""Write a note on an order: for staff, or for its customer, who is mailed and finds it on the page."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.notes.models import OrderNote
from checkout.orders import emails, selectors
from shop.audit import services as audit
from shop.core import db

LONGEST = 2000  # characters


class NoteRefused(Exception):
    """A note that says nothing, or too much. `str()` is a sentence for people."""


def add(*, order_id: UUID, text: str, is_shown_to_customer: bool, by: str) -> OrderNote:
    """Keep a note; the customer is mailed what is for them, once. Joins or opens a transaction.

    Raises `NoteRefused`, `Order.DoesNotExist`.
    """
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise NoteRefused(_("A note has between 1 and %(most)s characters.") % {"most": LONGEST})
    with transaction.atomic(using=db.DEFAULT):
        order = selectors.by_id(order_id)
        note = OrderNote.objects.create(
            order=order, text=words, is_shown_to_customer=is_shown_to_customer, actor=by
        )  # fmt: skip
        audit.record(
            action="order.note", by=by, object_type="order", object_id=order_id,
            changes={"note": str(note.pk), "is_shown_to_customer": is_shown_to_customer}, using=db.DEFAULT,
        )  # fmt: skip
        if is_shown_to_customer:
            emails.send(order, "order_note", key=note.pk, text=words)
    note.refresh_from_db(fields=["at"])
    return note
