"""Money asked for and received. Amounts on a payment are recomputed from its events, never assigned on their own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order
from shop.core import db
from shop.core.money import Money


class CaptureWhen(models.TextChoices):
    """When money that is held for an order is taken. All but the first only hold it when the order is placed."""

    AT_ONCE = "at_once", _("at once")
    ON_SHIPMENT = "on_shipment", _("on shipment, parcel by parcel")
    AFTER_REVIEW = "after_review", _("after a person has approved it")
    PROMISE = "promise", _("by the customer, who promised to send it")  # no call takes it (pay on invoice)
    WITH_REST = "with_rest", _("with the rest of the order")  # store credit that pays a part


class Payment(models.Model):
    """One attempt to collect money for an order through one provider. An order may have several."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")  # nothing asked of the provider yet
        PROCESSING = "processing", _("processing")  # the provider was, or is being, asked
        ACTION_REQUIRED = "action_required", _("waiting for the shopper")  # 3-D Secure, hosted page, transfer
        AUTHORISED = "authorised", _("authorised")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        REFUNDED = "refunded", _("refunded")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="payments")
    method = models.CharField(_("method"), max_length=40, blank=True, db_default="")  # as the shopper chose it
    provider = models.CharField(_("provider"), max_length=40)  # changed by `choosing.choose` alone, before it is asked
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PENDING)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    token = models.CharField(max_length=255, blank=True)  # the provider's name for the card, never the card
    is_saving = models.BooleanField(default=False, db_default=False)  # the shopper wants the card kept for next time
    reference = models.CharField(_("provider's reference"), max_length=255, blank=True)
    action_url = models.URLField(max_length=1000, blank=True)
    instructions = models.JSONField(default=dict, blank=True)  # for a shopper who sends the money himself
    decline_code = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=300, blank=True)  # for the shopper
    authorised_minor = models.BigIntegerField(default=0)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(db_default=0)  # of what was refunded: given as store credit, not as money
    disputed_minor = models.BigIntegerField(db_default=0)  # called back by the card's holder, undecided or lost
    capture_when = models.CharField(_("captured"), max_length=20, choices=CaptureWhen, db_default=CaptureWhen.AT_ONCE)
    is_let_go = models.BooleanField(db_default=False)  # what is held beyond its captures is on its way back
    attempts = models.PositiveSmallIntegerField(default=0)  # how often the provider was, or may have been, asked
    answer_due_at = models.DateTimeField(null=True)  # a call may be under way until then; none: no call is
    key_number = models.PositiveSmallIntegerField(db_default=1)  # of the idempotency key that it is asked under
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="payment_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="payment_refund_cap", condition=Q(refunded_minor__lte=F("captured_minor"))),
            models.UniqueConstraint("provider", "reference", condition=~Q(reference=""), name="payment_reference_once"),
        ]
        indexes = [
            models.Index(
                "updated_at", condition=Q(status__in=["pending", "processing", "action_required"]), name="payment_open"
            ),
            models.Index("status", F("id").desc(), condition=~Q(status="paid"), name="payment_not_paid"),
            models.Index("provider", F("id").desc(), name="payment_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def returned_minor(self) -> int:
        """What went back through the provider."""
        return self.refunded_minor - self.credited_minor

    @property
    def held_minor(self) -> int:
        """What is held and neither taken nor let go."""
        return max(0, self.authorised_minor - self.captured_minor)


class PaymentEvent(models.Model):
    """A fact about a payment, from whichever source told it first. Append-only; the same fact is kept once."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="events")
    order_id = models.UUIDField()
    kind = models.CharField(max_length=30)  # providers.base.FactKind
    reference = models.CharField(max_length=255)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=20)  # "charge", "webhook", "fetch", "refund", "staff"
    occurred_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("payment event"), _("payment events")
        ordering = ["id"]
        constraints = [models.UniqueConstraint("payment", "kind", "reference", name="payment_event_once")]
        indexes = [
            models.Index(
                "kind",
                F("id").desc(),
                condition=~Q(kind__in=["authorised", "captured"]),
                name="payment_event_rare",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Refund(models.Model):
    """Money to give back: asked for in a transaction, sent to the provider by a worker, settled by its answer."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REPLACED = "replaced", _("failed, not owed any more")

    class Destination(models.TextChoices):
        ORIGINAL = "original", _("the way it was paid")
        STORE_CREDIT = "store_credit", _("store credit")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="refunds")
    order_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    destination = models.CharField(
        _("to"), max_length=20, choices=Destination, default="original", db_default="original"
    )
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reference = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField(db_default=1)
    retry_of = models.UUIDField(null=True, unique=True)  # the failed refund that this one repeats
    cause_id = models.UUIDField(null=True, blank=True)  # the reimbursement that it is a part of
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("refund"), _("refunds")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="refund_amount", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint("payment", "reference", condition=~Q(reference=""), name="refund_reference_once"),
        ]
        indexes = [
            models.Index("created_at", condition=Q(status="requested"), name="refund_open"),
            models.Index("status", F("id").desc(), condition=~Q(status="done"), name="refund_not_done"),
            models.Index("order_id", name="refund_order"),
        ]

    def __str__(self) -> str:
        return self.amount.format()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)


class Capture(models.Model):
    """Money to take of a hold: asked for in a transaction, sent to the provider by a worker, like a `Refund`."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="captures")
    order_id = models.UUIDField()
    amount_minor = models.BigIntegerField(_("amount"))
    is_final = models.BooleanField(_("final"), default=True)  # let the rest of the hold go
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REQUESTED)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("capture"), _("captures")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="capture_amount", condition=Q(amount_minor__gt=0))]
        indexes = [
            models.Index("created_at", condition=Q(status="requested"), name="capture_open"),
            models.Index("status", F("id").desc(), condition=~Q(status="done"), name="capture_not_done"),
        ]

    def __str__(self) -> str:
        return self.amount.format()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)


class PaymentOptions(models.Model):
    """What the merchant chose for all payments: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    capture_when = models.CharField(
        _("take the money"),
        max_length=20,
        choices=[choice for choice in CaptureWhen.choices if choice[0] in ("at_once", "on_shipment", "after_review")],
        default=CaptureWhen.AT_ONCE,
    )

    class Meta:
        verbose_name, verbose_name_plural = _("payment options"), _("payment options")
        constraints = [models.CheckConstraint(name="payment_options_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(_("payment options"))


class ProviderEvent(models.Model):
    """A signed webhook as it came, kept once per provider's event id, then processed by a task."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=255)
    event_type = models.CharField(max_length=80)
    reference = models.CharField(max_length=255, blank=True)  # the provider's reference of the payment
    payload = models.JSONField()  # ids, amounts and states only; the provider's module strips the rest
    received_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("provider's event"), _("providers' events")
        constraints = [models.UniqueConstraint("provider", "event_id", name="provider_event_once")]
        indexes = [
            models.Index("received_at", condition=Q(processed_at__isnull=True), name="provider_event_open"),
            models.Index("reference", name="provider_event_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_type}"


class PaymentRoute(models.Model):
    """A rule by which payments of a method go to one of several providers; read from the top (`routing`)."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    is_active = models.BooleanField(_("active"), default=True)
    method = models.CharField(_("method"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    countries = models.CharField(_("countries"), max_length=500, blank=True)  # sorted ISO codes, one space between
    minimum_minor = models.BigIntegerField(_("from"), null=True, blank=True)
    maximum_minor = models.BigIntegerField(_("up to"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(_("share in percent"), default=100)
    provider = models.CharField(_("provider"), max_length=40)

    class Meta:
        verbose_name, verbose_name_plural = _("payment route"), _("payment routes")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(name="route_share", condition=Q(share__gte=1, share__lte=100)),
            models.CheckConstraint(
                name="route_amounts",
                condition=Q(minimum_minor__isnull=True, maximum_minor__isnull=True)
                | (
                    ~Q(currency="")
                    & (Q(minimum_minor__isnull=True) | Q(minimum_minor__gte=0))
                    & (Q(maximum_minor__isnull=True) | Q(maximum_minor__gte=0))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} → {self.provider}"
