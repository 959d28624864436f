"""Partners that move stock by signed messages, and what they sent."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inventory.feeds import rules
from inventory.stock.models import Location
from shop.core import db
from shop.core.crypto import EncryptedTextField

LABELS = {
    "received": _("received: new units came in"),
    "returned": _("returned: units came back"),
    "found": _("found"),
    "sold": _("sold over another counter"),
    "damaged": _("damaged"),
    "lost": _("lost"),
    "corrected": _("corrected: a count differed"),
}
REASON_CHOICES = [(reason, LABELS[reason]) for reason in rules.REASONS]


class Feed(models.Model):
    """One partner's door: who it is, what it may do, and its secret; for a while after a rotation, its last one too."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=30, unique=True, help_text=_("The partner sends it as X-Feed."))
    name = models.CharField(_("name"), max_length=100)
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for"),
        help_text=_("Leave empty to let it move stock at every location."),
    )  # fmt: skip
    allowed_reasons = ArrayField(
        models.CharField(max_length=20, choices=REASON_CHOICES), verbose_name=_("allowed reasons"), default=list
    )
    is_active = models.BooleanField(_("active"), default=True)
    secret = EncryptedTextField(editable=False)
    previous_secret = EncryptedTextField(null=True, editable=False)
    previous_until = models.DateTimeField(_("last secret valid until"), null=True, blank=True, editable=False)
    last_sequence = models.BigIntegerField(_("last sequence"), null=True, blank=True, editable=False)
    forgotten_units = models.BigIntegerField(db_default=0, editable=False)  # in less out, by messages deleted since
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("stock feed"), _("stock feeds")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="feed_previous_ends",
                condition=Q(previous_secret__isnull=True, previous_until__isnull=True)
                | Q(previous_secret__isnull=False, previous_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeedMessage(models.Model):
    """A signed message of a feed. `message_id` names one body for good; accepted, it also names one answer."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="messages", verbose_name=_("feed"))
    message_id = models.CharField(_("id"), max_length=64)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the body
    is_accepted = models.BooleanField(_("accepted"))
    code = models.CharField(_("refused because"), max_length=40, blank=True)
    sequence = models.BigIntegerField(_("sequence"), null=True, blank=True)
    movements = models.PositiveSmallIntegerField(_("movements"), default=0)  # how many it has
    units_in = models.BigIntegerField(_("units in"), default=0)  # moved, so 0 when it was refused
    units_out = models.BigIntegerField(_("units out"), default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=1)  # until it was accepted
    answer = models.TextField(blank=True)  # as it was sent, to send it again
    received_at = models.DateTimeField(_("received"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("feed message"), _("feed messages")
        constraints = [
            models.UniqueConstraint("feed", "message_id", name="feed_message_once"),
            models.CheckConstraint(
                name="feed_message_answered",
                condition=Q(is_accepted=True, code="") & ~Q(answer="")
                | Q(is_accepted=False, answer="", units_in=0, units_out=0) & ~Q(code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id
