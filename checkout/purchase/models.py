"""What a shopper has entered so far on the way to an order."""

from __future__ import annotations

import secrets

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


def new_key() -> str:
    """What makes two clicks on "Pay" one order: 256 random bits."""
    return secrets.token_urlsafe(32)


class NextNumber(models.Func):
    """The next number of the waiting line: one sequence, so that nobody is before who came before."""

    template = "nextval('checkout_line_number')"
    output_field = models.BigIntegerField()


class CheckoutDetails(models.Model):
    """Contact, address and delivery of an open cart, kept between the steps and until the order is placed.

    `attempt` names the try to place an order that goes on now (key and cart version) and `order_id` the order it is
    to become, so that two clicks hold the same units for the same order.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    cart_id = models.UUIDField(unique=True)
    email = models.EmailField(blank=True)
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(default=dict, blank=True)
    delivery_option = models.CharField(max_length=40, blank=True)
    gift_message = models.CharField(max_length=500, blank=True, db_default="")
    po_number = models.CharField(max_length=60, blank=True, db_default="")
    vat_id = models.CharField(max_length=20, blank=True, db_default="")  # the buyer's own, tidied
    idempotency_key = models.CharField(max_length=64, default=new_key)  # of the order this checkout will become
    attempt = models.CharField(max_length=300, blank=True)
    order_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("checkout details")

    def __str__(self) -> str:
        return str(self.cart_id)


class QueuedOrder(models.Model):
    """A click on "Pay" that waits for its turn: under overload orders are placed one after another, by `number`.

    The row is the line, so it survives the end of every process. `wish` is what the shopper entered and agreed to; it
    is emptied when the turn has come. `token` is the secret of the page that shows the place in the line.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being placed")
        PLACED = "placed", _("placed")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, db_default=NextNumber())
    token = models.CharField(max_length=64, unique=True, default=new_key)
    key = models.CharField(max_length=255, unique=True)  # of the order this will become
    cart_id = models.UUIDField()
    cart_version = models.PositiveIntegerField()
    wish = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    actor = models.CharField(max_length=80)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    order_id = models.UUIDField(null=True, blank=True)
    code = models.CharField(_("refused because"), max_length=40, blank=True)
    message = models.CharField(max_length=1000, blank=True)  # for the shopper
    facts = models.JSONField(default=dict, blank=True)
    joined_at = models.DateTimeField(_("joined"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("order in line"), _("orders in line")
        constraints = [
            models.CheckConstraint(
                name="queued_order_ended",
                condition=Q(status__in=["waiting", "working"], ended_at__isnull=True)
                | Q(status__in=["placed", "refused"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="queued_order_placed",
                condition=Q(status="placed", order_id__isnull=False) | ~Q(status="placed"),
            ),
        ]
        indexes = [
            models.Index("number", condition=Q(status__in=["waiting", "working"]), name="queued_order_open"),
            models.Index("started_at", condition=Q(started_at__isnull=False), name="queued_order_started"),
        ]

    def __str__(self) -> str:
        return str(self.number)
