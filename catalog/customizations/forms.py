"""What a product asks, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.customizations import rules, wording
from catalog.customizations.rules import Field
from shop.core import formats
from shop.core.money import Money

PREFIX = "custom"


class AnswerField(forms.Field):
    """One thing that is asked; what is answered is checked by the rules."""

    def __init__(self, asked: Field, *, currency: str) -> None:
        self.asked = asked
        price = Money(asked.price_minor, currency)
        told = {"name": asked.name, "price": formats.money(price)}
        label = _("%(name)s (+ %(price)s)") % told if price else asked.name
        super().__init__(label=label, required=asked.is_required, help_text=asked.help_text, widget=_widget(asked))

    def clean(self, value: Any) -> Any:
        answers = rules.answers([self.asked], {self.asked.code: value})
        for problem in answers.problems.values():
            raise forms.ValidationError(wording.sentence(problem, self.asked), code=problem.value)
        return answers.values.get(self.asked.code)


class CustomizationsForm(forms.Form):
    """What a product asks of who buys it in `currency`, with what was answered so far."""

    def __init__(self, asked: Sequence[Field], *, currency: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=data, prefix=PREFIX, use_required_attribute=True)
        for one in asked:
            self.fields[one.code] = AnswerField(one, currency=currency)

    def clean(self) -> dict[str, Any]:
        """What is missing beside other answers."""
        cleaned = super().clean() or self.cleaned_data
        asked = [one.asked for one in self.fields.values() if isinstance(one, AnswerField)]
        found = rules.answers(asked, {code: value for code, value in cleaned.items() if value is not None})
        for one in asked:
            problem = found.problems.get(one.code)
            if problem and one.code not in self.errors:
                self.add_error(one.code, forms.ValidationError(wording.sentence(problem, one), code=problem.value))
        return cleaned


def _widget(asked: Field) -> forms.Widget:
    attrs = {"autocomplete": "off", "data-testid": f"custom-{asked.code}"}
    if asked.kind == rules.BOOLEAN:
        return forms.CheckboxInput(attrs=attrs)
    if asked.kind == rules.CHOICE:
        return forms.Select(
            attrs=attrs, choices=[("", pgettext("choose one", "Choose …")), *((one, one) for one in asked.choices)]
        )
    if asked.kind == rules.DATE:
        return forms.DateInput(attrs={**attrs, "type": "date", "min": asked.earliest, "max": asked.latest})
    attrs["maxlength"] = str(asked.max_length)
    if asked.kind == rules.LONG:
        return forms.Textarea(attrs={**attrs, "rows": "3"})
    return forms.EmailInput(attrs=attrs) if asked.kind == rules.EMAIL else forms.TextInput(attrs=attrs)


def given(data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in what was posted, by code."""
    start = f"{PREFIX}-"
    return {name.removeprefix(start): str(value) for name, value in data.items() if name.startswith(start)}


def hidden(values: Mapping[str, rules.Value]) -> list[dict[str, Any]]:
    """Answers as hidden fields `{name, value}` that `given` reads again."""
    return [{"name": f"{PREFIX}-{code}", "value": "on" if value is True else value} for code, value in values.items()]
