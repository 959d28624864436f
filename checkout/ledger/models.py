"""The ledger's rows. PostgreSQL refuses to change or delete them (migration 0002)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.money import Money


class LedgerEntry(models.Model):
    """`amount` to the account `debit`, from the account `credit`, because of a payment event. Append-only."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order_id = models.UUIDField(null=True)  # none: an entry of store credit, which belongs to a customer
    payment_id = models.UUIDField(null=True)
    event_id = models.UUIDField()  # the payment's event, or the store credit's entry, that moved it
    debit = models.CharField(_("to"), max_length=80)
    credit = models.CharField(_("from"), max_length=80)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    is_reversal = models.BooleanField(_("takes back"), db_default=False)
    at = models.DateTimeField(_("posted"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("ledger entry"), _("ledger entries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="ledger_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="ledger_two_accounts", condition=~Q(debit=F("credit"))),
            models.UniqueConstraint("event_id", "debit", "credit", name="ledger_posted_once"),
        ]
        indexes = [
            models.Index("payment_id", name="ledger_payment"),
            models.Index("order_id", name="ledger_order"),
            models.Index("debit", "currency", name="ledger_debit"),
            models.Index("credit", "currency", name="ledger_credit"),
            models.Index("currency", F("id").desc(), name="ledger_currency"),
            models.Index("id", condition=Q(is_reversal=True), name="ledger_reversals"),
        ]

    def __str__(self) -> str:
        return f"{self.credit} → {self.debit} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
