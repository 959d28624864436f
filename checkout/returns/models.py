"""What comes back: the merchant's rules, returns with their units, photos and history, and how they were settled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order, OrderLine
from checkout.orders.rules import Amounts
from checkout.returns.choices import Condition, Destination, Reason
from shop.core import db
from shop.core.money import Money


class ReturnRule(models.Model):
    """What may be returned, and how. The first active rule that fits an item decides; an empty scope fits all."""

    class Approval(models.TextChoices):
        AUTOMATIC = "automatic", _("automatically")
        PERSON = "person", _("by a person")

    class Payer(models.TextChoices):
        SHOP = "shop", _("the shop")
        SHOPPER = "shopper", _("the shopper")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    is_active = models.BooleanField(_("active"), default=True)
    name = models.CharField(_("name"), max_length=80)
    category_path = models.CharField(_("category"), max_length=500, blank=True)
    product_id = models.UUIDField(_("product"), null=True, blank=True)
    product_type = models.CharField(_("product type"), max_length=140, blank=True)
    is_final_sale = models.BooleanField(_("final sale: no returns"), default=False)
    window_days = models.PositiveSmallIntegerField(_("days after delivery"), default=30)
    conditions = models.JSONField(_("accepted conditions"), default=list, blank=True)  # `Condition`; none: any
    approval = models.CharField(_("approved"), max_length=10, choices=Approval, default=Approval.AUTOMATIC)
    label_paid_by = models.CharField(_("label is paid by"), max_length=10, choices=Payer, default=Payer.SHOP)
    refunds_delivery = models.BooleanField(_("gives back the share of delivery"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("return rule"), _("return rules")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Return(models.Model):
    """What a shopper sends back of one order. `status` is what its units come to, kept for lists."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waits for approval")
        APPROVED = "approved", _("approved")
        IN_TRANSIT = "in_transit", _("on its way")
        PARTLY_RECEIVED = "partly_received", _("partly received")
        RECEIVED = "received", _("received")
        SETTLED = "settled", _("settled")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)  # RET-2026000001
    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.REQUESTED)
    wish = models.CharField(_("wanted"), max_length=20, choices=Destination, default=Destination.ORIGINAL)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)  # why it was refused, for the shopper
    label_paid_by = models.CharField(max_length=10, choices=ReturnRule.Payer, default=ReturnRule.Payer.SHOP)
    key = models.CharField(max_length=80, unique=True)  # of the form that asked: the same one twice is one return
    version = models.PositiveIntegerField(default=0)  # steps of its history
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(_("asked"), db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("return"), _("returns")
        ordering = ["-id"]
        indexes = [models.Index("status", F("id").desc(), name="return_status")]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """What was asked for of one order line, and what the policy said of it then."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    parent = models.ForeignKey(Return, models.CASCADE, related_name="lines")
    order_id = models.UUIDField()
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="return_lines")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition)
    exchange_for = models.UUIDField(null=True, blank=True)  # the variant wanted instead
    rule_name = models.CharField(_("rule"), max_length=80, blank=True)
    returnable_until = models.DateField(null=True, blank=True)
    refunds_delivery = models.BooleanField(default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("line of a return"), _("lines of returns")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("parent", "order_line", name="return_line_once"),
            models.CheckConstraint(name="return_line_some", condition=Q(quantity__gt=0)),
        ]


class ReturnUnit(models.Model):
    """One unit of an order line (they are numbered from 1) in a return: where it is, and whether it is accepted."""

    class Reception(models.TextChoices):
        AWAITING = "awaiting", _("awaited")
        IN_TRANSIT = "in_transit", _("on its way")
        RECEIVED = "received", _("received")
        LOST = "lost", _("lost on the way")
        WRONG_ITEM = "wrong_item", _("another item came")
        SHORT = "short", _("was not in the parcel")
        CANCELLED = "cancelled", _("will not be sent")

    class Acceptance(models.TextChoices):
        PENDING = "pending", _("not looked at")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("refused")
        MANUAL = "manual", _("for a person to decide")

    class Fate(models.TextChoices):
        RESTOCK = "restock", _("back on the shelf")
        DAMAGED = "damaged", _("not to be sold again")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    line = models.ForeignKey(ReturnLine, models.CASCADE, related_name="units")
    parent = models.ForeignKey(Return, models.CASCADE, related_name="units")
    order_id = models.UUIDField()
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # which of the line's units
    position = models.PositiveIntegerField()  # in its return
    reception = models.CharField(max_length=12, choices=Reception, default=Reception.AWAITING)
    acceptance = models.CharField(max_length=10, choices=Acceptance, default=Acceptance.PENDING)
    fate = models.CharField(max_length=10, choices=Fate, blank=True)  # once inspected
    location_id = models.UUIDField(null=True, blank=True)  # where it was received
    restocked_at = models.DateTimeField(null=True, blank=True)
    reimbursement = models.ForeignKey("Reimbursement", models.RESTRICT, null=True, blank=True, related_name="units")

    class Meta:
        verbose_name, verbose_name_plural = _("unit of a return"), _("units of returns")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("parent", "position", name="return_unit_position"),
            models.UniqueConstraint(
                "order_line", "number", condition=~Q(reception__in=["short", "cancelled"]), name="return_unit_once"
            ),
            models.CheckConstraint(name="return_unit_number", condition=Q(number__gt=0)),
            models.CheckConstraint(
                name="return_unit_restock", condition=Q(restocked_at__isnull=True) | Q(fate="restock")
            ),
            models.CheckConstraint(
                name="return_unit_fate",
                condition=Q(fate="") | Q(reception="received", location_id__isnull=False),
            ),
            models.CheckConstraint(
                name="return_unit_settled",
                condition=Q(reimbursement__isnull=True)
                | Q(acceptance="accepted", reception__in=["received", "lost", "wrong_item"]),
            ),
        ]
        indexes = [models.Index("order_id", name="return_unit_order")]

    @property
    def document(self) -> str:  # what its stock movement names
        return f"return:{self.parent_id}:{self.position}"


class ReturnPhoto(models.Model):
    """A picture that the shopper sent, drawn anew without what cameras write into it. Private."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    parent = models.ForeignKey(Return, models.CASCADE, related_name="photos")
    order_id = models.UUIDField()
    name = models.CharField(max_length=120)  # in the private storage
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]


class ReturnStep(models.Model):
    """The history of a return, without gaps: what was done, by whom, and in whose words. Append-only."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    parent = models.ForeignKey(Return, models.CASCADE, related_name="steps")
    order_id = models.UUIDField()
    position = models.PositiveIntegerField()
    trigger = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=Return.Status)  # of the return afterwards
    facts = models.JSONField(default=dict)  # units by what became of them
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("step of a return"), _("steps of returns")
        ordering = ["position"]
        constraints = [models.UniqueConstraint("parent", "position", name="return_step_position")]


class Reimbursement(models.Model):
    """Accepted units settled at once: what they were worth, and where it went. Append-only."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    parent = models.ForeignKey(Return, models.CASCADE, related_name="reimbursements")
    order_id = models.UUIDField()
    position = models.PositiveIntegerField()
    destination = models.CharField(_("to"), max_length=20, choices=Destination)
    amount_minor = models.BigIntegerField(_("given back"))  # what came back is worth
    goodwill_minor = models.BigIntegerField(null=True)  # of it, given back before; None: settled before it was noted
    refunded_minor = models.BigIntegerField(default=0)  # of it, asked to be sent: less where the order is not paid
    added_minor = models.BigIntegerField(default=0)  # what the exchanged units cost
    currency = models.CharField(max_length=3)
    change_id = models.UUIDField(null=True, blank=True)  # of the order, when it was an exchange
    is_complete = models.BooleanField(default=True)  # an exchange is, once the order was changed or could not be
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("reimbursement"), _("reimbursements")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("parent", "position", name="reimbursement_position"),
            models.CheckConstraint(
                name="reimbursement_amounts", condition=Q(amount_minor__gte=0, refunded_minor__gte=0)
            ),
        ]
        indexes = [models.Index("order_id", name="reimbursement_order")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)


class ReimbursedLine(models.Model):
    """What the settled units of one order line gave back, and what of it is delivery (minor units). Append-only."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    reimbursement = models.ForeignKey(Reimbursement, models.CASCADE, related_name="lines")
    order_id = models.UUIDField()
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="reimbursed")
    units = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    included_tax_minor = models.BigIntegerField(default=0)
    delivery_minor = models.BigIntegerField(default=0)  # their share of delivery, and its tax: given back, or kept
    delivery_tax_minor = models.BigIntegerField(default=0)
    delivery_included_tax_minor = models.BigIntegerField(default=0)
    keeps_delivery = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="reimbursed_line_some", condition=Q(units__gt=0))]
        indexes = [models.Index("order_id", name="reimbursed_line_order")]

    @property
    def given(self) -> Amounts:
        return Amounts(
            self.total_minor, self.discount_minor, self.shipping_minor, self.tax_minor, self.included_tax_minor
        )

    @property
    def goods(self) -> Amounts:  # of what is given back
        return self.given if self.keeps_delivery else self.given - self.delivery

    @property
    def delivery(self) -> Amounts:
        return Amounts(0, 0, self.delivery_minor, self.delivery_tax_minor, self.delivery_included_tax_minor)
