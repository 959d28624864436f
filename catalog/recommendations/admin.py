"""The table of related products inside a product's admin page (named in the setting PRODUCT_TABLES)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import TabularInline

from catalog.products.forms import Picker
from catalog.products.models import Product
from catalog.recommendations import picks
from catalog.recommendations.models import HandPicked


class NamedPicker(Picker):
    """A choice that is searched for, of which the present one's name is known: no query for each row."""

    known: dict[str, str] = {}

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        if [key for key in value if key not in self.known]:
            return super().optgroups(name, value, attr)
        options = [self.create_option(name, key, self.known[key], selected=True, index=0) for key in value]
        return [(None, options, 0)]


class PickedForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.other_id:
            widget: Any = self.fields["other"].widget
            getattr(widget, "widget", widget).known = {str(self.instance.other_id): str(self.instance.other)}


class PickedFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Other products, each once."""

    def clean(self) -> None:
        super().clean()
        seen = {self.instance.pk}
        for form in self.forms:
            other = getattr(form, "cleaned_data", {}).get("other")
            if other is None or form in self.deleted_forms:
                continue
            if other.pk in seen:
                is_itself = other.pk == self.instance.pk
                form.add_error("other", _("This is the product itself.") if is_itself else _("It is there already."))
            seen.add(other.pk)

    def keep(self, by: str) -> None:
        """Save what the table says, by position; rows with the same one as they stand, new ones (0) at the end."""
        rows = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data.get("other")]
        rows.sort(key=lambda form: form.cleaned_data.get("position") or picks.MOST + 1)
        others = [form.cleaned_data["other"].pk for form in rows]
        picks.pick(product_id=self.instance.pk, others=others, by=by)


class HandPickedInline(TabularInline):  # type: ignore[misc]
    model = HandPicked
    fk_name = "product"
    form, formset = PickedForm, PickedFormSet
    fields = ["other", "position"]
    extra = 0
    hide_title = True
    tab = True
    verbose_name_plural = _lazy("related products")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "other":
            kwargs["widget"] = NamedPicker(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandPicked]:
        return super().get_queryset(request).select_related("other")  # type: ignore[no-any-return]

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs, max_num=picks.MOST, absolute_max=picks.MOST)

    def has_add_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return bool(request.user.has_perm("catalog.change_product"))

    has_change_permission = has_delete_permission = has_view_permission = has_add_permission
