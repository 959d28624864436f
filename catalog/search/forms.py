"""Forms of the search's admin pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from catalog.search import curations, rules, selectors
from catalog.search.models import Curation, Ranking, StopWord, Synonym

_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")  # no other host, no backslash, no space


class SynonymForm(forms.ModelForm):  # type: ignore[type-arg]
    """At least two different forms, separated by commas; kept as they are read."""

    class Meta:
        model = Synonym
        fields = ("words", "is_active")

    def clean_words(self) -> str:
        forms_ = [" ".join(rules.words(part)) for part in self.cleaned_data["words"].split(",")]
        kept = list(dict.fromkeys(form for form in forms_ if form))
        if len(kept) < 2:
            raise forms.ValidationError(_("Two words at least, separated by a comma: laptop, notebook"))
        too_long = [form for form in kept if len(form.split()) > curations.MOST_SYNONYM_WORDS]
        if too_long:
            raise forms.ValidationError(
                _("“%(form)s” has more than %(most)s words.")
                % {"form": too_long[0], "most": curations.MOST_SYNONYM_WORDS}
            )
        return ", ".join(kept)


class StopWordForm(forms.ModelForm):  # type: ignore[type-arg]
    """One word."""

    class Meta:
        model = StopWord
        fields = ("word",)

    def clean_word(self) -> str:
        words = rules.words(self.cleaned_data["word"])
        if len(words) != 1:
            raise forms.ValidationError(_("One word, of letters and digits."))
        return words[0]


class CurationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Words that no other curated search has, and a page of this shop."""

    class Meta:
        model = Curation
        fields = ("words", "redirect_url", "is_active")

    def clean_words(self) -> str:
        key = curations.key(self.cleaned_data["words"])
        if not key:
            raise forms.ValidationError(_("There is no word in it."))
        if Curation.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This search is curated already, perhaps with its words in another order."))
        self.instance.key = key
        return str(self.cleaned_data["words"])

    def clean_redirect_url(self) -> str:
        url = str(self.cleaned_data["redirect_url"]).strip()
        if url and not _PATH.fullmatch(url):
            raise forms.ValidationError(_("A page of this shop, which begins with one slash: /categories/sale/"))
        if url and not selectors.is_there(url):
            raise forms.ValidationError(_("There is no such page in this shop."))
        return url

    def clean(self) -> dict[str, Any] | None:
        """No search leads to one that leads on."""
        cleaned = super().clean()
        url, key = self.cleaned_data.get("redirect_url"), self.instance.key
        if not (url and key and "words" in self.cleaned_data):
            return cleaned
        others = Curation.objects.exclude(pk=self.instance.pk).exclude(redirect_url="")
        on = curations.searched_by(url)
        if on and (curations.key(on) == key or others.filter(key=curations.key(on)).exists()):
            self.add_error("redirect_url", _("The search for “%(words)s” leads elsewhere itself.") % {"words": on})
        for other in others.filter(redirect_url__startswith="/products/?"):
            if curations.key(curations.searched_by(other.redirect_url)) == key:
                text = _("The search for “%(words)s” leads to this one, which must not lead on.")
                self.add_error("redirect_url", text % {"words": other.words})
        return cleaned


class PinnedFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Products, each once."""

    def clean(self) -> None:
        super().clean()
        seen: set[Any] = set()
        for form in self.forms:
            product = getattr(form, "cleaned_data", {}).get("product")
            if product is None or form in self.deleted_forms:
                continue
            if product.pk in seen:
                form.add_error("product", _("It is there already."))
            seen.add(product.pk)


class RankingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Weights from 0 to 10."""

    class Meta:
        model = Ranking
        exclude: Sequence[str] = ()
