"""Table of contents of the foundation's tables; nobody imports through it."""

from shop.accounts.models import Address, CustomerGroup, Preferences, User
from shop.audit.models import AuditEntry, AuditSeal
from shop.core.models import IdempotentCall
from shop.currencies.models import Currency, ExchangeRate
from shop.events.models import Delivery, HandledEvent, OutboxEvent
from shop.notifications.models import Notification, OptOut

__all__ = [
    "Address",
    "AuditEntry",
    "AuditSeal",
    "Currency",
    "CustomerGroup",
    "Delivery",
    "ExchangeRate",
    "HandledEvent",
    "IdempotentCall",
    "Notification",
    "OptOut",
    "OutboxEvent",
    "Preferences",
    "User",
]
