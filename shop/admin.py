"""Table of contents of the foundation's admin pages; nobody imports through it."""

from shop.accounts.admin import PersonAdmin, RoleAdmin
from shop.audit.admin import AuditEntryAdmin
from shop.currencies.admin import CurrencyAdmin
from shop.events.admin import DeliveryAdmin, OutboxEventAdmin
from shop.notifications.admin import NotificationAdmin

__all__ = [
    "AuditEntryAdmin",
    "CurrencyAdmin",
    "DeliveryAdmin",
    "NotificationAdmin",
    "OutboxEventAdmin",
    "PersonAdmin",
    "RoleAdmin",
]
