"""Rounds through the warehouse, what was scanned in them, and papers being printed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.fulfilment.models import Shipment, ShipmentLine
from shop.core import db


class ParcelToPick(Shipment):
    """The same parcels; those of them that wait for being picked have a list of their own in the admin."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("parcel to pick"), _("parcels to pick")


class PickWave(models.Model):
    """Parcels of one location that are picked in one round."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PICKED = "picked", _("picked")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)  # W-2026000001
    location_id = models.UUIDField(null=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    actor = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    closed_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("wave"), _("waves")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="wave_moments",
                condition=Q(status="open", closed_at=None) | (~Q(status="open") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class WaveParcel(models.Model):
    """A parcel in the box number `box` (from 1) of a wave. `is_open` until the wave is over: nobody else picks it."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    wave = models.ForeignKey(PickWave, models.CASCADE, related_name="parcels")
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="+")
    order_id = models.UUIDField()
    box = models.PositiveSmallIntegerField()
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("parcel of a wave"), _("parcels of waves")
        ordering = ["box"]
        constraints = [
            models.UniqueConstraint("wave", "box", name="wave_parcel_box"),
            models.UniqueConstraint("wave", "shipment", name="wave_parcel_once"),
            models.UniqueConstraint("shipment", condition=Q(is_open=True), name="wave_parcel_one_wave"),
        ]


class PickScan(models.Model):
    """So many units put into a parcel by one scan. Append-only, but that the last one that stands can be taken back."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    wave = models.ForeignKey(PickWave, models.CASCADE, related_name="scans")
    line = models.ForeignKey(ShipmentLine, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveIntegerField()  # 1, 2, 3 … of its wave
    order_id = models.UUIDField()
    units = models.PositiveIntegerField()
    actor = models.CharField(max_length=80)
    is_undone = models.BooleanField(default=False)
    nonce = models.CharField(max_length=40, blank=True, db_default="")  # what the scan's form was sent with
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("scan"), _("scans")
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint("wave", "position", name="pick_scan_position"),
            models.UniqueConstraint("wave", "nonce", condition=~Q(nonce=""), name="pick_scan_once"),
        ]


class PrintJob(models.Model):
    """Papers of many parcels in one PDF, made in the background. The file is kept privately until `expires_at`."""

    class Kind(models.TextChoices):
        SLIPS = "slips", _("Packing slips")
        LABELS = "labels", _("Labels")
        BOTH = "both", _("Packing slips and labels")
        PICKLIST = "picklist", _("Pick list")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being drawn")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("deleted")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    kind = models.CharField(_("papers"), max_length=10, choices=Kind)
    shipment_ids = models.JSONField(default=list)  # in the order in which they are printed
    wave = models.ForeignKey(PickWave, models.CASCADE, null=True, related_name="+")
    on_a_sheet = models.PositiveSmallIntegerField(default=1)  # labels
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)  # papers drawn, and
    total = models.PositiveIntegerField()  # papers there will be
    file = models.CharField(max_length=200, blank=True)  # its name in the private storage
    size = models.PositiveIntegerField(default=0)  # bytes
    problems = models.JSONField(default=list)  # sentences: parcels without a label, and why
    error = models.CharField(max_length=300, blank=True)  # why there is no file
    actor = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("asked"), db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("done at"), null=True)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name, verbose_name_plural = _("print job"), _("print jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="print_job_file", condition=~Q(status="done") | ~Q(file="")),
            models.CheckConstraint(name="print_job_layout", condition=Q(on_a_sheet__in=[1, 2, 4])),
        ]
        indexes = [models.Index("expires_at", condition=~Q(file=""), name="print_job_expiry")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
