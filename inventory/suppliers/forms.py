"""What a merchant says of suppliers, orders and deliveries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from inventory.stock import selectors as stock
from inventory.suppliers import rules, selectors, services
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierItem
from shop.core.money import BadAmount, Money, exponent


class SupplierForm(forms.ModelForm):
    class Meta:
        model = Supplier
        fields = ["name", "email", "currency", "lead_time_days", "is_active"]

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        try:
            exponent(code)
        except BadAmount:
            raise forms.ValidationError(_("Enter the three letters of a currency, as EUR.")) from None
        return code


class ItemForm(forms.ModelForm):
    """A row named by SKU, with a price in `currency`."""

    cost = forms.DecimalField(
        label=_lazy("Unit cost"), min_value=0, max_digits=14, decimal_places=4, required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip
    currency = ""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["cost"].help_text = currency
        if not self.instance._state.adding:
            self.initial["cost"] = Money(self.instance.cost_minor, currency).decimal

    def clean_sku(self) -> str:
        """The SKU as the stock spells it; its variant goes to the row."""
        sku = self.cleaned_data["sku"].strip()
        variant_id = stock.variants_of_skus([sku]).get(sku)
        if variant_id is None:
            raise forms.ValidationError(_("Nothing in stock has the SKU %(sku)s.") % {"sku": sku})
        self.instance.variant_id = variant_id
        return stock.skus_of([variant_id])[variant_id]

    def clean_cost(self) -> Decimal | None:
        cost: Decimal | None = self.cleaned_data["cost"]
        try:
            self.instance.cost_minor = Money.of(cost or 0, self.currency).minor
        except BadAmount:
            raise forms.ValidationError(_("That is no amount of %(code)s.") % {"code": self.currency}) from None
        return cost


class SupplierItemForm(ItemForm):
    class Meta:
        model = SupplierItem
        fields = ["sku", "supplier_sku", "pack_size", "minimum", "priority"]


class LineForm(ItemForm):
    ordered = forms.IntegerField(
        label=_lazy("Units"), min_value=1, max_value=rules.MAX_UNITS, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        model = PurchaseOrderLine
        fields = ["sku", "ordered"]


class ItemFormSet(BaseInlineFormSet):
    """Rows below a supplier or a purchase order; each variant once."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "currency": self.currency()}

    def currency(self) -> str:
        return self.instance.currency or settings.DEFAULT_CURRENCY

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.kept():
            if form.instance.variant_id in seen:
                form.add_error("sku", _("It is here twice."))
            seen.add(form.instance.variant_id)

    def kept(self) -> list[Any]:
        """The valid rows that are not empty and not to be deleted."""
        return [form for form in self.forms if form.cleaned_data.get("sku") and not form.cleaned_data.get("DELETE")]


class LineFormSet(ItemFormSet):
    def currency(self) -> str:
        supplier = Supplier.objects.filter(pk=self.instance.supplier_id).first() if self.instance.supplier_id else None
        return supplier.currency if supplier else settings.DEFAULT_CURRENCY

    def wanted(self) -> list[services.Wanted]:
        """The lines to be. Without a price of its own, a line has the one that the supplier offers."""
        kept = self.kept()
        offers = selectors.offers(self.instance.supplier_id, [form.instance.variant_id for form in kept])
        return [self._line(form, offers.get(form.instance.variant_id)) for form in kept]

    def _line(self, form: Any, offer: SupplierItem | None) -> services.Wanted:
        is_priced = form.cleaned_data["cost"] is not None
        return services.Wanted(
            variant_id=form.instance.variant_id,
            sku=form.cleaned_data["sku"],
            quantity=form.cleaned_data["ordered"],
            cost_minor=form.instance.cost_minor if is_priced or offer is None else offer.cost_minor,
            supplier_sku=offer.supplier_sku if offer else "",
        )


class ReceiveForm(forms.Form):
    """How many units of each line have come."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    note = forms.CharField(
        label=_lazy("Delivery note"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    is_more_confirmed = forms.BooleanField(
        label=_lazy("More came than was ordered, and I have counted it twice"), required=False
    )

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", str(uuid4()))
        self.lines = list(order.lines.all())
        for line in self.lines:
            self.fields[f"units-{line.pk}"] = forms.IntegerField(
                label=line.sku,
                min_value=0,
                max_value=rules.MAX_UNITS,
                required=False,
                initial=line.outstanding,
                widget=UnfoldAdminIntegerFieldWidget,
            )

    def rows(self) -> list[tuple[PurchaseOrderLine, Any]]:
        """Each line with its field."""
        return [(line, self[f"units-{line.pk}"]) for line in self.lines]

    def quantities(self) -> dict[UUID, int]:
        return {line.pk: self.cleaned_data.get(f"units-{line.pk}") or 0 for line in self.lines}
