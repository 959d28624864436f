"""Suppliers, what they offer, what was ordered from them and what of it has come."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inventory.stock.models import Location
from inventory.suppliers import rules
from shop.core import db
from shop.core.money import Money


class Supplier(models.Model):
    """Somebody who delivers units."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Where purchase orders are sent."))
    currency = models.CharField(_("currency"), max_length=3)
    lead_time_days = models.PositiveSmallIntegerField(
        _("lead time in days"), default=7, help_text=_("From the order to the delivery.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("supplier"), _("suppliers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SupplierItem(models.Model):
    """A variant as one supplier offers it. Of several suppliers the lowest `priority` is asked first."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="items", verbose_name=_("supplier"))
    variant_id = models.UUIDField(_("variant"))
    sku = models.CharField("SKU", max_length=255)  # a copy for people; the catalogue's is the truth
    supplier_sku = models.CharField(_("supplier's SKU"), max_length=100, blank=True)
    cost_minor = models.BigIntegerField(_("unit cost"), default=0)  # in the supplier's currency
    pack_size = models.PositiveIntegerField(
        _("pack size"), default=1, validators=[MinValueValidator(1)], help_text=_("Only whole packs are ordered.")
    )
    minimum = models.PositiveIntegerField(_("minimum order"), default=1, help_text=_("In units."))
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)

    class Meta:
        verbose_name, verbose_name_plural = _("supplier item"), _("supplier items")
        constraints = [
            models.UniqueConstraint("supplier", "variant_id", name="supplier_item_once"),
            models.CheckConstraint(name="supplier_item_sane", condition=Q(cost_minor__gte=0, pack_size__gte=1)),
        ]
        indexes = [models.Index("variant_id", name="supplier_item_variant")]

    def __str__(self) -> str:
        return self.sku


class PurchaseOrder(models.Model):
    """What was ordered from a supplier for a location. Its status moves by `rules.TRANSITIONS` only."""

    class Status(models.TextChoices):
        DRAFT = rules.DRAFT, _("Draft")
        ORDERED = rules.ORDERED, _("Ordered")
        PARTLY = rules.PARTLY, _("Partly received")
        RECEIVED = rules.RECEIVED, _("Received")
        CLOSED_SHORT = rules.CLOSED_SHORT, _("Closed short")
        CANCELLED = rules.CANCELLED, _("Cancelled")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="purchase_orders", verbose_name=_("supplier"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("deliver to"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("The supplier reads it too."))
    actor = models.CharField(_("by"), max_length=80)  # who changed it last
    sent = models.PositiveSmallIntegerField(default=0)  # how often it went to the supplier by e-mail
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)  # received, closed short or cancelled

    class Meta:
        verbose_name, verbose_name_plural = _("purchase order"), _("purchase orders")
        constraints = [
            models.CheckConstraint(
                name="purchase_order_ended",
                condition=Q(status__in=[rules.DRAFT, *rules.OPEN], ended_at__isnull=True)
                | Q(status__in=[rules.RECEIVED, rules.CLOSED_SHORT, rules.CANCELLED], ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index("location", name="purchase_order_open", condition=Q(status__in=[rules.DRAFT, *rules.OPEN])),
        ]

    def __str__(self) -> str:
        return self.number


class PurchaseOrderLine(models.Model):
    """Units of one variant on a purchase order, and how many of them have come."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="lines")
    variant_id = models.UUIDField(_("variant"))
    sku = models.CharField("SKU", max_length=255)
    supplier_sku = models.CharField(_("supplier's SKU"), max_length=100, blank=True)
    ordered = models.PositiveIntegerField(_("ordered"))
    received = models.PositiveIntegerField(_("received"), default=0)
    cost_minor = models.BigIntegerField(_("unit cost"), default=0)  # in the order's currency

    class Meta:
        verbose_name, verbose_name_plural = _("line"), _("lines")
        ordering = ["sku", "id"]
        constraints = [
            models.UniqueConstraint("order", "variant_id", name="purchase_line_once"),
            models.CheckConstraint(
                name="purchase_line_within_cap",  # rules.most, as SQL says it
                condition=Q(ordered__gte=1, cost_minor__gte=0)
                & Q(received__lte=F("ordered") + (F("ordered") + 9) / 10),
            ),
        ]
        indexes = [models.Index("variant_id", name="purchase_line_variant")]

    def __str__(self) -> str:
        return self.sku

    @property
    def outstanding(self) -> int:
        """Units that have not come yet."""
        return max(0, self.ordered - self.received)

    @property
    def cost(self) -> Money:
        """What one unit costs."""
        return Money(self.cost_minor, self.order.currency)


class Receipt(models.Model):
    """One delivery on a purchase order. `key` makes it count once, however often it is sent."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="receipts")
    number = models.PositiveSmallIntegerField()  # 1, 2, … of its order
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of what came
    note = models.CharField(_("delivery note"), max_length=100, blank=True)
    actor = models.CharField(max_length=80)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("receipt"), _("receipts")
        constraints = [
            models.UniqueConstraint("order", "key", name="receipt_once"),
            models.UniqueConstraint("order", "number", name="receipt_number"),
        ]

    def __str__(self) -> str:
        return self.document

    @property
    def document(self) -> str:
        """What the ledger calls it."""
        return f"purchase-order:{self.order.number}/{self.number}"


class ReceiptLine(models.Model):
    """Units of one line that came with a receipt."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="lines")
    line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="receipts")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("receipt", "line", name="receipt_line_once"),
            models.CheckConstraint(name="receipt_line_some", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.quantity)
