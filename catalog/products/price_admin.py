"""Prices in the admin: those of other lists, of more units and of other currencies, which a product's page has no room
for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from catalog.products import prices
from catalog.products.charging import PUBLIC
from catalog.products.models import Price
from catalog.products.price_forms import KEYS, PriceForm
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.core.money import Money


@admin.register(Price)
class PriceAdmin(ModelAdmin):  # type: ignore[misc]
    form = PriceForm
    list_display = [
        "variant", "price_list", "min_quantity", "amount", "sale", "sale_starts_at", "sale_ends_at",
    ]  # fmt: skip
    list_filter = ["price_list", "currency"]
    list_select_related = ["variant"]
    search_fields = ["=variant__sku"]
    ordering = ["-id"]
    show_full_result_count = False

    @display(description=_("price"))
    def amount(self, row: Price) -> str:
        return Money(row.amount_minor, row.currency).format()

    @display(description=_("sale price"))
    def sale(self, row: Price) -> str:
        return "–" if row.sale_minor is None else Money(row.sale_minor, row.currency).format()

    def get_fields(self, request: HttpRequest, obj: Price | None = None) -> list[str]:
        named = list(KEYS) if obj else ["sku", *KEYS[1:]]
        return [*named, "price", "sale_price", "sale_starts_at", "sale_ends_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Price | None = None) -> list[str]:
        return list(KEYS) if obj else []

    def save_model(self, request: Any, obj: Price, form: Any, change: bool) -> None:
        data = form.cleaned_data
        kept = prices.set_price(
            variant_id=data["variant_id"],
            amount=data["price"],
            sale=data.get("sale_price"),
            sale_starts_at=data.get("sale_starts_at"),
            sale_ends_at=data.get("sale_ends_at"),
            price_list=data["price_list"],
            min_quantity=data["min_quantity"],
            by=requests.actor(request),
        )
        obj.pk, obj.variant_id = kept.pk, kept.variant_id
        for sentence in _oddities(kept):
            messages.warning(request, sentence)

    def delete_model(self, request: Any, obj: Price) -> None:
        prices.remove_price(price_id=obj.pk, by=requests.actor(request))

    def delete_queryset(self, request: Any, queryset: QuerySet[Price]) -> None:
        for key in queryset.values_list("pk", flat=True):
            prices.remove_price(price_id=key, by=requests.actor(request))


def _oddities(row: Price) -> list[str]:
    """What may be meant, but seldom is: nobody has the price list, or more units cost more each."""
    found = []
    if row.price_list != PUBLIC and row.price_list not in accounts.price_lists():
        found.append(gettext("No customer group has the price list “%(name)s”.") % {"name": row.price_list})
    fewer = Price.objects.filter(
        variant=row.variant_id, currency=row.currency, price_list__in={row.price_list, PUBLIC},
        min_quantity__lt=row.min_quantity, amount_minor__lt=row.amount_minor,
    ).order_by("amount_minor").first()  # fmt: skip
    if fewer is not None:
        found.append(
            gettext("Fewer units cost less each: %(less)s from %(count)s on. Is that meant?")
            % {"less": Money(fewer.amount_minor, row.currency).format(), "count": fewer.min_quantity}
        )
    return found
