"""Currencies in the admin: rates, rounding, what becomes of an amount, and what the rates were."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from shop.core import formats, requests
from shop.core.money import Money
from shop.currencies import selectors, services
from shop.currencies.forms import VALUES, CurrencyForm
from shop.currencies.models import Currency, ExchangeRate

_EXAMPLES = ("1.00", "12.34", "49.90", "199.00")
_SHOWN = 20  # rates


@admin.register(Currency)
class CurrencyAdmin(ModelAdmin):  # type: ignore[misc]
    form = CurrencyForm
    list_display = ["code", "is_active", "is_converted", "of_one", "rated_at", "source", "example"]
    fieldsets = [
        (None, {"fields": ["code", "is_active", "is_converted"]}),
        (_("Rate"), {"fields": ["rate", "rated_at", "source"]}),
        (_("Rounding"), {"fields": ["step", "ending", "mode", "examples"]}),
        (_("What it was worth"), {"fields": ["history"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Currency | None = None) -> list[str]:
        return ["rated_at", "source", "examples", "history", *(["code"] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: Currency | None = None) -> Any:
        if obj is not None and _asks(request, obj):
            return [
                (title, {"fields": ["rate", "is_sure", *given["fields"][1:]]} if "rate" in given["fields"] else given)
                for title, given in self.fieldsets
            ]
        if obj is not None:
            return self.fieldsets
        entered = ["rate"], ["step", "ending", "mode"]
        return [
            self.fieldsets[0],
            (_("Rate"), {"fields": entered[0]}),
            (_("Rounding"), {"fields": entered[1]}),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Currency | None = None) -> bool:
        return False  # orders were placed in it: it is switched off instead

    def save_model(self, request: Any, obj: Currency, form: Any, change: bool) -> None:
        data = form.cleaned_data
        kept = services.keep(
            code=data["code"], values={name: data[name] for name in VALUES}, by=requests.actor(request)
        )  # fmt: skip
        obj.pk = kept.pk
        for path in settings.CURRENCY_LACKS if kept.is_active else ():
            if lack := import_string(path)(kept.code, is_converted=kept.is_converted):
                messages.warning(request, lack)

    @display(description=_("rate"))
    def of_one(self, row: Currency) -> str:
        return "–" if row.rate is None else f"1 {settings.DEFAULT_CURRENCY} = {row.rate.normalize():f} {row.code}"

    @display(description=_("for example"))
    def example(self, row: Currency) -> str:
        return _shown(row, _EXAMPLES[1])

    @display(description=_("For example"))
    def examples(self, row: Currency) -> str:
        return format_html_join("", "<div>{}</div>", ((_shown(row, amount),) for amount in _EXAMPLES))

    @display(description=_("Rates"))
    def history(self, row: Currency) -> str:
        found = ExchangeRate.objects.filter(currency=row.code)[:_SHOWN]
        lines = (
            (
                formats.moment(one.at),
                f"1 {one.base} = {one.rate.normalize():f} {one.currency}",
                one.source,
            )
            for one in found
        )
        return format_html_join("", "<div>{} · {} · {}</div>", lines) or "–"


def _asks(request: HttpRequest, row: Currency) -> bool:
    """Whether the rate that was entered must be said to be right."""
    try:
        entered = Decimal(request.POST.get("rate", ""))
    except InvalidOperation:
        return False
    return entered.is_finite() and services.is_jump(row.rate, entered)


def _shown(row: Currency, amount: str) -> str:
    """ "$12.34 is €11.99" by the row as it is stored."""
    terms = selectors.terms_of(row)
    if terms is None:
        return "–"
    money = Money.rounded(Decimal(amount), settings.DEFAULT_CURRENCY)
    return f"{money.format()} → {Money(terms.price(money.minor), row.code).format()}"
