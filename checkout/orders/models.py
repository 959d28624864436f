"""Orders: what was bought, for how much, by whom, and every step of its life."""

from __future__ import annotations

import secrets

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat, Lower, Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.money import Money


def new_access_key() -> str:
    """The secret inside a guest's link to the order."""
    return secrets.token_urlsafe(24)


OVER = ["cancelled", "refunded"]  # nothing of such an order is due
_SUM = F("subtotal_minor") - F("discount_minor") + F("shipping_minor") + F("tax_minor") - F("included_tax_minor")
_PAID_FOR = F("total_minor") - F("allowed_minor") + F("refunded_minor")  # what has come when the balance is nought
# Orders that go on with a balance; nobody pays what is held or promised. Index and query say it in the same words.
TO_PAY = ~Q(status__in=["pending", "payment_pending", "payment_review", *OVER]) & Q(secured_minor__lt=_PAID_FOR)
UNDELIVERED = ~Q(fulfilment_state="delivered")
TO_GIVE_BACK = Q(captured_minor__gt=_PAID_FOR) | Q(status__in=OVER, captured_minor__gt=F("refunded_minor"))
SURNAME = Lower(KT("shipping_address__last_name"))  # of who it goes to, as a search reads names
_SPACE = Value(" ", output_field=models.TextField())
RECIPIENT = Lower(Concat(KT("shipping_address__first_name"), _SPACE, KT("shipping_address__last_name")))


class Order(models.Model):
    """A placed order. `status` is assigned only by `orders.services.apply`, amounts only by `orders.revising`.

    What was given back of what was bought (returns, goodwill) stays in the total and is counted in `allowed_minor`:
    due = total − allowed, paid = captured − refunded, balance = due − paid.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        PAYMENT_PENDING = "payment_pending", _("Payment Pending")
        PAYMENT_REVIEW = "payment_review", _("Under Review")
        PAYMENT_CONFIRMED = "payment_confirmed", _("Payment Confirmed")
        PROCESSING = "processing", _("Processing")
        READY_TO_SHIP = "ready_to_ship", _("Ready to Ship")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        REFUNDED = "refunded", _("Refunded")
        RETURNED = "returned", _("Returned")

    class PaymentState(models.TextChoices):
        DUE = "due", _("due")
        AUTHORISED = "authorised", _("authorised")
        PARTLY_PAID = "partly_paid", _("partly paid")
        PAID = "paid", _("paid")
        PARTLY_REFUNDED = "partly_refunded", _("partly refunded")
        REFUNDED = "refunded", _("refunded")
        VOIDED = "voided", _("voided")

    class FulfilmentState(models.TextChoices):
        UNFULFILLED = "unfulfilled", _("unfulfilled")
        PICKED = "picked", _("picked")
        PARTLY_SHIPPED = "partly_shipped", _("partly shipped")
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")
        PARTLY_RETURNED = "partly_returned", _("partly returned")
        RETURNED = "returned", _("returned")

    is_archived = False  # True of one that was made from the archive (`checkout.archive`): to be read, not changed
    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PENDING)
    payment_state = models.CharField(max_length=20, choices=PaymentState, default=PaymentState.DUE)
    fulfilment_state = models.CharField(max_length=20, choices=FulfilmentState, default=FulfilmentState.UNFULFILLED)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=20, default="web")
    currency = models.CharField(max_length=3)
    base_currency = models.CharField(max_length=3, blank=True, default="", db_default="")  # the shop's own then
    exchange_rate = models.DecimalField(null=True, max_digits=20, decimal_places=10)  # `currency` for one of it
    language = models.CharField(max_length=10, default="en")
    cart_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(_("customer"), null=True, blank=True)
    email = models.EmailField(_("e-mail"))
    access_key = models.CharField(max_length=64, default=new_access_key)
    shipping_address = models.JSONField(_("delivery address"), default=dict)
    billing_address = models.JSONField(_("billing address"), default=dict)
    delivery_option = models.CharField(max_length=40)
    delivery_name = models.CharField(_("delivery"), max_length=80)
    delivery_on = models.DateField(_("arrives by"), null=True, blank=True)
    collection_place = models.JSONField(default=dict, db_default={})  # `where.kept` of it; empty: it is delivered
    subtotal_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)  # positive: what is taken off
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    included_tax_minor = models.BigIntegerField(default=0)  # the part of tax that prices already contain
    total_minor = models.BigIntegerField()
    authorised_minor = models.BigIntegerField(default=0)  # sums over the order's payments, kept by `orders.note_money`
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(db_default=0)  # of authorised: neither captured nor let go
    secured_minor = models.BigIntegerField(db_default=0)  # taken, or held and ours, less what is asked to go back
    allowed_minor = models.BigIntegerField(db_default=0)  # of the total: need not be paid (returns, goodwill)
    revision = models.PositiveIntegerField(db_default=0)  # how many changes were made since it was placed
    to_pick = models.PositiveIntegerField(db_default=0)  # units in its parcels that nobody has picked yet
    po_number = models.CharField(_("purchase order number"), max_length=60, blank=True, db_default="")
    gift_message = models.CharField(_("gift message"), max_length=500, blank=True, db_default="")
    pay_by = models.DateTimeField(null=True, blank=True)  # until then its units are kept, whatever way is tried
    tax_lines = models.JSONField(default=list)  # [{"name", "rate", "amount_minor", "is_included"}]
    tax_facts = models.JSONField(default=dict, db_default={})  # why it is taxed so, as `cart.tax.rules.Standing` has it
    discount_lines = models.JSONField(default=list)  # [{"code", "name", "amount_minor"}]
    promotions_tried = models.JSONField(null=True)  # `promotions.trace.facts` when it was placed; None: not kept
    idempotency_key = models.CharField(max_length=255, unique=True)
    placed_at = models.DateTimeField(_("placed"), db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("order"), _("orders")
        ordering = ["-id"]
        permissions = [
            ("fulfil_order", _("Can pick, ship and deliver orders")),
            ("cancel_order", _("Can cancel orders")),
            ("refund_order", _("Can give money back")),
            ("review_order", _("Can decide on payments under review")),
            ("record_payment", _("Can record payments that came by bank")),
            ("edit_order", _("Can change placed orders and make new ones")),
            ("handle_return", _("Can approve, receive and settle returns")),
        ]
        constraints = [
            models.CheckConstraint(name="order_total_adds_up", condition=Q(total_minor=_SUM, total_minor__gte=0)),
            models.CheckConstraint(
                name="order_refund_cap", condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor"))
            ),
            models.CheckConstraint(
                name="order_allowed_cap", condition=Q(allowed_minor__gte=0, allowed_minor__lte=F("total_minor"))
            ),
            models.CheckConstraint(
                name="order_cancelled_not_shipped",
                condition=~Q(status="cancelled", fulfilment_state__in=["shipped", "delivered", "returned"]),
            ),
            models.UniqueConstraint("cart_id", condition=~Q(status="cancelled"), name="order_once_per_cart"),
        ]
        indexes = [
            models.Index("customer_id", F("id").desc(), name="order_customer"),
            models.Index("status", F("id").desc(), name="order_status"),
            models.Index(OpClass("email", name="varchar_pattern_ops"), F("id").desc(), name="order_email_prefix"),
            models.Index(SURNAME, F("id").desc(), name="order_surname"),
            models.Index(RECIPIENT, F("id").desc(), name="order_recipient"),
            models.Index(
                "payment_state", F("id").desc(), "status", condition=~Q(payment_state="paid"), name="order_payment"
            ),
            models.Index("fulfilment_state", F("id").desc(), "status", name="order_parcels", condition=UNDELIVERED),
            models.Index(F("id").desc(), condition=TO_PAY, name="order_lacking"),
            models.Index(F("id").desc(), condition=TO_GIVE_BACK, name="order_to_give_back"),
        ]

    def __str__(self) -> str:
        return self.number

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def total(self) -> Money:
        return self.money(self.total_minor)

    @property
    def due_minor(self) -> int:
        """What the order costs now: nothing once it is cancelled, or all of it was given back."""
        return 0 if self.is_over else self.total_minor - self.allowed_minor

    @property
    def is_from_desk(self) -> bool:
        """Whether staff made it for its customer, on the phone or at the desk."""
        return self.channel == "desk"

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is due any more, and whatever is here of it goes back."""
        return self.status in (self.Status.CANCELLED, self.Status.REFUNDED)

    @property
    def came_minor(self) -> int:
        """What is ours or will be, less what went back or is on its way."""
        return self.secured_minor - self.refunded_minor

    @property
    def balance_minor(self) -> int:
        """What is not taken yet, held for it or not; below zero, what is still to be given back."""
        return self.due_minor - self.captured_minor + self.refunded_minor


class OrderLine(models.Model):
    """What was bought, as it was then. Discount, tax and shipping of the order are allocated to its lines exactly.

    `quantity` and the amounts are of the units that are still part of the order; those that came back are among them.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    sku = models.CharField("SKU", max_length=255)
    name = models.CharField(_("name"), max_length=300)
    options = models.JSONField(default=dict)
    bundle = models.JSONField(null=True, blank=True)  # of which it is a part, as `lines.line` writes it
    customizations = models.JSONField(default=list, db_default=[])  # as `catalog.customizations.rules.kept` has them
    picture = models.CharField(max_length=255, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()  # unit price × quantity, before discount and added tax
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    included_tax_minor = models.BigIntegerField(db_default=0)  # the part of tax that the price already contains
    taxes = models.JSONField(default=list, db_default=[])  # by rate, as `lines.line` writes them
    tax_class = models.CharField(max_length=40, default="standard")
    removed = models.PositiveIntegerField(db_default=0)  # units taken off the order since
    returned = models.PositiveIntegerField(db_default=0)  # of quantity: came back, with their worth:
    returned_discount_minor = models.BigIntegerField(db_default=0)
    returned_shipping_minor = models.BigIntegerField(db_default=0)
    returned_tax_minor = models.BigIntegerField(db_default=0)
    returned_included_tax_minor = models.BigIntegerField(db_default=0)
    kept_shipping_minor = models.BigIntegerField(db_default=0)  # of units that came back: no other unit is worth it
    kept_tax_minor = models.BigIntegerField(db_default=0)
    kept_included_tax_minor = models.BigIntegerField(db_default=0)
    expected_on = models.DateField(null=True, blank=True)  # promised when it was bought before it was there

    class Meta:
        verbose_name, verbose_name_plural = _("order line"), _("order lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("order", "position", name="order_line_position"),
            models.CheckConstraint(
                name="order_line_adds_up", condition=Q(total_minor=F("unit_price_minor") * F("quantity"))
            ),
            models.CheckConstraint(name="order_line_returned", condition=Q(returned__lte=F("quantity"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class OrderStep(models.Model):
    """One transition of an order: gap-free history with trigger, actor and note."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    trigger = models.CharField(max_length=40)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("step"), _("steps")
        ordering = ["position"]
        constraints = [models.UniqueConstraint("order", "position", name="order_step_position")]


class OrderChange(models.Model):
    """One change of a placed order, in its turn: what was taken off or added, what it was and is. Append-only."""

    class Kind(models.TextChoices):
        EDIT = "edit", _("changed")
        CANCEL = "cancel", _("units cancelled")
        SHORT = "short", _("units could not be found")
        SOLD_OUT = "sold_out", _("units were sold out")
        EXCHANGE = "exchange", _("exchanged")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()  # 1, 2, 3 … of its order, without gaps
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    removed = models.JSONField(default=dict)  # units by order line
    added = models.JSONField(default=dict)  # units by (new) order line
    before = models.JSONField(default=dict)  # totals, addresses and delivery as they were, where they changed
    after = models.JSONField(default=dict)
    difference_minor = models.BigIntegerField()  # of the total: above zero is to be paid, below comes back
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    cause_id = models.UUIDField(null=True, blank=True)  # the reimbursement that it is the exchange of
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("change of an order"), _("changes of orders")
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint("order", "revision", name="order_change_revision"),
            models.UniqueConstraint("cause_id", condition=Q(cause_id__isnull=False), name="order_change_cause_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.revision}"
