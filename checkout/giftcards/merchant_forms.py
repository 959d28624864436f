"""What staff enter when they issue gift cards or change one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from checkout.giftcards import rules, selectors
from shop.core import db
from shop.core.fields import LineField
from shop.core.money import BadAmount, Money
from shop.currencies import selectors as currencies

_LAST_YEAR = 2199


class AmountForm(forms.Form):
    """An amount, as `money` once it is valid. `key` makes a second click the same act."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=12, widget=UnfoldAdminDecimalFieldWidget
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    currency_code = ""  # of the card that is changed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("amount") is not None:
            self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> None:
        currency = self.currency_code or cleaned.get("currency") or settings.DEFAULT_CURRENCY
        try:
            cleaned["money"] = Money.of(cleaned["amount"], currency)
        except BadAmount:
            self.add_error("amount", _("That has more digits than an amount in this currency."))
            return
        most = selectors.largest(currency)
        if not cleaned["money"]:
            self.add_error("amount", _("Enter more than nothing."))
        elif cleaned["money"] > most:
            self.add_error("amount", _("A gift card holds at most %(most)s.") % {"most": most.format()})


class ValueForm(AmountForm):
    """What new cards are worth, and until when."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=UnfoldAdminSelectWidget)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"), required=False, widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("The last day. Empty: for ever. Many countries forbid short terms."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in currencies.choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["expires_at"] = None
        day = cleaned.get("valid_until")
        if day and day.year > _LAST_YEAR:
            self.add_error("valid_until", _("This day is too far away."))
        elif day:
            cleaned["expires_at"] = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
            if cleaned["expires_at"] <= db.clock():
                self.add_error("valid_until", _("This day is over."))
        return cleaned


class IssueForm(ValueForm):
    """One card."""

    email = forms.EmailField(
        label=gettext_lazy("Send it to"), required=False, max_length=254, widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("Empty: the code is shown to you, once."),
    )  # fmt: skip
    reason = LineField(label=gettext_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    field_order = ["amount", "currency", "valid_until", "email", "reason"]


class BatchForm(ValueForm):
    """Many cards of the same amount."""

    name = LineField(label=gettext_lazy("What for"), max_length=200, widget=UnfoldAdminTextInputWidget)
    count = forms.IntegerField(
        label=gettext_lazy("How many cards"), min_value=1, max_value=rules.MOST_IN_BATCH,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip

    field_order = ["name", "count", "amount", "currency", "valid_until"]


class ChangeForm(AmountForm):
    """What is done to a card. `acts`: those that are open at present."""

    ACTS = (
        ("add", gettext_lazy("Put more on it")),
        ("withdraw", gettext_lazy("Take something off it")),
        ("end", gettext_lazy("End it: nobody can spend it any more")),
        ("reopen", gettext_lazy("Let it be spent again")),
        ("mail", gettext_lazy("Send the code once more")),
        ("address", gettext_lazy("Correct the e-mail address")),
    )
    act = forms.ChoiceField(label=gettext_lazy("What"), choices=ACTS, widget=UnfoldAdminSelectWidget)
    reason = LineField(label=gettext_lazy("Reason"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, required=False,
        help_text=gettext_lazy("Only to correct it. Send the code once more if it was sent already."),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    field_order = ["act", "amount", "reason", "email"]

    def __init__(self, *args: Any, currency: str, acts: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency_code = currency
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _("In %(currency)s; only to put more on it or take something off.") % {
            "currency": currency
        }
        self.fields["act"].choices = [pair for pair in self.ACTS if pair[0] in acts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("act") in ("add", "withdraw"):
            if cleaned.get("amount") is None and "amount" not in self.errors:
                self.add_error("amount", _("Enter an amount."))
            if not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Say why."))
        if cleaned.get("act") == "address" and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter an e-mail address."))
        return cleaned
