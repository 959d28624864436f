"""Fields of forms that are not the shop's own."""

from django import forms
from django.template import engines


class _Form(forms.Form):
    email = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": "E-mail", "autocomplete": "email"}))


def test_a_field_does_not_say_its_label_twice_and_keeps_the_rest() -> None:
    template = engines["django"].from_string("{% load fields %}{{ form.email|without_placeholder }}")
    shown = template.render({"form": _Form()})
    assert "placeholder" not in shown
    assert 'autocomplete="email"' in shown
    assert "placeholder" in str(_Form()["email"])  # another form's fields are as they were
