"""One price as merchants type it: of which variant, for whom, from how many units on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from catalog.products import prices, selectors
from catalog.products.models import Price, ProductType
from shop.core.money import MAX_MINOR, BadAmount, Money

_ABOVE_ZERO = _lazy("A price is above zero.")
KEYS = ("variant", "currency", "price_list", "min_quantity")


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What names a price (variant, currency, list, quantity) stays as it is once it is there."""

    sku = forms.CharField(label=_lazy("SKU"), widget=UnfoldAdminTextInputWidget)
    price = forms.DecimalField(
        label=_lazy("Price"), min_value=0, max_digits=15, widget=UnfoldAdminDecimalFieldWidget,
        error_messages={"min_value": _ABOVE_ZERO},
    )  # fmt: skip
    sale_price = forms.DecimalField(
        label=_lazy("Sale price"), required=False, min_value=0, max_digits=15, widget=UnfoldAdminDecimalFieldWidget,
        error_messages={"min_value": _ABOVE_ZERO},
    )  # fmt: skip

    class Meta:
        model = Price
        fields = ["currency", "price_list", "min_quantity", "sale_starts_at", "sale_ends_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if "price_list" in self.fields:
            self.fields["price_list"].help_text = _("“default” is everybody's; else that of a customer group.")
            self.initial.setdefault("currency", settings.DEFAULT_CURRENCY)
        if row._state.adding:
            return
        self.fields.pop("sku", None)
        self.initial["price"] = Money(row.amount_minor, row.currency).decimal
        if row.sale_minor is not None:
            self.initial["sale_price"] = Money(row.sale_minor, row.currency).decimal

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "sku" in data:
            data["variant_id"] = selectors.variant_of(sku=data["sku"].strip())
            if data["variant_id"] is None:
                self.add_error("sku", _("Nothing is sold under this SKU."))
        else:
            data["variant_id"] = self.instance.variant_id
        row = self.instance
        currency = str(data.get("currency") or row.currency or "").upper()
        data |= {
            "currency": currency,
            "price_list": data.get("price_list") or row.price_list,
            "min_quantity": data.get("min_quantity", row.min_quantity),
        }
        for name in ("price", "sale_price"):
            if data.get(name) is not None:
                if name in self.changed_data and not data[name]:
                    self.add_error(name, _ABOVE_ZERO)
                    continue
                data[name] = self._money(name, data[name], currency)
        if data["min_quantity"] == 0:
            self.add_error("min_quantity", _("A price counts from 1 unit or more."))
        if not self.errors:
            self._check(data)
        return data

    def _money(self, name: str, amount: Any, currency: str) -> Money | None:
        try:
            most = Money(MAX_MINOR, currency)
            if amount > most.decimal:
                self.add_error(name, _("At most %(most)s.") % {"most": most.format()})
                return None
            return Money.of(amount.normalize(), currency)
        except BadAmount as problem:
            self.add_error(name, str(problem))
            return None

    def _check(self, data: dict[str, Any]) -> None:
        dates = (data.get("sale_starts_at"), data.get("sale_ends_at"))
        if dates[0] and dates[1] and dates[1] <= dates[0]:
            self.add_error("sale_ends_at", _("A sale ends after it starts."))
            return
        try:
            prices.check(data["price"], data.get("sale_price"), *dates, data["min_quantity"])
        except prices.BadPrice as problem:
            self.add_error("sale_price", str(problem))
        kinds = ProductType.objects.filter(products__variants=data["variant_id"])
        for name in ("price", "sale_price"):
            try:
                prices.check_card(kinds.values_list("tax_class", flat=True)[0], data.get(name))
            except prices.BadPrice as problem:
                self.add_error(name, str(problem))
        same = Price.objects.filter(**{name: data[name] for name in KEYS[1:]}, variant_id=data["variant_id"])
        if self.instance._state.adding and same.exists():
            self.add_error("sku", _("It has such a price already."))
