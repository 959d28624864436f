"""Promotions and coupons as merchants type them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from cart.promotions import reading, typed
from cart.promotions.kinds.table import KINDS
from cart.promotions.models import Promotion
from cart.promotions.rules import Lane
from cart.shipping import selectors as deliveries
from catalog.products import selectors as products
from shop.accounts import selectors as accounts

_AMOUNTS = _("By currency: 5.00 USD, 4.50 EUR.")
_PERCENT = _("From 0.01 to 100, with at most two digits after the point.")
_LINES = {"rows": 3, "cols": 60}

# Of each kind, the fields that are its terms.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "percent": ("percent", "most_off"),
    "amount": ("amounts",),
    "fixed_price": ("prices",),
    "buy_get": ("buy", "get", "percent", "bought", "most_times"),
    "cheapest_free": ("of", "free", "is_repeated"),
    "bundle_price": ("prices", "set_size", "parts", "most_times"),
    "gift": ("gift", "gift_units", "per", "most_gifts"),
    "tiers": ("steps",),
    "free_shipping": (),
}


_TEXTS = ("most_off", "amounts", "prices", "bought", "parts", "steps", "gift")
_NUMBERS = ("most_times", "buy", "get", "of", "free", "set_size", "gift_units", "per", "most_gifts")

_OF_CARTS = (
    "needs_code", "most_off", "minimum", "minimum_quantity", "countries", "groups", "channels", "is_first_order",
    "usage_limit", "customer_limit", "budget", "is_exclusive",
)  # fmt: skip


class PromotionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms as fields, of which those of the kind count. What makes no sense is refused at its field."""

    percent = forms.DecimalField(
        label=_("Percent off"), required=False, max_digits=5, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget,
        error_messages=dict.fromkeys(("max_digits", "max_decimal_places", "max_whole_digits"), _PERCENT),
    )  # fmt: skip
    most_off = forms.CharField(
        label=_("At most"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_AMOUNTS
    )
    amounts = forms.CharField(
        label=_("Amount off"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_AMOUNTS
    )
    prices = forms.CharField(label=_("Price"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_AMOUNTS)
    buy = forms.IntegerField(label=_("Units to buy"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget)
    get = forms.IntegerField(
        label=_("Units cheaper"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    bought = forms.CharField(
        label=_("What is to be bought"), required=False, widget=UnfoldAdminTextareaWidget(attrs=_LINES),
        help_text=_("As below; nothing: the same as what becomes cheaper."),
    )  # fmt: skip
    most_times = forms.IntegerField(
        label=_("At most so many times"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    of = forms.IntegerField(
        label=_("Of so many units"), required=False, min_value=2, widget=UnfoldAdminIntegerFieldWidget
    )
    free = forms.IntegerField(
        label=_("So many are free"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    is_repeated = forms.BooleanField(
        label=_("And again of as many more"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    set_size = forms.IntegerField(
        label=_("Units of a set"), required=False, min_value=2, widget=UnfoldAdminIntegerFieldWidget
    )
    parts = forms.CharField(
        label=_("Or parts of a set"), required=False, widget=UnfoldAdminTextareaWidget(attrs=_LINES),
        help_text=_("One a line: 2 x category: home/lamps."),
    )  # fmt: skip
    gift = forms.CharField(label=_("Gift"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("Its SKU."))
    gift_units = forms.IntegerField(
        label=_("Units of the gift"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    per = forms.IntegerField(
        label=_("For every so many units"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    most_gifts = forms.IntegerField(
        label=_("Gifts, at most"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    steps = forms.CharField(
        label=_("Steps"), required=False, widget=UnfoldAdminTextareaWidget(attrs=_LINES),
        help_text=_("One a line: 50.00 USD = 5 %, or 3 units = 10 %, or 100.00 USD = 15.00 USD."),
    )  # fmt: skip
    what_for = forms.CharField(
        label=_("For"), required=False, widget=UnfoldAdminTextareaWidget(attrs=_LINES),
        help_text=_(
            "One a line: category: home/lamps, brand: acme, product: SKU, variant: SKU, tag: sale, "
            "attribute: colour=red; “not ” before it takes it out. Nothing: everything."
        ),
    )  # fmt: skip
    minimum = forms.CharField(
        label=_("From so much on"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_AMOUNTS
    )
    minimum_quantity = forms.IntegerField(
        label=_("From so many units on"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    countries = forms.CharField(
        label=_("Countries"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("Delivered to: US, CA.")
    )
    groups = forms.MultipleChoiceField(
        label=_("Customer groups"), required=False, widget=UnfoldAdminSelectMultipleWidget,
        help_text=_("None chosen: everybody."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, widget=UnfoldAdminSelectMultipleWidget,
        choices=[("web", _("the shop's pages")), ("desk", _("orders made by staff"))],
        help_text=_("None chosen: all of them."),
    )  # fmt: skip
    deliveries = forms.MultipleChoiceField(
        label=_("Ways of delivery"), required=False, widget=UnfoldAdminSelectMultipleWidget,
        help_text=_("Of what is taken off the delivery. None chosen: all of them, express as well."),
    )  # fmt: skip
    is_first_order = forms.BooleanField(
        label=_("On a first order only"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    customer_limit = forms.IntegerField(
        label=_("Uses by one customer, at most"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    budget = forms.CharField(
        label=_("Costs, at most"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("5000.00 USD")
    )

    class Meta:
        model = Promotion
        fields = [
            "name", "note", "status", "lane", "kind", "needs_code", "priority", "is_exclusive", "is_combinable",
            "starts_at", "ends_at", "usage_limit", "customer_limit",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None and row.terms is not None:
            kwargs["initial"] = {**typed.fields(row), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if "groups" in self.fields:
            self.fields["groups"].choices = accounts.group_names()  # type: ignore[attr-defined]
        if "deliveries" in self.fields:
            known = dict(reversed(deliveries.delivery_names().items()))
            gone = {code: code for code in self.initial.get("deliveries") or [] if code not in known}
            self.fields["deliveries"].choices = [*gone.items(), *known.items()]  # type: ignore[attr-defined]
        if "kind" in self.fields:
            self.fields["kind"].widget.attrs["data-kinds"] = json.dumps(FIELDS)
            self.fields["lane"] = forms.ChoiceField(
                label=_("Taken off"), choices=Promotion.Lane.choices, initial=Lane.ORDER,
                widget=UnfoldAdminSelectWidget,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, lane = str(data.get("kind")), data.get("lane")
        if kind in KINDS and lane and Lane(lane) not in KINDS[kind][1]:
            self.add_error("lane", _("This kind cannot be taken off there."))
        if lane == Lane.CATALOGUE:
            self._check_listed(data)
        if lane != Lane.SHIPPING and data.get("deliveries"):
            self.add_error("deliveries", _("Only of what is taken off the delivery."))
        self._check_limits(data)
        self.instance.scope = self._read("what_for", lambda: typed.scope(data.get("what_for") or "", "what_for"))
        self.instance.conditions = self._read("minimum", lambda: _conditions(data))
        self.instance.terms = self._read("kind", lambda: _terms(kind, data))
        budget = self._read("budget", lambda: typed.amounts(data.get("budget") or "", "budget"))
        if len(budget) > 1:
            self.add_error("budget", _("One amount of one currency."))
        self.instance.budget_currency, self.instance.budget_minor = next(iter(budget.items()), ("", None))
        return data

    def _check_limits(self, data: Mapping[str, Any]) -> None:
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end is before the start."))

    def _check_listed(self, data: Mapping[str, Any]) -> None:
        """Lists show the same to everybody, and know no cart."""
        for field in [field for field in _OF_CARTS if data.get(field)]:
            self.add_error(field, _("Not of prices in lists: there is no cart yet."))
        if not self.instance._state.adding and self.instance.coupons.exists():
            self.add_error("lane", _("It has coupons, which are for carts."))

    def _read(self, field: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return read()
        except reading.BadTerms as error:
            own = {"most": "most_times", "quantity": "set_size", "variant": "gift"}.get(error.field, error.field)
            own = own if own in self.fields else field
            if own not in self.errors:  # else it is not read, and that has been said
                self.add_error(own, _("Wanted: %(what)s.") % {"what": error.needed})
            return {}


def _terms(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as stored, read once so that they are known to make sense. Raises `BadTerms`."""
    text = {name: data.get(name) or "" for name in _TEXTS}
    number = {name: data.get(name) or 0 for name in _NUMBERS}
    percent = None if data.get("percent") is None else str(data["percent"])
    most = {"most": number["most_times"]}
    every: dict[str, Callable[[], dict[str, Any]]] = {
        "percent": lambda: {"percent": percent, "most": typed.amounts(text["most_off"], "most_off")},
        "amount": lambda: {"amounts": typed.amounts(text["amounts"], "amounts")},
        "fixed_price": lambda: {"prices": typed.amounts(text["prices"], "prices")},
        "buy_get": lambda: {
            "buy": number["buy"],
            "get": number["get"] or 1,
            "percent": percent or "100",
            "bought": typed.scope(text["bought"], "bought"),
            **most,
        },
        "cheapest_free": lambda: {
            "of": number["of"],
            "free": number["free"] or 1,
            "is_repeated": bool(data.get("is_repeated")),
        },
        "bundle_price": lambda: {
            "prices": typed.amounts(text["prices"], "prices"),
            "quantity": number["set_size"],
            "parts": typed.parts(text["parts"]),
            **most,
        },
        "gift": lambda: {
            "variant": str(products.variant_of(sku=text["gift"]) or "") if text["gift"] else "",
            "quantity": number["gift_units"] or 1,
            "per": number["per"],
            "most": number["most_gifts"],
        },
        "tiers": lambda: {"steps": typed.steps(text["steps"])},
        "free_shipping": dict,
    }
    found = every.get(kind, dict)()
    reading.kind(kind, found)
    return found


def _conditions(data: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "minimum": typed.amounts(data.get("minimum") or "", "minimum"),
        "minimum_quantity": data.get("minimum_quantity") or 0,
        "countries": typed.countries(data.get("countries") or ""),
        "groups": sorted(data.get("groups") or []),
        "channels": sorted(data.get("channels") or []),
        "deliveries": sorted(data.get("deliveries") or []),
        "is_first_order": bool(data.get("is_first_order")),
    }
    reading.conditions(found)
    return {name: value for name, value in found.items() if value}
