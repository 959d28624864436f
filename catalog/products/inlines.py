"""The tables inside the catalogue's admin pages, and what saving one of their rows does."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from catalog.customizations.merchant_forms import CustomFieldForm, CustomFieldFormSet
from catalog.customizations.models import CustomField
from catalog.products import forms, naming, pictures, prices, services
from catalog.products.models import Attribute, Image, Product, ProductType, Variant
from catalog.products.picture_forms import ImageForm


class VariantInline(TabularInline):  # type: ignore[misc]
    model = Variant
    form, formset = forms.VariantForm, forms.VariantFormSet
    fields = [
        "sku", "options_text", "stock", "price", "sale_price", "sale_starts_at", "sale_ends_at", "gtin",
        *forms.MEASURES, "position", "is_active",
    ]  # fmt: skip
    readonly_fields = ["stock"]
    extra = 0
    hide_title = True  # it would be the SKU once more
    can_delete = False  # orders remember variants: they are switched off instead
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        return super().get_queryset(request).prefetch_related("prices")  # type: ignore[no-any-return]

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        limits = forms.row_limits(obj.variants.count() if obj else 0)
        return super().get_formset(request, obj, **kwargs, **limits)

    @display(description=_lazy("stock"))
    def stock(self, variant: Variant) -> str:
        if variant._state.adding:
            return "–"
        address = f"{reverse('admin:inventory_stockitem_changelist')}?variant_id={variant.pk}"
        parts = reverse("admin:catalog_variant_change", args=[variant.pk])
        link = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
        return format_html(f"{link} {link}", address, _("Stock"), parts, _("Parts"))


class ImageInline(TabularInline):  # type: ignore[misc]
    model = Image
    form = ImageForm
    fields = ["file", "alt", "note", "position"]
    readonly_fields = ["note"]
    extra = 0
    tab = True
    called = ""

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        limits = forms.row_limits(obj.images.count() if obj else 0)
        self.called = obj.name if obj else ""
        return super().get_formset(request, obj, **kwargs, **limits)

    @display(description=_lazy("is read out"))
    def note(self, image: Image) -> str:
        return "" if image._state.adding else naming.alt_note(image.alt, self.called)


class CustomFieldInline(TabularInline):  # type: ignore[misc]
    model = CustomField
    form, formset = CustomFieldForm, CustomFieldFormSet
    fields = [
        "code", "name", "kind", "choices_text", "max_length", "price", "is_required", "is_final_sale", "help_text",
        "position",
    ]  # fmt: skip
    extra = 0
    hide_title = True
    tab = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        limits = forms.row_limits(obj.custom_fields.count() if obj else 0)
        return super().get_formset(request, obj, **kwargs, **limits)


class AttributeInline(TabularInline):  # type: ignore[misc]
    model = Attribute
    fields = ["code", "name", "kind", "unit", "choices", "is_required", "is_filterable", "position"]
    extra = 0

    def get_formset(self, request: HttpRequest, obj: ProductType | None = None, **kwargs: Any) -> Any:
        limits = forms.row_limits(obj.attributes.count() if obj else 0)
        return super().get_formset(request, obj, **kwargs, **limits)


def save_variant(product: Product, form: Any, by: str) -> None:
    """What a row of the variants' table says."""
    data, variant = form.cleaned_data, form.instance
    fields = {name: data[name] for name in ("sku", "gtin", *forms.MEASURES, "position", "is_active")}
    dates = {name: data[name] for name in ("sale_starts_at", "sale_ends_at")}
    if variant._state.adding:
        if list(product.options) != list(data["options_text"]) and not product.variants.exists():
            services.update(product_id=product.pk, by=by, options=list(data["options_text"]))
        new = services.NewVariant(data["sku"], data["options_text"], data["gtin"], data["weight_grams"])
        [made] = services.add_variants(product_id=product.pk, variants=[new], by=by)
        variant.pk = made.pk
    services.update_variant(variant_id=variant.pk, by=by, options=data["options_text"], **fields)
    if not {"price", "sale_price", *dates} & set(form.changed_data):
        return
    if data["price"] is not None:
        prices.set_price(variant_id=variant.pk, amount=data["price"], sale=data["sale_price"], by=by, **dates)
    elif (price := forms.price_of(variant)) is not None:
        prices.remove_price(price_id=price.pk, by=by)


def save_image(product: Product, form: Any, by: str) -> None:
    """What a row of the pictures' table says."""
    data, image = form.cleaned_data, form.instance
    if image._state.adding:
        pictures.add(product_id=product.pk, content=data["file"].read(), alt=data["alt"], by=by)
        return
    content = data["file"].read() if "file" in form.changed_data else None
    pictures.change(
        image_id=image.pk, by=by, alt=data["alt"], position=data["position"], variant_id=image.variant_id,
        content=content,
    )  # fmt: skip
