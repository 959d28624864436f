"""What shoppers and staff choose from in a return."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Condition(models.TextChoices):
    UNOPENED = "unopened", _("unopened")
    LIKE_NEW = "like_new", _("opened, like new")
    USED = "used", _("used")
    BROKEN = "broken", _("does not work or is damaged")


class Reason(models.TextChoices):
    CHANGED_MIND = "changed_mind", _("I changed my mind")
    DOES_NOT_FIT = "does_not_fit", _("It does not fit")
    DEFECTIVE = "defective", _("It does not work")
    DAMAGED = "damaged", _("It arrived damaged")
    WRONG_ITEM = "wrong_item", _("It is not what I ordered")
    NOT_AS_DESCRIBED = "not_as_described", _("It is not as described")
    LATE = "late", _("It came too late")


class Destination(models.TextChoices):
    ORIGINAL = "original", _("money back the way it was paid")
    STORE_CREDIT = "store_credit", _("store credit")
    EXCHANGE = "exchange", _("exchange for another variant")
