"""Where units are, how many, and every change of it. What a `variant_id` stands for, only the catalogue knows."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.stock import rules
from shop.core import db


class Location(models.Model):
    """A warehouse or shop that holds units. The lowest `priority` is asked first."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("location"), _("locations")
        ordering = ["priority", "code"]
        constraints = [
            models.UniqueConstraint("is_default", condition=Q(is_default=True), name="location_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class StockPolicy(models.Model):
    """How the merchant wants orders spread over the locations: one row, or none for the first choice."""

    class Strategy(models.TextChoices):
        FEWEST_PARCELS = rules.FEWEST_PARCELS, _("fewest parcels, then priority")
        HIGHEST_STOCK = rules.HIGHEST_STOCK, _("highest stock first")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    strategy = models.CharField(_("strategy"), max_length=20, choices=Strategy, default=Strategy.FEWEST_PARCELS)

    class Meta:
        verbose_name, verbose_name_plural = _("allocation"), _("allocation")
        constraints = [models.CheckConstraint(name="stock_policy_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.get_strategy_display())


class StockItem(models.Model):
    """The units of one variant at one location. available = on_hand − reserved − allocated.

    Up to `backorder_limit` units beyond those on hand may be promised until `orders_until`, as a backorder or as a
    pre-order of what is not out yet; `expected_on` is when such units leave the house.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    variant_id = models.UUIDField(_("variant"))
    sku = models.CharField("SKU", max_length=255)  # a copy for people; the catalogue's is the truth
    location = models.ForeignKey(Location, models.PROTECT, related_name="stock_items")
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)  # held for shoppers who are paying
    allocated = models.IntegerField(_("allocated"), default=0)  # sold, not yet handed over
    shortfall = models.IntegerField(_("shortfall"), default=0)  # promised beyond a recount
    backorder_limit = models.IntegerField(_("backorder limit"), default=0)
    is_preorder = models.BooleanField(_("pre-order"), default=False, db_default=False)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    orders_until = models.DateTimeField(_("orders until"), null=True, blank=True)
    has_closed = models.BooleanField(default=False, db_default=False)  # others know that `orders_until` is over
    low_stock_threshold = models.IntegerField(_("low-stock threshold"), default=10)
    # Below so many units every change is told of: shoppers read the number, or a bundle takes several at once.
    told_below = models.PositiveSmallIntegerField(default=rules.COUNTED, db_default=rules.COUNTED, editable=False)
    has_waiting = models.BooleanField(default=False, db_default=False)  # somebody waits for units of the variant
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("stock item"), _("stock items")
        constraints = [
            models.UniqueConstraint("variant_id", "location", name="stock_item_once"),
            models.CheckConstraint(
                name="stock_item_not_negative",
                condition=Q(
                    on_hand__gte=0, reserved__gte=0, allocated__gte=0, shortfall__gte=0, backorder_limit__gte=0
                ),
            ),
            models.CheckConstraint(
                name="stock_item_not_oversold",
                condition=Q(
                    on_hand__gte=F("reserved") + F("allocated") - F("shortfall") - F("backorder_limit"),
                ),
            ),
        ]
        indexes = [models.Index(OpClass(Upper("sku"), name="text_pattern_ops"), name="stock_item_sku")]

    # What `locking.items_of` reads along with the row.
    moment: datetime
    strategy: str | None

    def __str__(self) -> str:
        return self.sku

    @property
    def available(self) -> int:
        """Units that may be promised now, never below zero. Expired reservations still count; selectors know better.

        Now is the moment of the lock by the database's clock; without a lock, which decides nothing, this machine's.
        """
        return rules.available(
            on_hand=self.on_hand,
            backorder_limit=rules.beyond(self.backorder_limit, self.orders_until, self.moment_known),
            reserved=self.reserved,
            allocated=self.allocated,
        )

    @property
    def free(self) -> int:
        """Units on hand that nobody was promised."""
        return rules.available(
            on_hand=self.on_hand, backorder_limit=0, reserved=self.reserved, allocated=self.allocated
        )

    @property
    def moment_known(self) -> datetime:
        return getattr(self, "moment", None) or timezone.now()


class StockMovement(models.Model):
    """The ledger: one row per change of `on_hand`, append-only, partitioned by month. Σ quantity = on_hand."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", _("received")
        ADJUST = "adjust", _("adjusted")
        TRANSFER = "transfer", _("transferred")
        SHIP = "ship", _("shipped")
        RETURN = "return", _("returned")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    stock_item_id = models.UUIDField()  # no foreign key onto the hot row
    variant_id = models.UUIDField()
    location_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.IntegerField()  # the change of on_hand: + in, − out
    on_hand_after = models.IntegerField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=80)
    document = models.CharField(max_length=80, blank=True)  # "order:<id>", "import:<id>"
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("stock movement"), _("stock movements")
        indexes = [
            models.Index("stock_item_id", "id", name="movement_item"),
            models.Index("document", name="movement_document", condition=~Q(document="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class Allocation(models.Model):
    """Units of one stock item sold to one document (an order) and not all handed over yet."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    reference = models.UUIDField()  # the order
    stock_item_id = models.UUIDField()
    variant_id = models.UUIDField()
    location_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)  # given back by a cancellation
    actor = models.CharField(max_length=80)  # who changed it last
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("allocation"), _("allocations")
        constraints = [
            models.UniqueConstraint("reference", "stock_item_id", name="allocation_once"),
            models.CheckConstraint(
                name="allocation_within_quantity",
                condition=Q(quantity__gte=F("shipped") + F("released"), quantity__gt=0),
            ),
        ]
        indexes = [models.Index("stock_item_id", name="allocation_item")]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.reference}"

    @property
    def kept(self) -> int:
        """Units that were not given back, those handed over among them."""
        return self.quantity - self.released

    @property
    def open(self) -> int:
        """Units still promised: neither handed over nor given back."""
        return self.kept - self.shipped


class StockAlert(models.Model):
    """A stock item went low: one row each time it does, open until it is above its threshold again."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    stock_item_id = models.UUIDField()
    variant_id = models.UUIDField(_("variant"))
    sku = models.CharField("SKU", max_length=255)
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("location"))
    available = models.IntegerField(_("available"))  # when it went low
    threshold = models.IntegerField(_("low-stock threshold"))
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.CharField(_("by"), max_length=80, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("low-stock alert"), _("low-stock alerts")
        constraints = [
            models.UniqueConstraint("stock_item_id", condition=Q(closed_at=None), name="stock_alert_open_once"),
        ]

    def __str__(self) -> str:
        return self.sku
