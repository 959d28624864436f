"""Promotions, their coupons, and how often each was used. The limits are the database's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from cart.promotions import rules
from shop.core import db


def alike(field: str) -> Func:
    """`rules.alike` of a code, as the database has it."""
    return Func(Upper(field), Value(rules.LOOK_ALIKE), Value(rules.READ_AS), function="TRANSLATE")


class Promotion(models.Model):
    """What is taken off, of what, and when. `terms`, `scope` and `conditions` are as `reading` has them.

    `used` and `spent_minor` count live redemptions, where a limit asks for it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    class Lane(models.TextChoices):
        CATALOGUE = "catalogue", _("prices in lists")
        LINE = "line", _("single lines")
        ORDER = "order", _("the whole order")
        SHIPPING = "shipping", _("delivery")

    class Kind(models.TextChoices):
        PERCENT = "percent", _("percent off")
        AMOUNT = "amount", _("amount off")
        FIXED_PRICE = "fixed_price", _("fixed price")
        BUY_GET = "buy_get", _("buy some, get some")
        CHEAPEST_FREE = "cheapest_free", _("cheapest free")
        BUNDLE_PRICE = "bundle_price", _("one price for several")
        GIFT = "gift", _("gift")
        TIERS = "tiers", _("the more, the cheaper")
        FREE_SHIPPING = "free_shipping", _("free delivery")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, help_text=_("Shown on the cart and the order."))
    note = models.TextField(_("note"), blank=True, max_length=2000, help_text=_("For yourselves only."))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    lane = models.CharField(_("taken off"), max_length=10, choices=Lane, default=Lane.ORDER)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PERCENT)
    terms = models.JSONField(_("terms"), default=dict)
    scope = models.JSONField(_("for"), default=dict, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    needs_code = models.BooleanField(_("by coupon only"), default=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("The lowest number comes first.")
    )
    is_exclusive = models.BooleanField(_("with no other promotion"), default=False)
    is_combinable = models.BooleanField(_("on the same units as others"), default=False)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    usage_limit = models.PositiveIntegerField(_("uses, at most"), null=True, blank=True)
    customer_limit = models.PositiveIntegerField(_("uses by one customer, at most"), null=True, blank=True)
    budget_minor = models.BigIntegerField(_("costs, at most (minor units)"), null=True, blank=True)
    budget_currency = models.CharField(_("currency of that"), max_length=3, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    spent_minor = models.BigIntegerField(_("spent (minor units)"), default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # of the terms
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("promotion"), _("promotions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="promotion_within_limit",
                violation_error_message=_("It was used more often than that already."),
                condition=Q(usage_limit__isnull=True) | Q(used__lte=F("usage_limit")),
            ),
            models.CheckConstraint(
                name="promotion_within_budget",
                violation_error_message=_("It has cost more than that already."),
                condition=Q(budget_minor__isnull=True, budget_currency="")
                | Q(budget_minor__gt=0, spent_minor__lte=F("budget_minor")) & ~Q(budget_currency=""),
            ),
            models.CheckConstraint(
                name="promotion_spent",
                violation_error_message=_("What it took off is not below zero."),
                condition=Q(spent_minor__gte=0),
            ),
            models.CheckConstraint(
                name="promotion_dates",
                violation_error_message=_("The end is before the start."),
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="promotion_customer_limit",
                violation_error_message=_("At least one use by a customer."),
                condition=Q(customer_limit__isnull=True) | Q(customer_limit__gte=1),
            ),
        ]
        indexes = [models.Index(F("status"), F("needs_code"), name="promotion_status")]

    def __str__(self) -> str:
        return self.name


class CodeBatch(models.Model):
    """Many coupons of one promotion that were made together, each for one use."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="batches")
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    number = models.PositiveIntegerField(_("how many"))
    made = models.PositiveIntegerField(_("made so far"), default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("batch of coupons"), _("batches of coupons")
        constraints = [
            models.CheckConstraint(
                name="code_batch_made",
                violation_error_message=_("More codes were made than that already."),
                condition=Q(made__lte=F("number")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.promotion}: {self.number}"


class Coupon(models.Model):
    """A code by which a cart gets a promotion, a limited number of times."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    # None: made, or used, by a process of before promotions while the shop was updated.
    promotion = models.ForeignKey(Promotion, models.PROTECT, null=True, related_name="coupons")
    code = models.CharField(_("code"), max_length=40)
    usage_limit = models.PositiveIntegerField(_("uses, at most"), null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)
    batch = models.ForeignKey(CodeBatch, models.PROTECT, null=True, blank=True, related_name="coupons")

    class Meta:
        verbose_name, verbose_name_plural = _("coupon"), _("coupons")
        indexes = [models.Index(alike("code"), name="coupon_alike")]
        constraints = [
            models.UniqueConstraint(
                Upper("code"), name="coupon_code_once", violation_error_message=_("There is such a code already.")
            ),
            models.CheckConstraint(
                name="coupon_within_limit",
                violation_error_message=_("The coupon was used more often than that already."),
                condition=Q(usage_limit__isnull=True) | Q(used__lte=F("usage_limit")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CustomerUse(models.Model):
    """How often a customer used a promotion that has a limit for each: live redemptions, at most `most`."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="+")
    customer_key = models.CharField(max_length=64)  # `rules.customer_key` of the e-mail
    used = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("promotion", "customer_key", name="customer_use_once"),
            models.CheckConstraint(name="customer_use_within_limit", condition=Q(used__lte=F("most"))),
        ]


class Redemption(models.Model):
    """One use of a promotion by one order, by coupon or without; given back once when the order is cancelled."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    promotion = models.ForeignKey(Promotion, models.PROTECT, null=True, related_name="redemptions")
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, blank=True, related_name="redemptions")
    order_id = models.UUIDField()
    customer_id = models.UUIDField(null=True, blank=True)
    customer_key = models.CharField(max_length=64, blank=True, db_default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, db_default="")
    redeemed_at = models.DateTimeField(db_default=Now())
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("redemption"), _("redemptions")
        constraints = [
            models.UniqueConstraint("coupon", "order_id", name="redemption_once"),
            models.UniqueConstraint("promotion", "order_id", name="redemption_promotion_once"),
        ]
        indexes = [models.Index("order_id", name="redemption_order")]
