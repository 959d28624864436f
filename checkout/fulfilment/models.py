"""Parcels."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order, OrderLine
from shop.core import db


class Shipment(models.Model):
    """What leaves one location for one order. Opened when the order is paid."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PICKED = "picked", _("picked")
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    number = models.CharField(_("number"), max_length=30, unique=True)  # ORD-2026000001-1
    location_id = models.UUIDField(null=True, blank=True)  # None: opened before parcels knew where they are packed
    version = models.PositiveIntegerField(db_default=0)  # counts every change of what is in it
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=500, blank=True)
    carrier_code = models.CharField(max_length=20, blank=True, db_default="")  # the one of CARRIERS that made its label
    service = models.CharField(_("service"), max_length=60, blank=True, db_default="")
    label_reference = models.CharField(max_length=120, blank=True, db_default="")  # the carrier's name for the label
    barcode = models.CharField(_("barcode"), max_length=80, blank=True, db_default="")
    weight_grams = models.PositiveIntegerField(_("weight (g)"), null=True, blank=True)
    is_waiting = models.BooleanField(_("waits for stock"), db_default=False)  # split off because units were not there
    problem = models.CharField(_("problem"), max_length=20, blank=True, db_default="")  # "lost", "returned_to_sender"
    printed = models.JSONField(null=True, blank=True, editable=False)  # on its last slip: units by order line id
    created_at = models.DateTimeField(db_default=Now())
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("shipment"), _("shipments")
        ordering = ["id"]
        indexes = [
            models.Index(
                "tracking_number", "carrier_code", condition=~Q(tracking_number=""), name="shipment_tracked_by"
            ),
            models.Index(
                "location_id", "status", "id", condition=Q(status__in=["open", "picked"]), name="shipment_here"
            ),
            models.Index("status", F("id").desc(), condition=~Q(status="delivered"), name="shipment_under_way"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """How many units of an order line are in a parcel."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="shipment_lines")
    order_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(db_default=0)  # of quantity: taken from the shelf

    class Meta:
        verbose_name, verbose_name_plural = _("shipment line"), _("shipment lines")
        constraints = [
            models.UniqueConstraint("shipment", "order_line", name="shipment_line_once"),
            models.CheckConstraint(name="shipment_line_some", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="shipment_line_picked", condition=Q(picked__lte=F("quantity"))),
        ]


class TrackingEvent(models.Model):
    """What a carrier, or staff, said of a parcel under way. Each of a source's events is kept once; append-only."""

    class Code(models.TextChoices):
        LABELLED = "labelled", _("Label made")
        ACCEPTED = "accepted", _("Handed to the carrier")
        IN_TRANSIT = "in_transit", _("On its way")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        DELIVERED = "delivered", _("Delivered")
        FAILED_ATTEMPT = "failed_attempt", _("Delivery was tried")
        RETURNED_TO_SENDER = "returned_to_sender", _("Going back to us")
        LOST = "lost", _("Lost")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="events")
    order_id = models.UUIDField()
    code = models.CharField(_("what"), max_length=20, choices=Code)
    text = models.CharField(_("in the carrier's words"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    at = models.DateTimeField(_("at"))  # by the carrier's clock
    source = models.CharField(_("from"), max_length=80)  # a carrier's code, or who of the staff
    event_id = models.CharField(max_length=100)  # what the source calls it
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("tracking event"), _("tracking events")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint("source", "event_id", name="tracking_event_once")]
        indexes = [models.Index("order_id", name="tracking_order")]

    def __str__(self) -> str:
        return str(self.get_code_display())


class ForgottenLabel(models.Model):
    """A label that no parcel may leave with any more, and what came of giving it back to its carrier."""

    class Status(models.TextChoices):
        ASKED = "asked", _("to be given back")
        VOIDED = "voided", _("given back")
        KEPT = "kept", _("not taken back")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="forgotten_labels")
    order_id = models.UUIDField()
    carrier_code = models.CharField(max_length=20)
    tracking_number = models.CharField(_("tracking number"), max_length=80)
    barcode = models.CharField(_("barcode"), max_length=80, blank=True)
    reference = models.CharField(max_length=120, blank=True)  # the carrier's name for it
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    said = models.CharField(_("what the carrier says"), max_length=200, blank=True)  # why it was not taken back
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("forgotten label"), _("forgotten labels")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("shipment", "carrier_code", "tracking_number", name="forgotten_label_once"),
            models.CheckConstraint(
                name="forgotten_label_moments",
                condition=Q(status="asked", ended_at=None) | (~Q(status="asked") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index("tracking_number", "carrier_code", name="forgotten_label_number"),
            models.Index("order_id", name="forgotten_label_order"),
            models.Index("status", F("id").desc(), name="forgotten_label_state"),
        ]

    def __str__(self) -> str:
        return self.tracking_number
