"""What payments do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.payments import cards, emails
from checkout.payments import services as payments


def charge(data: dict[str, Any]) -> None:
    """Ask for the money of a payment that was opened. A provider that does not answer is asked again later."""
    if data["payment_id"]:
        payments.charge(payment_id=UUID(data["payment_id"]))


def refund(data: dict[str, Any]) -> None:
    """Send money back that was asked for."""
    payments.refund(refund_id=UUID(data["refund_id"]))


def capture(data: dict[str, Any]) -> None:
    """Take money that is held and was asked for."""
    payments.capture(capture_id=UUID(data["capture_id"]))


def void_rest(data: dict[str, Any]) -> None:
    """Let go of money that is held and not wanted."""
    payments.void_rest(order_id=UUID(data["order_id"]))


def mail_order_placed(data: dict[str, Any]) -> None:
    """Tell the shopper that the order is here, and what is done about its payment."""
    payment_id = data["payment_id"]
    emails.order_placed(order_id=UUID(data["order_id"]), payment_id=UUID(payment_id) if payment_id else None)


def mail_order_paid(data: dict[str, Any]) -> None:
    """Tell the shopper that the order goes on: its money is here, is held, or was promised."""
    emails.order_paid(order_id=UUID(data["order_id"]))


def mail_balance_paid(data: dict[str, Any]) -> None:
    """Tell the shopper that what a changed order cost more has arrived."""
    emails.balance_paid(order_id=UUID(data["order_id"]), payment_id=UUID(data["payment_id"]))


def mail_refund_made(data: dict[str, Any]) -> None:
    """Tell the shopper that money went back, and where to."""
    emails.refund_made(refund_id=UUID(data["refund_id"]))


def mail_refund_failed(data: dict[str, Any]) -> None:
    """Tell staff of a refund that does not arrive."""
    emails.refund_failed(refund_id=UUID(data["refund_id"]))


def mail_capture_failed(data: dict[str, Any]) -> None:
    """Tell staff of money that could not be taken."""
    emails.capture_failed(capture_id=UUID(data["capture_id"]))


def mail_hold_moved(data: dict[str, Any]) -> None:
    """Tell the shopper that staff took what was held, or let go of it."""
    emails.hold_moved(step_id=UUID(data["step_id"]))


def give_back_money(data: dict[str, Any]) -> None:
    """End the payments of a cancelled order and refund what came in."""
    payments.give_back_money(order_id=UUID(data["order_id"]))


def mail_payment_failed(data: dict[str, Any]) -> None:
    """Tell the shopper that the card was declined and where to try another."""
    emails.payment_failed(order_id=UUID(data["order_id"]), payment_id=UUID(data["payment_id"]))


def forget_card(data: dict[str, Any]) -> None:
    """Have the provider forget a card that its customer removed."""
    cards.forget(card_id=UUID(data["card_id"]))
