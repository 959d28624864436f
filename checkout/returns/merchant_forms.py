"""What the merchant enters about returns: rules, what has come, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.products import selectors as products
from catalog.products import tree
from checkout.returns import receiving, rules
from checkout.returns.models import Condition, Destination, ReturnLine, ReturnRule
from checkout.returns.services import Verdict
from inventory.stock import selectors as stock

OUTCOMES = {
    "restock": gettext_lazy("Back on the shelf"),
    "damaged": gettext_lazy("Damaged"),
    "wrong_item": gettext_lazy("Another item"),
    "lost": gettext_lazy("Lost on the way"),
    "short": gettext_lazy("Not in the parcel"),
}
_NOT_GIVEN_BACK = {"wrong_item", "short"}  # unless somebody says so


class RuleForm(forms.ModelForm):
    """A rule of the policy; the product is named by the SKU of one of its variants."""

    sku = forms.CharField(
        label=gettext_lazy("Only this product (SKU)"), max_length=255, required=False, widget=UnfoldAdminTextInputWidget
    )
    category_path = forms.ChoiceField(
        label=gettext_lazy("Only this category"), required=False, widget=UnfoldAdminSelectWidget
    )
    product_type = forms.ChoiceField(
        label=gettext_lazy("Only this product type"), required=False, widget=UnfoldAdminSelectWidget
    )
    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("Accepted conditions"), choices=Condition.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: any. Other conditions are for a person to decide."),
    )  # fmt: skip

    class Meta:
        model = ReturnRule
        fields = [
            "position", "is_active", "name", "category_path", "product_type", "is_final_sale", "window_days",
            "conditions", "approval", "label_paid_by", "refunds_delivery",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("all"))
        paths = [(node.url_path, node.url_path.replace("/", " / ")) for node in tree.tree().nodes]
        self.fields["category_path"].choices = _with(paths, everything, self.instance.category_path)  # type: ignore[attr-defined]
        kinds = products.product_types()
        self.fields["product_type"].choices = _with(kinds, everything, self.instance.product_type)  # type: ignore[attr-defined]
        if self.instance.product_id:
            self.fields["sku"].initial = products.sku_of(self.instance.product_id)

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        self.instance.product_id = products.product_of_sku(sku) if sku else None
        if sku and self.instance.product_id is None:
            raise forms.ValidationError(_("No product has this SKU."))
        return sku


def _with(choices: Iterable[tuple[str, str]], first: tuple[str, str], present: str) -> list[tuple[str, str]]:
    """What is stored stays choosable, also once the catalogue does not have it any more."""
    found = list(choices)
    kept = [(present, present)] if present and present not in dict(found) else []
    return [first, *found, *kept]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason, for the shopper"), max_length=500, widget=UnfoldAdminTextareaWidget
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget
    )  # fmt: skip


def _seen() -> forms.IntegerField:
    """How many steps the return had when the page was opened."""
    return forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class _PlaceForm(forms.Form):
    location = forms.ChoiceField(label=gettext_lazy("Where"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].choices = stock.locations()  # type: ignore[attr-defined]


class ScanForm(_PlaceForm):
    """One unit at a time, by the scanner: the field is empty and ready again after each."""

    code = forms.CharField(label=gettext_lazy("Scan an item"), max_length=255, widget=UnfoldAdminTextInputWidget)


class ReceiveForm(_PlaceForm):
    """How many units of each line have come."""

    seen = _seen()
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = []
        for line in lines:
            waiting = sum(receiving.is_receivable(unit) for unit in line.units.all())
            self.fields[line.pk.hex] = _units(line.order_line.name, waiting)
            self.rows.append((line, waiting, self[line.pk.hex]))

    def units(self) -> dict[UUID, int]:
        return {line.pk: self.cleaned_data.get(line.pk.hex) or 0 for line, _waiting, _field in self.rows}


class InspectForm(forms.Form):
    """What was found of each line's units, and whether their worth is given back."""

    seen = _seen()
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[dict[str, Any]] = []
        for line in lines:
            parts = [part for outcome in OUTCOMES if (part := self._part(line, outcome))]
            if parts:
                self.rows.append({"line": line, "parts": parts})

    def _part(self, line: ReturnLine, outcome: str) -> dict[str, Any] | None:
        units = [unit for unit in line.units.all() if not unit.fate]
        most = sum(unit.reception in receiving.OUTCOMES[outcome] for unit in units)
        if not most:
            return None
        number, choice = f"{outcome}_{line.pk.hex}", f"accept_{outcome}_{line.pk.hex}"
        self.fields[number] = _units(str(OUTCOMES[outcome]), most)
        is_likely = outcome not in _NOT_GIVEN_BACK and (outcome == "restock" or line.reason in rules.OURS)
        self.fields[choice] = forms.BooleanField(label=_("give back"), required=False, initial=is_likely)
        part = {"outcome": outcome, "label": OUTCOMES[outcome], "most": most, "units": self[number]}
        return part | {"accept": None if outcome == "short" else self[choice]}

    def verdicts(self) -> list[Verdict]:
        given = self.cleaned_data
        return [
            Verdict(
                row["line"].pk,
                part["outcome"],
                units,
                bool(given.get(f"accept_{part['outcome']}_{row['line'].pk.hex}")),
            )
            for row in self.rows
            for part in row["parts"]
            if (units := given.get(f"{part['outcome']}_{row['line'].pk.hex}") or 0)
        ]


class DecideForm(NoteForm):
    """Other words about units that were looked at and are not settled."""

    line = forms.ChoiceField(label=gettext_lazy("Item"), widget=UnfoldAdminSelectWidget)
    units = forms.IntegerField(
        label=gettext_lazy("Units"), min_value=1, max_value=10_000, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )
    is_accepted = forms.TypedChoiceField(
        label=gettext_lazy("Decision"), coerce=lambda text: text == "1",
        choices=[("1", gettext_lazy("Give back")), ("0", gettext_lazy("Refuse"))], widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    field_order = ["line", "units", "is_accepted", "note"]

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            (str(line.pk), f"{line.order_line.name} · {line.order_line.sku}") for line in lines
        ]


class SettleForm(forms.Form):
    """Where the worth goes, and what was seen of it."""

    to = forms.ChoiceField(choices=Destination.choices)
    seen = forms.CharField(max_length=64)


class FindForm(forms.Form):
    """A return's number, typed or scanned."""

    number = forms.CharField(max_length=40)


def _units(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=False, initial=0, widget=UnfoldAdminIntegerFieldWidget
    )
