"""What each e-mail is called where people read of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# By template. Words of their own: the subject of a mail names its order, and is known once it is sent.
LABELS = {
    "account": _("Account: sign-in and security"),
    "balance_paid": _("Order: balance paid"),
    "credit_note": _("Credit note"),
    "feedback": _("Order: how was it?"),
    "gift_card": _("Gift card"),
    "gift_card_sent": _("Gift card sent to somebody else"),
    "hold_moved": _("Order: reserved money taken or let go"),
    "invoice": _("Invoice"),
    "invoice_overdue": _("Invoice overdue"),
    "order_cancelled": _("Order cancelled"),
    "order_changed": _("Order changed"),
    "order_delivered": _("Order delivered"),
    "order_link": _("Order: link to its page"),
    "order_note": _("Order: note to the customer"),
    "order_paid": _("Order paid"),
    "order_placed": _("Order placed"),
    "order_ready": _("Order ready to collect"),
    "order_shipped": _("Parcel sent"),
    "order_to_pay": _("Order: payment link"),
    "parcel_delivered": _("Parcel delivered"),
    "payment_failed": _("Payment failed"),
    "purchase_order": _("Purchase order to a supplier"),
    "refund_made": _("Refund"),
    "restock_held": _("Back in stock: held for you"),
    "restock_joined": _("Back in stock: in the waiting line"),
    "return_approved": _("Return approved"),
    "return_received": _("Return received"),
    "return_refused": _("Return refused"),
    "return_rejected": _("Return not accepted after a look"),
    "return_requested": _("Return asked for"),
    "return_settled": _("Return settled"),
    "staff_notice": _("Notice to staff"),
    "stock_drift": _("Stock: counters do not add up"),
    "stock_low": _("Stock is low"),
    "stock_low_list": _("Stock is low (list)"),
    "units_delayed": _("Order: units delayed"),
}


def label(template: str) -> str:
    """What the e-mail `template` is called; one that is gone from the table keeps its name."""
    return str(LABELS.get(template, template))


def choices() -> list[tuple[str, str]]:
    """All templates and what they are called, by that."""
    return sorted(((template, str(name)) for template, name in LABELS.items()), key=lambda one: one[1])
