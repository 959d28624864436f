"""What payments do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.payments import emails
from checkout.payments import services as payments


def charge(data: dict[str, Any]) -> None:
    """Ask for the money of a payment that was opened. A provider that does not answer is asked again later."""
    if data["payment_id"]:
        payments.charge(payment_id=UUID(data["payment_id"]))


def refund(data: dict[str, Any]) -> None:
    """Send money back that was asked for."""
    payments.refund(refund_id=UUID(data["refund_id"]))


def give_back_money(data: dict[str, Any]) -> None:
    """End the payments of a cancelled order and refund what came in."""
    payments.give_back_money(order_id=UUID(data["order_id"]))


def mail_payment_failed(data: dict[str, Any]) -> None:
    """Tell the shopper that the card was declined and where to try another."""
    emails.payment_failed(order_id=UUID(data["order_id"]), payment_id=UUID(data["payment_id"]))
