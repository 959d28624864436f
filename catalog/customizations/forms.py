"""What a product asks, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.customizations import rules, wording
from catalog.customizations.rules import Field
from shop.core.money import Money

PREFIX = "custom"


class AnswerField(forms.Field):
    """One thing that is asked; what is answered is checked by the rules."""

    def __init__(self, asked: Field, *, currency: str) -> None:
        self.asked = asked
        price = Money(asked.price_minor, currency)
        label = _("%(name)s (+ %(price)s)") % {"name": asked.name, "price": price.format()} if price else asked.name
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


def _widget(asked: Field) -> forms.Widget:
    attrs = {"autocomplete": "off", "data-testid": f"custom-{asked.code}"}
    if asked.kind == rules.BOOLEAN:
        return forms.CheckboxInput(attrs=attrs)
    if asked.kind == rules.CHOICE:
        return forms.Select(
            attrs=attrs, choices=[("", pgettext("choose one", "Choose …")), *((one, one) for one in asked.choices)]
        )
    return forms.TextInput(attrs={**attrs, "maxlength": str(asked.max_length)})


def given(data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in what was posted, by code."""
    start = f"{PREFIX}-"
    return {name.removeprefix(start): str(value) for name, value in data.items() if name.startswith(start)}


def hidden(values: Mapping[str, rules.Value]) -> list[dict[str, Any]]:
    """Answers as hidden fields `{name, value}` that `given` reads again."""
    return [{"name": f"{PREFIX}-{code}", "value": "on" if value is True else value} for code, value in values.items()]
