"""What a shopper enters about what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.orders import lines as order_lines
from checkout.returns import rules, wishes, wording
from checkout.returns.models import Condition, Destination, Reason
from checkout.returns.selectors import Returnable
from checkout.returns.services import Wanted
from shop.core import db
from shop.core.fields import LineField, PhotosField
from shop.core.money import Money


class RequestForm(forms.Form):
    """Units, reason and condition of each line that may come back, and what the shopper wants for it."""

    wish = forms.ChoiceField(label=gettext_lazy("What would you like?"), widget=forms.RadioSelect, initial="original")
    comment = forms.CharField(
        label=gettext_lazy("Anything we should know?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    photos = PhotosField(label=gettext_lazy("Photos"), required=False)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Returnable],
        has_account: bool,
        differences: Mapping[UUID, Mapping[UUID, Money]] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._differences = differences
        self.initial.setdefault("key", str(db.uuid7()))
        self.rows = [row for row in rows if row.units]
        self._others = [row for row in rows if not row.units]
        self.can_exchange = any(row.exchanges for row in self.rows)
        swap = wishes.exchange(
            has_same=any(row.line.variant_id in row.exchanges for row in self.rows),
            has_other=any(set(row.exchanges) - {row.line.variant_id} for row in self.rows),
        )
        self.fields["wish"].choices = [  # type: ignore[attr-defined]
            (value, swap if value == Destination.EXCHANGE else label)
            for value, label in Destination.choices
            if (value != Destination.STORE_CREDIT or has_account)
            and (value != Destination.EXCHANGE or self.can_exchange)
        ]
        for row in self.rows:
            self._add(row)

    def _add(self, row: Returnable) -> None:
        key = row.line.pk.hex
        self.fields[f"units_{key}"] = forms.TypedChoiceField(
            label=_("How many?"), coerce=int, empty_value=0, required=False,  # type: ignore[arg-type]
            choices=[(n, str(n)) for n in range(row.units + 1)],
            error_messages={"invalid_choice": wording.too_many(row.line.name, row.units, shipped=row.shipped)},
        )  # fmt: skip
        choose = [("", _("Choose"))]
        self.fields[f"reason_{key}"] = forms.ChoiceField(
            label=_("Why?"), choices=[*choose, *Reason.choices], required=False
        )
        self.fields[f"condition_{key}"] = forms.ChoiceField(
            label=_("In which condition is it?"), choices=[*choose, *Condition.choices], required=False
        )
        if row.exchanges:
            choices = [
                *choose,
                *((str(variant), self._told(row, variant, text)) for variant, text in row.exchanges.items()),
            ]
            self.fields[f"exchange_{key}"] = forms.ChoiceField(
                label=_("Exchange for"), choices=choices, required=False
            )  # fmt: skip

    def _told(self, row: Returnable, variant_id: UUID, options: str) -> str:
        """A variant with what it would come to."""
        more = self._differences.get(row.line.pk, {}).get(variant_id)
        return options if more is None else f"{options}, {wording.each(more)}"

    def parts(self, row: Returnable) -> list[Any]:
        """The bound fields of a line, in order."""
        names = [f"{name}_{row.line.pk.hex}" for name in ("units", "reason", "condition", "exchange")]
        return [self[name] for name in names if name in self.fields]

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or empty, what to mend) in the order of the page; several items have the same fields, so
        each is named with its item."""
        told = [("", str(error)) for error in self.non_field_errors()]
        for row in self.rows:
            options = order_lines.about(row.line)
            item = f"{row.line.name} ({options})" if options else row.line.name
            for field in self.parts(row):
                told += [(field.id_for_label, self._about(item, row, field, error)) for error in field.errors]
        told += [(self["wish"].subwidgets[0].id_for_label, str(error)) for error in self["wish"].errors]
        for name in ("comment", "photos"):
            told += [(self[name].id_for_label, f"{self[name].label}: {error}") for error in self[name].errors]
        return told + [("", str(error)) for error in self["key"].errors]

    def _about(self, item: str, row: Returnable, field: Any, error: str) -> str:
        if error.startswith(row.line.name):  # it names the item itself
            return error
        label = field.label if field.label[-1:] in "?？؟" else f"{field.label}:"
        return f"{item}: {label} {error}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self._others:  # it was possible when the page was opened
            if self.data.get(f"units_{row.line.pk.hex}", "0") not in ("", "0"):
                self.add_error(None, f"{row.line.name}: {row.objection}")
        chosen = [row for row in self.rows if cleaned.get(f"units_{row.line.pk.hex}")]
        if not chosen and not self.errors:
            self.add_error(None, _("Choose what you want to send back."))
        for row in chosen:
            key = row.line.pk.hex
            needed = ["reason", "condition"]
            if cleaned.get("wish") == Destination.EXCHANGE and row.exchanges:
                needed.append("exchange")
            for name in needed:
                if not cleaned.get(f"{name}_{key}") and f"{name}_{key}" not in self.errors:
                    self.add_error(f"{name}_{key}", _("Please choose."))
        self._check_wish(chosen)
        self._check_again(chosen)
        return cleaned

    def _check_again(self, chosen: Sequence[Returnable]) -> None:
        """The same is sent again for what was faulty or wrong; where no reason is given, that is asked for first."""
        given = self.cleaned_data
        for row in chosen if given.get("wish") == Destination.EXCHANGE else ():
            key = row.line.pk.hex
            is_same = given.get(f"exchange_{key}") == str(row.line.variant_id)
            if is_same and given.get(f"reason_{key}") and given[f"reason_{key}"] not in rules.AGAIN:
                self.add_error(f"exchange_{key}", wording.not_again(row.line.name))

    def _check_wish(self, chosen: Sequence[Returnable]) -> None:
        """What is chosen for the items and what is wanted in all must not contradict each other."""
        wish = self.cleaned_data.get("wish")
        has_variant = any(self.cleaned_data.get(f"exchange_{row.line.pk.hex}") for row in chosen)
        if wish and wish != Destination.EXCHANGE and has_variant:
            self.add_error("wish", wording.not_wished())
        if wish == Destination.EXCHANGE and chosen and not has_variant:
            self.add_error("wish", wording.nothing_instead())

    def wanted(self) -> list[Wanted]:
        """What was chosen, as the service takes it."""
        return [self._wanted(row) for row in self.rows if self.cleaned_data.get(f"units_{row.line.pk.hex}")]

    def _wanted(self, row: Returnable) -> Wanted:
        given, key = self.cleaned_data, row.line.pk.hex
        swap = given.get(f"exchange_{key}")
        return Wanted(
            row.line.pk, given[f"units_{key}"], given[f"reason_{key}"], given[f"condition_{key}"],
            UUID(swap) if swap else None,
        )  # fmt: skip


class SentForm(forms.Form):
    """How to follow what was sent back."""

    note = LineField(label=gettext_lazy("Tracking number"), max_length=120, required=False)
