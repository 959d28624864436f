"""Table of contents of the foundation's tables; nobody imports through it."""

from shop.accounts.models import Address, CustomerGroup, Preferences, User
from shop.audit.models import AuditEntry, AuditSeal
from shop.core.models import IdempotentCall
from shop.events.models import Delivery, HandledEvent, OutboxEvent
from shop.notifications.models import Notification, OptOut

__all__ = [
    "Address",
    "AuditEntry",
    "AuditSeal",
    "CustomerGroup",
    "Delivery",
    "HandledEvent",
    "IdempotentCall",
    "Notification",
    "OptOut",
    "OutboxEvent",
    "Preferences",
    "User",
]
