"""Translations beside the original on a merchant's page: a part for each language, which says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import StackedInline

from catalog.products import translating
from catalog.translations import selectors as translations
from catalog.translations.models import DESCRIPTION, BrandTranslation, CategoryTranslation, ProductTranslation
from shop.core import languages

_SHOWN = 200  # characters of the original
_OF_NAME = {"seo_title", "seo_description"}  # which in the original would stand in the way of a translated name


class TranslationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The texts of one thing in one language, which a hidden field names."""

    language = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        fields = ["language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "description" in self.fields:
            self.fields["description"] = forms.CharField(
                max_length=DESCRIPTION, required=False, widget=self.fields["description"].widget,
                label=self.fields["description"].label,
            )  # fmt: skip

    def clean_language(self) -> str:
        code = str(self.cleaned_data["language"] or self.instance.language)
        if code not in translations.others():
            raise forms.ValidationError(_("The shop has no such language."))
        return code

    def has_changed(self) -> bool:
        """Whether there is a text to be kept or removed."""
        return any(name != "language" for name in self.changed_data)

    def name_after(self, original: Any, code: str) -> None:
        """Say what language this is, what the original says, and what is missing."""
        called = dict(languages.named())[code]
        for name, field in self.fields.items():
            text = Truncator(getattr(original, name, "") or "").chars(_SHOWN) if name != "language" else ""
            field.label = f"{field.label} – {called}"
            if text and name in _OF_NAME and self.initial.get("name") and not self.initial.get(name):
                field.help_text = _("Empty: made of name and description. Original: “%(text)s”") % {"text": text}
            elif text and not self.initial.get(name):
                field.help_text = _("Missing. Shoppers read: “%(text)s”") % {"text": text}
            elif text:
                field.help_text = _("Original: “%(text)s”") % {"text": text}
            if name != "language":
                field.widget.attrs |= {"lang": code, "dir": "auto"}


class TranslationFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """A form for every other language of the shop: first those that are there."""

    write: Callable[..., bool]
    form: type[TranslationForm]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = {row.language for row in self.get_queryset()}
        missing = [code for code in translations.others() if code not in there]
        self.extra = len(missing)
        self.initial_extra = [{"language": code} for code in missing]

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:  # type: ignore[type-arg]
        super().add_fields(form, index)
        code = form.instance.language or form.initial.get("language", "")
        if isinstance(form, TranslationForm) and code in translations.others():
            form.name_after(self.instance, code)

    def clean(self) -> None:
        super().clean()
        given = [form.cleaned_data.get("language") for form in self.forms if form.has_changed()]
        if len(set(given)) < len(given):
            raise forms.ValidationError(_("Each language is there once."))

    def keep(self, by: str) -> None:
        """Write what was changed."""
        for form in self.forms:
            if form.has_changed():
                texts = {name: form.cleaned_data[name] or "" for name in form.changed_data if name != "language"}
                type(self).write(self.instance.pk, form.cleaned_data["language"], texts, by)


class _ProductFormSet(TranslationFormSet):
    @staticmethod
    def write(key: Any, language: str, texts: dict[str, str], by: str) -> bool:
        return translating.translate_product(product_id=key, language=language, texts=texts, by=by)


class _CategoryFormSet(TranslationFormSet):
    @staticmethod
    def write(key: Any, language: str, texts: dict[str, str], by: str) -> bool:
        return translating.translate_category(category_id=key, language=language, texts=texts, by=by)


class _BrandFormSet(TranslationFormSet):
    @staticmethod
    def write(key: Any, language: str, texts: dict[str, str], by: str) -> bool:
        return translating.translate_brand(brand_id=key, language=language, texts=texts, by=by)


class _TranslationInline(StackedInline):  # type: ignore[misc]
    form = TranslationForm
    verbose_name_plural = _lazy("Translations")
    fields = ["language", "name", "description", "seo_title", "seo_description"]
    can_delete = False  # a translation without a text is none
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(language__in=translations.others())  # type: ignore[no-any-return]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        most = len(translations.others())
        return super().get_formset(request, obj, **{**kwargs, "max_num": most, "absolute_max": most})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(translations.others()) and super().has_add_permission(request, obj)


class ProductTranslationInline(_TranslationInline):
    model, formset = ProductTranslation, _ProductFormSet


class CategoryTranslationInline(_TranslationInline):
    model, formset = CategoryTranslation, _CategoryFormSet


class BrandTranslationInline(_TranslationInline):
    model, formset = BrandTranslation, _BrandFormSet
    fields = ["language", "description"]


class MissingFilter(admin.SimpleListFilter):
    """What has no name in a language of the shop."""

    title = _lazy("translation missing")
    parameter_name = "untranslated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, name) for code, name in languages.named() if code in translations.others()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in translations.others():
            return queryset
        kind = str(queryset.model._meta.model_name)
        tables: dict[str, Any] = {"product": ProductTranslation, "category": CategoryTranslation}
        there = tables[kind].objects.filter(**{kind: OuterRef("pk")}, language=self.value())
        return queryset.exclude(Exists(there.exclude(name="")))
