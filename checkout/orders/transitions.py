"""Every way an order's status can change. A row here is all there is to a transition.

Buttons in the admin, the history and the refusals' words are made from this table; `services.apply` is its only reader
that writes. Guards are functions of `rules.GUARDS`, effects are names in `effects.EFFECTS`: events
in the outbox, and whatever else follows from a transition hears them.

Nothing is prepared or handed over that is not paid for: the rows of fulfilment ask `rules.is_covered`, so a hold that
was let go or ran out stops the order where it is, to be cancelled. A part that staff gave back does not count against
it: a merchant may give it as goodwill and ship all the same. An order of which all was given back is not shipped; if
a part of it has left before, the units still here are taken off it, and then all of it has: that row asks no money.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FULFIL = "checkout.fulfil_order"
CANCEL = "checkout.cancel_order"
REFUND = "checkout.refund_order"
REVIEW = "checkout.review_order"


@dataclass(frozen=True, slots=True)
class Transition:
    """`sources` --trigger--> `target` if the guard has no objection.

    `label` is what a button or a refusal calls it; `permission` who of the staff may press that button, None for
    what only the shop itself does.
    """

    sources: tuple[str, ...]
    trigger: str
    target: str
    guard: str
    effects: tuple[str, ...]
    label: Promise
    permission: str | None = None


# fmt: off
TRANSITIONS: tuple[Transition, ...] = (
    Transition(("pending",), "initiate_payment", "payment_pending",
               "always", ("placed",), _("Start payment")),
    Transition(("payment_pending",), "payment_success", "payment_confirmed",
               "is_paid", ("paid",), _("Confirm payment")),
    Transition(("payment_pending",), "payment_failed", "payment_pending",
               "always", ("payment_failed",), _("Note failed payment")),
    Transition(("payment_pending",), "hold_for_review", "payment_review",
               "is_authorised", (), _("Hold for review")),
    Transition(("payment_review",), "approve_review", "payment_confirmed",
               "is_paid", ("paid",), _("Approve payment"), REVIEW),
    Transition(("payment_review",), "reject_review", "cancelled",
               "is_unpaid", ("cancelled",), _("Reject payment"), REVIEW),
    Transition(("pending", "payment_pending"), "reservation_expired", "cancelled",
               "is_unpaid", ("cancelled",), _("Let expire")),
    Transition(("payment_confirmed",), "start_fulfillment", "processing",
               "is_covered", (), _("Start processing"), FULFIL),
    Transition(("processing",), "items_picked", "ready_to_ship",
               "is_picked", (), _("Mark as picked"), FULFIL),
    Transition(("ready_to_ship",), "package_dispatched", "shipped",
               "is_handed_over", (), _("Dispatch"), FULFIL),
    Transition(("shipped",), "delivery_confirmed", "delivered",
               "is_delivered", ("delivered",), _("Mark as delivered"), FULFIL),
    Transition(("pending", "payment_pending", "payment_review", "payment_confirmed", "processing", "ready_to_ship"),
               "cancel", "cancelled",
               "is_here", ("cancelled",), _("Cancel order"), CANCEL),
    Transition(("shipped", "delivered"), "cancel", "cancelled",
               "is_mailed", ("cancelled",), _("Cancel order"), CANCEL),
    Transition(("shipped", "delivered"), "return_received", "returned",
               "is_back", (), _("Note return")),
    Transition(("payment_confirmed", "processing", "shipped", "delivered", "cancelled", "returned"),
               "refund", "refunded",
               "is_refunded", ("refunded",), _("Note full refund")),
)
# fmt: on

# Triggers whose command moves parcels or money first, and so meets its row's guard itself: what is asked before that.
COMMANDS = {
    "start_fulfillment": "is_covered",
    "items_picked": "is_covered",
    "package_dispatched": "is_covered",
    "delivery_confirmed": "always",
    "approve_review": "always",
}

TRIGGERS = tuple(dict.fromkeys(row.trigger for row in TRANSITIONS))


def find(trigger: str, status: str) -> Transition | None:
    """The row for `trigger` in `status`; None if there is none."""
    return next((row for row in TRANSITIONS if row.trigger == trigger and status in row.sources), None)


def from_status(status: str) -> tuple[Transition, ...]:
    """The rows that lead on from `status`."""
    return tuple(row for row in TRANSITIONS if status in row.sources)


def named(trigger: str) -> Transition | None:
    """The row of `trigger`, whatever the status."""
    return next((row for row in TRANSITIONS if row.trigger == trigger), None)
