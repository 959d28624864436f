"""The word list: what names and values are in each language, and which the shop uses that are not in it yet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.translations import selectors, services
from catalog.translations.models import TERM, Term
from shop.core import languages, requests

SAID = "said-"  # of the field for each language


class TermForm(forms.ModelForm):  # type: ignore[type-arg]
    """A word with a field for each language; made by `term_form`."""

    class Meta:
        model = Term
        fields = ["text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in selectors.others():
            self.initial[f"{SAID}{code}"] = self.instance.translations.get(code, "")

    def said(self) -> dict[str, str]:
        """The words by language, "" for none."""
        return {code: self.cleaned_data[f"{SAID}{code}"] for code in selectors.others()}


def term_form() -> type[TermForm]:
    """The form with a field for each language of the shop."""
    fields = {
        f"{SAID}{code}": forms.CharField(
            label=name, required=False, max_length=TERM,
            widget=UnfoldAdminTextInputWidget(attrs={"lang": code, "dir": "auto"}),
        )
        for code, name in languages.named()
        if code in selectors.others()
    }  # fmt: skip
    return type("TermForm", (TermForm,), {**fields, "__module__": __name__})


class LacksFilter(admin.SimpleListFilter):
    """Words that have none in a language."""

    title = _lazy("translation missing")
    parameter_name = "untranslated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, name) for code, name in languages.named() if code in selectors.others()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Term]) -> QuerySet[Term]:
        if self.value() not in selectors.others():
            return queryset
        return queryset.exclude(Q(translations__has_key=self.value()))


@admin.register(Term)
class TermAdmin(ModelAdmin):  # type: ignore[misc]
    search_fields = ["text", "translations"]
    list_filter = [LacksFilter]
    list_per_page = 100
    actions = ["forget"]
    actions_list = ["find"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["text", *(_column(code, name) for code, name in languages.named() if code in selectors.others())]

    def get_form(self, request: HttpRequest, obj: Term | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{**kwargs, "form": term_form()})

    def get_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return ["text", *(f"{SAID}{code}" for code in selectors.others())]

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return ["text"] if obj else []  # another word is another row

    def has_delete_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        return False  # by the action below, which tells

    @action(description=_lazy("Take out of the list"), permissions=["change"])
    def forget(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        for text in queryset.values_list("text", flat=True):
            services.forget_term(text=text, by=requests.actor(request))

    @action(description=_lazy("Find words in use"), permissions=["change"])
    def find(self, request: HttpRequest) -> HttpResponse:
        """Put what the shop says and the list does not have into the list, to be translated."""
        count = services.collect(by=requests.actor(request))
        text = ngettext("%(count)d word was added.", "%(count)d words were added.", count) % {"count": count}
        messages.success(request, text if count else _("All words in use are in the list."))
        return HttpResponseRedirect(reverse("admin:catalog_term_changelist"))

    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        services.save_term(text=obj.text, translations=form.said(), by=requests.actor(request))
        kept = Term.objects.get(text=obj.text)
        obj.pk, obj.translations = kept.pk, kept.translations
        obj._state.adding = False


def _column(code: str, name: str) -> Any:
    @display(description=name)
    def said(term: Term) -> str:
        text = term.translations.get(code)
        return format_html('<span lang="{}" dir="auto">{}</span>', code, text) if text else "–"

    return said
