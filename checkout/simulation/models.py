"""What was tried, how far it is, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class Simulation(models.Model):
    """A promotion, in one version of its terms, tried on the orders and carts of so many days before. `result` holds
    for "orders" and "carts" what `rules.Tally.facts` says."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    promotion_id = models.UUIDField()
    name = models.CharField(_("promotion"), max_length=80)
    version = models.PositiveIntegerField()  # of the promotion's terms
    days = models.PositiveSmallIntegerField(_("days"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)  # orders and carts that were looked at, and
    total = models.PositiveIntegerField(default=0)  # how many there are
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    actor = models.CharField(_("by"), max_length=80)
    told_at = models.DateTimeField(null=True)  # when its worker last said how far it is
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("simulation"), _("simulations")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="simulation_days", condition=Q(days__gte=1, days__lte=365))]

    def __str__(self) -> str:
        return self.name
