"""Tax in the admin: rates, settings by country, exemptions, and what was heard of VAT ids."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from cart.tax import selectors
from cart.tax.forms import TaxConfigurationForm, TaxExemptionForm, TaxRateForm
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate, VatCheck
from shop.audit import services as audit
from shop.core import db, requests
from shop.core.admin import ReadOnlyAdmin


class _Audited(ModelAdmin):  # type: ignore[misc]
    """What decides about money is written down, and counts in the next quote."""

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._note(request, obj, "change" if change else "add", list(form.changed_data))

    def delete_model(self, request: Any, obj: Any) -> None:
        self._note(request, obj, "delete", [])
        super().delete_model(request, obj)

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def _note(self, request: Any, obj: Any, what: str, fields: list[str]) -> None:
        audit.record(
            action=f"{obj._meta.model_name}.{what}", by=requests.actor(request), object_type=obj._meta.model_name,
            object_id=obj.pk, changes={"fields": fields}, using=db.DEFAULT,
        )  # fmt: skip
        transaction.on_commit(selectors.forget, using=db.DEFAULT)


@admin.register(TaxRate)
class TaxRateAdmin(_Audited):
    form = TaxRateForm
    list_display = ["name", "where", "tax_class", "percent", "level", "is_included", "valid_from", "valid_until"]
    list_filter = ["tax_class", "level", "country"]
    search_fields = ["name", "state", "=country"]
    sortable_by = ["name", "valid_from"]
    fieldsets = [
        (None, {"fields": ["name", "rate", "tax_class"]}),
        (_("Where"), {"fields": ["country", "state", "postal_codes"]}),
        (_("When"), {"fields": ["valid_from", "valid_until"]}),
        (_("How"), {"fields": ["is_included", "applies_to_shipping", "level", "is_compound"]}),
        (_("Who says so"), {"fields": ["source", "source_on"]}),
    ]

    @display(description=_("where"), ordering="country")
    def where(self, rate: TaxRate) -> str:
        return " ".join(filter(None, [str(rate.country), rate.state, rate.postal_codes[:30]]))

    @display(description=_("rate"), ordering="rate")
    def percent(self, rate: TaxRate) -> str:
        return f"{(rate.rate * 100).normalize():f} %"


@admin.register(TaxConfiguration)
class TaxConfigurationAdmin(_Audited):
    form = TaxConfigurationForm
    list_display = ["__str__", "is_taxed", "entry", "keeps_prices", "shown", "rounding", "rounding_level", "service"]
    fieldsets = [
        (None, {"fields": ["country", "is_taxed"]}),
        (_("Prices"), {"fields": ["entry", "shown", "keeps_prices"]}),
        (_("Rounding"), {"fields": ["rounding", "rounding_level"]}),
        (_("Who works it out"), {"fields": ["service", "trusts_vat_ids"]}),
    ]


@admin.register(TaxExemption)
class TaxExemptionAdmin(_Audited):
    form = TaxExemptionForm
    list_display = ["email", "country", "state", "reason", "certificate", "valid_from", "valid_until"]
    list_filter = ["country"]
    search_fields = ["email", "certificate"]

    def save_model(self, request: Any, obj: TaxExemption, form: Any, change: bool) -> None:
        obj.actor = requests.actor(request)
        super().save_model(request, obj, form, change)


@admin.register(VatCheck)
class VatCheckAdmin(ReadOnlyAdmin):
    list_display = ["vat_id", "is_valid", "reference", "checked_at"]
    list_filter = ["is_valid"]
    search_fields = ["vat_id"]
