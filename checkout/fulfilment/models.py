"""Parcels."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
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
    location_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("shipment"), _("shipments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """How many units of an order line are in a parcel."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="shipment_lines")
    order_id = models.UUIDField()
    quantity = models.PositiveIntegerField()

    class Meta:
        verbose_name, verbose_name_plural = _("shipment line"), _("shipment lines")
        constraints = [
            models.UniqueConstraint("shipment", "order_line", name="shipment_line_once"),
            models.CheckConstraint(name="shipment_line_some", condition=Q(quantity__gt=0)),
        ]
