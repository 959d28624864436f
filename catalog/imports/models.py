"""Import jobs: what came in from which file, how far, and what each row did: jobs are resumed and undone."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class ImportJob(models.Model):
    """One run over one file (named by its content's SHA-256)."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")  # left behind by a crash, and not resumed
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    row = models.PositiveIntegerField(default=0)  # the last row that is in, committed with its batch
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        ordering = ["-id"]


class ImportedRow(models.Model):
    """What an import knows of a product: a digest of the row (unchanged rows are skipped), and what it was before."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=255)
    product_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    before = models.JSONField(null=True)  # null: this job created the product

    class Meta:
        constraints = [models.UniqueConstraint("job", "source", "external_id", name="imported_row_once")]
        indexes = [models.Index("source", "external_id", F("id").desc(), name="imported_row_latest")]
