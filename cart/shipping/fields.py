"""Fields of delivery's forms: amounts, weights, countries, days of the week, locations."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django_countries import countries
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from cart.shipping.models import MAX_GRAMS
from inventory.stock import selectors as stock
from shop.core.money import BadAmount, Money, exponent

MOST_DAYS = 365


def text(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    """A short line; what it means is worked out with the other fields."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=30, widget=UnfoldAdminTextInputWidget
    )


def choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=help_text, required=False, widget=UnfoldAdminSelectWidget)


def days(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, min_value=0, max_value=MOST_DAYS, widget=UnfoldAdminIntegerFieldWidget
    )


class CountriesField(forms.MultipleChoiceField):
    """ISO codes, chosen by name."""

    widget = UnfoldAdminSelect2MultipleWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: list(countries), **kwargs)


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week as columns hold them: "56" is Saturday and Sunday."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(str(day), name) for day, name in WEEKDAYS.items()], required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        days = super().clean(value)
        if len(days) == len(WEEKDAYS):
            raise ValidationError(_("One day of the week is to be left."))
        return "".join(sorted(days))


def locations() -> list[tuple[str, str]]:
    """Every location by its id, and none."""
    return [("", "–"), *((str(key), name) for key, name in stock.location_names().items())]


def location(value: str) -> UUID | None:
    return UUID(value) if value else None


def minor(value: str, currency: str) -> int | None:
    """What was typed ("4.99") in minor units; None for nothing. Raises `ValidationError`."""
    if not value.strip():
        return None
    try:
        exponent(currency)
        money = Money.of(value.strip().replace(",", "."), currency)
    except BadAmount as error:
        wanted = {"amount": "4.99", "currency": currency}
        raise ValidationError(_("Give an amount of %(currency)s, as %(amount)s.") % wanted) from error
    if money.minor < 0:
        raise ValidationError(_("An amount is not below zero."))
    return money.minor


def major(amount: int | None, currency: str) -> str:
    return "" if amount is None else str(Money(amount, currency).decimal)


def grams(value: str) -> int | None:
    """What was typed in kilograms ("2.5") in grams; None for nothing. Raises `ValidationError`."""
    if not value.strip():
        return None
    try:
        found = Decimal(value.strip().replace(",", ".")) * 1000
        if found != found.to_integral_value() or not 0 <= found <= MAX_GRAMS:
            raise InvalidOperation
    except InvalidOperation as error:
        raise ValidationError(_("Give kilograms, as 2.5, to the gram.")) from error
    return int(found)


def kilograms(amount: int | None) -> str:
    return "" if amount is None else f"{(Decimal(amount) / 1000).normalize():f}"
