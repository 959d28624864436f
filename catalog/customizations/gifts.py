"""What is asked of who buys a gift card: for whom it is, and when to send it. Nothing of it has to be answered."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from catalog.customizations import rules
from catalog.customizations.rules import Field

EMAIL, NAME, MESSAGE, DATE = "gift-email", "gift-name", "gift-message", "gift-date"  # the codes of the answers
AHEAD = timedelta(days=365)  # how far a gift card may be sent in advance


def fields(today: date) -> tuple[Field, ...]:
    """The fields, as they are asked on this day (UTC)."""
    return (
        Field(
            EMAIL, _("Recipient’s e-mail"), rules.EMAIL, max_length=254, needed_with=(NAME, MESSAGE, DATE),
            help_text=_("Empty: the card comes to you."),
        ),
        Field(NAME, _("Recipient’s name"), max_length=100),
        Field(MESSAGE, _("Message"), rules.LONG, max_length=rules.MAX_TEXT),
        Field(
            DATE, _("Send it on"), rules.DATE, earliest=today.isoformat(), latest=(today + AHEAD).isoformat(),
            help_text=_("Empty: as soon as it is paid. Days begin at midnight UTC."),
        ),
    )  # fmt: skip


def with_gift(asked: tuple[Field, ...], today: date) -> tuple[Field, ...]:
    """What a product that is a gift card asks, beside what its merchant lets it ask (`asked`)."""
    own = fields(today)
    codes = {one.code for one in own}
    return (*own, *(one for one in asked if one.code not in codes))[: rules.MAX_FIELDS]
