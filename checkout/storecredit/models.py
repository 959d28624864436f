"""Accounts of store credit and their entries. What happened is only added; the balance is the sum of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.money import Money


class CreditAccount(models.Model):
    """What the shop owes a customer in one currency. `balance_minor` = the sum of the account's entries."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    customer_id = models.UUIDField(_("customer"))
    currency = models.CharField(_("currency"), max_length=3)
    balance_minor = models.BigIntegerField(_("balance"), default=0)
    created_at = models.DateTimeField(_("since"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("store credit"), _("store credit")
        permissions = [("grant_credit", _("Can give store credit to customers, and take it back"))]
        constraints = [
            models.UniqueConstraint("customer_id", "currency", name="credit_account_once"),
            models.CheckConstraint(name="credit_not_negative", condition=Q(balance_minor__gte=0)),
        ]
        indexes = [models.Index("currency", F("id").desc(), name="credit_account_currency")]

    def __str__(self) -> str:
        return f"{self.balance.format()} · {self.customer_id}"

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)


class CreditEntry(models.Model):
    """A change of an account, or (kind "taken") the end of a hold. Append-only; a key is used once."""

    class Kind(models.TextChoices):
        GRANTED = "granted", _("credit given")
        WITHDRAWN = "withdrawn", _("credit taken back")
        HELD = "held", _("used for an order")
        TAKEN = "taken", _("order paid")  # of what was held; the balance does not change
        RELEASED = "released", _("not needed for an order")
        REFUNDED = "refunded", _("given back for an order")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    amount_minor = models.BigIntegerField(_("change"))  # signed: what the balance changed by
    taken_minor = models.BigIntegerField(default=0)
    balance_minor = models.BigIntegerField(_("balance"))  # of the account, after this entry
    payment_id = models.UUIDField(null=True, blank=True)
    document = models.CharField(_("document"), max_length=100, blank=True)  # an order's number, a case's
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("entry of store credit"), _("entries of store credit")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="credit_entry_balance", condition=Q(balance_minor__gte=0)),
            models.CheckConstraint(
                name="credit_entry_sign",
                condition=Q(kind__in=["granted", "released", "refunded"], amount_minor__gt=0, taken_minor=0)
                | Q(kind__in=["withdrawn", "held"], amount_minor__lt=0, taken_minor=0)
                | Q(kind="taken", amount_minor=0, taken_minor__gt=0),
            ),
            models.CheckConstraint(
                name="credit_entry_payment",
                condition=Q(kind__in=["granted", "withdrawn"]) | Q(payment_id__isnull=False),
            ),
            models.UniqueConstraint("account", "key", name="credit_entry_once"),
            models.UniqueConstraint("payment_id", condition=Q(kind="held"), name="credit_held_once"),
        ]
        indexes = [
            models.Index("payment_id", condition=Q(payment_id__isnull=False), name="credit_entry_of_payment"),
            models.Index("kind", F("id").desc(), name="credit_entry_kind"),
            models.Index("document", condition=~Q(document=""), name="credit_entry_document"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_minor}"

    @property
    def currency(self) -> str:
        """The account is to be fetched along."""
        return self.account.currency

    @property
    def amount(self) -> Money:
        """What the balance changed by; the account is to be fetched along."""
        return Money(self.amount_minor, self.currency)
