"""Forms of the catalogue's admin pages: typed attributes, options in words, prices beside the variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import (
    DATETIME_CLASSES,
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.products import naming, picture_forms, pictures, prices, rules
from catalog.products.models import Attribute, Category, Price, Product, Variant
from shop.core.money import BadAmount, Money

ATTRIBUTE = "attribute:"
MEASURES = ("weight_grams", "length_mm", "width_mm", "height_mm")
ABOVE_ZERO = _lazy("A price is above zero; empty: not sold.")
NEW_ROWS = 50  # at once in one table
MAX_ATTRIBUTES = 80  # a page with more fields helps nobody; the rest is kept as it is


def attributes_of(product: Product | None) -> list[Attribute]:
    """The attributes worth a field: required ones, filters, and those the product has."""
    if product is None or product.product_type_id is None:
        return []
    rows = list(Attribute.objects.filter(product_type_id=product.product_type_id))
    wanted = [row for row in rows if row.is_required or row.is_filterable or row.code in product.attributes]
    return wanted[:MAX_ATTRIBUTES]


def attribute_field(row: Attribute) -> forms.Field:
    """The form field for one attribute."""
    label = f"{row.name} ({row.unit})" if row.unit else row.name
    common: dict[str, Any] = {"label": label, "required": row.is_required}
    if row.kind == Attribute.Kind.NUMBER:
        return forms.DecimalField(widget=UnfoldAdminDecimalFieldWidget(), **common)
    if row.kind == Attribute.Kind.DATE:
        return forms.DateField(widget=UnfoldAdminDateWidget(), **common)
    if row.kind in {Attribute.Kind.BOOLEAN, Attribute.Kind.CHOICE}:
        values = ["yes", "no"] if row.kind == Attribute.Kind.BOOLEAN else row.choices
        choices = [("", "—"), *((value, value) for value in values)]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget(), **common)
    return forms.CharField(max_length=rules.MAX_TEXT, widget=UnfoldAdminTextInputWidget(), **common)


class Picker(AutocompleteSelect):
    """A choice that is searched for. A key sent by hand that is none selects nothing; the field says what is wrong."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if not key or _is_key(key)], attr)


def _is_key(text: Any) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """A product; one field per attribute of its type is added by `product_form`."""

    tags_text = forms.CharField(
        label=_lazy("tags"), required=False, widget=UnfoldAdminTextInputWidget(), help_text=_lazy("Separated by commas")
    )

    class Meta:
        model = Product
        exclude: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags_text"] = ", ".join(self.instance.tags)
        for code, value in self.instance.attributes.items():
            shown = ("yes" if value else "no") if isinstance(value, bool) else value
            self.initial.setdefault(f"{ATTRIBUTE}{code}", shown)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "seo_title" in self.fields:
            self.fields["seo_title"].help_text = naming.title_help(self.instance.seo_title, self.instance.name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        specs, given = [], {}
        for name in [name for name in self.fields if name.startswith(ATTRIBUTE)]:
            row: Attribute = self.attribute_rows[name]  # type: ignore[attr-defined]
            specs.append(rules.AttributeSpec(row.code, row.kind, tuple(row.choices), row.is_required))
            value = data.get(name)
            given[row.code] = str(value) if isinstance(value, Decimal) else value
        clean, errors = rules.clean_attributes(specs, given)
        for code, problem in errors.items():
            if f"{ATTRIBUTE}{code}" not in self.errors:
                self.add_error(f"{ATTRIBUTE}{code}", problem)
        others = Attribute.objects.filter(product_type=data.get("product_type")).exclude(code__in=given)
        kept = {
            code: self.instance.attributes[code]
            for code in others.values_list("code", flat=True)
            if code in self.instance.attributes
        }
        data["attributes"] = {**kept, **clean}
        data["tags"] = [tag.strip() for tag in data.get("tags_text", "").split(",") if tag.strip()]
        return data


def product_form(product: Product | None) -> type[ProductForm]:
    """The form class with a field for each of the product's attributes."""
    rows = {f"{ATTRIBUTE}{row.code}": row for row in attributes_of(product)}
    fields: dict[str, Any] = {name: attribute_field(row) for name, row in rows.items()}
    return type("ProductForm", (ProductForm,), {**fields, "attribute_rows": rows, "__module__": __name__})


def _price_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=15, widget=UnfoldAdminDecimalFieldWidget(),
        error_messages={"min_value": ABOVE_ZERO},
    )  # fmt: skip


def _moment_field(label: Any) -> forms.DateTimeField:
    attrs = {"type": "datetime-local", "step": "any", "class": " ".join(DATETIME_CLASSES)}
    # with seconds: without them, saving a row untouched would change its dates
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs=attrs)
    return forms.DateTimeField(label=label, required=False, widget=widget)


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant with its options in words and its price in the shop's currency."""

    options_text = forms.CharField(
        label=_lazy("options"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_lazy("As “Colour: Moss, Size: M”"),
    )
    price = _price_field(_lazy("price"))
    sale_price = _price_field(_lazy("sale price"))
    sale_starts_at = _moment_field(_lazy("sale starts"))
    sale_ends_at = _moment_field(_lazy("sale ends"))

    class Meta:
        model = Variant
        fields = ["sku", "gtin", *MEASURES, "position", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variant = self.instance
        for name in ("sku", "options_text", "gtin"):  # the table is wider than the screen: let these be read whole
            widget = self.fields[name].widget
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} min-w-52"
        self.initial["options_text"] = ", ".join(f"{name}: {value}" for name, value in variant.options.items())
        if not variant._state.adding:
            price = price_of(variant)
            if price is not None:
                self.initial["price"] = Money(price.amount_minor, price.currency).decimal
                if price.sale_minor is not None:
                    self.initial["sale_price"] = Money(price.sale_minor, price.currency).decimal
                    self.initial["sale_starts_at"] = price.sale_starts_at
                    self.initial["sale_ends_at"] = price.sale_ends_at

    def clean_gtin(self) -> str:
        text: str = self.cleaned_data["gtin"]
        if not text or text == self.instance.gtin:
            return text
        try:
            return rules.gtin(text)
        except rules.BadGtin as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_options_text(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in [part for part in self.cleaned_data["options_text"].split(",") if part.strip()]:
            name, colon, value = part.partition(":")
            if not (colon and name.strip() and value.strip()):
                raise forms.ValidationError(_("Write options as “Colour: Moss, Size: M”."))
            found[name.strip()] = value.strip()
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("price", "sale_price"):
            if data.get(name) is not None:
                try:
                    data[name] = Money.of(data[name].normalize(), settings.DEFAULT_CURRENCY)
                except BadAmount as problem:
                    self.add_error(name, str(problem))
                else:
                    if name in self.changed_data and not data[name]:
                        self.add_error(name, ABOVE_ZERO)
        price, sale = data.get("price"), data.get("sale_price")
        if sale is not None and (
            price is None or (isinstance(price, Money) and isinstance(sale, Money) and sale >= price)
        ):
            self.add_error("sale_price", _("A sale price is below the price."))
        self._check_dates(data)
        return data

    def _check_dates(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("sale_starts_at"), data.get("sale_ends_at")
        if (starts or ends) and data.get("sale_price") is None and "sale_price" not in self.errors:
            self.add_error("sale_price", _("A sale with dates needs its price."))
        if starts and ends and ends <= starts:
            self.add_error("sale_ends_at", _("A sale ends after it starts."))


def price_of(variant: Variant) -> Price | None:
    """What a single unit costs everybody in the shop's own currency."""
    single = (row for row in variant.prices.all() if row.price_list == "default" and row.min_quantity == 1)
    return next((row for row in single if row.currency == settings.DEFAULT_CURRENCY), None)


class VariantFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Every variant has all of the product's options, and no two the same."""

    def clean(self) -> None:
        super().clean()
        seen: list[Mapping[str, str]] = []
        names: set[str] | None = None
        for form in self.forms:
            options = form.cleaned_data.get("options_text") if hasattr(form, "cleaned_data") else None
            if options is None or not form.cleaned_data.get("sku"):
                continue
            if names is None:
                names = set(options)
            if set(options) != names:
                form.add_error("options_text", _("Every variant has the same options."))
            if options in seen:
                form.add_error("options_text", _("There is another variant with these options."))
            seen.append(options)
            self._check_prices(form)

    def _check_prices(self, form: forms.ModelForm) -> None:  # type: ignore[type-arg]
        kind = getattr(self.instance, "product_type", None)
        for name in {"price", "sale_price"} & set(form.changed_data):
            amount = form.cleaned_data.get(name)
            try:
                prices.check_card(kind.tax_class if kind else "", amount if isinstance(amount, Money) else None)
            except prices.BadPrice as problem:
                form.add_error(name, str(problem))


def unpriced(formset: VariantFormSet, product: Product) -> str:
    """What the merchant must know of variants that are on, of a product that is, but have no price; else nothing."""
    if product.status != Product.Status.ACTIVE:
        return ""
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data.get("is_active")]
    skus = [row["sku"] for row in rows if row.get("sku") and row.get("price") is None]
    told = {"currency": settings.DEFAULT_CURRENCY, "skus": ", ".join(skus[:5]) + (" …" if len(skus) > 5 else "")}
    return _("No price in %(currency)s: %(skus)s. Without one this is shown, but not sold.") % told if skus else ""


def row_limits(present: int) -> dict[str, int]:
    """How many rows a table of a product's page takes: those it has and some more, whatever a request claims."""
    return {"max_num": present + NEW_ROWS, "absolute_max": present + NEW_ROWS}


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category and the place it has in the tree."""

    parent = forms.ChoiceField(label=_lazy("inside"), required=False, widget=UnfoldAdminSelectWidget())
    slug = forms.SlugField(max_length=120, required=False, widget=UnfoldAdminTextInputWidget())
    picture_file = picture_forms.PlainPictureField(
        label=_lazy("Picture"),
        required=False,
        help_text=_lazy("A department's tile on the first page; cut to 4:5."),
    )

    class Meta:
        model = Category
        fields = ["name", "slug", "description", "is_active", "seo_title", "seo_description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.path or "-"
        nodes = [node for node in Category.objects.order_by("path") if not node.path.startswith(own)]
        indented = [(str(node.pk), "– " * (node.depth - 1) + node.name) for node in nodes]
        self.fields["seo_title"].help_text = naming.title_help(self.instance.seo_title, self.instance.name)
        self.initial["picture_file"] = pictures.file_of(self.instance.picture)
        self.fields["parent"].choices = [("", _("(top level)")), *indented]  # type: ignore[attr-defined]
        if self.instance.path:
            parent = Category.objects.get_parent(self.instance)
            self.initial["parent"] = str(parent.pk) if parent else ""
