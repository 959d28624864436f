"""Gift cards and their entries. What happened is only added (PostgreSQL refuses else); the balance is the sum of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.crypto import EncryptedTextField
from shop.core.money import Money


class GiftCardBatch(models.Model):
    """Cards that were issued at once by staff. Their codes are shown once, as a file."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("what for"), max_length=200)
    count = models.PositiveIntegerField(_("cards"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    actor = models.CharField(max_length=80)
    shown_at = models.DateTimeField(_("codes shown"), null=True, blank=True)
    created_at = models.DateTimeField(_("issued"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("batch of gift cards"), _("batches of gift cards")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="gift_batch_amounts", condition=Q(count__gt=0, amount_minor__gt=0))]

    def __str__(self) -> str:
        return self.name

    @property
    def amount(self) -> Money:
        """Of each card."""
        return Money(self.amount_minor, self.currency)


class GiftCard(models.Model):
    """What the shop owes whoever has the code. `balance_minor` = the sum of the card's entries."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = EncryptedTextField(editable=False)  # for the e-mail, and to make the digest anew when keys are rotated
    code_digest = models.CharField(max_length=64, unique=True, editable=False)  # keyed: what the code is found by
    last4 = models.CharField(_("ends in"), max_length=4)
    currency = models.CharField(_("currency"), max_length=3)
    initial_minor = models.BigIntegerField(_("issued with"))
    balance_minor = models.BigIntegerField(_("balance"), default=0)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    recipient = models.EmailField(_("goes to"), blank=True)
    recipient_name = models.CharField(_("for"), max_length=100, blank=True, db_default="")
    sender = models.EmailField(_("told when it is sent"), blank=True, db_default="")  # who is told that it was sent
    sender_name = models.CharField(_("from"), max_length=201, blank=True, db_default="")
    message = models.CharField(_("message"), max_length=500, blank=True, db_default="")
    send_on = models.DateField(_("to be sent on"), null=True, blank=True)  # from midnight UTC; None: at once
    mailed_at = models.DateTimeField(_("sent"), null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    customer_id = models.UUIDField(_("bought by"), null=True, blank=True)
    order_id = models.UUIDField(null=True, blank=True)  # that it was bought with, and which unit of which line it is
    line_id = models.UUIDField(null=True, blank=True)
    unit = models.PositiveIntegerField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)  # that unit is not paid for any more
    blocked_for = models.UUIDField(null=True, blank=True)  # the return that its unit is in: it cannot be spent
    batch = models.ForeignKey(GiftCardBatch, models.PROTECT, null=True, blank=True, related_name="cards")
    created_at = models.DateTimeField(_("issued"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("gift card"), _("gift cards")
        permissions = [("issue_giftcard", _("Can issue gift cards, change their balance and end them"))]
        constraints = [
            models.CheckConstraint(name="gift_card_amounts", condition=Q(balance_minor__gte=0, initial_minor__gt=0)),
            models.CheckConstraint(
                name="gift_card_bought",
                condition=Q(order_id__isnull=True, line_id__isnull=True, unit__isnull=True)
                | Q(order_id__isnull=False, line_id__isnull=False, unit__isnull=False),
            ),
            models.UniqueConstraint(
                "line_id", "unit", condition=Q(line_id__isnull=False), name="gift_card_once_a_unit"
            ),
        ]
        indexes = [
            models.Index("order_id", condition=Q(order_id__isnull=False), name="gift_card_order"),
            models.Index("last4", F("id").desc(), name="gift_card_last4"),
            models.Index("recipient", F("id").desc(), condition=~Q(recipient=""), name="gift_card_recipient"),
            models.Index("currency", F("id").desc(), name="gift_card_currency"),
            models.Index(F("id").desc(), condition=Q(is_active=False), name="gift_card_ended"),
            models.Index(
                "send_on", condition=Q(send_on__isnull=False, mailed_at__isnull=True), name="gift_card_to_send"
            ),
            models.Index(
                "expires_at", condition=Q(expires_at__isnull=False, balance_minor__gt=0), name="gift_card_expiring"
            ),
        ]

    def __str__(self) -> str:
        return f"•••• {self.last4}"

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)

    @property
    def initial(self) -> Money:
        return Money(self.initial_minor, self.currency)


class GiftCardEntry(models.Model):
    """A change of a card, or (kind "taken") the end of a hold. Append-only; a key is used once."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("issued")
        ADDED = "added", _("added by staff")
        WITHDRAWN = "withdrawn", _("taken off")
        EXPIRED = "expired", _("expired")
        HELD = "held", _("used for an order")
        TAKEN = "taken", _("order paid")  # of what was held; the balance does not change
        RELEASED = "released", _("not needed for an order")
        REFUNDED = "refunded", _("given back for an order")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    card = models.ForeignKey(GiftCard, models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    amount_minor = models.BigIntegerField(_("change"))  # signed: what the balance changed by
    taken_minor = models.BigIntegerField(default=0)
    balance_minor = models.BigIntegerField(_("balance"))  # of the card, after this entry
    payment_id = models.UUIDField(null=True, blank=True)
    document = models.CharField(_("document"), max_length=100, blank=True)  # an order's number
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("entry of a gift card"), _("entries of gift cards")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="gift_entry_balance", condition=Q(balance_minor__gte=0)),
            models.CheckConstraint(
                name="gift_entry_sign",
                condition=Q(kind__in=["issued", "added", "released", "refunded"], amount_minor__gt=0, taken_minor=0)
                | Q(kind__in=["withdrawn", "expired", "held"], amount_minor__lt=0, taken_minor=0)
                | Q(kind="taken", amount_minor=0, taken_minor__gt=0),
            ),
            models.CheckConstraint(
                name="gift_entry_payment",
                condition=Q(kind__in=["issued", "added", "withdrawn", "expired"]) | Q(payment_id__isnull=False),
            ),
            models.UniqueConstraint("card", "key", name="gift_entry_once"),
            models.UniqueConstraint("card", condition=Q(kind="issued"), name="gift_issued_once"),
            models.UniqueConstraint("payment_id", condition=Q(kind="held"), name="gift_held_once"),
        ]
        indexes = [
            models.Index("payment_id", condition=Q(payment_id__isnull=False), name="gift_entry_of_payment"),
            models.Index("kind", F("id").desc(), name="gift_entry_kind"),
            models.Index("document", condition=~Q(document=""), name="gift_entry_document"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_minor}"

    @property
    def currency(self) -> str:
        """The card is to be fetched along."""
        return self.card.currency

    @property
    def amount(self) -> Money:
        """What the balance changed by; the card is to be fetched along."""
        return Money(self.amount_minor, self.currency)
