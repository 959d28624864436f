"""What staff did with held money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order
from shop.core import db


class HoldStep(models.Model):
    """Staff asked for held money to be taken, or let go of it. Append-only; what came of it the payments know."""

    class Trigger(models.TextChoices):
        TAKE = "take", _("taken")
        LET_GO = "let_go", _("let go")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="hold_steps")
    trigger = models.CharField(max_length=10, choices=Trigger)
    taken_minor = models.BigIntegerField(default=0)
    let_go_minor = models.BigIntegerField(default=0)  # also of what was taken in part, when that was said to be all
    captures = models.JSONField(default=list)  # ids of the captures that were asked for
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("step of held money"), _("steps of held money")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="hold_step_amounts",
                condition=Q(trigger="take", taken_minor__gt=0, let_go_minor__gte=0)
                | Q(trigger="let_go", taken_minor=0, let_go_minor__gt=0),
            )
        ]
